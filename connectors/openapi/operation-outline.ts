/** The words of what an operation takes, for search: read from the description as it is, without making a schema. */
import { type Outline, outlineOfProperties } from "../../src/connector/outline.ts";
import { isRecord } from "../../src/connector/schema.ts";
import type { OpenedDocument } from "./document.ts";
import { readContent } from "./media.ts";
import type { OperationSource } from "./operation-source.ts";

/** The words of an operation's parameters and body, as the description has them. */
export class OperationOutline implements Outline {
  readonly #document: OpenedDocument;
  readonly #source: OperationSource;

  constructor(document: OpenedDocument, source: OperationSource) {
    this.#document = document;
    this.#source = source;
  }

  names(): readonly string[] {
    const parameters = this.#parameters();
    const names: string[] = [];
    for (let at = 0; at < parameters.length; at += 1) {
      names.push(String(parameters[at]?.name));
      if (parameters[at]?.in === "querystring") names.push(...this.#within(parameters[at]?.content).names());
    }
    const body = this.#body();
    return body === undefined ? names : names.concat(body.names());
  }

  details(): readonly string[] {
    const parameters = this.#parameters();
    const values = parameters.map(({ description, schema }) => ({
      description,
      enum: isRecord(schema) && schema.enum,
    }));
    const whole = parameters.find((parameter) => parameter.in === "querystring");
    return [
      ...outlineOfProperties({ ...values }).details(),
      ...(whole === undefined ? [] : this.#within(whole.content).details()),
      ...(this.#body()?.details() ?? []),
    ];
  }

  #parameters(): readonly Record<string, unknown>[] {
    const found: Record<string, unknown>[] = [];
    const { pathItem, operation } = this.#source;
    addNamed(found, pathItem.parameters, this.#document);
    addNamed(found, operation.parameters, this.#document);
    return found;
  }

  /** What the fields of a whole query string are called, and what is said of them. */
  #within(content: unknown): Outline {
    const [media] = readContent(this.#document, content);
    const schema = this.#document.follow(media?.schema)?.value;
    return outlineOfProperties(schema?.properties);
  }

  #body(): Outline | undefined {
    const { requestBody } = this.#source.operation;
    if (requestBody === undefined) return undefined;
    const [preferred] = readContent(this.#document, this.#document.follow(requestBody)?.value.content);
    return preferred && outlineOfProperties({ body: this.#document.follow(preferred.schema)?.value });
  }
}

function addNamed(found: Record<string, unknown>[], list: unknown, document: OpenedDocument): void {
  if (!Array.isArray(list)) return;
  for (let at = 0; at < list.length; at += 1) {
    const parameter = document.follow(list[at])?.value;
    if (typeof parameter?.name === "string") found.push(parameter);
  }
}
