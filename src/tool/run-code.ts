/** Runs one program on an executor and answers its value, or throws what went wrong: what code tools are made of. */
import { CodemodeError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import {
  type ConnectorBinding,
  type Executor,
  type HostFunction,
  providersOf,
  type ResolvedProvider,
} from "../sandbox/executor.ts";
import { normalizeCode } from "../sandbox/program/normalize.ts";
import { checkExecutor } from "./check-setup.ts";
import { toData } from "./conversation.ts";

/** What the model sends to a code tool. */
export type CodeInput = { code: string };

/** What a code tool answers: JSON data, as conversations keep it. `logs` is there when the program printed anything. */
export type CodeOutput = { result: unknown; logs?: string[] };

/** Of a text without any program in it, as a model sends one whose answer was cut off: nothing ran, and it should know. */
export const EMPTY_PROGRAM = "The program is empty. Write one async arrow function: async () => { ... }.";

/** What {@link runCode} takes. */
export interface RunCodeOptions {
  /** JavaScript or TypeScript, in any form that a model may write it in. */
  readonly code: string;
  readonly executor: Executor;
  readonly providers: readonly ResolvedProvider[];
  readonly connectors?: readonly ConnectorBinding[] | undefined;
  /** Once it is aborted, no function of the providers is called any more; calls that run are left to end. */
  readonly signal?: AbortSignal | undefined;
}

const OPTIONS = [
  "code",
  "executor",
  "providers",
  "connectors",
  "signal",
] as const satisfies readonly (keyof RunCodeOptions)[];

/** The functions for as long as somebody wants them called: who pressed "stop" has not allowed what the program does next. */
function until(signal: AbortSignal, { fns, ...provider }: ResolvedProvider): ResolvedProvider {
  const stoppable = Object.entries(fns).map(([name, fn]): [string, HostFunction] => [
    name,
    async (...args) => {
      if (!signal.aborted) return fn(...args);
      throw new CodemodeError("CANCELLED", `${provider.name}.${name} was not called: the run was cancelled.`);
    },
  ]);
  return { ...provider, fns: Object.fromEntries(stoppable) };
}

/**
 * Runs a program once, without a journal: nothing is recorded, paused or replayed.
 *
 * @throws CodemodeError `INVALID_INPUT` for no text and for wrong options; `SYNTAX_ERROR` for a program that does not parse;
 * `PROGRAM_ERROR` for one that fails, with the error and the console output in the message, because the model reads nothing else.
 *
 * @example
 * ```ts
 * const { result } = await runCode({ code: "async () => await db.count()", executor, providers: [resolveProvider(db)] });
 * ```
 */
export async function runCode(given: RunCodeOptions): Promise<CodeOutput> {
  checkOptions("runCode", given, OPTIONS, ["executor", "providers"]);
  const { code, executor, providers, connectors, signal } = given;
  checkExecutor(executor);
  // By its shape: a signal of another realm is one, too.
  if (signal !== undefined && typeof Reflect.get(Object(signal), "aborted") !== "boolean")
    throw new CodemodeError("INVALID_INPUT", "signal must be an AbortSignal: `signal: controller.signal`.");
  if (!Array.isArray(providers))
    throw new CodemodeError("INVALID_INPUT", "providers must be a list: `providers: [resolveProvider(db)]`.");
  const options = connectors !== undefined && connectors.length > 0 ? { connectors } : undefined;
  // Here, since what an executor refuses would read as a failure of the program.
  const checked = providersOf(providers);
  const lent = signal === undefined ? checked : checked.map((provider) => until(signal, provider));
  const program = normalizeCode(code);
  if (code.trim() === "") throw new CodemodeError("INVALID_INPUT", EMPTY_PROGRAM);
  const { result, error, logs = [] } = await executor.execute(program, lent, options);
  // An empty message is a failure too: only absence is success.
  if (error !== undefined && error !== null) {
    const printed = logs.length > 0 ? `\n\nConsole output:\n${logs.join("\n")}` : "";
    throw new CodemodeError("PROGRAM_ERROR", `Code execution failed: ${error}${printed}`, { error, logs });
  }
  const data = toData(result);
  return logs.length > 0 ? { result: data, logs: [...logs] } : { result: data };
}
