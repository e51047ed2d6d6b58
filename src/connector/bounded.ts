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

/** How many values JSON would write for one: what is shared is checked wherever it stands. */
function sizeOf(value: unknown, known = new Map<object, number>()): number {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return 1;
  const before = known.get(value);
  if (before !== undefined) return before;
  // One that holds itself.
  known.set(value, 1);
  const size = Object.values(value).reduce<number>((sum, child) => sum + sizeOf(child, known), 1);
  known.set(value, size);
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
 * The schemas as one check of a value reads them: a read throws when it has read more words than so large a value can need, or
 * more than `most`.
 */
export function boundedBy(value: unknown, schemas: Schemas, most: number): Record<string, Schema | boolean> {
  let read = 0;
  let bound: number | undefined;
  return new Proxy(schemas, {
    get(_schemas, address: string) {
      read += wordsOf(schemas[address]);
      // Few checks come so far that the parts of the value are counted.
      if (read > MAX_WORDS) bound ??= Math.min(MAX_WORDS * sizeOf(value), most);
      if (bound !== undefined && read > bound) throw new RangeError("is too much to check; nest it less, or pass less");
      return schemas[address];
    },
  });
}
