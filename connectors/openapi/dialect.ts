/** What an API description means, and plain JSON Schema would read otherwise: the dialect of 3.0, bytes, null, alternatives. */
import { upgradeFromThreeToThreeOne } from "@scalar/openapi-upgrader/3.0-to-3.1";
import { isRecord } from "../../src/connector/schema.ts";
import type { OpenedDocument } from "./document.ts";

const JSON_TYPES = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);

export function isUsablePattern(pattern: unknown): boolean {
  // Between slashes it is a literal of another language, flags and all.
  if (typeof pattern !== "string" || /^\/.*\/[a-z]*$/s.test(pattern)) return false;
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}

/** 3.0 writes null, exclusive bounds and bytes in ways of its own; the converter works in place on our copy. */
function toDialect31(schema: Record<string, unknown>): Record<string, unknown> {
  const converted: unknown = upgradeFromThreeToThreeOne({
    openapi: "3.0.3",
    components: { schemas: { Schema: schema } },
  });
  const components = isRecord(converted) ? converted.components : undefined;
  const schemas = isRecord(components) ? components.schemas : undefined;
  const found = isRecord(schemas) ? schemas.Schema : undefined;
  return isRecord(found) ? found : schema;
}

/** Whether a schema has anything that 3.0 writes in a way of its own: most do not, and converting takes its time. */
function speaks30(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(speaks30);
  if (!isRecord(schema)) return false;
  if (schema.nullable !== undefined || OLD_FORMATS.has(schema.format)) return true;
  if (typeof schema.exclusiveMinimum === "boolean" || typeof schema.exclusiveMaximum === "boolean") return true;
  for (const key in schema) if (speaks30(schema[key])) return true;
  return false;
}

const OLD_FORMATS: ReadonlySet<unknown> = new Set(["binary", "base64", "byte"]);

/** A converted schema in the dialect of JSON Schema, whatever the description's own is. */
export function inDialect(
  schema: Record<string, unknown>,
  dialect: OpenedDocument["schemaDialect"],
): Record<string, unknown> {
  return dialect === "3.0" && speaks30(schema) ? toDialect31(schema) : schema;
}

/** Changes a converted copy in place, and gives it back. `isHidden`: a property that the caller does not send, or does not get. */
export function adapt(
  copy: Record<string, unknown>,
  source: Record<string, unknown>,
  isHidden: (property: unknown) => boolean,
): Record<string, unknown> {
  adaptRequired(copy, source.properties, isHidden);
  adaptType(copy);
  // It would refuse every value; whoever wrote it meant none.
  if (Array.isArray(copy.enum) && copy.enum.length === 0) delete copy.enum;
  adaptAlternatives(copy);
  return copy.nullable === undefined ? copy : withNull(copy);
}

function adaptRequired(
  copy: Record<string, unknown>,
  properties: unknown,
  isHidden: (property: unknown) => boolean,
): void {
  if (Array.isArray(copy.required) && isRecord(properties)) {
    copy.required = copy.required.filter((name) => typeof name !== "string" || !isHidden(properties[name]));
  } else if (copy.required !== undefined && !Array.isArray(copy.required)) {
    delete copy.required;
  }
}

function adaptType(copy: Record<string, unknown>): void {
  // Bytes are no JSON: the program holds them as a Uint8Array.
  if (copy.type === "file" || (copy.type === "string" && (copy.format === "binary" || isBytes(copy)))) {
    delete copy.type;
    delete copy.contentMediaType;
    copy.format = "binary";
  }
  // A type that JSON Schema does not know would refuse every value.
  if (typeof copy.type === "string" && !JSON_TYPES.has(copy.type)) delete copy.type;
}

/** Which alternative is meant a discriminator decides, or the API; that exactly one fits is seldom true of what is written. */
function adaptAlternatives(copy: Record<string, unknown>): void {
  if (!Array.isArray(copy.oneOf)) return;
  const { oneOf } = copy;
  delete copy.oneOf;
  if (copy.anyOf === undefined) copy.anyOf = oneOf;
  else copy.allOf = [...(Array.isArray(copy.allOf) ? copy.allOf : []), { anyOf: oneOf }];
}

/** Beside these `null` has to be an alternative of its own: what they say of the value would refuse it. */
const COMPOSED = ["$ref", "allOf", "anyOf", "const"] as const;

/** `nullable` is 3.0's word; descriptions of later versions have it too, and mean it. */
function withNull({ nullable, ...schema }: Record<string, unknown>): Record<string, unknown> {
  if (nullable !== true) return schema;
  if (COMPOSED.some((key) => schema[key] !== undefined)) {
    const { description, ...rest } = schema;
    return { ...(description !== undefined && { description }), anyOf: [rest, { type: "null" }] };
  }
  if (Array.isArray(schema.enum) && !schema.enum.includes(null)) schema.enum = [...schema.enum, null];
  if (typeof schema.type === "string") schema.type = [schema.type, "null"];
  else if (Array.isArray(schema.type) && !schema.type.includes("null")) schema.type = [...schema.type, "null"];
  return schema;
}

function isBytes(schema: Record<string, unknown>): boolean {
  return schema.contentMediaType === "application/octet-stream" && schema.contentEncoding === undefined;
}
