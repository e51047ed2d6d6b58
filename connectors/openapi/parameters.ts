/** Reads the parameters of an operation and gives each a key of its own in the tool's single argument. */
import { isRecord } from "../../src/connector/schema.ts";
import type { OpenedDocument } from "./document.ts";

/** Where a parameter is sent. The order decides who keeps the bare name when two locations share one. */
export const LOCATIONS = ["path", "query", "header", "cookie"] as const;
export type ParameterLocation = (typeof LOCATIONS)[number];

export type ParameterStyle =
  | "simple"
  | "label"
  | "matrix"
  | "form"
  | "spaceDelimited"
  | "pipeDelimited"
  | "deepObject"
  /** The parameter declares a media type instead of a style: its value is one JSON text. */
  | "json";

export interface Parameter {
  /** Key in the tool's argument: the name, or `name_query` where another location or the body took it. */
  readonly key: string;
  readonly name: string;
  readonly in: ParameterLocation;
  readonly required: boolean;
  readonly style: ParameterStyle;
  readonly explode: boolean;
  /** Reserved characters (`/`, `:`, `,` ...) are sent as they are. */
  readonly allowReserved: boolean;
  /** A path parameter that stands for several segments (`docs/guide.md`): its slashes are sent as slashes. */
  readonly multiSegment: boolean;
  readonly schema: unknown;
  readonly description: string | undefined;
  readonly deprecated: boolean;
}

/** A parameter that the connector fills in itself, so that programs are not asked for it. */
export interface SuppliedParameter {
  readonly in: string;
  readonly name: string;
}

const STYLES: Readonly<Record<ParameterLocation, readonly [ParameterStyle, ...ParameterStyle[]]>> = {
  // The first is the default.
  path: ["simple", "label", "matrix"],
  query: ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
  header: ["simple"],
  cookie: ["form"],
};

/** OpenAPI: definitions of these headers "shall be ignored"; the content types and `auth` decide them. */
const IGNORED_HEADERS = new Set(["accept", "content-type", "authorization"]);

/** The runtime's own key is sent: it is the same on every attempt of a call, which a program's would not be. */
export const IDEMPOTENCY_HEADER = "idempotency-key";

function isLocation(value: unknown): value is ParameterLocation {
  return LOCATIONS.some((location) => location === value);
}

/** Header names have no case. */
function sameParameter(a: SuppliedParameter, b: SuppliedParameter): boolean {
  if (a.in !== b.in) return false;
  return a.in === "header" ? a.name.toLowerCase() === b.name.toLowerCase() : a.name === b.name;
}

function isIgnored(parameter: SuppliedParameter, supplied: SuppliedParameter | undefined): boolean {
  if (supplied !== undefined && sameParameter(parameter, supplied)) return true;
  if (parameter.in !== "header") return false;
  const name = parameter.name.toLowerCase();
  return IGNORED_HEADERS.has(name) || name === IDEMPOTENCY_HEADER;
}

function styleOf(parameter: Record<string, unknown>, location: ParameterLocation): ParameterStyle {
  if (isRecord(parameter.content)) return "json";
  return STYLES[location].find((style) => style === parameter.style) ?? STYLES[location][0];
}

function schemaOf(parameter: Record<string, unknown>): unknown {
  if (!isRecord(parameter.content)) return parameter.schema ?? {};
  const [media] = Object.values(parameter.content);
  return isRecord(media) ? (media.schema ?? {}) : {};
}

function readParameter(raw: Record<string, unknown>, name: string, location: ParameterLocation): Parameter {
  const style = styleOf(raw, location);
  return {
    key: name,
    name,
    in: location,
    required: raw.required === true || location === "path",
    style,
    explode: typeof raw.explode === "boolean" ? raw.explode : style === "form" || style === "deepObject",
    allowReserved: raw.allowReserved === true,
    // The mark is GitHub's: OpenAPI itself has no word for it before 3.2.
    multiSegment: location === "path" && raw["x-multi-segment"] === true,
    schema: schemaOf(raw),
    description: typeof raw.description === "string" ? raw.description : undefined,
    deprecated: raw.deprecated === true,
  };
}

/** The parameters of the path and of the operation, the operation's winning, each with a key of its own. */
export function readParameters(
  document: OpenedDocument,
  lists: readonly unknown[],
  taken: readonly string[],
  supplied: SuppliedParameter | undefined,
): readonly Parameter[] {
  const byPlace = new Map<string, Parameter>();
  for (const raw of lists.flatMap((list) => (Array.isArray(list) ? list : []))) {
    const found = document.follow(raw)?.value;
    if (found === undefined || typeof found.name !== "string" || !isLocation(found.in)) continue;
    if (isIgnored({ in: found.in, name: found.name }, supplied)) continue;
    byPlace.set(`${found.in}:${found.name}`, readParameter(found, found.name, found.in));
  }
  return giveKeys([...byPlace.values()], taken);
}

function giveKeys(parameters: readonly Parameter[], taken: readonly string[]): readonly Parameter[] {
  const keys = new Set(taken);
  const keyed = new Map<Parameter, Parameter>();
  for (const location of LOCATIONS) {
    for (const parameter of parameters) {
      if (parameter.in !== location) continue;
      let { key } = parameter;
      for (let n = 1; keys.has(key); n += 1) key = `${parameter.name}_${location}${n === 1 ? "" : n}`;
      keys.add(key);
      keyed.set(parameter, { ...parameter, key });
    }
  }
  return parameters.map((parameter) => keyed.get(parameter) ?? parameter);
}

/** Whether the API says that it recognises a repeated request by its key. */
export function declaresIdempotencyKey(document: OpenedDocument, lists: readonly unknown[]): boolean {
  return lists
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .map((raw) => document.follow(raw)?.value)
    .some((found) => found?.in === "header" && String(found.name).toLowerCase() === IDEMPOTENCY_HEADER);
}
