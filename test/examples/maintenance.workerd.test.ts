import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import type { Publisher } from "./agent-maintenance.ts";
import type { Editor } from "./maintenance.ts";

const PUBLISH = `async () => posts.publish({ title: "Hello" })`;
const DAY = 24 * 60 * 60 * 1000;

test("the alarm of a plain Durable Object comes again until what nobody decided has expired", async () => {
  const stub = env.EDITOR.getByName("editor");
  expect(await stub.run(PUBLISH)).toBe("paused");
  const now = Date.now();
  expect(await runDurableObjectAlarm(stub)).toBe(true);

  await runInDurableObject(stub, async (editor: Editor, ctx) => {
    const next = await ctx.storage.getAlarm();
    expect(Math.abs((next ?? 0) - (now + DAY))).toBeLessThan(10_000);
    expect(await editor.runtime.pending()).toHaveLength(1);
    vi.setSystemTime(now + DAY + 60_000);
    try {
      await editor.alarm();
    } finally {
      vi.useRealTimers();
    }
    expect(await editor.runtime.pending()).toEqual([]);
    expect((await editor.runtime.executions()).map(({ status }) => status)).toEqual(["rejected"]);
  });
});

test("an Agent looks after its runs when it starts, and schedules the next time", async () => {
  const stub = env.PUBLISHER.getByName("publisher");
  await runInDurableObject(stub, async (publisher: Publisher) => {
    expect(await publisher.runtime().execute({ code: PUBLISH })).toMatchObject({ status: "paused" });
  });
  await evictDurableObject(stub);
  await runInDurableObject(stub, async (publisher: Publisher) => {
    await vi.waitFor(async () => {
      expect(await publisher.listSchedules()).toMatchObject([{ callback: "maintain" }]);
    });
    const [action] = await publisher.runtime().pending();
    expect(await publisher.runtime().approve({ executionId: action?.executionId ?? "" })).toMatchObject({
      status: "completed",
      result: "published Hello",
    });
  });
});
