import { env } from "cloudflare:test";
import { expect, test } from "vitest";
import { createCodemodeRuntime } from "../../src/handle.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import { withRuntime } from "../support/runtime.ts";

/** Runs a program on a runtime whose Worker exports this as `CodemodeRuntime`. */
async function attempt(pick: (exported: object) => unknown): Promise<unknown> {
  return withRuntime({}, async (_runtime, ctx) => {
    const exports = { CodemodeRuntime: pick(ctx.exports) };
    const runtime = createCodemodeRuntime({
      ctx: { storage: ctx.storage, facets: ctx.facets, exports } as unknown as DurableObjectState,
      executor: new DynamicWorkerExecutor({ loader: env.LOADER }),
      connectors: [],
      name: "other",
    });
    return runtime.execute({ code: "async () => 1" }).catch((error: unknown) => error);
  });
}

test.for([
  ["a class of the same name from another package", (exported: object) => Reflect.get(exported, "Host")],
  ["something that is no Durable Object's class", () => ({})],
] as const)("a Worker that exports %s as CodemodeRuntime is told what to export", async ([, pick]) => {
  expect(await attempt(pick)).toMatchObject({
    code: "INVALID_INPUT",
    message: expect.stringContaining('Write `export { CodemodeRuntime } from "durable-codemode"` in its entry file'),
  });
});
