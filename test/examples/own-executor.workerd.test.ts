import { env, runInDurableObject } from "cloudflare:test";
import { createCodemodeRuntime, defineConnector, runCode } from "durable-codemode";
import { expect, test } from "vitest";
import { MyExecutor } from "./own-executor.ts";

const math = { name: "math", fns: { double: async (n: unknown) => Number(n) * 2 } };

test("an executor of one's own runs programs", async () => {
  const executor = new MyExecutor(env.LOADER);
  expect(await executor.execute("async () => math.double(21)", [math])).toEqual({ result: 42 });
  expect(await executor.execute("async () => math.halve(1)", [math])).toMatchObject({
    error: expect.stringContaining("halve"),
  });
  const code = "const n = await math.double(2); n + 1";
  expect(await runCode({ code, executor, providers: [math] })).toEqual({ result: 5 });
});

test("in a runtime, its programs pause, are approved and go on", async () => {
  await runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), async (_place, ctx) => {
    const notes = defineConnector({
      name: "notes",
      tools: { add: { requiresApproval: true, execute: ({ text }: { text: string }) => `added ${text}` } },
    });
    const runtime = createCodemodeRuntime({ ctx, executor: new MyExecutor(env.LOADER), connectors: [notes] });
    const paused = await runtime.execute({
      code: `async () => notes.add({ text: await codemode.step("what", () => "milk") })`,
    });
    expect(paused).toMatchObject({ status: "paused", pending: [{ args: { text: "milk" } }] });
    expect(await runtime.approve({ executionId: paused.executionId })).toMatchObject({ result: "added milk" });
  });
});
