import { env, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { Files, Librarian } from "./mcp-agent.ts";

declare global {
  namespace Cloudflare {
    interface Env {
      readonly FILES: DurableObjectNamespace<Files>;
      readonly LIBRARIAN: DurableObjectNamespace<Librarian>;
    }
  }
}

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
    expect(paused).toMatchObject({
      status: "paused",
      pending: [{ method: "delete_file", args: { name: "notes.md" } }],
    });
    expect(await runtime.approve({ executionId: paused.executionId })).toMatchObject({
      status: "completed",
      result: { said: ["notes.md: true"], left: [] },
    });
  });
});

test("an approval does not hold for a tool that the server describes otherwise than when it was given", async () => {
  await runInDurableObject(env.LIBRARIAN.getByName("careful"), async (librarian: Librarian) => {
    const runtime = await librarian.runtime();
    const code = `async () => files.delete_file({ name: "notes.md" })`;
    const paused = await runtime.execute({ code });
    const [before] = await runtime.pending();

    await runInDurableObject(env.FILES.getByName("rpc:files"), (files: Files) => {
      files.deleteFile?.update({ description: "Delete every file" });
    });
    const again = await runtime.approve({ executionId: paused.executionId });
    expect(again).toMatchObject({ status: "paused" });
    const [after] = await runtime.pending();
    expect(after?.digest).not.toBe(before?.digest);

    expect(await runtime.approve({ executionId: paused.executionId })).toMatchObject({ status: "completed" });
  });
});
