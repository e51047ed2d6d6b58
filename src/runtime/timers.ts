/** The timers of one pass that are armed: each fires once, unless the program clears it or the pass is over before. */
import type { Entry } from "../journal/entry.ts";
import { MAX_TIMER_MS } from "../wire/messages.ts";

export class Timers {
  readonly #onFire: (entry: Entry) => void;
  readonly #armed = new Map<number, ReturnType<typeof setTimeout>>();
  #clearing: ReadonlySet<number> = new Set();

  constructor(onFire: (entry: Entry) => void) {
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

  arm(entry: Entry): void {
    if (this.#clearing.has(entry.seq)) return;
    const fire = () => {
      this.#armed.delete(entry.seq);
      this.#onFire(entry);
    };
    this.#armed.set(entry.seq, setTimeout(fire, Math.min(Number(entry.method), MAX_TIMER_MS)));
  }

  clearAll(): void {
    for (const timer of this.#armed.values()) clearTimeout(timer);
    this.#armed.clear();
  }
}
