/** The record of earlier passes as the guest holds it: what each request was, and how far the program was told of it (G3, G9). */
import { type Difference, describeDifference } from "../../wire/divergence.ts";
import type { Done, Recorded, Request } from "../../wire/messages.ts";
import { decodeValue, isFailure } from "../../wire/values.ts";

/** Why the program is not the program that ran before. */
export interface Divergence {
  readonly message: string;
  readonly line?: number | undefined;
}

export class Replay {
  /** In the order in which they were delivered. */
  readonly #entries: readonly Recorded[];
  readonly #bySeq: ReadonlyMap<number, Recorded>;
  #told = 0;
  divergence: Divergence | undefined;

  constructor(entries: readonly Recorded[]) {
    this.#entries = entries;
    this.#bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  }

  /** What the program is told next, while the record goes on. */
  get next(): Recorded | undefined {
    return this.#entries[this.#told];
  }

  advance(): void {
    this.#told += 1;
  }

  /**
   * Whether something inside of a step had settled when the program was told what it was told last: what it asks for before it is
   * told the next thing, it asked for then. At the end of the record all has.
   */
  isPast(order: number): boolean {
    return this.next === undefined || order <= (this.#entries[this.#told - 1]?.order ?? -1);
  }

  of(seq: number): Recorded | undefined {
    return this.#bySeq.get(seq);
  }

  /** The program asks for something else than it did before. The first difference is the one that counts. */
  diverge(recorded: Recorded, request: Request, line: number | undefined): void {
    this.#diverged(recorded, { now: request, line });
  }

  /** The program will never make the call that the record goes on with: it is another program than before, or failed where it did not. */
  miss(done: Done | undefined): void {
    if (this.next !== undefined) this.#diverged(this.next, { failed: failureIn(done), line: done?.line });
  }

  #diverged({ seq, key: before }: Recorded, difference: Omit<Difference, "seq" | "before">): void {
    this.divergence ??= { message: describeDifference({ seq, before, ...difference }), line: difference.line };
  }
}

/** What a program failed with, which its network or its bindings may have done to it on replay. */
function failureIn(done: Done | undefined): string | undefined {
  const failure = done?.ok === false ? decodeValue(done.value) : undefined;
  return isFailure(failure) ? failure.message || failure.name : undefined;
}
