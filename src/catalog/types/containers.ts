/** Objects and arrays of the converter: properties, records, tuples. */

import { isRecord } from "../../connector/schema.ts";
import { commentText } from "./doc.ts";
import { propertyKey } from "./names.ts";
import type { Place, Renderer } from "./place.ts";
import { listOf, type SchemaObject } from "./schema.ts";
import type { TypeStyle } from "./style.ts";
import { arrayOf, atom, NEVER, type TypeText, UNKNOWN, unionOf } from "./text.ts";

interface Member {
  readonly key: string;
  readonly optional: boolean;
  readonly type: TypeText;
  readonly doc: string;
}

/** A place inside a container: no longer a part of the union or intersection around it. */
function within(place: Place, hint: string, indent: string, depth: number): Place {
  return { ...place, indent, hint, naked: [], onLoop: UNKNOWN, objectDepth: place.objectDepth + depth };
}

function membersOf(schema: SchemaObject, place: Place, renderer: Renderer): Member[] {
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const required = new Set(listOf(schema, "required"));
  const known = Object.entries(properties)
    .slice(0, renderer.style.maxProperties)
    .map(([name, property]) => ({
      key: propertyKey(name),
      optional: !required.has(name),
      type: renderer.render(property, within(place, name, `${place.indent}  `, 1)),
      doc: renderer.comment(property, place.root),
    }));
  const untold = [...required].filter((name) => typeof name === "string" && !Object.hasOwn(properties, name));
  return [
    ...known,
    ...untold.map((name) => ({ key: propertyKey(String(name)), optional: false, type: UNKNOWN, doc: "" })),
  ];
}

/** The type of properties that have no name in the schema; `undefined` when there are none to speak of. */
function restOf(schema: SchemaObject, place: Place, renderer: Renderer): TypeText | undefined {
  const patterns = isRecord(schema.patternProperties) ? Object.values(schema.patternProperties) : [];
  const additional = schema.additionalProperties;
  const schemas = [...patterns, ...(additional === undefined || additional === false ? [] : [additional])];
  if (schemas.length === 0) return undefined;
  const inside = within(place, `${place.hint}Value`, `${place.indent}  `, 1);
  return unionOf(schemas.map((rest) => renderer.render(rest, inside)));
}

/** An index signature beside properties must admit each of them, so it says `unknown` unless all are of its type. */
function indexMember(rest: TypeText, members: readonly Member[]): Member {
  const fits = members.every(({ optional, type }) => !optional && type.text === rest.text);
  const doc = fits || rest.text === "unknown" ? "" : commentText(`Other properties: ${rest.text}`, 200);
  return { key: "[key: string]", optional: false, type: fits ? rest : UNKNOWN, doc };
}

function block(members: readonly Member[], more: number, place: Place, style: TypeStyle): TypeText {
  const entries = members.map(({ key, optional, type }) => `${key}${optional ? "?" : ""}: ${type.text}`);
  const left = more > 0 ? [`/* ${more} more */`] : [];
  if (style.layout === "line")
    return atom(`{ ${[...entries.map((entry) => `${entry};`), ...left].join(" ").replace(/;$/, "")} }`);
  const inner = `${place.indent}  `;
  const lines = members.map(({ doc }, at) => `${doc === "" ? "" : `${inner}/** ${doc} */\n`}${inner}${entries[at]};`);
  return atom(`{\n${[...lines, ...left.map((text) => inner + text)].join("\n")}\n${place.indent}}`);
}

/** `{ a: string; b?: number }`, `Record<string, unknown>`, `{ [key: string]: User }`. */
export function objectType(schema: SchemaObject, place: Place, renderer: Renderer): TypeText {
  const count = isRecord(schema.properties) ? Object.keys(schema.properties).length : 0;
  if (place.objectDepth >= renderer.style.maxDepth && count > 0) return atom("object");
  const members = membersOf(schema, place, renderer);
  const rest = restOf(schema, place, renderer);
  if (members.length === 0 && count === 0) {
    if (rest === undefined)
      return atom(schema.additionalProperties === false ? "Record<string, never>" : "Record<string, unknown>");
    // Not `Record<string, T>`: an alias that refers to itself inside a generic alias is an error, here it is not.
    return atom(rest.text === "unknown" ? "Record<string, unknown>" : `{ [key: string]: ${rest.text} }`);
  }
  const all = rest === undefined ? members : [...members, indexMember(rest, members)];
  return block(all, count - Math.min(count, renderer.style.maxProperties), place, renderer.style);
}

function tupleType(items: readonly unknown[], schema: SchemaObject, place: Place, renderer: Renderer): TypeText {
  const minItems = typeof schema.minItems === "number" ? schema.minItems : items.length;
  const parts = items.map((item, at) => {
    const type = renderer.render(item, within(place, `${place.hint}Item`, place.indent, 0));
    if (at < minItems) return type.text;
    return type.binds === "atom" ? `${type.text}?` : `(${type.text})?`;
  });
  const rest = Array.isArray(schema.prefixItems) ? schema.items : schema.additionalItems;
  if (rest !== undefined && rest !== false) {
    const element = renderer.render(rest, within(place, `${place.hint}Item`, place.indent, 0));
    parts.push(`...${arrayOf(element).text}`);
  }
  return atom(`[${parts.join(", ")}]`);
}

/** `T[]`, or a tuple where the schema lists its items; a tuple without `minItems` is complete, as authors mean it. */
export function arrayType(schema: SchemaObject, place: Place, renderer: Renderer): TypeText {
  const tuple = Array.isArray(schema.prefixItems) ? schema.prefixItems : schema.items;
  if (Array.isArray(tuple)) return tuple.length === 0 ? arrayOf(UNKNOWN) : tupleType(tuple, schema, place, renderer);
  const element =
    schema.items === undefined
      ? UNKNOWN
      : renderer.render(schema.items, within(place, `${place.hint}Item`, place.indent, 0));
  return element === NEVER ? atom("[]") : arrayOf(element);
}
