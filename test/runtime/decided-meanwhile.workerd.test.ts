/** Decisions that reach a pass while it goes on: on what an earlier pass asked for, and while tools are asked what they think of a turn. */
import { describe, expect, test } from "vitest";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import { completed, eventually, failed, paused } from "../support/drive.ts";
import { makeGate } from "../support/gate.ts";
import { newPlace, runtimeIn, type Toolbox, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { startAndAbandon } from "./abandon.ts";

/** The decision is written down, whatever becomes of the call. */
function decidedOn(runtime: CodemodeRuntimeHandle, executionId: string, seq: number): Promise<unknown> {
  return eventually(
    () => runtime.execution(executionId),
    (execution) => execution?.log[seq]?.state !== "pending" && execution?.log[seq]?.state !== "in_doubt",
  );
}

describe("G5 an approval of what an earlier pass asked for, in a pass that goes on", () => {
  const CODE = `async () => Promise.all([bank.pay({ to: "ada" }), slow.pay({ id: "x" })])`;

  test("is not one of a tool that has changed since: it asks again under another digest, and runs once that is approved", async () => {
    const world = makeWorld();
    const place = newPlace();
    const { executionId, pending } = paused(
      await place.run(world.toolbox, (runtime) => runtime.execute({ code: CODE })),
    );
    const pay = { ...world.toolbox.bank?.pay, description: "Pay twice", execute: () => "paid twice" };
    const changed: Toolbox = { ...world.toolbox, bank: { ...world.toolbox.bank, pay } };
    await place.run(changed, async (runtime) => {
      const running = runtime.approve({ executionId, seq: 1 });
      await world.gate.reached("x");
      const digest = String(pending[0]?.digest);
      const approving = runtime.approve({ executionId, seq: 0, digest });
      await eventually(
        () => runtime.pending(executionId),
        ([action]) => action?.seq === 0 && action.digest !== digest,
      );
      world.gate.open("x");
      const again = paused(await approving);
      expect(paused(await running).pending).toEqual(again.pending);
      expect(again.calls).toMatchObject([{ state: "pending", attempt: 0 }, { state: "applied" }]);
      const done = await runtime.approve({ executionId, seq: 0, digest: String(again.pending[0]?.digest) });
      expect(completed(done).result).toEqual(["paid twice", "x"]);
    });
  });

  test("runs it at once where its tool is the same, under what the tool declares", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId, pending } = paused(await runtime.execute({ code: CODE }));
      const running = runtime.approve({ executionId, seq: 1 });
      await world.gate.reached("x");
      const approving = runtime.approve({ executionId, seq: 0, digest: String(pending[0]?.digest) });
      await eventually(
        () => runtime.execution(executionId),
        (execution) => execution?.log[0]?.state === "applied",
      );
      world.gate.open("x");
      expect(completed(await approving).result).toEqual(["pay done", "x"]);
      expect(completed(await running)).toMatchObject({ calls: [{ attempt: 1 }, { attempt: 1 }] });
      const { items } = await runtime.rollback({ executionId });
      expect(items.map(({ outcome }) => outcome)).toEqual(["reverted", "reverted"]);
    });
  });

  test("a call in doubt that is to run again asks first where its tool needs approval by now", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (_runtime, ctx) => {
      await startAndAbandon(world, ctx, `async () => Promise.all([slow.log({ id: "l" }), slow.see({ id: "s" })])`, [
        "l",
        "s",
      ]);
      const log = { ...world.toolbox.slow?.log, requiresApproval: true, execute: () => "logged anew" };
      const runtime = runtimeIn(ctx, { ...world.toolbox, slow: { ...world.toolbox.slow, log } });
      const recovering = runtime.recover();
      await world.gate.reached("s");
      const executionId = "exec_abandoned";
      const resolving = runtime.resolve({ executionId, seq: 0, as: "run" });
      await eventually(
        () => runtime.pending(executionId),
        ([action]) => action?.kind === "approval",
      );
      world.gate.open("s");
      paused(await resolving);
      await recovering;
      expect(completed(await runtime.approve({ executionId, seq: 0 })).result).toEqual(["logged anew", "s"]);
    });
  });
});

describe("G5 a decision that comes while a turn's tools are asked what they think of it", () => {
  /** `desk.ask` needs approval; whether it does, it says on a later pass only when the test lets it. */
  function makeDesk() {
    const gate = makeGate();
    const passes = { later: false };
    const requiresApproval = async () => {
      if (passes.later) await gate.pass("asked");
      return true;
    };
    return { gate, passes, desk: { ask: { requiresApproval, execute: () => "answered" } } };
  }

  test("is an approval of what the turn asks for again: it runs once, as the effect that it is", async () => {
    const world = makeWorld();
    const { gate, passes, desk } = makeDesk();
    await withRuntime({ ...world.toolbox, desk }, async (runtime) => {
      const code = `async () => Promise.all([bank.pay({ to: "ada" }), desk.ask({})])`;
      const { executionId, pending } = paused(await runtime.execute({ code }));
      passes.later = true;
      const one = runtime.approve({ executionId, seq: 1 });
      await gate.reached("asked");
      const other = runtime.approve({ executionId, seq: 0, digest: String(pending[0]?.digest) });
      await decidedOn(runtime, executionId, 0);
      gate.open("asked");
      expect(completed(await other).result).toEqual(["pay done", "answered"]);
      expect(completed(await one).result).toEqual(["pay done", "answered"]);
      expect(world.calls()).toEqual(['pay({"to":"ada"})']);
      const { items } = await runtime.rollback({ executionId });
      expect(items).toMatchObject([
        { seq: 1, outcome: "irreversible" },
        { seq: 0, outcome: "reverted" },
      ]);
    });
  });

  test("is a rejection that the program catches", async () => {
    const world = makeWorld();
    const { gate, passes, desk } = makeDesk();
    await withRuntime({ ...world.toolbox, desk }, async (runtime) => {
      const code = `async () => Promise.all([bank.pay({ to: "ada" }).catch((error) => error.code), desk.ask({})])`;
      const { executionId } = paused(await runtime.execute({ code }));
      passes.later = true;
      const one = runtime.approve({ executionId, seq: 1 });
      await gate.reached("asked");
      const other = runtime.reject({ executionId, seq: 0, then: "throw" });
      await decidedOn(runtime, executionId, 0);
      gate.open("asked");
      expect(await other).toBe(true);
      expect(completed(await one).result).toEqual(["REJECTED", "answered"]);
      expect(world.calls()).toEqual([]);
    });
  });
});

describe("G8 a run that ends while its tools are asked what they think of a call", () => {
  const ENDS: readonly [string, (runtime: CodemodeRuntimeHandle, executionId: string) => Promise<unknown>][] = [
    ["by cancelling", (runtime, executionId) => runtime.cancel({ executionId })],
    ["by deletion", (runtime, executionId) => runtime.deleteExecution(executionId)],
  ];

  /** `desk.ask` says only when the test lets it that it needs no approval (any longer). */
  function makeDesk(needed: boolean) {
    const gate = makeGate();
    const desk = { needed, ran: 0 };
    const requiresApproval = async () => {
      if (desk.needed) return true;
      await gate.pass("asked");
      return false;
    };
    const ask = { requiresApproval, execute: () => (desk.ran += 1) };
    return { gate, desk, tools: { ask } };
  }

  /** A run that begins only now has come to its end: what was on its way to the facet before it has arrived. */
  async function later(runtime: CodemodeRuntimeHandle): Promise<void> {
    completed(await runtime.execute({ code: "async () => bank.see({})" }));
  }

  test.each(ENDS)("%s makes and records none of what a turn asked for", async (_how, end) => {
    const { gate, desk, tools } = makeDesk(false);
    await withRuntime({ ...makeWorld().toolbox, desk: tools }, async (runtime) => {
      const running = runtime.execute({ code: "async () => desk.ask({})" });
      await gate.reached("asked");
      const [{ id } = { id: "" }] = await runtime.executions();
      await end(runtime, id);
      expect(failed(await running).code).toBe("CANCELLED");
      const ended = await runtime.execution(id);
      gate.open("asked");
      await later(runtime);
      expect(desk.ran).toBe(0);
      expect(await runtime.execution(id)).toEqual(ended);
      expect(ended?.log ?? []).toEqual([]);
    });
  });

  test.each(ENDS)("%s makes no call that a person let run", async (_how, end) => {
    const world = makeWorld();
    const { gate, desk, tools } = makeDesk(true);
    await withRuntime({ ...world.toolbox, desk: tools }, async (runtime) => {
      const code = `async () => Promise.all([desk.ask({}), slow.pay({ id: "x" })])`;
      const { executionId } = paused(await runtime.execute({ code }));
      const running = runtime.approve({ executionId, seq: 1 });
      await world.gate.reached("x");
      desk.needed = false;
      const approving = runtime.approve({ executionId, seq: 0 });
      await gate.reached("asked");
      const ending = end(runtime, executionId);
      expect(failed(await approving).code).toBe("CANCELLED");
      await running;
      world.gate.open("x");
      await ending;
      gate.open("asked");
      await later(runtime);
      expect(desk.ran).toBe(0);
    });
  });
});
