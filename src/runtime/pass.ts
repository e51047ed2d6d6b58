/**
 * One pass of one execution: takes the guest's turns, decides on each request, has tools run, delivers settlements in
 * order, and ends when the tables of `journal/` say so.
 *
 * Owns: what is open in this pass (running tools, withheld requests, timers, steps). All that must outlive it is in the
 * journal; when the process dies, a new pass replays it.
 */
import type { Assessment, CallPolicy } from "../connector/types.ts";
import { CodemodeError, type ErrorCode, isCodemodeError } from "../errors.ts";
import { conclude } from "../journal/conclude.ts";
import { decide } from "../journal/decide.ts";
import { advance, type Entry, isSettled, newEntry, sameRequest } from "../journal/entry.ts";
import type { Limits } from "../limits.ts";
import type { Bridge } from "../sandbox/executor.ts";
import { Mailbox } from "../sandbox/mailbox.ts";
import { KeptConsole } from "../sandbox/report.ts";
import { Watchdog } from "../sandbox/watchdog.ts";
import { type Done, MAX_TIMER_MS, type Request, type StepEnd, type Turn } from "../wire/messages.ts";
import { parseTurn } from "../wire/parse-turn.ts";
import { encodeFailure, encodeValue, exceedsBytes, toFailure } from "../wire/values.ts";
import { type Assessed, Assessor } from "./assessor.ts";
import { BUILTIN, type BuiltinContext, performBuiltin } from "./builtin.ts";
import { divergedEnd, failedEnd, type Unlogged } from "./endings.ts";
import type { LiveJournal } from "./journal.ts";
import type { HostPort, ToolOutcome } from "./port.ts";

/** What a turn's requests lead to once all of them are taken. */
interface Begun {
  readonly launches: Entry[];
  /** Calls that cannot be made fail after the turn's own settlements: the guest has given those their places already. */
  readonly refusals: (() => void)[];
}

/** How long a busy sandbox must be silent before a run that waits for a person pauses: longer than most requests take. */
const QUIET_MS = 1_000;

/** How far the clocks of sandbox and host may differ. */
const MAX_CLOCK_SKEW_MS = 60_000;

export class Pass implements Bridge {
  readonly journal: LiveJournal;
  readonly #port: HostPort;
  readonly #limits: Limits;
  readonly #builtin: BuiltinContext;
  readonly #mailbox = new Mailbox();
  readonly #watchdog: Watchdog;
  readonly #assessor: Assessor;
  readonly #requested = new Set<number>();
  readonly #withheld = new Set<number>();
  readonly #openSteps = new Set<number>();
  /** Steps that the turn at hand says have ended: those that it also began are never open while the host does anything. */
  #ending: ReadonlySet<number> = new Set();
  readonly #briefSteps = new Set<number>();
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  readonly #console: KeptConsole;
  readonly #ended = Promise.withResolvers<void>();
  /** A turn whose tools are still being asked what they say of it: later ones wait. */
  #accepting: Promise<void> | undefined;
  #nextTurn = 0;
  #working = 0;
  #busy = false;
  #quiet = false;
  #quietTimer: ReturnType<typeof setTimeout> | undefined;
  #done: Done | undefined;
  #over = false;
  #interrupted = false;

  constructor(journal: LiveJournal, limits: Limits, builtin: BuiltinContext) {
    this.journal = journal;
    this.#port = builtin.port;
    this.#limits = limits;
    this.#builtin = builtin;
    this.#assessor = new Assessor(journal);
    this.#console = new KeptConsole(limits);
    this.#watchdog = new Watchdog(limits.maxProgramMs, () =>
      this.#fail(
        "TIMEOUT",
        `The program used more than ${limits.maxProgramMs} ms of its own time. Do less in one run, or let a connector do the waiting.`,
      ),
    );
  }

  /** Nothing is asked, delivered or decided in this pass any longer. */
  get over(): boolean {
    return this.#over;
  }

  /** The pass is over, and the execution is not: on disk it is still `running`. */
  get interrupted(): boolean {
    return this.#interrupted;
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
    const reason = error === undefined ? "it ended before the program did" : toFailure(error).message;
    this.#fail(
      "SANDBOX_FAILED",
      `The sandbox could not go on: ${reason}. The program may use too much memory or CPU; do less in one run.`,
    );
  }

  /** The program cannot even be started: today's limits or modules are not those that it was begun under. */
  refused(error: CodemodeError): void {
    this.#fail(error.code, error.message);
  }

  cancel(reason: string | undefined): void {
    this.#fail("CANCELLED", `The execution was cancelled${reason ? `: ${reason}` : "."}`);
    // A host that is gone has no tools left to tell.
    void this.#hostAnswer(this.#port.abort(this.journal.execution.id, "cancelled"));
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
    this.#stir();
    const reply = this.#mailbox.take();
    this.#look();
    return reply;
  }

  /** The guest was heard of. */
  #stir(): void {
    this.#quiet = false;
    if (this.#quietTimer === undefined) return;
    clearTimeout(this.#quietTimer);
    this.#quietTimer = undefined;
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
    if (this.#over) return undefined;
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
    if (this.#over) return;
    const begun: Begun = { launches: [], refusals: [] };
    let urgent = false;
    this.#ending = new Set(turn.settled.map(({ seq }) => seq));
    for (const item of assessed) {
      const entry = this.#take(item, begun);
      if (entry === undefined) {
        this.#discard(begun);
        return;
      }
      urgent ||=
        entry.state === "pending" || entry.state === "in_doubt" || (entry.state === "started" && !entry.readOnly);
    }
    for (const end of turn.settled) this.#settleStep(end);
    for (const refuse of begun.refusals) refuse();
    for (const seq of turn.cleared) {
      clearTimeout(this.#timers.get(seq));
      this.#timers.delete(seq);
    }
    // One transaction for the turn, before any effect of it leaves (G1). What only reads is written with the next one; the
    // end of an effect is written at once, because a long read after it would leave it in doubt for as long.
    if (urgent || (this.journal.owesEffect && turn.done === undefined)) this.journal.flush();
    for (const entry of begun.launches) void this.#perform(entry);
    this.#done ??= turn.done;
  }

  /** The run ended over a later request of the same turn: what was to start with it never did. */
  #discard({ launches, refusals }: Begun): void {
    for (const refuse of refusals) refuse();
    const error = new CodemodeError("CANCELLED", "The run ended before this call was made.");
    for (const entry of launches)
      if (!isSettled(entry)) this.journal.settle(entry, "failed", false, encodeFailure(error));
    this.journal.flush();
  }

  /** Decides on one request and records it. Answers nothing when the run ended over it. */
  #take({ request, assessment }: Assessed, { launches, refusals }: Begun): Entry | undefined {
    const { entries, nextSeq } = this.journal;
    const known = entries.get(request.seq);
    const reason = this.#objection(request, launches.length);
    if (reason !== undefined) return this.#refuse(request, reason);
    if (known === undefined && nextSeq >= this.#limits.maxCalls) {
      this.#fail(
        "TOO_MANY_CALLS",
        `The execution made more than ${this.#limits.maxCalls} calls. Work in smaller parts, or let a connector page for you.`,
      );
      return undefined;
    }
    this.#requested.add(request.seq);
    const policy = assessment.kind === "valid" ? assessment.policy : undefined;
    const action = decide({
      running: !this.#over,
      match:
        known !== undefined
          ? sameRequest(known, request)
            ? "same"
            : "other"
          : request.seq === nextSeq
            ? "new"
            : "gap",
      kind: request.kind,
      state: known?.state,
      settled: known !== undefined && isSettled(known),
      ephemeral: known?.ephemeral ?? false,
      needsApproval: policy?.approval ?? false,
      repeatable: known?.repeatable ?? false,
      definitionChanged: known?.state === "approved" && policy?.definition !== known.definition,
    });
    switch (action) {
      case "perform":
      case "open":
      case "ask": {
        const entry = known ?? this.journal.add(newEntry(request, action === "ask" ? "pending" : "started"));
        if (policy !== undefined && request.kind === "call" && known === undefined) adopt(entry, policy);
        if (assessment.kind !== "valid") {
          refusals.push(() => this.#settleInvalid(entry, request, assessment));
          return entry;
        }
        if (action === "ask") return this.#ask(entry, policy);
        this.journal.start(entry);
        if (request.kind === "step") (this.#ending.has(entry.seq) ? this.#briefSteps : this.#openSteps).add(entry.seq);
        else if (request.kind === "timer") this.#arm(entry);
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
        this.#end(divergedEnd(known, request));
        return undefined;
      case "violate":
        return this.#refuse(request, "a call left a gap in the numbering");
    }
  }

  /** Why an honest shim would not have made this request. */
  #objection(request: Request, launching: number): string | undefined {
    const { entries } = this.journal;
    const { maxCallsInFlight, maxValueBytes } = this.#limits;
    const open = launching + this.#working + this.#withheld.size + this.#timers.size + this.#openSteps.size;
    if (this.#requested.has(request.seq)) return "a call was made twice under one number";
    if (open >= maxCallsInFlight) return `more than ${maxCallsInFlight} calls are open at once`;
    if (request.kind === "call" && exceedsBytes(request.args, maxValueBytes))
      return `its arguments are over ${maxValueBytes} bytes`;
    // Only an earlier step: two that name each other would make the journal unreadable.
    const { parent } = request;
    if (parent !== undefined && (parent >= request.seq || entries.get(parent)?.kind !== "step"))
      return "it was made inside of no step";
    return undefined;
  }

  #ask(entry: Entry, policy: CallPolicy | undefined): Entry {
    if (entry.state !== "pending") advance(entry, "pending");
    entry.askedAt = Date.now();
    entry.definition = policy?.definition ?? "";
    entry.approval = true;
    entry.decision = undefined;
    this.journal.touch(entry);
    this.#withheld.add(entry.seq);
    return entry;
  }

  /** A call that cannot be made is a failure of its own, in its place: the program may catch it and go on. */
  #settleInvalid(entry: Entry, request: Request, assessment: Exclude<Assessment, { kind: "valid" }>): void {
    const name = request.kind === "call" ? `${request.connector}.${request.method}` : entry.method;
    const error =
      assessment.kind === "unknown"
        ? new CodemodeError(
            "UNKNOWN_TOOL",
            `There is no tool ${name}.${assessment.near.length > 0 ? ` Did you mean ${assessment.near.join(", ")}?` : " Use codemode.search to find tools."}`,
            { near: assessment.near },
          )
        : new CodemodeError("INVALID_ARGUMENTS", `${name}: ${assessment.message}`, { path: assessment.path });
    if (entry.state === "approved") advance(entry, "started");
    this.journal.settle(entry, "failed", false, encodeValue(toFailure(error), "The error"));
    this.#post(entry);
  }

  // Effects

  #launch(entry: Entry): void {
    this.journal.start(entry);
    this.journal.flush();
    void this.#perform(entry);
  }

  async #perform(entry: Entry): Promise<void> {
    const { journal } = this;
    const args = entry.editedArgs ?? entry.args;
    const replayed = isSettled(entry);
    this.#working += 1;
    const answer =
      entry.connector === BUILTIN
        ? performBuiltin(entry.method, args, this.#builtin)
        : this.#port.perform({
            executionId: journal.execution.id,
            seq: entry.seq,
            attempt: entry.attempt,
            connector: entry.connector,
            method: entry.method,
            args,
          });
    const outcome = await this.#hostAnswer(answer);
    this.#working -= 1;
    if (outcome === undefined || this.#interrupted) return;
    if (replayed) this.#post(entry, outcome);
    else this.#settleCall(entry, this.#bounded(entry, outcome));
    this.#look();
  }

  /** A result too large for the journal is a failure that the program sees; the effect still took place. */
  #bounded(entry: Entry, outcome: ToolOutcome): ToolOutcome & { readonly applied: boolean } {
    if (entry.ephemeral || !exceedsBytes(outcome.value, this.#limits.maxValueBytes))
      return { ...outcome, applied: outcome.ok };
    const error = new CodemodeError(
      "VALUE_TOO_LARGE",
      `The result of ${entry.connector}.${entry.method} is over ${this.#limits.maxValueBytes} bytes. Ask for less (a filter, a page, fields), or for a reference to the data.`,
    );
    return { ok: false, value: encodeValue(toFailure(error), "The error"), applied: outcome.ok };
  }

  #settleCall(entry: Entry, { ok, value, applied }: ToolOutcome & { readonly applied: boolean }): void {
    this.journal.settle(entry, applied ? "succeeded" : "failed", ok, value);
    if (this.#over) this.#recordLate();
    else this.#post(entry);
  }

  /** After the end nobody hears of it, but the journal must know what took place. */
  #recordLate(): void {
    try {
      this.journal.flush();
    } catch {
      // The disk still says that the call was started, which is true: a rollback reports it as in doubt.
    }
  }

  #settleStep({ seq, ok, value, told }: StepEnd): void {
    const entry = this.journal.entries.get(seq);
    if (entry === undefined || !(this.#openSteps.delete(seq) || this.#briefSteps.delete(seq))) {
      throw new CodemodeError("PROTOCOL_VIOLATION", `The sandbox settled ${seq}, which is no step that it has open.`);
    }
    if (exceedsBytes(value, this.#limits.maxValueBytes)) {
      this.#fail(
        "VALUE_TOO_LARGE",
        `The result of step "${entry.method}" is over ${this.#limits.maxValueBytes} bytes. Return less from it.`,
      );
      return;
    }
    const [from, at] = told ?? [];
    if (at !== undefined && at > Math.max(Date.now() + MAX_CLOCK_SKEW_MS, this.journal.clock))
      throw new CodemodeError("PROTOCOL_VIOLATION", "The sandbox says that a step ended in the future.");
    this.journal.settle(entry, ok ? "succeeded" : "failed", ok, value, at);
    // A program that was told already has it: its place in the order is the one that the guest gave it.
    if (from === undefined) this.#mailbox.post({ order: entry.order ?? 0, seq, at: entry.settledAt ?? 0, ok });
    else entry.startedAt = Math.min(from, entry.settledAt ?? from);
  }

  #arm(entry: Entry): void {
    const fire = () => {
      this.#timers.delete(entry.seq);
      if (this.#over) return;
      this.journal.settle(entry, "succeeded", true, undefined);
      this.#post(entry);
      this.#look();
    };
    this.#timers.set(entry.seq, setTimeout(fire, Math.min(Number(entry.method), MAX_TIMER_MS)));
  }

  #post(entry: Entry, fresh?: ToolOutcome): void {
    const { ok, value } = fresh ?? entry.settlement ?? { ok: true, value: undefined };
    this.#mailbox.post({
      order: entry.order ?? 0,
      seq: entry.seq,
      at: entry.settledAt ?? 0,
      ok,
      ...(value !== undefined && { value }),
    });
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
    const waits = this.#mailbox.guestWaits;
    if (waits && this.#working > 0) this.#watchdog.stop();
    else this.#watchdog.run();
    if (!waits || (this.#working === 0 && this.#mailbox.askIfOpen())) return;
    const end = conclude({
      done: this.#done === undefined ? undefined : this.#done.ok ? "ok" : "failed",
      working: this.#working,
      withheld: this.#withheld.size,
      timers: this.#timers.size,
      busy: this.#busy && !this.#quiet,
    });
    // A sandbox with sources of its own may be about to go on by itself; while a person must decide, it gets a moment for it.
    if (end === "wait" && this.#busy && this.#withheld.size > 0 && this.#working === 0) {
      this.#quietTimer ??= setTimeout(() => {
        this.#quiet = true;
        this.#look();
      }, QUIET_MS);
    }
    if (end === "pause") this.#end({ status: "paused" });
    else if (end === "complete") this.#complete();
    else if (end === "fail" && this.#done !== undefined) this.#end(failedEnd(this.#done));
    else if (end === "deadlock") {
      this.#fail(
        "DEADLOCK",
        "The program waits for something that nothing will ever resolve. Look for a promise that is never settled.",
      );
    }
  }

  #complete(): void {
    const forgotten = [...this.journal.entries.values()].find(
      (entry) =>
        entry.kind === "call" &&
        !isSettled(entry) &&
        !this.#requested.has(entry.seq) &&
        !this.journal.replay.skip.includes(entry.seq),
    );
    if (forgotten !== undefined) this.#end(divergedEnd(forgotten, undefined));
    else if (exceedsBytes(this.#done?.value ?? "", this.#limits.maxValueBytes)) {
      this.#fail(
        "VALUE_TOO_LARGE",
        `The result of the program is over ${this.#limits.maxValueBytes} bytes. Return less of it.`,
      );
    } else this.#end({ status: "completed", result: this.#done?.value });
  }

  #fail(code: ErrorCode, message: string): void {
    this.#end({ status: "error", error: message, errorCode: code });
  }

  #refuse(request: Request, why: string): undefined {
    this.#fail("PROTOCOL_VIOLATION", `The sandbox broke the protocol at call ${request.seq}: ${why}.`);
  }

  #violated(error: unknown): void {
    if (isCodemodeError(error) && error.code === "INTERRUPTED") this.#interrupt(error);
    else if (isCodemodeError(error)) this.#fail(error.code, error.message);
    else this.#fail("INTERNAL", toFailure(error).message);
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

  #end(ending: Unlogged): void {
    if (this.#over) return;
    try {
      this.journal.close({ ...ending, logs: this.#console.lines });
    } catch (error) {
      // The disk took nothing: the execution is still `running` there. Who waits must hear of it all the same.
      this.#interrupt(error);
      return;
    }
    this.#close();
    this.#ended.resolve();
  }

  #close(): void {
    this.#over = true;
    this.#watchdog.dispose();
    this.#stir();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#mailbox.halt();
  }
}

function adopt(entry: Entry, policy: CallPolicy): void {
  entry.approval = policy.approval;
  entry.ephemeral = policy.replay === "reexecute";
  entry.readOnly = policy.readOnly;
  entry.repeatable = policy.repeatable;
}
