/** The built-in connector `codemode`: tools that the runtime itself answers, journalled like any other call. */

import { nearNames } from "../connector/names.ts";
import { isRecord } from "../connector/schema.ts";
import type { CallPolicy } from "../connector/types.ts";
import { findViolation } from "../connector/validate.ts";
import { CodemodeError } from "../errors.ts";
import { digest } from "../sandbox/digest.ts";
import type { ExecutionRecord } from "../store/executions.ts";
import type { SnippetRecord } from "../store/snippets.ts";
import { decodeValue, encodeFailure, encodeValue } from "../wire/values.ts";
import type { HostPort, SnippetEntry, ToolOutcome } from "./port.ts";

export const BUILTIN = "codemode";

/** They read; they never need approval; what they answered is recorded, so that editing a snippet changes no replay. */
export const BUILTIN_POLICY: CallPolicy = {
  approval: false,
  repeatable: true,
  readOnly: true,
  replay: "log",
  perCall: false,
  definition: "",
};

/** Of a name that is asked for and is none: no snippet's is longer than half of it. */
const MAX_SHOWN_NAME_CHARS = 200;

/** Of those that there are, where none is like it. */
const MAX_NAMED = 5;

/** What the built-in tools may look at. */
export interface BuiltinContext {
  readonly execution: ExecutionRecord;
  readonly snippets: readonly SnippetRecord[];
  /** Names of the connectors that are configured now. */
  readonly connectors: readonly string[];
  readonly port: HostPort;
}

export function snippetEntry(snippet: SnippetRecord): SnippetEntry {
  return {
    name: snippet.name,
    description: snippet.description,
    connectors: snippet.connectors,
    ...(snippet.inputSchema !== undefined && { inputSchema: JSON.parse(snippet.inputSchema) }),
  };
}

/** The module of a snippet in the isolate. */
export function snippetModule(hash: string): string {
  return `snippet_${hash}`;
}

/** The name under which a run has a module of a snippet. */
export function snippetIn(snippets: ExecutionRecord["snippets"], module: string): string | undefined {
  return Object.keys(snippets).find((name) => snippetModule(snippets[name] ?? "") === module);
}

/** As a program writes them: a name may have commas and blanks in it. */
function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}

function noSnippet(name: string, names: readonly string[]): CodemodeError {
  const near = nearNames(name, names);
  const shown = name.length <= MAX_SHOWN_NAME_CHARS ? name : `${name.slice(0, MAX_SHOWN_NAME_CHARS)}…`;
  const hint =
    near.length > 0
      ? `. Did you mean ${quoted(near)}?`
      : names.length === 0
        ? ": none had been saved when it began."
        : `. codemode.search finds them: ${quoted(names.slice(0, MAX_NAMED))}${names.length > MAX_NAMED ? " …" : "."}`;
  return new CodemodeError("UNKNOWN_TARGET", `There is no snippet ${JSON.stringify(shown)} in this execution${hint}`, {
    near,
  });
}

function run({ execution, snippets, connectors }: BuiltinContext, [name, input]: readonly unknown[]): string {
  if (typeof name !== "string")
    throw new CodemodeError("INVALID_ARGUMENTS", "codemode.run takes a snippet's name and its input.");
  const hash = Object.hasOwn(execution.snippets, name) ? execution.snippets[name] : undefined;
  if (hash === undefined) throw noSnippet(name, Object.keys(execution.snippets));
  const snippet = snippets.find((candidate) => candidate.name === name && candidate.hash === hash);
  const missing = (snippet?.connectors ?? []).filter((connector) => !connectors.includes(connector));
  if (missing.length > 0) {
    throw new CodemodeError(
      "MISSING_CONNECTOR",
      `The snippet ${JSON.stringify(name)} needs ${missing.join(", ")}, which this runtime does not have.`,
      { missing },
    );
  }
  const schema: unknown = snippet?.inputSchema === undefined ? undefined : JSON.parse(snippet.inputSchema);
  const violation = isRecord(schema) ? findViolation(schema, input) : undefined;
  if (violation !== undefined) {
    throw new CodemodeError(
      "INVALID_ARGUMENTS",
      `The input of snippet ${JSON.stringify(name)} is wrong: ${violation.message.replace(/^args/, "input").replace(/\.$/, "")}.`,
    );
  }
  return snippetModule(hash);
}

/** All snippets, the one that is to be described with its source. */
function withSource(target: unknown, snippets: readonly SnippetRecord[]): SnippetEntry[] {
  return snippets.map((snippet) => ({
    ...snippetEntry(snippet),
    ...(snippet.name === target && { code: snippet.code }),
  }));
}

/** Other code modes have all tools on `codemode`. */
function elsewhere(connectors: readonly string[]): string {
  return connectors.length === 0 ? "" : ` Tools are called on their connectors: ${connectors.join(", ")}.`;
}

/** Answers one call of `codemode.*`. */
export async function performBuiltin(method: string, args: string, context: BuiltinContext): Promise<ToolOutcome> {
  const { port, snippets } = context;
  const { connectors } = context.execution;
  if (method === "search") return port.consult(method, args, { connectors, snippets: snippets.map(snippetEntry) });
  try {
    const given = decodeValue(args);
    const list = Array.isArray(given) ? given : [];
    if (method === "describe")
      return port.consult(method, args, { connectors, snippets: withSource(list[0], snippets) });
    if (method === "run") return { ok: true, value: encodeValue(run(context, list), "The snippet") };
    if (method === "digest") return { ok: true, value: encodeValue(await digest(list), "The digest") };
    throw new CodemodeError(
      "UNKNOWN_TOOL",
      `codemode has no "${method}". It has search, describe, step and run.${elsewhere(connectors)}`,
    );
  } catch (error) {
    return { ok: false, value: encodeFailure(error) };
  }
}
