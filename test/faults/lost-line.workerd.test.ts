/** A sandbox whose line to the journal breaks while the journal lives: it is taken up like one whose process died, within bounds. */
import { expect, test } from "vitest";
import { BridgeTarget } from "../../src/sandbox/bridge-target.ts";
import type { Bridge, Executor, PassRequest } from "../../src/sandbox/executor.ts";
import { executorWith } from "../hostile/programs.ts";
import { completed, failed, paused } from "../support/drive.ts";
import { withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";

/** Real isolates, whose passes of these numbers lose their line with the message of that number; both count from 1. */
function cutting(passes: readonly number[], message: number): Executor {
  const inner = executorWith();
  let pass = 0;
  return {
    execute: inner.execute.bind(inner),
    runPass(request: PassRequest, bridge: Bridge) {
      pass += 1;
      const isCut = passes.includes(pass);
      let sent = 0;
      const exchange = async (text: string) => {
        sent += 1;
        if (isCut && sent === message) throw new Error("A test cut the line.");
        return bridge.exchange(text);
      };
      return inner.runPass(request, new BridgeTarget({ exchange }));
    },
  };
}

const TWO = `async () => [await bank.log({ n: 1 }), await bank.log({ n: 2 })]`;

test.each([1, 2, 3])(
  "with message %i: the run completes as if nothing had been, and nothing runs twice",
  async (message) => {
    const world = makeWorld();
    await withRuntime(
      world.toolbox,
      async (runtime) => {
        expect(completed(await runtime.execute({ code: TWO })).calls).toMatchObject([
          { state: "applied", attempt: 1 },
          { state: "applied", attempt: 1 },
        ]);
        expect(world.calls()).toEqual(['log({"n":1})', 'log({"n":2})']);
      },
      { executor: cutting([1], message) },
    );
  },
);

test("a call whose tool is at work is waited for, not asked about and not repeated", async () => {
  const world = makeWorld();
  await withRuntime(
    world.toolbox,
    async (runtime) => {
      const running = runtime.execute({ code: `async () => Promise.all([slow.log({ id: "x" }), bank.log({ n: 1 })])` });
      await world.gate.openInOrder("x");
      expect(completed(await running).result).toEqual(["x", "log done"]);
      expect(world.calls()).toHaveLength(2);
    },
    { executor: cutting([1], 2) },
  );
});

test("twice in a row it is taken up, the third time the run fails and keeps what it did", async () => {
  for (const [passes, ends] of [
    [[1, 2], "completes"],
    [[1, 2, 3], "fails"],
  ] as const) {
    const world = makeWorld();
    await withRuntime(
      world.toolbox,
      async (runtime) => {
        const outcome = await runtime.execute({ code: TWO });
        if (ends === "completes") completed(outcome);
        else expect(failed(outcome)).toMatchObject({ code: "SANDBOX_FAILED" });
        expect(world.calls()).toHaveLength(ends === "completes" ? 2 : 0);
      },
      { executor: cutting(passes, 1) },
    );
  }
});

test("a pass that ends by itself begins the count anew", async () => {
  const world = makeWorld();
  await withRuntime(
    world.toolbox,
    async (runtime) => {
      const code = `async () => [await bank.pay({ to: "ada", amount: 1 }), await bank.log({ n: 2 })]`;
      const { executionId } = paused(await runtime.execute({ code }));
      completed(await runtime.approve({ executionId }));
      expect(world.calls()).toHaveLength(2);
    },
    { executor: cutting([1, 2, 4, 5], 1) },
  );
});

test("a sandbox that dies is another matter: the run fails at once, and says why", async () => {
  const world = makeWorld();
  let passes = 0;
  const executor: Executor = {
    execute: async () => ({ result: undefined }),
    async runPass() {
      passes += 1;
      throw new RangeError("The isolate is out of memory.");
    },
  };
  await withRuntime(
    world.toolbox,
    async (runtime) => {
      const outcome = failed(await runtime.execute({ code: TWO }));
      expect(outcome).toMatchObject({
        code: "SANDBOX_FAILED",
        error: expect.stringContaining("The sandbox could not go on: The isolate is out of memory."),
      });
      expect(passes).toBe(1);
    },
    { executor },
  );
});
