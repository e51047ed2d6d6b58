/** A description that uses every style and body, and a server that holds each request against it. */
import type { ServerResponse } from "node:http";
import { Validator } from "@cfworker/json-schema";
import type { OpenAPIV3 } from "openapi-types";
import { type Got, json, type Loopback, loopback } from "./loopback.ts";

const COLORS: OpenAPIV3.SchemaObject = { type: "array", items: { type: "string" }, minItems: 1 };
const POINT: OpenAPIV3.SchemaObject = {
  type: "object",
  properties: { x: { type: "integer" }, y: { type: "integer" } },
  required: ["x", "y"],
  additionalProperties: false,
};

const ECHO: OpenAPIV3.ResponsesObject = {
  200: { description: "What came", content: { "application/json": { schema: { type: "object" } } } },
};

export const STYLES = {
  openapi: "3.0.3",
  info: { title: "Styles", version: "1" },
  servers: [{ url: "https://styles.test/v1" }],
  paths: {
    "/simple/{list}/{point}": {
      get: {
        operationId: "paths/simple",
        parameters: [
          { in: "path", name: "list", required: true, schema: COLORS },
          { in: "path", name: "point", required: true, explode: true, schema: POINT },
        ],
        responses: ECHO,
      },
    },
    "/label/{list}/{point}": {
      get: {
        operationId: "paths/label",
        parameters: [
          { in: "path", name: "list", required: true, style: "label", explode: true, schema: COLORS },
          { in: "path", name: "point", required: true, style: "label", schema: POINT },
        ],
        responses: ECHO,
      },
    },
    "/matrix/{list}/{point}": {
      get: {
        operationId: "paths/matrix",
        parameters: [
          { in: "path", name: "list", required: true, style: "matrix", explode: true, schema: COLORS },
          { in: "path", name: "point", required: true, style: "matrix", schema: POINT },
        ],
        responses: ECHO,
      },
    },
    "/query": {
      parameters: [{ $ref: "#/components/parameters/limit" }],
      get: {
        operationId: "query/styles",
        parameters: [
          { in: "query", name: "exploded", schema: COLORS },
          { in: "query", name: "joined", explode: false, schema: COLORS },
          { in: "query", name: "spaced", style: "spaceDelimited", explode: false, schema: COLORS },
          { in: "query", name: "piped", style: "pipeDelimited", explode: false, schema: COLORS },
          { in: "query", name: "deep", style: "deepObject", explode: true, schema: POINT },
          { in: "query", name: "text", content: { "application/json": { schema: POINT } } },
          { in: "query", name: "flag", schema: { type: "boolean" } },
          { in: "query", name: "reserved", allowReserved: true, schema: { type: "string" } },
        ],
        responses: ECHO,
      },
    },
    "/places/{id}": {
      post: {
        operationId: "places/clash",
        parameters: [
          { in: "path", name: "id", required: true, schema: { type: "integer" } },
          { in: "query", name: "id", required: true, schema: { type: "integer" } },
          { in: "header", name: "X-Point", explode: true, schema: POINT },
          { in: "cookie", name: "id", schema: { type: "string" } },
          { in: "query", name: "body", schema: { type: "string" } },
        ],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { $ref: "#/components/schemas/Tree" } } },
        },
        responses: ECHO,
      },
    },
    "/form": {
      put: {
        operationId: "bodies/form",
        requestBody: {
          content: {
            "application/x-www-form-urlencoded": {
              schema: { type: "object", properties: { name: { type: "string" }, point: POINT }, required: ["name"] },
              encoding: { point: { style: "deepObject", explode: true } },
            },
          },
        },
        responses: ECHO,
      },
    },
  },
  components: {
    parameters: { limit: { in: "query", name: "limit", required: true, schema: { type: "integer", maximum: 100 } } },
    schemas: {
      Tree: {
        type: "object",
        properties: {
          name: { type: "string" },
          children: { type: "array", items: { $ref: "#/components/schemas/Tree" } },
        },
        required: ["name"],
      },
    },
  },
} satisfies OpenAPIV3.Document;

/** What the server reads of a parameter. */
interface Declared {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly style?: string;
  readonly explode?: boolean;
  readonly schema?: { readonly type?: string };
  readonly content?: Readonly<Record<string, { readonly schema: { readonly type?: string } }>>;
}

function number(text: string): unknown {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

function pairs(parts: readonly string[]): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) entries.push([parts[at] ?? "", number(parts[at + 1] ?? "")]);
  return Object.fromEntries(entries);
}

/** Reads text back by type: the reverse of writing a style, found independently of it. */
function typed(text: string, type: string | undefined, separator: string, explode: boolean): unknown {
  const parts = text.split(separator).map(decodeURIComponent);
  if (type === "array") return parts;
  if (type === "object") return explode ? pairs(parts.flatMap((part) => part.split("="))) : pairs(parts);
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  return type === "integer" ? number(decodeURIComponent(text)) : decodeURIComponent(text);
}

function pathValue(parameter: Declared, raw: string): unknown {
  const { style = "simple", explode = false, schema, name } = parameter;
  if (style === "label") return typed(raw.replace(/^\./, ""), schema?.type, explode ? "." : ",", explode);
  if (style !== "matrix") return typed(raw, schema?.type, ",", explode);
  if (explode) return typed(raw.slice(1).replaceAll(`${name}=`, ""), schema?.type, ";", true);
  return typed(raw.replace(`;${name}=`, ""), schema?.type, ",", false);
}

function queryValue(parameter: Declared, query: string): unknown {
  const { style = "form", explode = style === "form", schema, content, name } = parameter;
  const mine = query
    .split("&")
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
  if (style === "deepObject") {
    const deep = [...new URLSearchParams(query)].filter(([key]) => key.startsWith(`${name}[`));
    return deep.length === 0
      ? undefined
      : pairs(deep.flatMap(([key, value]) => [key.slice(name.length + 1, -1), value]));
  }
  const [first] = mine;
  if (first === undefined) return undefined;
  if (content !== undefined) return JSON.parse(decodeURIComponent(first));
  if (schema?.type === "array" && explode) return mine.map(decodeURIComponent);
  const separator = style === "spaceDelimited" ? "%20" : style === "pipeDelimited" ? "%7C" : ",";
  return typed(first, schema?.type, separator, explode);
}

function sentValue(parameter: Declared, got: Got, path: Readonly<Record<string, string>>): unknown {
  if (parameter.in === "path") return pathValue(parameter, path[parameter.name] ?? "");
  if (parameter.in === "query") return queryValue(parameter, got.url.replace(/^[^?]*\??/, ""));
  if (parameter.in === "header") {
    const text = got.headers[parameter.name.toLowerCase()];
    return typeof text === "string" ? typed(text, parameter.schema?.type, ",", parameter.explode ?? false) : undefined;
  }
  const cookie = got.headers.cookie?.split("; ").find((part) => part.startsWith(`${parameter.name}=`));
  return cookie === undefined ? undefined : decodeURIComponent(cookie.slice(parameter.name.length + 1));
}

function problems(value: unknown, schema: object): string[] {
  const { errors } = new Validator({ ...schema, components: STYLES.components }, "2020-12", false).validate(value);
  return errors.map(({ instanceLocation, error }) => `${instanceLocation} ${error}`);
}

interface RawOperation {
  readonly parameters?: readonly (Declared | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: FoundOperation["content"] };
}

interface FoundOperation {
  readonly parameters: readonly Declared[];
  readonly content: Readonly<Record<string, { readonly schema: object }>> | undefined;
  /** The path's segments by the name of their parameter, as sent. */
  readonly path: Readonly<Record<string, string>>;
}

/** The server reads the description as data: that what it serves is typed is the connector's business. */
const PATHS: Readonly<Record<string, Readonly<Record<string, RawOperation>> & RawOperation>> = JSON.parse(
  JSON.stringify(STYLES.paths),
);

function findOperation(got: Got): FoundOperation | undefined {
  const pathname = got.url.replace(/\?.*$/, "").replace(/^\/v1/, "");
  for (const [template, item] of Object.entries(PATHS)) {
    const match = new RegExp(`^${template.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`).exec(pathname);
    const operation = item[got.method.toLowerCase()];
    if (match === null || operation === undefined) continue;
    const declared = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
    const parameters = declared.map((parameter) =>
      "$ref" in parameter ? STYLES.components.parameters.limit : parameter,
    );
    return { parameters, content: operation.requestBody?.content, path: { ...match.groups } };
  }
  return undefined;
}

function bodyOf(got: Got): unknown {
  if (got.headers["content-type"] === "application/json") return JSON.parse(got.body.toString());
  const form = [...new URLSearchParams(got.body.toString())];
  const point = form.filter(([key]) => key.startsWith("point["));
  const plain = Object.fromEntries(form.filter(([key]) => !key.includes("[")));
  return point.length === 0
    ? plain
    : { ...plain, point: pairs(point.flatMap(([key, value]) => [key.slice(6, -1), value])) };
}

/** What does not match, and what was understood. */
interface Reading {
  readonly wrong: readonly string[];
  readonly seen: Readonly<Record<string, unknown>>;
}

function readParameters(found: FoundOperation, got: Got): Reading {
  const wrong: string[] = [];
  const seen: Record<string, Record<string, unknown>> = {};
  for (const parameter of found.parameters) {
    const value = sentValue(parameter, got, found.path);
    const place = `${parameter.in}.${parameter.name}`;
    if (value === undefined && parameter.required === true) wrong.push(`${place} is missing`);
    if (value === undefined) continue;
    const schema = parameter.schema ?? Object.values(parameter.content ?? {})[0]?.schema ?? {};
    wrong.push(...problems(value, schema).map((problem) => `${place}: ${problem}`));
    seen[parameter.in] = { ...seen[parameter.in], [parameter.name]: value };
  }
  return { wrong, seen };
}

function readBody(found: FoundOperation, got: Got): Reading {
  if (found.content === undefined) return { wrong: [], seen: {} };
  const media = found.content[got.headers["content-type"] ?? ""];
  if (media === undefined) return { wrong: ["body: its content type is not declared"], seen: {} };
  const body = bodyOf(got);
  return { wrong: problems(body, media.schema).map((problem) => `body: ${problem}`), seen: { body } };
}

function check(got: Got, response: ServerResponse): void {
  const found = findOperation(got);
  if (found === undefined) {
    json(response, { title: `No operation for ${got.method} ${got.url}` }, 404);
    return;
  }
  const readings = [readParameters(found, got), readBody(found, got)];
  const wrong = readings.flatMap((reading) => reading.wrong);
  if (wrong.length > 0) json(response, { title: "Does not match the description", detail: wrong.join("; ") }, 400);
  else json(response, Object.assign({}, ...readings.map(({ seen }) => seen)));
}

/** Answers each request with what it understood, or with 400 and what does not match the description. */
export function describedServer(): Promise<Loopback> {
  return loopback(check);
}
