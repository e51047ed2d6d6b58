/** The words of what an operation takes, for search: read from the description as it is, without making a schema. */
import { type Outline, outlineOfProperties } from "../../src/connector/outline.ts";
import { isRecord } from "../../src/connector/schema.ts";
import type { OpenedDocument } from "./document.ts";
import { readContent } from "./media.ts";
import { listsOf, type OperationSource } from "./operation-source.ts";

/** The words of an operation's parameters and body, as the description has them. */
export class OperationOutline implements Outline {
  readonly #document: OpenedDocument;
  readonly #source: OperationSource;

  constructor(document: OpenedDocument, source: OperationSource) {
    this.#document = document;
    this.#source = source;
  }

  names(): readonly string[] {
    const names: string[] = [];
    this.#eachParameter(({ name }) => names.push(String(name)));
    names.push(...this.#body().names());
    return names;
  }

  details(): readonly string[] {
    const values: { readonly description: unknown; readonly enum: unknown }[] = [];
    this.#eachParameter(({ description, schema }) => {
      values.push({ description, enum: isRecord(schema) && schema.enum });
    });
    return [...outlineOfProperties({ ...values }).details(), ...this.#body().details()];
  }

  #eachParameter(tell: (parameter: Record<string, unknown>) => void): void {
    for (const list of listsOf(this.#source)) {
      if (!Array.isArray(list)) continue;
      for (const raw of list) {
        const parameter = this.#document.follow(raw)?.value;
        if (typeof parameter?.name === "string") tell(parameter);
      }
    }
  }

  #body(): Outline {
    const { requestBody } = this.#source.operation;
    if (requestBody === undefined) return NO_OUTLINE;
    const [preferred] = readContent(this.#document, this.#document.follow(requestBody)?.value.content);
    if (preferred === undefined) return NO_OUTLINE;
    return outlineOfProperties({ body: this.#document.follow(preferred.schema)?.value });
  }
}

const NO_OUTLINE = outlineOfProperties({});
