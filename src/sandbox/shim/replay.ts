/** The record of earlier passes as the guest holds it: what each request was, and how far the program was told of it (G3, G9). */
import { type Recorded, type Request, requestKey } from "../../wire/messages.ts";

/** Why the program is not the program that ran before. */
export interface Divergence {
  readonly message: string;
  readonly line?: number | undefined;
}

function describeKey(key: string): string {
  const [kind, first, second, ...rest] = key.split("\n");
  if (kind === "call") return `${first}.${second}(${rest.join("\n").slice(0, 200)})`;
  return kind === "step" ? `codemode.step(${JSON.stringify(first)})` : `a timer of ${first} ms`;
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

  of(seq: number): Recorded | undefined {
    return this.#bySeq.get(seq);
  }

  /** The program asks for something else than it did before. The first difference is the one that counts. */
  diverge(recorded: Recorded, request: Request, line: number | undefined): void {
    this.#diverged(recorded, describeKey(requestKey(request)), line);
  }

  /** The program will never make the call that the record goes on with: it is another program than before. */
  miss(): void {
    if (this.next !== undefined) this.#diverged(this.next, "not made", undefined);
  }

  #diverged({ seq, key }: Recorded, now: string, line: number | undefined): void {
    const place = line === undefined ? "" : ` (line ${line})`;
    this.divergence ??= {
      message: `On replay the program did something else than before. Before, call ${seq} was ${describeKey(key)}; now it is ${now}${place}. What ran stays recorded and can be rolled back.`,
      line,
    };
  }
}
