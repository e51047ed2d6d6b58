/** Turns the engine's records into what the public API shows: values decoded, released names, nothing secret. */
import { type ErrorCode, isErrorCode } from "./errors.ts";
import type {
  ExecutionState,
  ExecutionSummary,
  FailureRecord,
  PendingAction,
  ProxyToolOutput,
  Snippet,
  ToolLogEntry,
} from "./journal/public.ts";
import { PUBLIC_STATES } from "./journal/states.ts";
import { BUILTIN } from "./runtime/builtin.ts";
import {
  entriesOf,
  type History,
  type RawOutcome,
  type RawPending,
  type ShownEntry,
  type ShownExecution,
} from "./runtime/requests.ts";
import type { SnippetRecord } from "./store/snippets.ts";
import { decodeValue, isFailure } from "./wire/values.ts";

/** What is shown in the place of a value that cannot be decoded. */
const UNREADABLE = "(this value cannot be read)";

/** What a hostile program wrote as its arguments may be no value at all, and a list of executions must still be shown. */
function decodeSafely(text: string): unknown {
  try {
    return decodeValue(text);
  } catch {
    return UNREADABLE;
  }
}

/** Tools take one argument, and what else a program gave does not run; the built-in ones take more, and show them as a list. */
function argumentView(connector: string, encoded: string): unknown {
  if (encoded === "") return undefined;
  const list = decodeSafely(encoded);
  return Array.isArray(list) && (connector !== BUILTIN || list.length <= 1) ? list[0] : list;
}

/** A step's failure is a guest's own words: a text cannot be made of any object. */
function failureView(encoded: string | undefined): FailureRecord {
  const failure = encoded === undefined ? undefined : decodeSafely(encoded);
  if (!isFailure(failure)) return { name: "Error", message: UNREADABLE };
  const { name, message, code } = failure;
  return { name, message, ...((typeof code === "string" || typeof code === "number") && { code: String(code) }) };
}

/** Views are written field by field: to spread an object for each that may be absent takes longer than all the rest. */
type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

export function entryView(entry: ShownEntry): ToolLogEntry {
  const { connector, editedArgs, settlement } = entry;
  const view: Writable<ToolLogEntry> = {
    seq: entry.seq,
    kind: entry.kind,
    connector,
    method: entry.method,
    args: argumentView(connector, entry.args),
    requiresApproval: entry.approval === true,
    state: PUBLIC_STATES[entry.state],
    attempt: entry.attempt,
  };
  if (entry.parent !== undefined) view.parent = entry.parent;
  if (editedArgs !== undefined) view.editedArgs = argumentView(connector, editedArgs);
  if (entry.ephemeral) view.ephemeral = true;
  else if (settlement?.ok === true && settlement.value !== undefined) view.result = decodeSafely(settlement.value);
  if (settlement?.ok === false) view.error = failureView(settlement.value);
  if (entry.order !== undefined) view.order = entry.order;
  if (entry.askedAt !== undefined) view.askedAt = entry.askedAt;
  if (entry.startedAt !== undefined) view.startedAt = entry.startedAt;
  if (entry.settledAt !== undefined) view.settledAt = entry.settledAt;
  if (entry.decision !== undefined) view.decision = entry.decision;
  return view;
}

export function pendingView(pending: RawPending): PendingAction {
  return { ...pending, args: argumentView(pending.connector, pending.args) };
}

function codeOf(text: string | undefined): ErrorCode {
  return isErrorCode(text) ? text : "PROGRAM_ERROR";
}

/** What a list and a history show alike. */
function factsOf(execution: ShownExecution): Writable<Omit<ExecutionSummary, "calls">> {
  const facts: Writable<Omit<ExecutionSummary, "calls">> = {
    id: execution.id,
    code: execution.code,
    status: execution.status,
    connectors: [...execution.connectors],
    passes: execution.passes,
    createdAt: execution.createdAt,
    updatedAt: execution.updatedAt,
  };
  if (execution.error !== undefined) facts.error = execution.error;
  if (execution.errorCode !== undefined) facts.errorCode = codeOf(execution.errorCode);
  if (execution.errorLine !== undefined) facts.errorLine = execution.errorLine;
  return facts;
}

export function summaryView(execution: ShownExecution): ExecutionSummary {
  return { ...factsOf(execution), calls: execution.calls };
}

export function executionView({ execution, entries }: History): ExecutionState {
  const view: Writable<ExecutionState> = { ...factsOf(execution), log: entries.map(entryView) };
  if (execution.result !== undefined) view.result = decodeSafely(execution.result);
  if (execution.logs !== undefined) view.logs = [...execution.logs];
  return view;
}

export function snippetView(record: SnippetRecord): Snippet {
  return {
    name: record.name,
    description: record.description,
    code: record.code,
    savedAt: record.savedAt,
    connectors: [...record.connectors],
    ...(record.inputSchema !== undefined && { inputSchema: JSON.parse(record.inputSchema) }),
  };
}

/** The outcome for whoever asked: the same shape for a fresh run, a resumed one, and a request that changed nothing. */
export function outcomeView(raw: RawOutcome, executionId: string): ProxyToolOutput {
  if ("refused" in raw) return { status: "error", executionId, error: raw.message, code: raw.refused };
  const { execution, pending } = raw;
  const shared = { executionId: execution.id, logs: [...(execution.logs ?? [])], calls: entriesOf(raw).map(entryView) };
  switch (execution.status) {
    case "completed":
      return {
        status: "completed",
        ...shared,
        result: execution.result === undefined ? undefined : decodeSafely(execution.result),
      };
    case "paused":
      return { status: "paused", ...shared, pending: pending.map(pendingView) };
    case "rejected":
      return {
        status: "error",
        ...shared,
        error: execution.error ?? "A person rejected the action, and the execution ended.",
        code: "REJECTED",
      };
    default:
      return {
        status: "error",
        ...shared,
        error: execution.error ?? `The execution is ${execution.status}.`,
        code:
          execution.errorCode === undefined && execution.status === "running"
            ? "INTERRUPTED"
            : codeOf(execution.errorCode),
        ...(execution.errorLine !== undefined && { line: execution.errorLine }),
      };
  }
}
