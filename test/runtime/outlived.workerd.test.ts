/** Calls that a program makes inside of a step only after its end: the step's function runs no more, and a decision on them still counts. */
import { describe, expect, test } from "vitest";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import type { ProxyToolOutput } from "../../src/journal/public.ts";
import { completed, crashFacet, eventually, evict, paused } from "../support/drive.ts";
import { newPlace, type Toolbox } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";

/** A program whose step leaves something behind, which makes a call when the step is over. */
const outliving = (call: string, rest: string) => `async () => {
  const later = Promise.withResolvers();
  await codemode.step("s", () => { later.promise.then(() => ${call}).catch(() => {}); });
  later.resolve();
  ${rest}
}`;

const ADA = `bank.pay({ to: "ada" })`;
const BOB = `bank.pay({ to: "bob" })`;

const states = ({ calls }: ProxyToolOutput) => calls?.filter(({ kind }) => kind === "call").map(({ state }) => state);

describe("a call that outlived its step, and waits for a person", () => {
  test("is made when it is approved, also by another process, and the run completes", async () => {
    const world = makeWorld();
    const place = newPlace();
    const code = outliving(ADA, `return bank.see({});`);
    const { executionId } = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code })));
    await evict(place);
    const done = completed(await place.run(world.toolbox, (runtime) => runtime.approve({ executionId })));
    expect(done.result).toBe("see done");
    expect(world.calls().filter((call) => call.startsWith("pay"))).toEqual(['pay({"to":"ada"})']);
    expect(states(done)).toEqual(["applied", "applied"]);
  });

  test("is not forgotten over another that is approved: the run waits for it, also once its program has ended", async () => {
    const world = makeWorld();
    await newPlace().run(world.toolbox, async (runtime) => {
      const first = paused(await runtime.execute({ code: outliving(ADA, `return ${BOB};`) }));
      const { executionId } = first;
      expect(first.pending.map(({ args }) => args)).toEqual([{ to: "bob" }, { to: "ada" }]);
      const [bob, ada] = first.pending.map(({ seq }) => seq);
      const second = paused(await runtime.approve({ executionId, seq: Number(bob) }));
      expect(second.pending.map(({ seq }) => seq)).toEqual([ada]);
      const done = completed(await runtime.approve({ executionId, seq: Number(ada) }));
      expect(world.calls()).toEqual(['pay({"to":"bob"})', 'pay({"to":"ada"})']);
      expect(done.result).toBe("pay done");
    });
  });

  test("takes no place in the order of what the program is told: steps go on beside it, and a later pass replays them", async () => {
    const world = makeWorld();
    const code = outliving(
      `slow.pay({ id: "x" })`,
      `const told = [];
       const tell = async (name) => told.push(await codemode.step(name, () => name));
       await Promise.all(["a", "b"].map(tell));
       told.push(await bank.see({}));
       await tell("c");
       await ${BOB};
       await tell("d");
       return told;`,
    );
    const place = newPlace();
    const { executionId, pending } = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code })));
    const [x] = pending.map(({ seq }) => seq);
    const second = await place.run(world.toolbox, async (runtime) => {
      const running = runtime.approve({ executionId, seq: Number(x) });
      await world.gate.openInOrder("x");
      return paused(await running);
    });
    await evict(place);
    const done = completed(await place.run(world.toolbox, (runtime) => runtime.approve({ executionId })));
    expect(second.pending).toMatchObject([{ args: { to: "bob" } }]);
    expect(done.result).toEqual(["a", "b", "see done", "c", "d"]);
    expect(states(done)).toEqual(["applied", "applied", "applied"]);
  });

  test("is asked about again where its tool is another one now, and may be rejected to the program's deaf ear", async () => {
    const world = makeWorld();
    const place = newPlace();
    const code = outliving(ADA, `return "end";`);
    const { executionId } = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code })));
    const bank = { ...world.toolbox.bank, pay: { ...world.toolbox.bank?.pay, description: "Pay twice" } };
    const changed: Toolbox = { ...world.toolbox, bank };
    await place.run(changed, async (runtime) => {
      const again = paused(await runtime.approve({ executionId }));
      expect(again.pending).toMatchObject([{ kind: "approval", args: { to: "ada" } }]);
      const seq = Number(again.pending[0]?.seq);
      expect(await runtime.reject({ executionId, seq, then: "throw" })).toBe(true);
      expect(await runtime.execution(executionId)).toMatchObject({ status: "completed", result: "end" });
      expect(world.calls()).toEqual([]);
    });
  });

  test("is none of those that the program may have open at once", async () => {
    const world = makeWorld();
    const payees = ["ada", "bob", "eve"];
    const code = `async () => {
      const later = Promise.withResolvers();
      const pay = (to) => later.promise.then(() => bank.pay({ to })).catch(() => {});
      await codemode.step("s", () => { ${JSON.stringify(payees)}.forEach(pay); });
      later.resolve();
      await bank.pay({ to: "zoe" });
      return (await Promise.all([1, 2, 3, 4].map(() => bank.see({})))).length;
    }`;
    const run = async (runtime: CodemodeRuntimeHandle) => {
      const { executionId, pending } = paused(await runtime.execute({ code }));
      const [zoe] = pending.map(({ seq }) => seq);
      const second = paused(await runtime.approve({ executionId, seq: Number(zoe) }));
      expect(second.pending.map(({ args }) => args)).toEqual(payees.map((to) => ({ to })));
      expect(completed(await runtime.approve({ executionId })).result).toBe(4);
    };
    await newPlace().run(world.toolbox, run, { limits: { maxCallsInFlight: 4 } });
    expect(world.calls().filter((call) => call.startsWith("pay"))).toHaveLength(4);
  });

  test("is none of them either on a pass that replays what was open beside it", async () => {
    const world = makeWorld();
    const place = newPlace();
    const limits = { limits: { maxCallsInFlight: 2 } };
    const code = outliving(
      `slow.pay({ id: "x" })`,
      `await ${BOB}; const both = await Promise.all([slow.see({ id: "a" }), slow.see({ id: "b" })]); await ${ADA}; return both;`,
    );
    const { executionId } = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code }), limits));
    const second = await place.run(
      world.toolbox,
      async (runtime) => {
        const running = runtime.approve({ executionId });
        await world.gate.reached("x", "a", "b");
        world.gate.open("a");
        await eventually(
          () => runtime.execution(executionId),
          (found) => found?.log.some(({ result }) => result === "a") === true,
        );
        world.gate.open("x");
        await eventually(
          () => runtime.execution(executionId),
          (found) => found?.log.some(({ result }) => result === "x") === true,
        );
        world.gate.open("b");
        return paused(await running);
      },
      limits,
    );
    expect(second.pending).toMatchObject([{ args: { to: "ada" } }]);
    await evict(place);
    const done = await place.run(world.toolbox, (runtime) => runtime.approve({ executionId }), limits);
    expect(completed(done).result).toEqual(["a", "b"]);
  });

  test("is in doubt when the process dies at it, and a person says what became of it", async () => {
    const world = makeWorld();
    await newPlace().run(world.toolbox, async (runtime, ctx) => {
      const code = outliving(`slow.pay({ id: "x" })`, `return "end";`);
      const { executionId } = paused(await runtime.execute({ code }));
      const approving = runtime.approve({ executionId });
      await world.gate.reached("x");
      await crashFacet(ctx);
      // Nobody makes it again, and the run ends without it.
      const done = completed(await approving);
      expect(states(done)).toContain("in_doubt");
      const [doubt] = await runtime.inDoubt();
      await runtime.resolve({ executionId, seq: Number(doubt?.seq), as: "ran", result: "x" });
      expect((await runtime.rollback({ executionId })).items).toMatchObject([{ method: "pay", outcome: "reverted" }]);
    });
  });
});
