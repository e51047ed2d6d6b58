/** What the facet shows of an execution, and how it says that there is none, that it cannot go on or that its program cannot be kept. */
import { argsOf, type Entry } from "../journal/entry.ts";
import { PUBLIC_STATES } from "../journal/states.ts";
import { MAX_SNIPPETS_BYTES } from "../limits.ts";
import type { ExecutionRecord } from "../store/executions.ts";
import { AnswerBudget } from "./answer.ts";
import { actionDigest } from "./digest.ts";
import type { LiveJournal } from "./journal.ts";
import type {
  History,
  HostSettings,
  RawExecution,
  RawHistory,
  RawPending,
  Refusal,
  ShownEntry,
  ShownExecution,
} from "./requests.ts";

/** Calls shown as having run before an action; a program may have made thousands before it asked for hundreds at once. */
const MAX_BEFORE = 100;

function isWaiting({ state }: Entry): boolean {
  return state === "pending" || state === "in_doubt";
}

function askedAt(execution: ExecutionRecord, entry: Entry): number {
  return entry.askedAt ?? entry.startedAt ?? execution.createdAt;
}

/** What is waiting for a person in an execution. */
export function pendingOf(execution: ExecutionRecord, entries: Iterable<Entry>, waits = isWaiting): RawPending[] {
  const all = [...entries];
  return all.filter(waits).map((entry) => ({
    executionId: execution.id,
    seq: entry.seq,
    connector: entry.connector,
    method: entry.method,
    args: argsOf(entry),
    kind: entry.state === "pending" ? "approval" : "in_doubt",
    digest: actionDigest(execution.id, entry),
    askedAt: askedAt(execution, entry),
    before: all
      .filter((other) => other.seq < entry.seq && other.kind === "call")
      .slice(-MAX_BEFORE)
      .map(({ seq, connector, method, state }) => ({ seq, connector, method, state: PUBLIC_STATES[state] })),
  }));
}

/** What is known of an execution. */
type Journal = Pick<LiveJournal, "execution" | "entries">;

/**
 * What waits in an execution, as far as an answer has room for it. What is shown without its arguments is recorded as that,
 * whatever else had the room: a decision on it counts only by the digest that it is shown whole with (G5).
 */
export function showWaiting(journal: LiveJournal, budget: AnswerBudget, waits = isWaiting): RawPending[] {
  const shown = budget.waiting(pendingOf(journal.execution, journal.entries.values(), waits));
  const inPart = shown.filter(({ argsLeftOut }) => argsLeftOut).map(({ seq }) => journal.entries.get(seq));
  journal.shownInPart(inPart.filter((entry) => entry !== undefined));
  return shown;
}

export function shownExecution(execution: ExecutionRecord): ShownExecution {
  return {
    n: execution.n,
    id: execution.id,
    status: execution.status,
    code: execution.code,
    connectors: execution.connectors,
    passes: execution.passes,
    calls: execution.calls,
    createdAt: execution.createdAt,
    updatedAt: execution.updatedAt,
    result: execution.result,
    error: execution.error,
    errorCode: execution.errorCode,
    errorLine: execution.errorLine,
    logs: execution.logs,
  };
}

function shownEntry(entry: Entry): ShownEntry {
  return {
    seq: entry.seq,
    parent: entry.parent,
    kind: entry.kind,
    connector: entry.connector,
    method: entry.method,
    args: entry.args,
    editedArgs: entry.editedArgs,
    state: entry.state,
    approval: entry.approval || undefined,
    ephemeral: entry.ephemeral || undefined,
    attempt: entry.attempt,
    order: entry.order,
    settlement: entry.settlement,
    askedAt: entry.askedAt,
    startedAt: entry.startedAt,
    settledAt: entry.settledAt,
    decision: entry.decision,
  };
}

function historyOf({ execution, entries }: Journal): History {
  return { execution: shownExecution(execution), entries: Array.from(entries.values(), shownEntry) };
}

/** An execution as it stands, for whoever runs it or decides on it. */
export function show(journal: LiveJournal): RawExecution {
  const budget = new AnswerBudget();
  // First what waits: who is shown an execution, and who asks for what waits in it, are shown the same.
  const pending = journal.execution.status === "paused" ? showWaiting(journal, budget) : [];
  const { execution, entries } = historyOf(journal);
  const result = journal.unkept ?? execution.result;
  return { ...budget.history({ execution: { ...execution, result }, entries }), pending };
}

/** An execution as it stands, for whoever reads its history. */
export function showHistory(journal: Journal): RawHistory {
  return new AnswerBudget().history(historyOf(journal));
}

/** Several executions as they stand: {@link History}s as one JSON text. */
export function showAll(journals: Iterable<Journal>): string {
  const budget = new AnswerBudget();
  return `[${Array.from(journals, (journal) => budget.historyInJson(historyOf(journal))).join(",")}]`;
}

export function hasNoCall(executionId: string, seqs: readonly number[]): string {
  return `${executionId} has no call ${seqs.join(", ")}: see its log, by execution().`;
}

/** Why an execution cannot go on with the connectors that there are now. */
export function missingConnectors(execution: ExecutionRecord, settings: HostSettings): Refusal | undefined {
  const missing = execution.connectors.filter((name) => !settings.connectors.includes(name));
  if (missing.length === 0) return undefined;
  return {
    refused: "MISSING_CONNECTOR",
    message: `${execution.id} was started with ${missing.join(", ")}, which this runtime does not have. Configure it and try again; nothing changed.`,
  };
}

/** Why one more snippet is not saved. */
export function tooManySnippets(bytes: number): Refusal {
  return {
    refused: "PROGRAM_TOO_LARGE",
    message: `Every run carries all snippets: programs, descriptions and input schemas may come to ${MAX_SNIPPETS_BYTES} bytes together, with this one they would to ${bytes}. Delete some (deleteSnippet). Nothing changed.`,
  };
}

/** Of what is asked for under a name that nobody gave: it may be any text. */
const MAX_SHOWN_ID_CHARS = 100;

export function notFound(id: string): Refusal {
  const shown = id.length <= MAX_SHOWN_ID_CHARS ? id : `${id.slice(0, MAX_SHOWN_ID_CHARS)}…`;
  return {
    refused: "NOT_FOUND",
    message: `There is no execution ${shown} in this runtime. It may have been pruned, or a runtime of another name has it. Nothing changed.`,
  };
}
