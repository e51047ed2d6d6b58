/** Finds the line of the program in a stack: programs are modules of their own, and their lines are the model's lines. */
import type { SnippetPlace } from "../../wire/messages.ts";

/** Stack frames by the module names that the loader gives to programs and snippets. */
const PROGRAM_FRAME = /\bprogram\.js:(\d+):\d+/;
const ANY_FRAME = /\b(program|snippet_[0-9a-f]+)\.js:(\d+):\d+/;

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
