/** Reads JSON Schema out of an author's schema at once, for what must answer without waiting (a printed description). */
import type { JSONSchema7 } from "json-schema";
import { heldSchema } from "../../src/connector/parse.ts";
import { isRecord, SHOWN_LOOSELY } from "../../src/connector/schema.ts";

export type SchemaDirection = "input" | "output";

function isJsonSchema(value: unknown): value is JSONSchema7 {
  return isRecord(value) && !("~standard" in value) && typeof value.then !== "function";
}

/** The Standard JSON Schema interface: `schema["~standard"].jsonSchema.input({ target })`. */
function fromStandard(schema: object, direction: SchemaDirection): JSONSchema7 | undefined {
  const standard: unknown = Reflect.get(schema, "~standard");
  const convert: unknown =
    isRecord(standard) && isRecord(standard.jsonSchema) ? standard.jsonSchema[direction] : undefined;
  if (typeof convert !== "function" || !isRecord(standard)) return undefined;
  const converted: unknown = Reflect.apply(convert, standard.jsonSchema, [SHOWN_LOOSELY]);
  // Zod's JSON Schema carries a hidden "~standard" of its own; the copy is JSON Schema and nothing else.
  return isRecord(converted) ? { ...converted } : undefined;
}

/** Never throws: what cannot be described now is `undefined`, and shown as `unknown`. */
export function jsonSchemaNow(schema: unknown, direction: SchemaDirection): JSONSchema7 | undefined {
  try {
    const held = heldSchema(schema);
    if ((typeof held !== "object" && typeof held !== "function") || held === null) return undefined;
    if ("~standard" in held) return fromStandard(held, direction);
    const inner: unknown = "jsonSchema" in held ? held.jsonSchema : held;
    return isJsonSchema(inner) ? inner : undefined;
  } catch {
    return undefined;
  }
}
