/**
 * What one turn begins, until it leaves: all of a turn is recorded before any of it leaves (G1), and when the run ends over
 * the turn, none of it does.
 */
import { type Entry, isSettled } from "../journal/entry.ts";
import { neverMade } from "./failures.ts";
import type { LiveJournal } from "./journal.ts";

export class Begun {
  readonly launches: Entry[] = [];
  /** Calls that cannot be made fail after the turn's own settlements: the guest has given those their places already. */
  readonly refusals: (() => void)[] = [];

  /** Records that it never left. A call of which an earlier attempt did stays in doubt: nobody knows how that one ended. */
  discard(journal: LiveJournal): void {
    for (const refuse of this.refusals) refuse();
    const failure = neverMade();
    for (const entry of this.launches)
      if (!isSettled(entry) && entry.attempt === 1) journal.settle(entry, "failed", false, failure);
  }
}
