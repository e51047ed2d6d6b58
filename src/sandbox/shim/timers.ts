/** Timers as journal entries: they fire in the recorded order, and on replay at once. */
import { MAX_TIMER_MS } from "../../wire/messages.ts";
import type { Sequencer } from "./sequencer.ts";

function milliseconds(value: unknown): number {
  const ms = Math.trunc(Number(value));
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, MAX_TIMER_MS) : 0;
}

export function installTimers(
  sequencer: Sequencer,
  define: (name: string, value: unknown) => void,
  report: (error: unknown) => void,
): void {
  /** Timers that may still fire, by the id that the program holds; an interval changes its seq with each round. */
  const active = new Map<number, { seq: number }>();
  let lastId = 0;

  const arm = (id: number, ms: number, fire: () => void, again: boolean) => {
    const timer = active.get(id) ?? { seq: 0 };
    active.set(id, timer);
    const { seq, promise } = sequencer.timer(ms);
    timer.seq = seq;
    promise.then(() => {
      if (!active.has(id)) return;
      if (again) arm(id, ms, fire, true);
      else active.delete(id);
      try {
        fire();
      } catch (error) {
        report(error);
      }
    }, report);
  };
  const start =
    (again: boolean) =>
    (callback: unknown, delay?: unknown, ...args: unknown[]) => {
      if (typeof callback !== "function") throw new TypeError("A timer needs a function.");
      lastId += 1;
      arm(lastId, milliseconds(delay), () => Reflect.apply(callback, undefined, args), again);
      return lastId;
    };
  const clear = (id: unknown) => {
    const timer = active.get(Number(id));
    if (timer === undefined) return;
    active.delete(Number(id));
    sequencer.clear(timer.seq);
  };
  const setTimeout = start(false);
  define("setTimeout", setTimeout);
  define("setInterval", start(true));
  define("clearTimeout", clear);
  define("clearInterval", clear);
  define(
    "scheduler",
    Object.freeze({ wait: (delay: unknown) => new Promise((resolve) => setTimeout(resolve, delay)) }),
  );
  installTimeout(setTimeout);
}

/** `AbortSignal.timeout`, by the program's own timers. */
function installTimeout(setTimeout: (callback: () => void, delay: unknown) => number): void {
  Reflect.defineProperty(AbortSignal, "timeout", {
    value(delay: unknown) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new DOMException("The operation timed out.", "TimeoutError")), delay);
      return controller.signal;
    },
    writable: false,
    configurable: false,
  });
}

/** `queueMicrotask`: the platform's own reports what a callback throws to the log of the host, as often as it is called. */
export function installMicrotasks(
  define: (name: string, value: unknown) => void,
  report: (error: unknown) => void,
): void {
  const queue = globalThis.queueMicrotask;
  define("queueMicrotask", (callback: unknown) => {
    if (typeof callback !== "function") throw new TypeError("queueMicrotask needs a function.");
    queue(() => {
      try {
        callback();
      } catch (error) {
        report(error);
      }
    });
  });
}
