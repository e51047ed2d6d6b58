/** The row of an execution or of a snippet that cannot be read: it is left as it is, and everything else goes on. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { completed, failed, paused } from "../support/drive.ts";
import { withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { runOverCrash, startAndAbandon } from "./abandon.ts";
import { spoilExecution, spoilSnippet } from "./spoil.ts";

const said = vi.spyOn(console, "warn");
beforeEach(() => void said.mockReset());

/** What was said of an execution or a snippet. */
function saidOf(name: string): string[] {
  return said.mock.calls.map(([text]) => String(text)).filter((text) => text.includes(name));
}

const PAY = { code: `async () => bank.pay({ to: "ada" })` };

describe.each([
  ["status", { status: "frozen" }],
  ["connectors", { connectors: "[" }],
  ["snippets", { snippets: '{"a":' }],
  ["console", { logs: "nonsense" }],
])("an execution whose %s cannot be read", (_what, cells) => {
  test("keeps none that waits from being shown, decided on or expired, and is reported once", async () => {
    await withRuntime(makeWorld().toolbox, async (runtime, ctx) => {
      const first = paused(await runtime.execute(PAY)).executionId;
      const spoiled = paused(await runtime.execute(PAY)).executionId;
      const third = paused(await runtime.execute(PAY)).executionId;
      await spoilExecution(ctx, spoiled, cells);
      expect((await runtime.executions()).map(({ id }) => id)).toEqual([third, first]);
      expect((await runtime.pending()).map(({ executionId }) => executionId)).toEqual([third, first]);
      expect(await runtime.inDoubt()).toEqual([]);
      completed(await runtime.approve({ executionId: first }));
      expect(await runtime.expirePaused({ maxAgeMs: 0 })).toEqual([third]);
      expect(saidOf(spoiled)).toEqual([expect.stringMatching(/left as it is.*deleteExecution/)]);
      expect([...saidOf(first), ...saidOf(third)]).toEqual([]);
    });
  });

  test("ends no page of the history early", async () => {
    await withRuntime(makeWorld().toolbox, async (runtime, ctx) => {
      const ids: string[] = [];
      for (let n = 0; n < 5; n += 1)
        ids.unshift(completed(await runtime.execute({ code: "async () => 1" })).executionId);
      const [newest, second, , fourth, oldest] = ids;
      await spoilExecution(ctx, String(second), cells);
      await spoilExecution(ctx, String(fourth), cells);
      const shown: string[][] = [];
      let cursor: string | undefined;
      do {
        const page = await runtime.listExecutions({ limit: 2, ...(cursor !== undefined && { cursor }) });
        shown.push(page.executions.map(({ id }) => id));
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(shown).toEqual([[newest, ids[2]], [oldest]]);
      expect((await runtime.executions(2)).map(({ id }) => id)).toEqual([newest, ids[2]]);
    });
  });

  test("is named with the next step when it is asked for, and can be deleted", async () => {
    await withRuntime(makeWorld().toolbox, async (runtime, ctx) => {
      const { executionId } = paused(await runtime.execute(PAY));
      await spoilExecution(ctx, executionId, cells);
      const named = expect.objectContaining({
        code: "NEWER_JOURNAL",
        message: expect.stringMatching(new RegExp(`${executionId} cannot be read.*deleteExecution`)),
      });
      await expect(runtime.execution(executionId)).rejects.toEqual(named);
      await expect(runtime.pending(executionId)).rejects.toEqual(named);
      expect(failed(await runtime.approve({ executionId }))).toMatchObject({ code: "NEWER_JOURNAL", executionId });
      await expect(runtime.reject({ executionId, seq: 0 })).rejects.toEqual(named);
      await expect(runtime.cancel({ executionId })).rejects.toEqual(named);
      await expect(runtime.rollback({ executionId })).rejects.toEqual(named);
      await expect(runtime.previewRollback({ executionId })).rejects.toEqual(named);
      await expect(runtime.saveSnippet("kept", { executionId })).rejects.toEqual(named);
      expect(await runtime.deleteExecution(executionId)).toBe(true);
      expect(await runtime.execution(executionId)).toBeNull();
      expect(await runtime.deleteExecution(executionId)).toBe(false);
    });
  });
});

test("an interrupted run whose row cannot be read keeps no other from beginning or from being taken up", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime, ctx) => {
    await startAndAbandon(world, ctx, `async () => slow.put({ id: "lost" })`, ["lost"]);
    await spoilExecution(ctx, "exec_abandoned", { connectors: "[" });
    await runOverCrash(world, ctx, runtime);
    const { next, ...report } = await runtime.maintain({ maxAgeMs: 0 });
    expect(report).toEqual({ recovered: [], expired: [], pruned: 0 });
    // It waits for a version that can read it.
    expect(next).toBeGreaterThan(Date.now());
    expect(saidOf("exec_abandoned")).not.toEqual([]);
    expect(await runtime.deleteExecution("exec_abandoned")).toBe(true);
    expect(await runtime.maintain()).toEqual({ recovered: [], expired: [], pruned: 0 });
  });
});

/** As no version wrote them, and as a newer one would that keeps more of them. */
const NOT_OUR_LIMITS = [
  ["cannot be read", { limits: "[" }],
  ["are those of a newer version", { limits: JSON.stringify(Array(50).fill(1_000_000)) }],
] as const;

test.each(NOT_OUR_LIMITS)(
  "an interrupted run whose limits %s is left as it is, however often it is tried",
  async (_what, limits) => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      await startAndAbandon(world, ctx, `async () => slow.put({ id: "lost" })`, ["lost"]);
      await spoilExecution(ctx, "exec_abandoned", limits);
      expect(await runtime.recover()).toEqual([]);
      expect(await runtime.recover()).toEqual([]);
      expect(await runtime.maintain({ maxAgeMs: 0 })).toMatchObject({ recovered: [], expired: [] });
      expect(await runtime.expirePaused({ maxAgeMs: 0 })).toEqual([]);
      expect(await runtime.execution("exec_abandoned")).toMatchObject({ status: "running", passes: 1 });
      expect(saidOf("exec_abandoned")).toEqual([expect.stringMatching(/left as it is.*deleteExecution/)]);
    });
  },
);

test.each(NOT_OUR_LIMITS)(
  "a run that waits, and whose limits %s, is not decided on and does not expire",
  async (_what, limits) => {
    await withRuntime(makeWorld().toolbox, async (runtime, ctx) => {
      const { executionId } = paused(await runtime.execute(PAY));
      await spoilExecution(ctx, executionId, limits);
      expect(await runtime.expirePaused({ maxAgeMs: 0 })).toEqual([]);
      expect(failed(await runtime.approve({ executionId })).code).toBe("NEWER_JOURNAL");
      const edited = { executionId, seq: 0, args: { to: "bob" } };
      expect(failed(await runtime.approve(edited)).code).toBe("NEWER_JOURNAL");
      expect(await runtime.execution(executionId)).toMatchObject({
        status: "paused",
        passes: 1,
        log: [{ state: "pending" }],
      });
    });
  },
);

describe.each([
  ["connectors", { connectors: "[" }],
  ["input schema", { input_schema: "{" }],
])("a snippet whose %s cannot be read", (_what, cells) => {
  test("keeps no run from beginning and no other snippet from being found, and is reported once", async () => {
    await withRuntime(makeWorld().toolbox, async (runtime, ctx) => {
      const { executionId } = completed(await runtime.execute({ code: "async () => 7" }));
      for (const name of ["good", "spoilt"]) await runtime.saveSnippet(name, { executionId });
      await spoilSnippet(ctx, "spoilt", cells);
      expect(completed(await runtime.execute({ code: `async () => codemode.run("good")` })).result).toBe(7);
      expect(failed(await runtime.execute({ code: `async () => codemode.run("spoilt")` })).code).toBe("UNKNOWN_TARGET");
      expect((await runtime.snippets()).map(({ name }) => name)).toEqual(["good"]);
      expect((await runtime.search("good")).results.map(({ path }) => path)).toContain("good");
      expect(saidOf("spoilt")).toEqual([expect.stringMatching(/left as it is.*deleteSnippet/)]);
    });
  });

  test("is saved over, and deleted", async () => {
    await withRuntime(makeWorld().toolbox, async (runtime, ctx) => {
      const { executionId } = completed(await runtime.execute({ code: "async () => 7" }));
      await runtime.saveSnippet("spoilt", { executionId });
      await spoilSnippet(ctx, "spoilt", cells);
      await runtime.saveSnippet("spoilt", { executionId });
      expect((await runtime.snippets()).map(({ name }) => name)).toEqual(["spoilt"]);
      await spoilSnippet(ctx, "spoilt", cells);
      expect(await runtime.deleteSnippet("spoilt")).toBe(true);
      expect(await runtime.deleteSnippet("spoilt")).toBe(false);
    });
  });

  test("is run all the same by an execution that began with it", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const saved = completed(await runtime.execute({ code: "async () => 7" }));
      await runtime.saveSnippet("spoilt", { executionId: saved.executionId });
      const code = `async () => { await bank.pay({ to: "ada" }); return codemode.run("spoilt"); }`;
      const { executionId } = paused(await runtime.execute({ code }));
      await spoilSnippet(ctx, "spoilt", cells);
      expect(completed(await runtime.approve({ executionId })).result).toBe(7);
    });
  });
});

test("pruning, and saving and deleting snippets, do not stumble over a run whose snippets cannot be read", async () => {
  await withRuntime(makeWorld().toolbox, async (runtime, ctx) => {
    const { executionId } = completed(await runtime.execute({ code: "async () => 7" }));
    const spoiled = paused(await runtime.execute(PAY)).executionId;
    await spoilExecution(ctx, spoiled, { snippets: "{" });
    await runtime.saveSnippet("kept", { executionId });
    expect(await runtime.deleteSnippet("kept")).toBe(true);
    expect(await runtime.pruneExecutions(0)).toBe(1);
  });
});
