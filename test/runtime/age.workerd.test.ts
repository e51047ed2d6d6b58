/** How old a run is when it is asked whether it expires: counted from what last became of it, by a clock that the tests set. */
import { env } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { createCodemodeRuntime } from "../../src/handle.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import { anotherHandle, completed, paused } from "../support/drive.ts";
import { makeGate } from "../support/gate.ts";
import { withRuntime } from "../support/runtime.ts";
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
      if (holds) await gate.pass("end");
    }
  }
  const runtimeIn = (ctx: DurableObjectState) =>
    createCodemodeRuntime({ ctx, executor: new DynamicWorkerExecutor({ loader: env.LOADER }), connectors: [Ear] });
  const hold = (on: boolean) => {
    holds = on;
  };
  return { gate, heard, hold, runtimeIn };
}

test("one that was decided on and waits again, while another expired, is young", async () => {
  const { gate, hold, runtimeIn } = makeEar();
  await withRuntime({}, async (_runtime, ctx) => {
    const runtime = runtimeIn(ctx);
    setClock(0);
    const code = "async () => [await ear.ask(), await ear.ask()]";
    const first = paused(await runtime.execute({ code })).executionId;
    const second = paused(await runtime.execute({ code })).executionId;
    setClock(5);
    hold(true);
    const expiring = runtime.expirePaused({ maxAgeMs: HOUR_MS });
    // The newer one is being expired, and its connector takes its time.
    await gate.reached("end");
    hold(false);
    setClock(6);
    paused(await runtime.approve({ executionId: first, seq: 0 }));
    gate.open("end");
    expect(await expiring).toEqual([second]);
    expect(await runtime.execution(first)).toMatchObject({ status: "paused" });
  });
});

test("maintain() wants to be called again when a run expires that could not be taken up", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (_runtime, ctx) => {
    setClock(0);
    await startAndAbandon(world, ctx, `async () => slow.log({ id: "x" })`, ["x"]);
    const other = anotherHandle(ctx, {});
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

test("the connectors hear of an interrupted run that expires", async () => {
  const world = makeWorld();
  const { heard, runtimeIn } = makeEar();
  await withRuntime({}, async (_runtime, ctx) => {
    await startAndAbandon(world, ctx, `async () => slow.log({ id: "x" })`, ["x"]);
    // A part of the host that lacks the run's connectors does not take it up.
    expect(await runtimeIn(ctx).expirePaused({ maxAgeMs: 0 })).toEqual(["exec_abandoned"]);
    expect(heard).toEqual(["exec_abandoned error"]);
  });
});
