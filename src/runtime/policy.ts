/** What a tool's policy writes into the entry of its call: once when the call is new, and when a person is asked about it. */
import type { CallPolicy } from "../connector/types.ts";
import { advance, type Entry } from "../journal/entry.ts";

/** A new call takes the policy that its tool has now; a later one changes nothing for it. */
export function adopt(entry: Entry, policy: CallPolicy): void {
  entry.approval = policy.approval;
  entry.ephemeral = policy.replay === "reexecute";
  entry.readOnly = policy.readOnly;
  entry.repeatable = policy.repeatable;
}

/** A person is to decide on the call, as the tool is now: a decision for another definition of it counts no longer. */
export function ask(entry: Entry, policy: CallPolicy | undefined): void {
  if (entry.state !== "pending") advance(entry, "pending");
  entry.askedAt = Date.now();
  entry.definition = policy?.definition ?? "";
  entry.approval = true;
  entry.shownInPart = false;
  entry.decision = undefined;
}
