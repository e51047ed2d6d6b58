/** The calls of one pass that tools are at, and since when: a tool that never answers must not hold an isolate for ever (G8). */
import { TimeLeft } from "../sandbox/time-left.ts";

export class AtWork {
  /** When each began, in epoch milliseconds; the oldest first. */
  readonly #since = new Map<number, number>();
  readonly #timeLeft: TimeLeft;

  /** @param onTooLong called with the seq of a call that has taken longer than `maxToolMs`. */
  constructor(maxToolMs: number, onTooLong: (seq: number) => void) {
    const left = () => {
      const [oldest] = this.#since.values();
      return oldest === undefined ? undefined : oldest + maxToolMs - Date.now();
    };
    this.#timeLeft = new TimeLeft(left, () => {
      const [oldest] = this.#since.keys();
      if (oldest !== undefined) onTooLong(oldest);
    });
  }

  get size(): number {
    return this.#since.size;
  }

  has(seq: number): boolean {
    return this.#since.has(seq);
  }

  begin(seq: number): void {
    this.#since.set(seq, Date.now());
    this.#timeLeft.watch();
  }

  end(seq: number): void {
    this.#since.delete(seq);
  }

  /** The pass is over: tools may take as long as they like. */
  watchNoMore(): void {
    this.#timeLeft.watchNoMore();
  }
}
