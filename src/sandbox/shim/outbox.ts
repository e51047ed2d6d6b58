/** What the program did and the host was not told yet, and how much of it goes with the next turn. */
import { MAX_MESSAGE_CHARS, type Request, type StepEnd } from "../../wire/messages.ts";

/** Ends of steps that the host may not know of yet, and the length of their values: what a crash would have it do again. */
const MAX_UNTOLD = { steps: 256, chars: 1_000_000 };

/** What a request is counted as beside its texts: a million timers that are set and cleared at once are no message, either. */
const REQUEST_CHARS = 100;

function charsOf(request: Request): number {
  switch (request.kind) {
    case "call":
      return REQUEST_CHARS + request.connector.length + request.method.length + request.args.length;
    case "step":
      return REQUEST_CHARS + request.name.length;
    case "timer":
      return REQUEST_CHARS;
  }
}

/** What one turn tells of the program. */
export interface News {
  readonly requests: readonly Request[];
  readonly settled: readonly StepEnd[];
  readonly cleared: readonly number[];
  /** Characters that the turn may hold beside them. */
  readonly room: number;
}

export class Outbox {
  readonly #requests: Request[] = [];
  readonly #settled: StepEnd[] = [];
  #cleared: number[] = [];
  #untoldChars = 0;

  get isEmpty(): boolean {
    return this.#requests.length === 0 && this.#settled.length === 0;
  }

  get hasCalls(): boolean {
    return this.#requests.some(({ kind }) => kind === "call");
  }

  /** Whether the program may be told of one more step's end before the host is. */
  get hasRoom(): boolean {
    return this.#settled.length < MAX_UNTOLD.steps && this.#untoldChars < MAX_UNTOLD.chars;
  }

  ask(request: Request): void {
    this.#requests.push(request);
  }

  clear(seq: number): void {
    this.#cleared.push(seq);
  }

  end(step: StepEnd): void {
    this.#settled.push(step);
    if (step.told !== undefined) this.#untoldChars += step.value.length;
  }

  /** Takes out what fits into one message. */
  take(): News {
    let left = MAX_MESSAGE_CHARS;
    const fits = (chars: number) => {
      left -= chars;
      return left >= 0 || left + chars === MAX_MESSAGE_CHARS;
    };
    const requests = this.#requests;
    const settled = this.#settled;
    // All that the program was told came before anything that it asked of the host and was not sent yet: the host must
    // know of it before it settles any of that.
    const steps = firstThat(requests, (request) => request.kind === "step" && fits(charsOf(request)));
    const allSteps = requests[0]?.kind !== "step";
    const told = firstThat(settled, (end) => allSteps && end.told !== undefined && fits(end.value.length));
    const asked = settled.some((end) => end.told !== undefined)
      ? []
      : firstThat(requests, (request) => fits(charsOf(request)));
    // A step's end comes after the requests before it; a turn that leaves requests behind tells of no other ends.
    const whole = requests.length === 0;
    const ends = whole ? firstThat(settled, ({ value }) => fits(value.length)) : [];
    // A timer is cleared no later than the host hears of what took its place, and not before it is set.
    const [next] = requests;
    const isSet = (seq: number) => next === undefined || seq < next.seq;
    const cleared = this.#cleared.filter(isSet);
    this.#cleared = this.#cleared.filter((seq) => !isSet(seq));
    if (settled.length === 0) this.#untoldChars = 0;
    return { requests: [...steps, ...asked], settled: [...told, ...ends], cleared, room: left };
  }
}

/** Takes items off the front of a list for as long as they fit. */
function firstThat<T>(list: T[], fits: (item: T) => boolean): T[] {
  if (list.length === 0) return [];
  const end = list.findIndex((item) => !fits(item));
  return list.splice(0, end < 0 ? list.length : end);
}
