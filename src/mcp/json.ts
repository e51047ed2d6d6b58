/** Makes any value that a program returned into JSON that a model can read, within bounds. */
import { isCodemodeError } from "../errors.ts";
import { readable, toData } from "../tool/conversation.ts";
import { truncateResult } from "../truncate.ts";

/** Characters of one answer: about 6,000 tokens, the released package's budget. */
export const DEFAULT_MAX_CHARS = 24_000;

/** A value as JSON data within a budget of characters: cut inside, largest parts first, never in the middle of the text. Of one that has too many parts, why. */
export function shownValue(value: unknown, maxChars: number): unknown {
  return truncateResult(toData(value), { maxChars });
}

/** A value as JSON data, and whether that is all of it: what must be seen whole is not decided on by a part. */
interface ShownPart {
  readonly shown: unknown;
  readonly whole: boolean;
}

/** The same for what must be shown whatever it is: of a value that {@link readable} refuses, only why. */
export function shownPart(value: unknown, maxChars: number): ShownPart {
  try {
    const json = readable(value);
    const shown = truncateResult(json, { maxChars });
    return { shown, whole: shown === json };
  } catch (error) {
    if (!isCodemodeError(error)) throw error;
    return { shown: "(left out: it has too many parts to be shown)", whole: false };
  }
}
