/** What `maintain()` waits for: it expires and prunes at once, and answers when the runs that it took up have ended or paused. */
import { expect, test } from "vitest";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import { completed, crashFacet, eventually, paused } from "../support/drive.ts";
import { type Gate, makeGate } from "../support/gate.ts";
import { runtimeIn, type Toolbox, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { startAndAbandon } from "./abandon.ts";
import { spoilEntries } from "./spoil.ts";

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

/** A tool whose undoing waits at a gate. */
function makeUndoing(): { readonly gate: Gate; readonly toolbox: Toolbox } {
  const gate = makeGate();
  return { gate, toolbox: { files: { write: { execute: () => "written", revert: () => gate.pass("undo") } } } };
}

/** Rolls back what a run did, as far as to its one revert. */
async function beginUndoing(runtime: CodemodeRuntimeHandle, gate: Gate) {
  const { executionId } = completed(await runtime.execute({ code: "async () => files.write()" }));
  const rollingBack = runtime.rollback({ executionId });
  await gate.reached("undo");
  return { executionId, rollingBack };
}

/** The same, and the facet dies there. */
async function crashAmidUndoing(runtime: CodemodeRuntimeHandle, ctx: DurableObjectState, gate: Gate) {
  const { executionId, rollingBack } = await beginUndoing(runtime, gate);
  await crashFacet(ctx);
  gate.open("undo");
  await expect(rollingBack).rejects.toThrow("The process died");
  return executionId;
}

test("it waits for no rollback that nothing interrupted, and does not want to be called for it", async () => {
  const { gate, toolbox } = makeUndoing();
  await withRuntime(toolbox, async (runtime) => {
    const { rollingBack } = await beginUndoing(runtime, gate);
    expect(await runtime.maintain()).toEqual({ recovered: [], expired: [], pruned: 0 });
    expect(await runtime.recover()).toEqual([]);
    gate.open("undo");
    expect(await rollingBack).toMatchObject({ status: "rolled_back" });
  });
});

test("it waits for a rollback that it took up", async () => {
  const { gate, toolbox } = makeUndoing();
  await withRuntime(toolbox, async (runtime, ctx) => {
    const executionId = await crashAmidUndoing(runtime, ctx, gate);
    const maintaining = runtime.maintain();
    await gate.openInOrder("undo");
    expect(await maintaining).toEqual({ recovered: [], expired: [], pruned: 0 });
    expect(await runtime.execution(executionId)).toMatchObject({ status: "rolled_back" });
  });
});

test.each([
  ["lacks its connectors", async () => ({})],
  [
    "cannot read its journal",
    async (ctx: DurableObjectState, executionId: string, toolbox: Toolbox) => {
      await spoilEntries(ctx, executionId);
      return toolbox;
    },
  ],
])("it wants to be called again for a rollback that was cut off when it %s", async (_why, prepare) => {
  const { gate, toolbox } = makeUndoing();
  await withRuntime(toolbox, async (runtime, ctx) => {
    const executionId = await crashAmidUndoing(runtime, ctx, gate);
    const other = runtimeIn(ctx, await prepare(ctx, executionId, toolbox));
    const before = Date.now();
    const { next, ...report } = await other.maintain({ maxAgeMs: 0 });
    expect(report).toEqual({ recovered: [], expired: [], pruned: 0 });
    expect(next).toBeGreaterThanOrEqual(before + 60_000);
  });
});
