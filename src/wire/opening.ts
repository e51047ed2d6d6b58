/** Keeps the opening of a long replay within one message: what finds no room is asked for again by the guest. */
import { MAX_MESSAGE_CHARS, type Recorded } from "./messages.ts";

/** Names and numbers of one record beside its key and its value. */
const RECORD_CHARS = 100;

/** The records with as many values as one message carries; the others are marked `ephemeral`, and come when they are asked for. */
export function fitRecorded(recorded: readonly Recorded[]): Recorded[] {
  let left = MAX_MESSAGE_CHARS;
  return recorded.map((record): Recorded => {
    const { value, ...rest } = record;
    left -= record.key.length + RECORD_CHARS;
    if (value === undefined) return record;
    if (value.length > left) return { ...rest, ephemeral: true };
    left -= value.length;
    return record;
  });
}
