/** The connector against servers made by hand over Streamable HTTP: large, restarting, slow, dying and lying ones. */
import { Server as McpSdkServer } from "@modelcontextprotocol/sdk/server/index.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type McpConnector, mcpConnector } from "../../../connectors/mcp/index.ts";
import { failureOf } from "../../support/thrown.ts";
import { CLIENTS, liar, type Sdk, serve, sessions } from "./loopback.ts";
import { ctx } from "./make.ts";

const INFO = { name: "loopback", version: "1.0.0" };

function connectorTo(sdk: Sdk, url: URL, more: { callTimeoutMs?: number } = {}): McpConnector {
  return mcpConnector(ctx, { name: "remote", connect: () => CLIENTS[sdk](url), ...more });
}

/** A server that answers `tools/list` and `tools/call` as told, valid or not. */
function raw(
  list: (cursor: string | undefined) => unknown,
  call: (name: string, params: object) => unknown,
): () => McpSdkServer {
  return () => {
    const server = new McpSdkServer(INFO, { capabilities: { tools: { listChanged: true } } });
    server.setRequestHandler(ListToolsRequestSchema, async ({ params }) => list(params?.cursor) as { tools: [] });
    server.setRequestHandler(
      CallToolRequestSchema,
      async ({ params }) => (await call(params.name, params)) as { content: [] },
    );
    return server;
  };
}

const toolNamed = (name: string, readOnlyHint = false) => ({
  name,
  inputSchema: { type: "object" },
  annotations: { readOnlyHint, destructiveHint: false },
});

describe.each(["v1", "v2"] as const)("with the %s client", (sdk) => {
  test("hundreds of tools over many pages are all callable", async () => {
    const tools = Array.from({ length: 450 }, (_, index) => toolNamed(`tool-${index}`, true));
    const PAGE = 37;
    const list = (cursor = "0") => {
      const from = Number(cursor);
      return {
        tools: tools.slice(from, from + PAGE),
        ...(from + PAGE < tools.length && { nextCursor: String(from + PAGE) }),
      };
    };
    await using server = await serve(
      sessions(raw(list, (name) => ({ content: [{ type: "text", text: `ran ${name}` }] }))),
    );
    const connector = connectorTo(sdk, server.url);
    expect(Object.keys((await connector.describe()).descriptors)).toHaveLength(450);
    expect(await connector.executeTool("tool_449", {})).toBe("ran tool-449");
  });

  test("the idempotency key of a call reaches the server beside the progress token, and nothing of it is an argument", async () => {
    const seen: unknown[] = [];
    const makeServer = raw(
      () => ({ tools: [toolNamed("pay")] }),
      (_name, params) => {
        seen.push(params);
        return { content: [] };
      },
    );
    await using server = await serve(sessions(makeServer));
    await connectorTo(sdk, server.url).executeTool("pay", { to: "ann" }, { idempotencyKey: "exec_1:7" });
    expect(seen).toEqual([
      {
        name: "pay",
        arguments: { to: "ann" },
        _meta: { "durable-codemode/idempotencyKey": "exec_1:7", progressToken: expect.anything() },
      },
    ]);
  });

  test("a server that forgot its sessions is connected to again, also by a write", async () => {
    let ran = 0;
    const makeServer = () => {
      const server = new McpServer(INFO);
      server.registerTool("write", { inputSchema: { to: z.string() } }, async ({ to }) => {
        ran += 1;
        return { content: [{ type: "text", text: `wrote to ${to}` }] };
      });
      return server;
    };
    await using server = await serve(sessions(makeServer));
    const connector = connectorTo(sdk, server.url);
    expect(await connector.executeTool("write", { to: "a" })).toBe("wrote to a");
    server.forget();
    expect(await connector.executeTool("write", { to: "b" })).toBe("wrote to b");
    expect(ran).toBe(2);
  });

  test("a server that comes back a moment later is waited for", async () => {
    await using server = await serve(
      sessions(
        raw(
          () => ({ tools: [toolNamed("read", true)] }),
          () => ({ content: [{ type: "text", text: "back" }] }),
        ),
      ),
    );
    const connector = connectorTo(sdk, server.url);
    await connector.describe();
    await server.stop();
    const running = connector.executeTool("read", {});
    setTimeout(() => void server.start(), 300);
    expect(await running).toBe("back");
  });

  test("a server that dies in the middle of a call: a read is made again, a write is in doubt", async () => {
    let ran = 0;
    let die = true;
    const makeServer = raw(
      () => ({ tools: [toolNamed("read", true), toolNamed("write")] }),
      () => ({ content: [{ type: "text", text: "done" }] }),
    );
    await using server = await serve(
      sessions(makeServer, ({ method }, { socket }) => {
        const dies = method === "tools/call" && die;
        if (method === "tools/call") ran += 1;
        if (dies) socket.destroy();
        if (dies) die = false;
        return dies;
      }),
    );
    const connector = connectorTo(sdk, server.url);
    expect(await connector.executeTool("read", {})).toBe("done");
    expect(ran).toBe(2);
    die = true;
    const error = await failureOf(connector.executeTool("write", {}));
    expect(error).toMatchObject({ code: "CONNECTION_LOST", data: { mayHaveRun: true } });
    expect(error.message).toContain("It may have run");
    expect(ran).toBe(3);
    expect(await connector.executeTool("write", {})).toBe("done");
  });

  test.each<[string, number | "broken"]>([
    ["503", 503],
    ["404, as for a session that is over", 404],
    ["a broken connection", "broken"],
  ])("%s on one call ends no other: each gets its answer, and then the connection is closed", async (_title, fault) => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const ran: string[] = [];
    const makeServer = raw(
      () => ({ tools: [toolNamed("slow"), toolNamed("write")] }),
      async (name) => {
        ran.push(name);
        if (name === "slow") begin();
        if (name === "slow") await gate;
        return { content: [{ type: "text", text: `${name} done` }] };
      },
    );
    let faulty = true;
    await using server = await serve(
      sessions(makeServer, ({ params }, { socket }, response) => {
        const fails = faulty && params?.name === "write";
        if (fails && fault === "broken") socket.destroy();
        else if (fails) response.writeHead(fault as number).end("Session not found");
        if (fails) faulty = false;
        return fails;
      }),
    );
    const closings: Promise<void>[] = [];
    const connector = mcpConnector(ctx, {
      name: "remote",
      connect: async () => {
        const client = await CLIENTS[sdk](server.url);
        const close = client.close.bind(client);
        const { promise, resolve } = Promise.withResolvers<void>();
        closings.push(promise);
        return Object.assign(client, { close: () => close().then(resolve) });
      },
    });
    const slow = connector.executeTool("slow", {});
    await begun;
    const write = await connector.executeTool("write", {}).catch((error: unknown) => error);
    if (fault === 404) expect(write).toBe("write done");
    else expect(write).toMatchObject({ code: "CONNECTION_LOST", data: { mayHaveRun: true } });
    expect(await connector.executeTool("write", {})).toBe("write done");
    open();
    expect(await slow).toBe("slow done");
    expect(ran.filter((name) => name === "slow")).toHaveLength(1);
    expect(closings).toHaveLength(2);
    await closings[0];
  });

  test.each<[string, string, string]>([
    ["that breaks off", "application/json", '{"jsonrpc":"2.0","id":'],
    ["that is a page of a proxy", "text/html", "<html>busy</html>"],
    ["that is no message", "application/json", '{"ok":true}'],
  ])("an answer %s leaves a write in doubt", async (_title, type, body) => {
    await using server = await serve(
      sessions(
        raw(
          () => ({ tools: [toolNamed("write")] }),
          () => ({ content: [] }),
        ),
        ({ method }, _request, response) => {
          const isCall = method === "tools/call";
          if (isCall) response.writeHead(200, { "content-type": type }).end(body);
          return isCall;
        },
      ),
    );
    const error = await failureOf(connectorTo(sdk, server.url).executeTool("write", {}));
    expect(error).toMatchObject({ code: "CONNECTION_LOST", data: { mayHaveRun: true } });
    expect(error.message).toContain("cannot be used");
  });

  test.each([404, 400, 503])(
    "an error that a server numbers %i like HTTP is its answer: a write is not sent again",
    async (code) => {
      let ran = 0;
      const call = () => {
        ran += 1;
        throw Object.assign(new Error("no such session of work"), { code });
      };
      await using server = await serve(sessions(raw(() => ({ tools: [toolNamed("write")] }), call)));
      const error = await failureOf(connectorTo(sdk, server.url).executeTool("write", {}));
      expect({ code: error.code, ran }).toEqual({ code: "TOOL_ERROR", ran: 1 });
    },
  );

  test("a server that is gone for good is an error, and what was never sent is said not to have run", async () => {
    const server = await serve(
      sessions(
        raw(
          () => ({ tools: [toolNamed("write")] }),
          () => ({ content: [] }),
        ),
      ),
    );
    const connector = connectorTo(sdk, server.url);
    await connector.describe();
    await server.stop();
    // The first may still find a socket that is open on this side only.
    expect(await failureOf(connector.executeTool("write", {}))).toMatchObject({ code: "CONNECTION_LOST" });
    const error = await failureOf(connector.executeTool("write", {}));
    expect(error).toMatchObject({ code: "CONNECTION_LOST", data: { mayHaveRun: false } });
  });

  test("a slow server is given up after the timeout, or when the call is cancelled", async () => {
    await using server = await serve(
      sessions(
        raw(
          () => ({ tools: [toolNamed("slow", true)] }),
          () => new Promise(() => undefined),
        ),
      ),
    );
    const connector = connectorTo(sdk, server.url, { callTimeoutMs: 100 });
    const error = await failureOf(connector.executeTool("slow", {}));
    expect(error).toMatchObject({ code: "CONNECTION_LOST", data: { mayHaveRun: true } });
    expect(error.message).toContain("did not answer in time");
    const cancelled = connectorTo(sdk, server.url).executeTool("slow", {}, { signal: AbortSignal.timeout(100) });
    expect(await failureOf(cancelled)).toMatchObject({ code: "CANCELLED" });
  });

  test("a list that changes is read again when the server says so", async () => {
    const tools = [toolNamed("first", true)];
    const servers: McpSdkServer[] = [];
    const make = raw(
      () => ({ tools }),
      () => ({ content: [] }),
    );
    await using server = await serve(
      sessions(() => {
        const made = make();
        servers.push(made);
        return made;
      }),
    );
    const connector = connectorTo(sdk, server.url);
    const names = async () => Object.keys((await connector.describe()).descriptors);
    expect(await names()).toEqual(["first"]);
    tools.push(toolNamed("second", true));
    await expect
      .poll(async () => {
        // The stream on which a client hears of it opens a moment after it is connected.
        await servers[0]?.sendToolListChanged();
        return names();
      })
      .toEqual(["first", "second"]);
  });

  describe("a server that lies", () => {
    const lying = (lists: unknown, answers: unknown = {}) =>
      serve(liar(({ method }) => (method === "tools/list" ? lists : answers)));

    test.each<[string, unknown]>([
      ["the shape of its list", { tools: "none" }],
      ["its cursor", { tools: [], nextCursor: 7 }],
    ])("about %s is told so", async (_title, list) => {
      await using server = await lying(list);
      const error = await failureOf(connectorTo(sdk, server.url).describe());
      expect(error.code).toBe("CONNECTION_LOST");
      expect(error.message).toMatch(/cannot be used/);
    });

    test("about one of its tools does not hide the others", async () => {
      const bad = { ...toolNamed("bad"), inputSchema: "object" };
      const odd = { ...toolNamed("odd"), outputSchema: { type: "object", properties: 7 } };
      await using server = await lying(
        { tools: [toolNamed("a"), bad, odd] },
        { content: [{ type: "text", text: "ok" }] },
      );
      const connector = connectorTo(sdk, server.url);
      expect(Object.keys((await connector.describe()).descriptors)).toEqual(["a", "bad", "odd"]);
      expect(await connector.executeTool("a", {})).toBe("ok");
      expect((await failureOf(connector.executeTool("bad", {}))).code).toBe("INVALID_TOOL");
    });

    test("about the end of its list does not keep anybody waiting", async () => {
      await using server = await lying({ tools: [toolNamed("a")], nextCursor: "same" });
      expect(Object.keys((await connectorTo(sdk, server.url).describe()).descriptors)).toEqual(["a"]);
    });

    test.each<[string, unknown]>([
      ["content that is no list", { content: "text" }],
      ["a block without a type", { content: [{ text: "x" }] }],
      ["an image that is not base64", { content: [{ type: "image", data: "%%%", mimeType: "image/png" }] }],
      ["no object", "done"],
    ])("about a result (%s) is told so, and that the tool may have run", async (_title, answer) => {
      await using server = await lying({ tools: [toolNamed("write")] }, answer);
      const error = await failureOf(connectorTo(sdk, server.url).executeTool("write", {}));
      expect(error).toMatchObject({ code: "CONNECTION_LOST", data: { mayHaveRun: true } });
    });

    test("about its output schema is told so", async () => {
      const outputSchema = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };
      await using server = await lying(
        { tools: [{ ...toolNamed("typed"), outputSchema }] },
        { structuredContent: { n: "one" }, content: [] },
      );
      const error = await failureOf(connectorTo(sdk, server.url).executeTool("typed", {}));
      expect(error).toMatchObject({ code: "CONNECTION_LOST", data: { mayHaveRun: true } });
      expect(error.message).toMatch(/output schema/);
    });

    test("about the size of a result is told what to do", async () => {
      const text = "x".repeat(17 * 1024 * 1024);
      await using server = await lying({ tools: [toolNamed("big")] }, { content: [{ type: "text", text }] });
      expect(await failureOf(connectorTo(sdk, server.url).executeTool("big", {}))).toMatchObject({
        code: "VALUE_TOO_LARGE",
      });
    });
  });
});
