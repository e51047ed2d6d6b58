/** What `onEvent` hears of real runs: every event in its place, and nothing that anybody wrote or read. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import { installProbe, makeProbe } from "../faults/taps.ts";
import { makeSaving, saveAtOnce } from "../runtime/saving.ts";
import { completed, crashFacet, eventually, evict, failed, paused } from "../support/drive.ts";
import { earOf } from "../support/ear.ts";
import { connectorsOf, newPlace, runtimeIn, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { watch } from "./watched.ts";

const SECRET = "sk-planted-4711";

describe("a run", () => {
  test("tells of its start, its pass, its calls in parallel and its end", async () => {
    const world = makeWorld();
    const seen = watch();
    await withRuntime(
      world.toolbox,
      async (runtime) => {
        const running = runtime.execute({
          code: `async () => { await Promise.all([slow.see({ id: "a" }), slow.log({ id: "b" })]); return codemode.search("pay"); }`,
        });
        await world.gate.openInOrder("b", "a");
        completed(await running);
      },
      seen.options,
    );
    expect(seen.lines()).toEqual([
      "execution.started",
      "pass.started start 0",
      "pass.loaded",
      "call.started 0 slow see 1",
      "call.started 1 slow log 1",
      "call.settled 1 slow log true",
      "call.settled 0 slow see true",
      "pass.ended completed",
      "execution.ended completed",
    ]);
    const times = seen.events.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const [ended] = seen.of("execution.ended");
    const [passed] = seen.of("pass.ended");
    expect(ended?.durationMs).toBeGreaterThanOrEqual(passed?.durationMs ?? Number.POSITIVE_INFINITY);
    expect(new Set(seen.events.map(({ executionId }) => executionId)).size).toBe(1);
  });

  test("that fails tells the code of each failure, and no code that a tool made up", async () => {
    const seen = watch();
    const toolbox = {
      api: {
        get: {
          execute: () => {
            throw Object.assign(new Error(SECRET), { code: SECRET });
          },
        },
      },
    };
    const outcome = await withRuntime(
      toolbox,
      (runtime) => runtime.execute({ code: "async () => api.get({})" }),
      seen.options,
    );
    failed(outcome);
    expect(seen.lines().slice(3)).toEqual([
      "call.started 0 api get 1",
      "call.settled 0 api get false TOOL_ERROR",
      "pass.ended error",
      "execution.ended error PROGRAM_ERROR",
    ]);
    expect(JSON.stringify(seen.events)).not.toContain(SECRET);
  });

  test("that never had a pass ends all the same: in error, or refused", async () => {
    const seen = watch();
    await withRuntime(
      {},
      async (runtime) => {
        failed(await runtime.execute({ code: "async () => {" }));
        failed(await runtime.execute({ code: `async () => "${"x".repeat(2_000)}"` }));
      },
      { ...seen.options, limits: { maxProgramBytes: 1_000 } },
    );
    expect(seen.lines()).toEqual([
      "execution.started",
      "execution.ended error SYNTAX_ERROR",
      "execution.started",
      "execution.ended refused PROGRAM_TOO_LARGE",
    ]);
  });
});

describe("a decision", () => {
  test("is told before the pass that it starts, and each approval is asked for once", async () => {
    const world = makeWorld();
    const seen = watch();
    const place = newPlace();
    const code = `async () => Promise.all([bank.pay({ to: "ada" }), bank.pay({ to: "bob" }), bank.see({})])`;
    const { executionId } = await place.run(
      world.toolbox,
      async (runtime) => paused(await runtime.execute({ code })),
      seen.options,
    );
    expect(seen.lines()).toEqual([
      "execution.started",
      "pass.started start 0",
      "pass.loaded",
      "call.started 2 bank see 1",
      "call.settled 2 bank see true",
      "approval.requested 0 bank pay approval",
      "approval.requested 1 bank pay approval",
      "pass.ended paused",
    ]);
    seen.events.length = 0;
    await evict(place);
    await place.run(
      world.toolbox,
      async (runtime) => paused(await runtime.approve({ executionId, seq: 0, by: "eve", reason: SECRET })),
      seen.options,
    );
    expect(seen.lines()).toEqual([
      "approval.decided 0 bank pay approved",
      "pass.started decision 1",
      "pass.loaded",
      "call.started 0 bank pay 1",
      "call.settled 0 bank pay true",
      "pass.ended paused",
    ]);
    const [decided] = seen.of("approval.decided");
    expect(decided?.waitedMs).toBe(Number(decided?.at) - Number(decided?.askedAt));
    expect(JSON.stringify(seen.events)).not.toMatch(/eve|sk-planted/);
    seen.events.length = 0;
    await place.run(world.toolbox, (runtime) => runtime.reject({ executionId, seq: 1 }), seen.options);
    expect(seen.lines()).toEqual(["approval.decided 1 bank pay rejected", "execution.ended rejected"]);
  });

  test("about several is told of each of them, before the one pass that it starts; of others, and refused, of none", async () => {
    const world = makeWorld();
    const seen = watch();
    const code = `async () => Promise.all(["ada", "bob", "cy"].map((to) => bank.pay({ to })))`;
    await withRuntime(
      world.toolbox,
      async (runtime) => {
        const { executionId, pending } = paused(await runtime.execute({ code }));
        seen.events.length = 0;
        const forged = pending.map((action) => ({ ...action, digest: action.seq === 2 ? "another" : action.digest }));
        failed(await runtime.approve({ executionId, actions: forged }));
        expect(seen.lines()).toEqual([]);
        paused(await runtime.approve({ executionId, actions: pending.slice(1) }));
        expect(seen.lines().slice(0, 3)).toEqual([
          "approval.decided 1 bank pay approved",
          "approval.decided 2 bank pay approved",
          "pass.started decision 0",
        ]);
        expect(seen.of("approval.decided")).toHaveLength(2);
        expect(seen.of("pass.started")).toHaveLength(1);
      },
      seen.options,
    );
  });

  test("that was refused is not told", async () => {
    const world = makeWorld();
    const seen = watch();
    await withRuntime(
      world.toolbox,
      async (runtime) => {
        const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
        seen.events.length = 0;
        failed(await runtime.approve({ executionId, digest: "another" }));
        failed(await runtime.approve({ executionId, seq: 0, args: { to: 7 } }));
        failed(await runtime.approve({ executionId: "exec_none" }));
        expect(seen.lines()).toEqual([]);
        const both = await Promise.all([
          runtime.approve({ executionId, seq: 0 }),
          runtime.approve({ executionId, seq: 0 }),
        ]);
        expect(both.map(({ status }) => status).sort()).toEqual(["completed", "error"]);
      },
      seen.options,
    );
    expect(seen.of("approval.decided")).toHaveLength(1);
  });

  test.each([
    ["by the handle that runs it", (runtime: CodemodeRuntimeHandle) => runtime],
    [
      "by another handle, as another request has it",
      (_runtime: CodemodeRuntimeHandle, ...of: Parameters<typeof runtimeIn>) => runtimeIn(...of),
    ],
  ])("on a run that goes on meanwhile is told with its question, %s", async (_who, handleOf) => {
    const world = makeWorld();
    const seen = watch();
    await withRuntime(
      world.toolbox,
      async (runtime, ctx) => {
        const running = runtime.execute({
          code: `async () => Promise.all([slow.log({ id: "x" }), bank.pay({ to: "ada" })])`,
        });
        await world.gate.reached("x");
        const deciding = handleOf(runtime, ctx, world.toolbox, seen.options);
        const [action] = await deciding.pending();
        const approving = deciding.approve({ executionId: String(action?.executionId), seq: 1 });
        while (!world.calls().some((call) => call.startsWith("pay"))) await runtime.pending();
        world.gate.open("x");
        completed(await running);
        completed(await approving);
      },
      seen.options,
    );
    expect(seen.lines()).toEqual([
      "execution.started",
      "pass.started start 0",
      "pass.loaded",
      "call.started 0 slow log 1",
      "approval.requested 1 bank pay approval",
      "approval.decided 1 bank pay approved",
      "call.started 1 bank pay 1",
      "call.settled 1 bank pay true",
      "call.settled 0 slow log true",
      "pass.ended completed",
      "execution.ended completed",
    ]);
  });

  test("on a run for which no isolate is free is told before it waits for one, and before it ends there", async () => {
    const world = makeWorld();
    const seen = watch();
    const names = Array.from({ length: 8 }, (_, n) => `s${n}`);
    await withRuntime(
      world.toolbox,
      async (runtime) => {
        const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
        const stuck = names.map((id) => runtime.execute({ code: `async () => slow.see({ id: "${id}" })` }));
        await world.gate.reached(...names);
        seen.events.length = 0;
        const approving = runtime.approve({ executionId });
        await eventually(
          () => runtime.execution(executionId),
          (found) => found?.status === "running",
        );
        expect(await runtime.cancel({ executionId })).toBe(true);
        failed(await approving);
        expect(seen.lines()).toEqual([
          "approval.decided 0 bank pay approved",
          "pass.queued 0",
          "execution.ended error CANCELLED",
        ]);
        for (const name of names) world.gate.open(name);
        await Promise.all(stuck);
      },
      seen.options,
    );
  });

  test("by the digest of an action that was shown without its arguments among those of other runs is told, too", async () => {
    const seen = watch();
    const { toolbox } = makeSaving();
    await withRuntime(
      toolbox,
      async (runtime) => {
        const { executionId } = paused(await runtime.execute({ code: saveAtOnce(1) }));
        paused(await runtime.execute({ code: saveAtOnce(13) }));
        const shown = (await runtime.pending()).find((action) => action.executionId === executionId);
        expect(shown?.argsLeftOut).toBe(true);
        seen.events.length = 0;
        expect(await runtime.reject({ executionId, seq: 0, digest: shown?.digest ?? "" })).toBe(true);
      },
      seen.options,
    );
    expect(seen.lines()).toEqual(["approval.decided 0 ask save rejected", "execution.ended rejected"]);
  });

  test("to throw lets the run go on", async () => {
    const world = makeWorld();
    const seen = watch();
    await withRuntime(
      world.toolbox,
      async (runtime) => {
        const { executionId } = paused(
          await runtime.execute({ code: `async () => bank.pay({ to: "ada" }).catch(() => "no")` }),
        );
        seen.events.length = 0;
        expect(await runtime.reject({ executionId, seq: 0, then: "throw" })).toBe(true);
      },
      seen.options,
    );
    expect(seen.lines()).toEqual([
      "approval.decided 0 bank pay rejected",
      "pass.started decision 1",
      "pass.loaded",
      "pass.ended completed",
      "execution.ended completed",
    ]);
  });
});

describe("ends that are not the program's own", () => {
  test("a rollback tells of each revert, and of those that failed", async () => {
    const world = makeWorld();
    const seen = watch();
    const toolbox = {
      ...world.toolbox,
      stuck: {
        push: {
          execute: () => SECRET,
          revert: () => {
            throw new Error(SECRET);
          },
        },
      },
    };
    await withRuntime(
      toolbox,
      async (runtime) => {
        const { executionId } = completed(
          await runtime.execute({
            code: "async () => { await bank.log({}); await stuck.push({}); await bank.put({}); }",
          }),
        );
        seen.events.length = 0;
        await runtime.rollback({ executionId });
      },
      seen.options,
    );
    expect(seen.lines()).toEqual([
      "call.reverted 1 stuck push false",
      "call.reverted 0 bank log true",
      "execution.rolled_back 1 1",
    ]);
    expect(JSON.stringify(seen.events)).not.toContain(SECRET);
  });

  test("cancel, expiry and deletion end what they end", async () => {
    const world = makeWorld();
    const seen = watch();
    const ask = `async () => bank.pay({ to: "ada" })`;
    await withRuntime(
      world.toolbox,
      async (runtime) => {
        const first = paused(await runtime.execute({ code: ask }));
        const second = paused(await runtime.execute({ code: ask }));
        const third = paused(await runtime.execute({ code: ask }));
        seen.events.length = 0;
        await runtime.cancel({ executionId: first.executionId });
        await runtime.deleteExecution(second.executionId);
        expect(await runtime.expirePaused({ maxAgeMs: 0 })).toEqual([third.executionId]);
      },
      seen.options,
    );
    expect(seen.lines()).toEqual([
      "execution.ended error CANCELLED",
      "execution.ended rejected",
      "execution.ended rejected",
    ]);
  });

  test("a crash interrupts the pass, and a recovery goes on; a call in doubt is asked for", async () => {
    const world = makeWorld();
    const seen = watch();
    await withRuntime(
      world.toolbox,
      async (runtime, ctx) => {
        const running = runtime.execute({
          code: `async () => [await slow.put({ id: "x" }), await slow.log({ id: "y" })]`,
        });
        await world.gate.reached("x");
        await crashFacet(ctx);
        world.gate.open("x");
        await world.gate.openInOrder("x");
        await world.gate.reached("y");
        await crashFacet(ctx);
        world.gate.open("y");
        const { executionId } = paused(await running);
        completed(await runtime.resolve({ executionId, seq: 1, as: "ran", result: 1 }));
      },
      seen.options,
    );
    // When the dead pass's call comes back is anybody's guess.
    expect(seen.lines().filter((line) => !line.startsWith("call.settled"))).toEqual([
      "execution.started",
      "pass.started start 0",
      "pass.loaded",
      "call.started 0 slow put 1",
      "pass.ended interrupted",
      "pass.started recovery 0",
      "pass.loaded",
      "call.started 0 slow put 2",
      "call.started 1 slow log 1",
      "pass.ended interrupted",
      "pass.started recovery 1",
      "pass.loaded",
      "approval.requested 1 slow log in_doubt",
      "pass.ended paused",
      "approval.decided 1 slow log resolved",
      "pass.started decision 2",
      "pass.loaded",
      "pass.ended completed",
      "execution.ended completed",
    ]);
  });
});

/** Loses what the facet sends when it asks for an isolate, as often as it is told to beforehand. */
function loseAskedPasses(): { times: number } {
  const left = { times: 0 };
  const trace: string[] = [];
  const strikes: number[] = [];
  const push = trace.push.bind(trace);
  trace.push = (reached) => {
    const length = push(reached);
    if (reached === "port.runPass before" && left.times > 0) {
      left.times -= 1;
      strikes.push(length - 1);
    }
    return length;
  };
  onTestFinished(installProbe(makeProbe({ trace, strikes, fault: "break" })));
  return left;
}

test("why a pass began is what the runtime says: of one whose forerunner was never seen, too, that it is a recovery", async () => {
  const world = makeWorld();
  const seen = watch();
  const lost = loseAskedPasses();
  await withRuntime(
    world.toolbox,
    async (runtime) => {
      lost.times = 1;
      const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
      lost.times = 1;
      completed(await runtime.approve({ executionId }));
    },
    seen.options,
  );
  expect(seen.lines().filter((line) => /^(pass.started|execution)/.test(line))).toEqual([
    "execution.started",
    "pass.started recovery 0",
    "pass.started recovery 0",
    "execution.ended completed",
  ]);
});

test("nothing of the program, its arguments, results, logs or errors is in any event", async () => {
  const seen = watch();
  const outcome = await withRuntime(
    { api: { get: { execute: () => SECRET }, ask: { requiresApproval: true, execute: () => SECRET } } },
    async (runtime) => {
      const code = `async () => {
        console.log("${SECRET}");
        await api.get({ key: "${SECRET}" });
        await codemode.step("${SECRET}", () => "${SECRET}");
        await api.none({ key: "${SECRET}" }).catch(() => {});
        await api.ask({ ["${SECRET}"]: 1 });
        throw Object.assign(new Error("${SECRET}"), { code: "${SECRET}" });
      }`;
      const { executionId } = paused(await runtime.execute({ code }));
      return runtime.approve({ executionId, seq: 3, args: { edited: SECRET }, by: SECRET, reason: SECRET });
    },
    seen.options,
  );
  expect(failed(outcome).error).toContain(SECRET);
  expect(seen.of("call.settled")).toHaveLength(2);
  expect(JSON.stringify(seen.events)).not.toContain(SECRET);
});

describe("a run that somebody watches", () => {
  test("has its tools told when it is cancelled, and its connectors when it ends", async () => {
    const world = makeWorld();
    const seen = watch();
    const heard: string[] = [];
    await withRuntime(
      [...connectorsOf(world.toolbox), earOf(heard)],
      async (runtime) => {
        const running = runtime.execute({ code: `async () => slow.log({ id: "x" })` });
        await world.gate.reached("x");
        const [run] = await runtime.executions();
        expect(await runtime.cancel({ executionId: String(run?.id) })).toBe(true);
        expect(failed(await running).code).toBe("CANCELLED");
        expect(world.seen.map(({ signal }) => signal.aborted)).toEqual([true]);
        world.gate.open("x");
      },
      seen.options,
    );
    expect(heard).toEqual(["pass ended error", "dispose error"]);
  });

  test("finds the snippets that were saved", async () => {
    await withRuntime(
      {},
      async (runtime) => {
        const { executionId } = completed(await runtime.execute({ code: "async () => 1" }));
        await runtime.saveSnippet("weekly_report", { executionId, description: "The report of the week" });
        const { result } = completed(
          await runtime.execute({ code: `async () => codemode.search("report of the week")` }),
        );
        expect(JSON.stringify(result)).toContain("weekly_report");
      },
      watch().options,
    );
  });
});

describe("a listener", () => {
  const faulty = {
    throws: () => {
      throw new Error("listener");
    },
    rejects: async () => {
      throw new Error("listener");
    },
  };
  test.each(["throws", "rejects"] as const)("that %s changes nothing, and is reported once", async (how) => {
    const world = makeWorld();
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    try {
      const code = `async () => [await bank.log({}), await bank.see({})]`;
      const outcome = await withRuntime(world.toolbox, (runtime) => runtime.execute({ code }), {
        onEvent: faulty[how],
      });
      expect(completed(outcome).result).toEqual(["log done", "see done"]);
      expect(warn.mock.calls.filter(([text]) => String(text).startsWith("codemode: onEvent"))).toHaveLength(1);
    } finally {
      warn.mockRestore();
    }
  });

  test("must be a function", async () => {
    // @ts-expect-error: a caller without types may hand over anything
    await expect(withRuntime({}, async () => "made", { onEvent: "console" })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });
});
