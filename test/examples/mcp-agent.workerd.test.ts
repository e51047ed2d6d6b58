import { env, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { Librarian } from "./mcp.ts";

test("tools of an McpAgent are called by a program; one that destroys waits for a person", async () => {
  await runInDurableObject(env.LIBRARIAN.getByName("librarian"), async (librarian: Librarian) => {
    const runtime = await librarian.runtime();
    const paused = await runtime.execute({
      code: `async () => {
        const names = await files.list_files();
        const said = [];
        for (const name of names) said.push(await files.delete_file({ name }));
        return { said, left: await files.list_files() };
      }`,
    });
    expect(paused).toMatchObject({ status: "paused", pending: [{ method: "delete_file", args: { name: "notes.md" } }] });
    expect(await runtime.approve({ executionId: paused.executionId })).toMatchObject({
      status: "completed",
      result: { said: ["notes.md: true"], left: [] },
    });
  });
});
