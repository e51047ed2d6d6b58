/** Declarations for people and models: one schema, a set of tools, one method, and a method's signature on one line. */
import type { JSONSchema7 } from "json-schema";
import type { JsonSchemaToolDescriptor, JsonSchemaToolDescriptors } from "../../connector/types.ts";
import { sanitizeToolName } from "../../names.ts";
import { commentText } from "./doc.ts";
import { memberPath, propertyKey, typeNameOf } from "./names.ts";
import { TYPE_STYLES } from "./style.ts";
import { TypeWriter } from "./writer.ts";

/**
 * The TypeScript declaration of a JSON Schema (drafts 4 to 2020-12), followed by one declaration for each schema that
 * it refers to. Local references are followed, recursive ones too; what cannot be expressed is `unknown`.
 *
 * @example
 * ```ts
 * jsonSchemaToType({ type: "object", properties: { n: { type: "integer" } }, required: ["n"] }, "Page");
 * // type Page = {
 * //   n: number;
 * // };
 * ```
 */
export function jsonSchemaToType(schema: JSONSchema7, typeName: string): string {
  const writer = new TypeWriter(TYPE_STYLES.full);
  writer.declare(typeName, schema);
  return writer.declarations().join("\n");
}

/** Descriptions of API operations run to pages; the first lines say what they do. */
const MAX_METHOD_DESCRIPTION_CHARS = 600;

/** A tool without an input schema takes what its open default says; without an output schema anything may come back. */
function declareTool(writer: TypeWriter, name: string, tool: JsonSchemaToolDescriptor) {
  return {
    input: writer.declare(typeNameOf(`${name}_input`), tool.inputSchema),
    output:
      tool.outputSchema === undefined ? "unknown" : writer.declare(typeNameOf(`${name}_output`), tool.outputSchema),
  };
}

function methodLines(key: string, tool: JsonSchemaToolDescriptor, types: { input: string; output: string }) {
  const { description: said }: { readonly description?: unknown } = tool;
  const description = commentText(typeof said === "string" ? said : "", MAX_METHOD_DESCRIPTION_CHARS);
  const doc = description === "" ? [] : [`  /** ${description} */`];
  return [...doc, `  ${key}(input: ${types.input}): Promise<${types.output}>;`].join("\n");
}

/**
 * Declarations of a set of tools: an input and an output type for each, and the object that a program calls them on.
 *
 * @param namespace Name of that object; connectors have their own, the tools of one code tool are `codemode`.
 *
 * @example
 * ```ts
 * generateTypesFromJsonSchema({ get_page: { inputSchema: { type: "object", properties: { id: { type: "string" } } } } });
 * // type GetPageInput = { … };
 * // declare const codemode: { get_page(input: GetPageInput): Promise<unknown>; };
 * ```
 */
export function generateTypesFromJsonSchema(tools: JsonSchemaToolDescriptors, namespace = "codemode"): string {
  const writer = new TypeWriter(TYPE_STYLES.full);
  const methods = Object.entries(tools).map(([name, tool]) =>
    methodLines(sanitizeToolName(name), tool, declareTool(writer, name, tool)),
  );
  return [...writer.declarations(), "", `declare const ${namespace}: {`, ...methods, "};"].join("\n").trimStart();
}

/** Declarations of some methods and of the types they need, within the budget of what a model is shown at once. */
export function connectorDeclarations(connector: string, tools: JsonSchemaToolDescriptors): string {
  const writer = new TypeWriter(TYPE_STYLES.described);
  const methods = Object.entries(tools).map(([name, tool]) =>
    methodLines(propertyKey(name), tool, declareTool(writer, name, tool)),
  );
  return [...writer.declarations(), `declare const ${connector}: {`, ...methods, "};"].join("\n");
}

/** How a program calls a snippet. */
export function snippetDeclarations(name: string, inputSchema: unknown): string {
  const writer = new TypeWriter(TYPE_STYLES.described);
  const input =
    inputSchema === undefined
      ? "input?: unknown"
      : `input: ${writer.declare(typeNameOf(`${name}_input`), inputSchema)}`;
  const run = `declare const codemode: { run(name: ${JSON.stringify(name)}, ${input}): Promise<unknown> };`;
  return [...writer.declarations(), run].join("\n");
}

/** `github.issues_create(input: { owner: string; … }): Promise<{ id: number; … }>`: enough to call it without asking further. */
export function methodSignature(connector: string, method: string, tool: JsonSchemaToolDescriptor): string {
  const input = new TypeWriter(TYPE_STYLES.signatureInput).expression(tool.inputSchema);
  const output =
    tool.outputSchema === undefined
      ? "unknown"
      : new TypeWriter(TYPE_STYLES.signatureOutput).expression(tool.outputSchema);
  return `${memberPath(connector, method)}(input: ${input}): Promise<${output}>`;
}
