/** Crashes in the middle of a pass, calls in doubt, and runs that end by time or by hand. */
import { describe, expect, test } from "vitest";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import type { ProxyToolOutput } from "../../src/journal/public.ts";
import { completed, crashFacet, eventually, evict, failed, firstPending, paused } from "../support/drive.ts";
import { newPlace, runtimeIn, withRuntime } from "../support/runtime.ts";
import { makeFailing, makeWorld, type World } from "../support/world.ts";
import { startAndAbandon } from "./abandon.ts";

/** Runs a program until a gated call waits, and ends the facet there. Answers how the interrupted run came to its end or pause. */
function crashAt(world: World, code: string, at: readonly string[], after?: () => Promise<void>) {
  const place = newPlace();
  const outcome = place.run(world.toolbox, async (runtime, ctx) => {
    const running = runtime.execute({ code });
    await world.gate.reached(...at);
    await crashFacet(ctx);
    for (const id of at) world.gate.open(id, `${id} of the dead pass`);
    await after?.();
    return running;
  });
  return { place, outcome };
}

describe("G6 a call that was started when the process died", () => {
  test("is run again, as attempt 2 under the same key, when it is idempotent", async () => {
    const world = makeWorld();
    const code = `async () => { await bank.log({}); return slow.put({ id: "x" }); }`;
    const { outcome } = crashAt(world, code, ["x"], () => world.gate.openInOrder("x"));
    const done = completed(await outcome);
    expect(done.result).toBe("x");
    expect(world.seen.map(({ tool, key, attempt }) => [tool, key, attempt])).toEqual([
      ["log", `${done.executionId}:0`, 1],
      ["slow.put", `${done.executionId}:1`, 1],
      ["slow.put", `${done.executionId}:1`, 2],
    ]);
    expect(done.calls?.[1]).toMatchObject({ attempt: 2, state: "applied" });
  });

  test("is in doubt, and was not made again, also when a person approved it while the pass went on", async () => {
    const world = makeWorld();
    const code = `async () => Promise.all([slow.see({ id: "read" }), slow.pay({ id: "paid" })])`;
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const running = runtime.execute({ code });
      await world.gate.reached("read");
      const { executionId, seq } = await firstPending(runtime);
      const approving = runtime.approve({ executionId, seq });
      await world.gate.reached("paid");
      await crashFacet(ctx);
      world.gate.open("paid");
      world.gate.open("read");
      await world.gate.openInOrder("read");
      await Promise.race([running, world.gate.reached("paid")]);
      expect(world.calls().filter((call) => call.startsWith("slow.pay"))).toHaveLength(1);
      expect(paused(await running).pending).toMatchObject([{ seq, kind: "in_doubt" }]);
      expect(paused(await approving).pending).toMatchObject([{ seq, kind: "in_doubt" }]);
    });
  });

  test("is run again under the same key when it only reads", async () => {
    const world = makeWorld();
    const { outcome } = crashAt(world, `async () => slow.see({ id: "x" })`, ["x"], () => world.gate.openInOrder("x"));
    const done = completed(await outcome);
    expect(done.result).toBe("x");
    expect(world.seen.map(({ tool, key }) => [tool, key])).toEqual(
      Array.from({ length: 2 }, () => ["slow.see", `${done.executionId}:0`]),
    );
  });

  test("an effect that settled before a later effect left is recorded: it is neither run again nor in doubt", async () => {
    const world = makeWorld();
    const { outcome } = crashAt(world, `async () => [await bank.log({}), await slow.log({ id: "x" })]`, ["x"]);
    const doubt = paused(await outcome);
    expect(doubt.calls?.map(({ state }) => state)).toEqual(["applied", "in_doubt"]);
    expect(world.calls()).toEqual(["log({})", 'slow.log({"id":"x"})']);
  });

  test("an effect whose end was known before a long read began is not in doubt when the read is interrupted", async () => {
    const world = makeWorld();
    const code = `async () => [await bank.log({}), await slow.see({ id: "x" })]`;
    const { outcome } = crashAt(world, code, ["x"], () => world.gate.openInOrder("x"));
    const done = completed(await outcome);
    expect(done.calls?.map(({ state }) => state)).toEqual(["applied", "applied"]);
    expect(world.calls().filter((call) => call.startsWith("log"))).toEqual(["log({})"]);
  });

  test("is in doubt otherwise: nothing runs, and a person is asked", async () => {
    const world = makeWorld();
    const { outcome, place } = crashAt(
      world,
      `async () => [await slow.log({ id: "x" }), await bank.log({ after: true })]`,
      ["x"],
    );
    const doubt = paused(await outcome);
    expect(doubt.pending).toMatchObject([
      { seq: 0, connector: "slow", method: "log", args: { id: "x" }, kind: "in_doubt" },
    ]);
    expect(doubt.calls?.[0]).toMatchObject({ state: "in_doubt", attempt: 1 });
    expect(world.calls()).toEqual(['slow.log({"id":"x"})']);
    await place.run(world.toolbox, async (runtime) => {
      const { executionId } = doubt;
      const before = await runtime.execution(executionId);
      expect(await runtime.approve({ executionId, seq: 0 })).toMatchObject({ code: "NOT_PENDING" });
      expect(await runtime.approve({ executionId })).toMatchObject({ code: "NOT_PENDING" });
      expect(await runtime.reject({ executionId, seq: 0 })).toBe(false);
      expect(await runtime.resolve({ executionId, seq: 0, digest: "0".repeat(40), as: "run" })).toMatchObject({
        code: "STALE_DECISION",
      });
      expect(await runtime.execution(executionId)).toEqual(before);
    });
  });

  test("resolved as ran: the program gets the result that the person gave, kinds kept, and nothing runs", async () => {
    const world = makeWorld();
    const { outcome, place } = crashAt(
      world,
      `async () => { const at = await slow.log({ id: "x" }); return [at instanceof Date, at]; }`,
      ["x"],
    );
    const { executionId, pending } = paused(await outcome);
    const resolve = { executionId, seq: 0, digest: String(pending[0]?.digest), by: "ann", reason: "seen in the bank" };
    const done = completed(
      await place.run(world.toolbox, (runtime) => runtime.resolve({ ...resolve, as: "ran", result: new Date(7) })),
    );
    expect(done.result).toEqual([true, new Date(7)]);
    expect(done.calls?.[0]).toMatchObject({
      state: "applied",
      decision: { decision: "resolved", by: "ann", reason: "seen in the bank" },
    });
    expect(world.calls()).toHaveLength(1);
  });

  test("resolved as run: it runs once more, under the same key, as attempt 2", async () => {
    const world = makeWorld();
    const { outcome, place } = crashAt(world, `async () => slow.log({ id: "x" })`, ["x"]);
    const { executionId } = paused(await outcome);
    const done = completed(
      await place.run(world.toolbox, async (runtime) => {
        const running = runtime.resolve({ executionId, seq: 0, as: "run" });
        await world.gate.openInOrder("x");
        return running;
      }),
    );
    expect(done.result).toBe("x");
    expect(world.seen.map(({ key, attempt }) => [key, attempt])).toEqual([
      [`${executionId}:0`, 1],
      [`${executionId}:0`, 2],
    ]);
  });

  test("resolved as fail: the program catches a failure, now and on later passes", async () => {
    const world = makeWorld();
    const code = `async () => { let told; try { await slow.log({ id: "x" }); } catch (error) { told = [error.code, error.message]; } await bank.pay({ to: "z" }); return told; }`;
    const { outcome, place } = crashAt(world, code, ["x"]);
    const { executionId } = paused(await outcome);
    paused(
      await place.run(world.toolbox, (runtime) =>
        runtime.resolve({ executionId, seq: 0, as: "fail", error: "the bank knows nothing" }),
      ),
    );
    await evict(place);
    const done = completed(await place.run(world.toolbox, (runtime) => runtime.approve({ executionId })));
    expect(done.result).toEqual(["TOOL_ERROR", "the bank knows nothing"]);
  });

  test("an approved action that was running is in doubt, not asked for again and not run again", async () => {
    const world = makeWorld();
    const place = newPlace();
    const { executionId } = paused(
      await place.run(world.toolbox, (runtime) => runtime.execute({ code: `async () => slow.pay({ id: "x" })` })),
    );
    const doubt = paused(
      await place.run(world.toolbox, async (runtime, ctx) => {
        const running = runtime.approve({ executionId });
        await world.gate.reached("x");
        await crashFacet(ctx);
        world.gate.open("x");
        return running;
      }),
    );
    expect(doubt.pending).toMatchObject([{ seq: 0, kind: "in_doubt" }]);
    expect(world.seen).toHaveLength(1);
  });

  test("resolving it keeps who approved the call before, however often it was in doubt", async () => {
    const world = makeWorld();
    const place = newPlace();
    const crashWhile = (decide: (runtime: CodemodeRuntimeHandle) => Promise<ProxyToolOutput>) =>
      place.run(world.toolbox, async (runtime, ctx) => {
        const running = decide(runtime);
        await world.gate.reached("x");
        await crashFacet(ctx);
        world.gate.open("x");
        return paused(await running);
      });
    const { executionId } = paused(
      await place.run(world.toolbox, (runtime) => runtime.execute({ code: `async () => slow.pay({ id: "x" })` })),
    );
    const approved = { decision: "approved", by: "ann", reason: "fine", at: expect.any(Number) };
    const first = await crashWhile((runtime) => runtime.approve({ executionId, by: "ann", reason: "fine" }));
    expect(first.calls?.[0]).toMatchObject({ state: "in_doubt", decision: approved });
    const again = { decision: "resolved", by: "bob", at: expect.any(Number), previous: approved };
    const second = await crashWhile((runtime) => runtime.resolve({ executionId, seq: 0, as: "run", by: "bob" }));
    expect(second.calls?.[0]?.decision).toEqual(again);
    const done = completed(
      await place.run(world.toolbox, (runtime) =>
        runtime.resolve({ executionId, seq: 0, as: "ran", result: "paid", by: "cy" }),
      ),
    );
    const last = { decision: "resolved", by: "cy", at: expect.any(Number), previous: again };
    expect(done.calls?.[0]?.decision).toEqual(last);
    await evict(place);
    const onDisk = await place.run(world.toolbox, (runtime) => runtime.execution(executionId));
    expect(onDisk?.log[0]?.decision).toEqual(last);
  });

  test("parallel calls: each by its own policy, what settled before stays settled", async () => {
    const world = makeWorld();
    const place = newPlace();
    const code = `async () => Promise.all([slow.see({ id: "a" }), slow.log({ id: "b" }), slow.put({ id: "c" }), bank.put({ d: 1 })])`;
    const doubt = paused(
      await place.run(world.toolbox, async (runtime, ctx) => {
        const running = runtime.execute({ code });
        await world.gate.reached("a", "b", "c");
        await crashFacet(ctx);
        for (const id of ["a", "b", "c"]) world.gate.open(id);
        await world.gate.openInOrder("a", "c");
        return running;
      }),
    );
    expect(doubt.pending).toMatchObject([{ seq: 1, kind: "in_doubt" }]);
    const done = completed(
      await place.run(world.toolbox, (runtime) =>
        runtime.resolve({ executionId: doubt.executionId, seq: 1, as: "ran", result: "b" }),
      ),
    );
    expect((done.result as unknown[]).slice(0, 3)).toEqual(["a", "b", "c"]);
    const attempts = (tool: string) => world.seen.filter((call) => call.tool === tool).length;
    expect([attempts("slow.see"), attempts("slow.log"), attempts("slow.put")]).toEqual([2, 1, 2]);
  });
});

describe("recovery", () => {
  test("an interrupted run is taken up by recover(), and recover() with nothing to do does nothing", async () => {
    const world = makeWorld();
    const place = newPlace();
    let executionId = "";
    await place.run(world.toolbox, async (runtime, ctx) => {
      const running = runtime.execute({ code: `async () => slow.see({ id: "x" })` });
      await world.gate.reached("x");
      await crashFacet(ctx);
      world.gate.open("x");
      const recovering = runtime.recover();
      await world.gate.openInOrder("x");
      const outcomes = await Promise.all([recovering, running]);
      ({ executionId } = outcomes[1]);
      expect(completed(outcomes[1]).result).toBe("x");
    });
    await place.run(world.toolbox, async (runtime) => {
      expect(await runtime.recover()).toEqual([]);
      expect(await runtime.execution(executionId)).toMatchObject({ status: "completed" });
    });
    expect(world.seen).toHaveLength(2);
  });

  test("a handle that was made before a crash works after it", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
      await crashFacet(ctx);
      expect(await runtime.pending()).toHaveLength(1);
      await crashFacet(ctx);
      completed(await runtime.approve({ executionId }));
      await crashFacet(ctx);
      expect(await runtime.executions()).toHaveLength(1);
      expect(world.calls()).toEqual(['pay({"to":"ada"})']);
    });
  });

  test("two who recover at once take up an interrupted run once", async () => {
    const world = makeWorld();
    const place = newPlace();
    await place.run(world.toolbox, async (runtime, ctx) => {
      const running = runtime.execute({ code: `async () => slow.put({ id: "x" })` });
      await world.gate.reached("x");
      await crashFacet(ctx);
      world.gate.open("x");
      const both = Promise.all([running, runtime.pending(), runtime.recover(), runtime.recover()]);
      await world.gate.openInOrder("x");
      const [outcome] = await both;
      expect(completed(outcome).result).toBe("x");
    });
    expect(world.seen.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  test("more than one answer of the facet has room for is recovered and told all the same", async () => {
    const world = makeWorld();
    const ids = ["a", "b", "c", "d", "e"];
    await newPlace().run(world.toolbox, async (runtime, ctx) => {
      const code = (id: string) => `async () => (await slow.see({ id: "${id}" })).repeat(6_900_000)`;
      const running = ids.map((id) => runtime.execute({ code: code(id) }));
      await world.gate.reached(...ids);
      await crashFacet(ctx);
      for (const id of ids) world.gate.open(id);
      const recovering = runtime.recover();
      await world.gate.openInOrder(...ids);
      expect((await recovering).map(({ status }) => status)).toEqual(ids.map(() => "completed"));
      await Promise.all(running);
    });
  });

  test("a run that lacks a connector when it is recovered is not lost: it goes on when the connector is there again", async () => {
    const world = makeWorld();
    await newPlace().run(world.toolbox, async (runtime, ctx) => {
      await startAndAbandon(world, ctx, `async () => slow.put({ id: "x" })`, ["x"]);
      // Another part of the host, with other connectors, is the first that uses the runtime after the crash.
      const other = runtimeIn(ctx, {});
      expect(await other.recover()).toEqual([]);
      expect(await other.executions()).toMatchObject([{ status: "running" }]);
      // No recover(): any use takes it up.
      await runtime.pending();
      await world.gate.openInOrder("x");
      const [done] = await eventually(
        () => runtime.executions(),
        ([found]) => found?.status !== "running",
      );
      expect(done).toMatchObject({ status: "completed", result: "x" });
    });
    expect(world.seen.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });
});

test("recover() and maintain() do not wait for runs that nothing interrupted, nor for what they are waiting for", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
    const running = runtime.execute({ code: `async () => slow.see({ id: "x" })` });
    await world.gate.reached("x");
    expect(await runtime.recover()).toEqual([]);
    expect(await runtime.maintain({ maxAgeMs: 0 })).toEqual({ recovered: [], expired: [executionId], pruned: 0 });
    world.gate.open("x");
    completed(await running);
  });
});

describe("cancel", () => {
  test("ends a live run, aborts its tools, and records what still took place", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const running = runtime.execute({
        code: `async () => { console.log("started"); await slow.log({ id: "x" }); await bank.log({ never: true }); }`,
      });
      await world.gate.reached("x");
      const [execution] = await runtime.executions();
      const executionId = String(execution?.id);
      expect(await runtime.cancel({ executionId, reason: "not now" })).toBe(true);
      expect(failed(await running)).toMatchObject({
        code: "CANCELLED",
        error: expect.stringContaining("not now"),
        logs: ["started"],
      });
      expect(world.seen[0]?.signal.aborted).toBe(true);
      world.gate.open("x", "late");
      const late = await eventually(
        () => runtime.execution(executionId),
        (found) => found?.log[0]?.state === "applied",
      );
      expect(late).toMatchObject({ status: "error", errorCode: "CANCELLED", log: [{ result: "late" }] });
      expect(world.calls()).toHaveLength(1);
    });
  });

  test("ends a paused run; what was pending can no longer be approved", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
      expect(await runtime.cancel({ executionId })).toBe(true);
      expect(await runtime.execution(executionId)).toMatchObject({ status: "error", errorCode: "CANCELLED" });
      expect(await runtime.pending()).toEqual([]);
      expect(await runtime.approve({ executionId })).toMatchObject({ code: "NOT_PENDING" });
      expect(world.calls()).toEqual([]);
    });
  });

  test("of what has ended or does not exist answers false and changes nothing", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = completed(await runtime.execute({ code: "async () => 1" }));
      const before = await runtime.execution(executionId);
      expect(await runtime.cancel({ executionId })).toBe(false);
      expect(await runtime.cancel({ executionId: "exec_of_nobody" })).toBe(false);
      expect(await runtime.execution(executionId)).toEqual(before);
    });
  });

  test("an approval that comes while a run is cancelled runs nothing", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
      const [cancelled, outcome] = await Promise.all([
        runtime.cancel({ executionId }),
        runtime.approve({ executionId }),
      ]);
      expect(cancelled).toBe(true);
      expect(outcome).toMatchObject({ code: "NOT_PENDING" });
      expect(world.calls()).toEqual([]);
    });
  });
});

describe("expiry and maintenance", () => {
  const PAY = { code: `async () => bank.pay({ to: "ada" })` };

  test("expirePaused ends what nobody decided on in time, and only that", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute(PAY));
      completed(await runtime.execute({ code: "async () => 1" }));
      expect(await runtime.expirePaused()).toEqual([]);
      expect(await runtime.expirePaused({ maxAgeMs: 0 })).toEqual([executionId]);
      expect(await runtime.execution(executionId)).toMatchObject({ status: "rejected" });
      expect(await runtime.approve({ executionId })).toMatchObject({ code: "NOT_PENDING" });
      expect(await runtime.expirePaused({ maxAgeMs: 0 })).toEqual([]);
      expect(world.calls()).toEqual([]);
    });
  });

  test("expirePaused leaves a live run alone", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const running = runtime.execute({ code: `async () => slow.see({ id: "x" })` });
      await world.gate.reached("x");
      expect(await runtime.expirePaused({ maxAgeMs: 0 })).toEqual([]);
      world.gate.open("x");
      expect(completed(await running).result).toBe("x");
    });
  });

  test("maintain recovers, expires and prunes, and says when it wants to be called again", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      completed(await runtime.execute({ code: "async () => 1" }));
      const kept = completed(await runtime.execute({ code: "async () => 2" }));
      const { executionId } = paused(await runtime.execute(PAY));
      const asked = Number((await runtime.execution(executionId))?.updatedAt);
      const keepsOne = runtimeIn(ctx, world.toolbox, { maxExecutions: 1 });
      expect(await keepsOne.maintain({ maxAgeMs: 60_000 })).toEqual({
        recovered: [],
        expired: [],
        pruned: 1,
        next: asked + 60_000,
      });
      expect((await runtime.executions()).map(({ id }) => id)).toEqual([executionId, kept.executionId]);
      expect(await runtime.maintain({ maxAgeMs: 0 })).toMatchObject({ expired: [executionId], pruned: 0 });
      expect(await runtime.maintain()).toEqual({ recovered: [], expired: [], pruned: 0 });
    });
  });

  test("maintain takes up an interrupted run and names it", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const running = runtime.execute({ code: `async () => slow.put({ id: "x" })` });
      await world.gate.reached("x");
      await crashFacet(ctx);
      world.gate.open("x");
      const maintaining = runtime.maintain();
      await world.gate.openInOrder("x");
      const { executionId } = completed(await running);
      expect((await maintaining).recovered).toEqual([executionId]);
    });
  });
});

test("a tool that throws what cannot be read is a failed call, not an interrupted run", async () => {
  const hostile = () =>
    Object.defineProperty(new Error("shown"), "cause", {
      get: () => {
        throw new Error("from the getter");
      },
    });
  const { bad } = makeFailing(hostile);
  await withRuntime({ bad }, async (runtime) => {
    const done = completed(await runtime.execute({ code: "async () => bad.fail().catch((error) => error.message)" }));
    expect(done.result).toBe("shown");
  });
});

test("a crash inside of a step runs the step again, with the calls that it made before replayed", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime, ctx) => {
    const running = runtime.execute({
      code: `async () => codemode.step("s", async () => [await bank.log({ n: 1 }), Math.random(), await slow.put({ id: "x" })])`,
    });
    await world.gate.reached("x");
    await crashFacet(ctx);
    world.gate.open("x");
    await world.gate.openInOrder("x");
    const done = completed(await running);
    expect((done.result as unknown[])[0]).toBe("log done");
    expect(world.calls()).toEqual(['log({"n":1})', 'slow.put({"id":"x"})', 'slow.put({"id":"x"})']);
  });
});
