/** What an API description means, and plain JSON Schema would read otherwise: the dialect of 3.0, bytes, null, alternatives. */
import { withAnyOf, withNull, withNumericBounds } from "../../src/connector/tolerant.ts";

/** Changes a converted copy in place, and gives it back. `isHidden`: the caller does not send a property, or does not get it. */
export function adapt(
  copy: Record<string, unknown>,
  isHidden: (name: string) => boolean,
): Readonly<Record<string, unknown>> {
  if (Array.isArray(copy.required)) {
    copy.required = copy.required.filter((name) => typeof name !== "string" || !isHidden(name));
  }
  adaptType(copy);
  // Which alternative is meant a discriminator decides, or the API; that exactly one fits is seldom true of what is written.
  const meant = Array.isArray(copy.oneOf) ? withAnyOf(copy) : copy;
  return withNumericBounds(withNull(meant));
}

/** Formats of 3.0 for bytes that are written as text. */
const BASE64: ReadonlySet<unknown> = new Set(["byte", "base64"]);

function adaptType(copy: Record<string, unknown>): void {
  // Bytes are no JSON: the program holds them as a Uint8Array.
  if (copy.type === "file" || (isText(copy) && (copy.format === "binary" || isBytes(copy)))) {
    delete copy.type;
    delete copy.contentMediaType;
    copy.format = "binary";
  }
  if (isText(copy) && BASE64.has(copy.format)) {
    delete copy.format;
    copy.contentEncoding = "base64";
  }
}

/** Whether it is a text, or a text or null. */
function isText({ type }: Record<string, unknown>): boolean {
  return Array.isArray(type)
    ? type.includes("string") && type.every((each) => each === "string" || each === "null")
    : type === "string";
}

function isBytes(schema: Record<string, unknown>): boolean {
  return schema.contentMediaType === "application/octet-stream" && schema.contentEncoding === undefined;
}
