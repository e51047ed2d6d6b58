/** Prints a record of tools as TypeScript declarations for the description of a code tool. */
import type { JSONSchema7 } from "json-schema";
import { generateTypesFromJsonSchema } from "../catalog/types/declare.ts";
import type { JsonSchemaToolDescriptor } from "../connector/types.ts";
import { sanitizeToolName } from "../names.ts";
import type { ToolDescriptor, ToolDescriptors } from "./provider.ts";

/** JSON Schema of an author's schema; `undefined` when it has none to give. */
export type ReadSchema = (schema: unknown, direction: "input" | "output") => JSONSchema7 | undefined;

function descriptorOf(
  { description, inputSchema, parameters, outputSchema }: ToolDescriptor,
  read: ReadSchema,
): JsonSchemaToolDescriptor {
  const output = read(outputSchema, "output");
  return {
    ...(typeof description === "string" && { description }),
    // A tool without a schema takes anything.
    inputSchema: read(inputSchema ?? parameters, "input") ?? {},
    ...(output !== undefined && { outputSchema: output }),
  };
}

/** The declarations of `namespace`, one function for each tool; empty for a record without tools. */
export function printTypes(tools: ToolDescriptors, namespace: string, read: ReadSchema): string {
  const descriptors = Object.entries(tools).map(([name, tool]) => [sanitizeToolName(name), descriptorOf(tool, read)]);
  return generateTypesFromJsonSchema(Object.fromEntries(descriptors), namespace);
}
