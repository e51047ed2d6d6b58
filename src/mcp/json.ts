/** Makes any value that a program returned into JSON that a model can read, within bounds. */
import { CodemodeError, isCodemodeError } from "../errors.ts";
import { truncateResult } from "../truncate.ts";

/** Characters of one answer: about 6,000 tokens, the released package's budget. */
export const DEFAULT_MAX_CHARS = 24_000;

/** A value of shared parts can be small in memory and endless as text; this is far more than any answer shows. */
const MAX_NODES = 1_000_000;

function tooLarge(): CodemodeError {
  return new CodemodeError(
    "VALUE_TOO_LARGE",
    "The result is too large to be shown. Return only the fields that you need, or count, filter and slice first.",
  );
}

/** Values that JSON has no form for, each with the form that says most. */
function formOf(value: object): unknown {
  if (value instanceof Map)
    return [...value.keys()].every((key) => typeof key === "string") ? Object.fromEntries(value) : [...value];
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `(${value.byteLength} bytes)`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof RegExp) return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "(invalid date)" : value.toISOString();
  return value;
}

/**
 * A value as plain JSON data: `Map`, `Set`, `Date`, `bigint`, errors and bytes in readable form, cycles cut.
 *
 * @throws CodemodeError `VALUE_TOO_LARGE` when it has more than a million parts.
 */
export function toJson(value: unknown): unknown {
  let nodes = 0;
  const ancestors = new Set<object>();
  const convert = (given: unknown): unknown => {
    nodes += 1;
    if (nodes > MAX_NODES) throw tooLarge();
    if (typeof given === "bigint") return given.toString();
    if (typeof given !== "object" || given === null) return given;
    if (ancestors.has(given)) return "(circular)";
    const form = formOf(given);
    if (typeof form !== "object" || form === null) return form;
    ancestors.add(given);
    const converted = Array.isArray(form)
      ? form.map(convert)
      : Object.fromEntries(Object.entries(form).map(([key, item]) => [key, convert(item)]));
    ancestors.delete(given);
    return converted;
  };
  return convert(value);
}

/** A value as JSON data within a budget of characters: cut inside, largest parts first, never in the middle of the text. */
export function shownValue(value: unknown, maxChars: number): unknown {
  return truncateResult(toJson(value), { maxChars });
}

/** A value as JSON data, and whether that is all of it: what must be seen whole is not decided on by a part. */
interface ShownPart {
  readonly shown: unknown;
  readonly whole: boolean;
}

/** The same for what must be shown whatever it is: of a value that {@link toJson} refuses, only why. */
export function shownPart(value: unknown, maxChars: number): ShownPart {
  try {
    const json = toJson(value);
    const shown = truncateResult(json, { maxChars });
    return { shown, whole: shown === json };
  } catch (error) {
    if (!isCodemodeError(error)) throw error;
    return { shown: "(left out: it has too many parts to be shown)", whole: false };
  }
}
