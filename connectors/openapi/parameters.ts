/** Reads the parameters of an operation and gives each a key of its own in the tool's single argument. */
import type { OpenedDocument } from "./document.ts";
import { type MediaType, readContent } from "./media.ts";

/** Where a parameter is sent. The order decides who keeps the bare name when two locations share one. */
export const LOCATIONS = ["path", "query", "header", "cookie", "querystring"] as const;
export type ParameterLocation = (typeof LOCATIONS)[number];

export type ParameterStyle =
  | "simple"
  | "label"
  | "matrix"
  | "form"
  | "spaceDelimited"
  | "pipeDelimited"
  | "deepObject"
  /** The parameter declares JSON instead of a style: its value is one text. */
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
  /** Of a `querystring`: what the whole query string is. */
  readonly media?: MediaType;
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
  // Its media type says how it is written.
  querystring: ["form"],
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

/** The style that a description declares for a place, where the place knows it. */
export function declaredStyle(location: ParameterLocation, style: unknown): ParameterStyle | undefined {
  return STYLES[location].find((known) => known === style);
}

/** Whether each part of a value stands for itself: what is declared, or else what the style does. */
export function explodes(declared: unknown, style: ParameterStyle): boolean {
  return typeof declared === "boolean" ? declared : style === "form" || style === "deepObject";
}

function styleOf(
  parameter: Record<string, unknown>,
  location: ParameterLocation,
  media: MediaType | undefined,
): ParameterStyle {
  const [byDefault] = STYLES[location];
  // What is text stands as it is: as JSON it would have quotes.
  if (media !== undefined) return media.kind === "text" ? byDefault : "json";
  return declaredStyle(location, parameter.style) ?? byDefault;
}

function readParameter(
  document: OpenedDocument,
  raw: Record<string, unknown>,
  name: string,
  location: ParameterLocation,
): Parameter {
  const [media] = readContent(document, raw.content);
  const style = styleOf(raw, location, media);
  return {
    key: name,
    name,
    in: location,
    required: raw.required === true || location === "path",
    style,
    explode: explodes(raw.explode, style),
    allowReserved: raw.allowReserved === true,
    // The mark is GitHub's: OpenAPI itself has no word for it before 3.2.
    multiSegment: location === "path" && raw["x-multi-segment"] === true,
    ...(location === "querystring" && media !== undefined && { media }),
    schema: (media === undefined ? raw.schema : media.schema) ?? {},
    description: typeof raw.description === "string" ? raw.description : undefined,
    deprecated: raw.deprecated === true,
  };
}

/** Descriptions forget to declare some; without them the operation could not be called at all. */
function namesInPath(path: string): string[] {
  return [...path.matchAll(/\{([^{}]+)\}/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

/**
 * The parameters of the path and of the operation, the operation's winning, each with a key of its own. What stands in the
 * path alone is a text.
 */
export function readParameters(
  document: OpenedDocument,
  path: string,
  lists: readonly unknown[],
  taken: readonly string[],
  supplied: SuppliedParameter | undefined,
): readonly Parameter[] {
  const byPlace = new Map<string, Parameter>();
  for (const raw of lists.flatMap((list) => (Array.isArray(list) ? list : []))) {
    const found = document.follow(raw)?.value;
    if (found === undefined || typeof found.name !== "string" || !isLocation(found.in)) continue;
    if (isIgnored({ in: found.in, name: found.name }, supplied)) continue;
    byPlace.set(`${found.in}:${found.name}`, readParameter(document, found, found.name, found.in));
  }
  for (const name of namesInPath(path)) {
    if (byPlace.has(`path:${name}`)) continue;
    byPlace.set(`path:${name}`, readParameter(document, { schema: { type: "string" } }, name, "path"));
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
