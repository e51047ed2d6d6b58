/** JSDoc from what a schema says beyond its type: description, format, bounds, default. */

import { isRecord } from "../../connector/schema.ts";
import { beginning } from "../../truncate.ts";
import { visible } from "../visible.ts";
import type { SchemaObject } from "./schema.ts";

/** Facts that a TypeScript type cannot carry, in the order in which they are printed. */
const FACTS: readonly string[] = [
  "format",
  "contentEncoding",
  "contentMediaType",
  "minimum",
  "exclusiveMinimum",
  "maximum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "pattern",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
  "default",
];

/** Longer facts (a default that is a document, a pattern of a page) say less than they cost. */
const MAX_FACT_CHARS = 160;

/** One line, that cannot end the comment it stands in. U+2028 and U+2029 are white space to the pattern. */
export function commentText(text: string, maxChars: number): string {
  const line = visible(text).replace(/\s+/g, " ").trim();
  const shown = line.length <= maxChars ? line : `${beginning(line, maxChars).trimEnd()}…`;
  return shown.replaceAll("*/", "*\\/");
}

function fact(keyword: string, value: unknown): string | undefined {
  if (value === undefined || value === false || (isRecord(value) && Object.keys(value).length === 0)) return undefined;
  if (value === true && keyword !== "default") return `@${keyword}`;
  const text = typeof value === "string" && keyword !== "default" ? value : JSON.stringify(value);
  return text.length > MAX_FACT_CHARS ? undefined : `@${keyword} ${commentText(text, MAX_FACT_CHARS)}`;
}

/** The comment of a schema on one line without its delimiters, or `""` when there is nothing to say. */
export function docOf(schema: SchemaObject, maxDescriptionChars: number): string {
  if (maxDescriptionChars <= 0) return "";
  const said = schema.description ?? schema.title;
  const description = typeof said === "string" ? commentText(said, maxDescriptionChars) : "";
  const facts = FACTS.flatMap((keyword) => {
    // Where `default: false` is a fact, `uniqueItems: false` is the absence of one.
    if (keyword === "default" && schema.default === false) return ["@default false"];
    return fact(keyword, schema[keyword]) ?? [];
  });
  if (schema.deprecated === true) facts.push("@deprecated");
  return [description, ...facts].filter((part) => part !== "").join(" ");
}
