/** The queue for isolates: who waits is told behind whom, and no tool holds a place for ever (G8, G10). */
import { describe, expect, test } from "vitest";
import type { CodemodeEvent } from "../../src/telemetry/events.ts";
import { completed, eventually, failed, paused } from "../support/drive.ts";
import { withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";

const NAMES = Array.from({ length: 8 }, (_, n) => `s${n}`);

test("a run that waits for a place is told of, with the executions that have the places", async () => {
  const world = makeWorld();
  const events: CodemodeEvent[] = [];
  const queued = () => events.filter((event) => event.type === "pass.queued");
  await withRuntime(
    world.toolbox,
    async (runtime) => {
      const stuck = NAMES.map((id) => runtime.execute({ code: `async () => slow.see({ id: "${id}" })` }));
      await world.gate.reached(...NAMES);
      expect(queued()).toEqual([]);
      const behind = (await runtime.executions()).map(({ id }) => id);
      const waiting = [1, 2].map((n) => runtime.execute({ code: `async () => ${n}` }));
      await eventually(
        () => runtime.executions().then(() => queued().length),
        (told) => told === 2,
      );
      expect(queued().map((event) => ({ ahead: event.ahead, behind: [...event.behind].sort() }))).toEqual([
        { ahead: 0, behind: behind.toSorted() },
        { ahead: 1, behind: behind.toSorted() },
      ]);
      for (const name of NAMES) world.gate.open(name);
      expect((await Promise.all(waiting)).map((outcome) => completed(outcome).result)).toEqual([1, 2]);
      await Promise.all(stuck);
      const [first] = queued();
      const of = events.filter(({ executionId }) => executionId === first?.executionId).map(({ type }) => type);
      expect(of).toEqual([
        "execution.started",
        "pass.queued",
        "pass.started",
        "pass.loaded",
        "pass.ended",
        "execution.ended",
      ]);
    },
    { onEvent: (event) => events.push(event) },
  );
});

test("G8 tools that do not answer in time end their runs, and who waits behind them gets a place", async () => {
  const world = makeWorld();
  await withRuntime(
    world.toolbox,
    async (runtime) => {
      const stuck = NAMES.map((id) =>
        runtime.execute({ code: `async () => { try { await slow.log({ id: "${id}" }); } catch {} return "on"; }` }),
      );
      await world.gate.reached(...NAMES);
      expect(completed(await runtime.execute({ code: `async () => "in"` })).result).toBe("in");
      for (const outcome of await Promise.all(stuck)) {
        expect(outcome).toMatchObject({ code: "TIMEOUT", error: expect.stringContaining("slow.log") });
        expect(failed(outcome).calls).toMatchObject([{ state: "executing" }]);
      }
      expect(world.seen.map(({ signal }) => signal.aborted)).toEqual(NAMES.map(() => true));
      // What took effect all the same is recorded when the tool answers.
      const executionId = String((await stuck[0])?.executionId);
      world.gate.open("s0", "late");
      const late = await eventually(
        () => runtime.execution(executionId),
        (found) => found?.log[0]?.state === "applied",
      );
      expect(late).toMatchObject({ status: "error", errorCode: "TIMEOUT", log: [{ result: "late" }] });
    },
    { limits: { maxToolMs: 200 } },
  );
});

describe("a run that was decided on, and waits for a place again,", () => {
  const BOTH = `async () => { console.log("hello"); return Promise.all([bank.pay({ to: "a" }), bank.pay({ to: "b" })]); }`;

  test("has not begun its own time, also when somebody decides on more of it", async () => {
    const world = makeWorld();
    await withRuntime(
      world.toolbox,
      async (runtime) => {
        const { executionId, pending } = paused(await runtime.execute({ code: BOTH }));
        const stuck = NAMES.map((id) => runtime.execute({ code: `async () => slow.see({ id: "${id}" })` }));
        await world.gate.reached(...NAMES);
        const approving = pending.map(({ seq }) => runtime.approve({ executionId, seq }));
        // Longer than the program may run: the only way to show that the time in the queue is not the program's.
        await new Promise((resolve) => setTimeout(resolve, 2_500));
        for (const name of NAMES) world.gate.open(name);
        await Promise.all(stuck);
        for (const outcome of await Promise.all(approving))
          expect(completed(outcome).result).toEqual(["pay done", "pay done"]);
      },
      { limits: { maxProgramMs: 2_000 } },
    );
  });

  test("keeps what it printed before, when it ends there", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: BOTH }));
      const stuck = NAMES.map((id) => runtime.execute({ code: `async () => slow.see({ id: "${id}" })` }));
      await world.gate.reached(...NAMES);
      const approving = runtime.approve({ executionId });
      await eventually(
        () => runtime.execution(executionId),
        (found) => found?.status === "running",
      );
      expect(await runtime.cancel({ executionId })).toBe(true);
      expect(failed(await approving)).toMatchObject({ code: "CANCELLED", logs: ["hello"] });
      for (const name of NAMES) world.gate.open(name);
      await Promise.all(stuck);
    });
  });
});
