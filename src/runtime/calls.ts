/**
 * The calls of one pass that tools are at: has them made, and records what tools answer, also after the pass is over.
 *
 * Owns: which calls are at their tools, and since when (`at-work.ts`); what is held of results that are not recorded.
 * Does not own: what the program hears of it, and whether the pass is over with it (`pass.ts`).
 */
import { advance, deliveryOf, type Entry, isSettled } from "../journal/entry.ts";
import type { Limits } from "../limits.ts";
import type { Delivery } from "../wire/messages.ts";
import { AtWork } from "./at-work.ts";
import { type BoundedOutcome, bounded } from "./failures.ts";
import type { LiveJournal } from "./journal.ts";
import type { Perform } from "./perform.ts";
import type { ToolOutcome } from "./port.ts";

/** What a pass does about its calls. */
export interface CallEvents {
  /** The guest is to hear how a call has settled. */
  readonly settled: (delivery: Delivery) => void;
  /** A tool has answered, and all that follows from its answer is recorded. */
  readonly answered: () => void;
  /** A tool has been at a call for longer than it may. */
  readonly tookTooLong: (entry: Entry) => void;
  /** The host is gone, and with it every tool. */
  readonly hostLost: (error: unknown) => void;
}

export class Calls {
  readonly #journal: LiveJournal;
  readonly #makeCall: Perform;
  readonly #limits: Limits;
  readonly #on: CallEvents;
  readonly #atWork: AtWork;
  readonly #silent = Promise.withResolvers<void>();
  /** The call that was settled last of those whose results are not recorded. */
  #unrecorded: Entry | undefined;
  #over = false;
  #abandoned = false;

  constructor(journal: LiveJournal, makeCall: Perform, limits: Limits, on: CallEvents) {
    this.#journal = journal;
    this.#makeCall = makeCall;
    this.#limits = limits;
    this.#on = on;
    this.#atWork = new AtWork(limits.maxToolMs, (seq) => {
      const entry = journal.entries.get(seq);
      if (entry !== undefined) on.tookTooLong(entry);
    });
  }

  /** How many have not been answered. */
  get size(): number {
    return this.#atWork.size;
  }

  /** A tool is at the call of that seq, and what it answers will be recorded, also after the end. */
  performs(seq: number): boolean {
    return this.#atWork.has(seq) && !this.#abandoned;
  }

  /** Resolves when the pass is over and no tool of it is at a call any longer. */
  get silent(): Promise<void> {
    return this.#silent.promise;
  }

  /** Has a call made whose start is on disk, where it must be. */
  async make(entry: Entry): Promise<void> {
    const replayed = isSettled(entry);
    this.#atWork.begin(entry.seq);
    const outcome = await this.#outcomeOf(entry);
    this.#atWork.end(entry.seq);
    if (this.#over && this.#atWork.size === 0) this.#silent.resolve();
    if (this.#abandoned) return;
    if (outcome === undefined || (outcome.gaveUp === true && this.#over && !entry.readOnly)) this.#lose(entry);
    else if (replayed) this.#on.settled(deliveryOf(entry, outcome));
    else this.#settle(entry, bounded(entry, outcome, { ...this.#limits, chars: this.#journal.chars }));
    this.#on.answered();
  }

  /** The pass is over: what tools answer from now on is recorded, and nobody else hears of it. */
  close(): void {
    this.#over = true;
    if (this.#atWork.size === 0) this.#silent.resolve();
    this.#atWork.watchNoMore();
  }

  /** Nothing is recorded any longer: the run goes on with another journal, and two would contradict each other. */
  abandon(): void {
    this.#abandoned = true;
  }

  /** Nothing when the host is gone. */
  async #outcomeOf(entry: Entry): Promise<ToolOutcome | undefined> {
    try {
      return await this.#makeCall(entry);
    } catch (error) {
      this.#on.hostLost(error);
      return undefined;
    }
  }

  #settle(entry: Entry, { ok, value, applied }: BoundedOutcome): void {
    this.#journal.settle(entry, applied ? "succeeded" : "failed", ok, value);
    if (entry.ephemeral) this.#holdAlone(entry);
    if (this.#over) this.#journal.flushLate();
    else this.#on.settled(deliveryOf(entry));
  }

  /** Of values that are not recorded only the newest stays in memory, for the words about a program that took it for something else. */
  #holdAlone(entry: Entry): void {
    const before = this.#unrecorded?.settlement;
    if (this.#unrecorded !== undefined && before !== undefined) this.#unrecorded.settlement = { ok: before.ok };
    this.#unrecorded = entry;
  }

  /** The host went after the end, and took the answer with it; or the tool heard of the end, and stopped in the middle. */
  #lose(entry: Entry): void {
    if (isSettled(entry)) return;
    advance(this.#journal.touch(entry), "in_doubt");
    this.#journal.flushLate();
  }
}
