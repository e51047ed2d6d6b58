/** The connector against the reference "everything" server, over stdio and Streamable HTTP, with both SDKs' clients. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { Client as ClientV2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as StdioV2 } from "@modelcontextprotocol/client/stdio";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type McpClientLike,
  type McpConnector,
  type McpProgress,
  mcpConnector,
} from "../../../connectors/mcp/index.ts";
import { decodeValue, encodeValue } from "../../../src/wire/values.ts";
import { failureOf } from "../../support/thrown.ts";
import { CLIENTS } from "./loopback.ts";
import { ctx } from "./make.ts";

const SERVER = createRequire(import.meta.url).resolve("@modelcontextprotocol/server-everything/dist/index.js");
const STDIO = { command: process.execPath, args: [SERVER, "stdio"], stderr: "ignore" } as const;
const INFO = { name: "test", version: "1.0.0" };

let http: ChildProcess;
let url: URL;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

beforeAll(async () => {
  const port = await freePort();
  http = spawn(process.execPath, [SERVER, "streamableHttp"], {
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    http.once("exit", () => reject(new Error(`the everything server ended: ${said}`)));
    http.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("listening on port")) resolve();
    });
  });
  url = new URL(`http://127.0.0.1:${port}/mcp`);
});

afterAll(() => {
  http.kill();
});

type Connected = McpClientLike & { close(): Promise<void> };

const TRANSPORTS: Readonly<Record<string, () => Promise<Connected>>> = {
  "v1 over stdio": async () => {
    const client = new ClientV1(INFO);
    await client.connect(new StdioV1({ ...STDIO, args: [...STDIO.args] }));
    return client;
  },
  "v2 over stdio": async () => {
    const client = new ClientV2(INFO);
    await client.connect(new StdioV2({ ...STDIO, args: [...STDIO.args] }));
    return client;
  },
  "v1 over Streamable HTTP": () => CLIENTS.v1(url),
  "v2 over Streamable HTTP": () => CLIENTS.v2(url),
};

describe.each(Object.keys(TRANSPORTS))("the everything server, %s", (transport) => {
  let client: Connected;
  let connector: McpConnector;
  const progress: McpProgress[] = [];

  beforeAll(async () => {
    const connect = TRANSPORTS[transport];
    if (connect === undefined) throw new Error(transport);
    client = await connect();
    connector = mcpConnector(ctx, {
      name: "everything",
      client,
      onToolProgress: (_tool, seen) => progress.push(seen),
    });
  });

  afterAll(() => client.close());

  test("its tools, their output schemas, its instructions and its hints are described", async () => {
    const { descriptors, annotations, instructions } = await connector.describe();
    expect(Object.keys(descriptors)).toEqual(
      expect.arrayContaining([
        "echo",
        "get_sum",
        "get_structured_content",
        "get_tiny_image",
        "toggle_simulated_logging",
      ]),
    );
    expect(descriptors.get_structured_content?.outputSchema).toMatchObject({
      type: "object",
      properties: { temperature: { type: "number" } },
    });
    expect(annotations?.echo).toEqual({ readOnly: true });
    expect(annotations?.toggle_simulated_logging?.readOnly).toBeUndefined();
    expect(instructions?.length).toBeGreaterThan(0);
  });

  test("text, structured content and a failure arrive as values and as an error", async () => {
    expect(await connector.executeTool("echo", { message: "hé" })).toBe("Echo: hé");
    expect(await connector.executeTool("get-sum", { a: 2, b: 40 })).toContain("42");
    expect(await connector.executeTool("get_structured_content", { location: "Chicago" })).toMatchObject({
      temperature: expect.any(Number),
      conditions: expect.any(String),
    });
    const error = await failureOf(
      connector.executeTool("get_resource_reference", { resourceType: "Blob", resourceId: 0.5 }),
    );
    expect(error.code).toBe("TOOL_ERROR");
    expect(error.message.length).toBeGreaterThan(0);
  });

  test("images, resources and links arrive as values that survive the journal", async () => {
    const image = await connector.executeTool("get_tiny_image", {});
    expect(image).toMatchObject({
      content: expect.arrayContaining([expect.objectContaining({ mimeType: "image/png" })]),
    });
    const { content } = image as { content: { type: string; data?: Uint8Array }[] };
    const bytes = content.find(({ type }) => type === "image")?.data;
    expect([...(bytes ?? []).slice(1, 4)].map((code) => String.fromCharCode(code)).join("")).toBe("PNG");

    const resource = await connector.executeTool("get_resource_reference", { resourceType: "Blob", resourceId: 2 });
    expect(resource).toMatchObject({
      content: expect.arrayContaining([
        { type: "resource", resource: expect.objectContaining({ blob: expect.any(Uint8Array) }) },
      ]),
    });
    const links = await connector.executeTool("get_resource_links", { count: 2 });
    expect(links).toMatchObject({ content: [{ type: "text" }, { type: "resource_link" }, { type: "resource_link" }] });
    for (const value of [image, resource, links]) expect(decodeValue(encodeValue(value, "The result"))).toEqual(value);
  });

  test("progress is passed on while a call runs", async () => {
    progress.length = 0;
    await connector.executeTool("trigger_long_running_operation", { duration: 0.3, steps: 3 });
    // The last one races with the answer, and the SDKs drop what comes after the answer.
    expect(progress.map((seen) => seen.progress).slice(0, 2)).toEqual([1, 2]);
    expect(progress[0]).toMatchObject({ total: 3 });
  });

  test("a call that nobody waits for any longer ends at once", async () => {
    const controller = new AbortController();
    const running = failureOf(
      connector.executeTool(
        "trigger_long_running_operation",
        { duration: 60, steps: 1 },
        { signal: controller.signal },
      ),
    );
    setTimeout(() => controller.abort(), 50);
    expect(await running).toMatchObject({ code: "CANCELLED" });
  });
});

describe.each([
  ["v1", () => new StdioV1({ ...STDIO, args: [...STDIO.args] }), () => new ClientV1(INFO)],
  ["v2", () => new StdioV2({ ...STDIO, args: [...STDIO.args] }), () => new ClientV2(INFO)],
] as const)("a stdio server whose process is killed, %s", (_sdk, makeTransport, makeClient) => {
  test("is started again by the next call; the call that it died under is repeated when it only reads", async () => {
    const processes: number[] = [];
    const clients: Connected[] = [];
    const connector = mcpConnector(ctx, {
      name: "everything",
      connect: async () => {
        const transport = makeTransport();
        const client = makeClient();
        await client.connect(transport as never);
        clients.push(client);
        processes.push(transport.pid ?? 0);
        return client;
      },
      onToolProgress: () => {
        if (processes.length === 1) process.kill(processes[0] ?? Number.NaN, "SIGKILL");
      },
    });
    const long = await connector.executeTool("trigger_long_running_operation", { duration: 0.2, steps: 2 });
    expect(long).toContain("completed");
    expect(clients).toHaveLength(2);
    process.kill(processes[1] ?? Number.NaN, "SIGKILL");
    expect(await connector.executeTool("echo", { message: "again" })).toBe("Echo: again");
    expect(clients).toHaveLength(3);
    await clients.at(-1)?.close();
  });
});
