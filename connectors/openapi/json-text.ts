/** Writes JSON for a body or a parameter, and refuses what JSON would write as nothing. */
import { isOpaque } from "../../src/connector/checkable.ts";
import { CodemodeError, isCodemodeError } from "../../src/errors.ts";

/** What JSON would write as an object without its content: what is said of it. */
function complaintAbout(value: object): string {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value) || value instanceof Blob)
    return "JSON cannot hold bytes. Write them as text, in base64 say.";
  const made =
    value instanceof Set ? "a list" : value instanceof RegExp || value instanceof Error ? "a text" : "an object";
  return `JSON cannot hold a ${value.constructor.name}. Make ${made} of it.`;
}

/**
 * A value as JSON.
 *
 * @param place - where it stands, for the error: `args.body`.
 * @throws CodemodeError `INVALID_ARGUMENTS` for what JSON cannot hold, in whatever depth.
 */
export function jsonText(value: unknown, place: string): string {
  const refuse = (problem: string): never => {
    throw new CodemodeError("INVALID_ARGUMENTS", `${place}: ${problem}`);
  };
  const checked = (_key: string, part: unknown) => (isOpaque(part) ? refuse(complaintAbout(part)) : part);
  try {
    const text: string | undefined = JSON.stringify(value, checked);
    return text ?? refuse("cannot be written as JSON.");
  } catch (error) {
    if (isCodemodeError(error)) throw error;
    return refuse(`cannot be written as JSON (${error instanceof Error ? error.message : String(error)}).`);
  }
}
