/**
 * Caps what a model is shown: a long text is cut at its end, a large value is made smaller in its own shape.
 *
 * The size of a value is the length of its JSON, where a Map is the list of its entries and a Set the list of its items.
 * Parts that fit are never touched: in an object the largest values are shrunk first, in an array the first items are
 * kept whole. Markers count as content, so the result keeps to the budget; only a budget below MIN_PART_CHARS can be
 * exceeded, by the markers themselves.
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
export function beginning(text: string, chars: number): string {
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

/** A value as JSON has it, but for Maps and Sets, which JSON would lose. */
type Plain = string | number | boolean | null | Plain[] | Map<Plain, Plain> | Set<Plain> | { [key: string]: Plain };

/** What `JSON.stringify` makes of a value, without the text; `undefined` for what JSON leaves out. Throws where that does. */
function plainOf(given: unknown, key: string, above: Set<unknown>): Plain | undefined {
  const toJSON: unknown = typeof given === "object" || typeof given === "bigint" ? Object(given).toJSON : undefined;
  const value: unknown = typeof toJSON === "function" ? Reflect.apply(toJSON, given, [key]) : given;
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : null;
  if (typeof value === "bigint") throw new TypeError("A bigint has no JSON.");
  if (typeof value !== "object") return undefined;
  if (value instanceof String || value instanceof Number || value instanceof Boolean) {
    return plainOf(value.valueOf(), key, above);
  }
  if (above.has(value)) throw new TypeError("A cycle has no JSON.");
  above.add(value);
  const plain = partsOf(value, (part, name) => plainOf(part, name, above));
  above.delete(value);
  return plain;
}

function partsOf(value: object, read: (part: unknown, name: string) => Plain | undefined): Plain {
  const item = (part: unknown, at: number) => read(part, String(at)) ?? null;
  if (Array.isArray(value)) return Array.from(value, item);
  if (value instanceof Set) return new Set(Array.from(value, item));
  if (value instanceof Map) {
    return new Map(Array.from(value, ([name, part]): [Plain, Plain] => [item(name, 0), item(part, 1)]));
  }
  const parts = Object.entries(value).flatMap(([name, part]): [string, Plain][] => {
    const plain = read(part, name);
    return plain === undefined ? [] : [[name, plain]];
  });
  return Object.fromEntries(parts);
}

function asPlain(value: unknown): Plain | undefined {
  try {
    return plainOf(value, "", new Set());
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

  of(value: Plain): number {
    if (typeof value !== "object" || value === null) return JSON.stringify(value).length;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    // Brackets, and one comma less than there are parts.
    let size = 1;
    if (Array.isArray(value) || value instanceof Set) for (const item of value) size += this.of(item) + 1;
    else if (value instanceof Map) for (const [key, item] of value) size += this.of(key) + IN_MAP + this.of(item);
    else for (const [key, item] of Object.entries(value)) size += this.of(key) + IN_OBJECT + this.of(item);
    size = Math.max(size, 2);
    this.#known.set(value, size);
    return size;
  }
}

/** What stands around an entry of an object, a colon and a comma; of a Map, brackets and two commas. */
const IN_OBJECT = 2;
const IN_MAP = 4;

function shrink(value: Plain, budget: number, sizes: Sizes): Plain {
  if (sizes.of(value) <= budget) return value;
  if (typeof value === "string") return shrinkString(value, Math.max(budget, 0));
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return shrinkArray(value, budget, sizes);
  if (value instanceof Set) return new Set(shrinkArray([...value], budget, sizes));
  if (value instanceof Map) return new Map(shrinkEntries([...value], IN_MAP, budget, sizes));
  return Object.fromEntries(shrinkEntries(Object.entries(value), IN_OBJECT, budget, sizes));
}

/** The first items, the oversized among them made smaller, and a last one that counts the others. */
function shrinkArray(items: readonly Plain[], budget: number, sizes: Sizes): Plain[] {
  const marker = (kept: number) => `${MARKER} ${items.length - kept} more items`;
  const share = Math.max(MIN_PART_CHARS, Math.floor(budget / Math.min(items.length, ITEM_SHARE)) - 2);
  const kept: Plain[] = [];
  // Brackets, and one comma less than there are items.
  let left = budget - 1;
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

interface Entry<Key extends Plain> {
  readonly key: Key;
  /** With what stands around it. */
  readonly keySize: number;
  readonly value: Plain;
  readonly size: number;
}

/** The height at which values are cut off so that together they fill the room: small ones whole, large ones alike. */
function levelFor(entries: readonly Pick<Entry<Plain>, "size">[], room: number): number {
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
function shrinkEntries<Key extends Plain>(
  given: readonly (readonly [Key, Plain])[],
  around: number,
  budget: number,
  sizes: Sizes,
): [Key | string, Plain][] {
  const all = given.map(
    ([key, value]): Entry<Key> => ({ key, keySize: sizes.of(key) + around, value, size: sizes.of(value) }),
  );
  const dear = [...all].sort((a, b) => b.keySize + b.size - (a.keySize + a.size));
  const cost = ({ keySize, size }: Entry<Key>) => keySize + Math.min(size, MIN_PART_CHARS);
  const omitted = new Set<Entry<Key>>();
  let needed = 2 + all.reduce((sum, entry) => sum + cost(entry), 0);
  for (const entry of dear) {
    if (needed <= budget - (omitted.size > 0 ? omissionOf(omitted, around).size : 0)) break;
    omitted.add(entry);
    needed -= cost(entry);
  }
  const kept = all.filter((entry) => !omitted.has(entry));
  const omission = omitted.size > 0 ? omissionOf(omitted, around) : undefined;
  const keys = kept.reduce((sum, { keySize }) => sum + keySize, 0);
  const level = Math.max(MIN_PART_CHARS, levelFor(kept, budget - 2 - keys - (omission?.size ?? 0)));
  const entries = kept.map((entry): [Key | string, Plain] => [entry.key, shrink(entry.value, level, sizes)]);
  return omission === undefined ? entries : [...entries, [MARKER, omission.text]];
}

function omissionOf(omitted: ReadonlySet<Entry<Plain>>, around: number): { text: string; size: number } {
  const names: string[] = [];
  let chars = 0;
  for (const { key } of omitted) {
    if (typeof key === "object" && key !== null) continue;
    const name = String(key);
    chars += escapedLength(name) + 2;
    if (chars > MAX_OMITTED_NAMES_CHARS) break;
    names.push(name);
  }
  const more = omitted.size > names.length ? [...names, "…"] : names;
  const text = `${omitted.size} keys omitted: ${more.join(", ")}`;
  return { text, size: JSON.stringify(MARKER).length + JSON.stringify(text).length + around };
}

/**
 * A value whose JSON is at most `maxChars` long: valid, of the same shape, with markers where something was cut. A Map counts
 * as the list of its entries, a Set as the list of its items, and each stays what it is. A value within the budget is the
 * same reference; so is one that has no JSON (a cycle, a bigint, `undefined`). A string is cut as {@link truncateResponse} does.
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
  const plain = asPlain(value);
  const sizes = new Sizes();
  return plain === undefined || sizes.of(plain) <= maxChars ? value : shrink(plain, maxChars, sizes);
}
