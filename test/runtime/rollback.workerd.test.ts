/** Undoing an execution: newest first, once, every revert attempted, and taken up again after a crash. */
import { expect, test } from "vitest";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import type { RollbackReport } from "../../src/journal/public.ts";
import { completed, crashFacet, eventually, failed, paused } from "../support/drive.ts";
import { type Gate, makeGate } from "../support/gate.ts";
import { newPlace, runtimeIn, type Toolbox, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";

/** Effects whose reverts are written down, and behave as the test says. */
function makeUndoWorld(onRevert: (id: string, key: string) => unknown = () => undefined) {
  const reverted: string[] = [];
  const toolbox: Toolbox = {
    files: {
      write: {
        execute: ({ id }: { id: string }) => ({ id, wrote: true }),
        revert: ({ id }: { id: string }, result: { wrote: boolean }, { idempotencyKey }) => {
          reverted.push(`${id} ${result.wrote} ${idempotencyKey.replace(/^exec_[^:]+/, "E")}`);
          return onRevert(id, idempotencyKey);
        },
      },
      send: { execute: () => "sent" },
      read: { readOnly: true, execute: () => "read" },
      fail: {
        execute: () => {
          throw new Error("did nothing");
        },
        revert: () => reverted.push("fail"),
      },
    },
  };
  return { toolbox, reverted };
}

const CODE = `async () => {
  await files.read({});
  await files.write({ id: "a" });
  await files.send({});
  await files.fail({}).catch(() => {});
  await codemode.step("s", () => files.write({ id: "b" }));
  await files.write({ id: "c" });
}`;

test("a rollback undoes newest first, and reports what it undid and what nobody can undo", async () => {
  const { toolbox, reverted } = makeUndoWorld();
  await withRuntime(toolbox, async (runtime) => {
    const { executionId } = completed(await runtime.execute({ code: CODE }));
    const expected = [
      { seq: 6, method: "write", outcome: "reverted" },
      { seq: 5, method: "write", outcome: "reverted" },
      { seq: 2, method: "send", outcome: "irreversible" },
      { seq: 1, method: "write", outcome: "reverted" },
    ];
    const preview = await runtime.previewRollback({ executionId });
    expect(preview).toMatchObject({
      executionId,
      status: "completed",
      items: expected.map((item) => ({
        ...item,
        outcome: item.outcome === "reverted" ? "would_revert" : item.outcome,
      })),
    });
    expect(reverted).toEqual([]);
    expect(await runtime.rollback({ executionId })).toMatchObject({
      executionId,
      status: "rolled_back",
      items: expected,
    });
    expect(reverted).toEqual(["c true E:6:revert", "b true E:5:revert", "a true E:1:revert"]);
    const execution = await runtime.execution(executionId);
    expect(execution?.status).toBe("rolled_back");
    expect(execution?.log.map(({ state }) => state)).toEqual([
      "applied",
      "reverted",
      "applied",
      "error",
      "applied",
      "reverted",
      "reverted",
    ]);
  });
});

test("parallel effects are undone in the order in which they took place, not in which they were asked for", async () => {
  const gate = makeGate();
  const undone: string[] = [];
  const toolbox: Toolbox = {
    slow: {
      act: { execute: ({ id }: { id: string }) => gate.pass(id), revert: ({ id }: { id: string }) => undone.push(id) },
    },
  };
  await withRuntime(toolbox, async (runtime) => {
    const running = runtime.execute({ code: `async () => Promise.all(["a", "b", "c"].map((id) => slow.act({ id })))` });
    await gate.openInOrder("b", "c", "a");
    const { executionId } = completed(await running);
    await runtime.rollback({ executionId });
    expect(undone).toEqual(["a", "c", "b"]);
  });
});

test("every revert is attempted: one that fails is reported and does not stop the others", async () => {
  const { toolbox, reverted } = makeUndoWorld((id) => {
    if (id === "b") throw new Error("b is locked");
  });
  await withRuntime(toolbox, async (runtime) => {
    const { executionId } = completed(await runtime.execute({ code: CODE }));
    const { items, status } = await runtime.rollback({ executionId });
    expect(status).toBe("rolled_back");
    expect(items.map(({ seq, outcome, error }) => [seq, outcome, error])).toEqual([
      [6, "reverted", undefined],
      [5, "failed", "b is locked"],
      [2, "irreversible", undefined],
      [1, "reverted", undefined],
    ]);
    expect((await runtime.execution(executionId))?.log[5]?.state).toBe("revert_failed");
    expect(reverted).toHaveLength(3);
  });
});

test("G6 two rollbacks at once undo each effect once and get the same report; a later one undoes nothing", async () => {
  const gate = makeGate();
  const { toolbox, reverted } = makeUndoWorld((id) => gate.pass(id));
  await withRuntime(toolbox, async (runtime) => {
    const { executionId } = completed(await runtime.execute({ code: CODE }));
    const both = [runtime.rollback({ executionId }), runtime.rollback({ executionId })];
    for (const id of ["c", "b", "a"]) await gate.openInOrder(id);
    const [one, two] = await Promise.all(both);
    expect(two).toEqual(one);
    const again = await runtime.rollback({ executionId });
    expect(again.items).toEqual(one?.items);
    expect(reverted).toHaveLength(3);
  });
});

/** `b` and `c` cannot be undone until the test says so. */
function makeLockedWorld() {
  const locked = new Set(["b", "c"]);
  const world = makeUndoWorld((id) => {
    if (locked.has(id)) throw new Error(`${id} is locked`);
  });
  return { ...world, locked };
}

const outcomes = ({ items }: RollbackReport) => items.map(({ seq, outcome }) => [seq, outcome]);

test("asked for again, a rollback tries the reverts that failed, newest first, under their keys, and no others", async () => {
  const { toolbox, reverted, locked } = makeLockedWorld();
  await withRuntime(toolbox, async (runtime) => {
    const { executionId } = completed(await runtime.execute({ code: CODE }));
    await runtime.rollback({ executionId });
    reverted.length = 0;
    locked.delete("b");
    expect(outcomes(await runtime.previewRollback({ executionId }))).toEqual([
      [6, "would_revert"],
      [5, "would_revert"],
      [2, "irreversible"],
      [1, "reverted"],
    ]);
    const second = await runtime.rollback({ executionId });
    expect(second).toMatchObject({
      executionId,
      status: "rolled_back",
      items: [
        { seq: 6, outcome: "failed", error: "c is locked" },
        { seq: 5, outcome: "reverted" },
        { seq: 2, outcome: "irreversible" },
        { seq: 1, outcome: "reverted" },
      ],
    });
    expect(reverted).toEqual(["c true E:6:revert", "b true E:5:revert"]);
    expect((await runtime.execution(executionId))?.log.filter(({ seq }) => [1, 5, 6].includes(seq))).toMatchObject([
      { state: "reverted" },
      { state: "reverted" },
      { state: "revert_failed" },
    ]);
    locked.clear();
    const third = await runtime.rollback({ executionId });
    expect(outcomes(third)).toEqual([
      [6, "reverted"],
      [5, "reverted"],
      [2, "irreversible"],
      [1, "reverted"],
    ]);
    expect(reverted.slice(2)).toEqual(["c true E:6:revert"]);
    // Nothing is left: a further one does nothing, and says how things stand.
    const before = await runtime.execution(executionId);
    expect(await runtime.rollback({ executionId })).toEqual(third);
    expect(await runtime.execution(executionId)).toEqual(before);
    expect(reverted).toHaveLength(3);
  });
});

/** Rolls back until the second revert is with its tool, and ends the facet there. */
async function crashAmidRollback(
  runtime: CodemodeRuntimeHandle,
  ctx: DurableObjectState,
  executionId: string,
  gate: Gate,
): Promise<void> {
  const rolling = runtime.rollback({ executionId }).then(
    () => "answered",
    () => "lost",
  );
  await gate.openInOrder("c");
  await gate.reached("b");
  await crashFacet(ctx);
  gate.open("b");
  expect(await rolling).toBe("lost");
}

/** The rollback that a crash cut off is taken up, and undoes what is left. */
async function expectTakenUp(runtime: CodemodeRuntimeHandle, executionId: string, gate: Gate): Promise<void> {
  expect(await runtime.execution(executionId)).toMatchObject({ status: "rolling_back" });
  const recovering = runtime.recover();
  for (const id of ["b", "a"]) await gate.openInOrder(id);
  await recovering;
  const execution = await runtime.execution(executionId);
  expect(execution?.status).toBe("rolled_back");
  expect(execution?.log.filter(({ state }) => state === "reverted").map(({ seq }) => seq)).toEqual([1, 5, 6]);
}

/** What tools are asked to undo then: the revert that was cut off is asked for again, under the same key. */
const TWICE_ASKED = ["c true E:6:revert", "b true E:5:revert", "b true E:5:revert", "a true E:1:revert"];

/** A run whose rollback undid nothing; whatever is undone from now on waits at the gate. */
async function withFailedRollback(
  body: (at: {
    readonly runtime: CodemodeRuntimeHandle;
    readonly ctx: DurableObjectState;
    readonly toolbox: Toolbox;
    readonly executionId: string;
    readonly gate: Gate;
    readonly reverted: readonly string[];
  }) => Promise<void>,
): Promise<void> {
  const gate = makeGate();
  let fails = true;
  const { toolbox, reverted } = makeUndoWorld((id) => {
    if (fails) throw new Error("not now");
    return gate.pass(id);
  });
  await withRuntime(toolbox, async (runtime, ctx) => {
    const { executionId } = completed(await runtime.execute({ code: CODE }));
    await runtime.rollback({ executionId });
    fails = false;
    reverted.length = 0;
    await body({ runtime, ctx, toolbox, executionId, gate, reverted });
  });
}

test("G6 two who ask for it again at once try each failed revert once and get the same report", async () => {
  await withFailedRollback(async ({ runtime, ctx, toolbox, executionId, gate, reverted }) => {
    const both = [runtime.rollback({ executionId }), runtimeIn(ctx, toolbox).rollback({ executionId })];
    for (const id of ["c", "b", "a"]) await gate.openInOrder(id);
    const [one, two] = await Promise.all(both);
    expect(two).toEqual(one);
    expect(reverted).toHaveLength(3);
  });
});

test("a crash while it is tried again: it is taken up, what was undone by then is not undone twice", async () => {
  await withFailedRollback(async ({ runtime, ctx, executionId, gate, reverted }) => {
    await crashAmidRollback(runtime, ctx, executionId, gate);
    await expectTakenUp(runtime, executionId, gate);
    expect(reverted).toEqual(TWICE_ASKED);
  });
});

test("it needs its connectors again only when something failed", async () => {
  const { toolbox, locked } = makeLockedWorld();
  await withRuntime(toolbox, async (runtime, ctx) => {
    const { executionId } = completed(await runtime.execute({ code: CODE }));
    await runtime.rollback({ executionId });
    const before = await runtime.execution(executionId);
    const without = runtimeIn(ctx, {});
    await expect(without.rollback({ executionId })).rejects.toMatchObject({ code: "MISSING_CONNECTOR" });
    await expect(without.previewRollback({ executionId })).rejects.toMatchObject({ code: "MISSING_CONNECTOR" });
    expect(await runtime.execution(executionId)).toEqual(before);
    locked.clear();
    await runtime.rollback({ executionId });
    expect(await runtimeIn(ctx, {}).rollback({ executionId })).toMatchObject({ status: "rolled_back" });
  });
});

test("a rollback by the digest of its preview undoes what that showed, and nothing where the run has gone on since", async () => {
  const { toolbox, reverted } = makeUndoWorld();
  const asking: Toolbox = { ...toolbox, door: { open: { requiresApproval: true, execute: () => "open" } } };
  await withRuntime(asking, async (runtime) => {
    const code = `async () => {
      await files.write({ id: "a" });
      await door.open({});
      await files.write({ id: "b" });
      await door.open({});
    }`;
    const { executionId } = paused(await runtime.execute({ code }));
    const { digest } = await runtime.previewRollback({ executionId });
    paused(await runtime.approve({ executionId }));
    await expect(runtime.rollback({ executionId, digest })).rejects.toMatchObject({ code: "STALE_DECISION" });
    await expect(runtime.rollback({ executionId, digest: "" })).rejects.toMatchObject({ code: "STALE_DECISION" });
    expect([reverted, (await runtime.execution(executionId))?.status]).toEqual([[], "paused"]);
    const shown = await runtime.previewRollback({ executionId });
    expect(outcomes(shown)).toEqual([
      [2, "would_revert"],
      [1, "irreversible"],
      [0, "would_revert"],
    ]);
    // What asks for nothing that is undone changes nothing of it.
    await runtime.reject({ executionId, seq: 3 });
    expect(outcomes(await runtime.rollback(shown))).toEqual([
      [2, "reverted"],
      [1, "irreversible"],
      [0, "reverted"],
    ]);
    expect((await runtime.rollback({ executionId, digest })).status).toBe("rolled_back");
    expect(reverted).toEqual(["b true E:2:revert", "a true E:0:revert"]);
  });
});

test("the digest of a preview holds for what a crash left in doubt, until somebody says what became of it", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const running = runtime.execute({ code: `async () => slow.log({ id: "x" })` });
    await world.gate.reached("x");
    const executionId = String((await runtime.executions())[0]?.id);
    const { digest } = await runtime.previewRollback({ executionId });
    await runtime.cancel({ executionId });
    await running;
    expect((await runtime.previewRollback({ executionId })).digest).toBe(digest);
    world.gate.open("x");
    await eventually(
      () => runtime.execution(executionId),
      (found) => found?.log[0]?.state === "applied",
    );
    await expect(runtime.rollback({ executionId, digest })).rejects.toMatchObject({ code: "STALE_DECISION" });
    expect(outcomes(await runtime.rollback({ executionId }))).toEqual([[0, "reverted"]]);
  });
});

test("an effect that took place only after the rollback is undone when it is asked for again", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const running = runtime.execute({ code: `async () => slow.log({ id: "x" })` });
    await world.gate.reached("x");
    const executionId = String((await runtime.executions())[0]?.id);
    await runtime.cancel({ executionId });
    await running;
    expect(outcomes(await runtime.rollback({ executionId }))).toEqual([[0, "in_doubt"]]);
    world.gate.open("x");
    await eventually(
      () => runtime.execution(executionId),
      (found) => found?.log[0]?.state === "applied",
    );
    expect(outcomes(await runtime.previewRollback({ executionId }))).toEqual([[0, "would_revert"]]);
    expect(outcomes(await runtime.rollback({ executionId }))).toEqual([[0, "reverted"]]);
    expect(world.calls()).toEqual(['slow.log({"id":"x"})', 'undo slow.log({"id":"x"})']);
  });
});

test("a crash in the middle: what was undone is not undone twice, the rest is undone under the same keys", async () => {
  const gate = makeGate();
  const { toolbox, reverted } = makeUndoWorld((id) => gate.pass(id));
  const place = newPlace();
  const executionId = await place.run(
    toolbox,
    async (runtime) => completed(await runtime.execute({ code: CODE })).executionId,
  );
  await place.run(toolbox, async (runtime, ctx) => {
    await crashAmidRollback(runtime, ctx, executionId, gate);
  });
  await place.run(toolbox, async (runtime) => {
    await expectTakenUp(runtime, executionId, gate);
    expect(reverted).toEqual(TWICE_ASKED);
  });
});

test("a part of the host that lacks the connectors leaves a rollback that was cut off as it is; any use by one that has them takes it up", async () => {
  const gate = makeGate();
  const { toolbox, reverted } = makeUndoWorld((id) => gate.pass(id));
  await withRuntime(toolbox, async (runtime, ctx) => {
    const { executionId } = completed(await runtime.execute({ code: CODE }));
    await crashAmidRollback(runtime, ctx, executionId, gate);
    const other = runtimeIn(ctx, {});
    expect(await other.recover()).toEqual([]);
    expect(await other.execution(executionId)).toMatchObject({ status: "rolling_back" });
    // No recover(): a look is enough.
    await runtime.pending();
    for (const id of ["b", "a"]) await gate.openInOrder(id);
    const execution = await eventually(
      () => runtime.execution(executionId),
      (found) => found?.status === "rolled_back",
    );
    expect(execution?.log.filter(({ state }) => state === "reverted").map(({ seq }) => seq)).toEqual([1, 5, 6]);
    expect(reverted).toEqual(TWICE_ASKED);
  });
});

test("a deletion as the first use after a crash in the middle: what is being undone is undone to its end", async () => {
  const gate = makeGate();
  const { toolbox, reverted } = makeUndoWorld((id) => gate.pass(id));
  await withRuntime(toolbox, async (runtime, ctx) => {
    const { executionId } = completed(await runtime.execute({ code: CODE }));
    await crashAmidRollback(runtime, ctx, executionId, gate);
    const deleting = runtime.deleteExecution(executionId);
    for (const id of ["b", "a"]) await gate.openInOrder(id);
    expect(await deleting).toBe(true);
    expect(await runtime.execution(executionId)).toBeNull();
    expect(reverted).toEqual(TWICE_ASKED);
  });
});

test("the connectors hear of the deletion of a run whose rollback was cut off, and cannot be taken up here", async () => {
  const heard: string[] = [];
  class Ear extends CodemodeConnector {
    override name() {
      return "ear";
    }
    protected override tools() {
      return {};
    }
    override async disposeExecution(executionId: string, status: string) {
      heard.push(`${executionId} ${status}`);
    }
  }
  const gate = makeGate();
  const { toolbox } = makeUndoWorld((id) => gate.pass(id));
  await withRuntime(toolbox, async (runtime, ctx) => {
    const { executionId } = completed(await runtime.execute({ code: CODE }));
    await crashAmidRollback(runtime, ctx, executionId, gate);
    expect(await runtimeIn(ctx, [Ear]).deleteExecution(executionId)).toBe(true);
    expect(heard).toEqual([`${executionId} error`]);
  });
});

test("a call in doubt is reported as in doubt, and not undone", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime, ctx) => {
    const running = runtime.execute({ code: `async () => { await bank.log({ n: 1 }); await slow.log({ id: "x" }); }` });
    await world.gate.reached("x");
    await crashFacet(ctx);
    world.gate.open("x");
    const { executionId } = paused(await running);
    const { items } = await runtime.rollback({ executionId });
    expect(items.map(({ seq, outcome }) => [seq, outcome])).toEqual([
      [1, "in_doubt"],
      [0, "reverted"],
    ]);
    expect(await runtime.pending()).toEqual([]);
    expect(world.calls()).toEqual(['log({"n":1})', 'slow.log({"id":"x"})', 'undo log({"n":1})']);
  });
});

test("a paused run can be rolled back, and what was pending is never run", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const { executionId } = paused(
      await runtime.execute({ code: `async () => { await bank.log({ n: 1 }); await bank.pay({ to: "ada" }); }` }),
    );
    expect(await runtime.rollback({ executionId })).toMatchObject({ status: "rolled_back" });
    expect(await runtime.approve({ executionId })).toMatchObject({ code: "NOT_PENDING" });
    expect(world.calls()).toEqual(['log({"n":1})', 'undo log({"n":1})']);
  });
});

test("failed and rejected runs can be rolled back; a live or an unknown one is refused by code", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const broken = failed(
      await runtime.execute({ code: `async () => { await bank.log({ n: 1 }); throw new Error("halfway"); }` }),
    );
    expect((await runtime.rollback({ executionId: broken.executionId })).items).toMatchObject([
      { seq: 0, outcome: "reverted" },
    ]);
    const running = runtime.execute({ code: `async () => slow.log({ id: "x" })` });
    await world.gate.reached("x");
    const live = (await runtime.executions()).find(({ status }) => status === "running");
    await expect(runtime.rollback({ executionId: String(live?.id) })).rejects.toMatchObject({
      code: "ILLEGAL_TRANSITION",
    });
    world.gate.open("x");
    completed(await running);
    await expect(runtime.rollback({ executionId: "exec_of_nobody" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(runtime.previewRollback({ executionId: "exec_of_nobody" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});

test("an effect whose result was too large to keep still took place, and is undone", async () => {
  const undone: unknown[] = [];
  const toolbox: Toolbox = {
    big: { make: { execute: () => "x".repeat(1_100_000), revert: (args, result) => undone.push([args, result]) } },
  };
  await withRuntime(toolbox, async (runtime) => {
    const { executionId } = completed(
      await runtime.execute({ code: `async () => big.make({ n: 1 }).catch((error) => error.code)` }),
    );
    expect(await runtime.execution(executionId)).toMatchObject({ result: "VALUE_TOO_LARGE" });
    expect((await runtime.rollback({ executionId })).items).toMatchObject([{ outcome: "reverted" }]);
    // The failure that the program saw is no result of the tool.
    expect(undone).toEqual([[{ n: 1 }, undefined]]);
  });
});

test("an execution without effects is rolled back to no effects", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const { executionId } = completed(await runtime.execute({ code: `async () => bank.see({})` }));
    expect(await runtime.rollback({ executionId })).toEqual({ executionId, status: "rolled_back", items: [] });
  });
});

test("a rollback without a connector that could undo something is refused, and nothing changes", async () => {
  const { toolbox, reverted } = makeUndoWorld();
  await withRuntime(toolbox, async (runtime, ctx) => {
    const { executionId } = completed(await runtime.execute({ code: CODE }));
    await expect(runtimeIn(ctx, {}).rollback({ executionId })).rejects.toMatchObject({ code: "MISSING_CONNECTOR" });
    expect(await runtime.execution(executionId)).toMatchObject({ status: "completed" });
    await runtime.rollback({ executionId });
    expect(reverted).toHaveLength(3);
  });
});

test("an effect that was called by another of its tool's names is undone", async () => {
  const undone: unknown[] = [];
  const pay = { aliases: ["send-money"], execute: () => "paid", revert: (args: unknown) => void undone.push(args) };
  await withRuntime({ bank: { pay } }, async (runtime) => {
    const code = `async () => bank["send-money"]({ to: "ada" })`;
    const { executionId } = completed(await runtime.execute({ code }));
    const report = await runtime.rollback({ executionId });
    expect(report.items).toMatchObject([{ seq: 0, outcome: "reverted" }]);
    expect(undone).toEqual([{ to: "ada" }]);
  });
});

test("what a connector cannot say now is no reason to give up its effects: the revert fails with the reason, and is tried again", async () => {
  const undone: unknown[] = [];
  let isDown = false;
  class Bank extends CodemodeConnector {
    override name() {
      return "bank";
    }
    protected override tools() {
      if (isDown) throw new Error("the bank is closed");
      return { pay: { execute: () => "paid", revert: (args: unknown) => void undone.push(args) } };
    }
  }
  const place = newPlace();
  const run = <T>(body: (runtime: CodemodeRuntimeHandle) => Promise<T>) => place.run([Bank], body);
  const { executionId } = completed(await run((runtime) => runtime.execute({ code: "async () => bank.pay({})" })));
  isDown = true;
  const preview = await run((runtime) => runtime.previewRollback({ executionId }));
  expect(preview.items).toMatchObject([{ outcome: "would_revert" }]);
  const tried = await run((runtime) => runtime.rollback({ executionId }));
  expect(tried.items).toMatchObject([{ outcome: "failed", error: expect.stringContaining("the bank is closed") }]);
  isDown = false;
  const report = await run((runtime) => runtime.rollback({ executionId }));
  expect(report.items).toMatchObject([{ outcome: "reverted" }]);
  expect(undone).toEqual([{}]);
});
