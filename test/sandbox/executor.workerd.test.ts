import { env } from "cloudflare:test";
import { expect, test } from "vitest";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";

const executor = () => new DynamicWorkerExecutor({ loader: (env as unknown as { LOADER: WorkerLoader }).LOADER });

test("a program calls host functions and returns", async () => {
  const outcome = await executor().execute("async () => { console.log('hi', {a:1}); return (await math.add(1, 2)) * 2 }", [
    { name: "math", fns: { add: async (a, b) => Number(a) + Number(b) } },
  ]);
  expect(outcome).toEqual({ result: 6, logs: ["hi { a: 1 }"] });
});
