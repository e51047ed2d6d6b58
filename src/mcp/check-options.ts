/** Checks of what `codemodeMcpServer` is given: a misspelt option must not leave a decision to the model. */
import { CodemodeError } from "../errors.ts";
import { checkOptions, checkRange } from "../options.ts";
import { checkChoice } from "../tool/check-decision.ts";
import type { CodemodeMcpServerOptions } from "./runtime-server.ts";

const METHODS = [
  "search", "describe", "execute", "tool", "pending", "approve", "reject", "resolve", "execution",
] as const satisfies readonly (keyof CodemodeMcpServerOptions["runtime"])[]; // biome-ignore format: a list of names

const NUMBERS = ["maxResultChars", "heartbeatMs", "askTimeoutMs"] as const;

const OPTIONS = [
  "runtime",
  "name",
  "version",
  "instructions",
  "description",
  "decisions",
  ...NUMBERS,
] as const satisfies readonly (keyof CodemodeMcpServerOptions)[];

/** @throws CodemodeError `INVALID_INPUT` that names the option. */
export function checkServerOptions(options: CodemodeMcpServerOptions): void {
  checkOptions("codemodeMcpServer", options, OPTIONS, ["runtime"]);
  const missing = METHODS.find((name) => typeof Reflect.get(Object(options.runtime), name) !== "function");
  if (missing !== undefined) {
    throw new CodemodeError(
      "INVALID_INPUT",
      "runtime must be a runtime's handle: `runtime: createCodemodeRuntime({ ctx: this.ctx, executor, connectors })`.",
      { option: "runtime", missing },
    );
  }
  if (options.decisions !== undefined) checkChoice("decisions", options.decisions, ["client", "person"]);
  for (const name of NUMBERS) checkRange(name, options[name], 1, Number.MAX_SAFE_INTEGER, 1);
}
