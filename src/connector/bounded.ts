/**
 * Bounds how long one value is held against a schema. References double the work where each of a chain of schemas names the
 * next one twice, or where a tree's nodes are of many kinds that all have children: forty of them, which are two kilobytes of a
 * server's, would never end. A long list makes much of a schema that has thousands of words for an item, or an expression.
 */
import type { Schema } from "@cfworker/json-schema";
import { degreeOf } from "./patterns.ts";

/** Schemas that are read for each part of the value: a description of unions of unions has thousands. */
const MAX_READ = 20_000;

/** What takes as long as to read one schema that says nothing: words of it, steps of an expression. */
const WORDS = 16;
const STEPS = 1_000;

/** How much a value holds. */
export interface Extent {
  /** How many values JSON would write for it: what is shared is checked wherever it stands. */
  readonly size: number;
  /** Characters of its longest text, or key. */
  readonly longest: number;
  /** Properties of the object that has most of them. */
  readonly widest: number;
}

export function extentOf(whole: unknown, known = new Map<object, number>()): Extent {
  let longest = 0;
  let widest = 0;
  const sizeOf = (value: unknown): number => {
    if (typeof value === "string") longest = Math.max(longest, value.length);
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return 1;
    const before = known.get(value);
    if (before !== undefined) return before;
    // One that holds itself.
    known.set(value, 1);
    const entries = Object.entries(value);
    if (!Array.isArray(value)) widest = Math.max(widest, entries.length);
    let size = 1;
    for (const [key, child] of entries) {
      longest = Math.max(longest, key.length);
      size += sizeOf(child);
    }
    known.set(value, size);
    return size;
  };
  return { size: sizeOf(whole), longest, widest };
}

/** The value of the check that is going on, of which there is one at a time; who else reads a schema spends nothing. */
let checked: Extent | undefined;
let toRead = 0;
let toMatch = 0;

/** What a check finds; `undefined` when it has read more than a value of that extent can need, or than `most`. */
export function bounded<Found>(extent: Extent, most: number, check: () => Found): Found | undefined {
  checked = extent;
  toMatch = most;
  toRead = Math.min(MAX_READ * extent.size, most);
  try {
    return check();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  } finally {
    checked = undefined;
  }
}

/** What is spent when a schema is read. Its expressions count at their worst: the validator does not say what they are held against. */
function spending(schema: Schema, sizes: Map<object, number>): () => void {
  const { $defs: _defs, definitions: _definitions, pattern, patternProperties, ...said } = schema;
  const size = 1 + extentOf(said, sizes).size / WORDS;
  const degrees = [pattern, ...Object.keys(patternProperties ?? {})]
    .filter((one) => typeof one === "string")
    .map(degreeOf);
  return () => {
    if (checked === undefined) return;
    const { longest, widest } = checked;
    const texts = patternProperties ? widest : 1;
    for (const degree of degrees) toMatch -= texts * (1 + longest ** degree / STEPS);
    toRead -= size;
    if (toRead < 0 || toMatch < 0) throw new RangeError();
  };
}

/** What reading each schema spends. */
const spends = new WeakMap<object, () => void>();

/** One for all schemas: objects that differ in it alone would all be of shapes of their own, and slow. */
const COUNTS: PropertyDescriptor = {
  // A schema may be the tool's own: who wrote it may still give it a format, or take that away.
  configurable: true,
  get(this: object) {
    spends.get(this)?.();
  },
  set(this: object, value: unknown) {
    Object.defineProperty(this, "format", { value, configurable: true, enumerable: true, writable: true });
  },
};

/** Lets each of the schemas count, by a word that the validator reads of all, and that no schema here has any longer. */
export function counted(schemas: Readonly<Record<string, Schema | boolean>>): void {
  const sizes = new Map<object, number>();
  for (const schema of Object.values(schemas)) {
    // The names of `dependencies` are among them, as if they were one.
    if (typeof schema !== "object" || "format" in schema) continue;
    spends.set(schema, spending(schema, sizes));
    Object.defineProperty(schema, "format", COUNTS);
  }
}
