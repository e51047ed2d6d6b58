/** Finds entries in a journal of thousands: by words of what they did, and by how they stand. Pure. */
import { markedText } from "../kinds.ts";
import type { Entry, EntryState } from "./schemas.ts";
import { decisionsOf } from "./stretches.ts";
import { type ENTRY_LOOKS, entryName, titleOf } from "./words.ts";

export interface Wanted {
  /** Each must be in the tool's name, the arguments, the error, or who decided and why. */
  readonly words: string;
  readonly state: EntryState | "any";
}

/** The entries that are wanted, in their order. */
export function foundIn(log: readonly Entry[], { words, state }: Wanted): readonly Entry[] {
  const each = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (each.length === 0 && state === "any") return log;
  return log.filter((entry) => {
    if (state !== "any" && entry.state !== state) return false;
    if (each.length === 0) return true;
    const text = textOf(entry);
    return each.every((word) => text.includes(word));
  });
}

function textOf(entry: Entry): string {
  const { args, editedArgs, error } = entry;
  const decided = decisionsOf(entry).flatMap(({ by, reason }) => [by, reason]);
  // The arguments as they are, and as a row says them: what is read there is what somebody looks for.
  const parts = [entryName(entry), givenTo(entry), JSON.stringify([args, editedArgs]), error?.message, ...decided];
  return parts.filter(Boolean).join("\n").toLowerCase();
}

/** How many entries stand how, in the order in which they first do. */
export function statesOf(
  log: readonly Entry[],
  looks: typeof ENTRY_LOOKS,
): { readonly state: EntryState; readonly times: number; readonly label: string }[] {
  const times = new Map<EntryState, number>();
  for (const { state } of log) times.set(state, (times.get(state) ?? 0) + 1);
  return [...times].map(([state, n]) => ({ state, times: n, label: looks[state].label }));
}

/** Of each argument as much as tells calls of one tool apart. */
const GIST_CHARS = 40;

/** What an entry was given, in a few words; of the built-in tools each argument: a snippet's name comes before its input. */
export function givenTo({ connector, args, editedArgs }: Entry): string {
  const given = editedArgs ?? args;
  return connector === "codemode" && Array.isArray(given)
    ? given.map(gistOf).filter(Boolean).join(", ")
    : gistOf(given);
}

/** Arguments in a few words: `id: 7, text: "looked at"`. */
export function gistOf(args: unknown): string {
  if (args === undefined) return "";
  if (typeof args !== "object" || args === null || Array.isArray(args)) return short(args);
  const named: string[] = [];
  for (const name in args) {
    named.push(`${titleOf(name)}: ${short(Reflect.get(args, name))}`);
    if (named.length > 3) break;
  }
  return named.join(", ");
}

function short(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  if (typeof value !== "string") return typeof value === "object" && value !== null ? "{…}" : String(value);
  const marked = markedText(value);
  const text = marked?.kind === "text" ? marked.text : value;
  const cut = text.length > GIST_CHARS ? `${text.slice(0, GIST_CHARS)}…` : text;
  // Quotes say that it is a text.
  return marked === undefined || marked.kind === "text" ? JSON.stringify(cut) : cut;
}
