/**
 * What becomes of the guest's turns in one pass: each request is judged, decided on by the table of `journal/` and recorded, and all
 * of a turn is on disk before any effect of it leaves (G1).
 *
 * Owns: which requests were made, which of them wait for a person, the guest's steps. Does not own: tools at their calls
 * (`calls.ts`), and whether the pass is over (`pass.ts`).
 */
import type { Assessment, CallPolicy } from "../connector/types.ts";
import { advance, deliveryOf, type Entry, isSettled, newEntry, requestOf } from "../journal/entry.ts";
import type { Limits } from "../limits.ts";
import type { Timers } from "../sandbox/timers.ts";
import type { Delivery, Request, StepEnd, Turn } from "../wire/messages.ts";
import type { Assessed } from "./assessor.ts";
import { Begun } from "./begun.ts";
import type { Calls } from "./calls.ts";
import { brokenEnd, divergedEnd, thrownEnd, tooManyCallsEnd, type Unlogged } from "./endings.ts";
import { invalidCall, journalFull, notRepeated } from "./failures.ts";
import type { LiveJournal } from "./journal.ts";
import { actionFor, objectionTo } from "./judge.ts";
import { adopt, ask } from "./policy.ts";
import { Steps } from "./steps.ts";

/** What a pass does about its turns. */
export interface TurnEvents {
  /** The guest is to hear how something has settled. */
  readonly settled: (delivery: Delivery) => void;
  /** The run ends over a request. */
  readonly ends: (ending: Unlogged) => void;
}

/** What is begun by turns, and goes on by itself. */
export interface Begins {
  readonly calls: Calls;
  readonly timers: Timers;
}

export class Turns {
  readonly #journal: LiveJournal;
  readonly #limits: Limits;
  readonly #calls: Calls;
  readonly #timers: Timers;
  readonly #on: TurnEvents;
  readonly #requested = new Set<number>();
  readonly #withheld = new Set<number>();
  readonly #steps: Steps;
  /** Calls that the guest does not count among those that it has open. */
  readonly #outlived: number;
  /** Of the turn at hand, until its calls have left. */
  #begun: Begun | undefined;

  constructor(journal: LiveJournal, limits: Limits, { calls, timers }: Begins, on: TurnEvents) {
    this.#journal = journal;
    this.#limits = limits;
    this.#calls = calls;
    this.#timers = timers;
    this.#on = on;
    this.#steps = new Steps(journal, limits);
    this.#outlived = journal.outlived.length;
  }

  /** How many requests wait for a person. */
  get withheld(): number {
    return this.#withheld.size;
  }

  /** A call that the program made before, and has come to its end without making again. */
  unasked(): Entry | undefined {
    return this.#journal.unasked(this.#requested);
  }

  /** A person decided on entries: what has settled with it is told. What it throws ends the run. */
  decided(): void {
    this.#journal.flush();
    for (const entry of this.#withheldEntries()) {
      if (isSettled(entry) && this.#withheld.delete(entry.seq)) this.#on.settled(deliveryOf(entry));
    }
  }

  /** Requests that were withheld, and that a person has let run since. */
  get approved(): Request[] {
    return this.#withheldEntries()
      .filter(({ state }) => state === "approved")
      .map(requestOf);
  }

  /** Takes requests that were withheld as if the program made them only now. What it throws ends the run. */
  takeAgain(assessed: readonly Assessed[]): void {
    for (const { request } of assessed) {
      this.#requested.delete(request.seq);
      this.#withheld.delete(request.seq);
    }
    this.carryOut({ settled: [], cleared: [] }, assessed);
  }

  #withheldEntries(): Entry[] {
    return [...this.#withheld].flatMap((seq) => this.#journal.entries.get(seq) ?? []);
  }

  /** Carries out one turn. What it throws ends the run. */
  carryOut(
    { settled, cleared, done }: Pick<Turn, "settled" | "cleared" | "done">,
    assessed: readonly Assessed[],
  ): void {
    const begun = new Begun();
    this.#begun = begun;
    let urgent = false;
    this.#steps.foresee(settled);
    this.#timers.clear(cleared);
    for (const item of assessed) {
      const entry = this.#take(item, begun);
      if (entry === undefined) return;
      urgent ||=
        entry.state === "pending" || entry.state === "in_doubt" || (entry.state === "started" && !entry.readOnly);
    }
    for (const end of settled) this.#settleStep(end);
    for (const refuse of begun.refusals) refuse();
    // One transaction for the turn, before any effect of it leaves (G1). What only reads is written with the next one; the
    // end of an effect is written at once, because a long call after it would leave it in doubt for as long. The end of the run
    // writes it too, if nothing else is waited for before.
    const waited = begun.launches.length + this.#calls.size + this.#withheld.size;
    const endsNow = done !== undefined && waited === 0;
    if (urgent || (this.#journal.owesEffect && !endsNow)) this.#journal.flush();
    this.#begun = undefined;
    for (const entry of begun.launches) void this.#calls.make(entry);
  }

  /** The run has ended: what the turn at hand was to begin never left. */
  discard(): void {
    this.#begun?.discard(this.#journal);
  }

  /** Decides on one request and records it. Answers nothing when the run ended over it. */
  #take({ request, assessment }: Assessed, begun: Begun): Entry | undefined {
    const known = this.#journal.entries.get(request.seq);
    const objection = this.#objectionTo(request, begun);
    if (objection !== undefined) return this.#end(brokenEnd(request, objection));
    const { nextSeq } = this.#journal;
    const ending = known === undefined ? this.#noMore(request) : undefined;
    if (ending !== undefined) return this.#end(ending);
    this.#requested.add(request.seq);
    const policy = assessment.kind === "valid" ? assessment.policy : undefined;
    const action = actionFor(request, known, policy, nextSeq);
    switch (action) {
      case "perform":
      case "open":
      case "ask": {
        const entry = known ?? this.#journal.add(newEntry(request, action === "ask" ? "pending" : "started"));
        if (policy !== undefined && request.kind === "call") adopt(entry, policy);
        if (assessment.kind !== "valid") begun.refusals.push(() => this.#settleInvalid(entry, assessment));
        else if (action === "ask") this.#ask(entry, policy);
        else this.#begin(request, entry, begun);
        return entry;
      }
      case "doubt":
        if (known !== undefined) advance(this.#journal.touch(known), "in_doubt");
        this.#withheld.add(request.seq);
        return known;
      case "withhold":
        this.#withheld.add(request.seq);
        return known;
      case "deliver":
        if (known !== undefined) this.#on.settled(deliveryOf(known));
        return known;
      case "reexecute":
        if (known !== undefined) this.#reexecute(known, assessment, begun);
        return known;
      case "diverge":
        return known && this.#end(divergedEnd(known, request));
      case "violate":
        return this.#end(brokenEnd(request, "a call left a gap in the numbering"));
    }
  }

  #objectionTo(request: Request, { launches }: Begun): string | undefined {
    if (this.#requested.has(request.seq)) return "a call was made twice under one number";
    const waiting = this.#withheld.size + this.#timers.size + this.#steps.size;
    const open = launches.length + this.#calls.size + waiting - this.#outlived;
    return objectionTo(request, this.#journal.entries, this.#limits, open);
  }

  /** Why nothing new is recorded any more. */
  #noMore(request: Request): Unlogged | undefined {
    const { maxCalls, maxJournalChars } = this.#limits;
    const { nextSeq, chars } = this.#journal;
    if (nextSeq >= maxCalls) return tooManyCallsEnd(maxCalls);
    const added = request.kind === "call" ? request.args.length : 0;
    const full = journalFull("another call", added, { maxJournalChars, chars });
    return full && thrownEnd(full);
  }

  /** A call whose result was not kept is made again, unless its tool is one now that may not be run unasked. */
  #reexecute(entry: Entry, assessment: Assessment, { launches, refusals }: Begun): void {
    const value = assessment.kind !== "valid" ? invalidCall(entry, assessment) : notRepeated(entry, assessment.policy);
    if (value === undefined) launches.push(entry);
    else refusals.push(() => this.#on.settled(deliveryOf(entry, { ok: false, value })));
  }

  #ask(entry: Entry, policy: CallPolicy | undefined): void {
    ask(this.#journal.touch(entry), policy);
    this.#withheld.add(entry.seq);
  }

  #begin(request: Request, entry: Entry, { launches }: Begun): void {
    this.#journal.start(entry);
    if (request.kind === "step") this.#steps.begin(entry.seq);
    else if (request.kind === "timer") this.#timers.arm(entry.seq, request.ms);
    else launches.push(entry);
  }

  /** A call that cannot be made is a failure of its own, in its place: the program may catch it and go on. */
  #settleInvalid(entry: Entry, assessment: Exclude<Assessment, { kind: "valid" }>): void {
    if (entry.state === "approved") advance(entry, "started");
    this.#journal.settle(entry, "failed", false, invalidCall(entry, assessment));
    this.#on.settled(deliveryOf(entry));
  }

  #settleStep(end: StepEnd): void {
    const entry = this.#steps.settle(end);
    // The guest has the value; when its program was told of the end, it also has the place in the order.
    if (end.told === undefined) this.#on.settled(deliveryOf(entry, { ok: end.ok }));
  }

  #end(ending: Unlogged): undefined {
    this.#on.ends(ending);
  }
}
