/** Counts the wall time that the program itself uses: running while it computes, stopped while the host works (G8). */
import { MAX_TIMER_MS } from "../wire/messages.ts";

export class Watchdog {
  readonly #budgetMs: number;
  readonly #onExpired: () => void;
  #usedMs = 0;
  #runningSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(budgetMs: number, onExpired: () => void) {
    this.#budgetMs = budgetMs;
    this.#onExpired = onExpired;
  }

  run(): void {
    if (this.#runningSince !== undefined) return;
    this.#runningSince = Date.now();
    // One timer serves many short stretches: it looks when it fires and sleeps again for what is left.
    if (this.#timer === undefined) this.#sleep(this.#budgetMs - this.#usedMs);
  }

  stop(): void {
    if (this.#runningSince === undefined) return;
    this.#usedMs += Date.now() - this.#runningSince;
    this.#runningSince = undefined;
  }

  /** Ends the watch. */
  dispose(): void {
    this.stop();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #sleep(ms: number): void {
    this.#timer = setTimeout(() => this.#check(), Math.min(ms, MAX_TIMER_MS));
  }

  #check(): void {
    this.#timer = undefined;
    const running = this.#runningSince === undefined ? 0 : Date.now() - this.#runningSince;
    const left = this.#budgetMs - this.#usedMs - running;
    if (left > 0) {
      if (this.#runningSince !== undefined) this.#sleep(left);
    } else if (this.#runningSince !== undefined) this.#onExpired();
  }
}
