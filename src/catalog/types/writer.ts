/**
 * The one converter from JSON Schema to TypeScript.
 *
 * Three rules keep any schema finite and its text acceptable to the compiler:
 * - A referenced schema is declared once, by a name of its own; so is one that is met again (by identity) or nested
 *   deeper than MAX_NESTING. Names are worked off from a queue: neither depth nor recursion grows stack or text.
 * - An alias may not be circular "nakedly", through unions and intersections only. A reference that would lead back
 *   is spelled out in place, and the way back is dropped: it adds nothing to the values.
 * - An index signature must admit every property beside it: where it would not, it is `unknown` and a comment says more.
 */

import { isRecord } from "../../connector/schema.ts";
import { arrayType, objectType } from "./containers.ts";
import { docOf } from "./doc.ts";
import { TypeNames } from "./names.ts";
import type { Place, Renderer } from "./place.ts";
import { listOf, refLabel, refOf, resolveRef, type SchemaObject, typesOf } from "./schema.ts";
import { MAX_ENUM_VALUES, MAX_INLINE_NODES, MAX_NESTING, type TypeStyle } from "./style.ts";
import { atom, intersectionOf, literalType, NEVER, NULL, type TypeText, UNKNOWN, unionOf } from "./text.ts";

const COMBINATORS = ["allOf", "oneOf", "anyOf"] as const;

/** Keywords that shape the value itself, so that they count beside a reference or a combination. */
const SHAPING: readonly string[] = [
  "const",
  "enum",
  "properties",
  "additionalProperties",
  "patternProperties",
  "items",
  "prefixItems",
];

const BYTES = atom("Uint8Array");

const SCALARS: Readonly<Record<string, TypeText>> = {
  string: atom("string"),
  number: atom("number"),
  integer: atom("number"),
  boolean: atom("boolean"),
  null: NULL,
  file: BYTES,
};

/** Schemas too plain for a name: a reference to one is replaced by it. */
function isPlain(schema: SchemaObject): boolean {
  if (refOf(schema) !== undefined || COMBINATORS.some((keyword) => listOf(schema, keyword).length > 0)) return false;
  if (Array.isArray(schema.enum)) return false;
  return typesOf(schema).every((type) => Object.hasOwn(SCALARS, type));
}

/** Whether `from` leads to `goal` through references, unions and intersections only. A loop, since chains can be long. */
function leadsTo(from: SchemaObject, goal: SchemaObject, root: unknown): boolean {
  const seen = new Set<unknown>();
  const open: unknown[] = [from];
  while (open.length > 0) {
    const schema = open.pop();
    if (schema === goal) return true;
    if (!isRecord(schema) || seen.has(schema)) continue;
    seen.add(schema);
    const ref = refOf(schema);
    if (ref !== undefined) open.push(resolveRef(root, ref));
    for (const keyword of COMBINATORS) open.push(...listOf(schema, keyword));
  }
  return false;
}

/** A type that is to be declared. */
interface Queued {
  readonly name: string;
  readonly schema: unknown;
  readonly root: unknown;
}

/** Comments have lines to themselves; no other line can look like one. */
const COMMENT_LINE = /^ *\/\*\* .*\*\/\n/gm;

function leftOut(name: string): string {
  return `type ${name} = unknown; // left out for length`;
}

/** Writes declarations of one file or one answer; names are unique within it. */
export class TypeWriter implements Renderer {
  readonly style: TypeStyle;
  readonly #names = new TypeNames();
  readonly #nameOf = new Map<SchemaObject, string>();
  readonly #seen = new Set<SchemaObject>();
  readonly #queue: Queued[] = [];
  #nodesLeft = MAX_INLINE_NODES;

  constructor(style: TypeStyle) {
    this.style = style;
  }

  /** Declares a type for a schema that is its own document, and gives its name. */
  declare(wanted: string, schema: unknown): string {
    const name = this.#names.claim(wanted);
    if (isRecord(schema) && !this.#nameOf.has(schema)) this.#nameOf.set(schema, name);
    this.#queue.push({ name, schema, root: schema });
    return name;
  }

  /** One expression for a schema, without declarations: for styles whose references are inline. */
  expression(schema: unknown): string {
    return this.render(schema, this.#start(schema, "Value")).text;
  }

  /**
   * All that was declared and all that it refers to, in the order of first mention, so what is nearest comes first.
   * Over the style's `maxChars` comments go first, then the types that are furthest away; what was asked for stays.
   */
  declarations(): string[] {
    const asked = this.#queue.length;
    const texts: string[] = [];
    let left = this.style.maxChars;
    // The queue grows while it is worked off.
    for (let at = 0; at < this.#queue.length; at += 1) {
      const next = this.#queue[at];
      if (next === undefined) break;
      const text = left <= 0 ? leftOut(next.name) : this.#fitting(next, left, at < asked);
      left -= text.length;
      texts.push(text);
    }
    return texts;
  }

  #fitting(next: Queued, left: number, asked: boolean): string {
    const rich = this.#declaration(next.name, next.schema, next.root);
    if (rich.length <= left) return rich;
    const bare = rich.replace(COMMENT_LINE, "");
    return asked || bare.length <= left ? bare : leftOut(next.name);
  }

  /** The type of a schema at a place: its name where it has one or needs one, otherwise spelled out. */
  render(schema: unknown, place: Place): TypeText {
    if (schema === false) return NEVER;
    if (!isRecord(schema)) return UNKNOWN;
    // `{ "not": {} }` is `false` with room for words.
    if (isRecord(schema.not) && Object.keys(schema.not).length === 0) return NEVER;
    if (place.naked.includes(schema)) return place.onLoop;
    if (this.style.refs === "inline") {
      this.#nodesLeft -= 1;
      return place.nesting > MAX_NESTING || this.#nodesLeft < 0 ? UNKNOWN : this.#spellOut(schema, place);
    }
    const known = this.#nameOf.has(schema) || this.#seen.has(schema) || place.nesting >= MAX_NESTING;
    if (known && !isPlain(schema)) {
      return this.#refer(schema, place, typeof schema.title === "string" ? schema.title : place.hint);
    }
    this.#seen.add(schema);
    return this.#spellOut(schema, place);
  }

  /** What to say of a property: its own comment, or that of the plain schema that it refers to. */
  comment(schema: unknown, root: unknown): string {
    if (!isRecord(schema)) return "";
    const own = docOf(schema, this.style.maxDescriptionChars);
    const ref = refOf(schema);
    if (own !== "" || ref === undefined) return own;
    const target = resolveRef(root, ref);
    return isRecord(target) && isPlain(target) ? docOf(target, this.style.maxDescriptionChars) : "";
  }

  #start(root: unknown, hint: string): Place {
    return { root, indent: "", nesting: 0, objectDepth: 0, naked: [], onLoop: UNKNOWN, hint };
  }

  #declaration(name: string, schema: unknown, root: unknown): string {
    const place = this.#start(root, name);
    const doc = isRecord(schema) ? docOf(schema, this.style.maxDescriptionChars) : "";
    const type = isRecord(schema) ? this.#spellOut(schema, place) : this.render(schema, place);
    return `${doc === "" ? "" : `/** ${doc} */\n`}type ${name} = ${type.text};`;
  }

  #refer(schema: SchemaObject, place: Place, wanted: string): TypeText {
    const [outermost] = place.naked;
    if (outermost !== undefined && leadsTo(schema, outermost, place.root)) {
      return place.nesting > MAX_NESTING * 4 ? UNKNOWN : this.#spellOut(schema, place);
    }
    const known = this.#nameOf.get(schema);
    if (known !== undefined) return atom(known);
    const name = this.#names.take(wanted);
    this.#nameOf.set(schema, name);
    this.#queue.push({ name, schema, root: place.root });
    return atom(name);
  }

  #spellOut(schema: SchemaObject, place: Place): TypeText {
    const inside = { ...place, nesting: place.nesting + 1, naked: [...place.naked, schema] };
    const combined = intersectionOf([
      this.#reference(schema, inside),
      ...listOf(schema, "allOf").map((part) => this.render(part, { ...inside, onLoop: UNKNOWN })),
      this.#alternatives(listOf(schema, "oneOf"), inside),
      this.#alternatives(listOf(schema, "anyOf"), inside),
    ]);
    const types = typesOf(schema);
    const plainBase = combined.text !== "unknown" && !SHAPING.some((keyword) => Object.hasOwn(schema, keyword));
    const whole = plainBase ? combined : intersectionOf([this.#base(schema, types, inside), combined]);
    const nullable = schema.nullable === true || (plainBase && types.includes("null"));
    return nullable ? unionOf([whole, NULL]) : whole;
  }

  #alternatives(schemas: readonly unknown[], place: Place): TypeText {
    if (schemas.length === 0) return UNKNOWN;
    return unionOf(schemas.map((schema) => this.render(schema, { ...place, onLoop: NEVER })));
  }

  #reference(schema: SchemaObject, place: Place): TypeText {
    const ref = refOf(schema);
    if (ref === undefined) return UNKNOWN;
    const target = resolveRef(place.root, ref);
    if (!isRecord(target) || this.style.refs === "inline" || isPlain(target)) return this.render(target, place);
    return place.naked.includes(target) ? place.onLoop : this.#refer(target, place, refLabel(ref));
  }

  /** What the schema says of itself, apart from what it combines. */
  #base(schema: SchemaObject, types: readonly string[], place: Place): TypeText {
    if (Object.hasOwn(schema, "const")) return literalType(schema.const);
    const values = listOf(schema, "enum");
    if (values.length > 0 && values.length <= MAX_ENUM_VALUES) return unionOf(values.map(literalType));
    // Bytes of an API are no text, so that is how its schemas write them.
    if (types.length === 0) return schema.format === "binary" ? BYTES : UNKNOWN;
    return unionOf(types.map((type) => this.#ofType(type, schema, place)));
  }

  #ofType(type: string, schema: SchemaObject, place: Place): TypeText {
    if (type === "object") return objectType(schema, place, this);
    if (type === "array") return arrayType(schema, place, this);
    if (type === "string" && schema.format === "binary") return BYTES;
    return SCALARS[type] ?? UNKNOWN;
  }
}
