/** Keeps the opening of a long replay within one message: what finds no room is asked for again by the guest. */
import { MAX_LINE_BYTES, MAX_MESSAGE_CHARS, type Recorded } from "./messages.ts";

/** Names and numbers of one record beside its key and its value. */
const RECORD_CHARS = 100;

/** What is left of a key that has no room: enough to say which call is missed. */
const CUT_KEY_CHARS = 100;

/** Bytes of the line that a character of programs takes at most, and one of the opening, which is JSON around JSON. */
const PROGRAM_BYTES = 2;
const OPENING_BYTES = 4;

/** Characters of the opening that one message carries beside so many of programs. */
export function roomBesidePrograms(chars: number): number {
  return Math.min(MAX_MESSAGE_CHARS, Math.floor((MAX_LINE_BYTES - PROGRAM_BYTES * chars) / OPENING_BYTES));
}

/**
 * The records with as many keys and values as there is room for in their message. A record without its value is marked `ephemeral`, and its value comes
 * when it is asked for; one whose key is not whole is marked `cut`, and the host compares it then.
 */
export function fitRecorded(recorded: readonly Recorded[], room: number = MAX_MESSAGE_CHARS): Recorded[] {
  let left = room - recorded.length * (RECORD_CHARS + CUT_KEY_CHARS);
  return recorded.map((record): Recorded => {
    const { value, ...rest } = record;
    const { key } = record;
    const beyond = Math.max(0, key.length - CUT_KEY_CHARS);
    if (beyond > 0 && beyond > left) return { ...rest, key: key.slice(0, CUT_KEY_CHARS), ephemeral: true, cut: true };
    left -= beyond;
    if (value === undefined) return record;
    if (value.length > left) return { ...rest, ephemeral: true };
    left -= value.length;
    return record;
  });
}
