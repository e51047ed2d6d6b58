/** Watches over time that is left, however much: one timer, which looks when it fires and sleeps again for what is left by then (G8). */
import { MAX_TIMER_MS } from "../wire/messages.ts";

export class TimeLeft {
  readonly #left: () => number | undefined;
  readonly #onOver: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param left how many milliseconds are left now; nothing while there is no hurry, and then nothing is watched either. */
  constructor(left: () => number | undefined, onOver: () => void) {
    this.#left = left;
    this.#onOver = onOver;
  }

  /** Begins to watch, unless it does already: whoever calls this often has one timer all the same. */
  watch(): void {
    if (this.#timer === undefined) this.#sleep(this.#left());
  }

  /** Looks now, and watches. */
  look(): void {
    const left = this.#left();
    if (left === undefined || left > 0) this.watch();
    else {
      this.watchNoMore();
      this.#onOver();
    }
  }

  watchNoMore(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #sleep(ms: number | undefined): void {
    const wake = () => {
      this.#timer = undefined;
      this.look();
    };
    if (ms !== undefined) this.#timer = setTimeout(wake, Math.min(ms, MAX_TIMER_MS));
  }
}
