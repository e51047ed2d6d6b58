/** A fair queue for isolates: the platform allows only so many in flight for one Durable Object. */

/** What stands before whoever comes now. */
export interface Line {
  /** The executions that have the places. */
  readonly behind: readonly string[];
  /** How many wait already, and come first. */
  readonly ahead: number;
}

export class Slots {
  readonly #size: number;
  readonly #holders = new Set<{ readonly id: string }>();
  readonly #queue: (() => void)[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /** Nothing while a place is free. */
  get line(): Line | undefined {
    if (this.#holders.size < this.#size) return undefined;
    return { behind: Array.from(this.#holders, ({ id }) => id), ahead: this.#queue.length };
  }

  /** Waits for a place, first come first served. The answer gives it back; calling it twice does nothing. */
  async take(id: string): Promise<() => void> {
    const holder = { id };
    if (this.#holders.size < this.#size) this.#holders.add(holder);
    else {
      await new Promise<void>((resolve) =>
        this.#queue.push(() => {
          this.#holders.add(holder);
          resolve();
        }),
      );
    }
    return () => {
      if (this.#holders.delete(holder)) this.#queue.shift()?.();
    };
  }
}
