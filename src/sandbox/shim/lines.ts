/** Stacks of the program's frames, and its lines in them: programs are modules of their own, and their lines are the model's lines. */
import type { SnippetPlace } from "../../wire/messages.ts";

/** What stands before each frame of a stack. */
const FRAME = "\n    at ";

/** Where a frame is, by the module names that the loader gives to programs and snippets. At its end: before it stands any name. */
const PLACE = /\b(program|snippet_[0-9a-f]+)\.js:(\d+)(?::\d+)?\)?$/;

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
  const own = frames.map(String).filter((frame) => PLACE.test(frame));
  return [headOf(error), ...own.map((frame) => frame.replace(/:\d+(?=\)?$)/, ""))].join(FRAME);
}

/** The modules and lines of a stack, innermost first. */
function placesIn(error: Error): SnippetPlace[] {
  const { stack } = error;
  if (typeof stack !== "string") return [];
  // A message may quote the stack of another error.
  const head = headOf(error);
  const [, ...frames] = (stack.startsWith(head) ? stack.slice(head.length) : stack).split(FRAME);
  return frames.flatMap((frame) => {
    const [, module, line] = PLACE.exec(frame) ?? [];
    return module === undefined ? [] : [{ module, line: Number(line) }];
  });
}

export function programLine(error: Error): number | undefined {
  return placesIn(error).find(({ module }) => module === "program")?.line;
}

/** Where an error was thrown, if that was inside of a snippet. */
export function snippetPlace(error: Error): SnippetPlace | undefined {
  const [place] = placesIn(error);
  return place?.module === "program" ? undefined : place;
}
