/**
 * Finds what is closed against the other parts of its own whole: `additionalProperties: false` in one part refuses the
 * properties of the others, so that no value fits. What writes descriptions of classes that inherit writes it so (NSwag, in
 * `allOf`), and so do people beside `oneOf`; they mean what all of them know together.
 */
import { atPointer } from "./pointer.ts";
import { isRecord } from "./schema.ts";

type Schema = Readonly<Record<string, unknown>>;

/** Names that are compared at most: a schema comes from a server, which may have thousands of wholes of thousands of names. */
const MAX_NAMES = 500_000;

function referred(root: Schema, { $ref }: Schema): unknown {
  return typeof $ref === "string" && $ref.startsWith("#/") ? atPointer(root, $ref.slice(1)) : undefined;
}

/** What holds together with a schema: all that it is put together of. */
function partsOf(root: Schema, schema: Schema): readonly unknown[] {
  return [referred(root, schema), ...(Array.isArray(schema.allOf) ? schema.allOf : [])];
}

/** What may hold beside a schema: alternatives, and what follows from a condition. */
function alternativesOf(schema: Schema): readonly unknown[] {
  const lists = [schema.anyOf, schema.oneOf].flatMap((list) => (Array.isArray(list) ? list : []));
  return [...lists, schema.then, schema.else];
}

/** These schemas, and all that follows from them. */
function withAll(schemas: readonly Schema[], next: (schema: Schema) => readonly unknown[]): readonly Schema[] {
  const found = new Set(schemas);
  // The set grows while it is read: parts have parts.
  for (const schema of found) for (const other of next(schema)) if (isRecord(other)) found.add(other);
  return [...found];
}

/** What a schema says of properties: of some by name, of those of an expression, of all others. */
function knownTo({ properties, patternProperties, additionalProperties }: Schema): readonly string[] {
  return [
    ...(isRecord(properties) ? Object.keys(properties).map((name) => `name ${name}`) : []),
    ...(isRecord(patternProperties) ? Object.keys(patternProperties).map((pattern) => `pattern ${pattern}`) : []),
    ...(isRecord(additionalProperties) && Object.keys(additionalProperties).length > 0 ? ["others"] : []),
  ];
}

function isClosed({ additionalProperties }: Schema): boolean {
  return additionalProperties === false;
}

/** Whether a schema may have parts beside each other. */
function isWhole(schema: Schema): boolean {
  const { $ref, allOf, anyOf, oneOf, properties, patternProperties } = schema;
  const extended = $ref && (properties ?? patternProperties);
  return isClosed(schema) || [allOf, anyOf, oneOf, extended, schema.then, schema.else].some(Boolean);
}

/** The closed schemas that stand in a whole with a part which knows more than they do. */
export function closedParts(root: Schema): ReadonlySet<Schema> {
  const found = new Set<Schema>();
  let left = MAX_NAMES;
  const compare = (closed: readonly Schema[], beside: readonly Schema[]) => {
    if (closed.length === 0 || left <= 0) return;
    const names = new Set([...closed, ...beside].flatMap(knownTo));
    left -= names.size * closed.length;
    for (const one of closed) if (new Set(knownTo(one)).size < names.size) found.add(one);
  };
  const look = (whole: Schema) => {
    const parts = withAll([whole], (part) => partsOf(root, part));
    const all = withAll(parts, (part) => [...partsOf(root, part), ...alternativesOf(part)]);
    left -= all.length;
    compare(parts.filter(isClosed), all);
    // Of two alternatives neither is meant to know what the other does.
    for (const one of all.slice(parts.length).filter(isClosed)) compare([one], parts);
  };
  const seen = new Set<unknown>();
  const toRead: unknown[] = [root];
  while (toRead.length > 0 && left > 0) {
    const value = toRead.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (isRecord(value) && isWhole(value)) look(value);
    for (const child of Object.values(value)) toRead.push(child);
  }
  return found;
}
