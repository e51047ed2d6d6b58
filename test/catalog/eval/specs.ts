/** Reads the three real API descriptions and derives from each what a connector would say of itself. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { JSONSchema7 } from "json-schema";
import { parse } from "yaml";
import { isRecord } from "../../../src/connector/schema.ts";
import type { ConnectorDescription, JsonSchemaToolDescriptor } from "../../../src/connector/types.ts";

const require = createRequire(import.meta.url);

const SPECS = {
  github: "@octokit/openapi/generated/api.github.com.json",
  figma: "@figma/rest-api-spec/openapi/openapi.yaml",
  readme: "@readme/oas-examples/3.1/json/readme.json",
} as const;

export type SpecName = keyof typeof SPECS;
export const SPEC_NAMES: readonly SpecName[] = ["github", "figma", "readme"];

/** The words of an operation's name stay apart: `pulls/create` is `pulls_create`. */
export function methodName(operationId: string): string {
  return operationId.replace(/[^a-zA-Z0-9_$]+/g, "_");
}

/** A file of an installed package, also where the package does not export it. */
function installed(path: string): string {
  const [scope = "", name = "", ...rest] = path.split("/");
  const root = dirname(require.resolve(`${scope}/${name}/package.json`));
  return readFileSync(join(root, ...rest), "utf8");
}

function at(document: unknown, ref: unknown): unknown {
  if (typeof ref !== "string") return undefined;
  let here: unknown = document;
  for (const step of ref.split("/").slice(1)) here = isRecord(here) ? here[step.replaceAll("~1", "/")] : undefined;
  return here;
}

function deref(document: unknown, value: unknown): Record<string, unknown> {
  const target = isRecord(value) && "$ref" in value ? at(document, value.$ref) : value;
  return isRecord(target) ? target : {};
}

function jsonSchemaOf(content: unknown): unknown {
  if (!isRecord(content)) return undefined;
  const body = Object.entries(content).find(([type]) => /json/.test(type)) ?? Object.entries(content)[0];
  return body !== undefined && isRecord(body[1]) ? body[1].schema : undefined;
}

/** The schema as a document of its own: references into `components` keep working, and the components are shared. */
function standalone(document: Record<string, unknown>, schema: Record<string, unknown>): JSONSchema7 {
  return { ...schema, components: document.components } as JSONSchema7;
}

function inputOf(
  document: Record<string, unknown>,
  parameters: readonly unknown[],
  operation: Record<string, unknown>,
) {
  const properties: Record<string, unknown> = {};
  const required: string[] = [];
  for (const given of parameters) {
    const parameter = deref(document, given);
    const name = String(parameter.name);
    const schema = isRecord(parameter.schema) ? parameter.schema : {};
    properties[name] = parameter.description === undefined ? schema : { ...schema, description: parameter.description };
    if (parameter.required === true) required.push(name);
  }
  const body = deref(document, operation.requestBody);
  const schema = jsonSchemaOf(body.content);
  if (schema !== undefined) properties.body = schema;
  if (schema !== undefined && body.required === true) required.push("body");
  return standalone(document, { type: "object", properties, required });
}

function outputOf(document: Record<string, unknown>, operation: Record<string, unknown>): JSONSchema7 | undefined {
  if (!isRecord(operation.responses)) return undefined;
  const success = Object.entries(operation.responses).find(([status]) => /^2/.test(status));
  const schema = success === undefined ? undefined : jsonSchemaOf(deref(document, success[1]).content);
  return isRecord(schema) ? standalone(document, schema) : undefined;
}

function descriptorOf(
  document: Record<string, unknown>,
  item: Record<string, unknown>,
  operation: Record<string, unknown>,
) {
  const shared = Array.isArray(item.parameters) ? item.parameters : [];
  const own = Array.isArray(operation.parameters) ? operation.parameters : [];
  const output = outputOf(document, operation);
  const said = [operation.summary, operation.description].filter((text) => typeof text === "string" && text !== "");
  return {
    description: said.join("\n\n"),
    inputSchema: inputOf(document, [...shared, ...own], operation),
    ...(output === undefined ? {} : { outputSchema: output }),
  } satisfies JsonSchemaToolDescriptor;
}

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

export interface EvalSpec {
  readonly description: ConnectorDescription;
  /** Method name to the operation id that the intents are labelled with. */
  readonly operationOf: ReadonlyMap<string, string>;
  /** The API description itself. */
  readonly document: Record<string, unknown>;
}

export function loadSpec(name: SpecName): EvalSpec {
  const text = installed(SPECS[name]);
  const document: unknown = SPECS[name].endsWith(".yaml") ? parse(text) : JSON.parse(text);
  if (!isRecord(document) || !isRecord(document.paths)) throw new Error(`${SPECS[name]} has no paths`);
  const descriptors: Record<string, JsonSchemaToolDescriptor> = {};
  const annotations: Record<string, { readOnly: boolean }> = {};
  const operationOf = new Map<string, string>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = isRecord(item) ? item[method] : undefined;
      if (!isRecord(item) || !isRecord(operation)) continue;
      const id = typeof operation.operationId === "string" ? operation.operationId : `${method} ${path}`;
      descriptors[methodName(id)] = descriptorOf(document, item, operation);
      annotations[methodName(id)] = { readOnly: method === "get" || method === "head" };
      operationOf.set(methodName(id), id);
    }
  }
  return { description: { name, descriptors, annotations }, operationOf, document };
}
