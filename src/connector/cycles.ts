/**
 * Cuts references that lead back to the same place: `A` is all of `A`, or an alternative of itself. Read literally they never
 * end, and a checker would refuse every value. Recursion into a part (a tree's children) ends with the value and stays.
 */
import type { JSONSchema7 } from "json-schema";
import { HOLDS } from "./keywords.ts";
import { atPointer } from "./pointer.ts";
import { isRecord } from "./schema.ts";

/** Keywords whose schemas are about the same value. */
const SAME_PLACE = ["allOf", "anyOf", "oneOf", "dependentSchemas", "dependencies", "not", "if", "then", "else"];

function schemasIn(schema: Record<string, unknown>): Record<string, unknown>[] {
  const held = (key: string) => (HOLDS.get(key) === "schema" ? [schema[key]] : Object.values(Object(schema[key])));
  return SAME_PLACE.flatMap(held).filter(isRecord);
}

/** What a local reference leads to. Others are the checker's affair. */
function targetOf(root: JSONSchema7, reference: unknown): Record<string, unknown> | undefined {
  if (typeof reference !== "string" || !/^#(?:\/|$)/.test(reference)) return undefined;
  const target = atPointer(root, reference.slice(1));
  return isRecord(target) ? target : undefined;
}

/** The schemas whose `$ref` closes a circle: without these references there is none. */
function closing(root: JSONSchema7): ReadonlySet<object> {
  const found = new Set<object>();
  const open = new Set<object>();
  const done = new Set<object>();
  const enter = (schema: Record<string, unknown>): void => {
    if (done.has(schema)) return;
    open.add(schema);
    const target = targetOf(root, schema.$ref);
    if (target !== undefined && open.has(target)) found.add(schema);
    else if (target !== undefined) enter(target);
    schemasIn(schema).forEach(enter);
    open.delete(schema);
    done.add(schema);
  };
  const seen = new Set<object>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (isRecord(value)) enter(value);
    Object.values(value).forEach(visit);
  };
  visit(root);
  return found;
}

/** The schema without its reference; `undefined` where it was nothing else. */
function copyWithout(value: unknown, cut: ReadonlySet<object>): unknown {
  if (Array.isArray(value)) return value.map((item) => copyWithout(item, cut) ?? {});
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).flatMap(([key, child]): [string, unknown][] => {
    if (key === "$ref" && cut.has(value)) return [];
    if ((key === "anyOf" || key === "oneOf") && Array.isArray(child)) {
      // An alternative that is the whole adds nothing to the others.
      const others = child.flatMap((item) => copyWithout(item, cut) ?? []);
      return others.length > 0 || child.length === 0 ? [[key, others]] : [];
    }
    const copy = copyWithout(child, cut);
    return copy === undefined && child !== undefined
      ? key === "not" || key === "if"
        ? []
        : [[key, {}]]
      : [[key, copy]];
  });
  return entries.length === 0 && cut.has(value) ? undefined : Object.fromEntries(entries);
}

/** The schema without references that lead back to the same place; the same object where it has none. */
export function withoutCycles(schema: JSONSchema7): JSONSchema7 {
  const cut = closing(schema);
  if (cut.size === 0) return schema;
  const copy = copyWithout(schema, cut);
  return isRecord(copy) ? copy : {};
}
