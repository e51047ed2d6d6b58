/** Servers of both SDKs in the same process: nothing between them and the connector turns their lists into text. */
import * as v2 from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import * as v2Server from "@modelcontextprotocol/server";
import { expect, test } from "vitest";
import { z } from "zod";
import { type McpClientLike, mcpConnector } from "../../../connectors/mcp/index.ts";
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
