/** What to do with one request of a program: a table, first matching row wins, and nothing is done here. */
import type { EntryState } from "./states.ts";

/** All that a decision may depend on. */
export interface RequestFacts {
  /** The execution is `running`. */
  readonly running: boolean;
  /** How the request compares with the journal at its seq. */
  readonly match: "new" | "gap" | "same" | "other";
  readonly kind: "call" | "step" | "timer";
  /** Of the entry, where there is one. */
  readonly state: EntryState | undefined;
  readonly settled: boolean;
  readonly ephemeral: boolean;
  /** Of the tool, as it is now. */
  readonly needsApproval: boolean;
  readonly repeatable: boolean;
  /** The tool is not the one that the approval was given for. */
  readonly definitionChanged: boolean;
}

/**
 * - `perform`: record started, then run the tool.
 * - `open`: record started; the guest runs a step, the clock runs a timer.
 * - `ask`: record pending and withhold.
 * - `withhold`: answer nothing; a person's decision or the end of the pass comes first.
 * - `deliver`: give the recorded settlement again, in its place.
 * - `reexecute`: run the tool again and deliver in the recorded place; nothing is recorded.
 * - `doubt`: record in doubt and withhold.
 * - `diverge`, `violate`: end the run.
 */
export type Action =
  | "perform"
  | "open"
  | "ask"
  | "withhold"
  | "deliver"
  | "reexecute"
  | "doubt"
  | "diverge"
  | "violate";

interface Row {
  readonly when: string;
  readonly holds: (facts: RequestFacts) => boolean;
  readonly action: Action;
}

export const DECISIONS: readonly Row[] = [
  { when: "the execution is not running", holds: (f) => !f.running, action: "withhold" },
  { when: "the seq leaves a gap", holds: (f) => f.match === "gap", action: "violate" },
  { when: "another request stands at the seq", holds: (f) => f.match === "other", action: "diverge" },
  { when: "new step or timer", holds: (f) => f.match === "new" && f.kind !== "call", action: "open" },
  { when: "new call that a person must approve", holds: (f) => f.match === "new" && f.needsApproval, action: "ask" },
  { when: "new call", holds: (f) => f.match === "new", action: "perform" },
  { when: "settled, its result was not kept", holds: (f) => f.settled && f.ephemeral, action: "reexecute" },
  { when: "settled", holds: (f) => f.settled, action: "deliver" },
  {
    when: "approved, but another tool than was shown",
    holds: (f) => f.state === "approved" && f.definitionChanged,
    action: "ask",
  },
  { when: "approved", holds: (f) => f.state === "approved", action: "perform" },
  {
    when: "step or timer that was open when the process died",
    holds: (f) => f.state === "started" && f.kind !== "call",
    action: "open",
  },
  {
    when: "started when the process died, safe to repeat",
    holds: (f) => f.state === "started" && f.repeatable,
    action: "perform",
  },
  { when: "started when the process died", holds: (f) => f.state === "started", action: "doubt" },
  { when: "waits for a person, or a person said no", holds: () => true, action: "withhold" },
];

/** The action for a request. Total: the last row always holds. */
export function decide(facts: RequestFacts): Action {
  return DECISIONS.find((row) => row.holds(facts))?.action ?? "withhold";
}
