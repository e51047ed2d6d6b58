/** What a runtime remembers: snippets, lists, retention, lifecycle hooks, and results shaped for the model. */

import { describe, expect, test } from "vitest";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { completed, eventually, failed, paused } from "../support/drive.ts";
import { facetIn } from "../support/facet.ts";
import { makeGate } from "../support/gate.ts";
import { forgetLimits } from "../support/older.ts";
import { runtimeIn, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { runOverCrash, startAndAbandon } from "./abandon.ts";

describe("snippets", () => {
  const SCHEMA = { type: "object", properties: { to: { type: "string" } }, required: ["to"] };

  test("are saved from an execution, listed, replaced by name, and deleted", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const code = "async (input) => ({ said: input })";
      const { executionId } = completed(await runtime.execute({ code }));
      const saved = await runtime.saveSnippet("echo", {
        executionId,
        description: "Says it again",
        inputSchema: SCHEMA,
      });
      expect(saved).toEqual({
        name: "echo",
        description: "Says it again",
        code,
        savedAt: expect.any(Number),
        inputSchema: SCHEMA,
        connectors: ["bank", "slow"],
      });
      expect(await runtime.snippets()).toEqual([saved]);
      expect(
        completed(await runtime.execute({ code: `async () => codemode.run("echo", { to: "x" })` })).result,
      ).toEqual({ said: { to: "x" } });
      const other = completed(await runtime.execute({ code: "async () => 2" }));
      await runtime.saveSnippet("echo", { executionId: other.executionId });
      expect(await runtime.snippets()).toMatchObject([{ name: "echo", code: "async () => 2" }]);
      expect(await runtime.deleteSnippet("echo")).toBe(true);
      expect(await runtime.deleteSnippet("echo")).toBe(false);
      expect(await runtime.snippets()).toEqual([]);
    });
  });

  test("a program that began before any was saved hears so", async () => {
    await withRuntime({}, async (runtime) => {
      const { error } = failed(await runtime.execute({ code: `async () => codemode.run("report")` }));
      expect(error).toBe('There is no snippet "report" in this execution: none had been saved when it began.');
    });
  });

  test("all together are bounded, because every run carries them; what is within the bound, a run carries", async () => {
    await withRuntime({}, async (runtime) => {
      const ids: string[] = [];
      for (let n = 0; n < 5; n += 1) {
        const code = `async () => ${n} /* \u4e16${"x".repeat(890_000)} */`;
        ids.push(completed(await runtime.execute({ code })).executionId);
      }
      const save = (name: string, n: number) => runtime.saveSnippet(name, { executionId: ids[n] ?? "" });
      for (let n = 0; n < 4; n += 1) await save(`s${n}`, n);
      await expect(save("s4", 4)).rejects.toMatchObject({
        code: "PROGRAM_TOO_LARGE",
        message: expect.stringMatching(/deleteSnippet.*Nothing changed\.$/),
      });
      // One that is replaced counts no longer; the same program under another name does, as whoever lists them gets it twice.
      await save("s0", 4);
      await expect(save("again", 3)).rejects.toMatchObject({ code: "PROGRAM_TOO_LARGE" });
      expect((await runtime.snippets()).map(({ name }) => name)).toEqual(["s0", "s1", "s2", "s3"]);
      const run = `async () => Promise.all(["s0", "s1", "s2", "s3"].map((name) => codemode.run(name)))`;
      expect(completed(await runtime.execute({ code: run })).result).toEqual([4, 1, 2, 3]);
      await expect(save("s5", 0)).rejects.toMatchObject({ code: "PROGRAM_TOO_LARGE" });
      await runtime.deleteSnippet("s1");
      await save("s5", 0);
    });
  }, 240_000);

  test("what is said of them is bounded with them: a search by a program carries all of it, and read as a host that is gone", async () => {
    await withRuntime({}, async (runtime) => {
      const { executionId } = completed(await runtime.execute({ code: "async () => 1" }));
      const inputSchema = { type: "object", description: `\u4e16${"x".repeat(980_000)}` };
      const save = (name: string) => runtime.saveSnippet(name, { executionId, inputSchema });
      for (let n = 0; n < 4; n += 1) await save(`s${n}`);
      await expect(save("s4")).rejects.toMatchObject({
        code: "PROGRAM_TOO_LARGE",
        message: expect.stringMatching(/input schemas may come to 4000000 bytes together.*Nothing changed\.$/),
      });
      expect(await runtime.snippets()).toHaveLength(4);
      expect(await runtime.search("", { connector: "snippet" })).toMatchObject({ total: 4 });
      const outcome = await runtime.execute({
        code: `async () => (await codemode.search("", { connector: "snippet" })).total`,
      });
      expect(completed(outcome).result).toBe(4);
    });
  });

  test("input that does not fit, names that do not exist and connectors that are missing are errors of the program", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const { executionId } = completed(await runtime.execute({ code: "async (input) => input" }));
      await runtime.saveSnippet("send_report", { executionId, inputSchema: SCHEMA });
      const tell = (call: string) =>
        `async () => { try { return await ${call}; } catch (error) { return { code: error.code, message: error.message }; } }`;
      const invalid = completed(await runtime.execute({ code: tell(`codemode.run("send_report", { to: 5 })`) }));
      expect(invalid.result).toMatchObject({ code: "INVALID_ARGUMENTS", message: expect.stringContaining("input.to") });
      expect(Reflect.get(Object(invalid.result), "message")).not.toMatch(/\.\.$/);
      const other = completed(await runtime.execute({ code: tell(`codemode.run("q")`) }));
      expect(other.result).toMatchObject({
        message: expect.stringMatching(/codemode\.search finds them: "send_report"\.$/),
      });
      const long = completed(await runtime.execute({ code: tell(`codemode.run("x".repeat(100_000))`) }));
      expect(long.result).toMatchObject({ message: expect.stringMatching(/^There is no snippet "x{200}…" in this/) });
      const near = completed(await runtime.execute({ code: tell(`codemode.run("send_reports", { to: "x" })`) }));
      expect(near.result).toMatchObject({
        code: "UNKNOWN_TARGET",
        message: expect.stringMatching(/Did you mean "send_report"\?$/),
      });
      const elsewhere = runtimeIn(ctx, world.toolbox.slow === undefined ? {} : { slow: world.toolbox.slow });
      const missing = completed(await elsewhere.execute({ code: tell(`codemode.run("send_report", { to: "x" })`) }));
      expect(missing.result).toMatchObject({ code: "MISSING_CONNECTOR", message: expect.stringContaining("bank") });
    });
  });

  test("a snippet may run another, and an error inside one names the snippet's own failure", async () => {
    await withRuntime({}, async (runtime) => {
      const save = async (name: string, code: string) =>
        runtime.saveSnippet(name, { executionId: (await runtime.execute({ code })).executionId });
      await save("inner", "async (n) => { if (n > 1) throw new RangeError('too deep'); return n + 1; }");
      await save("outer", `async (n) => codemode.run("inner", n)`);
      expect(completed(await runtime.execute({ code: `async () => codemode.run("outer", 1)` })).result).toBe(2);
      expect(failed(await runtime.execute({ code: `async () => codemode.run("outer", 2)` })).error).toBe(
        'too deep (line 1 of the snippet "inner")',
      );
    });
  });
});

describe("programs that do not compile", () => {
  test("cannot be saved as snippets", async () => {
    await withRuntime({}, async (runtime) => {
      const { executionId } = failed(await runtime.execute({ code: "async () => {" }));
      await expect(runtime.saveSnippet("bad", { executionId })).rejects.toMatchObject({ code: "SYNTAX_ERROR" });
      expect(await runtime.snippets()).toEqual([]);
    });
  });

  test("a snippet that today's limits refuse does not stop other programs", async () => {
    await withRuntime({}, async (runtime, ctx) => {
      const { executionId } = completed(await runtime.execute({ code: `async () => "${"x".repeat(500)}".length` }));
      await runtime.saveSnippet("long", { executionId });
      const small = runtimeIn(ctx, {}, { limits: { maxProgramBytes: 200 } });
      expect(completed(await small.execute({ code: "async () => 1" })).result).toBe(1);
      expect(failed(await small.execute({ code: `async () => codemode.run("long")` })).code).toBe("UNKNOWN_TARGET");
      expect(completed(await runtime.execute({ code: `async () => codemode.run("long")` })).result).toBe(500);
    });
  });

  test("a paused program of a version that kept no limits, which today's refuse, ends by an error, and is not tried for ever", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const { executionId } = paused(
        await runtime.execute({ code: `async () => bank.pay({ to: "${"x".repeat(500)}" })` }),
      );
      await forgetLimits(ctx);
      const small = runtimeIn(ctx, world.toolbox, { limits: { maxProgramBytes: 200 } });
      expect(failed(await small.approve({ executionId })).code).toBe("PROGRAM_TOO_LARGE");
      expect(await runtime.recover()).toEqual([]);
      expect(await runtime.execution(executionId)).toMatchObject({ status: "error" });
      expect(world.calls()).toEqual([]);
    });
  });
});

describe("lists and retention", () => {
  test("listExecutions pages from the newest to the oldest, each once, also when others begin in between", async () => {
    await withRuntime({}, async (runtime) => {
      const ids: string[] = [];
      for (let i = 0; i < 7; i += 1) ids.unshift((await runtime.execute({ code: `async () => ${i}` })).executionId);
      const seen: string[] = [];
      let page = await runtime.listExecutions({ limit: 3 });
      for (;;) {
        seen.push(...page.executions.map(({ id }) => id));
        if (page.cursor === undefined) break;
        await runtime.execute({ code: "async () => 'in between'" });
        page = await runtime.listExecutions({ limit: 3, cursor: page.cursor });
      }
      expect(seen).toEqual(ids);
      expect(page.executions[0]).not.toHaveProperty("log");
      expect((await runtime.executions(2)).length).toBe(2);
    });
  });

  test("a page is of one status where one is named, from the newest to the oldest, and goes on with its cursor", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const ids: Record<string, string[]> = { completed: [], error: [], paused: [] };
      const codes = ["async () => 1", 'async () => { throw new Error("no") }', 'async () => bank.pay({ to: "ada" })'];
      for (let round = 0; round < 3; round += 1) {
        for (const code of codes) {
          const { status, executionId } = await runtime.execute({ code });
          ids[status]?.unshift(executionId);
        }
      }
      for (const status of ["completed", "error", "paused"] as const) {
        const first = await runtime.listExecutions({ status, limit: 2 });
        const second = await runtime.listExecutions({ status, limit: 2, cursor: String(first.cursor) });
        const both = [...first.executions, ...second.executions];
        expect(both.map(({ id }) => id)).toEqual(ids[status]);
        expect(new Set(both.map((execution) => execution.status))).toEqual(new Set([status]));
        expect(second.cursor).toBeUndefined();
      }
      expect(await runtime.listExecutions({ status: "rejected" })).toEqual({ executions: [] });
      expect((await runtime.listExecutions()).executions).toHaveLength(9);
    });
  });

  test("a page has 20 executions unless told otherwise, and 200 at most", async () => {
    await withRuntime({}, async (runtime) => {
      for (let i = 0; i < 21; i += 1) await runtime.execute({ code: "async () => 1" });
      const { executions, cursor } = await runtime.listExecutions();
      expect(executions).toHaveLength(20);
      expect(cursor).toBe(String(2));
      expect((await runtime.listExecutions({ limit: 200 })).executions).toHaveLength(21);
      await expect(runtime.listExecutions({ limit: 201 })).rejects.toMatchObject({ code: "INVALID_INPUT" });
      expect(await runtime.executions(0)).toEqual([]);
    });
  });

  test("where no ended execution is to be kept, none is", async () => {
    await withRuntime(
      {},
      async (runtime) => {
        completed(await runtime.execute({ code: "async () => 1" }));
        expect(await runtime.pruneExecutions()).toBe(1);
        expect(await runtime.executions()).toEqual([]);
      },
      { maxExecutions: 0 },
    );
  });

  test("a page that is exactly full has no page after it that is empty", async () => {
    await withRuntime({}, async (runtime) => {
      for (let i = 0; i < 4; i += 1) await runtime.execute({ code: "async () => 1" });
      const first = await runtime.listExecutions({ limit: 2 });
      const second = await runtime.listExecutions({ limit: 2, cursor: String(first.cursor) });
      expect(second.executions).toHaveLength(2);
      expect(second.cursor).toBeUndefined();
    });
  });

  test("the oldest ended executions make room when a new one begins, and paused ones are never pruned", async () => {
    const world = makeWorld();
    await withRuntime(
      world.toolbox,
      async (runtime) => {
        const held = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
        for (let i = 0; i < 5; i += 1) await runtime.execute({ code: `async () => ${i}` });
        const kept = await runtime.executions();
        expect(kept.filter(({ status }) => status === "completed").map(({ result }) => result)).toEqual([4, 3, 2]);
        expect(kept.at(-1)?.id).toBe(held.executionId);
        expect(await runtime.pruneExecutions()).toBe(1);
        expect(await runtime.pruneExecutions(0)).toBe(2);
        expect((await runtime.executions()).map(({ id }) => id)).toEqual([held.executionId]);
      },
      { maxExecutions: 2 },
    );
  });

  test("deleteExecution removes one execution, ends it first when it is live, and leaves the others alone", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const kept = completed(await runtime.execute({ code: "async () => 1" }));
      const running = runtime.execute({ code: `async () => slow.log({ id: "x" })` });
      await world.gate.reached("x");
      const live = String((await runtime.executions())[0]?.id);
      expect(await runtime.deleteExecution(live)).toBe(true);
      expect(failed(await running).code).toBe("CANCELLED");
      world.gate.open("x");
      expect(await runtime.execution(live)).toBeNull();
      expect((await runtime.executions()).map(({ id }) => id)).toEqual([kept.executionId]);
      expect(await runtime.deleteExecution(live)).toBe(false);
    });
  });

  test("runtimes of different names share nothing", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime, ctx) => {
      const other = runtimeIn(ctx, world.toolbox, { name: "other" });
      const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
      expect(await other.executions()).toEqual([]);
      expect(await other.pending()).toEqual([]);
      expect(await other.approve({ executionId })).toMatchObject({ code: "NOT_FOUND" });
      expect(await other.execution(executionId)).toBeNull();
      expect(world.calls()).toEqual([]);
    });
  });
});

/** A connector that writes down what its hooks hear. */
function listening(heard: string[]) {
  return class Listening extends CodemodeConnector {
    override name() {
      return "ear";
    }
    protected override tools() {
      return {
        ask: { requiresApproval: true, execute: () => "asked" },
        go: { execute: () => "gone", revert: () => {} },
      };
    }
    override async onPassEnd(_executionId: string, status: string) {
      heard.push(`pass ${status}`);
      throw new Error("a hook that fails changes nothing");
    }
    override async disposeExecution(_executionId: string, status: string) {
      heard.push(`end ${status}`);
    }
  };
}

describe("hooks", () => {
  test("onPassEnd is called at each pause and end, disposeExecution only at the end", async () => {
    const heard: string[] = [];
    await withRuntime([listening(heard)], async (runtime) => {
      const { executionId } = paused(
        await runtime.execute({ code: `async () => { await ear.ask(); await ear.ask(); }` }),
      );
      expect(heard).toEqual(["pass paused"]);
      paused(await runtime.approve({ executionId }));
      expect(heard).toEqual(["pass paused", "pass paused"]);
      completed(await runtime.approve({ executionId }));
      expect(heard).toEqual(["pass paused", "pass paused", "pass completed", "end completed"]);
    });
  });

  test("the deletion of a run that a crash interrupted, and that cannot be taken up, is its end", async () => {
    const heard: string[] = [];
    const world = makeWorld();
    await withRuntime(world.toolbox, async (_runtime, ctx) => {
      await startAndAbandon(world, ctx, `async () => slow.log({ id: "x" })`, ["x"]);
      const other = runtimeIn(ctx, [listening(heard)]);
      expect(await other.deleteExecution("exec_abandoned")).toBe(true);
      expect(heard).toEqual(["end error"]);
      expect(await other.executions()).toEqual([]);
    });
  });

  test("a decision that comes while the hooks of a pause still run is neither lost nor run by the pass that is over", async () => {
    const gate = makeGate();
    let ran = 0;
    class Slow extends CodemodeConnector {
      override name() {
        return "ear";
      }
      protected override tools() {
        return { ask: { requiresApproval: true, execute: () => `asked ${++ran}` } };
      }
      override async onPassEnd(_executionId: string, status: string) {
        if (status === "paused") await gate.pass("hook");
      }
    }
    await withRuntime([Slow], async (runtime) => {
      const running = runtime.execute({ code: `async () => ear.ask()` });
      await gate.reached("hook");
      const [action] = await runtime.pending();
      const approving = runtime.approve({ executionId: String(action?.executionId) });
      await runtime.executions();
      gate.open("hook");
      paused(await running);
      expect(completed(await approving).result).toBe("asked 1");
      const second = runtime.execute({ code: `async () => ear.ask()` });
      await gate.reached("hook");
      const cancelling = runtime.cancel({ executionId: String((await runtime.pending())[0]?.executionId) });
      await runtime.executions();
      gate.open("hook");
      paused(await second);
      expect(await cancelling).toBe(true);
      expect((await runtime.executions())[0]).toMatchObject({ status: "error", errorCode: "CANCELLED" });
      expect(ran).toBe(1);
    });
  });

  test.each([
    ["reject", "rejected"],
    ["cancel", "error"],
    ["expire", "rejected"],
    ["delete", "rejected"],
  ])("disposeExecution is called once when a paused run ends by %s", async (how, status) => {
    const heard: string[] = [];
    await withRuntime([listening(heard)], async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: `async () => ear.ask()` }));
      heard.length = 0;
      for (let times = 0; times < 2; times += 1) {
        if (how === "reject") await runtime.reject({ executionId, seq: 0 });
        if (how === "cancel") await runtime.cancel({ executionId });
        if (how === "expire") await runtime.expirePaused({ maxAgeMs: 0 });
        if (how === "delete") await runtime.deleteExecution(executionId);
      }
      expect(heard.filter((line) => line.startsWith("end"))).toEqual([`end ${status}`]);
    });
  });

  test("a failed run and a rollback are ends of their own", async () => {
    const heard: string[] = [];
    await withRuntime([listening(heard)], async (runtime) => {
      const { executionId } = failed(
        await runtime.execute({ code: `async () => { await ear.go(); throw new Error("no"); }` }),
      );
      expect(heard).toEqual(["pass error", "end error"]);
      await runtime.rollback({ executionId });
      expect(heard).toEqual(["pass error", "end error", "end rolled_back"]);
    });
  });
});

describe("transformResult", () => {
  test("shapes what the caller sees, after a pause too, and the journal keeps the whole result", async () => {
    const world = makeWorld();
    await withRuntime(
      world.toolbox,
      async (runtime) => {
        const { executionId } = paused(
          await runtime.execute({ code: `async () => [await bank.pay({ to: "ada" }), 2, 3]` }),
        );
        expect(completed(await runtime.approve({ executionId })).result).toBe("3 things");
        expect(await runtime.execution(executionId)).toMatchObject({ result: ["pay done", 2, 3] });
      },
      { transformResult: async (result) => `${(result as unknown[]).length} things` },
    );
  });

  test("is asked about what completed alone, also of a run that is taken up from a process that died", async () => {
    const world = makeWorld();
    const asked: unknown[] = [];
    const transformResult = (result: unknown) => ({ nth: asked.push(result) });
    await withRuntime(
      world.toolbox,
      async (runtime, ctx) => {
        paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
        failed(await runtime.execute({ code: `async () => { throw new Error("no"); }` }));
        expect(asked).toEqual([]);
        await startAndAbandon(world, ctx, `async () => [await slow.see({ id: "a" })]`, ["a"]);
        const recovering = runtime.recover();
        await world.gate.openInOrder("a");
        expect(await recovering).toMatchObject([{ status: "completed", result: { nth: 1 } }]);
        expect((await runOverCrash(world, ctx, runtime)).result).toEqual({ nth: 2 });
        expect(asked).toEqual([["a"], "x"]);
      },
      { transformResult },
    );
  });

  test("one that throws leaves the result as it is", async () => {
    await withRuntime(
      {},
      async (runtime) => expect(completed(await runtime.execute({ code: "async () => 7" })).result).toBe(7),
      {
        transformResult: () => {
          throw new Error("faulty");
        },
      },
    );
  });
});

test("a live execution is shown as it is now", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const running = runtime.execute({ code: `async () => { await bank.see({}); await slow.see({ id: "x" }); }` });
    await world.gate.reached("x");
    const [listed] = await runtime.executions();
    expect(listed).toMatchObject({ status: "running" });
    const live = await eventually(
      () => runtime.execution(String(listed?.id)),
      (found) => found?.log.length === 2,
    );
    expect(live?.log.map(({ state }) => state)).toEqual(["applied", "executing"]);
    expect((await runtime.executions())[0]?.log.map(({ state }) => state)).toEqual(["applied", "executing"]);
    world.gate.open("x");
    completed(await running);
  });
});

test("the seed of a program's chance stays in the facet: no answer of it has one", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime, ctx) => {
    const { executionId } = completed(await runtime.execute({ code: "async () => Math.random()" }));
    const facet = facetIn(ctx);
    const answers = [await facet.get(executionId), await facet.list(10), JSON.parse(await facet.listWhole(10))];
    for (const answer of answers) {
      const text = JSON.stringify(answer);
      expect(text).toContain(executionId);
      expect(text).not.toMatch(/seed|[0-9a-f]{64}/);
    }
  });
});
