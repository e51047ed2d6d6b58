/** What a tool's policy writes into the entry of its call: once when the call is new, and when a person is asked about it. */
import type { CallPolicy } from "../connector/types.ts";
import { advance, type Entry } from "../journal/entry.ts";

/**
 * A call that has never left takes the policy that its tool has now, which may not be the one of when a person was asked. One
 * that has left, and is made again, is as safe as both policies say.
 */
export function adopt(entry: Entry, policy: CallPolicy): void {
  entry.approval ||= policy.approval;
  if (entry.attempt === 0) {
    entry.ephemeral = policy.replay === "reexecute";
    entry.readOnly = policy.readOnly;
    entry.repeatable = policy.repeatable;
  } else {
    entry.ephemeral &&= policy.replay === "reexecute";
    entry.readOnly &&= policy.readOnly;
    entry.repeatable &&= policy.repeatable;
  }
}

/** A person is to decide on the call, as the tool is now: a decision for another definition of it counts no longer. */
export function ask(entry: Entry, policy: CallPolicy | undefined): void {
  if (entry.state !== "pending") advance(entry, "pending");
  entry.askedAt = Date.now();
  entry.definition = policy?.definition ?? "";
  entry.approval = true;
  entry.shownInPart = false;
  entry.decision = undefined;
  entry.editedArgs = undefined;
}
