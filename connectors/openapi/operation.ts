/** One operation of a description: what its tool takes and gives, worked out once. */
import type { JSONSchema7 } from "json-schema";
import { isRecord } from "../../src/connector/schema.ts";
import type { Definitions } from "./definitions.ts";
import type { OpenedDocument } from "./document.ts";
import { acceptHeader, type MediaType, readContent } from "./media.ts";
import { declaresIdempotencyKey, type Parameter, readParameters, type SuppliedParameter } from "./parameters.ts";
import type { OpenApiOperation } from "./types.ts";

/** A body that an operation takes. */
export interface OperationBody {
  readonly required: boolean;
  /** Preferred first; never empty. */
  readonly types: readonly [MediaType, ...MediaType[]];
  readonly description: string | undefined;
  /** Key that chooses among several types; undefined when there is only one. */
  readonly chooser: string | undefined;
}

/** An operation as its tool needs it. */
export interface Operation extends OpenApiOperation {
  readonly alias: string | undefined;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly body: OperationBody | undefined;
  readonly accept: string;
  /** Servers of its own, or of its path. */
  readonly servers: unknown;
  /** The API recognises a repeated request by its key. */
  readonly idempotent: boolean;
  readonly inputSchema: JSONSchema7;
  readonly outputSchema: JSONSchema7;
}

/** An operation where the document has it. */
export interface OperationSource {
  readonly operationId: string | undefined;
  /** Upper case. */
  readonly method: string;
  readonly path: string;
  readonly operation: Record<string, unknown>;
  readonly pathItem: Record<string, unknown>;
}

export const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** Answers of `HEAD`, which have no body: what they do have. */
const HEAD_RESULT: JSONSchema7 = {
  type: "object",
  properties: { status: { type: "integer" }, headers: { type: "object", additionalProperties: { type: "string" } } },
  required: ["status", "headers"],
};

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function describe({ method, path, operation }: OperationSource): string {
  const summary = text(operation.summary);
  const description = text(operation.description);
  const deprecated = operation.deprecated === true ? "Deprecated." : undefined;
  const parts = [deprecated, summary, description === summary ? undefined : description, `${method} ${path}`];
  return parts.filter((part) => part !== undefined).join("\n\n");
}

function readBody(document: OpenedDocument, source: OperationSource): OperationBody | undefined {
  const found = document.follow(source.operation.requestBody)?.value;
  const [first, ...others] = readContent(document, found?.content);
  // A body on GET or HEAD has no meaning in HTTP, and `fetch` refuses to send one.
  if (found === undefined || first === undefined || source.method === "GET" || source.method === "HEAD")
    return undefined;
  return {
    required: found.required === true,
    types: [first, ...others],
    description: text(found.description),
    chooser: others.length > 0 ? "contentType" : undefined,
  };
}

/** The answers that mean success, by their status; `default` counts only where nothing else is named. */
function successes(document: OpenedDocument, responses: unknown): readonly Record<string, unknown>[] {
  if (!isRecord(responses)) return [];
  const named = Object.entries(responses).filter(([status]) => /^2(\d\d|XX)$/i.test(status));
  const chosen = named.length > 0 ? named.map(([, response]) => response) : [responses.default];
  return chosen.flatMap((response) => {
    const found = document.follow(response);
    return found === undefined ? [] : [found.value];
  });
}

/** Collects what a schema refers to while it is put together. */
interface Assembly {
  readonly refs: Set<string>;
  readonly convert: (schema: unknown) => JSONSchema7;
}

function assembly(definitions: Definitions): Assembly {
  const refs = new Set<string>();
  const convert = (schema: unknown): JSONSchema7 => {
    const converted = definitions.convert(schema);
    for (const name of converted.refs) refs.add(name);
    return converted.schema;
  };
  return { refs, convert };
}

function union(schemas: readonly JSONSchema7[]): JSONSchema7 {
  const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
  return distinct.length === 1 ? (distinct[0] ?? {}) : { anyOf: distinct };
}

/** What a program holds for a media type: JSON and forms as their schema says, text as text, bytes as bytes. */
function valueSchema(media: MediaType, convert: Assembly["convert"]): JSONSchema7 {
  if (media.kind === "text") return { type: "string" };
  if (media.kind === "binary")
    return { format: "binary", description: `Bytes as a Uint8Array (${media.contentType}).` };
  return convert(media.schema);
}

function described(schema: JSONSchema7, description: string | undefined, deprecated = false): JSONSchema7 {
  const extra = {
    ...(description !== undefined && schema.description === undefined && { description }),
    ...(deprecated && { deprecated: true }),
  };
  return Object.keys(extra).length > 0 ? { ...schema, ...extra } : schema;
}

/**
 * A schema whose `$defs` are gathered when somebody looks: a thousand operations are listed without converting the
 * thousand schemas behind them. The accessor replaces itself, so that the schema is plain data from then on.
 */
function withDefinitions(schema: JSONSchema7, refs: ReadonlySet<string>, definitions: Definitions): JSONSchema7 {
  if (refs.size === 0) return schema;
  const whole = { ...schema };
  return Object.defineProperty(whole, "$defs", {
    configurable: true,
    enumerable: true,
    get: () => {
      const value = definitions.reachable(refs);
      Object.defineProperty(whole, "$defs", { value, enumerable: true, configurable: true, writable: true });
      return value;
    },
  });
}

function inputSchema(
  parameters: readonly Parameter[],
  body: OperationBody | undefined,
  definitions: Definitions,
): JSONSchema7 {
  const { refs, convert } = assembly(definitions);
  const properties: Record<string, JSONSchema7> = {};
  for (const { key, schema, description, deprecated } of parameters) {
    properties[key] = described(convert(schema), description, deprecated);
  }
  if (body !== undefined) {
    properties.body = described(union(body.types.map((media) => valueSchema(media, convert))), body.description);
    if (body.chooser !== undefined) properties[body.chooser] = chooserSchema(body);
  }
  const required = parameters.filter((parameter) => parameter.required).map(({ key }) => key);
  if (body?.required === true) required.push("body");
  const schema: JSONSchema7 = {
    $schema: DIALECT,
    type: "object",
    properties,
    ...(required.length > 0 && { required }),
    // A misspelt parameter would otherwise be left out of the request without a word.
    additionalProperties: false,
  };
  return withDefinitions(schema, refs, definitions);
}

function chooserSchema({ types }: OperationBody): JSONSchema7 {
  const description = `Media type of the body. Default: ${types[0].contentType}`;
  const names = types.map(({ contentType }) => contentType);
  if (names.some((name) => name.includes("*"))) return { type: "string", description };
  return { type: "string", enum: names, description };
}

function outputSchema(
  document: OpenedDocument,
  source: OperationSource,
  answers: readonly Record<string, unknown>[],
  definitions: Definitions,
): JSONSchema7 {
  if (source.method === "HEAD") return HEAD_RESULT;
  const { refs, convert } = assembly(definitions);
  const schemas = answers.flatMap((answer) => {
    const [preferred] = readContent(document, answer.content);
    return preferred === undefined ? { type: "null" as const } : valueSchema(preferred, convert);
  });
  return schemas.length === 0 ? {} : withDefinitions(union(schemas), refs, definitions);
}

/** What deriving an operation needs beside the operation. */
export interface Derivation {
  readonly document: OpenedDocument;
  readonly input: Definitions;
  readonly output: Definitions;
  /** A parameter that `auth` fills in. */
  readonly supplied: SuppliedParameter | undefined;
}

/** Derives one operation. */
export function deriveOperation(
  source: OperationSource,
  { name, alias }: { readonly name: string; readonly alias: string | undefined },
  { document, input, output, supplied }: Derivation,
): Operation {
  const { method, path, operation, pathItem } = source;
  const lists = [pathItem.parameters, operation.parameters];
  const body = readBody(document, source);
  const taken = body === undefined ? [] : ["body", ...(body.chooser === undefined ? [] : [body.chooser])];
  const parameters = readParameters(document, lists, taken, supplied);
  const answers = successes(document, operation.responses);
  return {
    name,
    alias,
    operationId: source.operationId,
    method,
    path,
    tags: Array.isArray(operation.tags) ? operation.tags.filter((tag) => typeof tag === "string") : [],
    deprecated: operation.deprecated === true,
    readOnly: SAFE_METHODS.has(method),
    description: describe(source),
    parameters,
    body,
    accept: acceptHeader(answers.flatMap((answer) => readContent(document, answer.content))),
    servers: operation.servers ?? pathItem.servers,
    idempotent: declaresIdempotencyKey(document, lists),
    inputSchema: inputSchema(parameters, body, input),
    outputSchema: outputSchema(document, source, answers, output),
  };
}
