/**
 * When calls ran, when a person was waited for, and when a run stood still for that: read off the times of its entries. The
 * journal keeps no times of passes: a pause is from the last thing that happened before a decision to that decision. Pure.
 */
import type { Decision, Entry } from "./schemas.ts";

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Nothing ran, and somebody was to decide. */
export interface Pause extends Stretch {
  /** The last entry that was there by then. */
  readonly after: number;
  /** It is not over yet. */
  readonly isOpen: boolean;
}

/** When a call ran; of one whose end only a person told, no more is known than that it began. */
export function runOf(entry: Entry, now: number): Stretch | undefined {
  const { startedAt: from, settledAt, state } = entry;
  if (from === undefined) return undefined;
  const to = doubtOf(entry, now) === undefined ? (settledAt ?? (state === "executing" ? now : from)) : from;
  return { from, to: Math.max(from, to) };
}

/** How long a call ran, where that is known. */
export function ranMs(entry: Entry): number | undefined {
  const { startedAt, settledAt } = entry;
  if (startedAt === undefined || settledAt === undefined || doubtOf(entry, settledAt) !== undefined) return undefined;
  return settledAt - startedAt;
}

/** When a person was waited for: from the question to the answer, and while a call was in doubt. */
export function waitsOf(entry: Entry, now: number): Stretch[] {
  return [questionOf(entry, now), doubtOf(entry, now)].filter((stretch) => stretch !== undefined);
}

function questionOf(entry: Entry, now: number): Stretch | undefined {
  const { askedAt: from, startedAt, state } = entry;
  if (from === undefined) return undefined;
  const to = decisionsOf(entry)[0]?.at ?? startedAt ?? (state === "pending" ? now : from);
  return { from, to: Math.max(from, to) };
}

/** From the start of a call that was left in doubt until a person said what became of it. */
function doubtOf({ startedAt: from, state, decision }: Entry, now: number): Stretch | undefined {
  if (from === undefined) return undefined;
  if (state === "in_doubt") return { from, to: Math.max(from, now) };
  // A call that was to run again has begun since.
  return decision?.decision === "resolved" && decision.at > from ? { from, to: decision.at } : undefined;
}

/** The decisions on a call, the first one first: that is the one on the question itself. */
export function decisionsOf({ decision: last }: Entry): Decision[] {
  const all: Decision[] = [];
  for (let decision = last; decision !== undefined; decision = decision.previous) all.unshift(decision);
  return all;
}

/** Stretches in order, those that touch made one. */
export function merged(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else result.push({ from, to });
  }
  return result;
}

/** What is left of stretches in order, none in another, outside of others in order. */
export function outside(stretches: readonly Stretch[], cuts: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  let next = 0;
  for (const { from, to } of stretches) {
    let begin = from;
    while ((cuts[next]?.to ?? to) < from) next += 1;
    for (let at = next; at < cuts.length; at += 1) {
      const cut = cuts[at];
      if (cut === undefined || cut.from >= to) break;
      if (cut.from > begin) result.push({ from: begin, to: cut.from });
      begin = Math.max(begin, cut.to);
    }
    if (begin < to || from === to) result.push({ from: begin, to });
  }
  return result;
}

/** A step and a snippet last as long as what is in them, pauses included: they do not say that anything ran. */
function isWork({ kind, connector }: Entry): boolean {
  return kind === "timer" || (kind === "call" && connector !== "codemode");
}

/** When a run stood still for a person, in order. */
export function pausesOf(entries: readonly Entry[], now: number): Pause[] {
  const works = entries.filter(isWork).flatMap((entry) => runOf(entry, now) ?? []);
  const decided = entries.flatMap((entry) => decisionsOf(entry).map(({ at }) => at));
  const isOpen = entries.some(({ state }) => state === "pending" || state === "in_doubt");
  const moments = inOrder([...entries.flatMap(momentsOf), ...decided]);
  const ran = merged(works);
  // A decision that ends the run ends the wait for the others with it: one pause, and not two of the same time.
  const over = inOrder(decided).filter((to) => !isOpen || to !== now);
  const ends = [...over.map((to) => ({ to, isOpen: false })), ...(isOpen ? [{ to: now, isOpen }] : [])];
  const last = lastBefore(moments, (at) => at);
  const running = lastBefore(ran, ({ from }) => from);
  const there = thereBy(entries);
  return ends.flatMap(({ to, isOpen }) => {
    const from = last(to);
    if (from === undefined || (running(to)?.to ?? 0) >= to) return [];
    return [{ from, to, isOpen, after: there(from) }];
  });
}

const inOrder = (times: readonly number[]) => [...new Set(times)].sort((a, b) => a - b);

function momentsOf({ askedAt, startedAt, settledAt }: Entry): number[] {
  return [askedAt, startedAt, settledAt].filter((at) => at !== undefined);
}

/** Of what is in order of its time, the last before a time; asked for later and later ones. */
function lastBefore<T>(all: readonly T[], timeOf: (one: T) => number): (at: number) => T | undefined {
  let next = 0;
  return (at) => {
    for (let one = all[next]; one !== undefined && timeOf(one) < at; one = all[next]) next += 1;
    return all[next - 1];
  };
}

/** The highest number of an entry that was there by a time; asked for later and later ones. */
function thereBy(entries: readonly Entry[]): (at: number) => number {
  const come = entries
    .flatMap(({ seq, askedAt, startedAt }) => {
      const at = askedAt ?? startedAt;
      return at === undefined ? [] : [{ seq, at }];
    })
    .sort((a, b) => a.at - b.at);
  let next = 0;
  let highest = 0;
  return (at) => {
    for (let one = come[next]; one !== undefined && one.at <= at; one = come[next]) {
      highest = Math.max(highest, one.seq);
      next += 1;
    }
    return highest;
  };
}
