/** Actions so large that one answer shows thirteen of them, and the fourteenth without its arguments. */
import type { Toolbox } from "../support/runtime.ts";

const SAVE = `ask.save({ n, text: "x".repeat(900_000) })`;

/** Asks for so many at once. */
export const saveAtOnce = (count: number) =>
  `async () => Promise.all(Array.from({ length: ${count} }, (_, n) => ${SAVE}))`;

/** Asks for fourteen, each in a message of its own, and is answered with how they went. Their seqs are even. */
export const SAVE_FOURTEEN = `async () => {
  const saving = [];
  for (let n = 0; n < 14; n++) {
    saving.push(${SAVE});
    await codemode.search("");
  }
  return (await Promise.allSettled(saving)).map(({ status }) => status);
}`;

/** The tool, which a person approves, and what ran of it. */
export function makeSaving(): { readonly toolbox: Toolbox; readonly saved: readonly number[] } {
  const saved: number[] = [];
  const execute = ({ n }: { n: number }) => {
    saved.push(n);
  };
  return { toolbox: { ask: { save: { requiresApproval: true, execute } } }, saved };
}
