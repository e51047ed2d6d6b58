/**
 * The guest's end of the bridge: tells the host what was asked, applies what comes back one settlement at a time, until the
 * host says that the pass is over. `src/wire/README.md` is the protocol.
 *
 * The shim runs it inside the isolate; `adapted-executor.ts` runs it on the host for sandboxes that do not speak the protocol.
 */
import { type ConsoleLine, type Done, MAX_MESSAGE_CHARS, type Reply, type Turn } from "../../wire/messages.ts";
import { encodeValue } from "../../wire/values.ts";
import type { News } from "./outbox.ts";
import type { Divergence } from "./replay.ts";
import type { Sequencer } from "./sequencer.ts";

/** Wakes the loop when the host answers, or when the program does something although nothing was delivered. */
export interface Signal {
  raise(): void;
  /** What was raised so far is being told to the host now. */
  lower(): void;
  wait(): Promise<void>;
}

export function makeSignal(): Signal {
  let wake: (() => void) | undefined;
  let raised = false;
  return {
    raise() {
      raised = true;
      wake?.();
    },
    lower() {
      raised = false;
    },
    wait: () =>
      new Promise((resolve) => {
        wake = resolve;
        if (raised) resolve();
      }),
  };
}

/** What the loop needs to know of the program. */
export interface Guest {
  readonly sequencer: Sequencer;
  readonly signal: Signal;
  exchange(message: string): Promise<string>;
  /** Whether an answer comes as a task of its own, so that everything before it has had all its consequences. */
  readonly answersAreTasks?: true;
  /** Resolves when what was delivered has had all its consequences. */
  tick(): Promise<void>;
  /** How the program ended, once it has. */
  done(): Done | undefined;
  /** The program was stopped: nothing of it counts any more but its end. */
  stopped(): boolean;
  /** The program may still go on although nothing is delivered: it waits for something of its own. */
  busy(): boolean;
  takeConsole(): ConsoleLine[];
}

/** A turn as it is sent: JSON leaves out what is not there. */
type Message = { readonly [Field in keyof Turn]: Turn[Field] | undefined };

/** What a console that goes with anything else may come to, as JSON: a full message leaves so much. */
const MAX_CONSOLE_CHARS = 1_000_000;

/** How many lines of a console have room beside the rest of a turn; below none where all have. */
function linesBeside(lines: readonly ConsoleLine[]): number {
  let left = MAX_CONSOLE_CHARS;
  return lines.findIndex((line) => {
    left -= JSON.stringify(line).length + 1;
    return left < 0;
  });
}

/** Whether a turn has room for the end beside its news; one without news always has. */
function hasRoomFor({ value }: Done, { room }: News): boolean {
  return value.length <= room || room === MAX_MESSAGE_CHARS;
}

function unlessEmpty<T>(list: readonly T[] = []): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** Resolves when the host ended the pass or is gone. */
export function takeTurns(guest: Guest): Promise<void> {
  return new TurnLoop(guest).run();
}

/** Owns: the count of turns and of deliveries, and what the host was told of the end. The order is the sequencer's. */
class TurnLoop {
  readonly #guest: Guest;
  /** What the program printed, and the host was not told. */
  #console: readonly ConsoleLine[] = [];
  #turn = 0;
  #received = 0;
  /** The host ended the pass, or is gone. */
  #halted = false;
  /** The host knows how the program ended. */
  #toldEnd = false;
  /** The last turn left nothing out. */
  #toldAll = true;
  #waits = false;
  /** The host answered while the loop waited: nothing of the program was under way. */
  #answered = false;

  constructor(guest: Guest) {
    this.#guest = guest;
  }

  async run(): Promise<void> {
    const guest = this.#guest;
    const { sequencer, signal } = guest;
    while (!this.#halted) {
      if (!this.#answered || guest.answersAreTasks !== true) await guest.tick();
      this.#answered = false;
      const next = guest.stopped() ? "nothing" : sequencer.deliverNext();
      const open = next === "delivered" && guest.answersAreTasks === true && (await asksSoon(guest));
      if (next === "delivered" && !open) continue;
      // Whoever will not ask by itself, and has all that came before, never asks again for what it asked before.
      const done = guest.done();
      if (next === "unasked" && (done !== undefined || !guest.busy())) sequencer.miss(done);
      signal.lower();
      this.#tell(open);
      this.#waits = true;
      await signal.wait();
      this.#waits = false;
    }
  }

  /** Sends the next turn. `open`: the program is still under way. */
  #tell(open: boolean): void {
    const guest = this.#guest;
    void guest.exchange(JSON.stringify(this.#message(open))).then(
      (text) => this.#hear(JSON.parse(text)),
      () => {
        // The host is gone: this pass is over, another one will replay it.
        this.#halted = true;
        guest.signal.raise();
      },
    );
  }

  #message(open: boolean): Message {
    const guest = this.#guest;
    const stopped = guest.stopped();
    const { printed, alone } = this.#takeConsole();
    const news = stopped || alone ? undefined : guest.sequencer.take();
    const done = open ? undefined : endOf(guest);
    // The end comes last: after every request and every settlement, and by itself where it has no room beside them.
    const crowded = done !== undefined && !this.#toldEnd && news !== undefined && !hasRoomFor(done, news);
    const more = alone || (!stopped && (guest.sequencer.hasNews || crowded));
    const last = done !== undefined && !this.#toldEnd && !more;
    this.#toldEnd ||= last;
    this.#toldAll = !open && !more;
    if (more) guest.signal.raise();
    return {
      turn: this.#turn++,
      received: this.#received,
      requests: unlessEmpty(news?.requests),
      settled: unlessEmpty(news?.settled),
      cleared: unlessEmpty(news?.cleared),
      console: unlessEmpty(printed),
      done: last ? done : undefined,
      busy: guest.busy() || undefined,
      // What did not fit follows: until then the host must not take this for all that the program asked for.
      open: open || more || undefined,
    };
  }

  /** What goes with the next turn. A console that is long goes alone, line by line if need be, and the end after all of it. */
  #takeConsole(): { readonly printed: readonly ConsoleLine[]; readonly alone: boolean } {
    const lines = [...this.#console, ...this.#guest.takeConsole()];
    const beside = linesBeside(lines);
    const alone = beside >= 0;
    const printed = alone ? lines.splice(0, Math.max(1, beside)) : lines.splice(0);
    this.#console = lines;
    return { printed, alone };
  }

  #hear({ deliveries, halt, settle }: Reply): void {
    this.#halted ||= halt === true;
    // Released by a newer turn: to answer it with yet another one would go on for ever.
    if (deliveries.length === 0 && !this.#halted && (settle !== true || this.#toldAll)) return;
    this.#received += deliveries.length;
    this.#guest.sequencer.receive(deliveries);
    this.#answered = this.#waits && settle !== true;
    this.#guest.signal.raise();
  }
}

/** Microtasks within which a program that was told something usually asks for the next thing: some layers of `async`. */
const SOON = 12;

/**
 * Whether the program, right after a delivery, asks for a call while nothing else is here to be delivered. The host is
 * asked at once then: the answer comes as a task of its own, after all that the program does meanwhile, and a tick is saved.
 */
async function asksSoon({ sequencer, done, stopped }: Guest): Promise<boolean> {
  for (let hop = 0; hop < SOON && !sequencer.hasNext; hop += 1) {
    await undefined;
    if (sequencer.asksOnly) return sequencer.divergence === undefined && done() === undefined && !stopped();
  }
  return false;
}

function endOf(guest: Guest): Done | undefined {
  const { divergence } = guest.sequencer;
  return divergence === undefined || guest.stopped() ? guest.done() : describeDivergence(divergence);
}

function describeDivergence({ message, line }: Divergence): Done {
  return {
    ok: false,
    value: encodeValue({ name: "CodemodeError", message, code: "DIVERGED" }, "The error"),
    code: "DIVERGED",
    ...(line !== undefined && { line }),
  };
}
