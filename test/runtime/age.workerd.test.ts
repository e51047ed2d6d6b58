/** How old a run is when it is asked whether it expires: counted from what last became of it, by a clock that the tests set. */
import { afterEach, expect, test, vi } from "vitest";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { completed, eventually, paused } from "../support/drive.ts";
import { makeGate } from "../support/gate.ts";
import { runtimeIn, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { startAndAbandon } from "./abandon.ts";

const HOUR_MS = 3_600_000;

const clock = vi.spyOn(Date, "now");
const start = Date.now();

/** From now on it is so many hours after the beginning. */
function setClock(hours: number): void {
  clock.mockImplementation(() => start + hours * HOUR_MS);
}

afterEach(() => {
  clock.mockReset();
});

test("a run that worked for hours before it asked a person is as old as its question", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    setClock(0);
    const running = runtime.execute({
      code: `async () => { await slow.see({ id: "x" }); return bank.pay({ to: "a" }); }`,
    });
    await world.gate.reached("x");
    setClock(5);
    world.gate.open("x");
    const { executionId } = paused(await running);
    setClock(7);
    expect(await runtime.expirePaused({ maxAgeMs: 3 * HOUR_MS })).toEqual([]);
    setClock(8);
    expect(await runtime.expirePaused({ maxAgeMs: 3 * HOUR_MS })).toEqual([executionId]);
  });
});

test("a run that a person let go on is as old as that decision", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    setClock(0);
    const { executionId } = paused(await runtime.execute({ code: `async () => slow.pay({ id: "x" })` }));
    setClock(5);
    const running = runtime.approve({ executionId });
    await world.gate.reached("x");
    expect((await runtime.execution(executionId))?.updatedAt).toBe(start + 5 * HOUR_MS);
    setClock(6);
    world.gate.open("x");
    completed(await running);
    expect((await runtime.execution(executionId))?.updatedAt).toBe(start + 6 * HOUR_MS);
  });
});

/** A connector that asks, and may take its time over the end of a run. */
function makeEar() {
  const gate = makeGate();
  const heard: string[] = [];
  let holds = false;
  class Ear extends CodemodeConnector {
    override name() {
      return "ear";
    }
    protected override tools() {
      return { ask: { requiresApproval: true, execute: () => "asked" } };
    }
    override async disposeExecution(executionId: string, status: string) {
      heard.push(`${executionId} ${status}`);
      if (holds) await gate.pass(executionId);
    }
  }
  const hold = (on: boolean) => {
    holds = on;
  };
  return { gate, heard, hold, Ear };
}

test("runs that expire are told of at once: a connector that takes its time over one holds up no other", async () => {
  const { gate, heard, hold, Ear } = makeEar();
  await withRuntime({}, async (_runtime, ctx) => {
    const runtime = runtimeIn(ctx, [Ear]);
    setClock(0);
    const code = "async () => ear.ask()";
    const first = paused(await runtime.execute({ code })).executionId;
    const second = paused(await runtime.execute({ code })).executionId;
    setClock(5);
    hold(true);
    const expiring = runtime.expirePaused({ maxAgeMs: HOUR_MS });
    await gate.reached(second, first);
    expect(await runtime.approve({ executionId: first })).toMatchObject({ code: "NOT_PENDING" });
    await gate.openInOrder(second, first);
    expect(await expiring).toEqual([second, first]);
    expect(heard).toEqual([`${second} rejected`, `${first} rejected`]);
  });
});

test("maintain() wants to be called again when a run expires that could not be taken up", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (_runtime, ctx) => {
    setClock(0);
    await startAndAbandon(world, ctx, `async () => slow.log({ id: "x" })`, ["x"]);
    const other = runtimeIn(ctx, {});
    setClock(1);
    const report = await other.maintain({ maxAgeMs: 3 * HOUR_MS });
    expect(report).toEqual({ recovered: [], expired: [], pruned: 0, next: start + 3 * HOUR_MS });
    setClock(3);
    expect(await other.maintain({ maxAgeMs: 3 * HOUR_MS })).toEqual({
      recovered: [],
      expired: ["exec_abandoned"],
      pruned: 0,
    });
  });
});

test("an interrupted run that can be taken up is, and does not expire, however long ago it began", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime, ctx) => {
    setClock(0);
    await startAndAbandon(world, ctx, `async () => slow.see({ id: "x" })`, ["x"]);
    setClock(5);
    expect(await runtime.expirePaused({ maxAgeMs: HOUR_MS })).toEqual([]);
    await world.gate.openInOrder("x");
    const execution = await eventually(
      () => runtime.execution("exec_abandoned"),
      (found) => found?.status !== "running",
    );
    expect(execution).toMatchObject({ status: "completed", result: "x" });
  });
});

test("the connectors hear of an interrupted run that expires", async () => {
  const world = makeWorld();
  const { heard, Ear } = makeEar();
  await withRuntime({}, async (_runtime, ctx) => {
    await startAndAbandon(world, ctx, `async () => slow.log({ id: "x" })`, ["x"]);
    // A part of the host that lacks the run's connectors does not take it up.
    expect(await runtimeIn(ctx, [Ear]).expirePaused({ maxAgeMs: 0 })).toEqual(["exec_abandoned"]);
    expect(heard).toEqual(["exec_abandoned error"]);
  });
});
