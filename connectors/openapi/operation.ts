/** One operation of a description: what its tool takes and gives, worked out once. */
import type { JSONSchema7 } from "json-schema";
import { tellDefinitions } from "../../src/connector/definitions.ts";
import type { Outline } from "../../src/connector/outline.ts";
import { isRecord } from "../../src/connector/schema.ts";
import type { Definitions } from "./definitions.ts";
import type { OpenedDocument } from "./document.ts";
import { acceptHeader, isAnything, type MediaType, readContent } from "./media.ts";
import { OperationOutline } from "./operation-outline.ts";
import { listsOf, type OperationSource } from "./operation-source.ts";
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
  readonly description: string;
  /** Its first line at least. */
  readonly opening: string;
  readonly parameters: readonly Parameter[];
  readonly body: OperationBody | undefined;
  /** The description has a body where none can be sent. */
  readonly lacksBody: boolean;
  readonly accept: string;
  /** Servers of its own, or of its path. */
  readonly servers: unknown;
  /** The API recognises a repeated request by its key. */
  readonly idempotent: boolean;
  readonly inputSchema: JSONSchema7;
  readonly outputSchema: JSONSchema7;
  /** The words of what it takes, read without making the schema. */
  readonly outline: Outline;
}

/** What changes nothing by definition: `QUERY` is a read with a body. */
export const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** Answers of `HEAD`, which have no body: what they do have. */
const HEAD_RESULT: JSONSchema7 = {
  type: "object",
  properties: { status: { type: "integer" }, headers: { type: "object", additionalProperties: { type: "string" } } },
  required: ["status", "headers"],
};

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function textsOf(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.every(isText) ? list : list.filter(isText);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function describe({ method, path, operation }: OperationSource): string {
  const summary = text(operation.summary);
  const description = text(operation.description);
  let said = operation.deprecated === true ? `${DEPRECATED}\n\n` : "";
  if (summary !== undefined) said += `${summary}\n\n`;
  if (description !== undefined && description !== summary) said += `${description}\n\n`;
  return `${said}${method} ${path}`;
}

const DEPRECATED = "Deprecated.";

/** The first part of what {@link describe} gives. */
function opening({ method, path, operation }: OperationSource): string {
  if (operation.deprecated === true) return DEPRECATED;
  return text(operation.summary) ?? text(operation.description) ?? `${method} ${path}`;
}

/** A body has no meaning in HTTP with these, and `fetch` refuses to send one. */
export const BODILESS_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** In the place of a body that cannot be sent, so that a program is told instead of its body being dropped. */
function bodyNotSent(method: string): JSONSchema7 {
  const description = `Leave it out: the API's description has a body here, and ${method} requests are sent without one.`;
  return { not: {}, description };
}

function readBody(document: OpenedDocument, source: OperationSource): OperationBody | undefined {
  const found = document.follow(source.operation.requestBody)?.value;
  const [first, ...others] = readContent(document, found?.content);
  if (found === undefined || first === undefined) return undefined;
  return {
    required: found.required === true,
    types: [first, ...others],
    description: text(found.description),
    chooser: others.length > 0 ? "contentType" : undefined,
  };
}

/** Tells the answers that mean success, by their status; `default` counts only where nothing else is named. */
export function eachSuccess(
  document: OpenedDocument,
  responses: unknown,
  tell: (response: Record<string, unknown>) => void,
): void {
  if (!isRecord(responses)) return;
  let isNamed = false;
  const follow = (value: unknown) => {
    const response = document.follow(value)?.value;
    if (response !== undefined) tell(response);
  };
  for (const status in responses) {
    if (!status.startsWith("2") || !SUCCESS.test(status)) continue;
    isNamed = true;
    follow(responses[status]);
  }
  if (!isNamed) follow(responses.default);
}

const SUCCESS = /^2(\d\d|XX)$/i;

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
  if (media.kind === "binary" && !isAnything(media.contentType))
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
  tellDefinitions(whole, (name) => definitions.definition(name));
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
  bodyInstead: JSONSchema7 | undefined,
  definitions: Definitions,
): JSONSchema7 {
  const { refs, convert } = assembly(definitions);
  // Entries, not assignments: a parameter may be called `__proto__`.
  const properties: Record<string, JSONSchema7> = Object.fromEntries(
    parameters.map(({ key, schema, description, deprecated }) => [
      key,
      described(convert(schema), description, deprecated),
    ]),
  );
  if (body !== undefined) {
    properties.body = described(union(body.types.map((media) => valueSchema(media, convert))), body.description);
    if (body.chooser !== undefined) properties[body.chooser] = chooserSchema(body);
  }
  if (bodyInstead !== undefined) properties.body = bodyInstead;
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

/**
 * One operation. What lists and policies need is there at once; what a call or a look at it needs is made then, since most
 * operations of a large description are never called. A class, because a thousand of these must cost next to nothing.
 */
class DerivedOperation implements Operation {
  readonly name: string;
  readonly operationId: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly tags: readonly string[];
  readonly deprecated: boolean;
  readonly readOnly: boolean;
  readonly lacksBody: boolean;
  readonly #source: OperationSource;
  readonly #derivation: Derivation;
  #body: { readonly value: OperationBody | undefined } | undefined;
  #parameters: readonly Parameter[] | undefined;
  #inputSchema: JSONSchema7 | undefined;
  #outputSchema: JSONSchema7 | undefined;

  constructor(source: OperationSource, name: string, derivation: Derivation) {
    const { method, operation } = source;
    const { document } = derivation;
    this.name = name;
    this.operationId = source.operationId;
    this.method = method;
    this.path = source.path;
    this.tags = textsOf(operation.tags);
    this.deprecated = operation.deprecated === true;
    this.readOnly = SAFE_METHODS.has(method);
    this.lacksBody =
      operation.requestBody !== undefined && BODILESS_METHODS.has(method) && readBody(document, source) !== undefined;
    this.#source = source;
    this.#derivation = derivation;
  }

  get description(): string {
    return describe(this.#source);
  }

  get opening(): string {
    return opening(this.#source);
  }

  get servers(): unknown {
    return this.#source.operation.servers ?? this.#source.pathItem.servers;
  }

  get idempotent(): boolean {
    return declaresIdempotencyKey(this.#derivation.document, listsOf(this.#source));
  }

  get parameters(): readonly Parameter[] {
    const chooser = this.body?.chooser;
    const taken =
      this.lacksBody || this.body !== undefined ? ["body", ...(chooser === undefined ? [] : [chooser])] : [];
    const { document, supplied } = this.#derivation;
    this.#parameters ??= readParameters(document, this.path, listsOf(this.#source), taken, supplied);
    return this.#parameters;
  }

  get body(): OperationBody | undefined {
    const isSent = !BODILESS_METHODS.has(this.method);
    this.#body ??= { value: isSent ? readBody(this.#derivation.document, this.#source) : undefined };
    return this.#body.value;
  }

  get accept(): string {
    const { document } = this.#derivation;
    return acceptHeader(this.#answers.flatMap((answer) => readContent(document, answer.content)));
  }

  get inputSchema(): JSONSchema7 {
    const instead = this.lacksBody ? bodyNotSent(this.method) : undefined;
    this.#inputSchema ??= inputSchema(this.parameters, this.body, instead, this.#derivation.input);
    return this.#inputSchema;
  }

  get outputSchema(): JSONSchema7 {
    const { document, output } = this.#derivation;
    this.#outputSchema ??= outputSchema(document, this.#source, this.#answers, output);
    return this.#outputSchema;
  }

  get outline(): Outline {
    return new OperationOutline(this.#derivation.document, this.#source);
  }

  get #answers(): readonly Record<string, unknown>[] {
    const found: Record<string, unknown>[] = [];
    eachSuccess(this.#derivation.document, this.#source.operation.responses, (response) => found.push(response));
    return found;
  }
}

/** Derives one operation. */
export function deriveOperation(source: OperationSource, name: string, derivation: Derivation): Operation {
  return new DerivedOperation(source, name, derivation);
}
