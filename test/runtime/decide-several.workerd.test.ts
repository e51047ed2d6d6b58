/** G5 One decision about several actions: it holds for all that it names, as they were shown, or it changes nothing and names why. */
import { env } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import type { CodemodeApproveOptions, CodemodeRejectOptions, CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import type { PendingAction, ProxyToolOutput } from "../../src/journal/public.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import { counting } from "../bench/counting.ts";
import { completed, crashFacet, eventually, evict, failed, type Paused, paused } from "../support/drive.ts";
import type { Gate } from "../support/gate.ts";
import { newPlace, runtimeIn, type Toolbox, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { startAndAbandon } from "./abandon.ts";
import { makeSaving, SAVE_FOURTEEN } from "./saving.ts";

/** A read, and then four actions at once; each is answered with how it went. */
const FOUR = `async () => {
  await bank.see({});
  const answers = await Promise.allSettled(["ada", "bob", "cy", "di"].map((to) => bank.pay({ to })));
  return answers.map((a) => a.value ?? a.reason.message);
}`;

const pay = (...to: readonly string[]) => to.map((name) => `pay({"to":"${name}"})`);

/** Of what was shown: those of these seqs. */
const of = (pending: readonly PendingAction[], ...seqs: readonly number[]) =>
  pending.filter(({ seq }) => seqs.includes(seq));

const seqsOf = (pending: readonly PendingAction[]) => pending.map(({ seq }) => seq);

interface Scene extends Paused {
  readonly runtime: CodemodeRuntimeHandle;
  /** What ran of it, but for the read. */
  readonly ran: () => readonly string[];
  /** Asserts that a decision that was refused left everything as it was. */
  readonly unchanged: () => Promise<void>;
}

/** A run whose actions 1 to 4 wait. */
function play(body: (scene: Scene, ctx: DurableObjectState) => Promise<void>): Promise<void> {
  const world = makeWorld();
  return withRuntime(world.toolbox, async (runtime, ctx) => {
    const outcome = paused(await runtime.execute({ code: FOUR }));
    expect(seqsOf(outcome.pending)).toEqual([1, 2, 3, 4]);
    const ran = () => world.calls().filter((call) => call !== "see({})");
    const before = await runtime.execution(outcome.executionId);
    const unchanged = async () => {
      expect(await runtime.execution(outcome.executionId)).toEqual(before);
      expect(await runtime.pending()).toEqual(outcome.pending);
      expect(ran()).toEqual([]);
    };
    await body({ ...outcome, runtime, ran, unchanged }, ctx);
  });
}

describe("several are approved", () => {
  test("as pending() shows them, in one pass; what is not named waits on", async () => {
    await play(async ({ runtime, executionId, pending, ran }) => {
      const actions = of(pending, 1, 2, 4);
      const next = paused(await runtime.approve({ executionId, actions, by: "ann", reason: "fine" }));
      expect(ran()).toEqual(pay("ada", "bob", "di"));
      expect(next.pending).toMatchObject([{ seq: 3, digest: pending[2]?.digest }]);
      const execution = await runtime.execution(executionId);
      const decided = { decision: "approved", by: "ann", reason: "fine", at: expect.any(Number) };
      expect(execution).toMatchObject({ status: "paused", passes: 2 });
      expect(execution?.log.map(({ decision }) => decision)).toEqual([undefined, decided, decided, undefined, decided]);
    });
  });

  test("by seq and digest alone, in any order", async () => {
    await play(async ({ runtime, executionId, pending, ran }) => {
      const actions = pending.map(({ seq, digest }) => ({ seq, digest })).reverse();
      const done = completed(await runtime.approve({ executionId, actions }));
      expect(done.result).toEqual(Array.from({ length: 4 }, () => "pay done"));
      expect(ran()).toEqual(pay("ada", "bob", "cy", "di"));
    });
  });

  test("a list of one is the decision on that one", async () => {
    await play(async ({ runtime, executionId, pending, ran }) => {
      const next = paused(await runtime.approve({ executionId, actions: of(pending, 2) }));
      expect(ran()).toEqual(pay("bob"));
      expect(seqsOf(next.pending)).toEqual([1, 3, 4]);
    });
  });

  test("what an action says beside its seq and digest counts for nothing: its arguments are those that were recorded", async () => {
    await play(async ({ runtime, executionId, pending, ran }) => {
      const actions = of(pending, 1, 2).map((action) => ({ ...action, method: "log", args: { to: "eve" } }));
      paused(await runtime.approve({ executionId, actions }));
      expect(ran()).toEqual(pay("ada", "bob"));
    });
  });

  test("two hundred of them, in one pass and one transaction before the first runs", async () => {
    const COUNT = 200;
    const ran: number[] = [];
    const execute = ({ n }: { n: number }) => {
      ran.push(n);
      return n;
    };
    const toolbox: Toolbox = { ask: { save: { requiresApproval: true, execute } } };
    const code = `async () => (await Promise.all(Array.from({ length: ${COUNT} }, (_, n) => ask.save({ n })))).length`;
    const place = newPlace();
    const { executionId, pending } = paused(await place.run(toolbox, (runtime) => runtime.execute({ code })));
    expect(pending).toHaveLength(COUNT);
    await evict(place);
    const executor = new DynamicWorkerExecutor({ loader: env.LOADER });
    const { loads, turns, transactions, host } = await counting(executor, (counted) =>
      place.run(
        toolbox,
        async (runtime) => {
          expect(completed(await runtime.approve({ executionId, actions: pending })).result).toBe(COUNT);
        },
        { executor: counted },
      ),
    );
    expect(host).toEqual({ runPass: 1, passEnded: 1, assess: 1, perform: COUNT });
    expect(loads).toBe(1);
    // The decision, every turn, and the end with the last of them.
    expect(transactions).toBeLessThanOrEqual(turns + 2);
    expect(transactions).toBeLessThan(30);
    expect(ran).toEqual(Array.from({ length: COUNT }, (_, n) => n));
    expect(await place.run(toolbox, (runtime) => runtime.execution(executionId))).toMatchObject({
      status: "completed",
      passes: 2,
    });
  });
});

describe("several are rejected", () => {
  test('"end" ends the run with all of them, and nothing runs', async () => {
    await play(async ({ runtime, executionId, pending, ran }) => {
      expect(await runtime.reject({ executionId, actions: of(pending, 2, 3), by: "ann", reason: "no" })).toBe(true);
      const execution = await runtime.execution(executionId);
      const decision = { decision: "rejected", by: "ann", reason: "no" };
      expect(execution).toMatchObject({ status: "rejected", passes: 1 });
      expect(execution?.log.slice(1)).toMatchObject([
        { state: "pending" },
        { state: "rejected", decision },
        { state: "rejected", decision },
        { state: "pending" },
      ]);
      expect(await runtime.pending()).toEqual([]);
      expect(ran()).toEqual([]);
    });
  });

  test('"throw" lets the program catch each, in one pass', async () => {
    await play(async ({ runtime, executionId, pending, ran }) => {
      const actions = of(pending, 1, 3, 4);
      expect(await runtime.reject({ executionId, actions, by: "ann", reason: "no", then: "throw" })).toBe(true);
      expect(seqsOf(await runtime.pending())).toEqual([2]);
      expect(await runtime.execution(executionId)).toMatchObject({ status: "paused", passes: 2 });
      const told = "bank.pay was rejected by ann: no";
      const done = completed(await runtime.approve({ executionId, actions: of(pending, 2) }));
      expect(done.result).toEqual([told, "pay done", told, told]);
      expect(ran()).toEqual(pay("bob"));
    });
  });
});

describe("where one of them does not fit, nothing changes, and it is named", () => {
  /** Digests as somebody makes them up who did not see the action, or saw another. */
  const FORGED: Readonly<Record<string, (pending: readonly PendingAction[]) => string>> = {
    "of nothing": () => "0".repeat(40),
    "of the action beside it": (pending) => pending[2]?.digest ?? "",
    "that says unseen": (pending) => `unseen:${pending[2]?.digest}`,
    "with a letter more": (pending) => `${pending[1]?.digest}0`,
  };

  test.each(Object.entries(FORGED))("a digest %s", async (_name, forge) => {
    await play(async ({ runtime, executionId, pending, unchanged }) => {
      const actions = of(pending, 1, 2, 4).map((one) => (one.seq === 2 ? { ...one, digest: forge(pending) } : one));
      const error = `Call 2 of ${executionId} is not what the decision was made on. Look at pending() again. Nothing changed.`;
      expect(failed(await runtime.approve({ executionId, actions }))).toMatchObject({ code: "STALE_DECISION", error });
      for (const then of ["end", "throw"] as const) {
        await expect(runtime.reject({ executionId, actions, then })).rejects.toMatchObject({
          code: "STALE_DECISION",
          message: error,
          data: { seqs: [2] },
        });
      }
      await unchanged();
    });
  });

  test("digests that were exchanged, each of them named", async () => {
    await play(async ({ runtime, executionId, pending, unchanged }) => {
      const [first, second] = pending;
      const actions = [
        { seq: 1, digest: second?.digest ?? "" },
        { seq: 2, digest: first?.digest ?? "" },
        ...of(pending, 3),
      ];
      expect(failed(await runtime.approve({ executionId, actions })).error).toContain(
        `Calls 1, 2 of ${executionId} are not what the decision was made on.`,
      );
      await unchanged();
    });
  });

  test("the actions of another execution, also without its id", async () => {
    await play(async ({ runtime, executionId, unchanged }) => {
      const other = paused(await runtime.execute({ code: FOUR }));
      await expect(runtime.approve({ executionId, actions: other.pending })).rejects.toMatchObject({
        code: "INVALID_INPUT",
        message: expect.stringContaining(`actions[0] is of ${other.executionId}, not of ${executionId}.`),
      });
      const actions = other.pending.map(({ seq, digest }) => ({ seq, digest }));
      expect(failed(await runtime.approve({ executionId, actions }))).toMatchObject({
        code: "STALE_DECISION",
        error: expect.stringContaining(`Calls 1, 2, 3, 4 of ${executionId} are not`),
      });
      await runtime.cancel({ executionId: other.executionId });
      await unchanged();
    });
  });

  test("a call that there is none of, and one that never waited", async () => {
    await play(async ({ runtime, executionId, pending, unchanged }) => {
      const digest = pending[0]?.digest ?? "";
      const none = failed(await runtime.approve({ executionId, actions: [...pending, { seq: 98, digest }] }));
      expect(none).toMatchObject({ code: "NOT_FOUND", error: expect.stringContaining("has no call 98: see its log") });
      const read = failed(await runtime.approve({ executionId, actions: [{ seq: 0, digest }, ...pending] }));
      expect(read).toMatchObject({
        code: "NOT_PENDING",
        error: `Call 0 of ${executionId} is applied, not pending. Look at pending() for what waits. Nothing changed.`,
      });
      await unchanged();
    });
  });

  test("all that is wrong with them at once, by one refusal: what has changed comes first", async () => {
    await play(async ({ runtime, executionId, pending, unchanged }) => {
      const digest = "0".repeat(40);
      const actions = [...of(pending, 1, 3), ...[0, 2, 4, 98, 99].map((seq) => ({ seq, digest }))];
      expect(failed(await runtime.approve({ executionId, actions }))).toMatchObject({
        code: "STALE_DECISION",
        error: [
          `Calls 2, 4 of ${executionId} are not what the decision was made on. Look at pending() again.`,
          `${executionId} has no call 98, 99: see its log, by execution().`,
          `Call 0 of ${executionId} is applied, not pending. Look at pending() for what waits.`,
          "Nothing changed.",
        ].join(" "),
      });
      await unchanged();
    });
  });

  test("one that was decided in between; the others can then be decided without it", async () => {
    await play(async ({ runtime, executionId, pending, ran }) => {
      paused(await runtime.approve({ executionId, seq: 2, digest: pending[1]?.digest ?? "" }));
      await runtime.reject({ executionId, actions: of(pending, 3), then: "throw" });
      const before = await runtime.execution(executionId);
      expect(failed(await runtime.approve({ executionId, actions: pending }))).toMatchObject({
        code: "NOT_PENDING",
        error: `Call 2 of ${executionId} is applied, not pending. Call 3 of ${executionId} is rejected, not pending. Look at pending() for what waits. Nothing changed.`,
      });
      expect(await runtime.execution(executionId)).toEqual(before);
      expect(ran()).toEqual(pay("bob"));
      completed(await runtime.approve({ executionId, actions: await runtime.pending(executionId) }));
      expect(ran()).toEqual(pay("bob", "ada", "di"));
    });
  });

  test("one that was edited in between ran with the edit, and once", async () => {
    await play(async ({ runtime, executionId, pending, ran }) => {
      paused(await runtime.approve({ executionId, seq: 1, args: { to: "eve" } }));
      expect(failed(await runtime.approve({ executionId, actions: of(pending, 1, 2) }))).toMatchObject({
        code: "NOT_PENDING",
      });
      expect(ran()).toEqual(pay("eve"));
      expect(seqsOf(await runtime.pending())).toEqual([2, 3, 4]);
    });
  });

  test("one whose tool has changed asks again, and is no longer what was shown", async () => {
    const world = makeWorld();
    const place = newPlace();
    const { executionId, pending } = paused(
      await place.run(world.toolbox, (runtime) => runtime.execute({ code: FOUR })),
    );
    const { bank } = world.toolbox;
    const changed: Toolbox = { ...world.toolbox, bank: { ...bank, pay: { ...bank?.pay, description: "Pay twice" } } };
    await place.run(changed, async (runtime) => {
      const again = paused(await runtime.approve({ executionId, actions: of(pending, 1, 2) }));
      expect(seqsOf(again.pending)).toEqual([1, 2, 3, 4]);
      const actions = [...of(again.pending, 1), ...of(pending, 2)];
      expect(failed(await runtime.approve({ executionId, actions }))).toMatchObject({
        code: "STALE_DECISION",
        error: expect.stringContaining("Call 2 of"),
      });
      expect(world.calls()).toEqual(["see({})"]);
      paused(await runtime.approve({ executionId, actions: of(again.pending, 1, 2) }));
      expect(world.calls().slice(1)).toEqual(pay("ada", "bob"));
    });
  });

  test("one that a crash left in doubt: it is resolved, not approved", async () => {
    const world = makeWorld();
    const place = newPlace();
    const code = `async () => Promise.all([slow.log({ id: "x" }), bank.pay({ to: "ada" })])`;
    await place.run(world.toolbox, (_runtime, ctx) => startAndAbandon(world, ctx, code, ["x"]));
    await place.run(world.toolbox, async (runtime) => {
      await runtime.recover();
      const actions = await runtime.pending();
      expect(actions.map(({ kind }) => kind)).toEqual(["in_doubt", "approval"]);
      const [{ executionId } = { executionId: "" }] = actions;
      expect(failed(await runtime.approve({ executionId, actions }))).toMatchObject({
        code: "NOT_PENDING",
        error: `Call 0 of ${executionId} is in_doubt, not pending. It is in doubt: say by resolve() what became of it. Nothing changed.`,
      });
      expect(await runtime.pending()).toEqual(actions);
      const next = paused(await runtime.approve({ executionId, actions: of(actions, 1) }));
      expect(next.pending).toMatchObject([{ seq: 0, kind: "in_doubt" }]);
    });
  });

  test.each([
    ["an empty list", () => ({ actions: [] }), "at least one"],
    ["one twice", ([first]: readonly unknown[]) => ({ actions: [first, first] }), "was given call 1 twice"],
    ["edited arguments", (pending: readonly unknown[]) => ({ actions: pending, args: {} }), "not both"],
    ["a seq, too", (pending: readonly unknown[]) => ({ actions: pending, seq: 1 }), "not both"],
    ["a digest, too", (pending: readonly unknown[]) => ({ actions: pending, digest: "d" }), "not both"],
    ["a lost list", () => ({ actions: undefined }), "that are undefined"],
  ])("%s", async (_name, given, says) => {
    await play(async ({ runtime, executionId, pending, unchanged }) => {
      const options = { executionId, ...given(pending) };
      const refusal = { code: "INVALID_INPUT", message: expect.stringContaining(says) };
      await expect(runtime.approve(options as never)).rejects.toMatchObject(refusal);
      await unchanged();
    });
  });

  test("what the types refuse, too: a list, and what names one action beside it", async () => {
    await play(async ({ runtime, executionId, pending: actions, unchanged }) => {
      const approvals: readonly CodemodeApproveOptions[] = [
        // @ts-expect-error Both name what is decided on.
        { executionId, actions, seq: 1 },
        // @ts-expect-error Arguments are edited of one action.
        { executionId, actions, args: {} },
        // @ts-expect-error What was seen is bound by its digest.
        { executionId, actions: [{ seq: 1 }] },
      ];
      const rejections: readonly CodemodeRejectOptions[] = [
        // @ts-expect-error Both name what is decided on.
        { executionId, actions, seq: 1 },
        // @ts-expect-error Nothing is rejected that is not named.
        { executionId, then: "throw" },
      ];
      const asked = [
        ...approvals.map((options) => runtime.approve(options)),
        ...rejections.map((options) => runtime.reject(options)),
      ];
      const codes = (await Promise.allSettled(asked)).map((one) => one.status === "rejected" && one.reason.code);
      expect(codes).toEqual(Array(5).fill("INVALID_INPUT"));
      await unchanged();
    });
  });

  test("more than a program may have open at once", async () => {
    const world = makeWorld();
    const place = newPlace();
    const { executionId, pending } = paused(
      await place.run(world.toolbox, (runtime) => runtime.execute({ code: FOUR })),
    );
    await place.run(
      world.toolbox,
      async (runtime) => {
        await expect(runtime.approve({ executionId, actions: pending })).rejects.toMatchObject({
          code: "INVALID_INPUT",
          message: expect.stringContaining("at most 3 actions at once"),
        });
        const [last] = paused(await runtime.approve({ executionId, actions: pending.slice(0, 3) })).pending;
        completed(await runtime.approve({ executionId, seq: 4, digest: last?.digest ?? "" }));
      },
      { limits: { maxCallsInFlight: 3 } },
    );
  });
});

test("what was shown without its arguments is not approved with the others, but rejected with them", async () => {
  const { toolbox, saved } = makeSaving();
  const place = newPlace();
  const { executionId, pending } = paused(
    await place.run(toolbox, (runtime) => runtime.execute({ code: SAVE_FOURTEEN })),
  );
  expect(pending.filter(({ argsLeftOut }) => argsLeftOut).map(({ seq }) => seq)).toEqual([26]);
  await evict(place);
  await place.run(toolbox, async (runtime) => {
    const [first] = pending;
    const last = of(pending, 26);
    const refused = failed(await runtime.approve({ executionId, actions: pending }));
    expect(refused).toMatchObject({
      code: "STALE_DECISION",
      error: expect.stringMatching(/the arguments of call 26 of .*shows whole; .* Nothing changed\.$/),
    });
    expect(saved).toEqual([]);
    expect(await runtime.reject({ executionId, actions: [...of(pending, 0), ...last], then: "throw" })).toBe(true);
    expect(await runtime.execution(executionId)).toMatchObject({ passes: 2 });
    expect(seqsOf(await runtime.pending(executionId))).not.toContain(first?.seq);
    const others = pending.slice(1, -1);
    const done = completed(await runtime.approve({ executionId, actions: others }));
    expect(done.result).toEqual(["rejected", ...Array(12).fill("fulfilled"), "rejected"]);
  });
});

describe("the later of two clients", () => {
  test("with the same list changes nothing: approve says NOT_PENDING, reject false", async () => {
    await play(async ({ runtime, executionId, pending, ran }) => {
      const actions = of(pending, 1, 2);
      paused(await runtime.approve({ executionId, actions, by: "ann" }));
      const before = await runtime.execution(executionId);
      expect(failed(await runtime.approve({ executionId, actions, by: "bob" }))).toMatchObject({
        code: "NOT_PENDING",
        error: `Calls 1, 2 of ${executionId} are applied, not pending. Look at pending() for what waits. Nothing changed.`,
      });
      expect(await runtime.reject({ executionId, actions, by: "bob" })).toBe(false);
      expect(await runtime.execution(executionId)).toEqual(before);
      expect(ran()).toEqual(pay("ada", "bob"));
    });
  });

  test("who would reject some that wait and one that does not is told which does not", async () => {
    await play(async ({ runtime, executionId, pending }) => {
      paused(await runtime.approve({ executionId, actions: of(pending, 2) }));
      const before = await runtime.execution(executionId);
      await expect(runtime.reject({ executionId, actions: pending })).rejects.toMatchObject({
        code: "NOT_PENDING",
        message: expect.stringContaining(`Call 2 of ${executionId} is applied`),
        data: { seqs: [2] },
      });
      expect(await runtime.execution(executionId)).toEqual(before);
    });
  });

  test("finds the run over, or gone", async () => {
    await play(async ({ runtime, executionId, pending }) => {
      await runtime.reject({ executionId, actions: pending });
      expect(failed(await runtime.approve({ executionId, actions: pending })).code).toBe("NOT_PENDING");
      expect(await runtime.reject({ executionId, actions: pending })).toBe(false);
      await runtime.deleteExecution(executionId);
      expect(failed(await runtime.approve({ executionId, actions: pending })).code).toBe("NOT_FOUND");
      expect(await runtime.reject({ executionId, actions: pending })).toBe(false);
    });
  });

  test.each([
    ["the same", [1, 2, 3, 4], [1, 2, 3, 4]],
    ["overlapping", [1, 2, 3], [3, 4]],
  ])("at once, with lists that are %s: one holds, whole, and nothing runs twice", async (_name, one, other) => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const { executionId, pending } = paused(await runtime.execute({ code: FOUR }));
      const second = runtimeIn(ctx, world.toolbox);
      const [first, late] = await Promise.all([
        runtime.approve({ executionId, actions: of(pending, ...one) }),
        second.approve({ executionId, actions: of(pending, ...other) }),
      ]);
      expect(first.status).not.toBe("error");
      expect(failed(late).code).toBe("NOT_PENDING");
      expect(world.calls().slice(1)).toEqual(pay(...["ada", "bob", "cy", "di"].slice(0, one.length)));
    });
  });

  test("at once, with the rest: both hold, and each action runs once", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const { executionId, pending } = paused(await runtime.execute({ code: FOUR }));
      const second = runtimeIn(ctx, world.toolbox);
      await Promise.all([
        runtime.approve({ executionId, actions: of(pending, 1, 3), by: "ann" }),
        second.approve({ executionId, actions: of(pending, 2, 4), by: "bob" }),
      ]);
      const execution = await runtime.execution(executionId);
      expect(execution?.status).toBe("completed");
      expect(execution?.log.slice(1).map(({ decision }) => decision?.by)).toEqual(["ann", "bob", "ann", "bob"]);
      expect(world.calls().slice(1).sort()).toEqual(pay("ada", "bob", "cy", "di").sort());
    });
  });
});

test("an eviction between what was shown and the decision, and after it, changes nothing", async () => {
  const world = makeWorld();
  const place = newPlace();
  const first = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code: FOUR })));
  const { executionId, pending } = first;
  await evict(place);
  await place.run(world.toolbox, async (runtime, ctx) => {
    paused(await runtime.approve({ executionId, actions: of(pending, 1, 2), by: "ann" }));
    await crashFacet(ctx);
  });
  await place.run(world.toolbox, async (runtime) => {
    expect(failed(await runtime.approve({ executionId, actions: of(pending, 1, 2) })).code).toBe("NOT_PENDING");
    expect(await runtime.pending()).toMatchObject([{ seq: 3 }, { seq: 4 }]);
    const done = completed(await runtime.approve({ executionId, actions: of(pending, 3, 4) }));
    expect(done.calls?.slice(1).map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
    expect(world.calls().slice(1)).toEqual(pay("ada", "bob", "cy", "di"));
  });
});

test("a decision is written before any of it runs: a crash at the first leaves the others approved", async () => {
  const world = makeWorld();
  const place = newPlace();
  const code = `async () => Promise.all(["a", "b", "c"].map((id) => slow.pay({ id })))`;
  const { executionId, pending } = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code })));
  await place.run(world.toolbox, async (runtime, ctx) => {
    const approving = runtime.approve({ executionId, actions: pending.slice(0, 2), by: "ann" }).catch(() => undefined);
    await world.gate.reached("a");
    await world.gate.reached("b");
    await crashFacet(ctx);
    await approving;
  });
  await place.run(world.toolbox, async (runtime) => {
    await runtime.recover();
    const execution = await runtime.execution(executionId);
    expect(execution?.log.map(({ decision }) => decision?.by)).toEqual(["ann", "ann", undefined]);
    expect((await runtime.pending()).map(({ kind }) => kind)).toEqual(["in_doubt", "in_doubt", "approval"]);
  });
});

interface Live {
  readonly runtime: CodemodeRuntimeHandle;
  readonly gate: Gate;
  readonly running: Promise<ProxyToolOutput>;
  readonly executionId: string;
  readonly pending: readonly PendingAction[];
}

describe("while a pass is live", () => {
  const LIVE = `async () => Promise.all([
    ...["a", "b", "c"].map((id) => slow.pay({ id }).catch((error) => error.code)),
    slow.see({ id: "s" }),
  ])`;

  /** A run whose actions 0 to 2 wait while a read goes on. */
  const live = (body: (scene: Live) => Promise<void>): Promise<void> => {
    const { toolbox, gate } = makeWorld();
    return withRuntime(toolbox, async (runtime) => {
      const running = runtime.execute({ code: LIVE });
      await gate.reached("s");
      const pending = await runtime.pending();
      const [{ executionId } = { executionId: "" }] = pending;
      await body({ runtime, gate, running, executionId, pending });
    });
  };

  test("several are approved in it, and what is refused leaves it alone", async () => {
    await live(async ({ runtime, gate, running, executionId, pending }) => {
      const forged = pending.map((action, at) => ({ ...action, ...(at === 2 && { digest: "0".repeat(40) }) }));
      expect(failed(await runtime.approve({ executionId, actions: forged }))).toMatchObject({
        code: "STALE_DECISION",
        error: expect.stringContaining("Call 2 of"),
      });
      expect(await runtime.pending()).toEqual(pending);
      const approving = runtime.approve({ executionId, actions: of(pending, 0, 2) });
      await gate.reached("c");
      expect(seqsOf(await runtime.pending())).toEqual([1]);
      const rejecting = runtime.reject({ executionId, actions: of(pending, 1), then: "throw" });
      await eventually(
        () => runtime.pending(),
        ({ length }) => length === 0,
      );
      await gate.openInOrder("c", "a", "s");
      expect(completed(await running).result).toEqual(["a", "REJECTED", "c", "s"]);
      expect(completed(await approving).result).toEqual(["a", "REJECTED", "c", "s"]);
      expect(await rejecting).toBe(true);
      expect(await runtime.execution(executionId)).toMatchObject({ passes: 1 });
    });
  });

  test("several are rejected in it, and end it", async () => {
    await live(async ({ runtime, gate, running, executionId, pending }) => {
      expect(await runtime.reject({ executionId, actions: of(pending, 0, 1) })).toBe(true);
      expect(failed(await running).code).toBe("REJECTED");
      expect((await runtime.execution(executionId))?.log.map(({ state }) => state).slice(0, 3)).toEqual([
        "rejected",
        "rejected",
        "pending",
      ]);
      gate.open("s");
    });
  });
});
