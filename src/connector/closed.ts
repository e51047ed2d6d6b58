/**
 * Finds what is closed against the other parts of its own whole: `additionalProperties: false` in one part refuses the
 * properties of the others, so that no value fits. What writes descriptions of classes that inherit writes it so (NSwag, in
 * `allOf`), and so do people beside `oneOf`; they mean what all of them know together.
 */
import { atPointer } from "./pointer.ts";
import { isRecord } from "./schema.ts";

type Schema = Readonly<Record<string, unknown>>;

/** Schemas and names that are read at most: a schema comes from a server, which may have thousands of wholes of thousands of names. */
const MAX_READ = 500_000;

function referred(root: Schema, { $ref }: Schema): unknown {
  return typeof $ref === "string" && $ref.startsWith("#/") ? atPointer(root, $ref.slice(1)) : undefined;
}

/** What holds together with a schema: all that it is put together of. */
function partsOf(root: Schema, schema: Schema): readonly unknown[] {
  return [referred(root, schema), ...(Array.isArray(schema.allOf) ? schema.allOf : [])];
}

/** What may hold beside a schema, by what it is chosen from: alternatives, and what follows from a condition. */
function choicesOf(schema: Schema): readonly (readonly unknown[])[] {
  const lists = [schema.anyOf, schema.oneOf].filter((list) => Array.isArray(list));
  return [...lists, [schema.then, schema.else]];
}

/** What a schema says of properties: of some by name, of those of an expression, of all others. */
function knownTo({ properties, patternProperties, additionalProperties }: Schema): readonly string[] {
  return [
    ...(isRecord(properties) ? Object.keys(properties).map((name) => `name ${name}`) : []),
    ...(isRecord(patternProperties) ? Object.keys(patternProperties).map((pattern) => `pattern ${pattern}`) : []),
    ...(isRecord(additionalProperties) &&
    !isNothing(additionalProperties) &&
    Object.keys(additionalProperties).length > 0
      ? ["others"]
      : []),
  ];
}

/** As some write `false` (TypeSpec): the opposite of anything. */
export function isNothing(schema: unknown): boolean {
  return isRecord(schema) && isRecord(schema.not) && Object.keys(schema.not).length === 0;
}

function isClosed({ additionalProperties }: Schema): boolean {
  return additionalProperties === false || isNothing(additionalProperties);
}

/** Whether a schema may have parts beside each other. */
function isWhole(schema: Schema): boolean {
  const { $ref, allOf, anyOf, oneOf, properties, patternProperties } = schema;
  const extended = $ref && (properties ?? patternProperties);
  return isClosed(schema) || [allOf, anyOf, oneOf, extended, schema.then, schema.else].some(Boolean);
}

/** One search: what it has found, and how much it may still read. */
class Search {
  readonly found = new Set<Schema>();
  readonly #root: Schema;
  #left = MAX_READ;

  constructor(root: Schema) {
    this.#root = root;
  }

  get isOver(): boolean {
    return this.#left <= 0;
  }

  look(whole: Schema): void {
    const parts = this.#withAll([whole], (part) => partsOf(this.#root, part));
    const choices = parts
      .flatMap(choicesOf)
      .map((choice) => this.#withAll(choice, (part) => [...partsOf(this.#root, part), ...choicesOf(part).flat()]));
    this.#compare(parts.filter(isClosed), [parts, ...choices]);
    for (const choice of choices) {
      const closed = choice.filter(isClosed);
      if (closed.length === 0 || this.isOver) continue;
      // Of two alternatives neither is meant to know what the other does.
      const beside = [parts, ...choices.filter((other) => other !== choice)];
      for (const one of closed) this.#compare([one], beside);
    }
  }

  /** The schemas among these, and all that follows from them. */
  #withAll(given: readonly unknown[], next: (schema: Schema) => readonly unknown[]): readonly Schema[] {
    const all = new Set(given.filter(isRecord));
    this.#left -= given.length;
    // The set grows while it is read: parts have parts.
    for (const schema of all) {
      if (this.isOver) break;
      const others = next(schema);
      this.#left -= others.length;
      for (const other of others) if (isRecord(other)) all.add(other);
    }
    return [...all];
  }

  #compare(closed: readonly Schema[], beside: readonly (readonly Schema[])[]): void {
    if (closed.length === 0 || this.isOver) return;
    const known = [closed, ...beside].flatMap((schemas) => {
      this.#left -= schemas.length;
      return schemas.flatMap(knownTo);
    });
    this.#left -= known.length;
    const { size } = new Set(known);
    for (const one of closed) if (new Set(knownTo(one)).size < size) this.found.add(one);
  }
}

/** The closed schemas that stand in a whole with a part which knows more than they do. */
export function closedParts(root: Schema): ReadonlySet<Schema> {
  const search = new Search(root);
  const seen = new Set<unknown>();
  const toRead: unknown[] = [root];
  while (toRead.length > 0 && !search.isOver) {
    const value = toRead.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (isRecord(value) && isWhole(value)) search.look(value);
    for (const child of Object.values(value)) toRead.push(child);
  }
  return search.found;
}
