/** Small programs against MCP servers as they are: without tools, behind gateways, asking back, changing under a call, speaking of tasks. */
import { Server as McpSdkServer } from "@modelcontextprotocol/sdk/server/index.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test } from "vitest";
import { type McpConnector, type McpConnectorOptions, mcpConnector } from "../../../connectors/mcp/index.ts";
import { decodeValue, encodeValue } from "../../../src/wire/values.ts";
import { failureOf } from "../../support/thrown.ts";
import { CLIENTS, liar, type Message, type Sdk, serve, sessions } from "./loopback.ts";
import { ctx } from "./make.ts";

const INFO = { name: "remote", version: "1.0.0" };
const text = (value: string) => ({ content: [{ type: "text" as const, text: value }] });
const reads = { annotations: { readOnlyHint: true } };

function connectorTo(sdk: Sdk, url: URL, more: Partial<McpConnectorOptions> = {}): McpConnector {
  return mcpConnector(ctx, { name: "remote", connect: () => CLIENTS[sdk](url), ...more });
}

/** Streamable HTTP whose answer to one method is a status and a text, as a gateway gives it; else one tool that answers. */
function gateway(method: string, status: number, body: string, headers: Record<string, string> = {}) {
  let refused = 0;
  const server = sessions(
    () => {
      const made = new McpServer(INFO);
      made.registerTool("read", reads, () => text("read"));
      made.registerTool("write", {}, () => text("written"));
      return made;
    },
    () => false,
  );
  const make = () => {
    const handle = server();
    return async (...[request, response]: Parameters<typeof handle>) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const said = Buffer.concat(chunks).toString();
      if (said !== "" && (JSON.parse(said) as Message).method === method) {
        refused += 1;
        response.writeHead(status, { "content-type": "text/html", ...headers }).end(body);
        return;
      }
      // What was read is given again.
      Object.assign(request, {
        [Symbol.asyncIterator]: async function* () {
          yield said;
        },
      });
      await handle(request, response);
    };
  };
  return { make, refused: () => refused };
}

describe.each(["v1", "v2"] as const)("with the %s client", (sdk) => {
  test("a server without tools has none, and a call says where to look", async () => {
    await using server = await serve(sessions(() => new McpServer(INFO, { capabilities: { resources: {} } })));
    const connector = connectorTo(sdk, server.url);
    expect((await connector.describe()).descriptors).toEqual({});
    const error = await failureOf(connector.executeTool("read", {}));
    expect(error).toMatchObject({ code: "UNKNOWN_TOOL", message: expect.stringMatching(/^remote has no tool "read"/) });
  });

  test("an error of the protocol to tools/list names the connector, and is asked again by the next call", async () => {
    let broken = true;
    await using server = await serve(
      sessions(() => {
        const made = new McpSdkServer(INFO, { capabilities: { tools: {} } });
        made.setRequestHandler(ListToolsRequestSchema, async () => {
          if (broken) throw new Error("database is locked");
          return { tools: [{ name: "a", inputSchema: { type: "object" as const } }] };
        });
        made.setRequestHandler(CallToolRequestSchema, async () => text("ok"));
        return made;
      }),
    );
    const connector = connectorTo(sdk, server.url);
    for (const ask of [() => connector.describe(), () => connector.executeTool("a", {})]) {
      const error = await failureOf(ask());
      expect(error).toMatchObject({ code: "REQUEST_FAILED", data: { mayHaveRun: false } });
      expect(error.message).toMatch(
        /^remote: cannot read the MCP server's list of tools: .*database is locked\. Nothing was called\./,
      );
    }
    broken = false;
    expect(await connector.executeTool("a", {})).toBe("ok");
  });

  test("a server behind a login refuses the connection, with the connector's name", async () => {
    await using server = await serve(
      () => (_request, response) => void response.writeHead(401, { "www-authenticate": "Bearer" }).end("log in first"),
    );
    const error = await failureOf(connectorTo(sdk, server.url).describe());
    expect(error).toMatchObject({ code: "REQUEST_FAILED", data: { mayHaveRun: false } });
    expect(error.message).toMatch(/^remote: cannot connect: .*credentials/);
  });

  test("a gateway's 429 to a call says that it did not run; its 502 that it may have, and a read is made again", async () => {
    const limited = gateway("tools/call", 429, "slow down", { "retry-after": "5" });
    await using one = await serve(limited.make);
    const refused = await failureOf(connectorTo(sdk, one.url).executeTool("write", {}));
    expect(refused).toMatchObject({ code: "REQUEST_FAILED", data: { mayHaveRun: false } });
    expect(refused.message).toMatch(/^remote\.write was refused by the MCP server: .*(429|slow down)/);
    expect(limited.refused()).toBe(1);

    const down = gateway("tools/call", 502, "<html>Bad gateway</html>");
    await using two = await serve(down.make);
    const connector = connectorTo(sdk, two.url);
    expect(await failureOf(connector.executeTool("write", {}))).toMatchObject({
      code: "CONNECTION_LOST",
      data: { mayHaveRun: true },
    });
    expect(down.refused()).toBe(1);
    expect(await failureOf(connector.executeTool("read", {}))).toMatchObject({ code: "CONNECTION_LOST" });
    expect(down.refused()).toBe(3);
  });

  test("a list whose second page is lost is read anew", async () => {
    let lose = true;
    const answer = ({ method, params }: Message) => {
      if (method !== "tools/list") return text("ok");
      return params?.cursor === undefined
        ? { tools: [{ name: "a", inputSchema: { type: "object" } }], nextCursor: "2" }
        : { tools: [{ name: "b", inputSchema: { type: "object" } }] };
    };
    await using server = await serve(() => {
      const handle = liar((message) => {
        if (message.method === "tools/list" && message.params?.cursor === "2" && lose) {
          lose = false;
          throw new Error("cut");
        }
        return answer(message);
      })();
      return async (request, response) => {
        try {
          await handle(request, response);
        } catch {
          request.socket.destroy();
        }
      };
    });
    expect(Object.keys((await connectorTo(sdk, server.url).describe()).descriptors)).toEqual(["a", "b"]);
    expect(lose).toBe(false);
  });

  test("a tool that asks the user back, of a client that cannot be asked, fails with words", async () => {
    await using server = await serve(
      sessions(() => {
        const made = new McpServer(INFO);
        made.registerTool("ask", { inputSchema: {} }, async () => {
          const answer = await made.server.elicitInput({
            message: "Sure?",
            requestedSchema: { type: "object", properties: {} },
          });
          return text(answer.action);
        });
        return made;
      }),
    );
    const error = await failureOf(connectorTo(sdk, server.url).executeTool("ask", {}));
    expect(error.code).toBe("TOOL_ERROR");
    expect(error.message).toMatch(/elicitation/i);
  });

  test("links, embedded resources, an image and structured fields of one answer survive the journal", async () => {
    const content = [
      { type: "text", text: "two reports" },
      { type: "resource_link", uri: "file:///a.pdf", name: "a.pdf", mimeType: "application/pdf" },
      { type: "resource", resource: { uri: "file:///b.txt", mimeType: "text/plain", text: "b" } },
      { type: "resource", resource: { uri: "file:///c.bin", blob: btoa("\u0000\u00ff") } },
      { type: "image", mimeType: "image/png", data: btoa("png") },
    ];
    await using server = await serve(
      liar(({ method }) =>
        method === "tools/list"
          ? { tools: [{ name: "reports", inputSchema: { type: "object" } }] }
          : { content, structuredContent: { count: 2 } },
      ),
    );
    const value = await connectorTo(sdk, server.url).executeTool("reports", {});
    expect(decodeValue(encodeValue(value, "it"))).toEqual({
      count: 2,
      mcpContent: [
        content[0],
        content[1],
        content[2],
        { type: "resource", resource: { uri: "file:///c.bin", blob: Uint8Array.of(0, 255) } },
        { type: "image", mimeType: "image/png", data: new TextEncoder().encode("png") },
      ],
    });
  });

  test("a list that changes while a call runs: the call ends as it began, the next one finds the new list, read once", async () => {
    let listed = 0;
    await using server = await serve(
      sessions(
        () => {
          const made = new McpServer(INFO);
          const grow = made.registerTool("grow", { inputSchema: {} }, () => {
            made.registerTool("grown", reads, () => text("new"));
            for (let times = 0; times < 20; times += 1) made.sendToolListChanged();
            grow.update({ description: "Grew already" });
            return text("grew");
          });
          return made;
        },
        ({ method }) => {
          if (method === "tools/list") listed += 1;
          return false;
        },
      ),
    );
    const connector = connectorTo(sdk, server.url);
    expect(await connector.executeTool("grow", {})).toBe("grew");
    await expect.poll(async () => Object.keys((await connector.describe()).descriptors)).toEqual(["grow", "grown"]);
    const before = listed;
    expect(await connector.executeTool("grown", {})).toBe("new");
    expect(listed).toBe(before);
  });

  test("a tool that must be run as a task says so, and hurts no other", async () => {
    const tools = [
      { name: "build", inputSchema: { type: "object" }, execution: { taskSupport: "required" } },
      { name: "quick", inputSchema: { type: "object" }, execution: { taskSupport: "optional" } },
    ];
    await using server = await serve(liar(({ method }) => (method === "tools/list" ? { tools } : text("ran"))));
    const connector = connectorTo(sdk, server.url);
    expect(await connector.executeTool("quick", {})).toBe("ran");
    expect(await failureOf(connector.executeTool("build", {}))).toMatchObject({
      code: "INVALID_TOOL",
      message:
        "remote.build cannot be called: its server runs it as a task only, and programs make plain calls. Its MCP server must mend it.",
    });
  });

  test("an answer whose stream ends without it is given up after the call's time, and may have run", async () => {
    await using server = await serve(() => {
      const handle = liar(() => ({ tools: [{ name: "write", inputSchema: { type: "object" } }] }))();
      return async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const said = Buffer.concat(chunks).toString();
        if (said.includes('"tools/call"'))
          return void response.writeHead(200, { "content-type": "text/event-stream" }).end(": bye\n\n");
        Object.assign(request, {
          [Symbol.asyncIterator]: async function* () {
            yield said;
          },
        });
        await handle(request, response);
      };
    });
    const error = await failureOf(connectorTo(sdk, server.url, { callTimeoutMs: 200 }).executeTool("write", {}));
    expect(error).toMatchObject({ code: "CONNECTION_LOST", data: { mayHaveRun: true } });
  });
});

test("five servers of which one is down: the others are described, and the one is named", async () => {
  await using up = await serve(
    liar(({ method }) =>
      method === "tools/list" ? { tools: [{ name: "a", inputSchema: { type: "object" } }] } : text("ok"),
    ),
  );
  const names = ["one", "two", "three", "four"];
  const connectors = names.map((name) => mcpConnector(ctx, { name, connect: () => CLIENTS.v1(up.url) }));
  const down = mcpConnector(ctx, { name: "five", connect: () => CLIENTS.v1(new URL("http://127.0.0.1:9/mcp")) });
  const described = await Promise.allSettled([...connectors, down].map((connector) => connector.describe()));
  expect(described.map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "fulfilled",
    "fulfilled",
    "rejected",
  ]);
  expect((await failureOf(down.describe())).message).toMatch(
    /^five: cannot connect: fetch failed: .*Nothing was called/,
  );
});
