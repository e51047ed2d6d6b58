/**
 * Tells a schema that nobody could hold against a value: each of a chain of schemas that names the next one twice doubles the
 * work, and forty of them, which are two kilobytes of a server's, would never end.
 */
import type { JSONSchema7 } from "json-schema";
import { schemasIn, targetOf } from "./cycles.ts";
import { isRecord } from "./schema.ts";

/** Schemas that are held against one value in one place; a description of unions of unions has hundreds. */
const MAX_SCHEMAS = 20_000;

/** Whether more schemas than that say something of one value. The schema has no circles: {@link withoutCycles}. */
export function isTooWide(root: JSONSchema7): boolean {
  const counts = new Map<object, number>();
  const countOf = (schema: Record<string, unknown>): number => {
    const known = counts.get(schema);
    if (known !== undefined) return known;
    const target = targetOf(root, schema.$ref);
    const others = [...schemasIn(schema), ...(target === undefined ? [] : [target])];
    const count = others.reduce((sum, other) => sum + countOf(other), 1);
    counts.set(schema, count);
    return count;
  };
  const seen = new Set<object>();
  const isWide = (value: unknown): boolean => {
    if (typeof value !== "object" || value === null || seen.has(value)) return false;
    seen.add(value);
    return (isRecord(value) && countOf(value) > MAX_SCHEMAS) || Object.values(value).some(isWide);
  };
  return isWide(root);
}
