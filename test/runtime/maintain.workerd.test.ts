/** What `maintain()` waits for: it expires and prunes at once, and answers when the runs that it took up have ended or paused. */
import { expect, test } from "vitest";
import { completed, eventually, paused } from "../support/drive.ts";
import { runtimeIn, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { startAndAbandon } from "./abandon.ts";

test("expiring and pruning do not wait for runs that are taken up, and what can be taken up does not expire", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (_runtime, ctx) => {
    const runtime = runtimeIn(ctx, world.toolbox, { maxExecutions: 1 });
    completed(await runtime.execute({ code: "async () => 1" }));
    const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
    await startAndAbandon(world, ctx, `async () => slow.put({ id: "x" })`, ["x"]);
    const maintaining = runtime.maintain({ maxAgeMs: 0 });
    await world.gate.reached("x");
    const left = await eventually(
      async () => (await runtime.listExecutions()).executions.map(({ id, status }) => [id, status]),
      ({ length }) => length === 2,
    );
    expect(left).toEqual([
      ["exec_abandoned", "running"],
      [executionId, "rejected"],
    ]);
    world.gate.open("x");
    expect(await maintaining).toEqual({ recovered: ["exec_abandoned"], expired: [executionId], pruned: 1 });
    expect((await runtime.execution("exec_abandoned"))?.status).toBe("completed");
  });
});

test("it wants to be called again when a run that it took up has paused", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime, ctx) => {
    await startAndAbandon(world, ctx, `async () => { await slow.put({ id: "x" }); await bank.pay({ to: "ada" }); }`, [
      "x",
    ]);
    const maintaining = runtime.maintain({ maxAgeMs: 60_000 });
    await world.gate.openInOrder("x");
    const { next, ...report } = await maintaining;
    expect(report).toEqual({ recovered: ["exec_abandoned"], expired: [], pruned: 0 });
    expect(next).toBe(Number((await runtime.execution("exec_abandoned"))?.updatedAt) + 60_000);
  });
});

test("a run that was taken up and has paused does not expire by the maintenance that took it up", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime, ctx) => {
    await startAndAbandon(world, ctx, `async () => slow.put({ id: "x" }).then(() => bank.pay({ to: "ada" }))`, ["x"]);
    const maintaining = runtime.maintain({ maxAgeMs: 0 });
    await world.gate.openInOrder("x");
    expect(await maintaining).toMatchObject({ recovered: ["exec_abandoned"], expired: [] });
    expect(await runtime.pending()).toMatchObject([{ executionId: "exec_abandoned", method: "pay" }]);
  });
});

test("a run that was taken up in vain expires when it is overdue, and is left to the next use when it is not", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (_runtime, ctx) => {
    await startAndAbandon(world, ctx, `async () => slow.put({ id: "x" })`, ["x"]);
    const noSandbox = { execute: async () => ({ result: undefined }), runPass: async () => {} };
    const runtime = runtimeIn(ctx, world.toolbox, { executor: noSandbox });
    expect(await runtime.maintain({ maxAgeMs: 60_000 })).toMatchObject({ recovered: [], expired: [] });
    expect(await runtime.maintain({ maxAgeMs: 0 })).toEqual({ recovered: [], expired: ["exec_abandoned"], pruned: 0 });
    expect(await runtime.execution("exec_abandoned")).toMatchObject({
      status: "error",
      errorCode: "INTERRUPTED",
      passes: 3,
    });
  });
});
