/** Programs that want too much: time, memory, calls, output. Every run ends, and the next one works (G8, G10). */
import { describe, expect, test } from "vitest";
import type { ProxyToolOutput } from "../../src/journal/public.ts";
import { DEFAULT_LIMITS, type Limits } from "../../src/limits.ts";
import { type Toolbox, withRuntime } from "../support/runtime.ts";

const TOOLS: Toolbox = { t: { echo: { readOnly: true, execute: (value: unknown) => value } } };

/** A hundredth of the default, so that a runaway ends in milliseconds. */
const SMALL: Limits = { ...DEFAULT_LIMITS, fuel: 500_000 };

/** Runs a program, and then an honest one on the same runtime, which must work. */
async function runThenGoOn(code: string, limits: Limits = SMALL, tools: Toolbox = TOOLS): Promise<ProxyToolOutput> {
  return withRuntime(
    tools,
    async (runtime) => {
      const outcome = await runtime.execute({ code });
      const next = await runtime.execute({ code: "async () => [1, 2].map((n) => n * 2)" });
      expect(next).toMatchObject({ status: "completed", result: [2, 4] });
      return outcome;
    },
    { limits },
  );
}

describe("what fuel stops", () => {
  const RUNAWAYS: Readonly<Record<string, string>> = {
    "an empty loop": "while (true) {}",
    "a loop without a block": "for (;;) ;",
    "do while": "do ; while (1)",
    "a labelled loop with continue": "outer: for (;;) { for (;;) continue outer }",
    "for of an endless generator": "function* all() { while (true) yield 1 } for (const n of all()) ;",
    "an iterator that is no generator":
      "for (const n of { [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) }) ;",
    "spreading an endless generator": "function* all() { for (;;) yield 1 } [...all()]",
    "Array.from of an endless iterator": "Array.from({ [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) })",
    "destructuring with an endless rest": "const [...rest] = (function* () { for (;;) yield 1 })()",
    "an async iterator": "for await (const n of (async function* () { for (;;) yield 1 })()) ;",
    "recursion that catches its overflow": "const go = () => { try { go() } catch {} go() }; go()",
    "mutual recursion": "const a = () => b(), b = () => { try { a() } catch {} a() }; a()",
    "a loop that catches everything": "for (;;) { try { while (true) {} } catch {} }",
    "catching in a function that calls itself":
      "const go = () => { try { for (;;) ; } catch { go() } finally { go() } }; go()",
    "finally that goes on": "for (;;) { try { break } finally { continue } }",
    "a generator that returns in finally":
      "const g = () => { function* f() { try { for (;;) yield } finally { for (;;) ; } } for (const x of f()) break }; g()",
    "promise recursion": "const go = () => Promise.resolve().then(go); await go()",
    "async recursion": "const go = async () => { await null; return go() }; await go()",
    "a flood of microtasks": "const go = () => { queueMicrotask(go) }; go(); await new Promise(() => {})",
    "a flood that catches":
      "const go = () => { queueMicrotask(go); try { go() } catch {} }; go(); await new Promise(() => {})",
    "a thenable that gives itself": "const o = { then(go) { go(o) } }; await o",
    "a getter that reads itself through a loop": "const o = { get x() { return this.y }, get y() { for (;;) ; } }; o.x",
    "a proxy's traps": "const p = new Proxy({}, { get: (_, k, self) => { for (;;) self } }); p.x",
    "toString and valueOf": "const o = { valueOf() { for (;;) ; } }; +o",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the template is the program's.
    "Symbol.toPrimitive": "`${{ [Symbol.toPrimitive]() { for (;;) ; } }}`",
    "a sort's comparator": "[3, 1, 2].sort(() => { for (;;) ; })",
    "a replacer function": "'aaa'.replace(/a/g, () => { for (;;) ; })",
    "a JSON replacer and reviver": "JSON.stringify([1], () => { for (;;) ; })",
    toJSON: "JSON.stringify({ toJSON() { for (;;) ; } })",
    "a tagged template": "const tag = () => { for (;;) ; }; tag`x`",
    "a class's static block": "class A { static { for (;;) ; } }",
    "a class field": "class A { x = (() => { for (;;) ; })() } new A()",
    "a computed key": "({ [(() => { for (;;) ; })()]: 1 })",
    "a default parameter that never lets the body run":
      "const f = (x = (queueMicrotask(f), null.y)) => {}; queueMicrotask(f); await new Promise(() => {})",
    "a decorator-like wrapper by Reflect": "for (;;) Reflect.apply(() => {}, null, [])",
    "an array callback that grows its array by iteration": "const a = [0]; for (const x of a) a.push(x)",
    "a Map that grows while it is walked":
      "const m = new Map([[0, 0]]); for (const [k] of m) { m.delete(k); m.set(k, k) }",
    "Symbol.species":
      "class L extends Array { static get [Symbol.species]() { for (;;) ; } } new L(1, 2).map((x) => x)",
    "Symbol.hasInstance": "({}) instanceof { [Symbol.hasInstance]() { for (;;) ; } }",
    "using's dispose": "{ using x = { [Symbol.dispose]() { for (;;) ; } } }",
    "an event listener":
      "const t2 = new EventTarget(); t2.addEventListener('x', () => { for (;;) ; }); t2.dispatchEvent(new Event('x'))",
    "structuredClone of a getter": "structuredClone({ get x() { for (;;) ; } })",
    "an argument's getter": "await t.echo({ get x() { for (;;) ; } })",
    "a result's getter": "return { get x() { for (;;) ; } }",
    "a console argument": "console.log(new Proxy({}, { ownKeys() { for (;;) ; } })); for (;;) ;",
    "a timer's callback": "setTimeout(() => { for (;;) ; }, 0); await new Promise(() => {})",
    "a step's function": "await codemode.step('x', () => { for (;;) ; })",
    "labels and comma operators": "a: b: c: while (0, true) { continue a }",
  };

  test.each(Object.entries(RUNAWAYS))("%s ends with FUEL_EXHAUSTED, and the next run works", async (_name, body) => {
    expect(await runThenGoOn(`async () => { ${body} }`)).toMatchObject({ status: "error", code: "FUEL_EXHAUSTED" });
  });

  test("what a program does after it caught the trip is not heard: no call of it is made", async () => {
    const heard: unknown[] = [];
    const tools: Toolbox = { t: { echo: { execute: (value: unknown) => heard.push(value) } } };
    const outcome = await runThenGoOn(
      `async () => { try { for (;;) ; } catch {} void t.echo("after"); return "won" }`,
      SMALL,
      tools,
    );
    expect(outcome).toMatchObject({ status: "error", code: "FUEL_EXHAUSTED", calls: [] });
    expect(heard).toEqual([]);
  });
});

describe("what other limits stop", () => {
  test("deep recursion is a RangeError of the program's own", async () => {
    expect(
      await runThenGoOn("async () => { const f = (n) => f(n + 1) + 1; return f(0) }", DEFAULT_LIMITS),
    ).toMatchObject({
      status: "error",
      error: "Maximum call stack size exceeded",
    });
  });

  test("a hundred thousand console lines are kept up to the limit, and the last line says so", async () => {
    const limits = { ...DEFAULT_LIMITS, maxConsoleChars: 1_000, maxConsoleLineChars: 100 };
    const outcome = await runThenGoOn(
      `async () => { for (let i = 0; i < 1e5; i++) console.log("line", i); console.error("x".repeat(1e6)); return 1 }`,
      limits,
    );
    const logs = outcome.status === "completed" ? (outcome.logs ?? []) : [];
    expect(outcome.status).toBe("completed");
    expect(logs.join("\n").length).toBeLessThan(1_200);
    expect(logs.at(-1)).toBe("[warn] (console limit reached; later output is not kept)");
  });

  test("empty lines count too, and one long line is cut", async () => {
    const limits = { ...DEFAULT_LIMITS, maxConsoleChars: 1_000, maxConsoleLineChars: 100 };
    const empty = await runThenGoOn(`async () => { for (let i = 0; i < 1e5; i++) console.log("") }`, limits);
    expect(empty.status === "completed" && (empty.logs ?? []).length).toBeLessThanOrEqual(1_000);
    const long = await runThenGoOn(`async () => { console.log("x".repeat(1e6)) }`, limits);
    expect(long).toMatchObject({ status: "completed", logs: [`${"x".repeat(100)}... (line cut)`] });
  });

  test("of what is printed no more is looked at than can be shown: no loop of the console's own is counted", async () => {
    const outcome = await runThenGoOn(`async () => {
      let looks = 0;
      const watched = () => new Proxy({}, { ownKeys() { looks += 1; return []; } });
      const list = (of) => Array.from({ length: 1_000 }, of);
      for (const many of [list(watched), new Set(list(watched)), new Map(list((_, n) => [n, watched()])), { ...list(watched) }])
        console.log(many);
      // A thousand million parts, in three lists.
      let nested = 0;
      for (let depth = 0; depth < 3; depth++) nested = Array(1_000).fill(nested);
      console.log(nested);
      return looks;
    }`);
    expect(outcome).toMatchObject({ status: "completed", result: 4 * 100 });
    if (outcome.status !== "completed") throw new Error("It has not completed.");
    expect(outcome.logs?.map((line) => line.slice(-30))).toEqual([
      expect.stringMatching(/{}, \.\.\. 900 more\]$/),
      expect.stringMatching(/{}, \.\.\. 900 more}$/),
      expect.stringMatching(/{}, \.\.\. 900 more}$/),
      expect.stringMatching(/{}, \.\.\. 900 more }$/),
      expect.stringMatching(/\.\.\. \(line cut\)$/),
    ]);
  });

  const TOO_LARGE: Readonly<Record<string, string>> = {
    "a result of 100 MB": `return "x".repeat(1e8)`,
    "a result just over what one message carries": `return "x".repeat(7_000_001)`,
    "arguments of 50 MB": `return await t.echo("x".repeat(5e7))`,
    "a step's result": `return await codemode.step("big", () => "x".repeat(2e6))`,
    bytes: `return await t.echo(new Uint8Array(2e6))`,
  };

  test.each(Object.entries(TOO_LARGE))(
    "%s is VALUE_TOO_LARGE, and the program could have caught it",
    async (_name, body) => {
      expect(await runThenGoOn(`async () => { ${body} }`, DEFAULT_LIMITS)).toMatchObject({
        status: "error",
        code: "VALUE_TOO_LARGE",
      });
    },
  );

  test("a name of five million characters is no tool, and an error of ten million is cut", async () => {
    expect(await runThenGoOn(`async () => t["x".repeat(5e6)](1)`)).toMatchObject({
      status: "error",
      code: "UNKNOWN_TOOL",
    });
    expect(await runThenGoOn(`async () => codemode.step("x".repeat(5e6), () => 1)`)).toMatchObject({
      status: "error",
      code: "INVALID_ARGUMENTS",
    });
    const outcome = await runThenGoOn(`async () => { throw new Error("x".repeat(1e7)) }`);
    expect(outcome.status === "error" && outcome.error.length).toBeLessThan(20_001);
  });

  const UNFOLDING: Readonly<Record<string, string>> = {
    "an array of four thousand million holes": "const value = []; value[4e9] = 1;",
    "forty arrays that each hold the one before twice":
      "let value = [1]; for (let i = 0; i < 40; i++) value = [value, value];",
    "a text that stands in a list a hundred thousand times":
      "const text = 'x'.repeat(1000); const value = Array(1e5).fill(text);",
  };

  test.each(Object.entries(UNFOLDING))(
    "%s is small as text, and freezes no host that walks it",
    async (_name, make) => {
      const seen: unknown[] = [];
      const tools: Toolbox = {
        t: {
          take: {
            inputSchema: { type: "object", properties: { value: {} } },
            execute: (value: unknown) => seen.push(value),
          },
        },
      };
      const outcome = await runThenGoOn(
        `async () => { ${make} let refused; try { await t.take({ value }) } catch (error) { refused = error.code } return { refused, value } }`,
        DEFAULT_LIMITS,
        tools,
      );
      expect(seen).toEqual([]);
      expect(JSON.stringify(outcome).length).toBeLessThan(10_000_000);
    },
  );

  test("cyclic and shared values are written as they are", async () => {
    const outcome = await runThenGoOn(
      `async () => { const a = { n: 1 }; a.self = a; const b = await t.echo(a); return [b.self === b, b.n] }`,
    );
    expect(outcome).toMatchObject({ status: "completed", result: [true, 1] });
  });

  test("a million calls in a loop end with TOO_MANY_CALLS", async () => {
    const limits = { ...DEFAULT_LIMITS, maxCalls: 200 };
    const outcome = await runThenGoOn("async () => { for (let i = 0; i < 1e6; i++) await t.echo(i) }", limits);
    expect(outcome).toMatchObject({ status: "error", code: "TOO_MANY_CALLS" });
  });

  test("a million calls at once are TOO_MANY_CALLS_IN_FLIGHT for those over the limit, which the program can catch", async () => {
    const limits = { ...DEFAULT_LIMITS, maxCallsInFlight: 50 };
    const outcome = await runThenGoOn(
      `async () => {
        const seen = await Promise.allSettled(Array.from({ length: 1e5 }, (_, i) => t.echo(i)));
        return [seen.filter((one) => one.status === "fulfilled").length, seen.at(-1).reason.code];
      }`,
      limits,
    );
    expect(outcome).toMatchObject({ status: "completed", result: [50, "TOO_MANY_CALLS_IN_FLIGHT"] });
  });

  test("many large arguments at once, and many large results, travel in several messages", async () => {
    const tools: Toolbox = {
      t: {
        size: { readOnly: true, execute: ({ text }: { text: string }) => text.length },
        large: { readOnly: true, replay: "reexecute", execute: () => "y".repeat(900_000) },
      },
    };
    const outcome = await runThenGoOn(
      `async () => {
        const sizes = await Promise.all(Array.from({ length: 20 }, () => t.size({ text: "x".repeat(900_000) })));
        const large = await Promise.all(Array.from({ length: 40 }, () => t.large()));
        return [sizes.reduce((a, b) => a + b), large.reduce((sum, text) => sum + text.length, 0)];
      }`,
      DEFAULT_LIMITS,
      tools,
    );
    expect(outcome).toMatchObject({ status: "completed", result: [18_000_000, 36_000_000] });
  });

  test("a promise that nothing resolves is a DEADLOCK at once", async () => {
    expect(await runThenGoOn("async () => new Promise(() => {})")).toMatchObject({ status: "error", code: "DEADLOCK" });
    expect(await runThenGoOn("async () => { await t.echo(1); await new Promise(() => {}) }")).toMatchObject({
      status: "error",
      code: "DEADLOCK",
    });
  });

  test("a timer that is longer than the program's time ends with TIMEOUT", async () => {
    // The run after it has this much time to begin and to end, on a busy machine, too.
    const limits = { ...DEFAULT_LIMITS, maxProgramMs: 1_000 };
    expect(await runThenGoOn("async () => new Promise((go) => setTimeout(go, 1e12))", limits)).toMatchObject({
      status: "error",
      code: "TIMEOUT",
    });
    expect(
      await runThenGoOn("async () => { setInterval(() => {}, 30); await new Promise(() => {}) }", limits),
    ).toMatchObject({ status: "error", code: "TIMEOUT" });
  });

  test("calls that nobody awaits are made, recorded, and end before the run does", async () => {
    const outcome = await runThenGoOn(
      `async () => { void t.echo(1); t.echo(2).catch(() => {}); Promise.reject(new Error("nobody")); return "done" }`,
    );
    expect(outcome).toMatchObject({
      status: "completed",
      result: "done",
      calls: [{ state: "applied" }, { state: "applied" }],
    });
  });

  test("more results than one answer can hold are left out of it, and say so; the run itself is whole", async () => {
    const tools: Toolbox = {
      t: {
        large: { readOnly: true, execute: () => "y".repeat(900_000) },
        save: { requiresApproval: true, execute: () => "saved" },
      },
    };
    await withRuntime(tools, async (runtime) => {
      const code = `async () => { const all = await Promise.all(Array.from({ length: 30 }, () => t.large())); await t.save({}); return all.length }`;
      const paused = await runtime.execute({ code });
      expect(paused).toMatchObject({ status: "paused", pending: [{ method: "save", args: {} }] });
      expect(paused.calls?.[0]?.result).toHaveLength(900_000);
      expect(paused.calls?.[29]).toMatchObject({ state: "applied", result: expect.stringContaining("left out") });
      expect(await runtime.approve({ executionId: paused.executionId })).toMatchObject({
        status: "completed",
        result: 30,
      });
      expect(await runtime.executions()).toMatchObject([{ status: "completed", result: 30 }]);
    });
  });

  test("of several executions that together are more than an answer, or memory, can hold the newest are shown whole", async () => {
    const tools: Toolbox = { t: { large: { readOnly: true, execute: (n) => `${n}`.padEnd(900_000, "y") } } };
    await withRuntime(tools, async (runtime) => {
      for (const n of [1, 2, 3]) {
        await runtime.execute({ code: `async () => { for (let i = 0; i < 10; i++) await t.large(i); return ${n} }` });
      }
      const shown = await runtime.executions();
      expect(shown.map(({ result }) => result)).toEqual([3, 2, 1]);
      const whole = shown.map(({ log }) => log.filter(({ result }) => String(result).length === 900_000).length);
      expect(whole).toEqual([10, 3, 0]);
      expect(shown[2]?.log.map(({ result }) => result)).toEqual(Array(10).fill(expect.stringContaining("left out")));
    });
  });

  test("hundreds of actions that wait after hundreds of calls can still be shown", async () => {
    await withRuntime(
      { t: { read: { readOnly: true, execute: () => 1 }, save: { requiresApproval: true, execute: () => 1 } } },
      async (runtime) => {
        const code =
          "async () => { for (let i = 0; i < 8; i++) await Promise.all(Array.from({ length: 250 }, () => t.read())); await Promise.all(Array.from({ length: 400 }, (_, n) => t.save({ n }))) }";
        const outcome = await runtime.execute({ code });
        expect(outcome.status).toBe("paused");
        const pending = await runtime.pending();
        expect(pending).toHaveLength(400);
        expect(pending[399]?.before).toHaveLength(100);
      },
    );
  });
});
