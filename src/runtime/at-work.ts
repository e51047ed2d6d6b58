/** The calls of one pass that tools are at, and since when: a tool that never answers must not hold an isolate for ever (G8). */
import { MAX_TIMER_MS } from "../wire/messages.ts";

export class AtWork {
  readonly #maxToolMs: number;
  readonly #onTooLong: (seq: number) => void;
  /** When each began, in epoch milliseconds; the oldest first. */
  readonly #since = new Map<number, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onTooLong called with the seq of a call that has taken longer than `maxToolMs`. */
  constructor(maxToolMs: number, onTooLong: (seq: number) => void) {
    this.#maxToolMs = maxToolMs;
    this.#onTooLong = onTooLong;
  }

  get size(): number {
    return this.#since.size;
  }

  has(seq: number): boolean {
    return this.#since.has(seq);
  }

  begin(seq: number): void {
    this.#since.set(seq, Date.now());
    // One timer serves all calls: it looks at the oldest when it fires, and sleeps again for what that one has left.
    if (this.#timer === undefined) this.#sleep(this.#maxToolMs);
  }

  end(seq: number): void {
    this.#since.delete(seq);
  }

  /** The pass is over: tools may take as long as they like. */
  watchNoMore(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #sleep(ms: number): void {
    this.#timer = setTimeout(() => this.#check(), Math.min(ms, MAX_TIMER_MS));
  }

  #check(): void {
    this.#timer = undefined;
    const [oldest] = this.#since;
    if (oldest === undefined) return;
    const [seq, since] = oldest;
    const left = since + this.#maxToolMs - Date.now();
    if (left > 0) this.#sleep(left);
    else this.#onTooLong(seq);
  }
}
