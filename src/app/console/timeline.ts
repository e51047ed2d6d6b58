/**
 * Where the bars of a journal lie: one time scale for all entries, on which long stretches in which nothing ran (a person
 * thought, a process was away) are folded, so that a run of 80 ms that waited for two days can still be read.
 */
import type { Entry } from "./schemas.ts";
import { merged, outside, type Pause, pausesOf, runOf, type Stretch, waitsOf } from "./stretches.ts";

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

/** A pause where it is drawn. */
interface Band extends Pause {
  readonly left: number;
  readonly width: number;
}

export interface Timeline {
  readonly bars: ReadonlyMap<number, readonly Bar[]>;
  readonly folds: readonly Fold[];
  readonly pauses: readonly Band[];
  /** Undefined where all is folded, or nothing took any time. */
  readonly scale: Scale | undefined;
  /** Milliseconds in which something ran. */
  readonly activeMs: number;
}

/** A fold takes as much width as this share of the time in which something ran. */
const FOLD_SHARE = 0.12;

/** Shorter stretches of nothing are as long as they were. */
const MIN_FOLD_MS = 200;

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

/** A time scale: its knots, and which stretches of it are drawn shorter. */
interface Folded {
  readonly knots: readonly Knot[];
  readonly folded: readonly { readonly from: Knot; readonly to: Knot }[];
}

/** Folds the stretches of nothing: before, between and after what ran. */
function foldedScale({ from: begin, to: end }: Stretch, active: readonly Stretch[], activeMs: number): Folded {
  const knots: Knot[] = [{ at: begin, drawn: 0 }];
  const folded: Folded["folded"][number][] = [];
  const foldMs = Math.max(MIN_FOLD_MS / 4, activeMs * FOLD_SHARE);
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
  return { knots, folded };
}

/** Without spreading: a journal may have more entries than a call may have arguments. */
function wholeOf(stretches: readonly Stretch[]): Stretch {
  return stretches.reduce((whole, { from, to }) => ({
    from: Math.min(whole.from, from),
    to: Math.max(whole.to, to),
  }));
}

/**
 * The geometry of a journal, or of a part of it. `now` ends what is not over.
 *
 * @param pauses those of the whole journal.
 */
export function timelineOf(
  entries: readonly Entry[],
  now: number,
  pauses: readonly Pause[] = pausesOf(entries, now),
): Timeline {
  const rows = entries.map((entry) => ({ seq: entry.seq, run: runOf(entry, now), waits: waitsOf(entry, now) }));
  const runs = merged(rows.flatMap(({ run }) => run ?? []));
  // A step that asks a person inside is begun and not ended, and yet nothing runs.
  const active = outside(runs, pauses);
  const all = [...runs, ...rows.flatMap(({ waits }) => waits)];
  if (all.length === 0) return { bars: new Map(), folds: [], pauses: [], scale: undefined, activeMs: 0 };
  const activeMs = active.reduce((sum, { from, to }) => sum + to - from, 0);
  const { knots, folded } = foldedScale(wholeOf(all), active, activeMs);

  const whole = Math.max(1, knots.at(-1)?.drawn ?? 1);
  const percent = (drawn: number) => (drawn / whole) * 100;
  const place = ({ from, to }: Stretch) => {
    const left = percent(positionOf(knots, from));
    return { left, width: percent(positionOf(knots, to)) - left };
  };
  const barOf = (kind: Bar["kind"], stretch: Stretch): Bar => ({
    kind,
    ...place(stretch),
    ms: stretch.to - stretch.from,
  });
  const folds = folded.map(({ from, to }) => ({
    left: percent(from.drawn),
    width: percent(to.drawn - from.drawn),
    ms: to.at - from.at,
  }));
  return {
    bars: new Map(
      rows.map(({ seq, run, waits }) => [
        seq,
        [...waits.map((wait) => barOf("wait", wait)), ...(run === undefined ? [] : [barOf("run", run)])],
      ]),
    ),
    folds,
    pauses: pauses.map((pause) => ({ ...pause, ...place(pause) })).filter(({ width }) => width > 0),
    scale: scaleOf(folds, whole),
    activeMs,
  };
}
