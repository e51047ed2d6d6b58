/** How the converter looks at JSON Schema: what a schema is, where its `$ref` leads, what it says without `type`. */
import { definitionOf } from "../../connector/definitions.ts";
import { isType } from "../../connector/keywords.ts";
import { atPointer, decodeSegment } from "../../connector/pointer.ts";
import { isRecord } from "../../connector/schema.ts";

/** A schema that is an object; boolean schemas and nonsense are dealt with where they are met. */
export type SchemaObject = Record<string, unknown>;

/** Keywords that say what a value looks like without `type` having to be there. */
const IMPLIED_TYPE: readonly (readonly [keyword: string, type: string])[] = [
  ["properties", "object"],
  ["additionalProperties", "object"],
  ["patternProperties", "object"],
  ["items", "array"],
  ["prefixItems", "array"],
];

/** Swagger 2's type of bytes. */
const SWAGGER_FILE = "file";

/** The types that a schema allows, `[]` when it says nothing. */
export function typesOf(schema: SchemaObject): readonly string[] {
  const given = Array.isArray(schema.type) ? schema.type : [schema.type];
  const known = given.filter((type) => isType(type) || type === SWAGGER_FILE);
  if (known.length > 0) return known;
  const implied = IMPLIED_TYPE.find(([keyword]) => isRecord(schema[keyword]) || Array.isArray(schema[keyword]));
  return implied === undefined ? [] : [implied[1]];
}

/** A list of subschemas, `[]` when the keyword is absent or malformed. */
export function listOf(schema: SchemaObject, keyword: string): readonly unknown[] {
  const list = schema[keyword];
  return Array.isArray(list) ? list : [];
}

/** The reference of a schema, whichever draft's keyword carries it. */
export function refOf(schema: SchemaObject): string | undefined {
  for (const keyword of ["$ref", "$dynamicRef", "$recursiveRef"]) {
    const ref = schema[keyword];
    if (typeof ref === "string") return ref;
  }
  return undefined;
}

/** The definition whose `$id`, `id` or anchor is what the reference names. */
function byIdentifier(root: SchemaObject, ref: string): unknown {
  for (const keyword of ["$defs", "definitions"]) {
    const definitions = root[keyword];
    if (!isRecord(definitions)) continue;
    for (const definition of Object.values(definitions)) {
      if (!isRecord(definition)) continue;
      const anchors = [definition.$anchor, definition.$dynamicAnchor].map((anchor) => `#${String(anchor)}`);
      if (definition.$id === ref || definition.id === ref || anchors.includes(ref)) return definition;
    }
  }
  return root.$id === ref || root.id === ref ? root : undefined;
}

const DEFINITION = /^#\/\$defs\/([^/]+)$/;

/** The schema that a local reference names; `undefined` for one that leads nowhere or out of the document. */
export function resolveRef(root: unknown, ref: string): unknown {
  if (ref === "#") return root;
  const [, name] = DEFINITION.exec(ref) ?? [];
  const told = name !== undefined && isRecord(root) ? definitionOf(root, decodeSegment(name)) : undefined;
  if (told !== undefined) return told;
  if (ref.startsWith("#/")) return atPointer(root, ref.slice(1));
  return isRecord(root) ? byIdentifier(root, ref) : undefined;
}

/** The last word of a reference, from which its type is named. */
export function refLabel(ref: string): string {
  return decodeSegment(ref.split(/[/#]/).findLast((step) => step !== "") ?? "Root");
}
