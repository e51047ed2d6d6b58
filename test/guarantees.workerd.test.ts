/** One test for each numbered guarantee, through the public door, in the words of the design. The suites beside go deeper. */
import { expect, test } from "vitest";
import { createCodemodeRuntime } from "../src/handle.ts";
import type { Bridge, Executor, PassRequest } from "../src/sandbox/executor.ts";
import { completed, crashFacet, driveToEnd, failed, paused } from "./support/drive.ts";
import { connectorsOf, newPlace, type Toolbox, withRuntime } from "./support/runtime.ts";
import { makeFailing, makeWorld } from "./support/world.ts";

test("G1 recorded before it matters: values keep their kind on every pass, and what came before an effect is on disk before the effect leaves", async () => {
  const world = makeWorld();
  const toolbox: Toolbox = {
    ...world.toolbox,
    kinds: { get: { readOnly: true, execute: () => ({ at: new Date(7), ids: new Set([1n]), none: undefined }) } },
  };
  await withRuntime(toolbox, async (runtime, ctx) => {
    const code = `async () => {
      const { at, ids, none } = await kinds.get();
      await slow.log({ id: "effect" });
      return [at instanceof Date, ids instanceof Set && ids.has(1n), none === undefined];
    }`;
    const running = runtime.execute({ code });
    await world.gate.reached("effect");
    // The effect has left and not come back; whatever the process knew is lost.
    await crashFacet(ctx);
    world.gate.open("effect");
    const doubt = paused(await running);
    expect(doubt.calls).toMatchObject([
      { method: "get", state: "applied", attempt: 1 },
      { method: "log", state: "in_doubt" },
    ]);
    const done = completed(await runtime.resolve({ executionId: doubt.executionId, seq: 1, as: "ran", result: null }));
    expect(done.result).toEqual([true, true, true]);
  });
});

test("G2 failures are settlements: an error is recorded with name, message and code, and thrown again on replay", async () => {
  const { bad, ran } = makeFailing(() => Object.assign(new RangeError("too far"), { code: "E_FAR" }));
  const code = `async () => {
    const told = await bad.fail().catch((e) => [e instanceof RangeError, e.name, e.message, e.code]);
    await bank.pay({ to: told.join() });
    return told;
  }`;
  const { outcome } = await driveToEnd({ ...makeWorld().toolbox, bad }, code);
  expect(outcome.result).toEqual([true, "RangeError", "too far", "E_FAR"]);
  expect(outcome.calls?.[0]).toMatchObject({
    state: "error",
    error: { name: "RangeError", message: "too far", code: "E_FAR" },
  });
  expect(ran()).toBe(1);
});

test("G3 order is replayed: settlements arrive one at a time, in the order in which they first arrived", async () => {
  const world = makeWorld();
  const code = `async () => {
    const order = [];
    const winner = await Promise.race(["a", "b", "c"].map(async (id) => { await slow.see({ id }); order.push(id); return id; }));
    await bank.see({});
    await bank.pay({ to: winner + order.join("") });
    return { winner, order };
  }`;
  const { outcome, pauses } = await driveToEnd(world.toolbox, code, {
    during: [() => world.gate.openInOrder("c", "a", "b")],
  });
  const { winner, order } = outcome.result as { winner: string; order: string[] };
  expect([winner, order]).toEqual(["c", ["c", "a", "b"]]);
  expect(pauses[0]?.pending[0]?.args).toEqual({ to: expect.stringMatching(/^cc/) });
});

test("G4 time and chance are recorded: a program that depends on them pauses and resumes as itself", async () => {
  const world = makeWorld();
  const code = `async () => {
    const draw = () => [Date.now(), performance.now(), Math.random(), crypto.randomUUID(), [...crypto.getRandomValues(new Uint8Array(4))]].join();
    const first = draw();
    await new Promise((resolve) => setTimeout(resolve, 2));
    const second = draw();
    await bank.pay({ to: first + second });
    return [first, second];
  }`;
  const { outcome, pauses } = await driveToEnd(world.toolbox, code);
  expect(pauses[0]?.pending[0]?.args).toEqual({ to: (outcome.result as string[]).join("") });
  expect(new Set(outcome.result as string[]).size).toBe(2);
});

test("G5 approval is bound to what was shown: a decision about anything else changes nothing and says so", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const { executionId, pending } = paused(
      await runtime.execute({ code: `async () => Promise.all([bank.pay({ to: "ada" }), bank.pay({ to: "bob" })])` }),
    );
    expect(pending).toHaveLength(2);
    const before = await runtime.execution(executionId);
    expect(await runtime.approve({ executionId, seq: 0, digest: String(pending[1]?.digest) })).toMatchObject({
      status: "error",
      code: "STALE_DECISION",
    });
    expect(await runtime.execution(executionId)).toEqual(before);
    expect(world.calls()).toEqual([]);
    paused(await runtime.approve({ executionId, seq: 0, digest: String(pending[0]?.digest) }));
    expect(world.calls()).toEqual(['pay({"to":"ada"})']);
  });
});

test("G6 nothing is silently run twice: one key per call, and what may have run is in doubt unless it is safe to repeat", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime, ctx) => {
    const running = runtime.execute({
      code: `async () => Promise.all([slow.put({ id: "safe" }), slow.log({ id: "unsafe" })])`,
    });
    await world.gate.reached("safe", "unsafe");
    await crashFacet(ctx);
    world.gate.open("safe");
    world.gate.open("unsafe");
    await world.gate.openInOrder("safe");
    const { executionId, pending } = paused(await running);
    expect(pending).toMatchObject([{ seq: 1, kind: "in_doubt" }]);
    expect(world.seen.map(({ tool, key, attempt }) => [tool, key, attempt])).toEqual([
      ["slow.put", `${executionId}:0`, 1],
      ["slow.log", `${executionId}:1`, 1],
      ["slow.put", `${executionId}:0`, 2],
    ]);
  });
});

/** A sandbox that is nothing but a list of messages. */
function scripted(messages: readonly object[]): Executor {
  return {
    execute: async () => ({ result: undefined }),
    async runPass(_request: PassRequest, bridge: Bridge) {
      for (const [turn, message] of messages.entries()) {
        await bridge.exchange(
          JSON.stringify({ turn, received: 0, requests: [], settled: [], cleared: [], console: [], ...message }),
        );
      }
    },
  };
}

test("G7 the guest is hostile: it can settle only the step that it opened itself, and data is never control", async () => {
  const world = makeWorld();
  const pay = { seq: 0, kind: "call", connector: "bank", method: "pay", args: '[[1],{"to":2},"ada"]' };
  const forgeries: readonly object[][] = [
    [{ requests: [pay], settled: [{ seq: 0, ok: true, value: '["forged"]' }] }],
    [{ settled: [{ seq: 0, ok: true, value: '["forged"]' }] }],
    [{ requests: [{ ...pay, seq: 5 }] }],
    [{ requests: [pay, pay] }],
    [{ requests: [{ ...pay, approved: true }] }],
    [{ turn: 3 }],
  ];
  await newPlace().run(world.toolbox, async (_runtime, ctx) => {
    for (const messages of forgeries) {
      const runtime = createCodemodeRuntime({
        ctx,
        executor: scripted(messages),
        connectors: connectorsOf(world.toolbox),
      });
      const outcome = failed(await runtime.execute({ code: "async () => {}" }));
      expect(outcome.code, JSON.stringify(messages)).toBe("PROTOCOL_VIOLATION");
      expect(outcome.calls?.filter(({ state }) => state === "applied")).toEqual([]);
    }
    expect(world.calls()).toEqual([]);
  });
});

test("G8 every run ends: in a loop, in a sleep, and in a wait for nothing", async () => {
  const ends = async (code: string) =>
    withRuntime({}, async (runtime) => failed(await runtime.execute({ code })).code, {
      limits: { fuel: 100_000, maxProgramMs: 100 },
    });
  expect(await ends("async () => { for (;;) { try { for (;;) {} } catch {} } }")).toBe("FUEL_EXHAUSTED");
  expect(await ends("async () => new Promise((resolve) => setTimeout(resolve, 600_000))")).toBe("TIMEOUT");
  expect(await ends("async () => new Promise(() => {})")).toBe("DEADLOCK");
});

test("G9 divergence loses nothing: both calls are named, effects stay recorded and can be undone", async () => {
  const world = makeWorld();
  const encoded = (to: string) => `[[1],{"to":2},"${to}"]`;
  const call = (seq: number, method: string, to: string) => ({
    seq,
    kind: "call",
    connector: "bank",
    method,
    args: encoded(to),
    line: 3,
  });
  await newPlace().run(world.toolbox, async (_runtime, ctx) => {
    const over = (messages: readonly object[]) =>
      createCodemodeRuntime({ ctx, executor: scripted(messages), connectors: connectorsOf(world.toolbox) });
    const { executionId } = paused(
      await over([{ requests: [call(0, "log", "first"), call(1, "pay", "ada")] }, { received: 1 }]).execute({
        code: "async () => {}",
      }),
    );
    // The same program, by a sandbox that does something else on its second pass.
    const runtime = over([{ requests: [call(1, "pay", "eve")] }]);
    const outcome = failed(await runtime.approve({ executionId }));
    expect(outcome).toMatchObject({ code: "DIVERGED", line: 3 });
    expect(outcome.error).toContain("ada");
    expect(outcome.error).toContain("eve");
    expect(world.calls()).toEqual(['log({"to":"first"})']);
    expect((await runtime.rollback({ executionId })).items).toMatchObject([{ seq: 0, outcome: "reverted" }]);
  });
});

test("G10 limits are explicit: each is an error that names the limit and what to do instead", async () => {
  const world = makeWorld();
  const over = async (limits: object, code: string) => {
    const { error, code: told } = await withRuntime(
      world.toolbox,
      async (runtime) => failed(await runtime.execute({ code })),
      { limits },
    );
    return { told, error };
  };
  const cases = [
    [{ maxProgramBytes: 30 }, `async () => "a program of more than thirty bytes"`, "PROGRAM_TOO_LARGE", "30"],
    [{ maxCalls: 2 }, `async () => { for (;;) await bank.see({}); }`, "TOO_MANY_CALLS", "2"],
    [
      { maxCallsInFlight: 2 },
      `async () => Promise.all([1, 2, 3].map((n) => bank.see({ n })))`,
      "TOO_MANY_CALLS_IN_FLIGHT",
      "2",
    ],
    [{ maxValueBytes: 200 }, `async () => bank.see({ text: "x".repeat(300) })`, "VALUE_TOO_LARGE", "200"],
    [{ maxValueBytes: 200 }, `async () => codemode.step("s", () => "x".repeat(300))`, "VALUE_TOO_LARGE", "200"],
    [{ maxProgramMs: 50 }, `async () => new Promise((resolve) => setTimeout(resolve, 600_000))`, "TIMEOUT", "50"],
  ] as const;
  for (const [limits, code, told, number] of cases) {
    const outcome = await over(limits, code);
    expect(outcome, code).toMatchObject({ told, error: expect.stringContaining(number) });
  }
});
