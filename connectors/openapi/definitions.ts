/**
 * Turns schemas of a description into plain JSON Schema that stays small however deep its references nest.
 *
 * A `$ref` stays a `$ref`: each named schema is converted once, when it is first needed, and shared by every tool that
 * reaches it through `$defs`. Nothing is inlined, so recursion is a reference like any other.
 */
import type { JSONSchema7 } from "json-schema";
import { HOLDS } from "../../src/connector/keywords.ts";
import { isRecord } from "../../src/connector/schema.ts";
import { adapt } from "./dialect.ts";
import type { OpenedDocument } from "./document.ts";
import { type Inheritance, type Located, readInheritance } from "./inheritance.ts";
import { MAX_DEPTH } from "./references.ts";
import { type ComponentNames, nameOfPlace, SchemaNames } from "./schema-names.ts";

/** `readOnly` properties are not required of a caller, `writeOnly` ones are not promised to it. */
export type Direction = "input" | "output";

/** A converted schema and the names in `$defs` that it refers to itself. */
export interface Converted {
  readonly schema: JSONSchema7;
  readonly refs: ReadonlySet<string>;
}

/** What is left out of a converted schema. */
const DROPPED: ReadonlySet<string> = new Set([
  // References reach nested definitions by pointer, so they stand on their own in `$defs`.
  "$defs",
  "definitions",
  // They would move the base of `#/$defs/...`.
  "$id",
  "id",
  "$anchor",
  "$dynamicAnchor",
  "$schema",
  // Documentation that costs more tokens than it tells.
  "example",
  "examples",
  "externalDocs",
  "xml",
  "$comment",
]);

const HIDDEN_FROM: Readonly<Record<Direction, "readOnly" | "writeOnly">> = { input: "readOnly", output: "writeOnly" };

const ALTERNATIVES: ReadonlySet<string> = new Set(["anyOf", "oneOf"]);

/** A schema, and those around it that it is a part or an alternative of, innermost first. */
type Whole = readonly Record<string, unknown>[];

/** Names the schema at a place, in the role in which it is met. */
type NameHere = (located: Located) => string;

/** The schemas of one description, in one direction; see the head of this file. */
export class Definitions {
  readonly #document: OpenedDocument;
  readonly #names: SchemaNames;
  readonly #inheritance: Inheritance;
  readonly #hidden: "readOnly" | "writeOnly";
  readonly #converted = new Map<string, Converted>();
  readonly #closures = new Map<string, Record<string, JSONSchema7>>();
  #depth = 0;

  constructor(document: OpenedDocument, direction: Direction, components: ComponentNames) {
    this.#document = document;
    this.#names = new SchemaNames(components);
    this.#inheritance = readInheritance(document);
    this.#hidden = HIDDEN_FROM[direction];
  }

  convert(schema: unknown): Converted {
    const refs = new Set<string>();
    const visited = this.#visit(schema, refs);
    return { schema: isRecord(visited) ? visited : visited === false ? { not: {} } : {}, refs };
  }

  /** The converted schema of a name. */
  definition(name: string): JSONSchema7 | undefined {
    return this.#names.has(name) ? this.#definition(name).schema : undefined;
  }

  /** Everything reachable from these names, for `$defs`; undefined when there is nothing. The same names give the same object. */
  reachable(refs: ReadonlySet<string>): Record<string, JSONSchema7> | undefined {
    if (refs.size === 0) return undefined;
    const key = [...refs].sort().join("\n");
    const known = this.#closures.get(key);
    if (known !== undefined) return known;
    const seen = new Set(refs);
    for (const name of seen) for (const next of this.#definition(name).refs) seen.add(next);
    const defs = Object.fromEntries([...seen].sort().map((name) => [name, this.#definition(name).schema]));
    this.#closures.set(key, defs);
    return defs;
  }

  #definition(name: string): Converted {
    const known = this.#converted.get(name);
    if (known !== undefined) return known;
    const made = this.convert(this.#names.schema(name));
    this.#converted.set(name, made);
    return made;
  }

  /** `around`: what it is an inline part or alternative of. */
  #visit(schema: unknown, refs: Set<string>, around: Whole = []): unknown {
    if (typeof schema === "boolean") return schema;
    // What is deeper than any stack takes anything, as what leads nowhere does.
    if (!isRecord(schema) || this.#depth > MAX_DEPTH) return {};
    this.#depth += 1;
    try {
      return this.#visitEach(schema, refs, [schema, ...around]);
    } finally {
      this.#depth -= 1;
    }
  }

  #visitEach(schema: Record<string, unknown>, refs: Set<string>, whole: Whole): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(schema)) {
      if (DROPPED.has(key) || key.startsWith("x-") || value === undefined) continue;
      // A dynamic reference is read where it stands: the place that it would find from elsewhere, plain schemas cannot name.
      if ((key === "$ref" || key === "$dynamicRef") && typeof value === "string")
        Object.assign(copy, this.#visitRef(value, refs, this.#asValue));
      else {
        const visited = this.#visitKeyword(key, value, refs, whole);
        if (visited !== undefined) copy[key] = visited;
      }
    }
    return adapt(copy, (name) => this.#isHidden(name, whole));
  }

  #visitKeyword(key: string, value: unknown, refs: Set<string>, whole: Whole): unknown {
    const kind = HOLDS.get(key);
    if (key === "allOf" && Array.isArray(value)) return value.map((item) => this.#visitExtended(item, refs, whole));
    if (kind === "list" || (kind === "schema" && Array.isArray(value))) {
      const around = ALTERNATIVES.has(key) ? whole : [];
      return Array.isArray(value) ? value.map((item) => this.#visit(item, refs, around)) : undefined;
    }
    if (kind === "schema") return this.#visit(value, refs);
    if (kind === "map") {
      if (!isRecord(value)) return undefined;
      // The names that a name needs, of `dependencies`, are no schema.
      const visit = (item: unknown) => (Array.isArray(item) ? item : this.#visit(item, refs));
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item)]));
    }
    if (key === "discriminator" && isRecord(value)) return this.#visitDiscriminator(value, refs);
    return value;
  }

  #visitRef(reference: string, refs: Set<string>, nameHere: NameHere): Record<string, unknown> {
    const located = this.#document.locate(reference);
    if (located === undefined) {
      return { description: `(The API description does not say: "${reference}" leads nowhere.)` };
    }
    const name = nameHere(located);
    refs.add(name);
    return { $ref: `#/$defs/${name}` };
  }

  /** What is extended stands for itself, wherever else it may stand for its heirs. */
  #visitExtended(schema: unknown, refs: Set<string>, whole: Whole): unknown {
    if (!isRecord(schema) || typeof schema.$ref !== "string") return this.#visit(schema, refs, whole);
    const { $ref, ...beside } = schema;
    return Object.assign({}, this.#visit(beside, refs, whole), this.#visitRef($ref, refs, this.#asBase));
  }

  #visitDiscriminator(value: Record<string, unknown>, refs: Set<string>): Record<string, unknown> {
    if (!isRecord(value.mapping)) return value;
    const mapping: Record<string, unknown> = {};
    for (const [key, target] of Object.entries(value.mapping)) {
      if (typeof target !== "string") continue;
      // A mapping may hold the bare name of a component.
      const isName = Object.hasOwn(this.#document.componentSchemas, target);
      const reference = isName ? `#/components/schemas/${target}` : target;
      mapping[key] = this.#visitRef(reference, refs, this.#nameOf).$ref ?? target;
    }
    return { ...value, mapping };
  }

  /** Whether any part says so: what one part requires, another may have described. */
  #isHidden(name: string, whole: Whole): boolean {
    const parts = new Set(whole);
    // The set grows while it is read: parts have parts.
    for (const part of parts) {
      const { properties, allOf } = part;
      const property = isRecord(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (this.#saysHidden(property)) return true;
      for (const other of Array.isArray(allOf) ? allOf : []) {
        const found = this.#document.follow(other);
        if (found !== undefined) parts.add(found.value);
      }
    }
    return false;
  }

  #saysHidden(property: unknown): boolean {
    if (!isRecord(property)) return false;
    return property[this.#hidden] === true || this.#document.follow(property)?.value[this.#hidden] === true;
  }

  readonly #nameOf: NameHere = ({ pointer, value }) =>
    this.#names.at(pointer) ?? this.#names.register(pointer, nameOfPlace(pointer), value);

  readonly #asValue: NameHere = (located) =>
    this.#nameBeside(located, "Any", this.#inheritance.anyHeir(located)) ?? this.#nameOf(located);

  readonly #asBase: NameHere = (located) =>
    this.#nameBeside(located, "Shared", this.#inheritance.shared(located)) ?? this.#nameOf(located);

  /** The name of what stands beside a schema: any of its heirs, or what they share. */
  #nameBeside(located: Located, prefix: string, schema: Record<string, unknown> | undefined): string | undefined {
    if (schema === undefined) return undefined;
    const place = `${located.pointer} ${prefix}`;
    return this.#names.at(place) ?? this.#names.register(place, `${prefix}${this.#nameOf(located)}`, schema);
  }
}
