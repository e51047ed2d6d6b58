/**
 * Slips in a JSON Schema that somebody wrote by hand: a known word that holds what means nothing (`type: "int"`). A check leaves
 * such a word out, because servers write them; who wrote it here wants to hear of it.
 *
 * Told is only what its author must have meant otherwise. What refuses nothing and means so (`required: null`, a type `"any"`, an
 * empty list), words that JSON Schema does not know, formats, and expressions of other languages are left alone.
 */
import { distance } from "fastest-levenshtein";
import { memberPath, propertyKey } from "../catalog/types/names.ts";
import { CodemodeError } from "../errors.ts";
import { HOLDS, type Holds, isType, TYPE_NAMES } from "./keywords.ts";
import { isRecord, isStandardSchema } from "./schema.ts";

/** What is wrong with a value, and what to write; `undefined` where nothing is. */
type Complaint = (value: unknown) => string | undefined;

/** Types of other languages, by what JSON Schema calls them. */
const TYPES_ELSEWHERE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    string: ["str", "text", "date", "datetime", "uuid", "enum"],
    integer: ["int", "long"],
    number: ["float", "double", "decimal"],
    boolean: ["bool"],
    object: ["dict", "map", "record"],
    array: ["list", "set", "tuple"],
    null: ["none", "nil"],
  }).flatMap(([type, names]) => names.map((name): [string, string] => [name, type])),
);

/** They say that the type is anybody's guess, and that is how they are read. */
const ANY_TYPE: ReadonlySet<unknown> = new Set(["any", "unknown", "mixed"]);

/** Wrong letters in a name of a type that still means it. */
const TYPE_SLIPS = 2;

/** The type that a name, or a constructor (`String`), means. */
function typeMeant(given: unknown): string | undefined {
  const name = (typeof given === "function" ? given.name : String(given)).toLowerCase();
  return TYPES_ELSEWHERE.get(name) ?? TYPE_NAMES.find((type) => distance(type, name) <= TYPE_SLIPS);
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (typeof value === "function") return value.name;
  if (typeof value !== "object" || value instanceof RegExp) return String(value);
  return Array.isArray(value) ? "a list of something else" : "an object";
}

function notA(what: string, value: unknown, write: string | undefined): string {
  return `it is ${what}, not ${shown(value)}.${write === undefined ? "" : ` Write ${write}.`}`;
}

/** Of a word that is to be one thing. `write`: what its author meant, where that can be guessed. */
function needs(what: string, fits: (value: unknown) => boolean, write: Complaint = () => undefined): Complaint {
  return (value) => (fits(value) ? undefined : notA(what, value, write(value)));
}

function noType(given: unknown): string | undefined {
  if (isType(given) || ANY_TYPE.has(given)) return undefined;
  const meant = typeMeant(given);
  const write = meant === undefined ? `It has ${TYPE_NAMES.join(", ")}` : `Write "${meant}"`;
  return `JSON Schema has no type ${shown(given)}. ${write}.`;
}

const noTypes: Complaint = (value) =>
  Array.isArray(value) ? value.map(noType).find((complaint) => complaint !== undefined) : noType(value);

const isText = (value: unknown) => typeof value === "string";

const NAMES = needs(
  "a list of names",
  // In the place of an older word, which says nothing where it is false.
  (value) => value === false || (Array.isArray(value) && value.every(isText)),
  (value) => (isText(value) ? JSON.stringify([value]) : undefined),
);

const noNames: Complaint = (value) =>
  value === true ? 'it is a list of names, beside "properties". Write the name of this one there.' : NAMES(value);

const SCHEMA = needs(
  "a schema",
  (value) => typeof value === "boolean" || isRecord(value),
  (value) => {
    const meant = isType(value) ? value : typeMeant(value);
    return meant && `{ type: "${meant}" }`;
  },
);

const noSchema: Complaint = (value) =>
  isStandardSchema(value)
    ? "it is a schema of another library, which means nothing within a JSON Schema. Write the whole of it as one of the two."
    : SCHEMA(value);

const OTHERWISE: Readonly<Record<Holds, Complaint>> = {
  schema: noSchema,
  list: needs("a list of schemas", Array.isArray),
  map: needs("schemas by name", isRecord),
};

/** A bound in a text is compared all the same. */
const NUMBER = needs(
  "a number",
  (value) => typeof value === "number" || (isText(value) && /^-?\d/.test(String(value))),
);

const COMPLAINTS: ReadonlyMap<string, Complaint> = new Map<string, Complaint>([
  ...[...HOLDS].map(([keyword, holds]): [string, Complaint] => [keyword, OTHERWISE[holds]]),
  ["items", (value) => (Array.isArray(value) ? undefined : noSchema(value))],
  ["type", noTypes],
  ["required", noNames],
  ["enum", needs("a list", Array.isArray)],
  ["pattern", needs("a text", isText, (value) => (value instanceof RegExp ? JSON.stringify(value.source) : undefined))],
  ...[
    ...["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"],
    ...["minProperties", "maxProperties", "multipleOf"],
  ].map((keyword): [string, Complaint] => [keyword, NUMBER]),
]);

/** A schema, and the words that lead to it: `inputSchema.properties.id`. */
interface Place {
  readonly schema: unknown;
  readonly path: string;
}

/** The schemas that a keyword holds. */
function placesIn(path: string, value: unknown, holds: Holds): Place[] {
  if (Array.isArray(value)) return value.map((schema, at) => ({ schema, path: `${path}[${at}]` }));
  if (holds !== "map" || !isRecord(value)) return [{ schema: value, path }];
  return Object.entries(value)
    .filter(([, schema]) => !Array.isArray(schema))
    .map(([name, schema]) => ({ schema, path: memberPath(path, name) }));
}

/** Words that hold data, which may look like a schema, or the schema of what a text holds. */
const DATA: ReadonlySet<string> = new Set(["const", "default", "example", "contentSchema"]);

/** `{ id: { type: "integer" } }`: properties in the place of a schema, each of which would be a word that nobody knows. */
function barePropertyIn(schema: object): string | undefined {
  const entries = Object.entries(schema);
  const areProperties = entries.every(
    ([key, value]) =>
      !HOLDS.has(key) && !DATA.has(key) && !/^(?:x-|\$)/.test(key) && isRecord(value) && isType(value.type),
  );
  return areProperties ? entries[0]?.[0] : undefined;
}

/** What is wrong with the words of one schema; what they hold is put on the list of what is to be read. */
function slipAt({ schema, path }: Place, toRead: Place[]): string | undefined {
  const complaint = noSchema(schema);
  if (complaint !== undefined) return `${path}: ${complaint}`;
  const property = barePropertyIn(Object(schema));
  if (property !== undefined) {
    return `${memberPath(path, property)}: it is a property and no word of JSON Schema. Write { type: "object", properties: { ${propertyKey(property)}: … } }.`;
  }
  for (const [keyword, value] of Object.entries(Object(schema))) {
    // What is absent is often written so.
    if (value === undefined || value === null) continue;
    const place = memberPath(path, keyword);
    const wrong = COMPLAINTS.get(keyword)?.(value);
    if (wrong !== undefined) return `${place}: ${wrong}`;
    const holds = HOLDS.get(keyword);
    if (holds !== undefined) toRead.push(...placesIn(place, value, holds));
  }
  return undefined;
}

/** The first slip in a schema, with the words that lead to it from `name`, and what to write. */
export function schemaSlip(name: string, schema: unknown): string | undefined {
  const read = new Set<unknown>();
  const toRead: Place[] = [{ schema, path: name }];
  // The list grows while it is read, and nothing is taken off it: of a long one each removal would move all the others.
  for (const place of toRead) {
    if (typeof place.schema === "object" && read.has(place.schema)) continue;
    read.add(place.schema);
    const slip = slipAt(place, toRead);
    if (slip !== undefined) return slip;
  }
  return undefined;
}

/** Which schema of a tool is meant. */
export type SchemaName = "inputSchema" | "outputSchema";

/** A JSON Schema of a tool, and where it comes from. */
export interface GivenSchema {
  /** `connector.tool`. */
  readonly where: string;
  readonly name: SchemaName;
  readonly schema: unknown;
  /** It stands in the tool itself; else a framework holds it, which may have it from a server. */
  readonly isWritten: boolean;
}

const warned = new WeakSet<object>();

/** Warns of a slip, once for each schema: what nobody may be able to mend here is no error. */
export function warnOfSlip({ where, name, schema }: GivenSchema): void {
  const slip = schemaSlip(name, schema);
  if (slip === undefined || warned.has(Object(schema))) return;
  warned.add(Object(schema));
  console.warn(`${where}: ${slip} As it is, that word checks nothing.`);
}

/**
 * Refuses a slip in a schema that was written here; of one that a framework holds it warns.
 *
 * @throws CodemodeError `INVALID_SCHEMA`.
 */
export function refuseSlip(given: GivenSchema): void {
  const { where, name, schema, isWritten } = given;
  if (!isWritten) {
    warnOfSlip(given);
    return;
  }
  const slip = schemaSlip(name, schema);
  if (slip !== undefined) throw new CodemodeError("INVALID_SCHEMA", `${where}: ${slip}`, { where });
}
