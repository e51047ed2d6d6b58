/** Reads a JSON Schema out of whatever an author gave: JSON Schema, Standard Schema (Zod 4 and others), AI SDK schema. */
import type { JSONSchema7 } from "json-schema";
import { CodemodeError } from "../errors.ts";

/** An open object: what a tool without a schema accepts. */
export const ANY_OBJECT: JSONSchema7 = { type: "object", additionalProperties: true };

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A schema of another library. Zod hides the mark of one on the JSON Schema that it makes, which is a plain object. */
export function isStandardSchema(value: unknown): boolean {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  if (!("~standard" in value)) return false;
  return Object.getPrototypeOf(value) !== Object.prototype || Object.keys(value).includes("~standard");
}

/** Fields that nothing makes an object of: `{ name: z.string() }`. As a JSON Schema it has no word that means anything. */
export function isRawShape(value: unknown): boolean {
  if (!isRecord(value) || "~standard" in value) return false;
  let fields = 0;
  for (const name in value) {
    if (!isStandardSchema(value[name])) return false;
    fields += 1;
  }
  return fields > 0;
}

/** A value is a JSON Schema when it is a plain object (or a boolean schema) and nothing that only dresses one. */
export function isJsonSchema(value: unknown): value is JSONSchema7 {
  return isRecord(value) && !("~standard" in value);
}

/** A JSON Schema as its author wrote it; nothing holds it that may have it from elsewhere. */
export function isWrittenSchema(value: unknown): value is JSONSchema7 {
  return isJsonSchema(value) && !isRawShape(value) && !("jsonSchema" in value);
}

/** Kinds that JSON Schema has no word for (a date, say) are shown as anything; the schema itself still checks them. */
export const SHOWN_LOOSELY = { target: "draft-07", libraryOptions: { unrepresentable: "any" } } as const;

type SchemaReader = (schema: unknown, where: string) => JSONSchema7 | PromiseLike<unknown> | undefined;

/** The Standard JSON Schema interface: `schema["~standard"].jsonSchema.input({ target })`. */
function fromStandard(direction: "input" | "output"): SchemaReader {
  return (schema) => {
    if ((typeof schema !== "object" && typeof schema !== "function") || schema === null) return undefined;
    const standard: unknown = Reflect.get(schema, "~standard");
    if (!isRecord(standard) || !isRecord(standard.jsonSchema)) return undefined;
    const convert = standard.jsonSchema[direction];
    if (typeof convert !== "function") return undefined;
    const converted: unknown = Reflect.apply(convert, standard.jsonSchema, [SHOWN_LOOSELY]);
    // Zod hangs a hidden `~standard` on the JSON Schema that it makes; a copy is the schema alone.
    return isRecord(converted) ? { ...converted } : undefined;
  };
}

/** The AI SDK's `jsonSchema()` and `zodSchema()`: a `jsonSchema` property, which may be a promise. */
const fromAiSdk: SchemaReader = (schema) => {
  if (!isRecord(schema) || "~standard" in schema || !("jsonSchema" in schema)) return undefined;
  const inner = schema.jsonSchema;
  if (isRecord(inner) && typeof inner.then === "function") return Promise.resolve(inner);
  return isJsonSchema(inner) ? inner : undefined;
};

const plain: SchemaReader = (schema) => (isJsonSchema(schema) && !isRawShape(schema) ? schema : undefined);

/**
 * The JSON Schema of an author's schema, or `undefined` when there is none.
 *
 * @throws CodemodeError `INVALID_SCHEMA` for a value that carries no JSON Schema (a Zod 3 schema, say).
 */
export async function toJsonSchema(
  schema: unknown,
  direction: "input" | "output",
  where: string,
): Promise<JSONSchema7 | undefined> {
  if (schema === undefined || schema === null) return undefined;
  // The AI SDK also allows a function that gives the schema.
  const given: unknown = typeof schema === "function" && !("~standard" in schema) ? schema() : schema;
  for (const read of [fromStandard(direction), fromAiSdk, plain]) {
    const found = await read(given, where);
    if (isJsonSchema(found)) return found;
  }
  throw unreadableSchema(where);
}

export function unreadableSchema(where: string): CodemodeError {
  return new CodemodeError(
    "INVALID_SCHEMA",
    `${where}: this schema cannot be turned into JSON Schema. Pass a JSON Schema, a Zod 4 schema, or the AI SDK's jsonSchema().`,
    { where },
  );
}
