/** Counts the wall time that the program itself uses: running while it computes, stopped while the host works (G8). */
import { TimeLeft } from "./time-left.ts";

export class Watchdog {
  readonly #budgetMs: number;
  readonly #timeLeft: TimeLeft;
  #usedMs = 0;
  #runningSince: number | undefined;

  constructor(budgetMs: number, onExpired: () => void) {
    this.#budgetMs = budgetMs;
    this.#timeLeft = new TimeLeft(() => this.#left(), onExpired);
  }

  /** The program runs, or is heard of while it does: looks at once too, because timers may wait for as long as messages keep coming. */
  run(): void {
    this.#runningSince ??= Date.now();
    this.#timeLeft.look();
  }

  stop(): void {
    if (this.#runningSince === undefined) return;
    this.#usedMs += Date.now() - this.#runningSince;
    this.#runningSince = undefined;
  }

  /** Ends the watch. */
  dispose(): void {
    this.stop();
    this.#timeLeft.watchNoMore();
  }

  #left(): number | undefined {
    if (this.#runningSince === undefined) return undefined;
    return this.#budgetMs - this.#usedMs - (Date.now() - this.#runningSince);
  }
}
