/**
 * Bounds how much of a schema is held against one value. References double the work where each of a chain of schemas names the
 * next one twice, or where a tree's nodes are of many kinds that all have children: forty of them, which are two kilobytes of a
 * server's, would never end.
 */
import type { Schema } from "@cfworker/json-schema";

/** What references lead to, by address. */
type Schemas = Readonly<Record<string, Schema | boolean>>;

/** Words that references lead to, for each part of the value: a description of unions of unions has thousands. */
const MAX_WORDS = 20_000;

/** More is said of a value than can be held against it. */
export class TooMuch extends RangeError {}

/** How many values JSON would write for one. */
function sizeOf(whole: unknown): number {
  const toRead = [whole];
  const seen = new Set<object>();
  let size = 0;
  while (toRead.length > 0) {
    const value = toRead.pop();
    size += 1;
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || seen.has(value)) continue;
    seen.add(value);
    for (const child of Object.values(value)) toRead.push(child);
  }
  return size;
}

const words = new WeakMap<object, number>();

/** How many words are said in a schema itself: its definitions are counted where they are referred to. */
function wordsOf(schema: Schema | boolean | undefined): number {
  if (typeof schema !== "object") return 1;
  const known = words.get(schema);
  if (known !== undefined) return known;
  const { $defs: _defs, definitions: _definitions, ...said } = schema;
  const size = sizeOf(said);
  words.set(schema, size);
  return size;
}

/**
 * The schemas as one check of a value reads them: a read throws {@link TooMuch} when it has read more than so large a value
 * can need.
 */
export function boundedBy(value: unknown, schemas: Schemas): Record<string, Schema | boolean> {
  let left = MAX_WORDS;
  // Few checks come so far that the other parts of the value are counted.
  let ofOthers = () => {
    ofOthers = () => 0;
    return MAX_WORDS * (sizeOf(value) - 1);
  };
  return new Proxy(schemas, {
    get(_schemas, address: string) {
      left -= wordsOf(schemas[address]);
      if (left < 0) left += ofOthers();
      if (left < 0) throw new TooMuch();
      return schemas[address];
    },
  });
}
