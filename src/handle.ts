/** `createCodemodeRuntime`: the host's handle on a runtime, which checks what it is given and speaks to the facet. */
import { type ErrorCode, isCodemodeError } from "./errors.ts";
import { decisions } from "./handle/decisions.ts";
import { past, upkeep } from "./handle/history.ts";
import { facetOf, type Host, settle } from "./handle/request.ts";
import { lookup, snippets } from "./handle/snippets.ts";
import type { CodemodeRuntimeHandle, CreateCodemodeRuntimeOptions } from "./handle-types.ts";
import { HostCapabilities } from "./host-port.ts";
import type { ProxyToolInput, ProxyToolOutput } from "./journal/public.ts";
import { DEFAULT_MAX_EXECUTIONS } from "./limits.ts";
import { checkOptions, checkRange } from "./options.ts";
import type { HostSettings, Refusal } from "./runtime/requests.ts";
import { programString } from "./sandbox/program/input.ts";
import { ObservedPort } from "./telemetry/observed-port.ts";
import { makeRecorder } from "./telemetry/telemetry.ts";
import { checkChoice, checkLimits } from "./tool/check-decision.ts";
import { checkContext, checkFunction, checkRuntimeExecutor, checkRuntimeName } from "./tool/check-setup.ts";
import { connectorsOf } from "./tool/connectors.ts";
import { EMPTY_PROGRAM } from "./tool/run-code.ts";
import { makeTool } from "./tool/tool.ts";

const OPTION_NAMES = [
  "ctx",
  "executor",
  "connectors",
  "name",
  "maxExecutions",
  "transformResult",
  "limits",
  "onEvent",
] as const;

/** What the host set, for the facet to keep to. */
function settingsOf(options: CreateCodemodeRuntimeOptions, connectors: readonly string[]): HostSettings {
  const { limits, maxExecutions, executor } = options;
  return {
    connectors,
    limits: checkLimits(limits),
    maxExecutions: checkRange("maxExecutions", maxExecutions, 0, Number.MAX_SAFE_INTEGER, DEFAULT_MAX_EXECUTIONS),
    modules: executor.modules ?? [],
  };
}

/** The host's side of the runtime, and the capabilities that it lends. */
function hostOf(options: CreateCodemodeRuntimeOptions): { host: Host; capabilities: HostCapabilities } {
  const { ctx, executor, name = "default", transformResult, onEvent } = options;
  checkContext(ctx);
  checkRuntimeExecutor(executor);
  const connectors = connectorsOf(ctx, options.connectors);
  checkRuntimeName(name);
  checkFunction("transformResult", transformResult);
  const facet = () => facetOf(ctx, name);
  facet();
  const capabilities = new HostCapabilities(connectors, executor);
  const settings = settingsOf(
    options,
    connectors.map((connector) => connector.name()),
  );
  const recorder = makeRecorder(ctx, onEvent, {
    pending: (id) => facet().pending(id, settings, host.port),
    errorCode: async (id) => (await facet().get(id))?.execution.errorCode,
  });
  const port = recorder === undefined ? capabilities : new ObservedPort(capabilities, recorder);
  const host: Host = { facet, settings, port, recorder, transformResult };
  return { host, capabilities };
}

/** What was not begun has no execution. */
function notBegun(code: ErrorCode, error: string): ProxyToolOutput {
  return { status: "error", executionId: "", error, code };
}

/** Why a program is not even sent: what is too large for a row may be too large for a message, too. */
function tooLarge(code: string, { limits }: HostSettings): Refusal | undefined {
  try {
    programString(code, limits.maxProgramBytes);
    return undefined;
  } catch (error) {
    if (!isCodemodeError(error)) throw error;
    return { refused: error.code, message: error.message };
  }
}

/** Runs a program of the model's. What is no program is answered, not thrown: the model reads the answer. */
async function execute(host: Host, input: ProxyToolInput, signal?: AbortSignal): Promise<ProxyToolOutput> {
  const code: unknown = Reflect.get(Object(input), "code");
  if (typeof code !== "string") {
    const given = typeof input === "string" ? "a string in its place" : code === null ? "null" : typeof code;
    return notBegun("INVALID_INPUT", `execute takes { code }, where code is the program's text; got ${given}.`);
  }
  if (code.trim() === "") return notBegun("INVALID_INPUT", EMPTY_PROGRAM);
  if (signal?.aborted === true)
    return notBegun("CANCELLED", "The program was not run: its caller had aborted the call.");
  const { facet, settings, port, recorder } = host;
  const id = `exec_${crypto.randomUUID()}`;
  const send = async () => tooLarge(code, settings) ?? facet().execute({ id, code }, settings, port);
  const run = () => cancelledBy(signal, host, id, () => settle(host, id, send));
  const outcome = await (recorder === undefined ? run() : recorder.execution(id, run));
  // What was refused was not written, so there is no execution of that id.
  return outcome.status === "error" && outcome.calls === undefined ? { ...outcome, executionId: "" } : outcome;
}

/** Runs an execution that ends when its caller aborts it; without a signal, only by itself or by somebody's decision. */
async function cancelledBy<T>(
  signal: AbortSignal | undefined,
  { facet, settings, port }: Host,
  id: string,
  run: () => Promise<T>,
): Promise<T> {
  const cancel = () => {
    const ask = () => facet().stop(id, "the caller aborted it.", settings, port);
    // It may die with its facet, and the next facet takes the run up again: that one is asked, too.
    ask()
      .catch(ask)
      .catch((error) => console.warn("codemode: the run whose caller aborted it could not be cancelled.", error));
  };
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    return await run();
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

/**
 * A durable runtime inside an Agent or any Durable Object.
 *
 * Cheap to create: make one per request. What is durable lives in the facet of that `name`.
 *
 * @throws CodemodeError `INVALID_INPUT` for unknown or wrong options, `INVALID_NAME` for reserved or doubled connector names.
 * @example
 * ```ts
 * const runtime = createCodemodeRuntime({
 *   ctx: this.ctx,
 *   executor: new DynamicWorkerExecutor({ loader: this.env.LOADER }),
 *   connectors: [new Issues(this.ctx, this.env)],
 * });
 * const outcome = await runtime.execute({ code: "async () => issues.close({ id: 7 })" });
 * if (outcome.status === "paused") await runtime.approve({ executionId: outcome.executionId });
 * ```
 */
export function createCodemodeRuntime(options: CreateCodemodeRuntimeOptions): CodemodeRuntimeHandle {
  checkOptions("createCodemodeRuntime", options, OPTION_NAMES, []);
  const { host, capabilities } = hostOf(options);
  return {
    tool: (toolOptions = {}) => {
      checkOptions("tool", toolOptions, ["description", "connectorHints", "onAbort"], []);
      checkChoice("onAbort", toolOptions.onAbort ?? "continue", ["continue", "cancel"]);
      return makeTool((input, signal) => execute(host, input, signal), host.settings.connectors, toolOptions);
    },
    execute: (input) => execute(host, input),
    ...lookup(host, capabilities),
    ...decisions(host),
    ...upkeep(host),
    ...past(host),
    ...snippets(host),
  };
}
