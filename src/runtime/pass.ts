/**
 * One pass of one execution: takes the guest's turns, delivers settlements in order, and ends when the tables of `journal/`
 * say so.
 *
 * Owns: the conversation with the guest, and whether the pass is over. All that must outlive it is in the journal; when the
 * process dies, a new pass replays it.
 * Does not own: what becomes of a turn (`turns.ts`), tools at their calls (`calls.ts`), the words of an end (`endings.ts`).
 */
import { CodemodeError, isCodemodeError } from "../errors.ts";
import { conclude } from "../journal/conclude.ts";
import { deliveryOf, requestOf } from "../journal/entry.ts";
import { roomForConsole } from "../journal/room.ts";
import type { Limits } from "../limits.ts";
import type { Bridge } from "../sandbox/executor.ts";
import { Mailbox } from "../sandbox/mailbox.ts";
import { KeptConsole } from "../sandbox/report.ts";
import { Timers } from "../sandbox/timers.ts";
import { Watchdog } from "../sandbox/watchdog.ts";
import { writtenAtFirst } from "../store/executions.ts";
import type { Delivery, Done, Request, Turn } from "../wire/messages.ts";
import { parseTurn } from "../wire/parse-turn.ts";
import { toFailure } from "../wire/values.ts";
import { type Assessed, Assessor } from "./assessor.ts";
import { BUILTIN, type BuiltinContext, snippetIn } from "./builtin.ts";
import { Calls } from "./calls.ts";
import {
  brokenEnd,
  cancelledEnd,
  concludedEnd,
  sandboxEnd,
  thrownEnd,
  timeoutEnd,
  toolTimeoutEnd,
  type Unlogged,
} from "./endings.ts";
import type { LiveJournal } from "./journal.ts";
import { objectionToAll } from "./judge.ts";
import { performerOf } from "./perform.ts";
import type { HostPort } from "./port.ts";
import { returnedIn } from "./returned.ts";
import { Silence } from "./silence.ts";
import { Turns } from "./turns.ts";

export class Pass implements Bridge {
  readonly journal: LiveJournal;
  readonly #port: HostPort;
  readonly #limits: Limits;
  readonly #mailbox = new Mailbox();
  readonly #watchdog: Watchdog;
  readonly #assessor: Assessor;
  readonly #turns: Turns;
  readonly #calls: Calls;
  readonly #timers = new Timers((seq) => this.#fired(seq));
  readonly #silence = new Silence();
  readonly #console: KeptConsole;
  readonly #ended = Promise.withResolvers<void>();
  readonly #whenOver = this.#ended.promise.catch(() => {});
  /** What is taken once its tools have said what they think of it, a turn mostly: what comes later waits. */
  #accepting: Promise<void> | undefined;
  #nextTurn = 0;
  /** It waits for its place among the isolates no longer. */
  #begun = false;
  #busy = false;
  #done: Done | undefined;
  #over = false;
  #interrupted = false;
  /** Why the sandbox can no longer be heard; nothing of it is heard from then on. */
  #lost: unknown;

  constructor(journal: LiveJournal, limits: Limits, builtin: BuiltinContext) {
    this.journal = journal;
    this.#port = builtin.port;
    this.#limits = limits;
    this.#assessor = new Assessor(journal);
    this.#console = new KeptConsole(limits, roomForConsole(writtenAtFirst(journal.execution)));
    this.#calls = new Calls(journal, performerOf(builtin), limits, {
      settled: (delivery) => this.#tell(delivery),
      answered: () => this.#look(),
      tookTooLong: (entry) => this.#end(toolTimeoutEnd(entry, limits.maxToolMs)),
      hostLost: (error) => this.#interrupt(error),
    });
    const begins = { calls: this.#calls, timers: this.#timers };
    this.#turns = new Turns(journal, limits, begins, {
      settled: (delivery) => this.#tell(delivery),
      ends: (ending) => this.#end(ending),
    });
    this.#watchdog = new Watchdog(limits.maxProgramMs, () => this.#outOfTime());
  }

  /** Nothing is asked, delivered or decided in this pass any longer. */
  get over(): boolean {
    return this.#over;
  }

  /** The pass is over, and the execution is not: on disk it is still `running`. */
  get interrupted(): boolean {
    return this.#interrupted;
  }

  /** A tool is at the call of that seq, and what it answers will be recorded, also after the end. */
  performs(seq: number): boolean {
    return this.#calls.performs(seq);
  }

  /** Resolves when the pass is over and no tool of it is at a call any longer. */
  get silent(): Promise<void> {
    return this.#calls.silent;
  }

  /** Resolves when the pass is over and the journal says how. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** The sandbox starts: the program's clock runs. */
  begin(): void {
    this.#begun = true;
    this.#watchdog.run();
  }

  /** The sandbox is gone. Nothing is lost when the pass was over; otherwise the run failed. */
  sandboxEnded(error: unknown): void {
    this.#end(sandboxEnd(error));
  }

  /** The line to the sandbox broke: what tools are at is waited for, and then the pass is interrupted, for another one to replay. */
  sandboxLost(error: unknown): void {
    if (this.#over) return;
    this.#lost = error ?? new Error("the line to the sandbox broke");
    this.#watchdog.stop();
    this.#mailbox.halt();
    this.#look();
  }

  /** The program cannot even be started: an older version took it, or kept no limits with it. */
  refused(error: CodemodeError): void {
    this.#end(thrownEnd(error));
  }

  cancel(reason: string | undefined): void {
    this.#end(cancelledEnd(reason));
  }

  /** Called by the guest: one turn. */
  async exchange(text: string): Promise<string> {
    const accepting = this.#inTurn(() => this.#accept(text));
    if (accepting !== undefined) await accepting;
    this.#silence.break();
    const reply = this.#mailbox.take();
    this.#look();
    return reply;
  }

  /** A person decided on entries that this pass withholds. */
  decided(): void {
    // The guest may hear nothing of it, and be at work: where nobody waits for a person any longer, its silence says nothing.
    this.#silence.break();
    try {
      this.#turns.decided();
    } catch (error) {
      this.#violated(error);
    }
    void this.#inTurn(() => this.#takeApproved())?.then(() => this.#look());
    this.#look();
  }

  /** A person rejected an action, and the execution ends with it. */
  rejected(): void {
    this.#end({ status: "rejected" });
  }

  // Turns

  /** Does what may have to ask the host about tools, after whatever does so now. Answers nothing when it is done at once. */
  #inTurn(work: () => Promise<void> | undefined): Promise<void> | undefined {
    const before = this.#accepting;
    const accepting = before === undefined ? work() : before.then(work);
    if (accepting === undefined) return undefined;
    this.#accepting = accepting;
    this.#look();
    // A tool that is asked holds no sandbox whose run has ended meanwhile.
    return Promise.race([accepting, this.#whenOver]).then(() => {
      if (this.#accepting === accepting) this.#accepting = undefined;
    });
  }

  /** Takes a turn at once, unless the host must be asked about tools first. */
  #accept(text: string): Promise<void> | undefined {
    if (this.#isDeaf) return undefined;
    try {
      const turn = parseTurn(text);
      this.#hear(turn);
      const objection = objectionToAll(turn.requests, this.#limits);
      if (objection !== undefined) {
        this.#end(brokenEnd(objection.request, objection.why));
        return undefined;
      }
      return this.#assessed([...this.#outlived(turn), ...turn.requests], (assessed) => this.#carryOut(turn, assessed));
    } catch (error) {
      this.#violated(error);
    }
    return undefined;
  }

  /** Takes what a person let run, as its tool is now: it may be another one than they were shown (G5). */
  #takeApproved(): Promise<void> | undefined {
    try {
      const { approved } = this.#turns;
      return this.#assessed(approved, (assessed) => this.#turns.takeAgain(assessed));
    } catch (error) {
      this.#violated(error);
    }
    return undefined;
  }

  /** Goes on with what the tools say of requests, unless the run has ended before they have said it. */
  #assessed(requests: readonly Request[], goOn: (assessed: readonly Assessed[]) => void): Promise<void> | undefined {
    if (this.#isDeaf) return undefined;
    const known = this.#assessor.known(requests);
    if (known.asked.length > 0)
      return this.#assessor
        .ask(known, (calls) => this.#hostAnswer(this.#port.assess(calls)))
        .then((assessed) => {
          if (!this.#isDeaf) goOn(assessed);
        })
        .catch((error) => this.#violated(error));
    goOn(known.assessed);
    return undefined;
  }

  /** Nothing of the program counts any longer. */
  get #isDeaf(): boolean {
    return this.#over || this.#lost !== undefined;
  }

  /** With its first turn a program asks for what it asked for inside of steps that are over, and will not ask for again. */
  #outlived({ turn }: Turn): Request[] {
    return turn === 0 ? this.journal.outlived.map(requestOf) : [];
  }

  #tell(delivery: Delivery): void {
    if (this.journal.tells(delivery.seq)) this.#mailbox.post(delivery);
  }

  #hear(turn: Turn): void {
    if (turn.turn !== this.#nextTurn)
      throw new CodemodeError("PROTOCOL_VIOLATION", "The sandbox skipped or repeated a turn.");
    this.#nextTurn += 1;
    this.#mailbox.acknowledge(turn);
    this.#busy = turn.busy === true;
    this.#console.keep(turn.console);
  }

  #carryOut(turn: Turn, assessed: readonly Assessed[]): void {
    this.#turns.carryOut(turn, assessed);
    this.#done ??= turn.done;
  }

  #fired(seq: number): void {
    const entry = this.journal.entries.get(seq);
    if (this.#over || entry === undefined) return;
    this.journal.settle(entry, "succeeded", true, undefined);
    this.#mailbox.post(deliveryOf(entry));
    this.#look();
  }

  /** The host's answer, or nothing when the host is gone: then the pass is interrupted, and recovery goes on from disk. */
  async #hostAnswer<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      this.#interrupt(error);
      return undefined;
    }
  }

  // Ends

  /** A program that waits for a person as far as one knows does not fail for it: with the decision it has time again. */
  #outOfTime(): void {
    const asks = this.#turns.withheld > 0 && this.#mailbox.guestWaits;
    this.#end(asks ? { status: "paused" } : timeoutEnd(this.#limits.maxProgramMs));
  }

  /** Looks whether the pass is over. Called whenever something settled or the guest began to wait. */
  #look(): void {
    if (this.#over || !this.#begun) return;
    if (this.#lost !== undefined) {
      if (this.#calls.size === 0) this.#interrupt(this.#lost);
      return;
    }
    // The host says what it thinks of a turn: until then nothing is known of what the guest waits for.
    if (this.#accepting !== undefined) {
      this.#watchdog.stop();
      return;
    }
    const waits = this.#mailbox.guestWaits;
    if (waits && this.#calls.size > 0) this.#watchdog.stop();
    else this.#watchdog.run();
    if (this.#over || !waits || (this.#calls.size === 0 && this.#mailbox.askIfOpen())) return;
    const end = conclude({
      done: this.#done === undefined ? undefined : this.#done.ok ? "ok" : "failed",
      working: this.#calls.size,
      withheld: this.#turns.withheld,
      timers: this.#timers.size,
      busy: this.#busy && !this.#silence.lasted,
    });
    if (end !== "wait") {
      const unasked = () => this.#turns.unasked();
      const { code, connectors, snippets } = this.journal.execution;
      const returned = () => returnedIn(this.journal.entries);
      const program = {
        source: code,
        globals: [BUILTIN, ...connectors],
        returned,
        snippetIn: (module: string) => snippetIn(snippets, module),
      };
      const { maxValueBytes } = this.#limits;
      const beside = [...writtenAtFirst(this.journal.execution), JSON.stringify(this.#printed)];
      this.#end(concludedEnd({ end, done: this.#done, unasked, program, beside, maxValueBytes }));
    } else if (this.#busy && this.#turns.withheld > 0 && this.#calls.size === 0) {
      this.#silence.await(() => this.#look());
    }
  }

  #violated(error: unknown): void {
    if (isCodemodeError(error) && error.code === "INTERRUPTED") this.#interrupt(error);
    else this.#end(thrownEnd(error));
  }

  /**
   * Ends the pass but not the execution: it stays `running`, and the next use of the runtime recovers it from the disk.
   * From here on this journal writes nothing more: the recovered run has one of its own, and two would contradict each other.
   */
  #interrupt(error: unknown): void {
    if (this.#over) return;
    this.journal.flushLate();
    this.#interrupted = true;
    this.#calls.abandon();
    this.#close();
    this.#ended.reject(
      new CodemodeError(
        "INTERRUPTED",
        `The execution was interrupted: ${toFailure(error).message.replace(/\.$/, "")}. It will be recovered.`,
      ),
    );
  }

  /** The console: what a pass printed before, until this one was heard, whose program prints it again. */
  get #printed(): readonly string[] {
    return this.#nextTurn === 0 ? (this.journal.execution.logs ?? []) : this.#console.lines;
  }

  #end(ending: Unlogged): void {
    if (this.#over) return;
    try {
      this.journal.close({ ...ending, logs: this.#printed }, (seq) => this.performs(seq));
    } catch (error) {
      // The disk took nothing: the execution is still `running` there. Who waits must hear of it all the same.
      this.#interrupt(error);
      return;
    }
    this.#close();
    this.#turns.discard();
    this.journal.flushLate();
    this.#tellTools(ending);
    this.#ended.resolve();
  }

  /** Nobody waits any longer for what tools are still at, also for a pass that was interrupted. A host that is gone has none left to tell. */
  #tellTools({ status, errorCode }: Unlogged): void {
    if (status === "completed" || status === "paused") return;
    const how = errorCode === "CANCELLED" ? "cancelled" : status === "rejected" ? "rejected" : `ended: ${errorCode}`;
    void this.#port.abort(this.journal.execution.id, how).catch(() => {});
  }

  #close(): void {
    this.#over = true;
    this.#calls.close();
    this.#watchdog.dispose();
    this.#silence.break();
    this.#timers.clearAll();
    this.#mailbox.halt();
  }
}
