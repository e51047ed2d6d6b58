/** What passes through `codeMcpServer` between the wrapped tools and the client: questions, progress, logs, images. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import { CreateMessageRequestSchema, LoggingMessageNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { codeMcpServer, codemodeMcpServer } from "../../../src/mcp.ts";
import { localExecutor } from "../local-executor.ts";
import { call, clientFor, linked, type Person } from "./linked.ts";
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
  server.registerTool("hold", {}, async ({ signal }) => {
    // The SDK's client takes no cancellation of a server's request with the number 0, which is the first.
    await server.server.ping();
    const { action } = await server.server.elicitInput({ message: "Hold?", requestedSchema: form }, { signal });
    return text(action);
  });
  server.registerTool("think", {}, async () => {
    if (server.server.getClientCapabilities()?.sampling === undefined) return text("no model to ask");
    const messages = [{ role: "user" as const, content: { type: "text" as const, text: "Colour?" } }];
    const { model } = await server.server.createMessage({ messages, maxTokens: 5 });
    return text(model);
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

  test("finds the person of the client that comes after one that had none", async () => {
    const server = await codeMcpServer({ server: talking(), executor });
    const first = await linked(server);
    expect((await run(first, `return codemode.ask({ message: "Shirt?" });`)).text).toBe("nobody to ask");
    await first.close();
    const second = await linked(server, (): ElicitResult => ({ action: "accept", content: { size: "XL" } }));
    expect((await run(second, `return codemode.ask({ message: "Shirt?" });`)).text).toBe("Shirt?: accept XL");
  });

  test("takes its form away when the client gives up the call", async () => {
    const abort = new AbortController();
    const closed = Promise.withResolvers<void>();
    const server = await codeMcpServer({ server: talking(), executor });
    const client = await linked(server, (_form, signal) => {
      signal.addEventListener("abort", () => closed.resolve(), { once: true });
      abort.abort();
      return new Promise(() => undefined);
    });
    await server.server.ping();
    const code = "async () => codemode.hold({})";
    const given = client.callTool({ name: "code", arguments: { code } }, undefined, { signal: abort.signal });
    await expect(given).rejects.toThrow("aborted");
    await closed.promise;
  });

  test("asks on the stream of its call where there is one call, and on none in particular beside another", async () => {
    const [near, far] = InMemoryTransport.createLinkedPair();
    const send = vi.spyOn(far, "send");
    const shown = new Map<string, PromiseWithResolvers<ElicitResult>>();
    const asked: Record<string, () => void> = {};
    const client = clientFor(({ message }) => {
      const answer = Promise.withResolvers<ElicitResult>();
      shown.set(message, answer);
      asked[message]?.();
      return answer.promise;
    });
    await (await codeMcpServer({ server: talking(), executor })).connect(far);
    await client.connect(near);
    const ask = async (message: string) => {
      const isShown = new Promise<void>((resolve) => {
        asked[message] = resolve;
      });
      const said = run(client, `return codemode.ask({ message: "${message}" });`);
      await isShown;
      return { said, answer: () => shown.get(message)?.resolve({ action: "accept", content: { size: "S" } }) };
    };
    const [first, second] = [await ask("first"), await ask("second")];
    for (const { answer } of [first, second]) answer();
    await Promise.all([first.said, second.said]);
    const third = await ask("third");
    third.answer();
    await third.said;
    const forms = send.mock.calls.filter(([message]) => "method" in message && message.method === "elicitation/create");
    const calls = forms.map(([, options]) => options?.relatedRequestId);
    expect(calls).toEqual([expect.any(Number), undefined, expect.any(Number)]);
    expect(calls[2]).not.toBe(calls[0]);
  });

  test("asks in several programs at once, each getting its own answer", async () => {
    const client = await door(({ message }): ElicitResult => ({ action: "accept", content: { size: message } }));
    const ask = (message: string) => run(client, `return codemode.ask({ message: "${message}" });`);
    const said = await Promise.all(["a", "b", "c"].map(ask));
    expect(said.map((reply) => reply.text)).toEqual(["a: accept a", "b: accept b", "c: accept c"]);
  });
});

describe("a tool that asks a model", () => {
  test("asks that of the client, or finds none", async () => {
    const thinking = new Client({ name: "test", version: "1.0.0" }, { capabilities: { sampling: {} } });
    thinking.setRequestHandler(CreateMessageRequestSchema, () => ({
      model: "small",
      role: "assistant",
      content: { type: "text", text: "Green" },
    }));
    const [near, far] = InMemoryTransport.createLinkedPair();
    await (await codeMcpServer({ server: talking(), executor })).connect(far);
    await thinking.connect(near);
    expect((await run(thinking, "return codemode.think({});")).text).toBe("small");
    expect((await run(await door(), "return codemode.think({});")).text).toBe("no model to ask");
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
