/** One operation of a description: what its tool takes and gives, worked out once. */
import type { JSONSchema7 } from "json-schema";
import type { Outline } from "../../src/connector/outline.ts";
import { isRecord } from "../../src/connector/schema.ts";
import type { Definitions } from "./definitions.ts";
import type { OpenedDocument } from "./document.ts";
import { acceptHeader, type MediaType, readContent } from "./media.ts";
import { BODILESS_METHODS, SAFE_METHODS } from "./methods.ts";
import { OperationOutline } from "./operation-outline.ts";
import { type Answer, inputSchema, outputSchema } from "./operation-schemas.ts";
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
  tell: (response: Record<string, unknown>, status: string) => void,
): void {
  if (!isRecord(responses)) return;
  let isNamed = false;
  const follow = (status: string) => {
    const response = document.follow(responses[status])?.value;
    if (response !== undefined) tell(response, status);
  };
  for (const status in responses) {
    if (!status.startsWith("2") || !SUCCESS.test(status)) continue;
    isNamed = true;
    follow(status);
  }
  if (!isNamed) follow("default");
}

const SUCCESS = /^2(\d\d|XX)$/i;

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
    return acceptHeader(this.#answers.flatMap(({ content }) => readContent(document, content)));
  }

  get inputSchema(): JSONSchema7 {
    this.#inputSchema ??= inputSchema(this, this.#derivation.input);
    return this.#inputSchema;
  }

  get outputSchema(): JSONSchema7 {
    this.#outputSchema ??= outputSchema(this.method, this.#answers, this.#derivation);
    return this.#outputSchema;
  }

  get outline(): Outline {
    return new OperationOutline(this.#derivation.document, this.#source);
  }

  get #answers(): readonly Answer[] {
    const found: Answer[] = [];
    eachSuccess(this.#derivation.document, this.#source.operation.responses, ({ content }, status) =>
      found.push({ status, content }),
    );
    return found;
  }
}

/** Derives one operation. */
export function deriveOperation(source: OperationSource, name: string, derivation: Derivation): Operation {
  return new DerivedOperation(source, name, derivation);
}
