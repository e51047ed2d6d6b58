/**
 * Caps what a model is shown: a long text is cut at its end, a large value is made smaller in its own shape.
 *
 * The size of a value is the length of its JSON. Parts that fit are never touched: in an object the largest values are
 * shrunk first, in an array the first items are kept whole. Markers count as content, so the result keeps to the
 * budget; only a budget below MIN_PART_CHARS can be exceeded, by the markers themselves.
 */
import { CodemodeError } from "./errors.ts";

/** How much may pass. */
export interface TruncateOptions {
  /** Most characters of the (serialised) output. Default: `maxTokens * 4`. */
  maxChars?: number;
  /** Token budget from which `maxChars` is derived, at 4 characters a token. Default: 6000. */
  maxTokens?: number;
}

const DEFAULT_MAX_TOKENS = 6_000;

/** English text and JSON run at three to five characters a token. */
const CHARS_PER_TOKEN = 4;

/** In every marker, so that models and callers can find where something is missing. */
const MARKER = "--- TRUNCATED ---";

/** A part is shrunk to no less: below, its marker would be longer than what it stands for. */
const MIN_PART_CHARS = 96;

/** An array lets a single item have this share of it at most, if items are to be shrunk at all. */
const ITEM_SHARE = 4;

/** Names of omitted keys that a marker lists. */
const MAX_OMITTED_NAMES_CHARS = 40;

function budgetOf({ maxChars, maxTokens }: TruncateOptions): number {
  const budget = maxChars ?? (maxTokens ?? DEFAULT_MAX_TOKENS) * CHARS_PER_TOKEN;
  if (budget >= 0) return budget;
  throw new CodemodeError("INVALID_INPUT", "truncate: maxChars and maxTokens must be numbers from 0.", {
    maxChars,
    maxTokens,
  });
}

/** The beginning of a text, never half of a surrogate pair. */
function beginning(text: string, chars: number): string {
  return text.slice(0, chars).replace(/[\uD800-\uDBFF]$/, "");
}

/**
 * A text of at most `maxChars` characters, followed, where it was cut, by a marker that says how long it was. A text
 * within the budget comes back as it is.
 *
 * @throws CodemodeError `INVALID_INPUT` for a budget that is negative or no number.
 *
 * @example
 * ```ts
 * return truncateResponse(await response.text(), { maxTokens: 2000 });
 * ```
 */
export function truncateResponse(text: string, options: TruncateOptions = {}): string {
  const maxChars = budgetOf(options);
  if (text.length <= maxChars) return text;
  const [whole, limit] = [text.length, maxChars].map((chars) =>
    Math.ceil(chars / CHARS_PER_TOKEN).toLocaleString("en-US"),
  );
  return `${beginning(text, maxChars)}\n\n${MARKER}\nAll of it is about ${whole} tokens; the limit is ${limit}. Ask for less: filter, choose fields, or read page by page.`;
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // A cycle, a bigint, or nesting that no stack can hold.
    return undefined;
  }
}

/** Length of the JSON of one character of a string: `"\u0007"` takes six. */
function escapedLength(char: string): number {
  return JSON.stringify(char).length - 2;
}

function shrinkString(text: string, budget: number): string {
  const marker = (kept: number) => ` ${MARKER} ${text.length - kept} more chars`;
  let left = budget - 2 - marker(0).length;
  let kept = 0;
  for (const char of text) {
    left -= escapedLength(char);
    if (left < 0) break;
    kept += char.length;
  }
  return text.slice(0, kept) + marker(kept);
}

/** Sizes of all parts of a value, each counted once. */
class Sizes {
  readonly #known = new Map<object, number>();

  of(value: Json): number {
    if (typeof value !== "object" || value === null) return JSON.stringify(value).length;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const parts = Array.isArray(value)
      ? value.map((item) => this.of(item) + 1)
      : Object.entries(value).map(([key, item]) => this.ofKey(key) + this.of(item));
    // Brackets, and one comma less than there are parts.
    const size = parts.reduce((sum, part) => sum + part, parts.length === 0 ? 2 : 1);
    this.#known.set(value, size);
    return size;
  }

  /** A key with its quotes, colon and comma. */
  ofKey(key: string): number {
    return JSON.stringify(key).length + 2;
  }
}

function shrink(value: Json, budget: number, sizes: Sizes): Json {
  if (sizes.of(value) <= budget) return value;
  if (typeof value === "string") return shrinkString(value, Math.max(budget, 0));
  if (Array.isArray(value)) return shrinkArray(value, budget, sizes);
  return typeof value === "object" && value !== null ? shrinkObject(value, budget, sizes) : value;
}

/** The first items, the oversized among them made smaller, and a last one that counts the others. */
function shrinkArray(items: readonly Json[], budget: number, sizes: Sizes): Json[] {
  const marker = (kept: number) => `${MARKER} ${items.length - kept} more items`;
  const share = Math.max(MIN_PART_CHARS, Math.floor(budget / Math.min(items.length, ITEM_SHARE)) - 2);
  const kept: Json[] = [];
  let left = budget - 2;
  for (const [at, item] of items.entries()) {
    const small = shrink(item, share, sizes);
    const size = sizes.of(small) + 1;
    // The last item needs no room for a marker behind it.
    const reserved = at === items.length - 1 ? 0 : marker(0).length + 3;
    if (size + reserved > left) break;
    kept.push(small);
    left -= size;
  }
  return kept.length === items.length ? kept : [...kept, marker(kept.length)];
}

interface Entry {
  readonly key: string;
  readonly keySize: number;
  readonly value: Json;
  readonly size: number;
}

/** The height at which values are cut off so that together they fill the room: small ones whole, large ones alike. */
function levelFor(entries: readonly Entry[], room: number): number {
  let left = room;
  const bySize = [...entries].sort((a, b) => a.size - b.size);
  for (const [at, { size }] of bySize.entries()) {
    const level = Math.floor(left / (bySize.length - at));
    if (size > level) return level;
    left -= size;
  }
  return Number.POSITIVE_INFINITY;
}

/** Entries in their order; the costliest are left out, and named, where even shrunk ones would not fit. */
function shrinkObject(value: Readonly<Record<string, Json>>, budget: number, sizes: Sizes): { [key: string]: Json } {
  const all = Object.entries(value).map(([key, item]) => ({
    key,
    keySize: sizes.ofKey(key),
    value: item,
    size: sizes.of(item),
  }));
  const dear = [...all].sort((a, b) => b.keySize + b.size - (a.keySize + a.size));
  const cost = ({ keySize, size }: Entry) => keySize + Math.min(size, MIN_PART_CHARS);
  const omitted = new Set<Entry>();
  let needed = 2 + all.reduce((sum, entry) => sum + cost(entry), 0);
  for (const entry of dear) {
    if (needed <= budget - (omitted.size > 0 ? omissionOf(omitted).size : 0)) break;
    omitted.add(entry);
    needed -= cost(entry);
  }
  const kept = all.filter((entry) => !omitted.has(entry));
  const omission = omitted.size > 0 ? omissionOf(omitted) : undefined;
  const keys = kept.reduce((sum, { keySize }) => sum + keySize, 0);
  const level = Math.max(MIN_PART_CHARS, levelFor(kept, budget - 2 - keys - (omission?.size ?? 0)));
  const entries = kept.map((entry): [string, Json] => [entry.key, shrink(entry.value, level, sizes)]);
  return Object.fromEntries(omission === undefined ? entries : [...entries, [MARKER, omission.text]]);
}

function omissionOf(omitted: ReadonlySet<Entry>): { text: string; size: number } {
  const names: string[] = [];
  let chars = 0;
  for (const { key } of omitted) {
    chars += escapedLength(key) + 2;
    if (chars > MAX_OMITTED_NAMES_CHARS) break;
    names.push(key);
  }
  const more = omitted.size > names.length ? [...names, "…"] : names;
  const text = `${omitted.size} keys omitted: ${more.join(", ")}`;
  return { text, size: JSON.stringify(MARKER).length + JSON.stringify(text).length + 2 };
}

/**
 * A value whose JSON is at most `maxChars` long: valid, of the same shape, with markers where something was cut. A value
 * within the budget is the same reference; so is one that has no JSON (a cycle, a bigint, `undefined`). A string is
 * cut as {@link truncateResponse} does.
 *
 * @throws CodemodeError `INVALID_INPUT` for a budget that is negative or no number.
 *
 * @example
 * ```ts
 * const runtime = createCodemodeRuntime({ ctx, executor, connectors, transformResult: (result) => truncateResult(result) });
 * ```
 */
export function truncateResult(value: unknown, options: TruncateOptions = {}): unknown {
  if (typeof value === "string") return truncateResponse(value, options);
  const maxChars = budgetOf(options);
  const json = jsonOf(value);
  if (json === undefined || json.length <= maxChars) return value;
  const plain: Json = JSON.parse(json);
  return shrink(plain, maxChars, new Sizes());
}
