/** fast-check with the seed of the settings: the same cases on every run of a commit's tests, others on each soak. */
import fc from "fast-check";
import { seedSetting } from "./settings.ts";

fc.configureGlobal({ seed: seedSetting() });

export default fc;
