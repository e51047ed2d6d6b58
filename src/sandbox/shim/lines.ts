/** Stacks of the program's frames, and its lines in them: programs are modules of their own, and their lines are the model's lines. */
import type { SnippetPlace } from "../../wire/messages.ts";

/** Stack frames by the module names that the loader gives to programs and snippets. */
const PROGRAM_FRAME = /\bprogram\.js:(\d+)/;
const ANY_FRAME = /\b(program|snippet_[0-9a-f]+)\.js:(\d+)/;

const { toString: nameAndMessage } = Error.prototype;

/** As the engine says it of an error whose name or message cannot be read. */
function headOf(error: unknown): string {
  try {
    return Reflect.apply(nameAndMessage, error, []);
  } catch {
    return "<error>";
  }
}

/**
 * What the engine asks for a stack. Frames of the shim differ between passes, and columns between compilers, so a program that
 * tells somebody of a stack would tell another one on replay (G1): what is left is the program's, line by line.
 */
export function programStack(error: unknown, frames: readonly unknown[]): string {
  const own = frames.map(String).filter((frame) => ANY_FRAME.test(frame));
  return [headOf(error), ...own.map((frame) => frame.replace(/:\d+(?=\)?$)/, ""))].join("\n    at ");
}

const stackOf = ({ stack }: Error): string => (typeof stack === "string" ? stack : "");

export function programLine(error: Error): number | undefined {
  const [, line] = PROGRAM_FRAME.exec(stackOf(error)) ?? [];
  return line === undefined ? undefined : Number(line);
}

/** Where an error was thrown, if that was inside of a snippet. */
export function snippetPlace(error: Error): SnippetPlace | undefined {
  const [, module, line] = ANY_FRAME.exec(stackOf(error)) ?? [];
  return module === undefined || module === "program" ? undefined : { module, line: Number(line) };
}
