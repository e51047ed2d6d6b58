/**
 * Numbers what the program asks for and hands it what was settled, one settlement at a time, in the recorded order (G3).
 *
 * Owns: the next seq, the requests nobody told the host yet, the waiting promises, the queue of deliveries, and the order of
 * steps that end while the host has nothing to settle.
 * Does not own: what a request means (the host decides), when to send (the turn loop does).
 */
import type { Delivery, GuestOutcome, Opening, Recorded, Request, StepEnd } from "../../wire/messages.ts";
import { MAX_MESSAGE_CHARS, requestKey } from "../../wire/messages.ts";
import { decodeValue, encodeBounded, encodeFailure, isFailure, toError } from "../../wire/values.ts";

/** A request before it has its number. */
type Unnumbered<R> = R extends Request ? Omit<R, "seq" | "parent" | "line"> : never;

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

/** Ends of steps that the host may not know of yet, and the length of their values: what a crash would have it do again. */
const MAX_UNTOLD = { steps: 256, chars: 1_000_000 };

/** Why the program is not the program that ran before. */
export interface Divergence {
  readonly message: string;
  readonly line?: number | undefined;
}

export interface Sequencer {
  /** Asks the host for a call or a timer. */
  request(wanted: Unnumbered<Request>): Promise<unknown>;
  /** Runs a closure once and records how it ended. */
  step(name: string, run: () => unknown): Promise<unknown>;
  clear(seq: number): void;
  /** The number that the next request will get; a timer is known to the program by it. */
  upcoming(): number;
  /** Applies the next delivery in order, if it is here. `unasked`: the record goes on with a call that was not made yet. */
  deliverNext(): "delivered" | "nothing" | "unasked";
  /** The program will never make the call that the record goes on with: it is another program than before. */
  miss(): void;
  receive(deliveries: readonly Delivery[]): void;
  take(): { requests: Request[]; settled: StepEnd[]; cleared: number[] };
  readonly divergence: Divergence | undefined;
  /** True while the record goes on. */
  readonly replaying: boolean;
  /** True while the record goes on, or something else is here to be delivered. */
  readonly hasNext: boolean;
  /** True when there is nothing to be delivered, and the program asked for something of the host. */
  readonly asksOnly: boolean;
  /** True while something is to be told to the host. */
  readonly hasNews: boolean;
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

function describeKey(key: string): string {
  const [kind, first, second, ...rest] = key.split("\n");
  if (kind === "call") return `${first}.${second}(${rest.join("\n").slice(0, 200)})`;
  return kind === "step" ? `codemode.step(${JSON.stringify(first)})` : `a timer of ${first} ms`;
}

function divergedAt(seq: number, before: string, now: string, line: number | undefined): Divergence {
  return {
    message: `On replay the program did something else than before. Before, call ${seq} was ${before}; now it is ${now}${line === undefined ? "" : ` (line ${line})`}. What ran stays recorded and can be rolled back.`,
    line,
  };
}

export function makeSequencer(
  opening: Opening,
  clock: { now: number; readonly real: () => number },
  scopes: StepScopes,
  lineOf: (error: Error) => number | undefined,
  onNews: () => void,
): Sequencer {
  const replay = opening.recorded;
  const recordedBySeq = new Map<number, Recorded>(replay.map((entry) => [entry.seq, entry]));
  const skip = new Set(opening.skip);
  const waiting = new Map<number, Waiting>();
  const arrived = new Map<number, Delivery>();
  const requests: Request[] = [];
  const settled: StepEnd[] = [];
  /** What the host will deliver, or may: while there is any, the order of settlements is the host's. */
  const atHost = new Set<number>();
  const ended: EndedStep[] = [];
  let untoldChars = 0;
  let cleared: number[] = [];
  let nextSeq = 0;
  let replayed = 0;
  let nextOrder = opening.nextOrder;
  let divergence: Divergence | undefined;

  const upcoming = () => {
    while (skip.has(nextSeq)) nextSeq += 1;
    return nextSeq;
  };

  const replaying = () => replayed < replay.length;
  const hasNext = () => replaying() || ended.length > 0 || arrived.has(nextOrder);

  /** Gives the request its number and compares it with the record; tells the host only what the record cannot answer. */
  const open = (wanted: Unnumbered<Request>): { seq: number; promise: Promise<unknown>; replayed: boolean } => {
    if (waiting.size >= opening.maxCallsInFlight) {
      const error = toError({
        name: "CodemodeError",
        message: `More than ${opening.maxCallsInFlight} calls are open at once. Await them in batches.`,
        code: "TOO_MANY_CALLS_IN_FLIGHT",
      });
      return { seq: -1, promise: Promise.reject(error), replayed: true };
    }
    const seq = upcoming();
    nextSeq += 1;
    const parent = scopes.getStore();
    const recorded = recordedBySeq.get(seq);
    const replayed = recorded !== undefined && recorded.ephemeral !== true;
    const numbered = { ...wanted, seq, parent: parent?.seq } as Request;
    const diverged = recorded !== undefined && recorded.key !== requestKey(numbered);
    // Reading a stack is a tenth of the cost of a request, and only what differs from the record is told with its line.
    const line = diverged || (!replayed && seq < opening.known) ? lineOf(new Error()) : undefined;
    if (diverged) {
      divergence ??= divergedAt(seq, describeKey(recorded.key), describeKey(requestKey(numbered)), line);
      return { seq, promise: new Promise(() => {}), replayed: true };
    }
    const promise = new Promise<unknown>((resolve, reject) => waiting.set(seq, { resolve, reject }));
    if (parent !== undefined && wanted.kind !== "timer") {
      parent.open.add(promise);
      const close = () => parent.open.delete(promise);
      promise.then(close, close);
    }
    if (!replayed) {
      requests.push(line === undefined ? numbered : { ...numbered, line });
      if (wanted.kind !== "step") atHost.add(seq);
    }
    // Also what the record answers: a loop that waits for the host must look again.
    onNews();
    return { seq, promise, replayed: recorded !== undefined };
  };

  const apply = (delivery: { seq: number; at: number; ok: boolean; value?: string }) => {
    const entry = waiting.get(delivery.seq);
    waiting.delete(delivery.seq);
    atHost.delete(delivery.seq);
    clock.now = delivery.at;
    if (entry === undefined) return;
    const text = delivery.value ?? entry.own?.value;
    try {
      const value = text === undefined ? undefined : decodeValue(text);
      if (delivery.ok) entry.resolve(value);
      else entry.reject(isFailure(value) ? toError(value) : value);
    } catch (error) {
      entry.reject(error);
    }
  };

  /** Nothing can come from the host before the program is told of a step's end: it takes the next place in the order. */
  const ordersItself = () =>
    replayed === replay.length &&
    atHost.size === 0 &&
    settled.length < MAX_UNTOLD.steps &&
    untoldChars < MAX_UNTOLD.chars;

  const settleStep = (step: EndedStep) => {
    if (ordersItself()) ended.push(step);
    else leaveToHost(step);
    onNews();
  };

  const leaveToHost = (step: EndedStep) => {
    const { seq, ok, value } = step;
    const entry = waiting.get(seq);
    if (entry !== undefined) entry.own = step;
    atHost.add(seq);
    settled.push({ seq, ok, value });
  };

  /** Tells the program of the next step that ended, unless it has asked for something of the host meanwhile. */
  const deliverEnd = () => {
    const step = ordersItself() ? ended.shift() : undefined;
    if (step !== undefined) tellEnd(step);
    else for (const left of ended.splice(0)) leaveToHost(left);
    return step !== undefined;
  };

  const tellEnd = ({ seq, ok, value, from }: EndedStep) => {
    const at = Math.max(clock.now, clock.real());
    settled.push({ seq, ok, value, told: [Math.min(from, at), at] });
    untoldChars += value.length;
    nextOrder += 1;
    apply({ seq, at, ok, value });
  };

  /** A step ends when its function has ended and all calls that it made have. */
  const runStep = async (seq: number, name: string, run: () => unknown) => {
    const stepScope: StepScope = { seq, open: new Set() };
    const from = clock.real();
    let outcome: GuestOutcome;
    try {
      const value = await scopes.run(stepScope, async () => run());
      outcome = { ok: true, value: encodeBounded(value, `The result of step "${name}"`, opening) };
    } catch (error) {
      outcome = { ok: false, value: encodeFailure(error) };
    }
    while (stepScope.open.size > 0) await Promise.allSettled(stepScope.open);
    settleStep({ seq, from, ...outcome });
  };

  return {
    upcoming,
    request: (wanted) => open(wanted).promise,
    step(name, run) {
      const { seq, promise, replayed: known } = open({ kind: "step", name });
      if (!known && seq >= 0) void runStep(seq, name, run);
      return promise;
    },
    clear(seq) {
      if (!waiting.delete(seq)) return;
      cleared.push(seq);
    },
    deliverNext() {
      const next = replay[replayed];
      if (next === undefined) {
        if (deliverEnd()) return "delivered";
        const live = arrived.get(nextOrder);
        if (live === undefined) return "nothing";
        arrived.delete(nextOrder);
        nextOrder += 1;
        apply(live);
        return "delivered";
      }
      if (nextSeq <= next.seq) return "unasked";
      const ready = next.ephemeral === true ? arrived.get(next.order) : next;
      if (ready === undefined) return "nothing";
      arrived.delete(next.order);
      replayed += 1;
      apply(ready);
      return "delivered";
    },
    miss() {
      const next = replay[replayed];
      if (next !== undefined) divergence ??= divergedAt(next.seq, describeKey(next.key), "not made", undefined);
    },
    receive(deliveries) {
      for (const delivery of deliveries) arrived.set(delivery.order, delivery);
    },
    take() {
      let left = MAX_MESSAGE_CHARS;
      const fits = (chars: number) => {
        left -= chars;
        return left >= 0 || left + chars === MAX_MESSAGE_CHARS;
      };
      // All that the program was told came before anything that it asked of the host and was not sent yet: the host must
      // know of it before it settles any of that.
      const steps = firstThat(requests, ({ kind }) => kind === "step");
      const told = firstThat(settled, (end) => end.told !== undefined && fits(end.value.length));
      const asked = settled.some((end) => end.told !== undefined)
        ? []
        : firstThat(requests, (request) => fits("args" in request ? request.args.length : 0));
      // A step's end comes after the requests before it; a turn that leaves requests behind tells of no other ends.
      const ends = requests.length > 0 ? [] : firstThat(settled, ({ value }) => fits(value.length));
      const taken = {
        requests: [...steps, ...asked],
        settled: [...told, ...ends],
        cleared: requests.length > 0 ? [] : cleared,
      };
      if (requests.length === 0) cleared = [];
      if (settled.length === 0) untoldChars = 0;
      return taken;
    },
    get replaying() {
      return replaying();
    },
    get hasNext() {
      return hasNext();
    },
    get asksOnly() {
      return !hasNext() && requests.some(({ kind }) => kind === "call");
    },
    get divergence() {
      return divergence;
    },
    get hasNews() {
      return requests.length > 0 || settled.length > 0;
    },
  };
}

/** Takes items off the front of a list for as long as they fit. */
function firstThat<T>(list: T[], fits: (item: T) => boolean): T[] {
  if (list.length === 0) return [];
  const end = list.findIndex((item) => !fits(item));
  return list.splice(0, end < 0 ? list.length : end);
}
