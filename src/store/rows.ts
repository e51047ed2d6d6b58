/** Rows to entries and back: the only place that knows how the journal is packed. */
import * as v from "valibot";
import type { Entry, Settlement } from "../journal/entry.ts";
import type { DecisionRecord } from "../journal/public.ts";
import type { EntryState } from "../journal/states.ts";
import { number, numberOrNone, text, textOrNone } from "./cells.ts";

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
const FLAGS = {
  approval: 1,
  ephemeral: 2,
  readOnly: 4,
  repeatable: 8,
  failed: 16,
  settled: 32,
  shownInPart: 64,
} as const;

/** Every bit that has a meaning here. */
const KNOWN_FLAGS = Object.values(FLAGS).reduce((all, flag) => all | flag, 0);

const Decision: v.GenericSchema<unknown, DecisionRecord> = v.strictObject({
  decision: v.picklist(["approved", "rejected", "resolved"]),
  at: v.number(),
  by: v.exactOptional(v.string()),
  reason: v.exactOptional(v.string()),
  previous: v.exactOptional(v.lazy(() => Decision)),
});

type Cell = string | number | null;

/** What identifies an entry and its request: written once. In the order of {@link identityValues}. */
const IDENTITY_COLUMNS = ["n", "seq", "kind", "connector", "method", "args", "parent"] as const;

/** What changes after a row was first written. In the order of {@link changingValues}. */
export const CHANGING_COLUMNS = [
  "state", "flags", "attempt", "ord", "value", "started_at", "settled_at", "asked_at", "definition", "edited", "decision",
] as const; // biome-ignore format: a list of names

/** Columns in the order of {@link entryValues} and of what {@link entryOf} reads. */
export const ENTRY_COLUMNS = [...IDENTITY_COLUMNS, ...CHANGING_COLUMNS] as const;

/** Of calls that may change something. */
export const EFFECT: string = `(flags & ${FLAGS.readOnly}) = 0`;

/** Of calls that were started and have not settled. */
export const OPEN_CALL: string = `kind = ${KINDS.indexOf("call")} AND state IN (${STATES.indexOf("started")}, ${STATES.indexOf("in_doubt")})`;

/** Of what no version up to this one wrote: nobody here can tell whether it is open. */
export const UNKNOWN: string = `(kind NOT BETWEEN 0 AND ${KINDS.length - 1} OR state NOT BETWEEN 0 AND ${STATES.length - 1} OR (flags & ~${KNOWN_FLAGS}) <> 0)`;

function flagsOf(entry: Entry): number {
  return (
    (entry.approval ? FLAGS.approval : 0) |
    (entry.ephemeral ? FLAGS.ephemeral : 0) |
    (entry.readOnly ? FLAGS.readOnly : 0) |
    (entry.repeatable ? FLAGS.repeatable : 0) |
    (entry.settlement?.ok === false ? FLAGS.failed : 0) |
    (entry.settlement !== undefined ? FLAGS.settled : 0) |
    (entry.shownInPart ? FLAGS.shownInPart : 0)
  );
}

function identityValues(n: number, entry: Entry): Cell[] {
  const { seq, kind, connector, method, args, parent } = entry;
  return [n, seq, KINDS.indexOf(kind), connector, method, args, parent ?? null];
}

export function changingValues(entry: Entry): Cell[] {
  return [
    STATES.indexOf(entry.state),
    flagsOf(entry),
    entry.attempt,
    entry.order ?? null,
    // The result of an ephemeral call is never on disk.
    entry.ephemeral ? null : (entry.settlement?.value ?? null),
    entry.startedAt ?? null,
    entry.settledAt ?? null,
    entry.askedAt ?? null,
    entry.definition === "" ? null : entry.definition,
    entry.editedArgs ?? null,
    entry.decision === undefined ? null : JSON.stringify(entry.decision),
  ];
}

export function entryValues(n: number, entry: Entry): Cell[] {
  return [...identityValues(n, entry), ...changingValues(entry)];
}

/**
 * Reads a row whose cells are in the order of {@link ENTRY_COLUMNS}.
 *
 * @throws when it is not one that this or an earlier version wrote: never guess what a journal means.
 */
export function entryOf(cells: readonly unknown[]): Entry {
  const [
    , seq, kindAt, connector, method, args, parent, stateAt, flagsCell, attempt, order, value, startedAt, settledAt, askedAt,
    definition, edited, decided,
  ] = cells; // biome-ignore format: a list of names
  const kind = KINDS[number(kindAt)];
  const state = STATES[number(stateAt)];
  const flags = number(flagsCell);
  if (kind === undefined || state === undefined || (flags & ~KNOWN_FLAGS) !== 0)
    throw new Error(`Entry ${seq} was written by a newer version.`);
  const has = (flag: number) => (flags & flag) !== 0;
  return {
    seq: number(seq),
    parent: numberOrNone(parent),
    kind,
    connector: text(connector),
    method: text(method),
    args: text(args),
    editedArgs: textOrNone(edited),
    state,
    approval: has(FLAGS.approval),
    ephemeral: has(FLAGS.ephemeral),
    readOnly: has(FLAGS.readOnly),
    repeatable: has(FLAGS.repeatable),
    definition: textOrNone(definition) ?? "",
    shownInPart: has(FLAGS.shownInPart),
    order: numberOrNone(order),
    settlement: has(FLAGS.settled) ? settlementOf(!has(FLAGS.failed), textOrNone(value)) : undefined,
    attempt: number(attempt),
    askedAt: numberOrNone(askedAt),
    startedAt: numberOrNone(startedAt),
    settledAt: numberOrNone(settledAt),
    decision: decided === null ? undefined : v.parse(Decision, JSON.parse(text(decided))),
  };
}

function settlementOf(ok: boolean, value: string | undefined): Settlement {
  return value === undefined ? { ok } : { ok, value };
}
