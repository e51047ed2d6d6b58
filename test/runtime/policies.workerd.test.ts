/** Tools that are others when a run goes on: what was safe, or asked nobody, when a call began may not be so any longer. */
import { expect, test } from "vitest";
import type { ConnectorTool } from "../../src/connector/types.ts";
import { completed, crashFacet, paused, turn } from "../support/drive.ts";
import { makeGate } from "../support/gate.ts";
import { newPlace, runtimeIn, type Toolbox, withRuntime } from "../support/runtime.ts";
import { makeWorld, type World } from "../support/world.ts";
import { startAndAbandon } from "./abandon.ts";

/** The same tools, but for one of `slow` that has become another. */
function changed({ toolbox }: World, name: string, now: Partial<ConnectorTool>): Toolbox {
  const tool = toolbox.slow?.[name];
  if (tool === undefined) throw new Error(`There is no slow.${name}.`);
  return { ...toolbox, slow: { ...toolbox.slow, [name]: { ...tool, ...now } } };
}

test.each([
  ["needs approval now", { requiresApproval: true }],
  ["needs approval now for some arguments, these among them", { requiresApproval: () => true }],
  ["may not be repeated any longer", { idempotent: false }],
])(
  "G6 an idempotent call that a crash cut off, and whose tool %s, is in doubt: a person decides",
  async (_now, now) => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (_runtime, ctx) => {
      await startAndAbandon(world, ctx, `async () => slow.put({ id: "x" })`, ["x"]);
      const other = runtimeIn(ctx, changed(world, "put", now));
      const [stopped] = await other.recover();
      expect(stopped).toMatchObject({ status: "paused", pending: [{ kind: "in_doubt", args: { id: "x" } }] });
      expect(world.calls()).toHaveLength(1);
      const done = await other.resolve({ executionId: "exec_abandoned", seq: 0, as: "ran", result: "said" });
      expect(completed(done).result).toBe("said");
    });
  },
);

test("G6 an idempotent call that a crash cut off, and whose tool asks about others now, is made again", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (_runtime, ctx) => {
    await startAndAbandon(world, ctx, `async () => slow.put({ id: "x" })`, ["x"]);
    const requiresApproval = ({ id }: { id: string }) => id === "y";
    const recovering = runtimeIn(ctx, changed(world, "put", { requiresApproval })).recover();
    await Promise.race([recovering, world.gate.openInOrder("x")]);
    expect(await recovering).toMatchObject([{ status: "completed", result: "x" }]);
    expect(world.calls()).toHaveLength(2);
  });
});

test("G6 an idempotent call that a crash cut off, and whose tool is gone, is in doubt; a read fails in its place", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (_runtime, ctx) => {
    const code = `async () => Promise.all([slow.put({ id: "x" }), slow.see({ id: "y" }).catch((error) => error.code)])`;
    await startAndAbandon(world, ctx, code, ["x", "y"]);
    const other = runtimeIn(ctx, { ...world.toolbox, slow: {} });
    const [stopped] = await other.recover();
    expect(stopped).toMatchObject({ status: "paused", pending: [{ seq: 0, kind: "in_doubt" }] });
    const done = await other.resolve({ executionId: "exec_abandoned", seq: 0, as: "ran", result: "x" });
    expect(completed(done).result).toEqual(["x", "UNKNOWN_TOOL"]);
  });
});

test("G6 a read that needed approval, and has become an effect, is asked about anew and is an effect from then on", async () => {
  const world = makeWorld();
  const gate = makeGate();
  const see = { requiresApproval: true, readOnly: true, execute: ({ id }: { id: string }) => gate.pass(id) };
  const undone: unknown[] = [];
  const place = newPlace();
  const code = `async () => desk.see({ id: "x" })`;
  const { executionId } = paused(
    await place.run({ ...world.toolbox, desk: { see } }, (runtime) => runtime.execute({ code })),
  );
  const now = { ...see, readOnly: false, revert: (args: unknown) => undone.push(args) };
  await place.run({ ...world.toolbox, desk: { see: now } }, async (runtime, ctx) => {
    const again = paused(await runtime.approve({ executionId }));
    expect(gate.begun).toEqual([]);
    const running = runtime.approve({ executionId, seq: 0, digest: String(again.pending[0]?.digest) });
    await gate.reached("x");
    await crashFacet(ctx);
    expect(paused(await running).pending).toMatchObject([{ kind: "in_doubt" }]);
    expect(gate.begun).toEqual(["x"]);
    completed(await runtime.resolve({ executionId, seq: 0, as: "ran", result: 1 }));
    expect((await runtime.rollback({ executionId })).items).toMatchObject([{ outcome: "reverted" }]);
    expect(undone).toEqual([{ id: "x" }]);
  });
});

test("G6 what a person has made again is as safe as its tool was, and is", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (_runtime, ctx) => {
    await startAndAbandon(world, ctx, `async () => slow.log({ id: "x" })`, ["x"]);
    // A read today; but the attempt that a crash cut off was of an effect.
    const other = runtimeIn(ctx, changed(world, "log", { readOnly: true, revert: undefined }));
    expect((await other.recover())[0]?.status).toBe("paused");
    const running = other.resolve({ executionId: "exec_abandoned", seq: 0, as: "run" });
    await world.gate.reached("x");
    await crashFacet(ctx);
    expect(paused(await running).pending).toMatchObject([{ kind: "in_doubt" }]);
    expect(world.calls()).toHaveLength(2);
  });
});

test.each([
  ["needs approval now", { requiresApproval: true }, "needs approval"],
  ["may change something now", {}, "may change something"],
  ["is an ordinary read now", { readOnly: true }, undefined],
])("a call that was made on each pass, and whose tool %s, is made unasked only as a read", async (_now, now, why) => {
  const calls: string[] = [];
  const look = { execute: () => calls.push("look") };
  const pay = { requiresApproval: true, execute: () => calls.push("pay") };
  const place = newPlace();
  const code = `async () => { const seen = await desk.look({}).catch((error) => error.message); await desk.pay({}); return seen; }`;
  const { executionId } = paused(
    await place.run({ desk: { look: { ...look, replay: "reexecute" }, pay } }, (runtime) => runtime.execute({ code })),
  );
  const { result } = completed(
    await place.run({ desk: { look: { ...look, ...now }, pay } }, (runtime) => runtime.approve({ executionId })),
  );
  await turn();
  expect(calls).toEqual(why === undefined ? ["look", "look", "pay"] : ["look", "pay"]);
  if (why === undefined) expect(result).toBe(2);
  else expect(result).toContain(why);
});

test("G6 a call that was to be made on each pass, and that a person settled, has the result that they gave on each pass", async () => {
  const world = makeWorld();
  const look: ConnectorTool = { execute: ({ id }: { id: string }) => world.gate.pass(id) };
  const before: World = { ...world, toolbox: { ...world.toolbox, slow: { look: { ...look, replay: "reexecute" } } } };
  await withRuntime({}, async (_runtime, ctx) => {
    // The effect beside it puts both on the disk.
    const code = `async () => {
      const [seen] = await Promise.all([slow.look({ id: "x" }), bank.put({})]);
      await bank.pay({ to: "ada" });
      return seen;
    }`;
    await startAndAbandon(before, ctx, code, ["x"]);
    const other = runtimeIn(ctx, { ...world.toolbox, slow: { look } });
    expect((await other.recover())[0]?.status).toBe("paused");
    const executionId = "exec_abandoned";
    paused(await other.resolve({ executionId, seq: 0, as: "ran", result: "said" }));
    await crashFacet(ctx);
    expect(completed(await other.approve({ executionId })).result).toBe("said");
    expect(world.gate.begun).toEqual(["x"]);
  });
});
