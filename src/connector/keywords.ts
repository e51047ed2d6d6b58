/** Which words of JSON Schema hold schemas, and which types it knows: one table for all who walk a schema. */

/** What a keyword holds: a schema, a list of schemas, or schemas by name. */
export type Holds = "schema" | "list" | "map";

/** Of all drafts. What is not here holds no schema: what looks like one in it is data. */
export const HOLDS: ReadonlyMap<string, Holds> = new Map<string, Holds>([
  // In drafts before 2020-12 also a list: the items of a tuple.
  ["items", "schema"],
  ["additionalItems", "schema"],
  ["unevaluatedItems", "schema"],
  ["contains", "schema"],
  ["additionalProperties", "schema"],
  ["unevaluatedProperties", "schema"],
  ["propertyNames", "schema"],
  ["not", "schema"],
  ["if", "schema"],
  ["then", "schema"],
  ["else", "schema"],
  ["allOf", "list"],
  ["anyOf", "list"],
  ["oneOf", "list"],
  ["prefixItems", "list"],
  ["properties", "map"],
  ["patternProperties", "map"],
  ["dependentSchemas", "map"],
  // A name may also have a list here, of the names that it needs.
  ["dependencies", "map"],
  ["$defs", "map"],
  ["definitions", "map"],
]);

export const TYPE_NAMES = ["string", "number", "integer", "boolean", "null", "object", "array"] as const;

const TYPES: ReadonlySet<unknown> = new Set(TYPE_NAMES);

/** Whether JSON Schema knows a type of that name. */
export function isType(type: unknown): type is string {
  return TYPES.has(type);
}
