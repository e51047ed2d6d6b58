/** The one tool that a model gets: its description, its input, and how its outcome reads in a conversation. */
import { isRecord } from "../connector/schema.ts";
import { isCodemodeError } from "../errors.ts";
import type { ProxyToolInput, ProxyToolOutput } from "../journal/public.ts";
import { MAX_DURABLE_VALUE_BYTES } from "../limits.ts";
import { truncateResult } from "../truncate.ts";
import { toFailure } from "../wire/values.ts";
import { type CodeInputSchema, codeInputSchema } from "./code-input.ts";
import { asData, toData } from "./conversation.ts";
import { pendingForModel } from "./pending.ts";

/** Structural twin of the AI SDK's JSON value: this package does not import `ai`. */
export type JSONValue = null | string | number | boolean | JSONValue[] | { [key: string]: JSONValue };

/** A tool for the AI SDK v6 and v7, TanStack AI, or any framework that reads Standard Schema. */
export interface CodemodeTool {
  readonly description: string;
  readonly inputSchema: CodeInputSchema;
  /**
   * Runs the program. Never throws: an error is an outcome that the model can read. Its values are JSON data, for frameworks keep and
   * send nothing else: a `Map` is an object, a `bigint` and a `Date` are texts, of bytes there is the number. `runtime.execute` gives
   * them as they are.
   */
  readonly execute: (input: ProxyToolInput, options?: unknown) => Promise<ProxyToolOutput>;
  /**
   * What the model sees of an outcome: all but `calls`, which stay for screens and audits. Of what waits it sees no `before`, and of long
   * arguments the beginning (`argsLeftOut`; who decides looks at `runtime.pending()`); so of a long result and console. The AI SDK asks
   * for it; where a framework does not, as TanStack AI, answer the model with its `value`.
   */
  readonly toModelOutput: (options: { output: unknown }) => { type: "json"; value: JSONValue };
}

/** What `runtime.tool()` takes. */
export interface CodemodeRuntimeToolOptions {
  /** Replaces the whole description. */
  readonly description?: string;
  /** One line per connector for the default description, by connector name. */
  readonly connectorHints?: Readonly<Record<string, string>>;
  /**
   * What becomes of a run whose call is aborted while it runs, by the `abortSignal` that the AI SDK and TanStack AI hand to a tool.
   * `"continue"` (default): it goes on, as a durable run does when its client leaves. `"cancel"`: it makes no further call and ends
   * with `CANCELLED`; what it did stays recorded and can be rolled back. A run that has paused waits for its decision either way.
   */
  readonly onAbort?: "continue" | "cancel";
}

/** The default description, for a runtime with these connectors. */
export function describeTool(connectors: readonly string[], hints: Readonly<Record<string, string>> = {}): string {
  const listed = connectors.map((name) => `- ${name}${hints[name] === undefined ? "" : `: ${hints[name]}`}`);
  return [
    "Runs a TypeScript program that calls tools. Write one async arrow function and return what you need:",
    "async () => { ... }",
    "",
    `The only globals are codemode, ${connectors.length > 0 ? `${connectors.join(", ")}, ` : ""}console and standard JavaScript. There is no host, fs, require, process, fetch or import.`,
    ...(listed.length > 0 ? ["", "Connectors:", ...listed] : []),
    "",
    "Do not guess tool names. Find them from inside the program:",
    "- await codemode.search(query) finds tools and snippets, with signatures",
    '- await codemode.describe("connector.method") gives the types of one',
    "- await connector.method({ ... }) calls a tool; calls may run in parallel with Promise.all",
    "- await codemode.step(name, fn) records the result of your own computation",
    "- await codemode.run(name, input) runs a saved snippet",
    "",
    'When the outcome has status "paused", a person must approve what it lists under pending. Stop, say so, and wait: do not run the program again. The run goes on by itself after the decision.',
  ].join("\n");
}

function toJson(value: unknown): JSONValue {
  const text = JSON.stringify(toData(value));
  return text === undefined ? null : JSON.parse(text);
}

/** A program that forgot to return; whoever is only told that it completed may run it, and its effects, once more. */
export const RETURNED_NOTHING =
  "The program returned nothing. What it called took place: do not repeat it to see a value.";

/** A result may be larger than the journal keeps; beyond that, a model has room for nothing else. */
const MAX_RESULT_CHARS = MAX_DURABLE_VALUE_BYTES;

export function modelOutput(output: unknown): { type: "json"; value: JSONValue } {
  if (!isRecord(output)) return { type: "json", value: toJson(output) };
  const { calls: _, logs, result, pending, ...rest } = output;
  const nothing = output.status === "completed" && result === undefined;
  return {
    type: "json",
    value: toJson({
      ...rest,
      ...(pending !== undefined && { pending: pendingForModel(pending) }),
      ...(result !== undefined && { result: truncateResult(toJson(result), { maxChars: MAX_RESULT_CHARS }) }),
      ...(logs !== undefined && { logs: truncateResult(logs) }),
      ...(nothing && { note: RETURNED_NOTHING }),
    }),
  };
}

/** The facet, or its disk, is gone: the model is told so, because a framework may end its turn over a tool that throws. */
function thrownOutcome(error: unknown): ProxyToolOutput {
  return {
    status: "error",
    executionId: "",
    error: `The runtime failed, and the program may have run in part: ${toFailure(error).message}`,
    code: isCodemodeError(error) ? error.code : "INTERNAL",
  };
}

/** What the AI SDK and TanStack AI hand over with a call. */
function abortSignalOf(call: unknown): AbortSignal | undefined {
  const signal: unknown = Reflect.get(Object(call), "abortSignal");
  return signal instanceof AbortSignal ? signal : undefined;
}

export function makeTool(
  execute: (input: ProxyToolInput, signal?: AbortSignal) => Promise<ProxyToolOutput>,
  connectors: readonly string[],
  { description, connectorHints, onAbort }: CodemodeRuntimeToolOptions = {},
): CodemodeTool {
  return {
    description: description ?? describeTool(connectors, connectorHints),
    inputSchema: codeInputSchema,
    execute: (input, call) =>
      execute(input, onAbort === "cancel" ? abortSignalOf(call) : undefined)
        .then(asData)
        .catch(thrownOutcome),
    toModelOutput: ({ output }) => modelOutput(output),
  };
}
