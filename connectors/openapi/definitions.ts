/**
 * Turns schemas of a description into plain JSON Schema that stays small however deep its references nest.
 *
 * A `$ref` stays a `$ref`: each named schema is converted once, when it is first needed, and shared by every tool that
 * reaches it through `$defs`. Nothing is inlined, so recursion is a reference like any other.
 */
import { upgradeFromThreeToThreeOne } from "@scalar/openapi-upgrader/3.0-to-3.1";
import type { JSONSchema7 } from "json-schema";
import { isRecord } from "../../src/connector/schema.ts";
import type { OpenedDocument } from "./document.ts";
import { type Located, readInheritance } from "./inheritance.ts";
import { MAX_DEPTH } from "./references.ts";
import { type ComponentNames, nameOfPlace, SchemaNames } from "./schema-names.ts";

/** `readOnly` properties are not required of a caller, `writeOnly` ones are not promised to it. */
export type Direction = "input" | "output";

/** A converted schema and the names in `$defs` that it refers to itself. */
export interface Converted {
  readonly schema: JSONSchema7;
  readonly refs: ReadonlySet<string>;
}

/** The schemas of one description, in one direction. */
export interface Definitions {
  convert(schema: unknown): Converted;
  /** The converted schema of a name. */
  definition(name: string): JSONSchema7 | undefined;
  /** Everything reachable from these names, for `$defs`; undefined when there is nothing. The same names give the same object. */
  reachable(refs: ReadonlySet<string>): Record<string, JSONSchema7> | undefined;
}

/** What the keyword holds; a keyword that is absent here holds no schema and is copied. */
const KEYWORDS: Readonly<Record<string, "schema" | "map" | "list" | "dropped">> = {
  items: "schema",
  additionalProperties: "schema",
  unevaluatedItems: "schema",
  unevaluatedProperties: "schema",
  contains: "schema",
  propertyNames: "schema",
  then: "schema",
  not: "schema",
  if: "schema",
  else: "schema",
  properties: "map",
  patternProperties: "map",
  dependentSchemas: "map",
  allOf: "list",
  anyOf: "list",
  oneOf: "list",
  prefixItems: "list",
  // References reach nested definitions by pointer, so they stand on their own in `$defs`.
  $defs: "dropped",
  definitions: "dropped",
  // They would move the base of `#/$defs/...`.
  $id: "dropped",
  id: "dropped",
  $anchor: "dropped",
  $dynamicAnchor: "dropped",
  $schema: "dropped",
  // Documentation that costs more tokens than it tells.
  example: "dropped",
  examples: "dropped",
  externalDocs: "dropped",
  xml: "dropped",
  $comment: "dropped",
};

const JSON_TYPES = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);

const HIDDEN_FROM: Readonly<Record<Direction, "readOnly" | "writeOnly">> = { input: "readOnly", output: "writeOnly" };

function isUsablePattern(pattern: unknown): boolean {
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

/** Converts schemas of a document; see the head of this file. */
export function createDefinitions(
  document: OpenedDocument,
  direction: Direction,
  components: ComponentNames,
): Definitions {
  const hidden = HIDDEN_FROM[direction];
  const names = new SchemaNames(components);
  const converted = new Map<string, Converted>();
  const closures = new Map<string, Record<string, JSONSchema7>>();

  const nameOf = ({ pointer, value }: Located): string =>
    names.at(pointer) ?? names.register(pointer, nameOfPlace(pointer), value);

  const inheritance = readInheritance(document);
  /** The name of what stands beside a schema: any of its heirs, or what they share. */
  const besides = (
    located: Located,
    prefix: string,
    schema: Record<string, unknown> | undefined,
  ): string | undefined => {
    if (schema === undefined) return undefined;
    const place = `${located.pointer} ${prefix}`;
    return names.at(place) ?? names.register(place, `${prefix}${nameOf(located)}`, schema);
  };

  const isHidden = (property: unknown): boolean =>
    isRecord(property) && (property[hidden] === true || document.follow(property)?.value[hidden] === true);

  const visitRef = (
    reference: string,
    refs: Set<string>,
    nameHere: (located: Located) => string,
  ): Record<string, unknown> => {
    const located = document.locate(reference);
    if (located === undefined) {
      return { description: `(The API description does not say: "${reference}" leads nowhere.)` };
    }
    const name = nameHere(located);
    refs.add(name);
    return { $ref: `#/$defs/${name}` };
  };
  const asValue = (located: Located) => besides(located, "Any", inheritance.anyHeir(located)) ?? nameOf(located);
  const asBase = (located: Located) => besides(located, "Shared", inheritance.shared(located)) ?? nameOf(located);

  /** What is extended stands for itself, wherever else it may stand for its heirs. */
  const visitExtended = (schema: unknown, refs: Set<string>): unknown => {
    if (!isRecord(schema) || typeof schema.$ref !== "string") return visit(schema, refs);
    const { $ref, ...beside } = schema;
    return Object.assign({}, visit(beside, refs), visitRef($ref, refs, asBase));
  };

  const visitDiscriminator = (value: Record<string, unknown>, refs: Set<string>): Record<string, unknown> => {
    if (!isRecord(value.mapping)) return value;
    const mapping: Record<string, unknown> = {};
    for (const [key, target] of Object.entries(value.mapping)) {
      if (typeof target !== "string") continue;
      // A mapping may hold the bare name of a component.
      const reference = Object.hasOwn(document.componentSchemas, target) ? `#/components/schemas/${target}` : target;
      mapping[key] = visitRef(reference, refs, nameOf).$ref ?? target;
    }
    return { ...value, mapping };
  };

  const visitKeyword = (key: string, value: unknown, refs: Set<string>): unknown => {
    const kind = KEYWORDS[key];
    if (key === "allOf" && Array.isArray(value)) return value.map((item) => visitExtended(item, refs));
    if (kind === "list" || (kind === "schema" && Array.isArray(value))) {
      return Array.isArray(value) ? value.map((item) => visit(item, refs)) : undefined;
    }
    if (kind === "schema") return visit(value, refs);
    if (kind === "map") {
      if (!isRecord(value)) return undefined;
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item, refs)]));
    }
    if (key === "discriminator" && isRecord(value)) return visitDiscriminator(value, refs);
    return value;
  };

  let depth = 0;
  const visit = (schema: unknown, refs: Set<string>): unknown => {
    if (typeof schema === "boolean") return schema;
    // What is deeper than any stack takes anything, as what leads nowhere does.
    if (!isRecord(schema) || depth > MAX_DEPTH) return {};
    depth += 1;
    try {
      return visitEach(schema, refs);
    } finally {
      depth -= 1;
    }
  };

  const visitEach = (schema: Record<string, unknown>, refs: Set<string>): Record<string, unknown> => {
    const copy: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(schema)) {
      if (KEYWORDS[key] === "dropped" || key.startsWith("x-") || value === undefined) continue;
      // A dynamic reference is read where it stands: the place that it would find from elsewhere, plain schemas cannot name.
      if ((key === "$ref" || key === "$dynamicRef") && typeof value === "string")
        Object.assign(copy, visitRef(value, refs, asValue));
      else if (key === "pattern" && !isUsablePattern(value)) continue;
      else {
        const visited = visitKeyword(key, value, refs);
        if (visited !== undefined) copy[key] = visited;
      }
    }
    return adapt(copy, schema);
  };

  /** What a description means and plain JSON Schema would read otherwise. */
  const adapt = (copy: Record<string, unknown>, source: Record<string, unknown>): Record<string, unknown> => {
    if (Array.isArray(copy.required) && isRecord(source.properties)) {
      const { properties } = source;
      copy.required = copy.required.filter((name) => typeof name !== "string" || !isHidden(properties[name]));
    } else if (copy.required !== undefined && !Array.isArray(copy.required)) {
      delete copy.required;
    }
    // It would refuse every value; whoever wrote it meant none.
    if (Array.isArray(copy.enum) && copy.enum.length === 0) delete copy.enum;
    // Bytes are no JSON: the program holds them as a Uint8Array.
    if (copy.type === "file" || (copy.type === "string" && (copy.format === "binary" || isBytes(copy)))) {
      delete copy.type;
      delete copy.contentMediaType;
      copy.format = "binary";
    }
    // A type that JSON Schema does not know would refuse every value.
    if (typeof copy.type === "string" && !JSON_TYPES.has(copy.type)) delete copy.type;
    // Which alternative is meant a discriminator decides, or the API; that exactly one fits is seldom true of what is written.
    if (Array.isArray(copy.oneOf)) {
      const { oneOf } = copy;
      delete copy.oneOf;
      if (copy.anyOf === undefined) copy.anyOf = oneOf;
      else copy.allOf = [...(Array.isArray(copy.allOf) ? copy.allOf : []), { anyOf: oneOf }];
    }
    return copy.nullable === undefined ? copy : withNull(copy);
  };

  const convert = (schema: unknown): Converted => {
    const refs = new Set<string>();
    const visited = visit(schema, refs);
    if (!isRecord(visited)) return { schema: visited === false ? { not: {} } : {}, refs };
    return { schema: document.schemaDialect === "3.0" && speaks30(visited) ? toDialect31(visited) : visited, refs };
  };

  const definition = (name: string): Converted => {
    const known = converted.get(name);
    if (known !== undefined) return known;
    const made = convert(names.schema(name));
    converted.set(name, made);
    return made;
  };

  const reachable: Definitions["reachable"] = (refs) => {
    if (refs.size === 0) return undefined;
    const key = [...refs].sort().join("\n");
    const known = closures.get(key);
    if (known !== undefined) return known;
    const seen = new Set(refs);
    for (const name of seen) for (const next of definition(name).refs) seen.add(next);
    const defs = Object.fromEntries([...seen].sort().map((name) => [name, definition(name).schema]));
    closures.set(key, defs);
    return defs;
  };

  return { convert, definition: (name) => (names.has(name) ? definition(name).schema : undefined), reachable };
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
