/** A run with a connector whose server is down: the others are found and work, and its own calls fail in words. */
import { env, runInDurableObject } from "cloudflare:test";
import { createCodemodeRuntime, DynamicWorkerExecutor, defineConnector, mcpConnector } from "durable-codemode";
import { expect, test } from "vitest";

const clock = defineConnector({ name: "clock", tools: { now: { readOnly: true, execute: () => 7 } } });

test("programs and the host find what the others have, and nothing of the broken one runs unasked", async () => {
  await runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), async (_place, ctx) => {
    let isDown = true;
    let calls = 0;
    const client = {
      listTools: async () => ({
        tools: [{ name: "close", inputSchema: { type: "object" }, annotations: { destructiveHint: true } }],
      }),
      callTool: async () => {
        calls += 1;
        return { content: [{ type: "text", text: "closed" }] };
      },
    };
    const connect = () => {
      if (isDown) throw new Error("fetch failed: https://tracker.example/mcp/s3cr3t?token=abc");
      return client;
    };
    const runtime = createCodemodeRuntime({
      ctx,
      executor: new DynamicWorkerExecutor({ loader: env.LOADER }),
      connectors: [clock, mcpConnector(ctx, { name: "tracker", connect })],
    });
    const code = `async () => {
      const found = await codemode.search("");
      const call = await tracker.close({}).catch(({ code, message }) => ({ code, message }));
      return { paths: found.results.map(({ path }) => path), unavailable: found.unavailable, call, now: await clock.now() };
    }`;
    const outcome = await runtime.execute({ code });
    expect(outcome).toMatchObject({
      status: "completed",
      result: {
        paths: ["clock.now"],
        unavailable: [
          {
            connector: "tracker",
            code: "CONNECTION_LOST",
            message: expect.stringContaining("https://tracker.example"),
          },
        ],
        call: { code: "CONNECTION_LOST" },
        now: 7,
      },
    });
    const { unavailable } = await runtime.search("");
    expect(JSON.stringify(unavailable)).not.toMatch(/s3cr3t|abc/);
    await expect(runtime.describe("tracker.close")).rejects.toMatchObject({ code: "CONNECTION_LOST" });
    expect(await runtime.describe("clock.now")).toMatchObject({ path: "clock.now" });
    isDown = false;
    expect((await runtime.search("close")).results).toMatchObject([{ path: "tracker.close", requiresApproval: true }]);
    expect(await runtime.execute({ code: "async () => tracker.close({})" })).toMatchObject({ status: "paused" });
    expect(calls).toBe(0);
  });
});
