/** Writes an object as `application/x-www-form-urlencoded`: a body, or a whole query string. */
import { isRecord } from "../../src/connector/schema.ts";
import type { MediaType } from "./media.ts";
import { declaredStyle, explodes } from "./parameters.ts";
import { isPlainObject, serializeQuery, type Written } from "./serialize.ts";

/** What the description says of one property: `{ style?, explode?, contentType? }`. */
export function propertyEncoding(media: MediaType, name: string): Record<string, unknown> {
  const encoding = Object.hasOwn(media.encoding, name) ? media.encoding[name] : undefined;
  return isRecord(encoding) ? encoding : {};
}

/** A form property is written as a query parameter would be; an object without a style is one JSON text. */
function formParameter(media: MediaType, key: string, name: string, value: unknown): Written {
  const { style: declared, contentType, explode } = propertyEncoding(media, name);
  const isJson = isPlainObject(value) || /json/.test(String(contentType));
  const style = declaredStyle("query", declared) ?? (isJson ? "json" : "form");
  return { key: `${key}.${name}`, name, style, explode: explodes(explode, style), allowReserved: false };
}

/**
 * The fields as one text; those that are absent, null or empty lists are left out.
 *
 * @param key - what the object is called in the tool's argument, for errors.
 */
export function writeForm(media: MediaType, fields: Readonly<Record<string, unknown>>, key: string): string {
  return Object.entries(fields)
    .map(([name, field]) => serializeQuery(formParameter(media, key, name, field), field))
    .filter((field) => field !== "")
    .join("&")
    .replaceAll("%20", "+");
}
