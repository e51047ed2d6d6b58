/** Does one piece of work whenever it is wanted: one round at a time, many wishes in one, and a rest between two. */

/** Between two rounds at least, so that a run of thousands of calls does not become thousands of readings. */
const REST_MS = 120;

export class Rounds {
  /** Answers whether what it was done for is still what is wanted; where it is not, the next round does not wait. */
  readonly #work: () => Promise<boolean>;
  #isWanted = false;
  #isBusy = false;
  #wake: () => void = () => undefined;

  constructor(work: () => Promise<boolean>) {
    this.#work = work;
  }

  /** Has the work done, soon. */
  want(): void {
    this.#isWanted = true;
    if (!this.#isBusy) void this.#whileWanted();
  }

  /** Has it done without a rest before it. */
  wantNow(): void {
    this.want();
    this.#wake();
  }

  async #whileWanted(): Promise<void> {
    this.#isBusy = true;
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        const began = performance.now();
        // What takes long is done less often.
        if (await this.#work()) await this.#rest(Math.max(REST_MS, 2 * (performance.now() - began)));
      }
    } finally {
      this.#isBusy = false;
    }
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, ms);
    });
  }
}
