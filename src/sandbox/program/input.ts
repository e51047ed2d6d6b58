/** The edge of this folder: what is not a program's text at all, or too large or too deep to read, ends here. */
import { CodemodeError } from "../../errors.ts";
import { syntaxError, TOO_DEEP } from "./syntax-error.ts";

/** The text of a program, when `code` is one and has at most `maxBytes` of UTF-8. */
export function programString(code: unknown, maxBytes: number): string {
  if (typeof code !== "string") {
    const received = code === null ? "null" : Array.isArray(code) ? "array" : typeof code;
    const message = `The program must be a string of JavaScript or TypeScript, not ${received}.`;
    throw new CodemodeError("INVALID_INPUT", message, { received });
  }
  // A UTF-16 unit is at most three bytes.
  if (code.length * 3 <= maxBytes) return code;
  const bytes = new TextEncoder().encode(code).byteLength;
  if (bytes <= maxBytes) return code;
  throw new CodemodeError(
    "PROGRAM_TOO_LARGE",
    `The program is ${bytes} bytes of UTF-8, the limit is ${maxBytes}: keep data out of the program and read it through a connector.`,
    { bytes, maxBytes },
  );
}

/** Parsers and walkers recurse; a hostile or generated text can be deeper than the stack, which is its own fault. */
export function withinStack<T>(text: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw syntaxError(text, { line: 1, column: 1, message: TOO_DEEP });
    throw error;
  }
}
