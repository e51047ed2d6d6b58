/** Finds the line of the program in a stack: programs are modules of their own, and their lines are the model's lines. */

/** Stack frames of a program or a snippet, by the module names that the loader gives them. */
const FRAME = /(?:program|snippet_[0-9a-f]+)\.js:(\d+):\d+/;

export function programLine(error: Error): number | undefined {
  const match = FRAME.exec(typeof error.stack === "string" ? error.stack : "");
  return match === null ? undefined : Number(match[1]);
}
