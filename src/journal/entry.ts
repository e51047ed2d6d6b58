/** One line of the journal as the engine holds it: values stay encoded text, so nothing here can misread them. */
import type { Delivery, Opening, Recorded, Request } from "../wire/messages.ts";
import { requestKey } from "../wire/messages.ts";
import type { DecisionRecord } from "./public.ts";
import { assertEntryTransition, type EntryState } from "./states.ts";

/** How a call ended: an encoded value or an encoded failure. */
export interface Settlement {
  readonly ok: boolean;
  /** Absent for an ephemeral call on disk, and for a timer. */
  readonly value?: string;
}

export interface Entry {
  readonly seq: number;
  readonly parent: number | undefined;
  readonly kind: "call" | "step" | "timer";
  /** `__step` and `__timer` for what is no call. */
  readonly connector: string;
  /** A tool's name, a step's name, or a timer's milliseconds. */
  readonly method: string;
  /** Encoded array of arguments; empty for steps and timers. */
  readonly args: string;
  /** Encoded array that a person put in the place of `args`. */
  editedArgs: string | undefined;
  state: EntryState;
  approval: boolean;
  ephemeral: boolean;
  readOnly: boolean;
  repeatable: boolean;
  /** Fingerprint of the tool that approval was asked for. */
  definition: string;
  /** Somebody was shown it without its arguments, since it was asked: what runs was seen, so its approval must say so. */
  shownInPart: boolean;
  /** Position in the order of delivery; absent until settled. */
  order: number | undefined;
  settlement: Settlement | undefined;
  attempt: number;
  /** Epoch milliseconds. */
  askedAt: number | undefined;
  startedAt: number | undefined;
  settledAt: number | undefined;
  decision: DecisionRecord | undefined;
}

const STEP = "__step";
const TIMER = "__timer";

/** A new entry for a request that was not recorded before. Its texts are as the disk will give them back: well-formed. */
export function newEntry(request: Request, state: EntryState): Entry {
  const shared = {
    seq: request.seq,
    parent: request.parent,
    state,
    editedArgs: undefined,
    approval: false,
    ephemeral: false,
    readOnly: true,
    repeatable: true,
    definition: "",
    shownInPart: false,
    order: undefined,
    settlement: undefined,
    attempt: 0,
    askedAt: undefined,
    startedAt: undefined,
    settledAt: undefined,
    decision: undefined,
  };
  switch (request.kind) {
    case "call":
      return {
        ...shared,
        kind: "call",
        connector: request.connector.toWellFormed(),
        method: request.method.toWellFormed(),
        args: request.args.toWellFormed(),
      };
    case "step":
      return { ...shared, kind: "step", connector: STEP, method: request.name.toWellFormed(), args: "" };
    case "timer":
      return { ...shared, kind: "timer", connector: TIMER, method: String(request.ms), args: "" };
  }
}

/** The request that an entry was made for. */
export function requestOf(entry: Entry): Request {
  const numbered = { seq: entry.seq };
  if (entry.kind === "call") {
    return { ...numbered, kind: "call", connector: entry.connector, method: entry.method, args: entry.args };
  }
  if (entry.kind === "step") return { ...numbered, kind: "step", name: entry.method };
  return { ...numbered, kind: "timer", ms: Number(entry.method) };
}

/** Whether a request asks for the same as the entry was made for. */
export function sameRequest(entry: Entry, request: Request): boolean {
  return requestKey(requestOf(entry)) === requestKey(request);
}

/** The arguments that a call has run with, or would: what a person put in the place of the program's counts once it is approved. */
export function argsOf({ state, args, editedArgs }: Entry): string {
  return state === "pending" ? args : (editedArgs ?? args);
}

export function isSettled(entry: Entry): boolean {
  return entry.order !== undefined;
}

/** Moves an entry along a legal transition. */
export function advance(entry: Entry, to: EntryState): void {
  assertEntryTransition(entry.state, to);
  entry.state = to;
}

/** A settled entry as the guest holds it for replay. */
export function recordedOf(entry: Entry): Recorded {
  const { settlement } = entry;
  return {
    seq: entry.seq,
    key: requestKey(requestOf(entry)),
    order: entry.order ?? 0,
    at: entry.settledAt ?? 0,
    ok: settlement?.ok ?? true,
    ...(entry.parent !== undefined && { parent: entry.parent }),
    ...(entry.ephemeral
      ? { ephemeral: true as const }
      : settlement?.value !== undefined && { value: settlement.value }),
  };
}

/** A settlement on its way to the program: the entry's own, or one that is given again and was not kept. */
export function deliveryOf(entry: Entry, settlement: Settlement | undefined = entry.settlement): Delivery {
  const value = settlement?.value;
  return {
    order: entry.order ?? 0,
    seq: entry.seq,
    at: entry.settledAt ?? 0,
    ok: settlement?.ok ?? true,
    ...(value !== undefined && { value }),
  };
}

/** What a new pass must be told of the journal. */
export type ReplayOf = Pick<Opening, "recorded" | "skip" | "nextOrder"> & Required<Pick<Opening, "skipUntil">>;

/**
 * The settlements in their order, and the seqs that were used inside of steps which have settled, whose functions will not
 * run again.
 */
export function replayOf(entries: ReadonlyMap<number, Entry>): ReplayOf {
  const skipped: Entry[] = [];
  const insideSettledStep = (entry: Entry): boolean => {
    const parent = entry.parent === undefined ? undefined : entries.get(entry.parent);
    return parent !== undefined && (isSettled(parent) || insideSettledStep(parent));
  };
  let nextOrder = 0;
  const recorded: Entry[] = [];
  for (const entry of entries.values()) {
    if (isSettled(entry)) nextOrder = Math.max(nextOrder, (entry.order ?? 0) + 1);
    if (insideSettledStep(entry)) skipped.push(entry);
    else if (isSettled(entry)) recorded.push(entry);
  }
  recorded.sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  skipped.sort((a, b) => a.seq - b.seq);
  const told = toldOf(recorded, skipped);
  return {
    recorded: recorded.map(recordedOf),
    skip: skipped.map(({ seq }) => seq),
    skipUntil: skipped.map((entry) => (told.has(entry) ? (entry.order ?? -1) : -1)),
    nextOrder,
  };
}

/**
 * Those inside of settled steps whose ends the program was told. The others settled on a pass that did not make them again, where they
 * were none of those that the program had open; they share the place of what was told before them.
 */
function toldOf(recorded: readonly Entry[], skipped: readonly Entry[]): ReadonlySet<Entry> {
  const told = new Set<Entry>();
  const places = new Set(recorded.map(({ order }) => order));
  const inTime = skipped.filter(isSettled).sort((a, b) => (a.settledAt ?? 0) - (b.settledAt ?? 0));
  for (const entry of inTime) {
    if (places.has(entry.order)) continue;
    places.add(entry.order);
    told.add(entry);
  }
  return told;
}
