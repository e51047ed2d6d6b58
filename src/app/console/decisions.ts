/** What persons decided on a call, in plain words, the first decision first. Pure. */
import type { Decision, Entry } from "./schemas.ts";
import { decisionsOf } from "./stretches.ts";

/** What a person said of a call in doubt. */
type Resolution = "ran" | "failed" | "run again";

/** What was decided, as it follows a name. */
const DID: Readonly<Record<Exclude<Decision["decision"], "resolved"> | Resolution, string>> = {
  approved: "approved it",
  rejected: "rejected it",
  ran: "said that it ran, with the result shown here",
  failed: "said that it failed, with the error shown here",
  "run again": "had it run again",
};

/** A decision, and what it did. */
interface Said extends Decision {
  readonly did: string;
  /** The call was in doubt by then. */
  readonly wasInDoubt: boolean;
}

/**
 * What the last decision said of a call that was in doubt; undefined where none did. The journal keeps that it was resolved, not
 * as what: a call that was to run again is about to, or has begun since; of any other its end is what the person said.
 */
function resolutionOf({ decision, state, startedAt = 0 }: Entry): Resolution | undefined {
  if (decision?.decision !== "resolved") return undefined;
  if (state === "approved" || startedAt >= decision.at) return "run again";
  return state === "error" ? "failed" : "ran";
}

/** Whether a person, and no tool, said how it ended. */
export function isTold(entry: Entry): boolean {
  const resolution = resolutionOf(entry);
  return resolution === "ran" || resolution === "failed";
}

export function saidOf(entry: Entry): Said[] {
  const last = resolutionOf(entry);
  return decisionsOf(entry).map((decision) => {
    const wasInDoubt = decision.decision === "resolved";
    // Whatever was decided on after that had been run again: else nothing was left to decide.
    const resolution = decision === entry.decision && last !== undefined ? last : "run again";
    return { ...decision, wasInDoubt, did: DID[decision.decision === "resolved" ? resolution : decision.decision] };
  });
}
