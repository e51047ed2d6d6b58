/** Values that programs and tools made, as text that a person can judge: nothing invisible, nothing that reorders. */

/** One piece of a text: characters as they are, or one character that would not be seen, by its number. */
export interface Piece {
  readonly text: string;
  readonly hidden: boolean;
}

/**
 * Control and format characters, and all that is drawn as nothing: an approval must not be of a text that reads otherwise
 * than it is. Emoji style (U+FE0F) is left alone.
 */
const HIDDEN = /(?!\n|\t|\u{fe0f})[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Co}\p{Cs}]/gu;

const numberOf = (character: string) => (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");

/** A text cut where it has characters that do not show. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { 0: character, index } of text.matchAll(HIDDEN)) {
    if (index > from) pieces.push({ text: text.slice(from, index), hidden: false });
    pieces.push({ text: `U+${numberOf(character)}`, hidden: true });
    from = index + character.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), hidden: false });
  return pieces;
}

/** Indented JSON, as it is read. */
export function jsonOf(value: unknown): string {
  return value === undefined ? "undefined" : (JSON.stringify(value, undefined, 2) ?? "undefined");
}

/** Indented JSON for an editor: hidden characters by their escapes, which mean the same and can be seen. */
export function editableJson(value: unknown): string {
  return jsonOf(value ?? null).replaceAll(HIDDEN, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

/** Texts that the API writes for values that JSON does not have. A date is not among them: tools take it as text, too. */
const STANDS_IN = /"(?:\(\d+ bytes[^"]*\)|-?\d+n|NaN|-?Infinity|\(circular: [^"]*\)|\(nested more than [^"]*\))"/;

/** Whether a text in it seems to stand for such a value: sent back, it would be that text. */
export function hasStandIn(value: unknown): boolean {
  return STANDS_IN.test(jsonOf(value));
}

/** One argument of a call. */
export interface Row {
  readonly name: string;
  readonly text: string;
  /** How it is to be set: on one line, or as a block of its own. */
  readonly shape: "line" | "block";
  /** A string reads as text: quotes would be noise. Only what would read as another value has them: `"1"` must not look like `1`. */
  readonly kind: "string" | "other";
}

/** Beyond this a value is a block of its own. */
const LINE_CHARS = 80;

/** Arguments as rows of a table; undefined where they are not named and one value is all there is. */
export function rowsOf(args: unknown): Row[] | undefined {
  if (typeof args !== "object" || args === null || Array.isArray(args)) return undefined;
  return Object.entries(args).map(([name, value]) => rowOf(name, value));
}

function rowOf(name: string, value: unknown): Row {
  if (typeof value === "string") {
    if (value.includes("\n") || value.length > LINE_CHARS) return { name, text: value, shape: "block", kind: "string" };
    return { name, text: isJson(value) ? JSON.stringify(value) : value, shape: "line", kind: "string" };
  }
  const flat = JSON.stringify(value) ?? "undefined";
  return flat.length <= LINE_CHARS
    ? { name, text: flat, shape: "line", kind: "other" }
    : { name, text: jsonOf(value), shape: "block", kind: "other" };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

/** JSON that a person types, with the place of the first fault. */
export function parseJson(text: string): Parsed {
  if (text.trim() === "") return { ok: false, message: "Empty: type a JSON value, such as null." };
  try {
    const value: unknown = JSON.parse(text);
    const lost = lostNumber(text);
    if (lost === undefined) return { ok: true, value };
    return {
      ok: false,
      message: `${lost} cannot be kept: it would become ${Number(lost)}. Type it as text, in quotes.`,
    };
  } catch (error) {
    return { ok: false, message: faultOf(text, error instanceof Error ? error.message : String(error)) };
  }
}

/** In JSON: a text, of which nothing is looked at, or a number. */
const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|(-?\d[\d.eE+-]*)/g;

/** The first number that would silently be another one: a person who types 9007199254740993 does not mean ...992. */
function lostNumber(json: string): string | undefined {
  for (const [, number] of json.matchAll(TEXT_OR_NUMBER)) if (number !== undefined && isLost(number)) return number;
  return undefined;
}

/** Of decimals, the nearest number is what is meant. */
function isLost(number: string): boolean {
  const value = Number(number);
  if (!Number.isFinite(value)) return true;
  return /^-?\d+$/.test(number) && !Number.isSafeInteger(value) && BigInt(number) !== BigInt(value);
}

/** Engines name a position, a line and column, or neither. */
function faultOf(text: string, message: string): string {
  const what = message.replace(/ in JSON at position.*$| at line .*$|, (?:\.\.\.)?".*$| \(line .*$/s, "");
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return `Not JSON yet: ${what}.`;
  const before = text.slice(0, Number(position)).split("\n");
  return `Not JSON yet, line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${what}.`;
}
