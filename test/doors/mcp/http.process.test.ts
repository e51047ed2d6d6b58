/** The runtime as an MCP server over Streamable HTTP on loopback, driven by real clients of both SDKs. */
import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from "@modelcontextprotocol/client";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { describe, expect, test } from "vitest";
import { mcpConnector } from "../../../connectors/mcp/index.ts";
import { codemodeMcpServer } from "../../../src/mcp.ts";
import { CLIENTS, serve, sessions } from "../../connectors/mcp/loopback.ts";
import { ctx } from "../../connectors/mcp/make.ts";
import { call, clientFor, type Person } from "./linked.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

const CODE = { code: "async () => 1" };

/** One runtime, as in a Durable Object; one server for each session. */
const serving = (runtime: ScriptedRuntime) => serve(sessions(() => codemodeMcpServer({ runtime, heartbeatMs: 10 })));

async function connect(url: URL, person?: Person): Promise<Client> {
  const client = clientFor(person);
  await client.connect(new StreamableHTTPClientTransport(url) as Parameters<Client["connect"]>[0]);
  return client;
}

describe("over Streamable HTTP", () => {
  test("a run that pauses asks the person, reports progress, and completes, all within its call", async () => {
    const runtime = new ScriptedRuntime(2);
    runtime.delayMs = 50;
    await using server = await serving(runtime);
    const heard: number[] = [];
    const client = await connect(server.url, () => ({ action: "accept", content: { decision: "approve" } }));
    const outcome = await call(client, "execute", CODE, ({ progress }) => heard.push(progress));
    expect(outcome).toMatchObject({ isError: false, json: { status: "completed", result: { paid: 2 } } });
    expect(heard.length).toBeGreaterThan(2);
    await client.close();
  });

  test("a run that paused in one session is found, decided and finished in another", async () => {
    await using server = await serving(new ScriptedRuntime(1));
    const first = await connect(server.url);
    const { json } = await call(first, "execute", CODE);
    expect(json).toMatchObject({ status: "paused" });
    await first.close();

    const second = await connect(server.url);
    const { pending } = (await call(second, "pending", {})).json as {
      pending: { executionId: string; seq: number; digest: string }[];
    };
    const [action] = pending;
    const { executionId = "", seq = -1, digest = "" } = action ?? {};
    expect((await call(second, "approve", { executionId, seq, digest })).json).toMatchObject({ status: "completed" });
    expect((await call(second, "resume", { executionId })).json).toMatchObject({ status: "completed" });
    await second.close();
  });

  test("a v2 client sees the same", async () => {
    await using server = await serving(new ScriptedRuntime(1));
    const client = new ClientV2({ name: "test", version: "1.0.0" }, { capabilities: { elicitation: { form: {} } } });
    client.setRequestHandler("elicitation/create", async () => ({
      action: "accept",
      content: { decision: "approve" },
    }));
    await client.connect(new HttpV2(server.url));
    const outcome = await client.callTool({ name: "execute", arguments: CODE });
    expect(outcome.structuredContent).toMatchObject({ status: "completed", result: { paid: 1 } });
    await client.close();
  });

  test.each(["v1", "v2"] as const)("another runtime can use it through the MCP connector (%s client)", async (sdk) => {
    await using server = await serving(new ScriptedRuntime(1));
    const connector = mcpConnector(ctx, { name: "remote", connect: () => CLIENTS[sdk](server.url) });
    const { annotations } = await connector.describe();
    expect(annotations).toMatchObject({ search: { readOnly: true }, approve: { requiresApproval: true } });
    expect(await connector.executeTool("execute", CODE)).toMatchObject({
      status: "paused",
      pending: [{ tool: "bank.pay" }],
    });
  });
});
