/**
 * Bounds how much of a schema is held against one value. References double the work where each of a chain of schemas names the
 * next one twice, or where a tree's nodes are of many kinds that all have children: forty of them, which are two kilobytes of a
 * server's, would never end. A long list makes much of a schema that has thousands of words for an item.
 */
import type { Schema } from "@cfworker/json-schema";

/** Schemas that are read for each part of the value: a description of unions of unions has thousands. */
const MAX_READ = 20_000;

/** So many words of a schema take as long as to read one that says nothing. */
const WORDS = 16;

/** How much a value holds. */
export interface Extent {
  /** How many values JSON would write for it: what is shared is checked wherever it stands. */
  readonly size: number;
  /** Characters of its longest text, or key. */
  readonly longest: number;
}

export function extentOf(whole: unknown, known = new Map<object, number>()): Extent {
  let longest = 0;
  const sizeOf = (value: unknown): number => {
    if (typeof value === "string") longest = Math.max(longest, value.length);
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return 1;
    const before = known.get(value);
    if (before !== undefined) return before;
    // One that holds itself.
    known.set(value, 1);
    let size = 1;
    for (const [key, child] of Object.entries(value)) {
      longest = Math.max(longest, key.length);
      size += sizeOf(child);
    }
    known.set(value, size);
    return size;
  };
  return { size: sizeOf(whole), longest };
}

/** What the check that is going on may still read; who else reads a schema may read all. */
let toRead = Number.POSITIVE_INFINITY;

/** What a check finds; `undefined` when it has read more than a value of that size can need, or than `most`. */
export function bounded<Found>(size: number, most: number, check: () => Found): Found | undefined {
  const before = toRead;
  toRead = Math.min(MAX_READ * size, most);
  try {
    return check();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  } finally {
    toRead = before;
  }
}

/** What it takes to read each schema: its definitions are counted where they are referred to. */
const costs = new WeakMap<object, number>();

/** One for all schemas: objects that differ in it alone would all be of shapes of their own, and slow. */
const COUNTS: PropertyDescriptor = {
  // A schema may be the tool's own: who wrote it may still give it a format, or take that away.
  configurable: true,
  get(this: object) {
    toRead -= costs.get(this) ?? 0;
    if (toRead < 0) throw new RangeError();
  },
  set(this: object, value: unknown) {
    Object.defineProperty(this, "format", { value, configurable: true, enumerable: true, writable: true });
  },
};

/** Lets each of the schemas count, by a word that the validator reads of all, and that no schema here has otherwise. */
export function counted(schemas: Readonly<Record<string, Schema | boolean>>): void {
  const sizes = new Map<object, number>();
  for (const schema of Object.values(schemas)) {
    // The names of `dependencies` are among them, as if they were one.
    if (typeof schema !== "object" || "format" in schema) continue;
    const { $defs: _defs, definitions: _definitions, ...said } = schema;
    costs.set(schema, 1 + extentOf(said, sizes).size / WORDS);
    Object.defineProperty(schema, "format", COUNTS);
  }
}
