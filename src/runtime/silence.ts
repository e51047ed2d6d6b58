/**
 * How long a sandbox with sources of its own has not been heard of: it may be about to go on by itself, so a run that waits
 * for a person gives it a moment before it pauses.
 */

/** Longer than most requests take. */
const QUIET_MS = 1_000;

export class Silence {
  #lasted = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Nothing was heard for long enough since {@link await}. */
  get lasted(): boolean {
    return this.#lasted;
  }

  /** Calls back once it has lasted, unless it is broken before. */
  await(onLasted: () => void): void {
    this.#timer ??= setTimeout(() => {
      this.#lasted = true;
      onLasted();
    }, QUIET_MS);
  }

  /** The guest was heard of, or a person. */
  break(): void {
    this.#lasted = false;
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
