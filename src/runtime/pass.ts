/**
 * One pass of one execution: takes the guest's turns, decides on each request, has tools run, delivers settlements in
 * order, and ends when the tables of `journal/` say so.
 *
 * Owns: what is open in this pass (running tools, withheld requests, timers, steps). All that must outlive it is in the
 * journal; when the process dies, a new pass replays it.
 * Does not own: what a request means (`judge.ts`), what is said when a call or the run fails (`failures.ts`, `endings.ts`).
 */
import type { Assessment } from "../connector/types.ts";
import { CodemodeError, isCodemodeError } from "../errors.ts";
import { conclude } from "../journal/conclude.ts";
import { advance, deliveryOf, type Entry, isSettled, newEntry } from "../journal/entry.ts";
import type { Limits } from "../limits.ts";
import type { Bridge } from "../sandbox/executor.ts";
import { Mailbox } from "../sandbox/mailbox.ts";
import { KeptConsole } from "../sandbox/report.ts";
import { Watchdog } from "../sandbox/watchdog.ts";
import type { Done, StepEnd, Turn } from "../wire/messages.ts";
import { parseTurn } from "../wire/parse-turn.ts";
import { toFailure } from "../wire/values.ts";
import { type Assessed, Assessor } from "./assessor.ts";
import { AtWork } from "./at-work.ts";
import { Begun } from "./begun.ts";
import type { BuiltinContext } from "./builtin.ts";
import {
  brokenEnd,
  cancelledEnd,
  concludedEnd,
  divergedEnd,
  sandboxEnd,
  thrownEnd,
  timeoutEnd,
  toolTimeoutEnd,
  tooManyCallsEnd,
  type Unlogged,
} from "./endings.ts";
import { type BoundedOutcome, bounded, invalidCall } from "./failures.ts";
import type { LiveJournal } from "./journal.ts";
import { actionFor, objectionTo } from "./judge.ts";
import { type Perform, performerOf } from "./perform.ts";
import { adopt, ask } from "./policy.ts";
import type { HostPort, ToolOutcome } from "./port.ts";
import { Silence } from "./silence.ts";
import { Steps } from "./steps.ts";
import { Timers } from "./timers.ts";

export class Pass implements Bridge {
  readonly journal: LiveJournal;
  readonly #port: HostPort;
  readonly #limits: Limits;
  readonly #makeCall: Perform;
  readonly #mailbox = new Mailbox();
  readonly #watchdog: Watchdog;
  readonly #assessor: Assessor;
  readonly #requested = new Set<number>();
  readonly #withheld = new Set<number>();
  readonly #steps: Steps;
  readonly #timers = new Timers((entry) => this.#fired(entry));
  readonly #silence = new Silence();
  readonly #console: KeptConsole;
  readonly #ended = Promise.withResolvers<void>();
  /** A turn whose tools are still being asked what they say of it: later ones wait. */
  #accepting: Promise<void> | undefined;
  /** Calls that tools are at: after the end too, until they have answered. */
  readonly #performing: AtWork;
  readonly #silent = Promise.withResolvers<void>();
  #nextTurn = 0;
  #busy = false;
  /** Of the turn at hand, until its calls have left. */
  #begun: Begun | undefined;
  #done: Done | undefined;
  #over = false;
  #interrupted = false;
  /** Why the sandbox can no longer be heard; nothing of it is heard from then on. */
  #lost: unknown;

  constructor(journal: LiveJournal, limits: Limits, builtin: BuiltinContext) {
    this.journal = journal;
    this.#port = builtin.port;
    this.#limits = limits;
    this.#makeCall = performerOf(builtin);
    this.#assessor = new Assessor(journal);
    this.#steps = new Steps(journal, limits.maxValueBytes);
    this.#console = new KeptConsole(limits);
    this.#performing = new AtWork(limits.maxToolMs, (seq) => this.#tookTooLong(seq));
    this.#watchdog = new Watchdog(limits.maxProgramMs, () => this.#end(timeoutEnd(limits.maxProgramMs)));
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
    return this.#performing.has(seq) && !this.#interrupted;
  }

  /** Resolves when the pass is over and no tool of it is at a call any longer. */
  get silent(): Promise<void> {
    return this.#silent.promise;
  }

  /** Resolves when the pass is over and the journal says how. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** The sandbox starts: the program's clock runs. */
  begin(): void {
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

  /** The program cannot even be started: today's limits or modules are not those that it was begun under. */
  refused(error: CodemodeError): void {
    this.#end(thrownEnd(error));
  }

  cancel(reason: string | undefined): void {
    this.#end(cancelledEnd(reason));
    this.#abortTools("cancelled");
  }

  /** Called by the guest: one turn. */
  async exchange(text: string): Promise<string> {
    const before = this.#accepting;
    const accepting = before === undefined ? this.#accept(text) : before.then(() => this.#accept(text));
    if (accepting !== undefined) {
      this.#accepting = accepting;
      await accepting;
      if (this.#accepting === accepting) this.#accepting = undefined;
    }
    this.#silence.break();
    const reply = this.#mailbox.take();
    this.#look();
    return reply;
  }

  /** A person decided on entries that this pass withholds. */
  decided(): void {
    try {
      this.journal.flush();
      for (const seq of [...this.#withheld]) {
        const entry = this.journal.entries.get(seq);
        if (entry === undefined || entry.state === "pending" || entry.state === "in_doubt") continue;
        this.#withheld.delete(seq);
        if (isSettled(entry)) this.#post(entry);
        else if (entry.state === "approved") this.#launch(entry);
      }
    } catch (error) {
      this.#violated(error);
    }
    this.#look();
  }

  /** A person rejected an action, and the execution ends with it. */
  rejected(): void {
    this.#end({ status: "rejected" });
  }

  // Turns

  /** Takes a turn at once, unless the host must be asked about tools first. */
  #accept(text: string): Promise<void> | undefined {
    if (this.#over || this.#lost !== undefined) return undefined;
    try {
      const turn = parseTurn(text);
      this.#hear(turn);
      const known = this.#assessor.known(turn.requests);
      if (known.asked.length > 0)
        return this.#assessor
          .ask(known, (calls) => this.#hostAnswer(this.#port.assess(calls)))
          .then((assessed) => this.#carryOut(turn, assessed))
          .catch((error) => this.#violated(error));
      this.#carryOut(turn, known.assessed);
    } catch (error) {
      this.#violated(error);
    }
    return undefined;
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
    if (this.#over || this.#lost !== undefined) return;
    const begun = new Begun();
    this.#begun = begun;
    let urgent = false;
    this.#steps.foresee(turn.settled);
    this.#timers.foresee(turn.cleared);
    for (const item of assessed) {
      const entry = this.#take(item, begun);
      if (entry === undefined) return;
      urgent ||=
        entry.state === "pending" || entry.state === "in_doubt" || (entry.state === "started" && !entry.readOnly);
    }
    for (const end of turn.settled) this.#settleStep(end);
    for (const refuse of begun.refusals) refuse();
    for (const seq of turn.cleared) this.#timers.clear(seq);
    // One transaction for the turn, before any effect of it leaves (G1). What only reads is written with the next one; the
    // end of an effect is written at once, because a long call after it would leave it in doubt for as long. The end of the run
    // writes it too, if nothing else is waited for before.
    const waited = begun.launches.length + this.#performing.size + this.#withheld.size;
    const endsNow = turn.done !== undefined && waited === 0;
    if (urgent || (this.journal.owesEffect && !endsNow)) this.journal.flush();
    this.#begun = undefined;
    for (const entry of begun.launches) void this.#perform(entry);
    this.#done ??= turn.done;
  }

  /** Decides on one request and records it. Answers nothing when the run ended over it. */
  #take({ request, assessment }: Assessed, { launches, refusals }: Begun): Entry | undefined {
    const { entries, nextSeq } = this.journal;
    const known = entries.get(request.seq);
    const waiting = this.#withheld.size + this.#timers.size + this.#steps.size;
    const objection = this.#requested.has(request.seq)
      ? "a call was made twice under one number"
      : objectionTo(request, entries, this.#limits, launches.length + this.#performing.size + waiting);
    if (objection !== undefined) return this.#end(brokenEnd(request, objection));
    if (known === undefined && nextSeq >= this.#limits.maxCalls)
      return this.#end(tooManyCallsEnd(this.#limits.maxCalls));
    this.#requested.add(request.seq);
    const policy = assessment.kind === "valid" ? assessment.policy : undefined;
    const action = actionFor(request, known, policy, nextSeq);
    switch (action) {
      case "perform":
      case "open":
      case "ask": {
        const entry = known ?? this.journal.add(newEntry(request, action === "ask" ? "pending" : "started"));
        if (policy !== undefined && request.kind === "call" && known === undefined) adopt(entry, policy);
        if (assessment.kind !== "valid") {
          refusals.push(() => this.#settleInvalid(entry, assessment));
          return entry;
        }
        if (action === "ask") {
          ask(this.journal.touch(entry), policy);
          this.#withheld.add(entry.seq);
          return entry;
        }
        this.journal.start(entry);
        if (request.kind === "step") this.#steps.begin(entry.seq);
        else if (request.kind === "timer") this.#timers.arm(entry);
        else launches.push(entry);
        return entry;
      }
      case "doubt":
        if (known !== undefined) advance(this.journal.touch(known), "in_doubt");
        this.#withheld.add(request.seq);
        return known;
      case "withhold":
        this.#withheld.add(request.seq);
        return known;
      case "deliver":
        if (known !== undefined) this.#post(known);
        return known;
      case "reexecute":
        if (known !== undefined) launches.push(known);
        return known;
      case "diverge":
        return this.#end(divergedEnd(known, request));
      case "violate":
        return this.#end(brokenEnd(request, "a call left a gap in the numbering"));
    }
  }

  /** A call that cannot be made is a failure of its own, in its place: the program may catch it and go on. */
  #settleInvalid(entry: Entry, assessment: Exclude<Assessment, { kind: "valid" }>): void {
    if (entry.state === "approved") advance(entry, "started");
    this.journal.settle(entry, "failed", false, invalidCall(entry, assessment));
    this.#post(entry);
  }

  // Effects

  #launch(entry: Entry): void {
    this.journal.start(entry);
    this.journal.flush();
    void this.#perform(entry);
  }

  async #perform(entry: Entry): Promise<void> {
    const replayed = isSettled(entry);
    this.#performing.begin(entry.seq);
    const outcome = await this.#hostAnswer(this.#makeCall(entry));
    this.#performing.end(entry.seq);
    if (this.#over && this.#performing.size === 0) this.#silent.resolve();
    if (this.#interrupted) return;
    if (outcome === undefined) this.#lose(entry);
    else if (replayed) this.#post(entry, outcome);
    else this.#settleCall(entry, bounded(entry, outcome, this.#limits.maxValueBytes));
    this.#look();
  }

  #tookTooLong(seq: number): void {
    this.#end(toolTimeoutEnd(this.journal.entries.get(seq), this.#limits.maxToolMs));
    this.#abortTools("ended: a tool took too long");
  }

  #abortTools(reason: string): void {
    // A host that is gone has no tools left to tell.
    void this.#hostAnswer(this.#port.abort(this.journal.execution.id, reason));
  }

  #settleCall(entry: Entry, { ok, value, applied }: BoundedOutcome): void {
    this.journal.settle(entry, applied ? "succeeded" : "failed", ok, value);
    if (this.#over) this.#recordLate();
    else this.#post(entry);
  }

  /** The host went after the end, and took the answer with it. */
  #lose(entry: Entry): void {
    if (isSettled(entry)) return;
    advance(this.journal.touch(entry), "in_doubt");
    this.#recordLate();
  }

  /** After the end nobody hears of it, but the journal must know what took place. */
  #recordLate(): void {
    try {
      this.journal.flush();
    } catch {
      // The disk still says that the call was started, and nobody is at it: whoever reads that is shown a doubt.
    }
  }

  #settleStep(end: StepEnd): void {
    const entry = this.#steps.settle(end);
    // The guest has the value; when its program was told of the end, it also has the place in the order.
    if (end.told === undefined) this.#mailbox.post(deliveryOf(entry, { ok: end.ok }));
  }

  #fired(entry: Entry): void {
    if (this.#over) return;
    this.journal.settle(entry, "succeeded", true, undefined);
    this.#post(entry);
    this.#look();
  }

  #post(entry: Entry, fresh?: ToolOutcome): void {
    this.#mailbox.post(deliveryOf(entry, fresh));
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

  /** Looks whether the pass is over. Called whenever something settled or the guest began to wait. */
  #look(): void {
    if (this.#over) return;
    if (this.#lost !== undefined) {
      if (this.#performing.size === 0) this.#interrupt(this.#lost);
      return;
    }
    const waits = this.#mailbox.guestWaits;
    if (waits && this.#performing.size > 0) this.#watchdog.stop();
    else this.#watchdog.run();
    if (!waits || (this.#performing.size === 0 && this.#mailbox.askIfOpen())) return;
    const end = conclude({
      done: this.#done === undefined ? undefined : this.#done.ok ? "ok" : "failed",
      working: this.#performing.size,
      withheld: this.#withheld.size,
      timers: this.#timers.size,
      busy: this.#busy && !this.#silence.lasted,
    });
    if (end !== "wait") {
      const unasked = () => this.journal.unasked(this.#requested);
      this.#end(concludedEnd({ end, done: this.#done, unasked, maxValueBytes: this.#limits.maxValueBytes }));
    } else if (this.#busy && this.#withheld.size > 0 && this.#performing.size === 0) {
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
    this.#recordLate();
    this.#interrupted = true;
    this.#close();
    this.#ended.reject(
      new CodemodeError(
        "INTERRUPTED",
        `The execution was interrupted: ${toFailure(error).message}. It will be recovered.`,
      ),
    );
  }

  #end(ending: Unlogged): undefined {
    if (this.#over) return;
    try {
      this.journal.close({ ...ending, logs: this.#console.lines }, (seq) => this.performs(seq));
    } catch (error) {
      // The disk took nothing: the execution is still `running` there. Who waits must hear of it all the same.
      this.#interrupt(error);
      return;
    }
    this.#close();
    this.#begun?.discard(this.journal);
    this.#recordLate();
    this.#ended.resolve();
  }

  #close(): void {
    this.#over = true;
    if (this.#performing.size === 0) this.#silent.resolve();
    this.#watchdog.dispose();
    this.#performing.watchNoMore();
    this.#silence.break();
    this.#timers.clearAll();
    this.#mailbox.halt();
  }
}
