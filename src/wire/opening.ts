/** Keeps the opening of a long replay within one message: what finds no room is asked for again by the guest. */
import { MAX_MESSAGE_CHARS, type Recorded } from "./messages.ts";

/** Names and numbers of one record beside its key and its value. */
const RECORD_CHARS = 100;

/** What is left of a key that has no room: enough to say which call is missed. */
const CUT_KEY_CHARS = 100;

/**
 * The records with as many keys and values as one message carries. A record without its value is marked `ephemeral`, and its value comes
 * when it is asked for; one whose key is not whole is marked `cut`, and the host compares it then.
 */
export function fitRecorded(recorded: readonly Recorded[]): Recorded[] {
  let left = MAX_MESSAGE_CHARS - recorded.length * (RECORD_CHARS + CUT_KEY_CHARS);
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
