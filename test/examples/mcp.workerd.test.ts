import { env, runInDurableObject } from "cloudflare:test";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { CfWorkerJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/cfworker";
import { expect, test } from "vitest";
import { z } from "zod";
import { filesRuntime } from "./mcp.ts";

/** A server of files over Streamable HTTP, one for each session; what it says of `delete-file` can change. */
function filesServer() {
  const state = { names: new Set(["notes.md", "old.md"]), deletes: "Delete a file" };
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();

  async function session(): Promise<WebStandardStreamableHTTPServerTransport> {
    const server = new McpServer(
      { name: "files", version: "1.0.0" },
      { jsonSchemaValidator: new CfWorkerJsonSchemaValidator() },
    );
    server.registerTool("list-files", { description: "All files", annotations: { readOnlyHint: true } }, () => ({
      content: [{ type: "text", text: JSON.stringify([...state.names]) }],
    }));
    server.registerTool(
      "delete-file",
      { description: state.deletes, inputSchema: { name: z.string() }, annotations: { destructiveHint: true } },
      ({ name }) => ({ content: [{ type: "text", text: JSON.stringify({ deleted: state.names.delete(name) }) }] }),
    );
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await server.connect(transport);
    return transport;
  }

  const fetch = async (request: Request) =>
    (sessions.get(request.headers.get("mcp-session-id") ?? "") ?? (await session())).handleRequest(request);
  return { state, binding: { fetch } as unknown as Fetcher };
}

const DELETE_OLD = `
async () => {
  const names = await files.list_files();
  return files.delete_file({ name: names.find((name) => name.startsWith("old")) });
};
`;

function inPlace<T>(body: (ctx: DurableObjectState) => Promise<T>): Promise<T> {
  return runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), (_place, ctx) => body(ctx));
}

test("what an MCP server calls destructive waits for a person", async () => {
  const { state, binding: FILES } = filesServer();
  await inPlace(async (ctx) => {
    const runtime = filesRuntime(ctx, { LOADER: env.LOADER, FILES });
    const paused = await runtime.execute({ code: DELETE_OLD });
    expect(paused).toMatchObject({ status: "paused", pending: [{ method: "delete_file", args: { name: "old.md" } }] });
    expect([...state.names]).toHaveLength(2);
    expect(await runtime.approve({ executionId: paused.executionId })).toMatchObject({
      status: "completed",
      result: { deleted: true },
    });
    expect([...state.names]).toEqual(["notes.md"]);
  });
});

test("a tool whose definition changed while it waited is asked about again", async () => {
  const { state, binding: FILES } = filesServer();
  await inPlace(async (ctx) => {
    const runtime = filesRuntime(ctx, { LOADER: env.LOADER, FILES });
    const { executionId } = await runtime.execute({ code: DELETE_OLD });
    const [shown] = await runtime.pending();
    state.deletes = "Delete a file, and all others";

    // Another request, another handle: what was shown is what the approval names.
    const later = filesRuntime(ctx, { LOADER: env.LOADER, FILES });
    const again = await later.approve({ executionId, seq: shown?.seq ?? -1, digest: shown?.digest ?? "" });
    expect(again).toMatchObject({ status: "paused", pending: [{ method: "delete_file" }] });
    expect([...state.names]).toHaveLength(2);
    expect(await later.approve({ executionId })).toMatchObject({ status: "completed" });
  });
});
