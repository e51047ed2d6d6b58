/** Interrupted runs that nobody asks about: the next use of the runtime takes them up as they were. */
import { env } from "cloudflare:test";
import { expect, test } from "vitest";
import { defineConnector } from "../../src/connector/define.ts";
import { HostCapabilities } from "../../src/host-port.ts";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import { completed, crashFacet, eventually } from "../support/drive.ts";
import { facetIn } from "../support/facet.ts";
import { newPlace } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";

test("a run that a crash interrupted is taken up when the runtime is next used, whatever it is used for", async () => {
  let reads = 0;
  const reached = Promise.withResolvers<void>();
  const toolbox = {
    data: {
      read: {
        readOnly: true,
        execute: async () => {
          reads += 1;
          if (reads === 1) {
            reached.resolve();
            await new Promise(() => {});
          }
          return "value";
        },
      },
      again: { readOnly: true, execute: () => "again" },
    },
  };
  await newPlace().run(toolbox, async (runtime, ctx) => {
    // Asked without the handle, so that nobody is left who waits for the answer: as when the host dies with the facet.
    const port = new HostCapabilities(
      [new (defineConnector({ name: "data", tools: toolbox.data }))(ctx, {})],
      new DynamicWorkerExecutor({ loader: env.LOADER }),
    );
    const settings = { connectors: ["data"], limits: DEFAULT_LIMITS, maxExecutions: 50, modules: [] };
    const code = "async () => [await data.read({}), await data.again({}), await data.again({})]";
    const facet = facetIn(ctx);
    const running = facet.execute({ id: "exec_1", code }, settings, port).catch((error: unknown) => error);
    await reached.promise;
    await crashFacet(ctx);
    await running;
    // Only reads from here on: each answers at once, and the first of them starts the recovery.
    await runtime.pending();
    const executions = await eventually(
      () => runtime.executions(),
      ([execution]) => execution?.status !== "running",
    );
    expect(executions).toMatchObject([{ status: "completed", result: ["value", "again", "again"], passes: 2 }]);
  });
});

test("a run that was interrupted goes on with the snippets that it began with, though they were replaced while it was live", async () => {
  const world = makeWorld();
  await newPlace().run(world.toolbox, async (runtime, ctx) => {
    const save = async (code: string) =>
      runtime.saveSnippet("which", { executionId: (await runtime.execute({ code })).executionId });
    await save(`async () => "the one it began with"`);
    const running = runtime.execute({ code: `async () => [await slow.see({ id: "x" }), await codemode.run("which")]` });
    await world.gate.reached("x");
    await save(`async () => "another"`);
    await crashFacet(ctx);
    world.gate.open("x");
    await world.gate.openInOrder("x");
    expect(completed(await running).result).toEqual(["x", "the one it began with"]);
    expect(await runtime.deleteSnippet("which")).toBe(true);
  });
});
