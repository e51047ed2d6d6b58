/**
 * Finds what is closed against the other parts of its own whole: `additionalProperties: false` in one part of `allOf` refuses
 * the properties of the others, so that no value fits. What writes descriptions of classes that inherit writes it so
 * (NSwag), and means what all of them know together.
 */
import { atPointer } from "./pointer.ts";
import { isRecord } from "./schema.ts";

type Schema = Readonly<Record<string, unknown>>;

/** Names that are compared at most: a schema comes from a server, which may have thousands of wholes of thousands of names. */
const MAX_NAMES = 500_000;

function referred(root: Schema, { $ref }: Schema): unknown {
  return typeof $ref === "string" && $ref.startsWith("#/") ? atPointer(root, $ref.slice(1)) : undefined;
}

/** All that a schema is put together of, itself included. */
function partsOf(root: Schema, whole: Schema): readonly Schema[] {
  const parts = new Set([whole]);
  // The set grows while it is read: parts have parts.
  for (const part of parts) {
    for (const other of [referred(root, part), ...(Array.isArray(part.allOf) ? part.allOf : [])]) {
      if (isRecord(other)) parts.add(other);
    }
  }
  return [...parts];
}

function namesOf({ properties }: Schema): readonly string[] {
  return isRecord(properties) ? Object.keys(properties) : [];
}

function isClosed({ additionalProperties, patternProperties }: Schema): boolean {
  return additionalProperties === false && patternProperties === undefined;
}

/** The closed schemas that stand in a whole with a part which knows more than they do. */
export function closedParts(root: Schema): ReadonlySet<Schema> {
  const found = new Set<Schema>();
  let left = MAX_NAMES;
  const look = (whole: Schema) => {
    const parts = partsOf(root, whole);
    const closed = parts.filter(isClosed);
    left -= parts.length;
    if (closed.length === 0 || parts.length === 1) return;
    const names = new Set(parts.flatMap(namesOf));
    left -= names.size * closed.length;
    for (const part of closed) if (new Set(namesOf(part)).size < names.size) found.add(part);
  };
  const seen = new Set<unknown>();
  const toRead: unknown[] = [root];
  while (toRead.length > 0 && left > 0) {
    const value = toRead.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (isRecord(value) && (Array.isArray(value.allOf) || isClosed(value))) look(value);
    for (const child of Object.values(value)) toRead.push(child);
  }
  return found;
}
