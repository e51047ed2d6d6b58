/** How much may be recorded: in one row, which arguments, an edit and a result share, as program, console and result do, and in all. */
import { MAX_ROW_BYTES } from "../limits.ts";
import type { Entry } from "./entry.ts";

/** Below so many characters a text is taken for the most that it may come to: three bytes for each. */
const COUNTED_FROM = 50_000;

function bytesOf(text: string): number {
  return text.length < COUNTED_FROM ? text.length * 3 : new TextEncoder().encode(text).byteLength;
}

/** UTF-8 bytes that one more text may have beside those of its row, and by its own limit. */
export function roomBeside(texts: readonly (string | undefined)[], maxBytes: number): number {
  const taken = texts.reduce((sum, text) => sum + (text === undefined ? 0 : bytesOf(text)), 0);
  return Math.max(0, Math.min(maxBytes, MAX_ROW_BYTES - taken));
}

/** The same for the console, which leaves half of what there is to the result. */
export function roomForConsole(texts: readonly string[]): number {
  return Math.floor(roomBeside(texts, MAX_ROW_BYTES) / 2);
}

/**
 * Characters of what an entry records for its program. What a person puts in the place of arguments, or says with a rejection, is not
 * counted: it must not end the run that it is for. What a call in doubt came to is, as if its tool had said so.
 */
export function recordedChars({ connector, method, args, ephemeral, state, settlement }: Entry): number {
  const value = ephemeral || state === "rejected" ? undefined : settlement?.value;
  return connector.length + method.length + args.length + (value?.length ?? 0);
}
