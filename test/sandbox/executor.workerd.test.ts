/** `DynamicWorkerExecutor` used alone, as code written for the released package uses it. */
import { exports, RpcStub, RpcTarget } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import type { ExecuteResult, ResolvedProvider } from "../../src/sandbox/executor.ts";
import { runCode } from "../../src/tool/run-code.ts";
import { executorWith } from "../hostile/programs.ts";
import { wrong } from "../support/wrong.ts";

const math = { name: "math", fns: { add: async (a: unknown, b: unknown) => Number(a) + Number(b) } };

describe("providers", () => {
  test("a program calls host functions with all their arguments, and its logs come back", async () => {
    const code =
      "async () => { console.log('hi', { a: 1 }); console.warn('w'); console.error('e'); return (await math.add(1, 2)) * 2 }";
    expect(await executorWith().execute(code, [math])).toEqual({
      result: 6,
      logs: ["hi { a: 1 }", "[warn] w", "[error] e"],
    });
  });

  test("the console names what shows nothing of itself, so that a forgotten await is no empty object", async () => {
    const code = `async () => {
      const sum = math.add(1, 2);
      console.log(sum, {}, new Map([[1, 2]]).keys(), new URL("https://a.test/"), Object.create(null), new (class A { x = 1 })());
      return await sum;
    }`;
    expect((await executorWith().execute(code, [math])).logs).toEqual([
      "[object Promise] {} [object Map Iterator] [object URL] {} { x: 1 }",
    ]);
  });

  test("a connector says its name on the console, and what cannot be read is only its own part of a line", async () => {
    const code = `async () => {
      const trap = new Proxy({}, { ownKeys() { throw new Error("no") } });
      const silent = new Proxy({}, { ownKeys() { throw new Error("no") }, get() { throw new Error("never") } });
      console.log(math, { math, trap, silent, rest: 1 });
    }`;
    expect((await executorWith().execute(code, [math])).logs).toEqual([
      "[connector math] { math: [connector math], trap: [object Object], silent: [unreadable], rest: 1 }",
    ]);
  });

  test("functions given without a provider are under codemode", async () => {
    const outcome = await executorWith().execute("async () => codemode.greet('ada')", {
      greet: async (name) => `hello ${name}`,
    });
    expect(outcome.result).toBe("hello ada");
  });

  test("names are made identifiers; the original name answers too", async () => {
    const fns = {
      "list-issues": async () => "dash",
      delete: async () => "word",
      "2fa": async () => "digit",
      "a.b": async () => "dot",
    };
    const code =
      "async () => [await t.list_issues(), await t['list-issues'](), await t.delete_(), await t._2fa(), await t.a_b()]";
    expect((await executorWith().execute(code, [{ name: "t", fns }])).result).toEqual([
      "dash",
      "dash",
      "word",
      "digit",
      "dot",
    ]);
  });

  test.each([
    ["two functions of one name", [{ name: "t", fns: { "a-b": async () => 1, a_b: async () => 2 } }], /a-b.*a_b/],
    ["two providers of one name", [math, math], /Two providers are named "math"/],
    ["no providers", null, /^providers must be a list/],
    ["a provider without functions", [math, { name: "t" }], /^providers\[1\] needs fns/],
    ["a reserved name", [{ name: "Promise", fns: {} }], /Promise/],
    ["a name of the sandbox's own", [{ name: "console", fns: {} }], /console/],
    ["a name that is no identifier", [{ name: "my tools", fns: {} }], /my tools/],
    ["a name of every object", [{ name: "constructor", fns: {} }], /constructor/],
  ] as const)("%s is an error result, and no program runs", async (_name, providers, message) => {
    const outcome = await executorWith().execute("async () => 1", wrong(providers));
    expect(outcome).toMatchObject({ result: undefined, error: expect.stringMatching(message) });
  });

  test("a function that does not exist fails by name, members of every object included", async () => {
    const code =
      "async () => { const seen = []; for (const name of ['nope', 'hasOwnProperty', 'call']) { try { seen.push(await math[name]()) } catch (error) { seen.push(error.message) } } return seen }";
    expect((await executorWith().execute(code, [math])).result).toEqual(
      ["nope", "hasOwnProperty", "call"].map((name) => `Tool "${name}" not found in math.`),
    );
  });

  test("a prelude adds functions with closures of the program, and the program cannot replace them", async () => {
    const provider = {
      ...math,
      prelude: "math.twice = async (run) => [await run(), await run(), await math.add(1, 1)];",
    };
    const code =
      "async () => { let n = 0; const out = await math.twice(() => ++n); try { math.twice = 1 } catch (error) { out.push(error.name) } return out }";
    expect((await executorWith().execute(code, [provider])).result).toEqual([1, 2, 2, "TypeError"]);
  });

  test("connectors are called through their binding with one argument", async () => {
    const calls: unknown[] = [];
    const binding = {
      callTool: async (method: string, args: unknown) => {
        calls.push([method, args]);
        return { method };
      },
    };
    const outcome = await executorWith().execute(
      "async () => [await gh.list({ n: 1 }, 'ignored'), await gh.now()]",
      [math],
      {
        connectors: [{ name: "gh", binding }],
      },
    );
    expect(outcome.result).toEqual([{ method: "list" }, { method: "now" }]);
    expect(calls).toEqual([
      ["list", { n: 1 }],
      ["now", undefined],
    ]);
    const clash = await executorWith().execute("async () => 1", [math], { connectors: [{ name: "math", binding }] });
    expect(clash.error).toMatch(/Two providers are named "math"/);
  });
});

describe("values", () => {
  test("keep their kind in both directions: bytes, dates, maps, bigint, undefined, errors", async () => {
    const given = {
      bytes: new Uint8Array([1, 255]),
      when: new Date(0),
      map: new Map([["k", 1n]]),
      nothing: undefined,
      odd: [Number.NaN, -0],
    };
    const seen: unknown[] = [];
    const fns = {
      give: async () => given,
      take: async (value: unknown) => {
        seen.push(value);
      },
    };
    const outcome = await executorWith().execute(
      "async () => { const v = await t.give(); await t.take(v); return { v, error: new RangeError('r') } }",
      [{ name: "t", fns }],
    );
    expect(outcome.result).toMatchObject({ v: given, error: { name: "RangeError", message: "r" } });
    expect(seen).toEqual([given]);
  });

  test("a digest is computed by the host and is the platform's", async () => {
    const code =
      "async () => [...new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('abc')))].slice(0, 3)";
    expect((await executorWith().execute(code, [])).result).toEqual([0xba, 0x78, 0x16]);
    expect((await executorWith().execute(code, { other: async () => 1 })).result).toEqual([0xba, 0x78, 0x16]);
  });
});

describe("failures", () => {
  test.each([
    ["a throw", `throw new Error("boom")`, "boom"],
    ["an empty message", `throw new Error("")`, "Error"],
    ["a thrown text", `throw "text"`, "text"],
    ["an empty text", `throw ""`, "(an empty string was thrown)"],
    ["nothing thrown", `throw undefined`, "(thrown) undefined"],
    ["a failing function", `await t.fail()`, "no row"],
    ["a function that fails without words", `await t.silent()`, "Error"],
    ["a result that cannot leave", `return () => 1`, "The result of the program cannot be recorded"],
  ])("%s is an error with a sentence, and the logs are kept", async (_name, body, message) => {
    const fns = { fail: () => Promise.reject(new TypeError("no row")), silent: () => Promise.reject(new Error("")) };
    const outcome = await executorWith().execute(`async () => { console.log("before"); ${body} }`, [
      { name: "t", fns },
    ]);
    expect(outcome).toMatchObject({ result: undefined, error: expect.stringContaining(message), logs: ["before"] });
  });

  test("what is no program is an error result: a number, nothing, too much of it, nonsense", async () => {
    for (const [code, told] of [
      [42, "not number"],
      [undefined, "not undefined"],
      [null, "not null"],
      ["x".repeat(DEFAULT_LIMITS.maxProgramBytes + 1), "the limit is 1000000"],
      ["async () => {", "Unexpected end of the program"],
    ] as const) {
      const outcome = await executorWith().execute(code as string, []);
      expect(outcome).toMatchObject({ result: undefined, error: expect.stringContaining(told) });
    }
  });

  test("errors of functions keep name, message and code in the program", async () => {
    const fns = { fail: () => Promise.reject(Object.assign(new TypeError("bad"), { code: "E_BAD" })) };
    const code =
      "async () => { try { await t.fail() } catch (error) { return [error.name, error.message, error.code, error instanceof TypeError] } }";
    expect((await executorWith().execute(code, [{ name: "t", fns }])).result).toEqual([
      "TypeError",
      "bad",
      "E_BAD",
      true,
    ]);
  });

  test("a program that took a result for something else is told what it got", async () => {
    const fns = { list: async () => ({ items: [{ id: 1 }] }) };
    const { error } = await executorWith().execute("async () => (await t.list()).map((item) => item.id)", [
      { name: "t", fns },
    ]);
    expect(error).toMatch(
      /map is not a function\. What the calls gave: t\.list: \{ items: Array\(1\) of \{ id: number \} \}\.$/,
    );
  });

  test("the program's own time is bounded, and a promise that nothing resolves fails at once", async () => {
    const timed = await executorWith({ timeout: 50 }).execute(
      "async () => { console.log('a'); await new Promise((go) => setTimeout(go, 1e6)) }",
      [],
    );
    expect(timed).toEqual({
      result: undefined,
      error: "Execution timed out after 50 ms of the program's own time.",
      logs: ["a"],
    });
    const stuck = await executorWith().execute("async () => new Promise(() => {})", []);
    expect(stuck.error).toMatch(/nothing will ever resolve/);
  });

  test("a timer that was cleared is not open: neither in the turn that sets it, nor for the calls that come with that news", async () => {
    const debounced =
      "async () => { let fired = 0; let last; for (let n = 0; n < 1500; n++) { clearTimeout(last); last = setTimeout(() => { fired += 1; }, 1); } await new Promise((resolve) => setTimeout(resolve, 5)); return fired }";
    expect(await executorWith().execute(debounced, [])).toEqual({ result: 1, logs: [] });
    // As much as may be open: half of it calls, each beside a timer that gives up on it.
    const timed = `async () => {
      const add = (n) => new Promise((resolve, reject) => {
        const late = setTimeout(reject, 60_000, new Error("late"));
        math.add(n, 1).then((sum) => { clearTimeout(late); resolve(sum); }, reject);
      });
      const lanes = Array.from({ length: ${DEFAULT_LIMITS.maxCallsInFlight / 2} }, async (_, n) => add(await add(n)));
      return (await Promise.all(lanes)).length;
    }`;
    expect(await executorWith().execute(timed, [math])).toEqual({ result: 500, logs: [] });
  });

  test("the clock stands still while a host function works", async () => {
    vi.useRealTimers();
    const fns = { slow: () => new Promise((resolve) => setTimeout(resolve, 150, "done")) };
    expect((await executorWith({ timeout: 100 }).execute("async () => t.slow()", [{ name: "t", fns }])).result).toBe(
      "done",
    );
  });

  test("many runs at once do not mix their calls or logs", async () => {
    const executor = executorWith();
    const outcomes = await Promise.all(
      [0, 1, 2, 3].map((n) =>
        executor.execute(`async () => { console.log(${n}); return (await math.add(${n}, 1)) }`, [math]),
      ),
    );
    expect(outcomes).toEqual([0, 1, 2, 3].map((n) => ({ result: n + 1, logs: [String(n)] })));
  });
});

describe("surroundings", () => {
  test("modules are imported by import(), and only those", async () => {
    const executor = executorWith({
      modules: {
        "lib.js": "export const twice = (n) => n * 2; export default 'd';",
        "two.js": "export { twice } from 'lib.js';",
      },
    });
    expect(executor.modules).toEqual(["lib.js", "two.js"]);
    const code =
      "async () => { const lib = await import('lib.js'); const two = await import('two.js'); return [lib.twice(2), lib.default, two.twice === lib.twice, await import('x.js').catch((error) => error.code)] }";
    expect((await executor.execute(code, [])).result).toEqual([4, "d", true, "UNAVAILABLE"]);
    const taken = await executorWith({ modules: { "main.js": "export default 1" } }).execute("async () => 1", []);
    expect(taken.error).toMatch(/"main.js" is the sandbox's own/);
  });

  test("bindings are env", async () => {
    const executor = executorWith({ bindings: { REGION: "eu", LIMITS: { n: 1 } } });
    expect((await executor.execute("async () => [env.REGION, env.LIMITS.n]", [])).result).toEqual(["eu", 1]);
  });

  test("a Fetcher as globalOutbound sees every request; without one there is no fetch", async () => {
    const outbound: Fetcher = Reflect.get(exports, "default");
    const executor = executorWith({ globalOutbound: outbound, timeout: 5_000 });
    const outcome = await executor.execute(
      "async () => { const r = await fetch('https://example.com/x'); return [r.status, await r.text(), await math.add(1, 1)] }",
      [math],
    );
    expect(outcome.result).toEqual([200, "tests only", 2]);
    expect((await executorWith().execute("async () => fetch('https://example.com')", [])).error).toMatch(
      /fetch is not defined/,
    );
  });
});

/** An executor as another Worker lends it. */
class LentExecutor extends RpcTarget {
  execute(code: string, providers: readonly ResolvedProvider[]): Promise<ExecuteResult> {
    return executorWith().execute(code, providers);
  }
}

test("an executor that another Worker lends runs programs: to `typeof` its stub is a function", async () => {
  using executor = new RpcStub(new LentExecutor());
  const outcome = await runCode({ code: "async () => math.add(1, 2)", executor: executor as never, providers: [math] });
  expect(outcome.result).toBe(3);
});

describe("without the binding", () => {
  test.each([
    [{ timeout: "5s" }, 'timeout must be a whole number from 1 to 2147483647, got "5s".'],
    [{ timeout: 0 }, "timeout must be a whole number from 1 to 2147483647, got 0."],
    [
      { globalOutBound: null },
      'DynamicWorkerExecutor has no option "globalOutBound". It takes loader, timeout, globalOutbound, modules, bindings.',
    ],
  ])("an option that means nothing is refused: %o", (options, message) => {
    expect(() => executorWith(options as never)).toThrow(expect.objectContaining({ code: "INVALID_INPUT", message }));
  });

  test.each([undefined, {}, { loader: undefined }, { loader: {} }])(
    "%o: making it says what the Worker's configuration lacks",
    (options) => {
      expect(() => Reflect.construct(DynamicWorkerExecutor, [options])).toThrow(
        expect.objectContaining({
          code: "INVALID_INPUT",
          message: expect.stringContaining('"worker_loaders": [{ "binding": "LOADER" }]'),
        }),
      );
    },
  );
});
