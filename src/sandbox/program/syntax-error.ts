/** The one way to say that a program does not parse: place, excerpt of the model's own text, and what to do. */
import { CodemodeError } from "../../errors.ts";
import { excerptAt, positionAt } from "./excerpt.ts";
import type { Failure } from "./hints.ts";

/** What a parser said, and where in `source`. The parsers' errors carry their offset, undeclared, as `pos`. */
export function failureOf(source: string, error: unknown): Failure {
  const pos: unknown = error instanceof SyntaxError ? Reflect.get(error, "pos") : undefined;
  if (!(error instanceof SyntaxError) || typeof pos !== "number") {
    // A parser that fails in another way overflowed its stack, or met a text it was never tried on.
    return { line: 1, column: 1, message: error instanceof RangeError ? TOO_DEEP : "The program cannot be read" };
  }
  const words = error.message.replace(/ \(\d+:\d+\)$/, "");
  const atEnd = words === "Unexpected token" && source.slice(pos).trim() === "";
  return { ...positionAt(source, pos), message: atEnd ? "Unexpected end of the program" : words };
}

/** Said of a text on which the stack of a parser or walker overflows. */
export const TOO_DEEP = "The program is nested too deeply";

/**
 * A `SYNTAX_ERROR` about the model's text.
 *
 * @param text - what the model sent, unchanged; the failure's line and column count in it.
 * @param hint - the next step, as a sentence.
 */
export function syntaxError(text: string, failure: Failure, hint?: string): CodemodeError {
  const { line, column, message } = failure;
  const excerpt = excerptAt(text, failure);
  const advice = hint === undefined ? "" : `\n\n${hint}`;
  return new CodemodeError("SYNTAX_ERROR", `Line ${line}, column ${column}: ${message}\n\n${excerpt}${advice}`, {
    line,
    column,
    excerpt,
    ...(hint === undefined ? {} : { hint }),
  });
}
