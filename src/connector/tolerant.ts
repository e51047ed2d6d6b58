/**
 * Reads a schema as its author meant it. Servers write schemas by hand and from other languages: `required: null`, `nullable`,
 * a type `"any"`, an expression of Python. Read to the letter these refuse every value, so that no program could call the tool.
 * What says nothing here checks nothing, and the tool's backend still does.
 */
import type { JSONSchema7 } from "json-schema";
import { HOLDS, type Holds, isType } from "./keywords.ts";
import { isUsablePattern } from "./patterns.ts";
import { isRecord } from "./schema.ts";

type Schema = Readonly<Record<string, unknown>>;

type Says = (value: unknown) => boolean;

const isNumber: Says = (value) => typeof value === "number";
const isBound: Says = (value) => typeof value === "number" || typeof value === "boolean";
const isNames: Says = (value) => Array.isArray(value) && value.every((name) => typeof name === "string");
const isFilled: Says = (value) => Array.isArray(value) && value.length > 0;

/** What a keyword that holds schemas must be. */
const HOLDS_AS: Readonly<Record<Holds, Says>> = {
  schema: (value) => typeof value === "boolean" || typeof value === "object",
  list: isFilled,
  map: isRecord,
};

/** What a keyword must be to say anything. */
const SAYS: ReadonlyMap<string, Says> = new Map<string, Says>([
  ...[...HOLDS].map(([keyword, holds]): [string, Says] => [
    keyword,
    (value) => value !== null && HOLDS_AS[holds](value),
  ]),
  ["type", (value) => (Array.isArray(value) ? value.length > 0 && value.every(isType) : isType(value))],
  // It would refuse every value; whoever wrote it meant none.
  ["enum", isFilled],
  ["required", isNames],
  ["dependentRequired", (value) => isRecord(value) && Object.values(value).every(isNames)],
  // JSON Schema means formats as notes, and servers use them so: `date-time` without a zone, `uri` for a path.
  ["format", () => false],
  ["$ref", (value) => typeof value === "string"],
  ["pattern", isUsablePattern],
  ["multipleOf", (value) => typeof value === "number" && value > 0],
  ["exclusiveMinimum", isBound],
  ["exclusiveMaximum", isBound],
  ...["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"].map(
    (keyword): [string, Says] => [keyword, isNumber],
  ),
]);

/** Beside these `null` has to be an alternative of its own: what they say of the value would refuse it. */
const COMPOSED = ["$ref", "allOf", "anyOf", "oneOf", "const"] as const;

/** `nullable` is a word of OpenAPI 3.0; schemas that come from elsewhere have it too, and mean it. */
export function withNull(schema: Schema): Schema {
  if (schema.nullable === undefined) return schema;
  const { nullable, ...rest } = schema;
  if (nullable !== true) return rest;
  if (COMPOSED.some((key) => rest[key] !== undefined)) {
    const { description, ...composed } = rest;
    return { ...(description !== undefined && { description }), anyOf: [composed, { type: "null" }] };
  }
  const { type, enum: values } = rest;
  const types = Array.isArray(type) ? type : [type];
  return {
    ...rest,
    ...(Array.isArray(values) && !values.includes(null) && { enum: [...values, null] }),
    ...(type !== undefined && !types.includes("null") && { type: [...types, "null"] }),
  };
}

/** Draft 4 and OpenAPI 3.0 say with `true` that the bound beside it is exclusive. */
export function withNumericBounds(schema: Schema): Schema {
  return withNumericBound(withNumericBound(schema, "minimum", "exclusiveMinimum"), "maximum", "exclusiveMaximum");
}

function withNumericBound(schema: Schema, bound: "minimum" | "maximum", exclusive: string): Schema {
  if (typeof schema[exclusive] !== "boolean") return schema;
  const { [exclusive]: isExclusive, ...rest } = schema;
  if (isExclusive !== true || rest[bound] === undefined) return rest;
  const { [bound]: limit, ...others } = rest;
  return { ...others, [exclusive]: limit };
}

/** The schema without expressions that cannot be matched, or that `drops` names. */
function withoutPatterns(schema: Schema, drops: (pattern: string) => boolean): Schema {
  if (typeof schema.pattern === "string" && drops(schema.pattern)) {
    const { pattern: _pattern, ...rest } = schema;
    return withoutPatterns(rest, drops);
  }
  const { patternProperties } = schema;
  if (!isRecord(patternProperties)) return schema;
  const given = Object.entries(patternProperties);
  const kept = given.filter(([pattern]) => isUsablePattern(pattern) && !drops(pattern));
  if (kept.length === given.length) return schema;
  // They would refuse what the dropped ones allowed.
  const { additionalProperties: _additional, unevaluatedProperties: _unevaluated, ...rest } = schema;
  return { ...rest, patternProperties: Object.fromEntries(kept) };
}

/** What a keyword holds, each schema in it read; the same where there is nothing to change. */
function readEach(value: unknown, holds: Holds | undefined, read: (schema: unknown) => unknown): unknown {
  if (holds === undefined) return value;
  if (Array.isArray(value)) {
    const list = value.map(read);
    return list.every((item, at) => item === value[at]) ? value : list;
  }
  if (holds !== "map" || !isRecord(value)) return read(value);
  // The names that a name needs, of `dependencies`, are no schema.
  const map = Object.entries(value).map(([name, item]) => [name, Array.isArray(item) ? item : read(item)] as const);
  return map.every(([name, item]) => item === value[name]) ? value : Object.fromEntries(map);
}

function readOne(schema: Schema, read: (schema: unknown) => unknown): Schema {
  const entries: [string, unknown][] = [];
  // The validator marks the schemas that it reads, and cannot mark what is frozen.
  let isSame = Object.isExtensible(schema);
  for (const [keyword, value] of Object.entries(schema)) {
    const isSaid = SAYS.get(keyword)?.(value) ?? true;
    const held = isSaid ? readEach(value, HOLDS.get(keyword), read) : undefined;
    isSame &&= isSaid && held === value;
    if (isSaid) entries.push([keyword, held]);
  }
  return isSame ? schema : Object.fromEntries(entries);
}

/** The schema as a check of values can use it, without the expressions that `drops` names; the same object where it is so already. */
export function tolerant(schema: JSONSchema7, drops: (pattern: string) => boolean): JSONSchema7 {
  const known = new Map<object, unknown>();
  const read = (given: unknown): unknown => {
    if (!isRecord(given)) return typeof given === "boolean" ? given : {};
    if (known.has(given)) return known.get(given);
    // One that holds itself stays as it is there.
    known.set(given, given);
    const found = withoutPatterns(withNumericBounds(withNull(readOne(given, read))), drops);
    known.set(given, found);
    return found;
  };
  const found = read(schema);
  return isRecord(found) ? found : schema;
}
