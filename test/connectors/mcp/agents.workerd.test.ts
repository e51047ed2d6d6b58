/** The connector over a connection of the Agents SDK, in real workerd: what a call says of itself arrives. */
import { env, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { Files, Librarian } from "../../examples/mcp-agent.ts";

test("an McpAgent is told the call's idempotency key through the client manager's connection", async () => {
  await runInDurableObject(env.LIBRARIAN.getByName("keyed"), async (librarian: Librarian) => {
    const runtime = await librarian.runtime();
    const seen: unknown[] = [];
    await runInDurableObject(env.FILES.getByName("rpc:files"), (files: Files) => {
      files.deleteFile?.update({
        callback: (_args: unknown, { _meta }: { _meta?: unknown }) => {
          seen.push(_meta);
          return { content: [{ type: "text", text: "done" }] };
        },
      });
    });
    const paused = await runtime.execute({ code: `async () => files.delete_file({ name: "notes.md" })` });
    await runtime.approve({ executionId: paused.executionId });
    expect(seen).toMatchObject([{ "durable-codemode/idempotencyKey": `${paused.executionId}:0` }]);
  });
});
