/**
 * Reads a schema as its author meant it. Servers write schemas by hand and from other languages: `required: null`, `nullable`,
 * a type `"any"`, an expression of Python. Read to the letter these refuse every value, so that no program could call the tool.
 * What says nothing here checks nothing, and the tool's backend still does.
 *
 * - T1 Nothing that was not read is left: a reference finds a schema wherever it stands, with an expression that never ends.
 * - T2 A reference finds what it did, wherever reading put it; one that leads nowhere says nothing.
 * - T3 Reading less of a schema refuses no more values: where less would (`not`, `if`, `oneOf`), that word goes too.
 */
import type { JSONSchema7 } from "json-schema";
import { closedParts, isNothing } from "./closed.ts";
import { HOLDS, type Holds, isType } from "./keywords.ts";
import { isUsablePattern } from "./patterns.ts";
import { atPointer } from "./pointer.ts";
import { isRecord } from "./schema.ts";

type Schema = Readonly<Record<string, unknown>>;

type Says = (value: unknown) => boolean;

/** Bounds are also written as text, and the validator compares them all the same. */
const isNumber: Says = (value) => typeof value === "number" || (typeof value === "string" && /^-?\d/.test(value));
const isBound: Says = (value) => typeof value === "boolean" || isNumber(value);
const isName: Says = (value) => typeof value === "string";
const isNames: Says = (value) => Array.isArray(value) && value.every(isName);
const isFilled: Says = (value) => Array.isArray(value) && value.length > 0;

/** What a keyword that holds schemas must be. */
const HOLDS_AS: Readonly<Record<Holds, Says>> = {
  schema: (value) => typeof value === "boolean" || isRecord(value),
  list: isFilled,
  map: isRecord,
};

/** What a keyword must be to say anything. */
const SAYS: ReadonlyMap<string, Says> = new Map<string, Says>([
  ...[...HOLDS].map(([keyword, holds]): [string, Says] => [keyword, HOLDS_AS[holds]]),
  ["items", (value) => Array.isArray(value) || HOLDS_AS.schema(value)],
  ["type", (value) => (Array.isArray(value) ? value.length > 0 && value.every(isType) : isType(value))],
  // It would refuse every value; whoever wrote it meant none.
  ["enum", isFilled],
  ["const", () => true],
  ["required", (value) => isNames(value) || (Array.isArray(value) && value.some(isName))],
  ["dependentRequired", (value) => isRecord(value) && Object.values(value).every(isNames)],
  ["$ref", (value) => typeof value === "string"],
  ["pattern", isUsablePattern],
  ["multipleOf", (value) => typeof value === "number" && value > 0],
  ["exclusiveMinimum", isBound],
  ["exclusiveMaximum", isBound],
  ...[
    ...["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"],
    ...["minProperties", "maxProperties", "minContains", "maxContains"],
  ].map((keyword): [string, Says] => [keyword, isNumber]),
]);

/** Whether a word has a part in the check, or is no place that a reference could find a schema in. */
function isHeeded(keyword: string, value: unknown): boolean {
  // JSON Schema means formats as notes, and servers use them so: `date-time` without a zone, `uri` for a path.
  return keyword !== "format" && (SAYS.has(keyword) || typeof value !== "object");
}

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

/** The schema for which any of its alternatives will do. */
export function withAnyOf({ oneOf, ...rest }: Schema): Schema {
  if (rest.anyOf === undefined) return { ...rest, anyOf: oneOf };
  return { ...rest, allOf: [...(Array.isArray(rest.allOf) ? rest.allOf : []), { anyOf: oneOf }] };
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
  const { additionalProperties: _additional, ...rest } = withoutRest(schema);
  return { ...rest, patternProperties: Object.fromEntries(kept) };
}

/** The schema without what refuses all that no word of it speaks of: it would refuse what a dropped one allowed. */
function withoutRest({ unevaluatedProperties: _properties, unevaluatedItems: _items, ...rest }: Schema): Schema {
  return rest;
}

function isOfFew([, schema]: readonly [name: string, schema: unknown]): boolean {
  return isRecord(schema) && (schema.const !== undefined || schema.enum !== undefined);
}

/** The schema whose properties of few values are first: by these an alternative is passed over before its children are looked at. */
function withKindFirst(schema: Schema): Schema {
  if (!isRecord(schema.properties)) return schema;
  const given = Object.entries(schema.properties);
  const sorted = given.toSorted((one, other) => Number(isOfFew(other)) - Number(isOfFew(one)));
  if (sorted.every((one, at) => one === given[at])) return schema;
  return { ...schema, properties: Object.fromEntries(sorted) };
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

/** These hold what others refer to, and say nothing of the value. */
const isAside = (keyword: string) => keyword === "$defs" || keyword === "definitions";

/** Whether references within it are its own: it is a document within the document. */
function hasOwnPlaces({ $id, id }: Schema): boolean {
  const name = $id ?? id;
  return typeof name === "string" && !name.startsWith("#");
}

/** So many references are followed one out of another; a description has chains of thousands, and a stack ends sooner. */
const MAX_FOLLOWED = 32;

/** One reading of one schema. */
class Reading {
  readonly #root: Schema;
  readonly #drops: (pattern: string) => boolean;
  /** Those whose `additionalProperties: false` would refuse what stands beside them. */
  readonly #closedParts: ReadonlySet<Schema>;
  readonly #known = new Map<object, unknown>();
  /** What came out of reading and refuses less than what was read. */
  readonly #weaker = new Set<unknown>();
  /** What references lead to, by which name it is a definition. */
  readonly #targets = new Map<unknown, string>();
  #depthOfOwnPlaces = 0;
  #followed = 0;

  constructor(root: Schema, drops: (pattern: string) => boolean) {
    this.#root = root;
    this.#drops = drops;
    this.#closedParts = closedParts(root);
  }

  whole(): Schema {
    const found = this.#read(this.#root);
    if (!isRecord(found) || this.#targets.size === 0) return isRecord(found) ? found : this.#root;
    const definitions: Record<string, unknown> = isRecord(found.$defs) ? { ...found.$defs } : {};
    // The map grows while it is read: definitions refer to others.
    for (const [target, name] of this.#targets) definitions[name] = this.#read(target);
    return { ...found, $defs: definitions };
  }

  #read = (given: unknown): unknown => {
    if (!isRecord(given)) return typeof given === "boolean" ? given : {};
    if (isNothing(given)) return false;
    // One that is still being read, which a reference led into or which holds itself, is referred to where that can be.
    if (this.#known.has(given)) {
      return this.#known.get(given) ?? (this.#depthOfOwnPlaces > 0 ? given : { $ref: this.#addressOf(given) });
    }
    this.#known.set(given, undefined);
    const isApart = given !== this.#root && hasOwnPlaces(given);
    if (isApart) this.#depthOfOwnPlaces += 1;
    const found = this.#readOne(given);
    if (isApart) this.#depthOfOwnPlaces -= 1;
    this.#known.set(given, found);
    return found;
  };

  #readOne(schema: Schema): Schema {
    const entries: [string, unknown][] = [];
    const weakened = new Set<string>();
    // The validator marks the schemas that it reads, and cannot mark what is frozen.
    let isSame = Object.isExtensible(schema);
    for (const [keyword, value] of Object.entries(schema)) {
      const isMeant = keyword !== "additionalProperties" || !this.#closedParts.has(schema);
      const isSaid = isMeant && isHeeded(keyword, value) && (SAYS.get(keyword)?.(value) ?? true);
      const held = isSaid ? this.#heldBy(keyword, value, () => weakened.add(keyword)) : undefined;
      isSame &&= held === value;
      if (held !== undefined) entries.push([keyword, held]);
      else if (SAYS.has(keyword)) weakened.add(keyword);
    }
    const read = isSame ? schema : Object.fromEntries(entries);
    const whole = weakened.has("if") ? withoutRest(read) : read;
    const strict = weakened.has("oneOf") && whole.oneOf !== undefined ? withAnyOf(whole) : whole;
    const meant = withKindFirst(withNumericBounds(withNull(strict)));
    const found = withoutPatterns(meant, this.#drops);
    if (weakened.size > 0 || found !== meant) this.#weaker.add(found);
    return found;
  }

  /** What a keyword comes to; `undefined` where that is nothing. `weaken`: it does not refuse all that it did. */
  #heldBy(keyword: string, value: unknown, weaken: () => void): unknown {
    if (keyword === "$ref" && typeof value === "string") return this.#reference(value, weaken);
    // A line without a name (`- ` in YAML) takes nothing from the others.
    if (keyword === "required" && Array.isArray(value)) return isNames(value) ? value : value.filter(isName);
    // More than one of them may take null.
    if (keyword === "oneOf" && Array.isArray(value) && value.some((one) => this.#isNullable(one))) weaken();
    let isWeaker = false;
    const held = readEach(value, HOLDS.get(keyword), (schema) => {
      const found = this.#read(schema);
      isWeaker ||= this.#weaker.has(found);
      return found;
    });
    if (!isWeaker || isAside(keyword)) return held;
    weaken();
    return keyword === "not" || keyword === "if" ? undefined : held;
  }

  /** Whether a schema takes null by the word of OpenAPI, itself or by what it refers to. */
  #isNullable(schema: unknown, left = MAX_FOLLOWED): boolean {
    if (!isRecord(schema) || left === 0) return false;
    const { nullable, $ref } = schema;
    if (nullable === true) return true;
    const isLocal = typeof $ref === "string" && $ref.startsWith("#/");
    return isLocal && this.#isNullable(atPointer(this.#root, $ref.slice(1)), left - 1);
  }

  #reference(reference: string, weaken: () => void): string | undefined {
    if (!reference.startsWith("#/") || this.#depthOfOwnPlaces > 0) return reference;
    const target = atPointer(this.#root, reference.slice(1));
    if (!isRecord(target) && typeof target !== "boolean") return undefined;
    if (this.#isWeaker(target)) weaken();
    return this.#addressOf(target);
  }

  #addressOf(target: unknown): string {
    const name = this.#targets.get(target) ?? `ref-${this.#targets.size}`;
    this.#targets.set(target, name);
    return `#/$defs/${name}`;
  }

  /** Whether what a reference leads to came out weaker; of what is too far away nobody asks, and it is read later. */
  #isWeaker(target: unknown): boolean {
    if (this.#followed >= MAX_FOLLOWED) return false;
    this.#followed += 1;
    const found = this.#read(target);
    this.#followed -= 1;
    return this.#weaker.has(found);
  }
}

/** The schema as a check of values can use it, without the expressions that `drops` names; the same object where it is so already. */
export function tolerant(schema: JSONSchema7, drops: (pattern: string) => boolean): JSONSchema7 {
  return new Reading(schema as Schema, drops).whole();
}
