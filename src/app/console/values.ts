/** Values that programs and tools made, as text that a person can judge: nothing invisible, nothing that reorders. */
import { type Kind, markedText } from "../kinds.ts";

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

/** What an editor begins with: JSON as near to a value as it comes, hidden characters by their escapes, which mean the same. */
export function editableJson(value: unknown): string {
  return jsonOf(bare(value) ?? null).replaceAll(HIDDEN, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

/** Kinds that tools mostly take as a text, too: without the word for it. The others stay marked, for a person to replace. */
const AS_TEXT: ReadonlySet<Kind> = new Set(["text", "Date", "URL", "URLSearchParams"]);

/** A value without the words for its kinds, as far as JSON has something near. */
function bare(value: unknown): unknown {
  if (typeof value === "string") return bareText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(bare);
  const many = collectionOf(value);
  if (many !== undefined) return bare(many.items);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [bareText(name), bare(part)]));
}

function bareText(text: string): string | undefined {
  const marked = markedText(text);
  if (marked?.kind === "undefined") return undefined;
  return marked !== undefined && AS_TEXT.has(marked.kind) ? marked.text : text;
}

/** A `Map` or a `Set` as the API writes it: its word, and what is in it. */
function collectionOf(value: object): { readonly word: string; readonly items: unknown[] } | undefined {
  const [only, ...more] = Object.entries(value);
  if (only === undefined || more.length > 0) return undefined;
  const [word, items] = only;
  const kind = markedText(word)?.kind;
  return (kind === "Map" || kind === "Set") && Array.isArray(items) ? { word, items } : undefined;
}

/** Whether something in it is of a kind that JSON does not have: sent back, it would be another. */
export function hasStandIn(value: unknown): boolean {
  if (typeof value === "string") return isStandIn(value);
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(hasStandIn);
  return Object.entries(value).some(([name, part]) => isStandIn(name) || hasStandIn(part));
}

function isStandIn(text: string): boolean {
  const kind = markedText(text)?.kind;
  return kind !== undefined && kind !== "text";
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

function rowOf(coded: string, value: unknown): Row {
  const name = bareText(coded) ?? coded;
  if (typeof value === "string") return { name, ...textOf(value) };
  const many = typeof value === "object" && value !== null ? collectionOf(value) : undefined;
  const flat = many === undefined ? JSON.stringify(value) : `${many.word} ${JSON.stringify(many.items)}`;
  return (flat ?? "undefined").length <= LINE_CHARS
    ? { name, text: flat ?? "undefined", shape: "line", kind: "other" }
    : { name, text: jsonOf(value), shape: "block", kind: "other" };
}

/** A text, or what one stands for; a block keeps the word for its kind, also that it is a text: it has no quotes to say so. */
function textOf(coded: string): Omit<Row, "name"> {
  const isLong = coded.includes("\n") || coded.length > LINE_CHARS;
  const shape = isLong ? "block" : "line";
  if (isStandIn(coded)) return { text: coded, shape, kind: "other" };
  const text = bareText(coded) ?? coded;
  if (isLong) return { text: coded, shape, kind: "string" };
  return { text: text !== coded || isJson(text) ? JSON.stringify(text) : text, shape, kind: "string" };
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
    if (lost !== undefined) {
      const message = `${lost} cannot be kept: it would become ${Number(lost)}. Type it as text, in quotes.`;
      return { ok: false, message };
    }
    if (namesTyped(text) === namesKept(value)) return { ok: true, value };
    return { ok: false, message: "A name is there twice in one object: only the last of its values would be kept." };
  } catch (error) {
    return { ok: false, message: faultOf(text, error instanceof Error ? error.message : String(error)) };
  }
}

/** A text in JSON, written so that one of millions of characters takes no more of the stack than a short one. */
const TEXT = String.raw`"[^"\\]*(?:\\.[^"\\]*)*"`;
/** A text, of which nothing is looked at, or a number. */
const TEXT_OR_NUMBER = new RegExp(String.raw`${TEXT}|(-?\d[\d.eE+-]*)`, "g");

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

/** A text, and what shows that it is the name of a value. */
const NAME = new RegExp(String.raw`${TEXT}(\s*:)?`, "g");

function namesTyped(json: string): number {
  let names = 0;
  for (const [, colon] of json.matchAll(NAME)) if (colon !== undefined) names += 1;
  return names;
}

function namesKept(value: unknown): number {
  let names = 0;
  const found = [value];
  for (const one of found) {
    if (typeof one !== "object" || one === null) continue;
    const parts: readonly unknown[] = Object.values(one);
    if (!Array.isArray(one)) names += parts.length;
    for (const part of parts) found.push(part);
  }
  return names;
}

/** Engines name a position, a line and column, or neither. */
function faultOf(text: string, message: string): string {
  const what = message.replace(/ in JSON at position.*$| at line .*$|, (?:\.\.\.)?".*$| \(line .*$/s, "");
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return `Not JSON yet: ${what}.`;
  const before = text.slice(0, Number(position)).split("\n");
  return `Not JSON yet, line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${what}.`;
}
