/** Writes parameter values the way OpenAPI's styles say: one table, after RFC 6570. */
import { isOpaque } from "../../src/connector/checkable.ts";
import { isRecord } from "../../src/connector/schema.ts";
import { CodemodeError } from "../../src/errors.ts";
import { jsonText } from "./json-text.ts";
import type { Parameter, ParameterStyle } from "./parameters.ts";

/** How a style joins: before the first, between exploded parts, between parts that are not, with names or without. */
interface Joining {
  readonly before: string;
  readonly between: string;
  readonly within: string;
  readonly named: boolean;
}

const JOININGS: Readonly<Record<Exclude<ParameterStyle, "deepObject" | "json">, Joining>> = {
  simple: { before: "", between: ",", within: ",", named: false },
  label: { before: ".", between: ".", within: ",", named: false },
  matrix: { before: ";", between: ";", within: ",", named: true },
  form: { before: "", between: "&", within: ",", named: true },
  spaceDelimited: { before: "", between: "&", within: "%20", named: true },
  pipeDelimited: { before: "", between: "&", within: "%7C", named: true },
};

/** What of a parameter decides how its value is written. */
export type Written = Pick<Parameter, "key" | "name" | "style" | "explode" | "allowReserved">;

type Encode = (text: string) => string;

const asIs: Encode = (text) => text;

/** Reserved characters stay, except those that would end the value: `&`, `+` and `#`. */
const keepReserved: Encode = (text) =>
  encodeURIComponent(text).replace(/%(3A|2F|3F|5B|5D|40|24|2C|3B|3D)/g, (code) => decodeURIComponent(code));

/** In a path `?` would end it too. */
const keepReservedInPath: Encode = (text) => keepReserved(text).replaceAll("?", "%3F");

const keepSlashes: Encode = (text) => text.split("/").map(encodeURIComponent).join("/");

function textOf(value: unknown, name: string): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "boolean":
    case "bigint":
      return String(value);
    default:
      if (value === null || value === undefined) return "";
      if (value instanceof Date) return value.toISOString();
      if (typeof value === "object" && !isOpaque(value)) return jsonText(value, `args.${name}`);
      throw new CodemodeError(
        "INVALID_ARGUMENTS",
        `args.${name}: a ${isOpaque(value) ? value.constructor.name : typeof value} cannot be sent as a parameter.`,
      );
  }
}

/** Fields by name; a Date is one value. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && !(value instanceof Date) && !isOpaque(value);
}

function present(value: Record<string, unknown>): [string, unknown][] {
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

function expand(parameter: Written, joining: Joining, value: unknown, encode: Encode): string {
  const { before, between, within, named } = joining;
  const name = encode === asIs ? parameter.name : encodeURIComponent(parameter.name);
  const text = (item: unknown) => encode(textOf(item, parameter.key));
  const label = named ? `${name}=` : "";
  if (Array.isArray(value)) {
    if (parameter.explode) return before + value.map((item) => label + text(item)).join(between);
    return before + label + value.map(text).join(within);
  }
  if (isPlainObject(value)) {
    const entries = present(value);
    if (parameter.explode) return before + entries.map(([key, item]) => `${encode(key)}=${text(item)}`).join(between);
    return before + label + entries.map(([key, item]) => `${encode(key)}${within}${text(item)}`).join(within);
  }
  return before + label + text(value);
}

/** `filter[a][b]=1`: any depth, arrays by index, as the servers that use the style understand it. */
function expandDeep(place: string, value: unknown, key: string, encode: Encode): string[] {
  const children = Array.isArray(value) ? Object.entries(value) : isPlainObject(value) ? present(value) : undefined;
  if (children === undefined) return [`${place}=${encode(textOf(value, key))}`];
  return children.flatMap(([name, child]) => expandDeep(`${place}[${encodeURIComponent(name)}]`, child, key, encode));
}

function jsonOf({ key }: Written, value: unknown): string {
  return jsonText(value, `args.${key}`);
}

function joiningOf(style: ParameterStyle): Joining {
  return style === "deepObject" || style === "json" ? JOININGS.form : JOININGS[style];
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** The parameter as it stands in a query string or a form body; an absent, null or empty value gives "". */
export function serializeQuery(parameter: Written, value: unknown): string {
  if (isEmpty(value)) return "";
  const encode = parameter.allowReserved ? keepReserved : encodeURIComponent;
  const name = encodeURIComponent(parameter.name);
  if (parameter.style === "json") return `${name}=${encodeURIComponent(jsonOf(parameter, value))}`;
  if (parameter.style === "deepObject") return expandDeep(name, value, parameter.key, encode).join("&");
  return expand(parameter, joiningOf(parameter.style), value, encode);
}

function pathEncoding({ allowReserved, multiSegment }: Parameter): Encode {
  if (allowReserved) return keepReservedInPath;
  return multiSegment ? keepSlashes : encodeURIComponent;
}

/** The text that replaces `{name}` in the path. */
export function serializePath(parameter: Parameter, value: unknown): string {
  // An empty segment is another path, and may be another operation: `DELETE /items/` for one item.
  if (isEmpty(value) || value === "") return refusePath(parameter, "must not be empty");
  if (parameter.style === "json") return encodeURIComponent(jsonOf(parameter, value));
  const text = expand(parameter, joiningOf(parameter.style), value, pathEncoding(parameter));
  // Servers that merge slashes would take `//` for the path without this segment.
  return text.startsWith("/") ? refusePath(parameter, 'must not begin with "/"') : text;
}

function refusePath({ key }: Parameter, what: string): never {
  throw new CodemodeError("INVALID_ARGUMENTS", `args.${key}: part of the path, so it ${what}.`);
}

/** The value of a header. */
export function serializeHeader(parameter: Written, value: unknown): string {
  const text =
    parameter.style === "json" ? jsonOf(parameter, value) : expand(parameter, joiningOf("simple"), value, asIs);
  // What a header cannot carry would be refused by the platform with a message that names no argument.
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) {
    throw new CodemodeError("INVALID_ARGUMENTS", `args.${parameter.key}: a header cannot hold this text.`);
  }
  return text;
}

/** `name=value`, for the `Cookie` header. */
export function serializeCookie(parameter: Written, value: unknown): string {
  if (parameter.style === "json") return `${parameter.name}=${encodeURIComponent(jsonOf(parameter, value))}`;
  return expand(parameter, { ...JOININGS.form, between: "; " }, value, encodeURIComponent);
}
