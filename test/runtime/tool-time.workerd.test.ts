/** A tool that takes longer than it may: how its run ends, what becomes of the call, and what else was under way (G8, G6). */
import { env } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import type { Executor } from "../../src/sandbox/executor.ts";
import { completed, crashFacet, eventually, failed, firstPending, paused } from "../support/drive.ts";
import { newPlace, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";

const BRIEF = { limits: { maxToolMs: 200 } };

test("of several tools the one that has taken longest is named, what waits for a person waits no longer, and all late effects are undone", async () => {
  const world = makeWorld();
  await withRuntime(
    world.toolbox,
    async (runtime) => {
      const code = `async () => Promise.allSettled([slow.log({ id: "a" }), bank.pay({ to: "ada" }), slow.log({ id: "b" })])`;
      const { executionId, error, calls } = failed(await runtime.execute({ code }));
      expect(error).toMatch(/^slow\.log \(call 0\) did not answer within 200 ms\. .*Ask it for less/);
      expect(calls).toMatchObject([{ state: "executing" }, { state: "pending" }, { state: "executing" }]);
      expect(await runtime.pending()).toEqual([]);
      expect(await runtime.inDoubt()).toEqual([]);
      expect(failed(await runtime.approve({ executionId, seq: 1 })).code).toBe("NOT_PENDING");
      // Nobody knows yet: a rollback says so, and another one undoes what is known by then.
      const early = await runtime.rollback({ executionId });
      expect(early.items.map(({ seq, outcome }) => [seq, outcome])).toEqual([
        [2, "in_doubt"],
        [0, "in_doubt"],
      ]);
      world.gate.open("a", "late a");
      await eventually(
        () => runtime.execution(executionId),
        (found) => found?.log[0]?.state === "applied",
      );
      world.gate.open("b", "late b");
      await eventually(
        () => runtime.execution(executionId),
        (found) => found?.log[2]?.state === "applied",
      );
      const late = await runtime.rollback({ executionId });
      expect(late.items.map(({ seq, outcome }) => [seq, outcome])).toEqual([
        [2, "reverted"],
        [0, "reverted"],
      ]);
      expect(world.calls().slice(-2)).toEqual(['undo slow.log({"id":"b"})', 'undo slow.log({"id":"a"})']);
    },
    BRIEF,
  );
});

test("a call that the process took with it after the end is in doubt, and what a person says of it is undone", async () => {
  const world = makeWorld();
  const place = newPlace();
  const code = `async () => slow.log({ id: "lost" })`;
  const executionId = await place.run(
    world.toolbox,
    async (runtime, ctx) => {
      const ended = failed(await runtime.execute({ code }));
      expect(ended.code).toBe("TIMEOUT");
      await crashFacet(ctx);
      return ended.executionId;
    },
    BRIEF,
  );
  await place.run(world.toolbox, async (runtime) => {
    expect(await runtime.recover()).toEqual([]);
    expect(await runtime.inDoubt()).toMatchObject([{ executionId, seq: 0, kind: "in_doubt" }]);
    expect(failed(await runtime.resolve({ executionId, seq: 0, as: "ran", result: "it did" })).code).toBe("TIMEOUT");
    expect(await runtime.inDoubt()).toEqual([]);
    expect((await runtime.rollback({ executionId })).items).toMatchObject([{ seq: 0, outcome: "reverted" }]);
  });
  expect(world.calls()).toEqual(['slow.log({"id":"lost"})', 'undo slow.log({"id":"lost"})']);
});

test("a read that runs anew on each pass has the same time on each, and the approved effect of the pass before stays", async () => {
  const world = makeWorld();
  let reads = 0;
  const toolbox = {
    ...world.toolbox,
    live: {
      now: {
        readOnly: true,
        replay: "reexecute" as const,
        execute: () => {
          reads += 1;
          return reads === 1 ? "first" : new Promise<never>(() => {});
        },
      },
    },
  };
  await withRuntime(
    toolbox,
    async (runtime) => {
      const code = `async () => [await live.now({}), await bank.pay({ to: "ada" })]`;
      const { executionId } = paused(await runtime.execute({ code }));
      const ended = failed(await runtime.approve({ executionId }));
      expect(ended).toMatchObject({ code: "TIMEOUT", error: expect.stringContaining("live.now (call 0)") });
      // It was approved, and never ran.
      expect(ended.calls).toMatchObject([{ state: "applied" }, { state: "approved" }]);
      expect(world.calls()).toEqual([]);
      expect((await runtime.rollback({ executionId })).items).toEqual([]);
    },
    BRIEF,
  );
});

/** Its tools cannot be listed: whoever searches waits for it. */
class Silent extends CodemodeConnector {
  override name(): string {
    return "silent";
  }

  override async describe(): Promise<never> {
    return new Promise<never>(() => {});
  }

  protected override async tools(): Promise<never> {
    return new Promise<never>(() => {});
  }
}

test("a search that a connector holds up ends the run as any tool does", async () => {
  await withRuntime(
    [Silent],
    async (runtime) => {
      const ended = failed(await runtime.execute({ code: `async () => codemode.search("anything")` }));
      expect(ended).toMatchObject({ code: "TIMEOUT", error: expect.stringContaining("codemode.search (call 0)") });
      expect(completed(await runtime.execute({ code: "async () => 1" })).result).toBe(1);
    },
    BRIEF,
  );
});

test("what a run did that was cancelled is undone with a signal that nobody has aborted, also when asked for while its isolate still leaves", async () => {
  const world = makeWorld();
  const aborted: boolean[] = [];
  const left = Promise.withResolvers<void>();
  const executor = new DynamicWorkerExecutor({ loader: env.LOADER });
  const slowToLeave: Executor = {
    execute: (...given) => executor.execute(...given),
    runPass: async (...given) => {
      await executor.runPass(...given);
      await left.promise;
    },
  };
  const toolbox = {
    ...world.toolbox,
    done: {
      act: {
        execute: () => "did",
        revert: (_args: unknown, _result: unknown, { signal }: { readonly signal: AbortSignal }) => {
          aborted.push(signal.aborted);
        },
      },
    },
  };
  await withRuntime(
    toolbox,
    async (runtime) => {
      const running = runtime.execute({ code: `async () => { await done.act({}); await slow.see({ id: "x" }); }` });
      await world.gate.reached("x");
      const [execution] = await runtime.executions();
      const executionId = execution?.id ?? "";
      const cancelled = runtime.cancel({ executionId });
      // While the isolate leaves, which takes as long as the test says.
      const rolling = runtime.rollback({ executionId });
      left.resolve();
      expect((await rolling).items).toMatchObject([{ outcome: "reverted" }]);
      expect(aborted).toEqual([false]);
      expect(await cancelled).toBe(true);
      expect(failed(await running).code).toBe("CANCELLED");
      expect(await runtime.execution(executionId)).toMatchObject({ status: "rolled_back" });
    },
    { executor: slowToLeave },
  );
});

const BUSY = `for (;;) { for (let i = 0; i < 1_000_000; i++); await codemode.step("s", () => 1); }`;

test.each([
  ["TOO_MANY_CALLS", { maxCalls: 3 }, `for (;;) await bank.see({});`],
  ["TIMEOUT", { maxProgramMs: 500, fuel: 5_000_000_000, maxCalls: 5_000 }, BUSY],
])("a tool hears that nobody waits for it any longer when its run ends by %s", async (code, limits, rest) => {
  const world = makeWorld();
  await withRuntime(
    world.toolbox,
    async (runtime) => {
      const program = `async () => { slow.log({ id: "x" }).catch(() => {}); ${rest} }`;
      expect(failed(await runtime.execute({ code: program })).code).toBe(code);
      expect(world.seen[0]).toMatchObject({ tool: "slow.log", signal: { aborted: true } });
      world.gate.open("x");
    },
    { limits },
  );
});

test("a tool hears that nobody waits for it any longer when its run is rejected", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const running = runtime.execute({
      code: `async () => Promise.all([slow.log({ id: "x" }), bank.pay({ to: "ada" })])`,
    });
    const { executionId, seq } = await firstPending(runtime);
    expect(await runtime.reject({ executionId, seq })).toBe(true);
    expect((await running).status).toBe("error");
    expect(world.seen.map(({ signal }) => signal.reason)).toMatchObject([
      { code: "CANCELLED", message: "The execution was rejected." },
    ]);
    world.gate.open("x");
  });
});

test("a tool that a pass left at its call when it died hears of the end that a later pass comes to", async () => {
  const world = makeWorld();
  await withRuntime(
    world.toolbox,
    async (runtime, ctx) => {
      const calls = `slow.log({ id: "x" }).catch(() => {}); await slow.see({ id: "y" });`;
      const running = runtime.execute({ code: `async () => { ${calls} for (;;) await bank.see({}); }` });
      await world.gate.reached("x", "y");
      await crashFacet(ctx);
      world.gate.open("y");
      await world.gate.openInOrder("y");
      expect(failed(await running).code).toBe("TOO_MANY_CALLS");
      const left = () => world.seen.filter(({ tool }) => tool === "slow.log").map(({ signal }) => signal.aborted);
      await vi.waitFor(() => expect(left()).toEqual([true]));
      world.gate.open("x");
    },
    { limits: { maxCalls: 5 } },
  );
});

test("an effect that is cut off by the end of its run is in doubt, and not a failure; a read is one", async () => {
  const begun: string[] = [];
  const cutOff = (name: string, over = (signal: AbortSignal): unknown => signal.reason) => ({
    execute: (_args: unknown, { signal }: { readonly signal: AbortSignal }) =>
      new Promise((_, fail) => {
        begun.push(name);
        signal.addEventListener("abort", () => fail(over(signal)));
      }),
  });
  const world = makeWorld();
  const net = {
    post: { ...cutOff("post"), revert: () => begun.push("undone") },
    get: { readOnly: true, ...cutOff("get") },
    // As libraries do that have an error of their own for it.
    put: cutOff("put", () => new DOMException("The request was aborted", "AbortError")),
    patch: cutOff("patch", () => new Error("The server hung up")),
  };
  await withRuntime({ ...world.toolbox, net }, async (runtime) => {
    const code = `async () => Promise.all([net.post({}), net.get({}), net.put({}), net.patch({}), bank.pay({ to: "ada" })])`;
    const running = runtime.execute({ code });
    const { executionId, seq } = await firstPending(runtime);
    await eventually(
      async () => begun,
      (names) => names.length === 4,
    );
    expect(await runtime.reject({ executionId, seq })).toBe(true);
    expect((await running).status).toBe("error");
    const ended = await eventually(
      () => runtime.execution(executionId),
      (found) => found?.log.every(({ state }) => state !== "executing") === true,
    );
    expect(ended?.log.map(({ method, state }) => [method, state])).toEqual([
      ["post", "in_doubt"],
      ["get", "error"],
      ["put", "in_doubt"],
      ["patch", "error"],
      ["pay", "rejected"],
    ]);
    expect((await runtime.inDoubt()).map(({ method }) => method).sort()).toEqual(["post", "put"]);
    await runtime.resolve({ executionId, seq: 0, as: "ran", result: null });
    const { items } = await runtime.rollback({ executionId });
    expect(items).toMatchObject([
      { method: "post", outcome: "reverted" },
      { method: "put", outcome: "in_doubt" },
    ]);
    expect(begun).toContain("undone");
  });
});

test("an undoing that takes too long is a failed one: the rollback goes on with the others, and another one tries it again", async () => {
  const signals: AbortSignal[] = [];
  const undone: string[] = [];
  const act = (name: string, undo: (signal: AbortSignal) => Promise<void> | void) => ({
    execute: () => name,
    revert: async (_args: unknown, _result: unknown, { signal }: { readonly signal: AbortSignal }) => {
      await undo(signal);
      undone.push(name);
    },
  });
  const stuckOnce = (signal: AbortSignal) => {
    signals.push(signal);
    return signals.length === 1 ? new Promise<void>(() => {}) : undefined;
  };
  const toolbox = { work: { first: act("first", () => {}), second: act("second", stuckOnce) } };
  await withRuntime(
    toolbox,
    async (runtime) => {
      const code = `async () => { await work.first({}); await work.second({}); }`;
      const { executionId } = completed(await runtime.execute({ code }));
      const report = await runtime.rollback({ executionId });
      expect(report).toMatchObject({
        status: "rolled_back",
        items: [
          { method: "second", outcome: "failed", error: expect.stringContaining("200 ms") },
          { method: "first", outcome: "reverted" },
        ],
      });
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
      const again = await runtime.rollback({ executionId });
      expect(again.items.map(({ outcome }) => outcome)).toEqual(["reverted", "reverted"]);
      expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
      expect(undone).toEqual(["first", "second"]);
    },
    BRIEF,
  );
});
