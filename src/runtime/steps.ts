/** The steps of one pass: which the guest runs, and what it may say of their ends: of its own open steps, once, and now (G7). */
import { CodemodeError } from "../errors.ts";
import type { Entry } from "../journal/entry.ts";
import type { Limits } from "../limits.ts";
import type { StepEnd } from "../wire/messages.ts";
import { exceedsBytes } from "../wire/values.ts";
import { journalFull } from "./failures.ts";
import type { LiveJournal } from "./journal.ts";

/** How far the clocks of sandbox and host may differ. */
const MAX_CLOCK_SKEW_MS = 60_000;

export class Steps {
  readonly #journal: LiveJournal;
  readonly #limits: Limits;
  readonly #open = new Set<number>();
  /** Steps that the turn at hand says have ended. */
  #ending: ReadonlySet<number> = new Set();
  /** Those of them that it also began, or that were open before: for what the program asked for after them they are open no longer. */
  readonly #ended = new Set<number>();

  constructor(journal: LiveJournal, limits: Limits) {
    this.#journal = journal;
    this.#limits = limits;
  }

  /** How many the guest runs. */
  get size(): number {
    return this.#open.size;
  }

  /** A turn begins, and says at its end that these have ended. */
  foresee(ends: readonly StepEnd[]): void {
    this.#ending = new Set(ends.map(({ seq }) => seq));
    for (const seq of this.#ending) if (this.#open.delete(seq)) this.#ended.add(seq);
  }

  begin(seq: number): void {
    (this.#ending.has(seq) ? this.#ended : this.#open).add(seq);
  }

  /**
   * Records how a step ended.
   *
   * @throws CodemodeError `PROTOCOL_VIOLATION` for what no honest guest says, `VALUE_TOO_LARGE`, `JOURNAL_FULL`; the run
   * ends with it.
   */
  settle({ seq, ok, value, told }: StepEnd): Entry {
    const entry = this.#journal.entries.get(seq);
    if (entry === undefined || !this.#ended.delete(seq)) {
      throw new CodemodeError("PROTOCOL_VIOLATION", `The sandbox settled ${seq}, which is no step that it has open.`);
    }
    this.#assertRoomFor(entry, value);
    const [from, at] = told ?? [];
    if (at !== undefined && at > Math.max(Date.now() + MAX_CLOCK_SKEW_MS, this.#journal.clock))
      throw new CodemodeError("PROTOCOL_VIOLATION", "The sandbox says that a step ended in the future.");
    this.#journal.settle(entry, ok ? "succeeded" : "failed", ok, value, at);
    if (from !== undefined) entry.startedAt = Math.min(from, entry.settledAt ?? from);
    return entry;
  }

  #assertRoomFor({ method }: Entry, value: string): void {
    const { maxValueBytes, maxJournalChars } = this.#limits;
    if (exceedsBytes(value, maxValueBytes)) {
      throw new CodemodeError(
        "VALUE_TOO_LARGE",
        `The result of step "${method}" is over ${maxValueBytes} bytes. Return less from it.`,
      );
    }
    const room = { maxJournalChars, chars: this.#journal.chars };
    const full = journalFull(`the result of step "${method}"`, value.length, room);
    if (full !== undefined) throw full;
  }
}
