/** The timers of one pass that are armed: each fires once, unless the program clears it or the pass is over before. */
import { MAX_TIMER_MS } from "../wire/messages.ts";

export class Timers {
  readonly #onFire: (seq: number) => void;
  readonly #armed = new Map<number, ReturnType<typeof setTimeout>>();
  #clearing: ReadonlySet<number> = new Set();

  /** @param onFire called with the seq of a timer, which is armed no longer. */
  constructor(onFire: (seq: number) => void) {
    this.#onFire = onFire;
  }

  /** The turn at hand clears these: one that it also sets is never armed, and none is open for what the program asked for after it. */
  clear(seqs: readonly number[]): void {
    this.#clearing = new Set(seqs);
    for (const seq of this.#clearing) {
      clearTimeout(this.#armed.get(seq));
      this.#armed.delete(seq);
    }
  }

  /** How many have not fired. */
  get size(): number {
    return this.#armed.size;
  }

  arm(seq: number, ms: number): void {
    if (this.#clearing.has(seq)) return;
    const fire = () => {
      this.#armed.delete(seq);
      this.#onFire(seq);
    };
    this.#armed.set(seq, setTimeout(fire, Math.min(ms, MAX_TIMER_MS)));
  }

  clearAll(): void {
    for (const timer of this.#armed.values()) clearTimeout(timer);
    this.#armed.clear();
  }
}
