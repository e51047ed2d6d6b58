/**
 * Where the bars of a journal lie: one time scale for all entries, on which long stretches in which nothing ran (a person
 * thought, a process was away) are folded, so that a run of 80 ms that waited for two days can still be read.
 */
import type { Entry } from "./schemas.ts";

/** A stretch of a row, in percent of the width. */
export interface Bar {
  readonly kind: "run" | "wait";
  readonly left: number;
  readonly width: number;
  readonly ms: number;
}

/** A stretch of time that is drawn shorter than it was. */
export interface Fold {
  readonly left: number;
  readonly width: number;
  readonly ms: number;
}

/** A round length of time where it is drawn as long as it was. */
export interface Scale {
  readonly left: number;
  readonly width: number;
  readonly ms: number;
}

export interface Timeline {
  readonly bars: ReadonlyMap<number, readonly Bar[]>;
  readonly folds: readonly Fold[];
  /** Undefined where all is folded, or nothing took any time. */
  readonly scale: Scale | undefined;
  /** Milliseconds in which something ran. */
  readonly activeMs: number;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A fold takes as much width as this share of the time in which something ran. */
const FOLD_SHARE = 0.12;

/** Shorter stretches of nothing are as long as they were. */
const MIN_FOLD_MS = 200;

function runOf(entry: Entry, now: number): Stretch | undefined {
  if (entry.startedAt === undefined) return undefined;
  const isOpen = entry.state === "executing";
  return { from: entry.startedAt, to: Math.max(entry.startedAt, entry.settledAt ?? (isOpen ? now : entry.startedAt)) };
}

/** From the question to the answer; a person who has not answered yet is waited for until now. */
function waitOf(entry: Entry, now: number): Stretch | undefined {
  if (entry.askedAt === undefined) return undefined;
  const answered = firstDecision(entry)?.at ?? entry.startedAt ?? (entry.state === "pending" ? now : entry.askedAt);
  return { from: entry.askedAt, to: Math.max(entry.askedAt, answered) };
}

/** The decision on the question itself: later ones are about what a crash left in doubt. */
function firstDecision(entry: Entry) {
  let decision = entry.decision;
  while (decision?.previous !== undefined) decision = decision.previous;
  return decision;
}

/** Stretches in which something ran, in order, those that touch made one. */
function merged(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else result.push({ from, to });
  }
  return result;
}

/** Knots of the scale: a time, and where it is drawn in milliseconds of the folded scale. */
interface Knot {
  readonly at: number;
  readonly drawn: number;
}

/** By halves: a journal of ten thousand entries has as many knots. */
function positionOf(knots: readonly Knot[], at: number): number {
  let low = 0;
  let high = knots.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((knots[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const next = knots[low];
  const before = knots[low - 1];
  if (next === undefined || before === undefined || next.at <= at) return next?.drawn ?? 0;
  return before.drawn + ((at - before.at) / (next.at - before.at)) * (next.drawn - before.drawn);
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const ROUND_MS: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 20, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((n) => n * MINUTE),
  ...[1, 2, 6, 12, 24].map((n) => n * HOUR),
];

/** The scale is at most this share of the width. */
const MAX_SCALE = 0.4;

/** `whole`: milliseconds of the whole width. */
function scaleOf(folds: readonly Fold[], whole: number): Scale | undefined {
  let widest = { left: 0, width: 0 };
  let left = 0;
  for (const fold of [...folds, { left: 100, width: 0 }]) {
    if (fold.left - left > widest.width) widest = { left, width: fold.left - left };
    left = fold.left + fold.width;
  }
  const most = Math.min(widest.width / 100, MAX_SCALE) * whole;
  const ms = ROUND_MS.findLast((length) => length <= most);
  return ms === undefined ? undefined : { left: widest.left, width: (ms / whole) * 100, ms };
}

/** The geometry of a journal. `now` ends what is not over. */
export function timelineOf(entries: readonly Entry[], now: number): Timeline {
  const runs = entries.map((entry) => ({ seq: entry.seq, run: runOf(entry, now), wait: waitOf(entry, now) }));
  const active = merged(runs.flatMap(({ run }) => (run === undefined ? [] : [run])));
  const all = runs.flatMap(({ run, wait }) => [run, wait].filter((stretch) => stretch !== undefined));
  if (all.length === 0) return { bars: new Map(), folds: [], scale: undefined, activeMs: 0 };
  // Without spreading: a journal may have more entries than a call may have arguments.
  const begin = all.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY);
  const end = all.reduce((most, { to }) => Math.max(most, to), begin);
  const activeMs = active.reduce((sum, { from, to }) => sum + to - from, 0);

  // The stretches of nothing: before, between and after what ran.
  const knots: Knot[] = [{ at: begin, drawn: 0 }];
  const foldMs = Math.max(MIN_FOLD_MS / 4, activeMs * FOLD_SHARE);
  const folded: { readonly from: Knot; readonly to: Knot }[] = [];
  const stretchTo = (at: number, ran: boolean) => {
    const last = knots.at(-1);
    if (last === undefined || at <= last.at) return;
    const isFold = !ran && at - last.at > Math.max(MIN_FOLD_MS, foldMs);
    const knot = { at, drawn: last.drawn + (isFold ? foldMs : at - last.at) };
    if (isFold) folded.push({ from: last, to: knot });
    knots.push(knot);
  };
  for (const { from, to } of active) {
    stretchTo(from, false);
    stretchTo(to, true);
  }
  stretchTo(end, false);

  const whole = Math.max(1, knots.at(-1)?.drawn ?? 1);
  const percent = (drawn: number) => (drawn / whole) * 100;
  const barOf = (kind: Bar["kind"], stretch: Stretch | undefined): Bar[] => {
    if (stretch === undefined) return [];
    const left = percent(positionOf(knots, stretch.from));
    return [{ kind, left, width: percent(positionOf(knots, stretch.to)) - left, ms: stretch.to - stretch.from }];
  };
  const folds = folded.map(({ from, to }) => ({
    left: percent(from.drawn),
    width: percent(to.drawn - from.drawn),
    ms: to.at - from.at,
  }));
  return {
    bars: new Map(runs.map(({ seq, run, wait }) => [seq, [...barOf("wait", wait), ...barOf("run", run)]])),
    folds,
    scale: scaleOf(folds, whole),
    activeMs,
  };
}
