/**
 * The journal of one execution while a pass is live: in memory, written behind, in order (G1).
 *
 * Owns: the entries, which of them are not on disk yet, how much they hold, the next order, the clock. Every write goes through `flush`,
 * which is one commit, so what is on disk is always a prefix of what happened.
 */
import { CodemodeError, isCodemodeError } from "../errors.ts";
import { doubtWhatIsLeft } from "../journal/doubt.ts";
import { advance, type Entry, isSettled, type ReplayOf, replayOf } from "../journal/entry.ts";
import type { ExecutionStatus } from "../journal/public.ts";
import { recordedChars } from "../journal/room.ts";
import type { EntryState } from "../journal/states.ts";
import type { ExecutionRecord } from "../store/executions.ts";
import type { JournalStore, Unwritten } from "../store/store.ts";
import { toFailure } from "../wire/values.ts";

/** How an execution's row changes when a pass ends. Values are encoded text. */
export interface Ending {
  readonly status: ExecutionStatus;
  readonly result?: string | undefined;
  /** The result itself, where {@link result} says that it is too large to be kept: for whoever waits for the outcome now. */
  readonly unkept?: string | undefined;
  readonly error?: string | undefined;
  readonly errorCode?: string | undefined;
  readonly errorLine?: number | undefined;
  readonly logs: readonly string[];
}

/** Whether a tool of this process is still at the call of that seq. */
export type Performs = (seq: number) => boolean;

const NOBODY: Performs = () => false;

/** States that a person's decision leads out of, or has led to. */
const DECIDED_ON: ReadonlySet<EntryState> = new Set<EntryState>(["pending", "in_doubt", "approved"]);

/** A rejection ends the run: where that could not be written, the call waits as before. */
function unreject(entry: Entry): void {
  entry.state = "pending";
  entry.decision = entry.decision?.previous;
}

export class LiveJournal {
  readonly execution: ExecutionRecord;
  readonly entries: Map<number, Entry>;
  readonly #store: JournalStore;
  /** What is not on disk yet: entries of which nothing is, and those that changed since. */
  readonly #unwritten = { added: new Set<Entry>(), changed: new Set<Entry>() } satisfies Unwritten;
  readonly replay: ReplayOf;
  readonly #untold: ReadonlySet<number>;
  /** What the program returned, where the disk has no room for it. */
  unkept: string | undefined;
  #nextOrder: number;
  #clock: number;
  #chars = 0;
  #effectSettled = false;

  constructor(store: JournalStore, execution: ExecutionRecord, entries: Map<number, Entry>) {
    this.#store = store;
    this.execution = execution;
    this.entries = entries;
    this.replay = replayOf(entries);
    this.#untold = new Set(this.replay.skip);
    this.#nextOrder = this.replay.nextOrder;
    this.#clock = this.replay.recorded.at(-1)?.at ?? execution.createdAt;
    for (const entry of entries.values()) this.#chars += recordedChars(entry);
  }

  /** The seq that a new request must have. */
  get nextSeq(): number {
    return this.entries.size;
  }

  /** Characters of all that is recorded for the program. */
  get chars(): number {
    return this.#chars;
  }

  /** What the program's clock shows, epoch milliseconds: ahead of the host's, where an earlier host's was. */
  get clock(): number {
    return this.#clock;
  }

  add(entry: Entry): Entry {
    this.entries.set(entry.seq, entry);
    this.#chars += recordedChars(entry);
    this.#unwritten.added.add(entry);
    return entry;
  }

  touch(entry: Entry): Entry {
    const { added, changed } = this.#unwritten;
    if (!added.has(entry)) changed.add(entry);
    return entry;
  }

  start(entry: Entry): void {
    if (entry.state !== "started" || entry.attempt > 0) advance(entry, "started");
    entry.attempt += 1;
    entry.startedAt = Date.now();
    this.touch(entry);
  }

  /**
   * Records how an entry ended and gives it its place in the order of delivery.
   *
   * @param at epoch milliseconds: what the program's clock shows from then on.
   */
  settle(entry: Entry, state: EntryState, ok: boolean, value: string | undefined, at = Date.now()): void {
    advance(entry, state);
    const before = recordedChars(entry);
    entry.settlement = { ok, ...(value !== undefined && { value }) };
    this.#chars += recordedChars(entry) - before;
    // The program's clock never runs backwards, whatever the host's does.
    entry.settledAt = Math.max(this.#clock, at);
    // The program counts what it is told, and nothing else may take a place in its order, which shares that of the last, or move its
    // clock: it may have told itself of a step's end since.
    if (this.tells(entry.seq)) {
      this.#clock = entry.settledAt;
      this.#nextOrder += 1;
    }
    entry.order = this.#nextOrder - 1;
    this.#effectSettled ||= entry.kind === "call" && !entry.readOnly;
    this.touch(entry);
  }

  /** A call that the program made before, and has come to its end without making again. */
  unasked(requested: ReadonlySet<number>): Entry | undefined {
    return [...this.entries.values()].find(
      (entry) => entry.kind === "call" && !isSettled(entry) && !requested.has(entry.seq) && this.tells(entry.seq),
    );
  }

  /** Whether the program hears how a call settles: not of one that it made inside of a step whose function runs no more. */
  tells(seq: number): boolean {
    return !this.#untold.has(seq);
  }

  /** Calls that outlived their step, so that the program does not make them again, and that a person decides on, or has. */
  get outlived(): Entry[] {
    return [...this.entries.values()].filter(
      ({ seq, kind, state }) => kind === "call" && DECIDED_ON.has(state) && !this.tells(seq),
    );
  }

  /** An effect's end is known and not on disk: were the process to die now, a person would be asked about it. */
  get owesEffect(): boolean {
    return this.#effectSettled;
  }

  /**
   * Puts everything that happened so far on disk.
   *
   * @throws CodemodeError `INTERRUPTED` when the disk did not take it: memory is ahead of the disk then, and only a new
   * journal, read from the disk, may go on.
   */
  flush(): void {
    const { added, changed } = this.#unwritten;
    if (added.size + changed.size === 0) return;
    this.#commit(() => this.#store.write(this.execution, this.#unwritten));
  }

  /** The same after the end, when nobody is left who could be told that the disk did not take it. */
  flushLate(): void {
    try {
      this.flush();
    } catch {
      // The disk still says that the call was started, and nobody is at it: whoever reads that is shown a doubt.
    }
  }

  /** Writes the execution's row together with whatever is not on disk yet. Throws as `flush` does. */
  save(): void {
    this.#commit(() => this.#store.apply(this.execution, this.#unwritten));
  }

  #commit(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (isCodemodeError(error)) throw error;
      throw new CodemodeError("INTERRUPTED", `The journal could not be written: ${toFailure(error).message}`);
    }
    this.#unwritten.added.clear();
    this.#unwritten.changed.clear();
    this.#effectSettled = false;
  }

  /**
   * Writes down that these, which are on disk, were shown without their arguments: before they are, because a decision that
   * rests on it may come to another process.
   */
  shownInPart(entries: readonly Entry[]): void {
    const changed = entries.filter((entry) => !entry.shownInPart);
    if (changed.length === 0) return;
    for (const entry of changed) entry.shownInPart = true;
    this.#store.write(this.execution, { added: new Set(), changed: new Set(changed) });
  }

  /** Puts in doubt what the execution's end left open; in memory, until the next write. Answers which calls that were. */
  doubt(performs: Performs): Entry[] {
    const left = doubtWhatIsLeft(this.execution.status, this.entries.values(), performs);
    for (const entry of left) this.touch(entry);
    return left;
  }

  /**
   * The last write of a pass, or the end of an execution without one: entries and the execution's row, in one transaction.
   * Calls that nobody will settle after the end are in doubt from here on.
   */
  close(ending: Ending, performs: Performs = NOBODY): void {
    const { execution } = this;
    execution.status = ending.status;
    execution.result = ending.result;
    execution.error = ending.error;
    execution.errorCode = ending.errorCode;
    execution.errorLine = ending.errorLine;
    execution.logs = ending.logs;
    this.unkept = ending.unkept;
    execution.calls = this.entries.size;
    execution.updatedAt = Date.now();
    const left = this.doubt(performs);
    try {
      this.save();
    } catch (error) {
      // It has not ended then, and who takes it up decides on these calls anew: some may be safe to repeat.
      for (const entry of left) entry.state = "started";
      for (const entry of this.entries.values()) if (entry.state === "rejected" && !isSettled(entry)) unreject(entry);
      throw error;
    }
  }
}
