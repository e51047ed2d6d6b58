import { env, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { Desk } from "./quick-start.ts";
import { runtimeTool } from "./tanstack-runtime.ts";

test("a run is asked for by TanStack AI, waits for a person, and its model is told what it needs", async () => {
  await runInDurableObject(env.DESK.getByName("tanstack"), async (desk: Desk) => {
    const tool = runtimeTool(desk.runtime);
    const code = "async () => { const [to] = await mail.unread(); return new Map([[await mail.send({ to }), 1n]]); }";
    const paused = await tool.execute?.({ code });
    expect(paused).toMatchObject({ status: "paused", pending: [{ method: "send", args: { to: "ada@example.com" } }] });
    expect(paused).not.toHaveProperty("calls");
    expect(
      await desk.runtime.approve({ executionId: (await desk.runtime.pending())[0]?.executionId ?? "" }),
    ).toMatchObject({
      status: "completed",
      result: new Map([["sent to ada@example.com", 1n]]),
    });
  });
});
