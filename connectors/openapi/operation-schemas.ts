/** The schemas of an operation's tool, put together from its parameters, its body and its answers. */
import type { JSONSchema7 } from "json-schema";
import { tellDefinitions } from "../../src/connector/definitions.ts";
import type { Definitions } from "./definitions.ts";
import { isAnything, type MediaType, readContent } from "./media.ts";
import type { Derivation, Operation, OperationBody } from "./operation.ts";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** Answers of `HEAD`, which have no body: what they do have. */
const HEAD_RESULT: JSONSchema7 = {
  type: "object",
  properties: { status: { type: "integer" }, headers: { type: "object", additionalProperties: { type: "string" } } },
  required: ["status", "headers"],
};

/** In the place of a body that cannot be sent, so that a program is told instead of its body being dropped. */
function bodyNotSent(method: string): JSONSchema7 {
  const description = `Leave it out: the API's description has a body here, and ${method} requests are sent without one.`;
  return { not: {}, description };
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

/** Alternatives that say no more than that stand beside the others. */
function alternatives(schema: JSONSchema7): readonly JSONSchema7[] {
  const { anyOf = [], ...rest } = schema;
  const parts = anyOf.filter((part) => typeof part === "object");
  return parts.length === 0 || parts.length < anyOf.length || Object.keys(rest).length > 0 ? [schema] : parts;
}

function union(schemas: readonly JSONSchema7[]): JSONSchema7 {
  const distinct = [
    ...new Map(schemas.flatMap(alternatives).map((schema) => [JSON.stringify(schema), schema])).values(),
  ];
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

/** The schema of a tool's single argument. */
export function inputSchema(
  { method, parameters, body, lacksBody }: Pick<Operation, "method" | "parameters" | "body" | "lacksBody">,
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
  if (lacksBody) properties.body = bodyNotSent(method);
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

/** An answer that means success, and what a description says to be in it. */
export interface Answer {
  readonly status: string;
  readonly content: unknown;
}

/** They have no content, whatever a description says or leaves out. */
const EMPTY: ReadonlySet<string> = new Set(["204", "205"]);

/**
 * The schema of what a tool gives, by the answers that mean success. One without content is nothing beside others that
 * have some; where none has any, the description may have left it out, and what comes is not known.
 */
export function outputSchema(
  method: string,
  answers: readonly Answer[],
  { document, output }: Pick<Derivation, "document" | "output">,
): JSONSchema7 {
  if (method === "HEAD") return HEAD_RESULT;
  const contents = answers.map(({ content }) => readContent(document, content)[0]);
  const isKnown = contents.some(Boolean) || answers.every(({ status }) => EMPTY.has(status));
  if (answers.length === 0 || !isKnown) return {};
  const { refs, convert } = assembly(output);
  const schemas = contents.map((content) =>
    content === undefined ? { type: "null" as const } : valueSchema(content, convert),
  );
  return withDefinitions(union(schemas), refs, output);
}
