/** A journal that cannot be read: nothing guesses what it means, and it keeps no other from being taken up, expired or shown. */
import { beforeEach, expect, test, vi } from "vitest";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import { completed, crashFacet, paused } from "../support/drive.ts";
import { withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { runOverCrash, startAndAbandon } from "./abandon.ts";
import { spoilEntries } from "./spoil.ts";

const said = vi.spyOn(console, "warn");
beforeEach(() => void said.mockReset());

/** What was said of an execution, and nothing of any other. */
function saidOf(executionId: string): string[] {
  return said.mock.calls.map(([text]) => String(text)).filter((text) => text.includes(executionId));
}

const PAY = { code: `async () => bank.pay({ to: "ada" })` };

/** Three runs that wait for a person, of which the journal of the second cannot be read. */
async function threePaused(runtime: CodemodeRuntimeHandle, ctx: DurableObjectState): Promise<[string, string, string]> {
  const first = paused(await runtime.execute(PAY)).executionId;
  const second = paused(await runtime.execute(PAY)).executionId;
  const third = paused(await runtime.execute(PAY)).executionId;
  await spoilEntries(ctx, second);
  return [first, second, third];
}

test("expirePaused ends all others, leaves it as it is, and says why and what to do", async () => {
  await withRuntime(makeWorld().toolbox, async (runtime, ctx) => {
    const [first, second, third] = await threePaused(runtime, ctx);
    expect(await runtime.expirePaused({ maxAgeMs: 0 })).toEqual([third, first]);
    expect((await runtime.listExecutions()).executions.map(({ status }) => status)).toEqual([
      "rejected",
      "paused",
      "rejected",
    ]);
    expect(saidOf(second)).toEqual([expect.stringMatching(/Invalid key.*deleteExecution/)]);
    expect([...saidOf(first), ...saidOf(third)]).toEqual([]);
    expect(await runtime.deleteExecution(second)).toBe(true);
  });
});

test("maintain() expires and prunes all the same, and does not want to be called again at once for what it cannot do", async () => {
  await withRuntime(
    makeWorld().toolbox,
    async (runtime, ctx) => {
      completed(await runtime.execute({ code: "async () => 1" }));
      const [first, , third] = await threePaused(runtime, ctx);
      const before = Date.now();
      const { next, ...report } = await runtime.maintain({ maxAgeMs: 0 });
      expect(report).toEqual({ recovered: [], expired: [third, first], pruned: 2 });
      expect(next).toBeGreaterThanOrEqual(before + 60_000);
    },
    { maxExecutions: 1 },
  );
});

test("pending() shows what waits of all others; asked of that one it says why it cannot", async () => {
  await withRuntime(makeWorld().toolbox, async (runtime, ctx) => {
    const [first, second, third] = await threePaused(runtime, ctx);
    expect((await runtime.pending()).map(({ executionId }) => executionId)).toEqual([third, first]);
    await runtime.pending();
    expect(saidOf(second)).toHaveLength(1);
    await expect(runtime.pending(second)).rejects.toThrow("Invalid key");
    expect(await runtime.approve({ executionId: second })).toMatchObject({ status: "error", code: "NEWER_JOURNAL" });
    completed(await runtime.approve({ executionId: first }));
  });
});

test("executions() shows the history of all others, and of that one all but its log", async () => {
  await withRuntime(makeWorld().toolbox, async (runtime, ctx) => {
    const [first, second, third] = await threePaused(runtime, ctx);
    const shown = await runtime.executions();
    expect(shown.map(({ id, log }) => [id, log.length])).toEqual([
      [third, 1],
      [second, 0],
      [first, 1],
    ]);
    expect(saidOf(second)).toHaveLength(1);
    await expect(runtime.execution(second)).rejects.toThrow("Invalid key");
  });
});

test("inDoubt() shows the calls in doubt of all others", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime, ctx) => {
    const running = [runtime.execute({ code: `async () => slow.log({ id: "a" })` })];
    running.push(runtime.execute({ code: `async () => Promise.all([slow.log({ id: "b" }), slow.log({ id: "c" })])` }));
    await world.gate.reached("a", "b", "c");
    await crashFacet(ctx);
    for (const id of ["a", "b", "c"]) world.gate.open(id);
    const [one, two] = (await Promise.all(running)).map((outcome) => paused(outcome).executionId);
    expect(await runtime.inDoubt()).toHaveLength(3);
    await spoilEntries(ctx, String(two));
    expect((await runtime.inDoubt()).map(({ executionId }) => executionId)).toEqual([one]);
  });
});

test("a run that was interrupted is taken up beside one that cannot be, of which it is said and which does not expire", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime, ctx) => {
    await startAndAbandon(world, ctx, `async () => slow.put({ id: "lost" })`, ["lost"]);
    await spoilEntries(ctx, "exec_abandoned");
    await runOverCrash(world, ctx, runtime);
    expect(saidOf("exec_abandoned")).not.toEqual([]);
    expect(await runtime.recover()).toEqual([]);
    expect(await runtime.expirePaused({ maxAgeMs: 0 })).toEqual([]);
    expect((await runtime.listExecutions()).executions.map(({ status }) => status)).toEqual(["completed", "running"]);
    expect(world.seen.filter(({ tool }) => tool === "slow.put")).toHaveLength(1);
  });
});
