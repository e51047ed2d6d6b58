/**
 * Numbers what the program asks for and hands it what was settled, one settlement at a time, in the recorded order (G3).
 *
 * Owns: the next seq, the waiting promises, the queue of deliveries, and the order of steps that end while the host has
 * nothing to settle. Does not own: what a request means (the host decides), when to send (the turn loop does).
 */
import type { Delivery, Done, GuestOutcome, Opening, Recorded, Request } from "../../wire/messages.ts";
import { requestKey } from "../../wire/messages.ts";
import { decodeValue, encodeBounded, encodeFailure, isFailure, toError } from "../../wire/values.ts";
import { type News, Outbox } from "./outbox.ts";
import { type Divergence, Replay } from "./replay.ts";

/** A request before it has its number. */
type Unnumbered<R> = R extends Request ? Omit<R, "seq" | "parent" | "line"> : never;

/** A request that has its number. `known`: the record has it, so a step's function does not run again. */
interface Opened {
  readonly seq: number;
  readonly promise: Promise<unknown>;
  readonly known: boolean;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** The guest's own record of a step's end: the host does not send it back. */
  own?: GuestOutcome;
}

/** A step whose end the program is told next, before the host is. */
interface EndedStep extends GuestOutcome {
  readonly seq: number;
  readonly from: number;
}

/** What a step's function runs under: requests made inside belong to the step, and it waits for them. */
export interface StepScope {
  readonly seq: number;
  readonly open: Set<Promise<unknown>>;
}

/** Knows inside of which step's function a request is made: an `AsyncLocalStorage`, where there is one. */
export interface StepScopes {
  run<T>(scope: StepScope, body: () => T): T;
  getStore(): StepScope | undefined;
}

/** What a sequencer needs of the place where the program runs. */
export interface Place {
  /** The program's clock, which deliveries move. */
  readonly clock: { now: number; readonly real: () => number };
  readonly scopes: StepScopes;
  /** The line of the program in a stack. */
  lineOf(error: Error): number | undefined;
  /** The program asked for something, or diverged: a loop that waits for the host must look again. */
  onNews(): void;
}

export class Sequencer {
  readonly #opening: Opening;
  readonly #place: Place;
  readonly #replay: Replay;
  readonly #outbox = new Outbox();
  /** Numbers inside of steps that are over, and the orders in which they settled. */
  readonly #skip: ReadonlyMap<number, number>;
  /** The orders of those that were passed over and may still have been open in this place of the record. */
  #passedOver: number[] = [];
  readonly #waiting = new Map<number, Waiting>();
  readonly #arrived = new Map<number, Delivery>();
  /** What the host will deliver, or may: while there is any, the order of settlements is the host's. */
  readonly #atHost = new Set<number>();
  readonly #ended: EndedStep[] = [];
  #nextSeq = 0;
  #nextOrder: number;

  constructor(opening: Opening, place: Place) {
    this.#opening = opening;
    this.#place = place;
    this.#replay = new Replay(opening.recorded);
    this.#skip = new Map(opening.skip.map((seq, at) => [seq, opening.skipUntil?.[at] ?? -1]));
    this.#nextOrder = opening.nextOrder;
  }

  get divergence(): Divergence | undefined {
    return this.#replay.divergence;
  }

  /** True while the record goes on. */
  get replaying(): boolean {
    return this.#replay.next !== undefined;
  }

  /** True while the record goes on, or something else is here to be delivered. */
  get hasNext(): boolean {
    return this.replaying || this.#ended.length > 0 || this.#arrived.has(this.#nextOrder);
  }

  /** True when there is nothing to be delivered, and the program asked for something of the host. */
  get asksOnly(): boolean {
    return !this.hasNext && this.#outbox.hasCalls;
  }

  /** True while something is to be told to the host. */
  get hasNews(): boolean {
    return !this.#outbox.isEmpty;
  }

  take(): News {
    return this.#outbox.take();
  }

  /** The number that the next request will get, unless it is refused. */
  upcoming(): number {
    for (let order = this.#skip.get(this.#nextSeq); order !== undefined; order = this.#skip.get(this.#nextSeq)) {
      this.#passedOver.push(order);
      this.#nextSeq += 1;
    }
    return this.#nextSeq;
  }

  /** Asks the host for a call or a timer. */
  request(wanted: Unnumbered<Request>): Promise<unknown> {
    return this.#open(wanted).promise;
  }

  /** Asks for a timer that may be cleared by its number; one that is refused has none that another request could get. */
  timer(ms: number): Pick<Opened, "seq" | "promise"> {
    return this.#open({ kind: "timer", ms });
  }

  /** Runs a closure once and records how it ended. */
  step(name: string, run: () => unknown): Promise<unknown> {
    const { seq, promise, known } = this.#open({ kind: "step", name });
    if (!known) void this.#runStep(seq, name, run);
    return promise;
  }

  clear(seq: number): void {
    if (this.#waiting.delete(seq)) this.#outbox.clear(seq);
  }

  receive(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) this.#arrived.set(delivery.order, delivery);
  }

  /** Applies the next delivery in order, if it is here. `unasked`: the record goes on with a call that was not made yet. */
  deliverNext(): "delivered" | "nothing" | "unasked" {
    const next = this.#replay.next;
    if (next !== undefined) return this.#deliverRecorded(next);
    if (this.#deliverEnd()) return "delivered";
    const live = this.#arrived.get(this.#nextOrder);
    if (live === undefined) return "nothing";
    this.#arrived.delete(this.#nextOrder);
    this.#nextOrder += 1;
    this.#apply(live);
    return "delivered";
  }

  /** The program will never make the call that the record goes on with: it has ended so, or waits for something else. */
  miss(done: Done | undefined): void {
    this.#replay.miss(done);
  }

  #deliverRecorded(next: Recorded): "delivered" | "nothing" | "unasked" {
    if (this.#nextSeq <= next.seq) return "unasked";
    const ready = next.ephemeral === true ? this.#arrived.get(next.order) : next;
    if (ready === undefined) return "nothing";
    this.#arrived.delete(next.order);
    this.#replay.advance();
    this.#apply(ready);
    return "delivered";
  }

  #apply({ seq, at, ok, value: given }: { seq: number; at: number; ok: boolean; value?: string }): void {
    const entry = this.#waiting.get(seq);
    this.#waiting.delete(seq);
    this.#atHost.delete(seq);
    this.#place.clock.now = at;
    if (entry === undefined) return;
    const text = given ?? entry.own?.value;
    try {
      const value = text === undefined ? undefined : decodeValue(text);
      if (ok) entry.resolve(value);
      else entry.reject(isFailure(value) ? toError(value) : value);
    } catch (error) {
      entry.reject(error);
    }
  }

  /** Gives the request its number and compares it with the record; tells the host only what the record cannot answer. */
  #open(wanted: Unnumbered<Request>): Opened {
    const seq = this.upcoming();
    if (this.#isFull()) return this.#refuse();
    this.#nextSeq += 1;
    const parent = this.#place.scopes.getStore();
    const recorded = this.#replay.of(seq);
    const request = { ...wanted, seq, parent: parent?.seq } as Request;
    if (recorded !== undefined && recorded.cut !== true && recorded.key !== requestKey(request)) {
      this.#replay.diverge(recorded, request, this.#place.lineOf(new Error()));
      this.#place.onNews();
      return { seq, promise: new Promise(() => {}), known: true };
    }
    const promise = new Promise<unknown>((resolve, reject) => this.#waiting.set(seq, { resolve, reject }));
    if (parent !== undefined && wanted.kind !== "timer") {
      parent.open.add(promise);
      const close = () => parent.open.delete(promise);
      promise.then(close, close);
    }
    if (recorded === undefined || recorded.ephemeral === true) this.#ask(request);
    // Also what the record answers: a loop that waits for the host must look again.
    this.#place.onNews();
    return { seq, promise, known: recorded !== undefined };
  }

  /** Also of what a step had open when the program asked for this: on replay its function does not run, and the same is refused. */
  #isFull(): boolean {
    const { maxCallsInFlight } = this.#opening;
    if (this.#waiting.size + this.#passedOver.length < maxCallsInFlight) return false;
    this.#passedOver = this.#passedOver.filter((order) => !this.#replay.isPast(order));
    return this.#waiting.size + this.#passedOver.length >= maxCallsInFlight;
  }

  #refuse(): Opened {
    const error = toError({
      name: "CodemodeError",
      message: `More than ${this.#opening.maxCallsInFlight} calls are open at once. Await them in batches.`,
      code: "TOO_MANY_CALLS_IN_FLIGHT",
    });
    return { seq: -1, promise: Promise.reject(error), known: true };
  }

  #ask(request: Request): void {
    // Reading a stack is a tenth of the cost of a request, so only what may differ from the record is told with its line.
    const line = request.seq < this.#opening.known ? this.#place.lineOf(new Error()) : undefined;
    this.#outbox.ask(line === undefined ? request : { ...request, line });
    if (request.kind !== "step") this.#atHost.add(request.seq);
  }

  /** A step ends when its function has ended and all calls that it made have. */
  async #runStep(seq: number, name: string, run: () => unknown): Promise<void> {
    const { clock, scopes, onNews } = this.#place;
    const scope: StepScope = { seq, open: new Set() };
    const from = clock.real();
    let outcome: GuestOutcome;
    try {
      const value = await scopes.run(scope, async () => run());
      outcome = { ok: true, value: encodeBounded(value, `The result of step "${name}"`, this.#opening) };
    } catch (error) {
      outcome = { ok: false, value: encodeFailure(error) };
    }
    while (scope.open.size > 0) await Promise.allSettled(scope.open);
    const step = { seq, from, ...outcome };
    if (this.#ordersItself()) this.#ended.push(step);
    else this.#leaveToHost(step);
    onNews();
  }

  /** Nothing can come from the host before the program is told of a step's end: it takes the next place in the order. */
  #ordersItself(): boolean {
    return !this.replaying && this.#atHost.size === 0 && this.#outbox.hasRoom;
  }

  /** Tells the program of the next step that ended, unless it has asked for something of the host meanwhile. */
  #deliverEnd(): boolean {
    const step = this.#ordersItself() ? this.#ended.shift() : undefined;
    if (step !== undefined) this.#tellEnd(step);
    else for (const left of this.#ended.splice(0)) this.#leaveToHost(left);
    return step !== undefined;
  }

  #tellEnd({ seq, ok, value, from }: EndedStep): void {
    const { clock } = this.#place;
    const at = Math.max(clock.now, clock.real());
    this.#outbox.end({ seq, ok, value, told: [Math.min(from, at), at] });
    this.#nextOrder += 1;
    this.#apply({ seq, at, ok, value });
  }

  #leaveToHost(step: EndedStep): void {
    const { seq, ok, value } = step;
    const entry = this.#waiting.get(seq);
    if (entry !== undefined) entry.own = step;
    this.#atHost.add(seq);
    this.#outbox.end({ seq, ok, value });
  }
}
