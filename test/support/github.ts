/** GitHub's own description of its REST API, as its package has it. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Where it lies: the package exports no such file. */
export const GITHUB_DESCRIPTION = join(
  dirname(createRequire(import.meta.url).resolve("@octokit/openapi/package.json")),
  "generated",
  "api.github.com.json",
);
