/** `codeMcpServer` and `openApiMcpServer`, called by a real client. */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  codeMcpServer,
  type OpenApiMcpRequestContext,
  openApiMcpServer,
  type RequestOptions,
} from "../../../src/mcp.ts";
import type { ExecuteResult, Executor } from "../../../src/sandbox/executor.ts";
import { wrong } from "../../support/wrong.ts";
import { localExecutor } from "../local-executor.ts";
import { call, linked } from "./linked.ts";

const executor = localExecutor();

function upstream(find = "order.find"): McpServer {
  const server = new McpServer({ name: "shop", version: "1.0.0" });
  server.registerTool(
    find,
    {
      description: "Find an order",
      inputSchema: { id: z.number() },
      outputSchema: { id: z.number(), total: z.number() },
    },
    async ({ id }) => {
      if (id < 0) return { isError: true, content: [{ type: "text", text: `no order ${id}` }] };
      return { structuredContent: { id, total: 42 }, content: [] };
    },
  );
  server.registerTool("list", { inputSchema: { count: z.number() } }, async ({ count }) => ({
    content: [
      { type: "text", text: JSON.stringify(Array.from({ length: count }, (_, id) => ({ id, name: "x".repeat(40) }))) },
    ],
  }));
  return server;
}

describe("codeMcpServer", () => {
  test("has one tool, whose description declares the server's tools and shows an example", async () => {
    const client = await linked(await codeMcpServer({ server: upstream(), executor }));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["code"]);
    const description = tools[0]?.description ?? "";
    expect(description).toContain("declare const codemode: {");
    expect(description).toContain("order_find(input: OrderFindInput): Promise<OrderFindOutput>");
    expect(description).toContain("await codemode.order_find({ id: 0 })");
    expect(description).not.toContain("{{");
  });

  test("programs call tools as functions that give values and throw failures", async () => {
    const client = await linked(await codeMcpServer({ server: upstream(), executor }));
    const code = `async () => {
      const found = await codemode.order_find({ id: 7 });
      const failed = await codemode.order_find({ id: -1 }).catch((error) => error.message);
      return { found, failed, listed: (await codemode.list({ count: 2 })).length };
    }`;
    const { text, isError } = await call(client, "code", { code });
    expect(isError).toBe(false);
    expect(JSON.parse(text)).toEqual({ found: { id: 7, total: 42 }, failed: "no order -1", listed: 2 });
  });

  test("names of the released package still work", async () => {
    const client = await linked(await codeMcpServer({ server: upstream("order/find"), executor }));
    const { text } = await call(client, "code", { code: "async () => (await codemode.orderfind({ id: 1 })).total" });
    expect(text).toBe("42");
  });

  test("but a tool that is called so is that tool", async () => {
    const server = new McpServer({ name: "shop", version: "1.0.0" });
    const says = (text: string) => async () => ({ content: [{ type: "text" as const, text }] });
    server.registerTool("orderfind", {}, says("its own"));
    server.registerTool("order/find", {}, says("the other"));
    const client = await linked(await codeMcpServer({ server, executor }));
    const code = "async () => [await codemode.orderfind({}), await codemode.order_find({})]";
    expect((await call(client, "code", { code })).text).toBe('["its own","the other"]');
  });

  test("arguments that are not one object are refused before they are sent", async () => {
    const client = await linked(await codeMcpServer({ server: upstream(), executor }));
    for (const args of ["[1]", "7", "null"]) {
      const { isError, text } = await call(client, "code", { code: `async () => codemode.list(${args})` });
      expect({ isError, text }).toEqual({
        isError: true,
        text: "Error: codemode.list takes one object of named arguments.",
      });
    }
  });

  test("a result that is too long is cut inside and stays valid JSON", async () => {
    const client = await linked(await codeMcpServer({ server: upstream(), executor }));
    const { text } = await call(client, "code", { code: "async () => codemode.list({ count: 2000 })" });
    expect(text.length).toBeLessThanOrEqual(24_000);
    expect(text).toContain("--- TRUNCATED ---");
    expect(Array.isArray(JSON.parse(text))).toBe(true);
  });

  test("transformResult has the place of the cut", async () => {
    const transformResult = (result: unknown) => ({ count: Array.isArray(result) ? result.length : 0 });
    const client = await linked(await codeMcpServer({ server: upstream(), executor, transformResult }));
    const { text } = await call(client, "code", { code: "async () => codemode.list({ count: 2000 })" });
    expect(JSON.parse(text)).toEqual({ count: 2000 });
  });

  test("a custom description keeps its placeholders, whatever the types contain", async () => {
    const server = await codeMcpServer({ server: upstream(), executor, description: "Shop: {{types}} / {{example}}" });
    const { tools } = await (await linked(server)).listTools();
    expect(tools[0]?.description).toMatch(/^Shop: type .*declare const codemode.* \/ Example: /s);
  });

  test("a program that fails is an error with its sentence, also without one", async () => {
    const client = await linked(await codeMcpServer({ server: upstream(), executor }));
    expect(await call(client, "code", { code: "async () => { throw new Error('boom') }" })).toMatchObject({
      isError: true,
      text: "Error: boom",
    });
    expect(await call(client, "code", { code: "async () => { throw new Error('') }" })).toMatchObject({
      isError: true,
    });
  });

  test.for(["", " \n"])("a text without a program (%j) is said to be one, and nothing runs", async (code) => {
    const idle = localExecutor();
    const servers = [
      await codeMcpServer({ server: upstream(), executor: idle }),
      openApiMcpServer({ spec: {}, executor: idle, request: async () => null }),
    ];
    for (const server of servers) {
      const client = await linked(server);
      for (const { name } of (await client.listTools()).tools)
        expect(await call(client, name, { code })).toMatchObject({ isError: true, json: { code: "INVALID_INPUT" } });
    }
    expect(idle.asked).toEqual([]);
  });

  test("an executor's error of null is none, as for the other code tools", async () => {
    const untyped = localExecutor({ result: 1, error: wrong(null) });
    const client = await linked(await codeMcpServer({ server: upstream(), executor: untyped }));
    expect(await call(client, "code", { code: "async () => 1" })).toMatchObject({ isError: false, text: "1" });
  });

  test("two tools that would get one name are an error", async () => {
    const server = new McpServer({ name: "x", version: "1.0.0" });
    const reply = async () => ({ content: [] });
    server.registerTool("get-item", {}, reply);
    server.registerTool("get.item", {}, reply);
    await expect(codeMcpServer({ server, executor })).rejects.toMatchObject({ code: "INVALID_NAME" });
  });
});

const SPEC = {
  openapi: "3.1.0",
  info: { title: "Shop", version: "1" },
  paths: {
    "/orders/{id}": { get: { summary: "Find an order", parameters: [{ $ref: "#/components/parameters/Id" }] } },
  },
  components: { parameters: { Id: { name: "id", in: "path", required: true } } },
};

describe("openApiMcpServer", () => {
  function shop(request: (options: RequestOptions, context: OpenApiMcpRequestContext) => Promise<unknown>) {
    return linked(openApiMcpServer({ spec: SPEC, executor, request, description: "Orders are forever." }));
  }

  test("has search and execute, and adds the description to execute", async () => {
    const { tools } = await (await shop(async () => null)).listTools();
    expect(tools.map(({ name }) => name)).toEqual(["search", "execute"]);
    expect(tools[1]?.description).toContain("Orders are forever.");
    expect(tools[0]?.description).not.toContain("request(");
  });

  test("programs see the description with its references resolved, and search cannot call the API", async () => {
    const client = await shop(async () => null);
    const code = "async () => (await codemode.spec()).paths['/orders/{id}'].get.parameters[0].name";
    expect((await call(client, "search", { code })).text).toBe("id");
    expect((await call(client, "search", { code: "async () => typeof codemode.request" })).text).toBe("undefined");
  });

  test.for(["search", "execute"])("transformResult reshapes what a program of %s returns", async (name) => {
    const transformResult = (result: unknown) => ({ shaped: result });
    const server = openApiMcpServer({ spec: SPEC, executor, request: async () => null, transformResult });
    expect((await call(await linked(server), name, { code: "async () => 1" })).text).toBe('{"shaped":1}');
  });

  test("a reference that is no pointer stays as it is, and the rest is resolved", async () => {
    const { get } = SPEC.paths["/orders/{id}"];
    const odd = { $ref: "#/components/parameters/100%" };
    const spec = { ...SPEC, paths: { "/orders/{id}": { get: { ...get, parameters: [...get.parameters, odd] } } } };
    const client = await linked(openApiMcpServer({ spec, executor, request: async () => null }));
    const code = "async () => (await codemode.spec()).paths['/orders/{id}'].get.parameters";
    expect(JSON.parse((await call(client, "search", { code })).text)).toEqual([SPEC.components.parameters.Id, odd]);
  });

  test("a request reaches the host with the context of its call, and its failure the program", async () => {
    const seen: [RequestOptions, boolean][] = [];
    const client = await shop(async (options, context) => {
      seen.push([options, typeof context.sendRequest === "function" && context.signal instanceof AbortSignal]);
      if (options.path === "/orders/0") throw new Error("404: no such order");
      return { id: 7 };
    });
    const code = `async () => [
      await codemode.request({ method: "get", path: "/orders/7", query: { full: true } }),
      await codemode.request({ method: "GET", path: "/orders/0" }).catch((error) => error.message),
    ]`;
    expect(JSON.parse((await call(client, "execute", { code })).text)).toEqual([{ id: 7 }, "404: no such order"]);
    expect(seen).toEqual([
      [{ method: "GET", path: "/orders/7", query: { full: true } }, true],
      [{ method: "GET", path: "/orders/0" }, true],
    ]);
  });

  test("dots that are part of a name, or of a query, do not keep a request from the host", async () => {
    const sent: string[] = [];
    const client = await shop(async ({ path }) => sent.push(path));
    const paths = ["/v1.0/a..b", "/...", "/.well-known/x", "/x?to=/../y", "/x#/./y"];
    const code = `async () => { for (const path of ${JSON.stringify(paths)}) await codemode.request({ method: "GET", path }); }`;
    expect((await call(client, "execute", { code })).isError).not.toBe(true);
    expect(sent).toEqual(paths);
  });

  test("after the client has cancelled its call no further request is sent", async () => {
    const abort = new AbortController();
    const sent: string[] = [];
    const ended = Promise.withResolvers<ExecuteResult>();
    const observed: Executor = {
      async execute(...given) {
        const outcome = await executor.execute(...given);
        ended.resolve(outcome);
        return outcome;
      },
    };
    const request = async ({ path }: RequestOptions, { signal }: OpenApiMcpRequestContext) => {
      sent.push(path);
      const cancelled = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      abort.abort();
      await cancelled;
    };
    const client = await linked(openApiMcpServer({ spec: SPEC, executor: observed, request }));
    const ask = (id: number) => `await codemode.request({ method: "DELETE", path: "/orders/${id}" })`;
    const program = { name: "execute", arguments: { code: `async () => { ${ask(1)}; ${ask(2)}; }` } };
    await expect(client.callTool(program, undefined, { signal: abort.signal })).rejects.toThrow("aborted");
    expect((await ended.promise).error).toBe("codemode.request was not sent: the client cancelled the call.");
    expect(sent).toEqual(["/orders/1"]);
  });

  test.each([
    ["another host", { method: "GET", path: "//evil.example/x" }],
    ["another host by backslash", { method: "GET", path: "/\\evil.example/x" }],
    ["a whole URL", { method: "GET", path: "https://evil.example/x" }],
    ["another place by backslash", { method: "GET", path: "/orders\\..\\admin" }],
    ["a place above", { method: "GET", path: "/orders/../../admin" }],
    ["a place above in other letters", { method: "GET", path: "/.%2E/admin" }],
    ["this place, at the end", { method: "GET", path: "/orders/." }],
    ["this place", { method: "GET", path: "/./?x=1" }],
    ["a place above, behind which is what a URL leaves out", { method: "GET", path: "/..\u0001" }],
    [
      "a place above for servers that take off what a semicolon begins",
      { method: "GET", path: "/orders/..;x=1/admin" },
    ],
    ["a place above for servers that decode slashes", { method: "GET", path: "/orders/..%2f..%2Fadmin" }],
    ["a place above for servers that decode twice", { method: "GET", path: "/%252e%252e/admin" }],
    ["a method that is not offered", { method: "TRACE", path: "/x" }],
    ["nothing", undefined],
  ])("a request for %s does not reach the host", async (_title, options) => {
    const seen: unknown[] = [];
    const client = await shop(async (given) => seen.push(given));
    const { isError, text } = await call(client, "execute", {
      code: `async () => codemode.request(${JSON.stringify(options)})`,
    });
    expect({ isError, seen }).toEqual({ isError: true, seen: [] });
    expect(text).toContain("codemode.request:");
  });
});
