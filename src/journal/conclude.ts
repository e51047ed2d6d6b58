/** When a pass is over and how it ended: a table over what the guest and the host still have to do. */

/** What is known when the guest has taken a turn and waits. */
export interface PassFacts {
  /** The program's own end, once it has one. */
  readonly done: "ok" | "failed" | undefined;
  /** Tools that are running, and settlements that the guest has not got yet. */
  readonly working: number;
  /** Requests that wait for a person. */
  readonly withheld: number;
  /** Timers that have not fired. */
  readonly timers: number;
  /** The sandbox has sources of its own, so a silent guest may still go on. */
  readonly busy: boolean;
}

export type PassEnd = "wait" | "pause" | "complete" | "fail" | "deadlock";

const ENDS: readonly {
  readonly when: string;
  readonly holds: (facts: PassFacts) => boolean;
  readonly end: PassEnd;
}[] = [
  { when: "something is still on its way", holds: (f) => f.working > 0, end: "wait" },
  { when: "the program failed", holds: (f) => f.done === "failed", end: "fail" },
  // Also after the program's end: a call that it made and did not await is still to be decided.
  // And while timers run: a program's clock stands still while a person decides.
  { when: "only a person can go on", holds: (f) => f.withheld > 0 && !f.busy, end: "pause" },
  {
    when: "the program ended, and a person must decide on a call of it",
    holds: (f) => f.withheld > 0 && f.done === "ok",
    end: "pause",
  },
  { when: "the program ended", holds: (f) => f.done === "ok", end: "complete" },
  { when: "a timer will fire", holds: (f) => f.timers > 0, end: "wait" },
  { when: "the sandbox may wake the program", holds: (f) => f.busy, end: "wait" },
  { when: "nothing will ever happen again", holds: () => true, end: "deadlock" },
];

export function conclude(facts: PassFacts): PassEnd {
  return ENDS.find((row) => row.holds(facts))?.end ?? "wait";
}
