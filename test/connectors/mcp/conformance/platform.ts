/** For a plain Node process: connectors extend a class of the platform that only keeps `ctx` and `env`; here a stand-in does. */
import { registerHooks } from "node:module";

const STAND_IN = new URL("../../../support/cloudflare-workers.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "cloudflare:workers" ? { url: STAND_IN, shortCircuit: true } : next(specifier, context),
});
