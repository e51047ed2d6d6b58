/** `openApiMcpServer`: an HTTP API behind two tools, one to search its description and one to call it. */
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod/v4";
import { climbs } from "../../connectors/openapi/climbs.ts";
import { isRecord } from "../connector/schema.ts";
import { CodemodeError } from "../errors.ts";
import type { Executor } from "../sandbox/executor.ts";
import { checkCodeToolOptions } from "../tool/check-code-tool.ts";
import { checkFunction } from "../tool/check-setup.ts";
import type { CallExtra } from "./heartbeat.ts";
import { resolveReferences } from "./references.ts";
import { ran, type TransformResult } from "./reply.ts";
import { mcpServer } from "./server.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** A request as a program asks for it. */
export interface RequestOptions {
  readonly method: (typeof METHODS)[number];
  /** Path with its parameters filled in; always starts with one `/` and has no `.` or `..`, so it cannot name another host or leave a base path. */
  readonly path: string;
  readonly query?: Record<string, string | number | boolean | undefined>;
  readonly body?: unknown;
  /** Content type of the body; JSON when absent. */
  readonly contentType?: string;
  /** The body goes out as it is. */
  readonly rawBody?: boolean;
}

/**
 * The MCP context of the `execute` call that a request belongs to: ask the person (`sendRequest`), report progress
 * (`sendNotification`), see the authentication (`authInfo`). It stays on the host, and is of use only while the call runs.
 */
export type OpenApiMcpRequestContext = CallExtra;

/** What {@link openApiMcpServer} takes. */
export interface OpenApiMcpServerOptions {
  /** The OpenAPI document. */
  readonly spec: Record<string, unknown>;
  readonly executor: Executor;
  /** Makes the request on the host, with credentials that no program sees. What it throws, the program catches. */
  readonly request: (options: RequestOptions, context: OpenApiMcpRequestContext) => Promise<unknown>;
  readonly name?: string;
  readonly version?: string;
  /** Added to the description of `execute`. */
  readonly description?: string;
  /** Reshapes what a program returned before the model sees it; default: cut inside to about 6,000 tokens. */
  readonly transformResult?: TransformResult;
}

const OPTIONS = [
  "spec",
  "executor",
  "request",
  "name",
  "version",
  "description",
  "transformResult",
] as const satisfies readonly (keyof OpenApiMcpServerOptions)[];

/** A program may ask for anything; only this reaches `request`. */
const REQUEST = z.object({
  method: z.preprocess((given) => (typeof given === "string" ? given.toUpperCase() : given), z.enum(METHODS)),
  // "//host" and "/\\host" would name another host when they are resolved against a base URL, and ".." would leave the part
  // of the API that a base URL names.
  path: z
    .string()
    .regex(/^\/(?![/\\])[^\s\p{Cc}\\]*$/u, 'must start with one "/" and have no backslash, space or control character')
    .refine((path) => !climbs(path), 'must have no "." or ".." between slashes'),
  query: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.undefined()])).optional(),
  body: z.unknown().optional(),
  contentType: z.string().optional(),
  rawBody: z.boolean().optional(),
});

function parseRequest(given: unknown): RequestOptions {
  const parsed = REQUEST.safeParse(given);
  if (parsed.success) {
    const { method, path, query, body, contentType, rawBody } = parsed.data;
    return {
      method,
      path,
      ...(query !== undefined && { query }),
      ...(body !== undefined && { body }),
      ...(contentType !== undefined && { contentType }),
      ...(rawBody !== undefined && { rawBody }),
    };
  }
  const [issue] = parsed.error.issues;
  throw new CodemodeError(
    "INVALID_ARGUMENTS",
    `codemode.request: ${issue?.path.map(String).join(".") || "options"}: ${issue?.message ?? "not a request"}`,
  );
}

const SPEC_TYPES = `type Schema = Record<string, unknown>;
type Operation = {
  operationId?: string; summary?: string; description?: string; tags?: string[]; deprecated?: boolean;
  parameters?: { name: string; in: "path" | "query" | "header" | "cookie"; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: { required?: boolean; description?: string; content?: Record<string, { schema?: Schema }> };
  responses?: Record<string, { description?: string; content?: Record<string, { schema?: Schema }> }>;
};
type Method = "get" | "post" | "put" | "patch" | "delete" | "head" | "options" | "trace";
type Path = { summary?: string; parameters?: Operation["parameters"] } & { [method in Method]?: Operation };
type Spec = {
  openapi: string; info: { title: string; version: string; description?: string };
  paths: Record<string, Path>; servers?: { url: string }[]; components?: Record<string, unknown>; tags?: { name: string; description?: string }[];
};`;

const SPEC_METHOD = `  /** The API's description; every $ref is resolved, one that leads back to itself is { $circular }. */
  spec(): Promise<Spec>;`;

const SEARCH_DESCRIPTION = `Look through the description of the API with a program.

${SPEC_TYPES}
declare const codemode: {
${SPEC_METHOD}
};

Write one async arrow function in JavaScript and return only what you need: the whole description is too large to be shown.

Example, all operations about a word:
async () => {
  const { paths } = await codemode.spec();
  const found = [];
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (/invoice/i.test(path + " " + operation.summary)) found.push({ method, path, summary: operation.summary });
    }
  }
  return found;
}`;

const EXECUTE_DESCRIPTION = `Call the API with a program. Use search first to find paths and parameters.

${SPEC_TYPES}
type RequestOptions = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With the parameters filled in. */
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown; contentType?: string; rawBody?: boolean;
};
declare const codemode: {
${SPEC_METHOD}
  request(options: RequestOptions): Promise<unknown>;
};

Write one async arrow function in JavaScript and return only what you need.

Example: async () => codemode.request({ method: "GET", path: "/items/7", query: { expand: true } })`;

const CODE = { code: z.string().describe("An async arrow function in JavaScript") };

/**
 * An MCP server with the tools `search` and `execute` for an API that is described by an OpenAPI document. Programs see
 * `codemode.spec()`, and in `execute` also `codemode.request()`, which calls your `request` on the host.
 *
 * @throws CodemodeError `INVALID_INPUT`, or `INVALID_SCHEMA` for a description that was not parsed.
 *
 * @example
 * ```ts
 * const server = openApiMcpServer({
 *   spec, executor: new DynamicWorkerExecutor({ loader: env.LOADER }),
 *   request: ({ method, path, query, body }) => api.fetch(method, path, { query, body, token: env.TOKEN }),
 * });
 * ```
 */
export function openApiMcpServer(options: OpenApiMcpServerOptions): McpServer {
  checkCodeToolOptions("openApiMcpServer", options, OPTIONS, ["spec", "request"]);
  const { executor, request, name = "openapi", version, transformResult } = options;
  checkFunction("request", request);
  checkFunction("transformResult", transformResult);
  if (!isRecord(options.spec)) {
    throw new CodemodeError(
      "INVALID_SCHEMA",
      "spec must be the API's description as an object. Parse its text first: JSON.parse(text), or a YAML parser.",
    );
  }
  // Resolved when first asked for: a server is often made for each request.
  let resolved: unknown;
  const spec = async () => {
    resolved ??= resolveReferences(options.spec);
    return resolved;
  };
  const server = mcpServer({ name, version });
  server.registerTool(
    "search",
    { description: SEARCH_DESCRIPTION, inputSchema: CODE, annotations: { readOnlyHint: true } },
    ({ code }) => ran(code, () => executor.execute(code, [{ name: "codemode", fns: { spec } }]), transformResult),
  );
  const description = [EXECUTE_DESCRIPTION, options.description].filter(Boolean).join("\n\n");
  server.registerTool("execute", { description, inputSchema: CODE }, ({ code }, context) => {
    const call = async (given: unknown) => {
      const options = parseRequest(given);
      if (!context.signal.aborted) return request(options, context);
      throw new CodemodeError("CANCELLED", "codemode.request was not sent: the client cancelled the call.");
    };
    const fns = { spec, request: call };
    return ran(code, () => executor.execute(code, [{ name: "codemode", fns }]), transformResult);
  });
  return server;
}
