/** Every public door, given what it cannot take: an error by its code, and nothing written. */
import { env } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createCodemodeRuntime } from "../../src/handle.ts";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import { completed, failed, paused } from "../support/drive.ts";
import { connectorsOf, runtimeIn, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { wrong } from "../support/wrong.ts";

/** Everything that the runtime remembers. */
const memory = async (runtime: CodemodeRuntimeHandle) => ({
  executions: await runtime.executions(),
  snippets: await runtime.snippets(),
});

const codeOf = async (attempt: () => Promise<unknown> | unknown): Promise<unknown> => {
  try {
    const answer = await attempt();
    return Reflect.get(Object(answer), "code") ?? answer;
  } catch (error) {
    return Reflect.get(Object(error), "code") ?? error;
  }
};

const NOT_TEXT = [undefined, null, 5, {}, [], () => 1, new Map()];

describe("execute", () => {
  test("code that is no text, too much text, or no options at all is refused, and no execution exists", async () => {
    await withRuntime(makeWorld().toolbox, async (runtime) => {
      for (const code of NOT_TEXT)
        expect(await codeOf(() => runtime.execute({ code: wrong(code) }))).toBe("INVALID_INPUT");
      for (const input of [undefined, null, "code", 5])
        expect(await codeOf(() => runtime.execute(wrong(input)))).toBe("INVALID_INPUT");
      const big = await runtime.execute({ code: `async () => "${"x".repeat(2_000_000)}"` });
      expect(big).toMatchObject({ status: "error", code: "PROGRAM_TOO_LARGE", executionId: "" });
      expect(await memory(runtime)).toEqual({ executions: [], snippets: [] });
    });
  });

  test("a program that does not parse is an error with its line, and is recorded as the run that it was", async () => {
    await withRuntime({}, async (runtime) => {
      const outcome = failed(await runtime.execute({ code: "async () => {\n  const x = ;\n}" }));
      expect(outcome).toMatchObject({ code: "SYNTAX_ERROR", line: 2 });
      expect(await runtime.execution(outcome.executionId)).toMatchObject({
        status: "error",
        errorCode: "SYNTAX_ERROR",
        log: [],
      });
    });
  });

  test("no text at all is refused, and no execution exists; a comment is a program that returns nothing", async () => {
    await withRuntime({}, async (runtime) => {
      for (const code of ["", "   ", "\n\n"]) {
        const refused = { status: "error", code: "INVALID_INPUT", executionId: "" };
        expect(await runtime.execute({ code })).toMatchObject(refused);
        expect(await runtime.tool().execute({ code })).toMatchObject(refused);
      }
      expect(await memory(runtime)).toEqual({ executions: [], snippets: [] });
      expect(completed(await runtime.execute({ code: "// nothing" })).result).toBeUndefined();
    });
  });
});

describe("decisions", () => {
  const PAY = { code: `async () => bank.pay({ to: "ada" })` };

  test("approve, reject, resolve and cancel refuse what is no id, and options that they do not have", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute(PAY));
      const before = await memory(runtime);
      for (const id of [...NOT_TEXT, ""]) {
        expect(await codeOf(() => runtime.approve({ executionId: wrong(id) }))).toBe("INVALID_INPUT");
        expect(await codeOf(() => runtime.reject({ executionId: wrong(id), seq: 0 }))).toBe("INVALID_INPUT");
        expect(await codeOf(() => runtime.resolve({ executionId: wrong(id), seq: 0, as: "run" }))).toBe(
          "INVALID_INPUT",
        );
        expect(await codeOf(() => runtime.cancel({ executionId: wrong(id) }))).toBe("INVALID_INPUT");
        expect(await codeOf(() => runtime.rollback({ executionId: wrong(id) }))).toBe("INVALID_INPUT");
        expect(await codeOf(() => runtime.execution(wrong(id)))).toBe("INVALID_INPUT");
        expect(await codeOf(() => runtime.deleteExecution(wrong(id)))).toBe("INVALID_INPUT");
      }
      // A misspelt option would otherwise read as "approve everything".
      expect(await codeOf(() => runtime.approve(wrong({ executionId, sequence: 0 })))).toBe("INVALID_INPUT");
      expect(await codeOf(() => runtime.reject(wrong({ executionId, seq: 0, when: "now" })))).toBe("INVALID_INPUT");
      for (const seq of ["0", -1, 0.5, Number.NaN, null]) {
        expect(await codeOf(() => runtime.approve({ executionId, seq: wrong(seq) }))).toBe("INVALID_INPUT");
        expect(await codeOf(() => runtime.reject({ executionId, seq: wrong(seq) }))).toBe("INVALID_INPUT");
      }
      expect(await codeOf(() => runtime.reject(wrong({ executionId })))).toBe("INVALID_INPUT");
      expect(await codeOf(() => runtime.reject({ executionId, seq: 0, then: wrong("later") }))).toBe("INVALID_INPUT");
      expect(await codeOf(() => runtime.resolve(wrong({ executionId, seq: 0, as: "maybe" })))).toBe("INVALID_INPUT");
      expect(await codeOf(() => runtime.resolve(wrong({ executionId, seq: 0, as: "fail", error: 5 })))).toBe(
        "INVALID_INPUT",
      );
      expect(await codeOf(() => runtime.approve(wrong(undefined)))).toBe("INVALID_INPUT");
      expect(await memory(runtime)).toEqual(before);
      expect(world.calls()).toEqual([]);
    });
  });

  test("a name, reason or digest that is no text, or far too much of it, is refused before it is written", async () => {
    await withRuntime(makeWorld().toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute(PAY));
      const before = await memory(runtime);
      for (const note of [5, {}, ["x"], "x".repeat(3_000_000)]) {
        for (const key of ["by", "reason", "digest"]) {
          expect(await codeOf(() => runtime.approve({ executionId, seq: 0, [key]: note }))).toBe("INVALID_INPUT");
          expect(await codeOf(() => runtime.reject({ executionId, seq: 0, [key]: note }))).toBe("INVALID_INPUT");
        }
      }
      expect(await memory(runtime)).toEqual(before);
    });
  });

  test("edited arguments and results that cannot be recorded are refused", async () => {
    await withRuntime(makeWorld().toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute(PAY));
      const before = await memory(runtime);
      expect(await codeOf(() => runtime.approve({ executionId, seq: 0, args: { to: () => "ada" } }))).toBe(
        "UNSERIALIZABLE",
      );
      const cyclic: Record<string, unknown> = { to: "ada" };
      cyclic.self = cyclic;
      expect(await codeOf(() => runtime.approve({ executionId, seq: 0, args: cyclic }))).toBe("INVALID_ARGUMENTS");
      expect(await codeOf(() => runtime.resolve({ executionId, seq: 0, as: "ran", result: Symbol("s") }))).toBe(
        "UNSERIALIZABLE",
      );
      expect(await memory(runtime)).toEqual(before);
    });
  });

  test("an id that does not exist is said to be none, also beside a seq and edited arguments, and is told only in part", async () => {
    await withRuntime(makeWorld().toolbox, async (runtime) => {
      const executionId = "x".repeat(1_000_000);
      for (const outcome of [
        await runtime.approve({ executionId }),
        await runtime.approve({ executionId, seq: 0, args: { to: "ada" } }),
        await runtime.resolve({ executionId, seq: 0, as: "run" }),
      ]) {
        expect(outcome).toMatchObject({
          code: "NOT_FOUND",
          error: expect.stringMatching(/^There is no execution x{100}… in this runtime\. /),
        });
      }
    });
  });

  test("of a run that a runtime of another name has, it is said that there it may be", async () => {
    await withRuntime(makeWorld().toolbox, async (runtime, ctx) => {
      const { executionId } = await runtime.execute({ code: "async () => 1" });
      expect(await runtimeIn(ctx, {}, { name: "desk" }).approve({ executionId })).toMatchObject({
        code: "NOT_FOUND",
        error: `There is no execution ${executionId} in this runtime. It may have been pruned, or a runtime of another name has it. Nothing changed.`,
      });
    });
  });

  test("ids that do not exist are answered as such", async () => {
    await withRuntime(makeWorld().toolbox, async (runtime) => {
      const executionId = "exec_of_nobody";
      expect(await codeOf(() => runtime.approve({ executionId }))).toBe("NOT_FOUND");
      expect(await codeOf(() => runtime.resolve({ executionId, seq: 0, as: "run" }))).toBe("NOT_FOUND");
      expect(await codeOf(() => runtime.rollback({ executionId }))).toBe("NOT_FOUND");
      expect(await runtime.reject({ executionId, seq: 0 })).toBe(false);
      expect(await runtime.cancel({ executionId })).toBe(false);
      expect(await runtime.execution(executionId)).toBeNull();
      expect(await runtime.deleteExecution(executionId)).toBe(false);
      expect(await runtime.pending(executionId)).toEqual([]);
      expect(await runtime.deleteSnippet("of_nobody")).toBe(false);
      expect(await codeOf(() => runtime.saveSnippet("name", { executionId }))).toBe("NOT_FOUND");
      expect(await memory(runtime)).toEqual({ executions: [], snippets: [] });
    });
  });
});

describe("snippets, pages and limits", () => {
  test("a snippet's name, source, description and schema are checked", async () => {
    await withRuntime({}, async (runtime) => {
      const { executionId } = completed(await runtime.execute({ code: "async () => 1" }));
      const hidden = ["a\u200Bb", "a\u202Eb", "a\u0000", "a\nb", "a\u2028b", "a\tb", "a\u3164", "a\u034Fb"];
      for (const name of [...NOT_TEXT, ...hidden, "", " ", " a", "__proto__ ", "x".repeat(101)]) {
        expect(await codeOf(() => runtime.saveSnippet(wrong(name), { executionId })), String(name)).toBe(
          "INVALID_NAME",
        );
      }
      expect(await codeOf(() => runtime.saveSnippet("ok", wrong({ executionId, code: "async () => 2" })))).toBe(
        "INVALID_INPUT",
      );
      expect(await codeOf(() => runtime.saveSnippet("ok", wrong({})))).toBe("INVALID_INPUT");
      for (const id of [...NOT_TEXT, ""])
        expect(await codeOf(() => runtime.saveSnippet("ok", { executionId: wrong(id) }))).toBe("INVALID_INPUT");
      expect(await codeOf(() => runtime.saveSnippet("ok", { executionId, description: wrong(5) }))).toBe(
        "INVALID_INPUT",
      );
      expect(
        await codeOf(() =>
          runtime.saveSnippet("ok", { executionId, inputSchema: { description: "x".repeat(1_100_000) } }),
        ),
      ).toBe("VALUE_TOO_LARGE");
      const cyclic: Record<string, unknown> = {};
      cyclic.self = cyclic;
      // What is no JSON Schema would be saved as one that checks nothing.
      for (const inputSchema of [cyclic, "text", 5, null, [], () => true, z.object({ to: z.string() })]) {
        expect(await codeOf(() => runtime.saveSnippet("ok", { executionId, inputSchema }))).toBe("INVALID_SCHEMA");
      }
      const long = "x".repeat(1_000_000);
      await expect(runtime.saveSnippet(long, { executionId })).rejects.toThrow(/^A snippet's name .{1,250}$/);
      expect(await runtime.snippets()).toEqual([]);
      for (const name of [...NOT_TEXT, ""])
        expect(await codeOf(() => runtime.deleteSnippet(wrong(name)))).toBe("INVALID_INPUT");
      for (const target of NOT_TEXT) expect(await codeOf(() => runtime.describe(wrong(target)))).toBe("INVALID_INPUT");
      await expect(runtime.describe(wrong(null))).rejects.toThrow("The target must be a string, got null.");
    });
  });

  test("names of the language and of people are names like any other for snippets", async () => {
    await withRuntime({}, async (runtime) => {
      const { executionId } = completed(await runtime.execute({ code: "async (input) => ['ran', input]" }));
      // These three would change what an object is, wherever names become keys.
      for (const name of ["__proto__", "constructor", "prototype"]) {
        expect(await codeOf(() => runtime.saveSnippet(name, { executionId }))).toBe("INVALID_NAME");
      }
      for (const name of [
        "toString",
        "hasOwnProperty",
        "then",
        "codemode",
        "a b",
        "1st",
        "../x",
        "❤️ a",
        'été "日報"',
      ]) {
        const saved = await runtime.saveSnippet(name, { executionId, inputSchema: { type: "number" } });
        expect(saved).toMatchObject({ name, description: "", inputSchema: { type: "number" } });
        expect(await runtime.snippets()).toContainEqual(saved);
        expect(await runtime.describe(name)).toMatchObject({ path: name, kind: "snippet" });
        expect((await runtime.search(name)).results).toContainEqual(expect.objectContaining({ path: name }));
        const done = completed(await runtime.execute({ code: `async () => codemode.run(${JSON.stringify(name)}, 1)` }));
        expect(done.result).toEqual(["ran", 1]);
      }
    });
  });

  test("numbers are whole and within their range", async () => {
    await withRuntime({}, async (runtime) => {
      for (const value of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "5", null]) {
        expect(await codeOf(() => runtime.executions(wrong(value)))).toBe("INVALID_INPUT");
        expect(await codeOf(() => runtime.listExecutions({ limit: wrong(value) }))).toBe("INVALID_INPUT");
        expect(await codeOf(() => runtime.pruneExecutions(wrong(value)))).toBe("INVALID_INPUT");
        expect(await codeOf(() => runtime.expirePaused({ maxAgeMs: wrong(value) }))).toBe("INVALID_INPUT");
        expect(await codeOf(() => runtime.maintain({ maxAgeMs: wrong(value) }))).toBe("INVALID_INPUT");
      }
      for (const status of ["failed", "", 5, null])
        expect(await codeOf(() => runtime.listExecutions({ status: wrong(status) }))).toBe("INVALID_INPUT");
      for (const cursor of ["abc", "1.5", "NaN"])
        expect(await codeOf(() => runtime.listExecutions({ cursor }))).toBe("INVALID_INPUT");
      expect(await codeOf(() => runtime.listExecutions({ limit: 100_000 }))).toBe("INVALID_INPUT");
    });
  });
});

test("createCodemodeRuntime refuses options, names and limits that it does not have, and writes nothing", async () => {
  await withRuntime({}, async (runtime, ctx) => {
    const executor = new DynamicWorkerExecutor({ loader: env.LOADER });
    const good = { ctx, executor, connectors: connectorsOf({}) };
    const attempt = (options: object) => codeOf(() => createCodemodeRuntime(wrong(options)));
    expect(await attempt({ ...good, conectors: [] })).toBe("INVALID_INPUT");
    for (const key of ["ctx", "executor", "connectors"])
      expect(await attempt({ ...good, [key]: undefined })).toBe("INVALID_INPUT");
    expect(await codeOf(() => createCodemodeRuntime(wrong(undefined)))).toBe("INVALID_INPUT");
    for (const connectors of [[5], [{}], [null], [class {}]])
      expect(await attempt({ ...good, connectors })).toBe("INVALID_INPUT");
    for (const name of ["codemode", "console", "Promise", "not a name", "", "1x", "class", "__proto__", "then"]) {
      expect(await attempt({ ...good, connectors: connectorsNamed(name) }), name).toBe("INVALID_NAME");
    }
    expect(await attempt({ ...good, connectors: [...connectorsOf({ same: {} }), ...connectorsOf({ same: {} })] })).toBe(
      "INVALID_NAME",
    );
    expect(await attempt({ ...good, maxExecutions: -1 })).toBe("INVALID_INPUT");
    expect(await attempt({ ...good, name: 5 })).toBe("INVALID_INPUT");
    expect(await attempt({ ...good, name: "x".repeat(20_000) })).toBe("INVALID_INPUT");
    for (const limits of [
      { maxCallz: 1 },
      { maxCalls: 0 },
      { maxCalls: "5" },
      { fuel: Number.NaN },
      { maxProgramMs: -1 },
      5,
    ]) {
      expect(await attempt({ ...good, limits }), JSON.stringify(limits)).toBe("INVALID_INPUT");
    }
    expect(await memory(runtime)).toEqual({ executions: [], snippets: [] });
  });
});

function connectorsNamed(name: string) {
  return connectorsOf(Object.fromEntries([[name, {}]]));
}

test("a tool that needs no arguments may be called with none, null or a value of another kind, by its own schema", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const code = `async () => {
      const told = [];
      for (const args of [[], [null], [5], ["to"], [[]], [{ to: "x", extra: 1 }]]) {
        try { await bank.pay(...args); told.push("ran"); } catch (error) { told.push(error.code); }
      }
      return told;
    }`;
    expect(completed(await runtime.execute({ code })).result).toEqual(
      Array.from({ length: 6 }, () => "INVALID_ARGUMENTS"),
    );
    expect(world.calls()).toEqual([]);
  });
});

test("arguments that cannot leave the program are its own error, by code and path, and no call is made", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const code = `async () => { try { await bank.log({ deep: [() => 1] }); } catch (error) { return { code: error.code, message: error.message }; } }`;
    const done = completed(await runtime.execute({ code }));
    expect(done.result).toMatchObject({ code: "UNSERIALIZABLE", message: expect.stringContaining("bank.log") });
    expect(done.calls).toEqual([]);
  });
});

test("a result that cannot leave the program is an error by code", async () => {
  await withRuntime({}, async (runtime) => {
    for (const result of ["() => 1", "Symbol('s')", "{ deep: [Promise.resolve(1)] }"]) {
      expect(failed(await runtime.execute({ code: `async () => (${result})` })), result).toMatchObject({
        code: "UNSERIALIZABLE",
      });
    }
    const cyclic = completed(await runtime.execute({ code: `async () => { const a = {}; a.self = a; return a; }` }));
    expect(Reflect.get(Object(cyclic.result), "self")).toBe(cyclic.result);
  });
});
