/** Rows to entries and back: the only place that knows how the journal is packed. */
import * as v from "valibot";
import type { Entry } from "../journal/entry.ts";
import type { DecisionRecord } from "../journal/public.ts";
import type { EntryState } from "../journal/states.ts";

// Positions are what is on disk: append only.
const KINDS = ["call", "step", "timer"] as const satisfies readonly Entry["kind"][];
const STATES = [
  "pending",
  "approved",
  "started",
  "in_doubt",
  "succeeded",
  "failed",
  "rejected",
  "reverted",
  "revert_failed",
] as const satisfies readonly EntryState[];

/** Bits of `flags`. */
const FLAGS = { approval: 1, ephemeral: 2, readOnly: 4, repeatable: 8, failed: 16, settled: 32 } as const;

const Row = v.object({
  seq: v.number(),
  kind: v.number(),
  state: v.number(),
  flags: v.number(),
  attempt: v.number(),
  connector: v.string(),
  method: v.string(),
  args: v.string(),
  ord: v.nullable(v.number()),
  value: v.nullable(v.string()),
  started_at: v.nullable(v.number()),
  settled_at: v.nullable(v.number()),
  parent: v.nullable(v.number()),
  line: v.nullable(v.number()),
  asked_at: v.nullable(v.number()),
  definition: v.nullable(v.string()),
  edited: v.nullable(v.string()),
  decision: v.nullable(v.string()),
});

const Decision = v.object({
  decision: v.picklist(["approved", "rejected", "resolved"]),
  at: v.number(),
  by: v.exactOptional(v.string()),
  reason: v.exactOptional(v.string()),
});

/** Columns in the order of {@link entryValues}. */
export const ENTRY_COLUMNS = [
  "n", "seq", "kind", "state", "flags", "attempt", "connector", "method", "args", "ord", "value", "started_at", "settled_at",
  "parent", "line", "asked_at", "definition", "edited", "decision",
] as const; // biome-ignore format: a list of names

/** Columns that change after a row was first written; `args` and what identifies the request never do. */
export const MUTABLE_COLUMNS = [
  "state", "flags", "attempt", "ord", "value", "started_at", "settled_at", "asked_at", "definition", "edited", "decision",
] as const; // biome-ignore format: a list of names

function flagsOf(entry: Entry): number {
  return (
    (entry.approval ? FLAGS.approval : 0) |
    (entry.ephemeral ? FLAGS.ephemeral : 0) |
    (entry.readOnly ? FLAGS.readOnly : 0) |
    (entry.repeatable ? FLAGS.repeatable : 0) |
    (entry.settlement?.ok === false ? FLAGS.failed : 0) |
    (entry.settlement !== undefined ? FLAGS.settled : 0)
  );
}

export function entryValues(n: number, entry: Entry): (string | number | null)[] {
  return [
    n,
    entry.seq,
    KINDS.indexOf(entry.kind),
    STATES.indexOf(entry.state),
    flagsOf(entry),
    entry.attempt,
    entry.connector,
    entry.method,
    entry.args,
    entry.order ?? null,
    // The result of an ephemeral call is never on disk.
    entry.ephemeral ? null : (entry.settlement?.value ?? null),
    entry.startedAt ?? null,
    entry.settledAt ?? null,
    entry.parent ?? null,
    entry.line ?? null,
    entry.askedAt ?? null,
    entry.definition === "" ? null : entry.definition,
    entry.editedArgs ?? null,
    entry.decision === undefined ? null : JSON.stringify(entry.decision),
  ];
}

/** @throws when a row is not one that this or an earlier version wrote: never guess what a journal means. */
export function entryOf(raw: unknown): Entry {
  const row = v.parse(Row, raw);
  const kind = KINDS[row.kind];
  const state = STATES[row.state];
  if (kind === undefined || state === undefined) throw new Error(`Entry ${row.seq} was written by a newer version.`);
  const has = (flag: number) => (row.flags & flag) !== 0;
  const decision: DecisionRecord | undefined =
    row.decision === null ? undefined : v.parse(Decision, JSON.parse(row.decision));
  return {
    seq: row.seq,
    parent: row.parent ?? undefined,
    kind,
    connector: row.connector,
    method: row.method,
    args: row.args,
    line: row.line ?? undefined,
    editedArgs: row.edited ?? undefined,
    state,
    approval: has(FLAGS.approval),
    ephemeral: has(FLAGS.ephemeral),
    readOnly: has(FLAGS.readOnly),
    repeatable: has(FLAGS.repeatable),
    definition: row.definition ?? "",
    order: row.ord ?? undefined,
    settlement: has(FLAGS.settled)
      ? { ok: !has(FLAGS.failed), ...(row.value !== null && { value: row.value }) }
      : undefined,
    attempt: row.attempt,
    askedAt: row.asked_at ?? undefined,
    startedAt: row.started_at ?? undefined,
    settledAt: row.settled_at ?? undefined,
    decision,
  };
}
