/** The words of a tool's parameters, for search: read from its schema, or told by who can tell without making the schema. */
import { isRecord } from "./schema.ts";
import type { JsonSchemaToolDescriptors } from "./types.ts";

/** What parameters are called, those inside a body too, and what is said of them. */
export interface Outline {
  names(): readonly string[];
  /** Their descriptions and the values that they may have. */
  details(): readonly string[];
}

/** Nested properties that count as parameters: those of a request body. */
const MAX_DEPTH = 2;

function visit(properties: unknown, tell: (name: string, property: unknown) => void, depth = 1): void {
  if (!isRecord(properties)) return;
  for (const name in properties) {
    const property = properties[name];
    tell(name, property);
    if (depth < MAX_DEPTH && isRecord(property)) visit(property.properties, tell, depth + 1);
  }
}

/** The outline of an object's properties, as JSON Schema has them. */
export function outlineOfProperties(properties: unknown): Outline {
  return {
    names: () => {
      const names: string[] = [];
      visit(properties, (name) => names.push(name));
      return names;
    },
    details: () => {
      const details: string[] = [];
      visit(properties, (_name, property) => {
        if (!isRecord(property)) return;
        if (typeof property.description === "string") details.push(property.description);
        if (!Array.isArray(property.enum)) return;
        details.push(property.enum.filter((value) => typeof value === "string").join(" "));
      });
      return details;
    },
  };
}

/** The outline of the parameters that a schema has. */
export function outlineOfSchema(schema: unknown): Outline {
  return outlineOfProperties(isRecord(schema) ? schema.properties : undefined);
}

const told = new WeakMap<JsonSchemaToolDescriptors, (method: string) => Outline | undefined>();

/** For descriptors whose schemas are made when somebody looks: so that listing a thousand tools does not make a thousand. */
export function tellOutlines(
  descriptors: JsonSchemaToolDescriptors,
  outlineOf: (method: string) => Outline | undefined,
): void {
  told.set(descriptors, outlineOf);
}

/** The outline of one of a connector's methods. */
export function outlineOf(descriptors: JsonSchemaToolDescriptors, method: string): Outline {
  return told.get(descriptors)?.(method) ?? outlineOfSchema(descriptors[method]?.inputSchema);
}

/** Whether schemas are made when somebody looks: who only compares should not look. */
export function hasOutlines(descriptors: JsonSchemaToolDescriptors): boolean {
  return told.has(descriptors);
}
