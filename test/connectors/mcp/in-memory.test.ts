/** Servers of both SDKs in the same process: their lists as they are, and many connectors over one client of theirs. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as v2 from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import * as v2Server from "@modelcontextprotocol/server";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type McpClientLike, type McpConnector, mcpConnector } from "../../../connectors/mcp/index.ts";
import { ctx } from "./make.ts";

const NUMBERS = { a: z.number(), b: z.number() };
const SUM = { sum: z.number() };
const INFO = { name: "sums", version: "1.0.0" };

function add({ a, b }: { a: number; b: number }) {
  return { content: [], structuredContent: { sum: a + b } };
}

/** A v1 client in a Worker cannot compile output schemas, and gives no list at all; then it is asked for it unread. */
const jsonSchemaValidator = {
  getValidator(): never {
    throw new EvalError("Code generation from strings disallowed for this context");
  },
};

const CLIENTS: Readonly<Record<string, () => Promise<McpClientLike>>> = {
  v1: async () => {
    const server = new McpServer(INFO);
    server.registerTool("add", { inputSchema: NUMBERS, outputSchema: SUM }, add);
    const [near, far] = InMemoryTransport.createLinkedPair();
    const client = new Client(INFO, { jsonSchemaValidator });
    await Promise.all([server.connect(far), client.connect(near)]);
    return client;
  },
  v2: async () => {
    const server = new v2Server.McpServer(INFO);
    server.registerTool("add", { inputSchema: z.object(NUMBERS), outputSchema: z.object(SUM) }, add);
    const [near, far] = v2Server.InMemoryTransport.createLinkedPair();
    const client = new v2.Client(INFO);
    await Promise.all([server.connect(far), client.connect(near)]);
    return client;
  },
};

test.each(Object.entries(CLIENTS))(
  "a server of the %s SDK in this process has tools with schemas",
  async (_name, connect) => {
    const connector = mcpConnector(ctx, { name: "sums", connect });
    const { add: described } = (await connector.describe()).descriptors;
    expect(described?.inputSchema).toMatchObject({ properties: { a: { type: "number" } }, required: ["a", "b"] });
    expect(described?.outputSchema).toMatchObject({ properties: { sum: { type: "number" } } });
    expect(await connector.executeTool("add", { a: 1, b: 2 })).toEqual({ sum: 3 });
    await expect(connector.executeTool("add", { a: 1 })).rejects.toMatchObject({ code: "INVALID_ARGUMENTS" });
  },
);

interface Pair {
  readonly client: McpClientLike & { fallbackNotificationHandler?: unknown };
  /** Lists one more tool; the server announces it. */
  addTool(name: string): void;
}

const PAIRS: Readonly<Record<string, () => Promise<Pair>>> = {
  v1: async () => {
    const server = new McpServer(INFO);
    server.registerTool("first", {}, () => ({ content: [] }));
    const [near, far] = InMemoryTransport.createLinkedPair();
    const client = new Client(INFO);
    await Promise.all([server.connect(far), client.connect(near)]);
    return { client, addTool: (name) => void server.registerTool(name, {}, () => ({ content: [] })) };
  },
  v2: async () => {
    const server = new v2Server.McpServer(INFO);
    server.registerTool("first", {}, () => ({ content: [] }));
    const [near, far] = v2Server.InMemoryTransport.createLinkedPair();
    const client = new v2.Client(INFO);
    await Promise.all([server.connect(far), client.connect(near)]);
    return { client, addTool: (name) => void server.registerTool(name, {}, () => ({ content: [] })) };
  },
};

describe.each(Object.entries(PAIRS))("hundreds of connectors over one %s client", (_name, connect) => {
  const CONNECTORS = 300;
  const over = (client: McpClientLike) => mcpConnector(ctx, { name: "many", client });
  const namesOf = async (connector: McpConnector) => Object.keys((await connector.describe()).descriptors);

  test("put one handler on it, and each hears of another list", async () => {
    const { client, addTool } = await connect();
    const heard: unknown[] = [];
    client.fallbackNotificationHandler = async (notification: unknown) => void heard.push(notification);
    const connectors = Array.from({ length: CONNECTORS }, () => over(client));
    const handlers = new Set<unknown>();
    for (const connector of connectors) {
      expect(await namesOf(connector)).toEqual(["first"]);
      handlers.add(client.fallbackNotificationHandler);
    }
    expect(handlers.size).toBe(1);
    addTool("second");
    await expect.poll(() => heard.length).toBe(1);
    for (const connector of connectors) expect(await namesOf(connector)).toEqual(["first", "second"]);
  });

  test("are not held by it", async () => {
    const { client } = await connect();
    const made: WeakRef<McpConnector>[] = [];
    for (let count = 0; count < CONNECTORS; count += 1) {
      const connector = over(client);
      await connector.describe();
      made.push(new WeakRef(connector));
    }
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    // What was held by the turn in which it was made is free in the next.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(made.filter((reference) => reference.deref() !== undefined).length).toBeLessThan(3);
    expect(client.callTool).toBeTypeOf("function");
  });

  test("hear of another list also where a handler was set after theirs", async () => {
    const { client, addTool } = await connect();
    await namesOf(over(client));
    const heard: unknown[] = [];
    client.fallbackNotificationHandler = async (notification: unknown) => void heard.push(notification);
    const connector = over(client);
    await namesOf(connector);
    addTool("second");
    await expect.poll(() => heard.length).toBe(1);
    expect(await namesOf(connector)).toEqual(["first", "second"]);
  });
});
