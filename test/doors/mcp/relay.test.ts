/** What passes through `codeMcpServer` between the wrapped tools and the client: questions, progress, logs, images. */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import { LoggingMessageNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { codeMcpServer, codemodeMcpServer } from "../../../src/mcp.ts";
import { localExecutor } from "../local-executor.ts";
import { call, linked, type Person } from "./linked.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

const executor = localExecutor();

const PIXEL = "iVBORw0KGgo=";
const text = (value: string) => ({ content: [{ type: "text" as const, text: value }] });

/** A server whose tools talk while they run. */
function talking(): McpServer {
  const server = new McpServer({ name: "talking", version: "1.0.0" }, { capabilities: { logging: {} } });
  const form = { type: "object" as const, properties: { size: { type: "string" as const } } };
  server.registerTool("ask", { inputSchema: { message: z.string() } }, async ({ message }) => {
    if (server.server.getClientCapabilities()?.elicitation === undefined) return text("nobody to ask");
    const { action, content } = await server.server.elicitInput({ message, requestedSchema: form });
    return text(`${message}: ${action} ${content?.size}`);
  });
  server.registerTool("count", { inputSchema: { to: z.number() } }, async ({ to }, { _meta, sendNotification }) => {
    for (let progress = 1; progress <= to; progress += 1) {
      const progressToken = _meta?.progressToken ?? "none";
      const params = { progressToken, progress, total: to, message: `at ${progress}` };
      await sendNotification({ method: "notifications/progress", params });
    }
    return text(String(to));
  });
  server.registerTool("log", {}, async () => {
    await server.server.sendLoggingMessage({ level: "info", data: "unimportant" });
    await server.server.sendLoggingMessage({ level: "error", data: "important" });
    return text("logged");
  });
  server.registerTool("draw", { inputSchema: { bytes: z.number() } }, async ({ bytes }) => ({
    content: [
      { type: "text", text: "Here it is" },
      { type: "image", data: bytes === 0 ? PIXEL : btoa("x".repeat(bytes)), mimeType: "image/png" },
    ],
  }));
  server.registerTool("measure", { outputSchema: { celsius: z.number() } }, async () => ({
    structuredContent: { celsius: 21 },
    content: [
      { type: "text", text: '{"celsius":21}' },
      { type: "image", data: PIXEL, mimeType: "image/png" },
    ],
  }));
  return server;
}

async function door(person?: Person): Promise<Client> {
  return linked(await codeMcpServer({ server: talking(), executor }), person);
}

const run = (client: Client, body: string) => call(client, "code", { code: `async () => { ${body} }` });

describe("a tool that asks", () => {
  test("asks the client's person, and the program gets what the tool made of the answer", async () => {
    const client = await door(
      ({ message }): ElicitResult => ({ action: "accept", content: { size: `${message} XL` } }),
    );
    const { text: said } = await run(client, `return codemode.ask({ message: "Shirt?" });`);
    expect(said).toBe("Shirt?: accept Shirt? XL");
  });

  test("finds nobody where the client has no forms, instead of a form that fails", async () => {
    expect((await run(await door(), `return codemode.ask({ message: "Shirt?" });`)).text).toBe("nobody to ask");
  });

  test("asks in several programs at once, each getting its own answer", async () => {
    const client = await door(({ message }): ElicitResult => ({ action: "accept", content: { size: message } }));
    const ask = (message: string) => run(client, `return codemode.ask({ message: "${message}" });`);
    const said = await Promise.all(["a", "b", "c"].map(ask));
    expect(said.map((reply) => reply.text)).toEqual(["a: accept a", "b: accept b", "c: accept c"]);
  });
});

describe("progress", () => {
  test("of the tools of one program is one that only grows", async () => {
    const heard: { progress: number; message?: string | undefined }[] = [];
    const code = "async () => (await codemode.count({ to: 3 })) + (await codemode.count({ to: 2 }))";
    await call(await door(), "code", { code }, (progress) => heard.push(progress));
    expect(heard.map(({ progress }) => progress)).toEqual([1, 2, 3, 4, 5]);
    expect(heard.map(({ message }) => message)).toEqual(["at 1", "at 2", "at 3", "at 1", "at 2"]);
  });
});

describe("log messages", () => {
  test("reach the client at the level that it set", async () => {
    const client = await door();
    const heard: unknown[] = [];
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void heard.push(params.data));
    await run(client, "return codemode.log({});");
    await client.setLoggingLevel("error");
    await run(client, "return codemode.log({});");
    expect(heard).toEqual(["unimportant", "important", "important"]);
  });
});

describe("an image", () => {
  const contentOf = async (client: Client, name: string, code: string) =>
    (await client.callTool({ name, arguments: { code } })).content;

  test("that a program returns is shown; inside another value it is named", async () => {
    const client = await door();
    expect(await contentOf(client, "code", "async () => codemode.draw({ bytes: 0 })")).toEqual([
      { type: "text", text: "Here it is" },
      { type: "image", data: PIXEL, mimeType: "image/png" },
    ]);
    const inside = await contentOf(client, "code", "async () => ({ drawn: await codemode.draw({ bytes: 0 }) })");
    expect(inside).toMatchObject([{ type: "text", text: expect.stringContaining("(8 bytes)") }]);
  });

  test("that came beside structured content is shown with it", async () => {
    const shown = await contentOf(await door(), "code", "async () => codemode.measure({})");
    expect(shown).toEqual([
      { type: "text", text: '{"celsius":21}' },
      { type: "image", data: PIXEL, mimeType: "image/png" },
    ]);
    const field = await contentOf(await door(), "code", "async () => (await codemode.measure({})).celsius");
    expect(field).toEqual([{ type: "text", text: "21" }]);
  });

  test("that is too large for one message is named", async () => {
    const shown = await contentOf(await door(), "code", "async () => codemode.draw({ bytes: 5_000_000 })");
    expect(shown).toEqual([
      { type: "text", text: "Here it is" },
      { type: "text", text: "(image of 5000000 bytes, too large to be shown)" },
    ]);
  });

  test("that a durable run ends with is shown beside the outcome, also when it is looked at again", async () => {
    const result = { content: [{ type: "image", data: Uint8Array.of(1, 2, 3), mimeType: "image/png" }] };
    const client = await linked(codemodeMcpServer({ runtime: new ScriptedRuntime(0, result) }));
    const image = { type: "image", data: "AQID", mimeType: "image/png" };
    expect(await contentOf(client, "execute", "async () => 1")).toEqual([
      expect.objectContaining({ type: "text" }),
      image,
    ]);
    const again = await client.callTool({ name: "resume", arguments: { executionId: "exec_1" } });
    expect(again.content).toEqual([expect.objectContaining({ type: "text" }), image]);
    expect(again.structuredContent).toMatchObject({ status: "completed" });
  });

  test.each<[string, unknown]>([
    ["of an unknown kind", { content: [{ type: "hologram", data: "x" }] }],
    ["that lacks its type", { content: [{ type: "image", data: "x" }, { data: "x" }] }],
    ["that is not base64", { content: [{ type: "image", data: "%%", mimeType: "image/png" }] }],
  ])("%s is an ordinary value", async (_title, value) => {
    const client = await door();
    const shown = await contentOf(client, "code", `async () => (${JSON.stringify(value)})`);
    expect(shown).toEqual([{ type: "text", text: JSON.stringify(value) }]);
  });
});
