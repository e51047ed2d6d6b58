/** The words of a tool's parameters, for search: read from its schema, or told by who can tell without making the schema. */
import { isRecord } from "./schema.ts";

/** What parameters are called, those inside a body too, and what is said of them. */
export interface Outline {
  names(): readonly string[];
  /** Their descriptions and the values that they may have. */
  details(): readonly string[];
}

/** Nested properties that count as parameters: those of a request body. */
const MAX_DEPTH = 2;

function addDetails(details: string[], properties: unknown, depth = 1): void {
  if (!isRecord(properties)) return;
  for (const name in properties) {
    const property = properties[name];
    if (!isRecord(property)) continue;
    if (typeof property.description === "string") details.push(property.description);
    if (Array.isArray(property.enum))
      details.push(property.enum.filter((value) => typeof value === "string").join(" "));
    if (depth < MAX_DEPTH) addDetails(details, property.properties, depth + 1);
  }
}

function addNames(names: string[], properties: unknown, depth = 1): void {
  if (!isRecord(properties)) return;
  for (const name in properties) {
    names.push(name);
    const property = depth < MAX_DEPTH ? properties[name] : undefined;
    if (isRecord(property)) addNames(names, property.properties, depth + 1);
  }
}

/** The outline of an object's properties, as JSON Schema has them. */
export function outlineOfProperties(properties: unknown): Outline {
  return {
    names: () => {
      const names: string[] = [];
      addNames(names, properties);
      return names;
    },
    details: () => {
      const details: string[] = [];
      addDetails(details, properties);
      return details;
    },
  };
}

/** The outline of the parameters that a schema has. */
export function outlineOfSchema(schema: unknown): Outline {
  return outlineOfProperties(isRecord(schema) ? schema.properties : undefined);
}
