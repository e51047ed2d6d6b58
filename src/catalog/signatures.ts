/** One-line signatures of methods and snippets, as search results and overviews show them. */
import type { JSONSchema7 } from "json-schema";
import { toolOf } from "../connector/listing.ts";
import { isRecord } from "../connector/schema.ts";
import type { CatalogIndex } from "./build.ts";
import type { CatalogDocument } from "./documents.ts";
import { methodSignature } from "./types/declare.ts";
import { TYPE_STYLES } from "./types/style.ts";
import { TypeWriter } from "./types/writer.ts";

/** A signature is for calling; beyond this it is a document, and `describe` gives it better. */
const MAX_SIGNATURE_CHARS = 1_600;

/** `codemode.run("weekly-report", input)`, as a program calls a snippet. */
function snippetSignature(name: string, inputSchema: unknown): string {
  if (inputSchema === undefined) return `codemode.run(${JSON.stringify(name)}, input?: unknown): Promise<unknown>`;
  const schema: JSONSchema7 | boolean = isRecord(inputSchema) ? inputSchema : true;
  const input = new TypeWriter(TYPE_STYLES.signatureInput).expression(schema);
  return `codemode.run(${JSON.stringify(name)}, input: ${input}): Promise<unknown>`;
}

/** Kept for as long as the document: what is found once is often found again. `null` for one that is too long to be of use. */
const written = new WeakMap<CatalogDocument, string | null>();

/** The signature of what a document stands for; `undefined` when it is too long to be of use. */
export function signatureOf(document: CatalogDocument, index: CatalogIndex): string | undefined {
  const known = written.get(document);
  if (known !== undefined) return known ?? undefined;
  const text = document.of.kind === "snippet" ? snippetText(document, index) : methodText(document, index);
  const signature = text === undefined || text.length > MAX_SIGNATURE_CHARS ? null : text;
  written.set(document, signature);
  return signature ?? undefined;
}

function snippetText(document: CatalogDocument, index: CatalogIndex): string | undefined {
  const snippet = index.snippets.find(({ name }) => name === document.of.method);
  return snippet && snippetSignature(snippet.name, snippet.inputSchema);
}

function methodText(document: CatalogDocument, index: CatalogIndex): string | undefined {
  const connector = index.connectors.find(({ name }) => name === document.of.connector);
  const tool = connector && toolOf(connector, document.of.method);
  return tool && methodSignature(document.of.connector, tool.name, tool.descriptor);
}
