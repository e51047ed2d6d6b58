/**
 * A text that bounds the work of reading it. The eraser of types tries arrow functions and type arguments speculatively and
 * reads nested ones again at each level, and a class once more for each class around it: 200 hostile characters would
 * keep it busy for hours, and with it the host. There is no way to interrupt it but through what it reads.
 */

/** Legitimate programs make it read everything about three times; a jump back over less than a token is lookahead. */
const REREAD_FACTOR = 5;
const REREAD_MIN_CHARS = 20_000;
const LOOKAHEAD_CHARS = 16;

/** Each class that it copies costs more than the one before; no program has this many. */
const MAX_CLASSES = 500;

/** Behaves as the primitive string does, and throws `RangeError` when it is read back and forth too much. */
export class MeteredText extends String {
  #last = 0;
  #reread = 0;
  #classes = 0;

  override charCodeAt(at: number): number {
    this.#visit(at);
    return super.charCodeAt(at);
  }

  override slice(start = 0, end?: number): string {
    this.#visit(start);
    const part = super.slice(start, end);
    if (part === "class" && ++this.#classes > MAX_CLASSES) throw new RangeError("Too many classes");
    return part;
  }

  #visit(at: number): void {
    if (at < this.#last - LOOKAHEAD_CHARS) {
      this.#reread += this.#last - at;
      if (this.#reread > REREAD_FACTOR * this.length + REREAD_MIN_CHARS) throw new RangeError("Too much speculation");
    }
    this.#last = at;
  }
}
