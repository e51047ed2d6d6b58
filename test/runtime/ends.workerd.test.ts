/** Ends that leave calls open: what nobody will settle any longer is in doubt, and what still runs is recorded when it answers. */
import { env, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import { HostCapabilities } from "../../src/host-port.ts";
import { newEntry } from "../../src/journal/entry.ts";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { LiveJournal } from "../../src/runtime/journal.ts";
import type { ToolCall } from "../../src/runtime/port.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import { JournalStore } from "../../src/store/store.ts";
import { call, EMPTY, withForgedPass } from "../hostile/guest.ts";
import { crashFacet, eventually, evict, failed, paused } from "../support/drive.ts";
import { newExecution } from "../support/execution.ts";
import { facetIn } from "../support/facet.ts";
import { forgetLimits } from "../support/older.ts";
import { connectorsOf, newPlace, runtimeIn, withRuntime } from "../support/runtime.ts";
import { makeWorld, type World } from "../support/world.ts";
import { startAndAbandon } from "./abandon.ts";

const states = async (runtime: CodemodeRuntimeHandle, id: string) =>
  (await runtime.execution(id))?.log.map(({ state }) => state);

/** The only execution of a runtime. */
async function only(runtime: CodemodeRuntimeHandle) {
  const [found] = await runtime.executions();
  if (found === undefined) throw new Error("There is no execution.");
  return found;
}

/** A call that a step makes only after its end. */
const OUTLIVED = `await codemode.step("s", () => { setTimeout(() => slow.log({ id: "x" }).catch(() => {}), 1); });`;

/** An execution that was cancelled while `slow.log` of `x` was with its tool. */
async function cancelWhileItRuns(runtime: CodemodeRuntimeHandle, world: World): Promise<string> {
  const running = runtime.execute({ code: `async () => [await bank.log({ n: 1 }), await slow.log({ id: "x" })]` });
  await world.gate.reached("x");
  const { id } = await only(runtime);
  expect(await runtime.cancel({ executionId: id })).toBe(true);
  expect(failed(await running).calls?.map(({ state }) => state)).toEqual(["applied", "executing"]);
  return id;
}

/** An execution that was ended while nobody knew how its only call did. */
async function leaveInDoubt(world: World, ctx: DurableObjectState): Promise<string> {
  await startAndAbandon(world, ctx, `async () => slow.log({ id: "x" })`, ["x"]);
  // Without its connectors it is not taken up, and can only be ended.
  const other = runtimeIn(ctx, {});
  const { id } = await only(other);
  expect(await other.cancel({ executionId: id })).toBe(true);
  return id;
}

describe("a call of a dead process that nobody will settle any longer is in doubt when its execution ends", () => {
  test("by cancelling, with no pass: in the answer, the list, the rollback's plan, and on disk", async () => {
    const world = makeWorld();
    const place = newPlace();
    const id = await place.run(world.toolbox, async (runtime, ctx) => {
      await startAndAbandon(world, ctx, `async () => [await bank.log({ n: 1 }), await slow.log({ id: "x" })]`, ["x"]);
      // Without its connectors it is not taken up, and can only be ended.
      const other = runtimeIn(ctx, {});
      const { id: executionId, log } = await only(other);
      expect(log.map(({ state }) => state)).toEqual(["applied", "executing"]);
      expect(await other.cancel({ executionId })).toBe(true);
      expect(await states(runtime, executionId)).toEqual(["applied", "in_doubt"]);
      expect((await only(runtime)).log.map(({ state }) => state)).toEqual(["applied", "in_doubt"]);
      expect((await runtime.previewRollback({ executionId })).items.map(({ outcome }) => outcome)).toEqual([
        "in_doubt",
        "would_revert",
      ]);
      return executionId;
    });
    await evict(place);
    await place.run(world.toolbox, async (runtime) => {
      expect(await states(runtime, id)).toEqual(["applied", "in_doubt"]);
      await runtime.rollback({ executionId: id });
      expect(await states(runtime, id)).toEqual(["reverted", "in_doubt"]);
    });
    expect(world.calls()).toEqual(['log({"n":1})', 'slow.log({"id":"x"})', 'undo log({"n":1})']);
  });

  test("by expiring: a run that could not be taken up in time", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      await startAndAbandon(world, ctx, `async () => slow.log({ id: "x" })`, ["x"]);
      const other = runtimeIn(ctx, {});
      const { id } = await only(other);
      expect(await other.expirePaused({ maxAgeMs: 0 })).toEqual([id]);
      expect(await runtime.execution(id)).toMatchObject({ status: "error", log: [{ state: "in_doubt", attempt: 1 }] });
    });
  });

  test("by failing before the program made it again, also when it only reads", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (_runtime, ctx) => {
      const code = `async () => Promise.all([slow.log({ id: "x" }), slow.see({ id: "y" })])`;
      await startAndAbandon(world, ctx, code, ["x", "y"]);
      // The program is longer than what may be run today, and nothing says that it might be when it began.
      await forgetLimits(ctx);
      const strict = runtimeIn(ctx, world.toolbox, { limits: { maxProgramBytes: 20 } });
      const [outcome] = await strict.recover();
      expect(outcome).toMatchObject({
        status: "error",
        calls: [{ state: "in_doubt" }, { state: "in_doubt" }],
      });
      expect(world.seen).toHaveLength(2);
    });
  });

  test("by completing: a call that outlived its step is not made again, since the step is not", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const code = `async () => { ${OUTLIVED} return slow.put({ id: "y" }); }`;
      await startAndAbandon(world, ctx, code, ["x", "y"]);
      const recovering = runtime.recover();
      await world.gate.openInOrder("y");
      const [done] = await recovering;
      expect(done).toMatchObject({ status: "completed", result: "y" });
      expect(done?.calls?.map(({ kind, state }) => [kind, state])).toEqual([
        ["step", "applied"],
        ["timer", "applied"],
        ["call", "applied"],
        ["call", "in_doubt"],
      ]);
    });
  });

  test("by a rollback of a paused run", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const code = `async () => { ${OUTLIVED} await slow.put({ id: "y" }); await bank.pay({ to: "ada" }); }`;
      await startAndAbandon(world, ctx, code, ["x", "y"]);
      const recovering = runtime.recover();
      await world.gate.openInOrder("y");
      const [stopped] = await recovering;
      const executionId = String(stopped?.executionId);
      expect(stopped?.status).toBe("paused");
      const { items } = await runtime.rollback({ executionId });
      expect(items.map(({ seq, outcome }) => [seq, outcome])).toEqual([
        [3, "in_doubt"],
        [2, "irreversible"],
      ]);
      expect(await states(runtime, executionId)).toEqual(["applied", "applied", "applied", "in_doubt", "pending"]);
    });
  });

  test("it is found without its execution, until a person says how it ended", async () => {
    const world = makeWorld();
    const place = newPlace();
    await place.run(world.toolbox, (_runtime, ctx) => leaveInDoubt(world, ctx));
    await evict(place);
    await place.run(world.toolbox, async (runtime) => {
      const { executionId: waiting } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
      const [found, ...others] = await runtime.inDoubt();
      expect(found).toMatchObject({ connector: "slow", method: "log", args: { id: "x" }, kind: "in_doubt" });
      expect(others).toEqual([]);
      expect((await runtime.pending()).map(({ executionId }) => executionId)).toEqual([waiting]);
      const { executionId, seq, digest } = found ?? { executionId: "", seq: -1, digest: "" };
      await runtime.resolve({ executionId, seq, digest, as: "ran", result: "x" });
      expect(await runtime.inDoubt()).toEqual([]);
      expect(await states(runtime, executionId)).toEqual(["applied"]);
    });
  });

  test("it is in doubt also where the end could not say so: its process died after the end, with its tool at it", async () => {
    const world = makeWorld();
    const place = newPlace();
    await place.run(world.toolbox, async (runtime, ctx) => {
      await cancelWhileItRuns(runtime, world);
      expect(await runtime.inDoubt()).toEqual([]);
      await crashFacet(ctx);
      world.gate.open("x");
      expect(await runtime.inDoubt()).toMatchObject([{ seq: 1, method: "log", kind: "in_doubt" }]);
    });
  });

  test("nothing waits for a person then", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const executionId = await leaveInDoubt(world, ctx);
      expect(await runtime.pending()).toEqual([]);
      expect(await runtime.pending(executionId)).toEqual([]);
    });
  });
});

describe("what became of a call that is in doubt can still be said after the end", () => {
  test("it ran: the journal says so, and a rollback undoes it, with the result that was given", async () => {
    const world = makeWorld();
    const place = newPlace();
    const executionId = await place.run(world.toolbox, async (runtime, ctx) => {
      const id = await leaveInDoubt(world, ctx);
      const outcome = await runtime.resolve({ executionId: id, seq: 0, as: "ran", result: { id: 7 }, by: "ada" });
      expect(outcome).toMatchObject({ executionId: id, status: "error", code: "CANCELLED" });
      return id;
    });
    await evict(place);
    await place.run(world.toolbox, async (runtime) => {
      expect(await runtime.execution(executionId)).toMatchObject({
        status: "error",
        log: [{ state: "applied", result: { id: 7 }, decision: { decision: "resolved", by: "ada" } }],
      });
      expect((await runtime.rollback({ executionId })).items).toMatchObject([{ seq: 0, outcome: "reverted" }]);
    });
    expect(world.calls()).toEqual(['slow.log({"id":"x"})', 'undo slow.log({"id":"x"})']);
  });

  test("it ran, said after a rollback: the next one undoes it", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const executionId = await leaveInDoubt(world, ctx);
      expect((await runtime.rollback({ executionId })).items).toMatchObject([{ outcome: "in_doubt" }]);
      await runtime.resolve({ executionId, seq: 0, as: "ran", result: 1 });
      expect((await runtime.rollback({ executionId })).items).toMatchObject([{ outcome: "reverted" }]);
      expect(await states(runtime, executionId)).toEqual(["reverted"]);
    });
  });

  test("it did not: there is nothing to undo", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const executionId = await leaveInDoubt(world, ctx);
      await runtime.resolve({ executionId, seq: 0, as: "fail", error: "the bank knows nothing" });
      expect(await runtime.execution(executionId)).toMatchObject({
        log: [{ state: "error", error: { message: "the bank knows nothing" } }],
      });
      expect((await runtime.rollback({ executionId })).items).toEqual([]);
    });
  });

  test.each([
    [{ seq: 0, as: "run" }, "NOT_PENDING", 'Say as: "ran" or as: "fail"'],
    [{ seq: 0, as: "ran", result: 1, digest: "0".repeat(40) }, "STALE_DECISION", "Look at pending() again"],
    [{ seq: 1, as: "ran", result: 1 }, "NOT_FOUND", "has no call 1: see its log, by execution()."],
  ] as const)("it does not run again, and what was not seen is not settled: %o", async (resolution, code, sentence) => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const executionId = await leaveInDoubt(world, ctx);
      const before = await runtime.execution(executionId);
      expect(await runtime.resolve({ executionId, ...resolution })).toMatchObject({
        status: "error",
        code,
        error: expect.stringContaining(sentence),
      });
      expect(await runtime.execution(executionId)).toEqual(before);
      expect(world.calls()).toEqual(['slow.log({"id":"x"})']);
    });
  });

  test("once: what was said is not said anew", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const executionId = await leaveInDoubt(world, ctx);
      await runtime.resolve({ executionId, seq: 0, as: "fail" });
      expect(await runtime.resolve({ executionId, seq: 0, as: "ran", result: 1 })).toMatchObject({
        code: "NOT_PENDING",
      });
      expect(await runtime.approve({ executionId, seq: 0 })).toMatchObject({ code: "NOT_PENDING" });
      expect(await runtime.reject({ executionId, seq: 0 })).toBe(false);
      expect(await states(runtime, executionId)).toEqual(["error"]);
    });
  });
});

describe("a call whose tool still runs when its execution ends", () => {
  test("is executing until it answers, also for a rollback, and then says how it ended", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const executionId = await cancelWhileItRuns(runtime, world);
      expect(await states(runtime, executionId)).toEqual(["applied", "executing"]);
      expect((await only(runtime)).log.map(({ state }) => state)).toEqual(["applied", "executing"]);
      const { items } = await runtime.rollback({ executionId });
      expect(items.map(({ seq, outcome }) => [seq, outcome])).toEqual([
        [1, "in_doubt"],
        [0, "reverted"],
      ]);
      expect(await states(runtime, executionId)).toEqual(["reverted", "executing"]);
      world.gate.open("x", "late");
      await eventually(
        () => states(runtime, executionId),
        (found) => found?.[1] === "applied",
      );
      expect((await runtime.execution(executionId))?.log[1]).toMatchObject({ result: "late" });
    });
  });

  test("is in doubt when the process dies before it answers, in every way to look at it", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const executionId = await cancelWhileItRuns(runtime, world);
      await crashFacet(ctx);
      world.gate.open("x", "nobody hears of it");
      expect(await states(runtime, executionId)).toEqual(["applied", "in_doubt"]);
      expect((await only(runtime)).log.map(({ state }) => state)).toEqual(["applied", "in_doubt"]);
      expect((await runtime.previewRollback({ executionId })).items).toMatchObject([
        { seq: 1, outcome: "in_doubt" },
        { seq: 0, outcome: "would_revert" },
      ]);
      await runtime.rollback({ executionId });
      expect(await states(runtime, executionId)).toEqual(["reverted", "in_doubt"]);
      expect(await runtime.pending()).toEqual([]);
    });
  });

  test("is in doubt when the host that ran it is gone", async () => {
    const world = makeWorld();
    const lost = Promise.withResolvers<void>();
    /** A host that dies while a tool of it runs. */
    class Mortal extends HostCapabilities {
      override async perform(text: string): Promise<string> {
        const { connector }: ToolCall = JSON.parse(text);
        const answer = super.perform(text);
        if (connector !== "slow") return answer;
        await Promise.race([answer, lost.promise]);
        throw new Error("The host is gone.");
      }
    }
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const port = new Mortal(
        connectorsOf(world.toolbox).map((one) => (typeof one === "function" ? new one(ctx, {}) : one)),
        new DynamicWorkerExecutor({ loader: env.LOADER }),
      );
      const settings = {
        connectors: Object.keys(world.toolbox),
        limits: DEFAULT_LIMITS,
        maxExecutions: 50,
        modules: [],
      };
      const facet = facetIn(ctx);
      const running = facet.execute({ id: "exec_mortal", code: `async () => slow.log({ id: "x" })` }, settings, port);
      await world.gate.reached("x");
      await runtime.cancel({ executionId: "exec_mortal" });
      await running;
      expect(await states(runtime, "exec_mortal")).toEqual(["executing"]);
      lost.resolve();
      await eventually(
        () => states(runtime, "exec_mortal"),
        (found) => found?.[0] === "in_doubt",
      );
      world.gate.open("x");
    });
  });
});

describe("a call that was to start in the turn over which its run ends", () => {
  const step = { kind: "step", seq: 0, name: "s" } as const;

  test("never leaves and says so: a call after it broke the protocol", async () => {
    await withForgedPass(async ({ send, over, entry, performed }) => {
      await send({ ...EMPTY, requests: [call(0, "free"), call(2, "free")] });
      expect(await over()).toMatchObject({ errorCode: "PROTOCOL_VIOLATION" });
      expect(performed).toEqual([]);
      expect(entry(0)).toMatchObject({ state: "failed" });
    });
  });

  test("never leaves and says so: a step that ends with it was never opened", async () => {
    await withForgedPass(async ({ send, over, entry, performed }) => {
      await send({ ...EMPTY, requests: [call(0, "free")], settled: [{ seq: 7, ok: true, value: "[1]" }] });
      expect(await over()).toMatchObject({ errorCode: "PROTOCOL_VIOLATION" });
      expect(performed).toEqual([]);
      expect(entry(0)).toMatchObject({ state: "failed" });
    });
  });

  test("never leaves and says so: a step that ends with it is too large", async () => {
    await withForgedPass(async ({ send, over, entry, performed }) => {
      await Promise.race([send({ ...EMPTY, requests: [step, call(1, "slow")] }), Promise.resolve()]);
      const value = `["${"x".repeat(DEFAULT_LIMITS.maxValueBytes)}"]`;
      await send({ ...EMPTY, turn: 1, requests: [call(2, "free")], settled: [{ seq: 0, ok: true, value }] });
      expect(await over()).toMatchObject({ errorCode: "VALUE_TOO_LARGE" });
      expect(performed.map(({ method }) => method)).toEqual(["slow"]);
      expect(entry(2)).toMatchObject({ state: "failed" });
    });
  });

  test("is in doubt when an earlier attempt of it, by a process that died, did leave", async () => {
    await withForgedPass(async ({ send, journal, approveAndReplay, performed }) => {
      void send({ ...EMPTY, requests: [call(0, "slowRead")] });
      await eventually(
        async () => performed.length,
        (length) => length === 1,
      );
      journal.flush();
      const next = approveAndReplay();
      await next.send({ ...EMPTY, requests: [call(0, "slowRead"), call(2, "free")] });
      expect(await next.over()).toMatchObject({ errorCode: "PROTOCOL_VIOLATION" });
      expect(next.entry(0)).toMatchObject({ state: "in_doubt", attempt: 2 });
      expect(performed).toHaveLength(1);
    });
  });
});

test("an end that the disk did not take leaves its calls as they were: who takes the run up decides on them", async () => {
  class FullDisk extends JournalStore {
    override apply(): void {
      throw new Error("The disk is full.");
    }
  }
  await runInDurableObject(newPlace().stub, (_instance, ctx) => {
    const store = new FullDisk(ctx.storage);
    const execution = store.create(newExecution());
    const read = newEntry({ kind: "call", seq: 0, connector: "bank", method: "see", args: "[]" }, "started");
    const journal = new LiveJournal(store, execution, new Map());
    journal.add(read);
    expect(() => journal.close({ status: "error", logs: [] })).toThrow("The disk is full.");
    journal.flush();
    expect(store.entries(execution).get(0)).toMatchObject({ state: "started" });
  });
});

test("G6 retention keeps an ended run until somebody says what became of its effect; a read that was left open keeps nothing", async () => {
  const world = makeWorld();
  const place = newPlace();
  await place.run(world.toolbox, async (runtime, ctx) => {
    const read = runtime.execute({ code: `async () => slow.see({ id: "read" })` });
    await world.gate.reached("read");
    await runtime.cancel({ executionId: (await only(runtime)).id });
    await read;
    const effect = await leaveInDoubt(world, ctx);
    await runtime.execute({ code: "async () => 1" });
    expect(await runtime.pruneExecutions(0)).toBe(2);
    expect(await runtime.inDoubt()).toMatchObject([{ executionId: effect, seq: 0 }]);
    await runtime.resolve({ executionId: effect, seq: 0, as: "fail" });
    expect(await runtime.pruneExecutions(0)).toBe(1);
    expect(await runtime.executions()).toEqual([]);
  });
});

test("G6 retention keeps an ended run whose tool is still at work: what it did is recorded when it answers", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const id = await cancelWhileItRuns(runtime, world);
    expect(await runtime.pruneExecutions(0)).toBe(0);
    world.gate.open("x");
    await eventually(
      () => states(runtime, id),
      (found) => found?.[1] === "applied",
    );
    expect(await runtime.pruneExecutions(0)).toBe(1);
  });
});

test("a result that is too large for the journal is refused where a person gives it, and the call is in doubt as before", async () => {
  const world = makeWorld();
  const place = newPlace();
  await place.run(world.toolbox, async (runtime, ctx) => {
    const executionId = await leaveInDoubt(world, ctx);
    const before = await runtime.execution(executionId);
    const result = "x".repeat(1_100_000);
    expect(failed(await runtime.resolve({ executionId, seq: 0, as: "ran", result }))).toMatchObject({
      code: "VALUE_TOO_LARGE",
      error: expect.stringMatching(/^The result of slow\.log is over 1000000 bytes\. .*Nothing changed\./),
    });
    expect(await runtime.execution(executionId)).toEqual(before);
  });
});

test("a decision of another kind than a call waits for says which it waits for", async () => {
  const world = makeWorld();
  const place = newPlace();
  await place.run(world.toolbox, (_runtime, ctx) =>
    startAndAbandon(world, ctx, `async () => slow.log({ id: "x" })`, ["x"]),
  );
  await place.run(world.toolbox, async (runtime) => {
    const [recovered] = await runtime.recover();
    const executionId = recovered?.executionId ?? "";
    const hint = /It is in doubt: say by resolve\(\) what became of it\. Nothing changed\.$/;
    expect(failed(await runtime.approve({ executionId, seq: 0 })).error).toMatch(hint);
    expect(failed(await runtime.approve({ executionId })).error).toMatch(/resolve\(\)/);
    const { executionId: asked } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
    expect(failed(await runtime.resolve({ executionId: asked, seq: 0, as: "run" })).error).toMatch(
      /approve\(\) or reject\(\)/,
    );
  });
});
