/** What a person decides, and what a decision that fits nothing any longer does: nothing, and it says so. */
import { describe, expect, test } from "vitest";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import { completed, crashFacet, eventually, evict, failed, paused } from "../support/drive.ts";
import { newPlace, type Toolbox, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { makeSaving, SAVE_FOURTEEN, saveAtOnce } from "./saving.ts";

const THREE = `async () => {
  await bank.see({ first: true });
  const answers = await Promise.allSettled(["ada", "bob", "cy"].map((to, i) => bank.pay({ to, amount: i })));
  return answers.map((a) => a.value ?? a.reason.code + " " + a.reason.message);
}`;

/** All that can be read of an execution: equal before and after a decision that changed nothing. */
const snapshot = (runtime: CodemodeRuntimeHandle, id: string) => runtime.execution(id);

describe("several pending at once", () => {
  test("Promise.all of three approvals shows three, with all that an approval screen needs", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const before = Date.now();
      const outcome = paused(await runtime.execute({ code: THREE }));
      expect(outcome.pending).toMatchObject([
        { seq: 1, connector: "bank", method: "pay", args: { to: "ada", amount: 0 }, kind: "approval" },
        { seq: 2, connector: "bank", method: "pay", args: { to: "bob", amount: 1 }, kind: "approval" },
        { seq: 3, connector: "bank", method: "pay", args: { to: "cy", amount: 2 }, kind: "approval" },
      ]);
      for (const action of outcome.pending) {
        expect(action.executionId).toBe(outcome.executionId);
        expect(action.askedAt).toBeGreaterThanOrEqual(before);
        expect(action.askedAt).toBeLessThanOrEqual(Date.now());
        expect(action.before[0]).toEqual({ seq: 0, connector: "bank", method: "see", state: "applied" });
      }
      expect(new Set(outcome.pending.map(({ digest }) => digest)).size).toBe(3);
      expect(await runtime.pending()).toEqual(outcome.pending);
      expect(await runtime.pending(outcome.executionId)).toEqual(outcome.pending);
      expect(world.calls()).toEqual(['see({"first":true})']);
    });
  });

  test("approve without a seq approves all that is pending now", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: THREE }));
      const done = completed(await runtime.approve({ executionId, by: "ann", reason: "fine" }));
      expect(done.result).toEqual(["pay done", "pay done", "pay done"]);
      expect(done.calls?.slice(1).map(({ decision }) => decision)).toEqual(
        Array.from({ length: 3 }, () => ({ decision: "approved", by: "ann", reason: "fine", at: expect.any(Number) })),
      );
      expect(await runtime.pending()).toEqual([]);
    });
  });

  test("approve with a seq approves only that one; the others stay pending under the same digests", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const first = paused(await runtime.execute({ code: THREE }));
      const { executionId } = first;
      const second = paused(await runtime.approve({ executionId, seq: 2, digest: String(first.pending[1]?.digest) }));
      expect(world.calls().slice(1)).toEqual(['pay({"to":"bob","amount":1})']);
      expect(second.pending.map(({ seq, digest }) => [seq, digest])).toEqual(
        [first.pending[0], first.pending[2]].map((one) => [one?.seq, one?.digest]),
      );
      await runtime.reject({ executionId, seq: 1, by: "bo", reason: "too much", then: "throw" });
      const done = completed(await runtime.approve({ executionId, seq: 3 }));
      expect(done.result).toEqual(["REJECTED bank.pay was rejected by bo: too much", "pay done", "pay done"]);
      expect(world.calls().slice(1)).toEqual(['pay({"to":"bob","amount":1})', 'pay({"to":"cy","amount":2})']);
    });
  });

  test("actions of several executions are listed together and told apart", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const [one, two] = await Promise.all(
        ["a", "b"].map((to) => runtime.execute({ code: `async () => bank.pay({ to: "${to}" })` })),
      );
      const all = await runtime.pending();
      expect(all.map(({ executionId }) => executionId).sort()).toEqual([one?.executionId, two?.executionId].sort());
      expect(new Set(all.map(({ digest }) => digest)).size).toBe(2);
      expect(await runtime.pending(String(two?.executionId))).toMatchObject([{ args: { to: "b" } }]);
    });
  });
});

describe("G5 stale decisions change nothing and say so", () => {
  test("a digest of another action is STALE_DECISION", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId, pending } = paused(await runtime.execute({ code: THREE }));
      const before = await snapshot(runtime, executionId);
      for (const digest of [String(pending[1]?.digest), "0".repeat(40), ""]) {
        expect(await runtime.approve({ executionId, seq: 1, digest })).toMatchObject({
          status: "error",
          code: "STALE_DECISION",
        });
        await expect(runtime.reject({ executionId, seq: 1, digest })).rejects.toMatchObject({ code: "STALE_DECISION" });
      }
      expect(await snapshot(runtime, executionId)).toEqual(before);
      expect(world.calls()).toHaveLength(1);
    });
  });

  test("a digest without a seq approves exactly what it names, never everything", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId, pending } = paused(await runtime.execute({ code: THREE }));
      const before = await snapshot(runtime, executionId);
      expect(await runtime.approve({ executionId, digest: "0".repeat(40) })).toMatchObject({
        status: "error",
        code: "STALE_DECISION",
      });
      expect(await snapshot(runtime, executionId)).toEqual(before);
      const next = paused(await runtime.approve({ executionId, digest: String(pending[1]?.digest) }));
      expect(next.pending.map(({ seq }) => seq)).toEqual([1, 3]);
    });
  });

  test("an approval for what ran already approves nothing of what is pending now", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const code = `async () => { await bank.pay({ to: "first" }); await bank.pay({ to: "second" }); }`;
      const first = paused(await runtime.execute({ code }));
      const { executionId } = first;
      const stale = { executionId, seq: Number(first.pending[0]?.seq), digest: String(first.pending[0]?.digest) };
      paused(await runtime.approve(stale));
      const before = await snapshot(runtime, executionId);
      expect(await runtime.approve(stale)).toMatchObject({ status: "error", code: "NOT_PENDING" });
      expect(await runtime.reject(stale)).toBe(false);
      expect(await snapshot(runtime, executionId)).toEqual(before);
      expect(world.calls()).toEqual(['pay({"to":"first"})']);
    });
  });

  test("a digest of one execution does not fit the same action of another", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const code = `async () => bank.pay({ to: "ada" })`;
      const [one, two] = [paused(await runtime.execute({ code })), paused(await runtime.execute({ code }))];
      expect(
        await runtime.approve({ executionId: one.executionId, seq: 0, digest: String(two.pending[0]?.digest) }),
      ).toMatchObject({ code: "STALE_DECISION" });
      expect(world.calls()).toEqual([]);
    });
  });

  test("finished, unknown and never pending: each is refused by its code", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: THREE }));
      expect(await runtime.approve({ executionId, seq: 0 })).toMatchObject({ status: "error", code: "NOT_PENDING" });
      expect(await runtime.approve({ executionId, seq: 99 })).toMatchObject({ status: "error", code: "NOT_FOUND" });
      expect(await runtime.approve({ executionId: "exec_of_nobody" })).toMatchObject({
        status: "error",
        code: "NOT_FOUND",
      });
      expect(await runtime.reject({ executionId: "exec_of_nobody", seq: 0 })).toBe(false);
      completed(await runtime.approve({ executionId }));
      const before = await snapshot(runtime, executionId);
      expect(await runtime.approve({ executionId })).toMatchObject({ status: "error", code: "NOT_PENDING" });
      expect(await runtime.reject({ executionId, seq: 1 })).toBe(false);
      expect(await runtime.resolve({ executionId, seq: 1, as: "run" })).toMatchObject({
        status: "error",
        code: "NOT_PENDING",
      });
      expect(await snapshot(runtime, executionId)).toEqual(before);
    });
  });

  test("a pending call cannot be resolved, only approved or rejected", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: THREE }));
      const before = await snapshot(runtime, executionId);
      expect(await runtime.resolve({ executionId, seq: 1, as: "ran", result: "forged" })).toMatchObject({
        code: "NOT_PENDING",
      });
      expect(await snapshot(runtime, executionId)).toEqual(before);
    });
  });
});

test("G5 what is too large to be shown with the rest can be rejected as it is shown, and not approved", async () => {
  const { toolbox, saved } = makeSaving();
  const place = newPlace();
  const { executionId, pending } = paused(
    await place.run(toolbox, (runtime) => runtime.execute({ code: SAVE_FOURTEEN })),
  );
  expect(pending.map(({ seq }) => seq)).toEqual(Array.from({ length: 14 }, (_, n) => 2 * n));
  expect(pending.map(({ argsLeftOut }) => argsLeftOut === true)).toEqual([...Array(13).fill(false), true]);
  await place.run(toolbox, async (runtime) => {
    const { seq, digest } = pending[13] ?? { seq: 0, digest: "" };
    for (const named of [{}, { seq, digest }]) {
      const refused = failed(await runtime.approve({ executionId, ...named }));
      expect(refused).toMatchObject({ code: "STALE_DECISION", error: expect.stringMatching(/call 26 .*pending\(/) });
    }
    // What does not run may be rejected as it is shown.
    expect(await runtime.reject({ executionId, seq, digest, then: "throw" })).toBe(true);
    expect(saved).toEqual([]);
  });
});

test("G5 what had no room beside the actions of other runs is not approved unseen, also by another process", async () => {
  const { toolbox, saved } = makeSaving();
  const run = (count: number) => ({ code: saveAtOnce(count) });
  const place = newPlace();
  const { executionId } = paused(await place.run(toolbox, (runtime) => runtime.execute(run(1))));
  paused(await place.run(toolbox, (runtime) => runtime.execute(run(13))));
  const shown = (await place.run(toolbox, (runtime) => runtime.pending())).find(
    (one) => one.executionId === executionId,
  );
  expect(shown).toMatchObject({ argsLeftOut: true, digest: expect.stringMatching(/^unseen:/) });
  await evict(place);
  await place.run(toolbox, async (runtime) => {
    const refused = failed(await runtime.approve({ executionId }));
    expect(refused).toMatchObject({
      code: "STALE_DECISION",
      error: expect.stringContaining(`pending("${executionId}")`),
    });
    expect(saved).toEqual([]);
    const [own] = await runtime.pending(executionId);
    expect(own).not.toHaveProperty("argsLeftOut");
    completed(await runtime.approve({ executionId, seq: 0, digest: own?.digest ?? "" }));
    expect(saved).toEqual([0]);
  });
});

test("G5 all actions that a program asked for at once wait at the pause, also those that need several messages", async () => {
  await withRuntime(makeSaving().toolbox, async (runtime) => {
    // Seven of them fit into one message.
    const { pending } = paused(await runtime.execute({ code: saveAtOnce(8) }));
    expect(pending.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe("edited arguments", () => {
  test("are run instead, and recorded beside the program's own", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(
        await runtime.execute({ code: `async () => bank.pay({ to: "ada", amount: 100 })` }),
      );
      const done = completed(await runtime.approve({ executionId, seq: 0, args: { to: "ada", amount: 1 }, by: "ann" }));
      expect(world.calls()).toEqual(['pay({"to":"ada","amount":1})']);
      expect(done.calls?.[0]).toMatchObject({
        args: { to: "ada", amount: 100 },
        editedArgs: { to: "ada", amount: 1 },
        state: "applied",
      });
      await runtime.rollback({ executionId });
      expect(world.calls().at(-1)).toBe('undo pay({"to":"ada","amount":1})');
    });
  });

  test("survive an eviction between the decision and the run of another", async () => {
    const world = makeWorld();
    const place = newPlace();
    const first = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code: THREE })));
    await place.run(world.toolbox, (runtime) =>
      runtime.approve({ executionId: first.executionId, seq: 1, args: { to: "eve", amount: 7 } }),
    );
    await evict(place);
    const done = completed(
      await place.run(world.toolbox, (runtime) => runtime.approve({ executionId: first.executionId })),
    );
    expect(done.calls?.[1]).toMatchObject({ editedArgs: { to: "eve", amount: 7 }, state: "applied", attempt: 1 });
    expect(world.calls()).toHaveLength(4);
  });

  test("that do not fit the schema are refused with the path, and nothing changes", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: THREE }));
      const before = await snapshot(runtime, executionId);
      for (const [args, path] of [
        [{ to: 5 }, "args.to"],
        [{ to: "x", amount: -1 }, "args.amount"],
        [{}, "args"],
        ["text", "args"],
      ] as const) {
        const outcome = failed(await runtime.approve({ executionId, seq: 1, args }));
        expect(outcome).toMatchObject({ code: "INVALID_ARGUMENTS" });
        expect(outcome.error).toContain(path);
      }
      expect(await snapshot(runtime, executionId)).toEqual(before);
    });
  });

  test("of which their tool cannot say whether a person must be asked are refused with its reason, and nothing changes", async () => {
    const requiresApproval = ({ to }: { readonly to: string }) => {
      if (to === "?") throw new Error("there is no such account");
      return true;
    };
    const toolbox: Toolbox = { bank: { pay: { requiresApproval, execute: () => "paid" } } };
    await withRuntime(toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
      const before = await snapshot(runtime, executionId);
      expect(failed(await runtime.approve({ executionId, seq: 0, args: { to: "?" } }))).toMatchObject({
        code: "TOOL_ERROR",
        error: "bank.pay: there is no such account. Nothing changed.",
      });
      expect(await snapshot(runtime, executionId)).toEqual(before);
    });
  });

  test("need the seq of a pending action", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: THREE }));
      const before = await snapshot(runtime, executionId);
      expect(await runtime.approve({ executionId, args: { to: "x" } })).toMatchObject({
        code: "INVALID_INPUT",
        error: expect.stringContaining("need the seq of one action"),
      });
      expect(await runtime.approve({ executionId, seq: 99, args: { to: "x" } })).toMatchObject({ code: "NOT_FOUND" });
      expect(await snapshot(runtime, executionId)).toEqual(before);
    });
  });

  test("that are too large for the journal are refused, and nothing changes", async () => {
    const world = makeWorld();
    const toolbox: Toolbox = { big: { send: { requiresApproval: true, execute: () => "sent" } } };
    await withRuntime({ ...world.toolbox, ...toolbox }, async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: `async () => big.send({ text: "small" })` }));
      const before = await snapshot(runtime, executionId);
      expect(await runtime.approve({ executionId, seq: 0, args: { text: "x".repeat(2_100_000) } })).toMatchObject({
        status: "error",
        code: "VALUE_TOO_LARGE",
      });
      expect(await snapshot(runtime, executionId)).toEqual(before);
    });
  });
});

test("G5 a call in doubt is shown with the edited arguments that it ran with, and these are what a person says to run again", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime, ctx) => {
    const { executionId, pending } = paused(await runtime.execute({ code: `async () => slow.pay({ id: "asked" })` }));
    const running = runtime.approve({ executionId, seq: 0, args: { id: "edited" } });
    await world.gate.reached("edited");
    await crashFacet(ctx);
    world.gate.open("edited");
    const [action] = paused(await running).pending;
    expect(action).toMatchObject({ kind: "in_doubt", args: { id: "edited" } });
    // What was approved before it was edited is another action.
    const stale = { executionId, seq: 0, as: "run", digest: String(pending[0]?.digest) } as const;
    expect(failed(await runtime.resolve(stale)).code).toBe("STALE_DECISION");
    const again = runtime.resolve({ executionId, seq: 0, as: "run", digest: String(action?.digest) });
    await world.gate.openInOrder("edited");
    completed(await again);
    expect(world.calls()).toEqual(['slow.pay({"id":"edited"})', 'slow.pay({"id":"edited"})']);
  });
});

describe("rejections", () => {
  test('"end" ends the run: what ran stays recorded, nothing further runs', async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: THREE }));
      expect(await runtime.reject({ executionId, seq: 2, by: "ann", reason: "no" })).toBe(true);
      const execution = await runtime.execution(executionId);
      expect(execution).toMatchObject({ status: "rejected" });
      expect(execution?.log[2]).toMatchObject({
        state: "rejected",
        decision: { decision: "rejected", by: "ann", reason: "no" },
      });
      expect(await runtime.pending()).toEqual([]);
      expect(await runtime.approve({ executionId })).toMatchObject({ status: "error", code: "NOT_PENDING" });
      expect(await runtime.reject({ executionId, seq: 1 })).toBe(false);
      expect(world.calls()).toHaveLength(1);
    });
  });

  test('"throw" lets the program catch the rejection with its code and reason, on every later pass', async () => {
    const world = makeWorld();
    const place = newPlace();
    const code = `async () => {
      let told;
      try { await bank.pay({ to: "ada" }); } catch (error) { told = { name: error.name, code: error.code, message: error.message }; }
      await bank.pay({ to: "after" });
      return told;
    }`;
    const { executionId } = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code })));
    expect(
      await place.run(world.toolbox, (runtime) =>
        runtime.reject({ executionId, seq: 0, reason: "not her", then: "throw" }),
      ),
    ).toBe(true);
    await evict(place);
    const done = completed(await place.run(world.toolbox, (runtime) => runtime.approve({ executionId })));
    expect(done.result).toEqual({ name: "CodemodeError", code: "REJECTED", message: "bank.pay was rejected: not her" });
    expect(done.calls?.[0]).toMatchObject({ state: "rejected", error: { code: "REJECTED" } });
    expect(world.calls()).toEqual(['pay({"to":"after"})']);
  });

  test("a rejection that the program does not catch ends the run as an error with the code REJECTED", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
      expect(await runtime.reject({ executionId, seq: 0, reason: "no", then: "throw" })).toBe(true);
      expect(await runtime.execution(executionId)).toMatchObject({
        status: "error",
        errorCode: "REJECTED",
        error: expect.stringContaining("no"),
      });
    });
  });
});

describe("policies", () => {
  test("a predicate asks by the arguments, and a call that it lets through runs at once", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const code = `async () => Promise.all([3, 30, 9, 10].map((amount) => bank.tip({ amount })))`;
      const { executionId, pending } = paused(await runtime.execute({ code }));
      expect(pending.map(({ args }) => args)).toEqual([{ amount: 30 }, { amount: 10 }]);
      expect(world.calls()).toEqual(['tip({"amount":3})', 'tip({"amount":9})']);
      completed(await runtime.approve({ executionId }));
      expect(world.calls()).toHaveLength(4);
    });
  });

  test("a predicate that throws runs nothing: the program gets an error", async () => {
    let ran = 0;
    const toolbox: Toolbox = {
      odd: {
        act: {
          requiresApproval: () => {
            throw new Error("no idea");
          },
          execute: () => {
            ran += 1;
          },
        },
      },
    };
    await withRuntime(toolbox, async (runtime) => {
      const outcome = failed(await runtime.execute({ code: `async () => odd.act({})` }));
      expect(outcome).toMatchObject({ code: "TOOL_ERROR", error: "odd.act: no idea" });
      expect(ran).toBe(0);
    });
  });

  test("arguments that do not fit are an error of the program with the path, before anybody is asked", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const code = `async () => { try { await bank.pay({ to: "x", amount: "5" }); } catch (error) { return { code: error.code, message: error.message, path: error.data.path }; } }`;
      const done = completed(await runtime.execute({ code }));
      expect(done.result).toMatchObject({ code: "INVALID_ARGUMENTS", path: "args.amount" });
      expect((done.result as { message: string }).message).toContain("bank.pay");
      expect(done.calls?.[0]).toMatchObject({ state: "error", error: { code: "INVALID_ARGUMENTS" } });
      expect(world.calls()).toEqual([]);
    });
  });

  test("an unknown tool is an error with near names, and an unknown connector is named", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const near = failed(await runtime.execute({ code: "async () => bank.pays({ to: 'x' })" }));
      expect(near).toMatchObject({ code: "UNKNOWN_TOOL", error: expect.stringContaining("pay") });
      const none = failed(await runtime.execute({ code: "async () => banque.pay({ to: 'x' })" }));
      expect(none.error).toContain("bank, slow");
      expect(world.calls()).toEqual([]);
    });
  });
});

describe("while a pass is live", () => {
  const LIVE = `async () => Promise.all([slow.pay({ id: "a" }), slow.see({ id: "s" }), slow.pay({ id: "b" })])`;

  test("what is pending is shown, and an approval runs at once in the same pass", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const running = runtime.execute({ code: LIVE });
      await world.gate.reached("s");
      const pending = await runtime.pending();
      expect(pending.map(({ seq }) => seq)).toEqual([0, 2]);
      const approving = runtime.approve({ executionId: String(pending[0]?.executionId) });
      await world.gate.openInOrder("b", "a", "s");
      const [first, second] = [completed(await running), completed(await approving)];
      expect(first.result).toEqual(["a", "s", "b"]);
      expect(second).toEqual(first);
      expect(await runtime.execution(first.executionId)).toMatchObject({ passes: 1 });
      expect(world.calls()).toEqual(['slow.see({"id":"s"})', 'slow.pay({"id":"a"})', 'slow.pay({"id":"b"})']);
    });
  });

  test('a rejection with "end" ends the pass; what still ran is recorded when it settles', async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const running = runtime.execute({
        code: `async () => Promise.all([bank.pay({ to: "ada" }), slow.log({ id: "s" })])`,
      });
      await world.gate.reached("s");
      const [action] = await runtime.pending();
      expect(await runtime.reject({ executionId: String(action?.executionId), seq: 0 })).toBe(true);
      expect(failed(await running)).toMatchObject({ code: "REJECTED" });
      world.gate.open("s");
      const late = await eventually(
        () => runtime.execution(String(action?.executionId)),
        (execution) => execution?.log[1]?.state === "applied",
      );
      expect(late).toMatchObject({ status: "rejected" });
    });
  });

  test('a rejection with "throw" is delivered to the live program', async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const running = runtime.execute({
        code: `async () => Promise.all([bank.pay({ to: "ada" }).catch((error) => slow.see({ id: error.code })), slow.see({ id: "s" })])`,
      });
      await world.gate.reached("s");
      const [action] = await runtime.pending();
      const rejecting = runtime.reject({ executionId: String(action?.executionId), seq: 0, then: "throw" });
      await world.gate.openInOrder("REJECTED", "s");
      expect(await rejecting).toBe(true);
      expect(completed(await running).result).toEqual(["REJECTED", "s"]);
    });
  });
});

describe("two decisions at once", () => {
  test.each(["seq", "no seq"])("two approvals (%s) run the action once", async (kind) => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
      const decision = kind === "seq" ? { executionId, seq: 0 } : { executionId };
      const outcomes = await Promise.all([runtime.approve(decision), runtime.approve(decision)]);
      const told = outcomes.map((outcome) => (outcome.status === "error" ? outcome.code : outcome.status));
      expect(told).toEqual(["completed", "NOT_PENDING"]);
      expect(world.calls()).toEqual(['pay({"to":"ada"})']);
    });
  });

  test("an approval and a rejection: exactly one of them holds, and each answer is true", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      for (const approveFirst of [true, false]) {
        const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
        const before = world.calls().length;
        const approve = () => runtime.approve({ executionId, seq: 0 });
        const reject = () => runtime.reject({ executionId, seq: 0 });
        const [approved, rejected] = approveFirst
          ? await Promise.all([approve(), reject()])
          : await Promise.all([reject(), approve()]).then(([r, a]) => [a, r] as const);
        const { status } = (await runtime.execution(executionId)) ?? {};
        expect([status, approved.status, rejected]).toEqual(
          rejected ? ["rejected", "error", true] : ["completed", "completed", false],
        );
        expect(world.calls().length - before).toBe(rejected ? 0 : 1);
      }
    });
  });

  test("approvals of two actions at once run both, once each", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: THREE }));
      await Promise.all([1, 2, 3].map((seq) => runtime.approve({ executionId, seq })));
      expect(await runtime.execution(executionId)).toMatchObject({ status: "completed" });
      expect(world.calls().slice(1).sort()).toEqual([
        'pay({"to":"ada","amount":0})',
        'pay({"to":"bob","amount":1})',
        'pay({"to":"cy","amount":2})',
      ]);
    });
  });
});

describe("what changed while a run was paused", () => {
  const CODE = `async () => bank.pay({ to: "ada" })`;

  test("a connector that is gone: MISSING_CONNECTOR, still paused, and it can still be rejected", async () => {
    const world = makeWorld();
    const place = newPlace();
    const { executionId } = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code: CODE })));
    await evict(place);
    const { slow } = world.toolbox;
    await place.run(slow === undefined ? {} : { slow }, async (runtime) => {
      const before = await snapshot(runtime, executionId);
      expect(await runtime.approve({ executionId })).toMatchObject({
        status: "error",
        code: "MISSING_CONNECTOR",
        error: expect.stringContaining("bank"),
      });
      expect(await snapshot(runtime, executionId)).toEqual(before);
    });
    await place.run({}, async (runtime) => {
      await expect(runtime.reject({ executionId, seq: 0, then: "throw" })).rejects.toMatchObject({
        code: "MISSING_CONNECTOR",
      });
      expect(await runtime.reject({ executionId, seq: 0 })).toBe(true);
    });
    expect(world.calls()).toEqual([]);
  });

  test("a tool whose definition changed asks again under another digest", async () => {
    const world = makeWorld();
    const place = newPlace();
    const first = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code: CODE })));
    const { executionId } = first;
    const changed: Toolbox = {
      ...world.toolbox,
      bank: { ...world.toolbox.bank, pay: { ...world.toolbox.bank?.pay, description: "Pay twice" } },
    };
    await place.run(changed, async (runtime) => {
      const digest = String(first.pending[0]?.digest);
      const again = paused(await runtime.approve({ executionId, seq: 0, digest }));
      expect(world.calls()).toEqual([]);
      expect(again.pending[0]).toMatchObject({ seq: 0, kind: "approval" });
      expect(again.pending[0]?.digest).not.toBe(digest);
      expect(await runtime.approve({ executionId, seq: 0, digest })).toMatchObject({ code: "STALE_DECISION" });
      completed(await runtime.approve({ executionId, seq: 0, digest: String(again.pending[0]?.digest) }));
      expect(world.calls()).toEqual(['pay({"to":"ada"})']);
    });
  });

  test("edited arguments do not outlive the definition that they were written for", async () => {
    const world = makeWorld();
    const place = newPlace();
    const { executionId } = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code: CODE })));
    const changed: Toolbox = {
      ...world.toolbox,
      bank: { ...world.toolbox.bank, pay: { ...world.toolbox.bank?.pay, description: "Pay twice" } },
    };
    await place.run(changed, async (runtime) => {
      const again = paused(await runtime.approve({ executionId, seq: 0, args: { to: "edited" } }));
      // What is shown must be what an approval runs.
      expect(again.pending[0]?.args).toEqual({ to: "ada" });
      completed(await runtime.approve({ executionId, seq: 0 }));
      expect(world.calls()).toEqual(['pay({"to":"ada"})']);
    });
  });

  test("a tool that is gone fails in its place, and the program may go on", async () => {
    const world = makeWorld();
    const place = newPlace();
    const { executionId } = paused(
      await place.run(world.toolbox, (runtime) =>
        runtime.execute({ code: `async () => bank.pay({ to: "ada" }).catch((error) => error.code)` }),
      ),
    );
    const gone: Toolbox = { ...world.toolbox, bank: { see: { readOnly: true, execute: () => 1 } } };
    const done = completed(await place.run(gone, (runtime) => runtime.approve({ executionId })));
    expect(done.result).toBe("UNKNOWN_TOOL");
    expect(world.calls()).toEqual([]);
  });
});
