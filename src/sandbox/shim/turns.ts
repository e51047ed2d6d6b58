/**
 * The guest's end of the bridge: tells the host what was asked, applies what comes back one settlement at a time, until the
 * host says that the pass is over. `src/wire/README.md` is the protocol.
 *
 * The shim runs it inside the isolate; `adapted-executor.ts` runs it on the host for sandboxes that do not speak the protocol.
 */
import type { ConsoleLine, Done, Reply, Turn } from "../../wire/messages.ts";
import { encodeValue } from "../../wire/values.ts";
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

function unlessEmpty<T>(list: readonly T[] = []): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** Resolves when the host ended the pass or is gone. */
export async function takeTurns(guest: Guest): Promise<void> {
  const { sequencer, signal } = guest;
  let turn = 0;
  let received = 0;
  let halted = false;
  let told = false;
  let idle = false;
  let answered = false;
  let toldAll = true;
  while (!halted) {
    // Nothing of the program was under way while the loop waited, so after an answer there is nothing to wait for.
    if (!answered || guest.answersAreTasks !== true) await guest.tick();
    answered = false;
    const next = guest.stopped() ? "nothing" : sequencer.deliverNext();
    const open = next === "delivered" && guest.answersAreTasks === true && (await asksSoon(guest));
    if (next === "delivered" && !open) continue;
    // Whoever will not ask by itself, and has all that came before, never asks again for what it asked before.
    if (next === "unasked" && (guest.done() !== undefined || !guest.busy())) sequencer.miss();
    signal.lower();
    const news = guest.stopped() ? undefined : sequencer.take();
    const done = open ? undefined : endOf(guest);
    // The end comes last: after every request and every settlement.
    const more: boolean = sequencer.hasNews && !guest.stopped();
    const last: boolean = done !== undefined && !told && !more;
    const message: Message = {
      turn,
      received,
      requests: unlessEmpty(news?.requests),
      settled: unlessEmpty(news?.settled),
      cleared: unlessEmpty(news?.cleared),
      console: unlessEmpty(guest.takeConsole()),
      done: last ? done : undefined,
      busy: guest.busy() || undefined,
      // What did not fit follows: until then the host must not take this for all that the program asked for.
      open: open || more || undefined,
    };
    toldAll = !open && !more;
    told ||= last;
    turn += 1;
    if (more) signal.raise();
    void guest.exchange(JSON.stringify(message)).then(
      (text) => {
        const reply: Reply = JSON.parse(text);
        halted ||= reply.halt === true;
        // Released by a newer turn: to answer it with yet another one would go on for ever.
        if (reply.deliveries.length === 0 && !halted && (reply.settle !== true || toldAll)) return;
        received += reply.deliveries.length;
        sequencer.receive(reply.deliveries);
        answered = idle && reply.settle !== true;
        signal.raise();
      },
      () => {
        // The host is gone: this pass is over, another one will replay it.
        halted = true;
        signal.raise();
      },
    );
    idle = true;
    await signal.wait();
    idle = false;
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
