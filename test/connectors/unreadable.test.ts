/** A connector that cannot say what it has: whatever the cause, the error names the connector and the next step. */
import { expect, test } from "vitest";
import { type McpConnectorOptions, mcpConnector } from "../../connectors/mcp/index.ts";
import { type OpenApiConnectorOptions, openApiConnector } from "../../connectors/openapi/index.ts";
import { type ToolSetConnectorOptions, toolSetConnector } from "../../connectors/toolset/index.ts";
import type { CodemodeConnector } from "../../src/connector/connector.ts";
import { defineConnector } from "../../src/connector/define.ts";
import { CodemodeError } from "../../src/errors.ts";
import { failureOf } from "../support/thrown.ts";

const ctx = {} as unknown as ExecutionContext;
const NAME = "files";
const down = (error: unknown) => () => {
  throw error;
};
const NOBODY_LISTENS = new TypeError("fetch failed", {
  cause: Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" }),
});

function mcp(listTools: () => unknown, more: Partial<McpConnectorOptions> = {}): CodemodeConnector {
  const client = { callTool: async () => ({}), listTools } as never;
  return mcpConnector(ctx, { name: NAME, connect: () => client, ...more });
}
const oneTool = async () => ({ tools: [{ name: "read", inputSchema: { type: "object" } }] });
const rpc = (code: number, text: string) => Object.assign(new Error(`MCP error ${code}: ${text}`), { code });

function openapi(spec: unknown, more: Partial<OpenApiConnectorOptions> = {}): CodemodeConnector {
  return openApiConnector(ctx, { name: NAME, spec: () => spec as object, ...more });
}
const described = (more: object = {}) => ({
  openapi: "3.1.0",
  paths: { "/pets": { get: { operationId: "pets" } } },
  ...more,
});

function toolset(tools: unknown, more: Partial<ToolSetConnectorOptions> = {}): CodemodeConnector {
  return toolSetConnector(ctx, { name: NAME, tools: tools as never, ...more });
}

/** Each with what must be in its message: what is wrong, and what to do about it. */
const UNREADABLE: readonly (readonly [string, () => CodemodeConnector, string, string, RegExp])[] = [
  [
    "MCP: the server answers tools/list with an error",
    () => mcp(down(rpc(-32603, "Internal error"))),
    "REQUEST_FAILED",
    "MCP error -32603: Internal error",
    /server's own log/,
  ],
  [
    "MCP: the server knows no tools/list",
    () => mcp(down(rpc(-32601, "Method not found"))),
    "REQUEST_FAILED",
    "MCP error -32601: Method not found",
    /server's own log/,
  ],
  [
    "MCP: tools/list is refused",
    () => mcp(down(Object.assign(new Error("Unauthorized"), { code: 401 }))),
    "REQUEST_FAILED",
    "Unauthorized",
    /credentials that createConnection\(\) \(or connect\) uses/,
  ],
  [
    "MCP: tools/list is not answered in time",
    () => mcp(down(rpc(-32001, "Request timed out"))),
    "CONNECTION_LOST",
    "MCP error -32001: Request timed out",
    /runs and can be reached/,
  ],
  [
    "MCP: the list is none",
    () => mcp(async () => ({ tools: "none" })),
    "CONNECTION_LOST",
    "the answer has no list of tools",
    /must mend/,
  ],
  [
    "MCP: the list never ends",
    () => mcp(async () => ({ tools: [], nextCursor: "same" })),
    "CONNECTION_LOST",
    'the cursor "same" comes again',
    /must mend/,
  ],
  [
    "MCP: a connection's fetchTools() fails",
    () =>
      mcp(oneTool, {
        connect: () => ({ client: { callTool: async () => ({}) }, fetchTools: down(new Error("no such server id")) }),
      }),
    "REQUEST_FAILED",
    "no such server id",
    /server's own log/,
  ],
  [
    "MCP: toolName() throws",
    () => mcp(oneTool, { toolName: down(new TypeError("tool.title is undefined")) }),
    "TOOL_ERROR",
    "tool.title is undefined",
    /tools\(\)/,
  ],
  [
    "MCP: connect() throws an error with a code of ours",
    () => mcp(oneTool, { connect: down(new CodemodeError("INVALID_INPUT", "Log in first.")) }),
    "INVALID_INPUT",
    "Log in first.",
    /Log in first/,
  ],
  [
    "OpenAPI: the description cannot be fetched",
    () => openapi(undefined, { spec: down(NOBODY_LISTENS) }),
    "CONNECTION_LOST",
    "fetch failed: connect ECONNREFUSED",
    /spec\(\)/,
  ],
  [
    "OpenAPI: what is fetched is no JSON",
    () => openapi(undefined, { spec: async () => JSON.parse("<html>") }),
    "INVALID_SCHEMA",
    "Unexpected token",
    /spec\(\)/,
  ],
  [
    "OpenAPI: further documents cannot be fetched",
    () => openapi(described(), { documents: down(NOBODY_LISTENS) }),
    "CONNECTION_LOST",
    "fetch failed",
    /documents\(\)/,
  ],
  [
    "OpenAPI: a Response is not read",
    () => openapi(new Response("{}")),
    "INVALID_SCHEMA",
    "spec is a Response",
    /await response\.json\(\)/,
  ],
  [
    "OpenAPI: an address is not fetched",
    () => openapi("https://api.example/openapi.json"),
    "INVALID_SCHEMA",
    "spec is an address",
    /Fetch it first/,
  ],
  [
    "OpenAPI: an answer that is no description",
    () => openapi({ message: "Not Found", status: 404 }),
    "INVALID_SCHEMA",
    'neither "openapi" nor "swagger"',
    /It has "message", "status"/,
  ],
  ["OpenAPI: no paths", () => openapi({ openapi: "3.1.0" }), "INVALID_SCHEMA", '"paths"', /nothing to call/],
  [
    "OpenAPI: a further document is text",
    () => openapi(described(), { documents: { "./a.yaml": "a: 1" as never } }),
    "INVALID_SCHEMA",
    "./a.yaml",
    /parse its YAML/,
  ],
  [
    "OpenAPI: approval() throws",
    () => openapi(described(), { approval: down(new TypeError("no tags")) }),
    "TOOL_ERROR",
    "no tags",
    /tools\(\)/,
  ],
  [
    "tool set: a tool's name throws",
    () =>
      toolset([
        {
          get name() {
            throw new Error("not loaded");
          },
        },
      ]),
    "TOOL_ERROR",
    "not loaded",
    /tools\(\)/,
  ],
  [
    "defineConnector: tools of env",
    () => new (defineConnector({ name: NAME, tools: down(new Error("no binding DB")) }))(ctx, {}),
    "TOOL_ERROR",
    "no binding DB",
    /tools\(\)/,
  ],
];

test.each(UNREADABLE)("%s", async (_title, make, code, reason, next) => {
  const connector = make();
  const called = await failureOf(connector.executeTool("read", {}));
  for (const failure of [await failureOf(connector.describe()), called]) {
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(/^files[:.] /);
    expect(failure.message).toContain(reason);
    expect(failure.message).toMatch(next);
    expect(failure.message).not.toMatch(/may have run/);
  }
});

test.each<[string, () => unknown, string, RegExp]>([
  ["a tool set that is a promise", () => toolset(Promise.resolve({})), "INVALID_INPUT", /await it first/],
  ["a tool set that is none", () => toolset(7), "INVALID_INPUT", /a record or a list of tools/],
  [
    "a description that is an address",
    () => openapi("", { spec: "https://x.example/openapi.json" as never }),
    "INVALID_SCHEMA",
    /Fetch it first/,
  ],
  [
    "a base URL without a scheme",
    () => openapi(described(), { baseUrl: "api.example" }),
    "INVALID_INPUT",
    /https:\/\/api\.example/,
  ],
  [
    "no MCP client",
    () => mcpConnector(ctx, { name: NAME, client: undefined } as never),
    "INVALID_INPUT",
    /either client or connect/,
  ],
])("%s is told at once, with the connector's name", (_title, make, code, next) => {
  expect(make).toThrow(expect.objectContaining({ code, message: expect.stringMatching(/\bfiles\b/) }));
  expect(make).toThrow(next);
});

test("words of others hold no credentials", async () => {
  const spec = down(new Error("cannot load https://ada:hunter2@api.example/s/k3y?token=t0ken"));
  const failure = await failureOf(openapi(undefined, { spec }).describe());
  expect(failure.message).toContain("https://api.example/…");
  expect(`${failure.message} ${String(failure.cause)}`).not.toMatch(/hunter2|k3y|t0ken/);
});

test("a description that names no whole server says so with the connector's name, and what the whole address may be", async () => {
  const relative = openapi(described({ servers: [{ url: "/api/v3" }] }));
  expect(await failureOf(relative.executeTool("pets", {}))).toMatchObject({
    code: "INVALID_INPUT",
    message:
      'files: the API description names no server with a whole URL, only "/api/v3". Set `baseUrl` on the connector: "https://host/api/v3" with the API\'s host.',
  });
  const none = await failureOf(openapi(described()).executeTool("pets", {}));
  expect(none.message).toBe(
    "files: the API description names no server with a whole URL. Set `baseUrl` on the connector.",
  );
});
