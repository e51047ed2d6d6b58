/** Writes an object as `application/x-www-form-urlencoded`: a body, or a whole query string. */
import { isRecord } from "../../src/connector/schema.ts";
import type { MediaType } from "./media.ts";
import type { Parameter } from "./parameters.ts";
import { isPlainObject, serializeQuery } from "./serialize.ts";

/** What the description says of one property: `{ style?, explode?, contentType? }`. */
export function propertyEncoding(media: MediaType, name: string): Record<string, unknown> {
  const encoding = Object.hasOwn(media.encoding, name) ? media.encoding[name] : undefined;
  return isRecord(encoding) ? encoding : {};
}

/** A form property is written as a query parameter would be; an object without a style is one JSON text. */
function formParameter(media: MediaType, key: string, name: string, value: unknown): Parameter {
  const encoding = propertyEncoding(media, name);
  const declared = encoding.style;
  const style =
    declared === "spaceDelimited" || declared === "pipeDelimited" || declared === "deepObject" || declared === "form"
      ? declared
      : isPlainObject(value) || /json/.test(String(encoding.contentType))
        ? "json"
        : "form";
  return {
    key: `${key}.${name}`,
    name,
    in: "query",
    required: false,
    style,
    explode: typeof encoding.explode === "boolean" ? encoding.explode : style === "form" || style === "deepObject",
    allowReserved: false,
    multiSegment: false,
    schema: undefined,
    description: undefined,
    deprecated: false,
  };
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
