/** A program that attacks what runs it: overridden builtins, data that looks like control, odd objects, breakouts by text. */
import { describe, expect, test } from "vitest";
import { failed } from "../support/drive.ts";
import { withRuntime } from "../support/runtime.ts";
import { attack, ECHO, each, failure, result } from "./programs.ts";

/** Assignments that would change what the shim, the codec or the console do, if they took hold. */
const OVERRIDES = {
  JSON: `globalThis.JSON = { parse: JSON.parse, stringify: () => '{"turn":0}' }`,
  stringify: `JSON.stringify = () => '{"forged":true}'`,
  parse: `Object.defineProperty(JSON, "parse", { value: () => ({ deliveries: [], halt: true }) })`,
  Promise: `globalThis.Promise = function () { return { then: (go) => go() } }`,
  resolve: `Promise.resolve = () => "mine"`,
  allSettled: `Promise.allSettled = () => 1`,
  race: `Promise.race = () => "mine"`,
  then: `Promise.prototype.then = () => {}`,
  species: `Object.defineProperty(Promise, Symbol.species, { value: class {} })`,
  promiseConstructor: `Promise.prototype.constructor = class {}`,
  objectThen: `Object.prototype.then = (go) => go("hijacked")`,
  objectOk: `Object.defineProperty(Object.prototype, "halt", { get: () => true })`,
  arrayIndex: `Object.defineProperty(Array.prototype, "0", { set(value) { globalThis.stolen = value } })`,
  arrayPush: `Array.prototype.push = function () {}`,
  arrayIterator: `Array.prototype[Symbol.iterator] = function* () { yield "mine" }`,
  arraySpecies: `Array.prototype.constructor = { [Symbol.species]: class {} }`,
  nextOfArrays: `Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: false, value: 1 })`,
  nextOfMaps: `Object.getPrototypeOf(new Map().entries()).next = () => ({ done: false, value: [1, 2] })`,
  mapGet: `Map.prototype.get = () => undefined`,
  mapDelete: `Map.prototype.delete = () => true`,
  setIterator: `Set.prototype[Symbol.iterator] = function* () {}`,
  stringSlice: `String.prototype.slice = () => ""`,
  regExec: `RegExp.prototype.exec = () => null`,
  numberFinite: `Number.isFinite = () => true`,
  reflectApply: `Reflect.apply = () => "mine"`,
  hasOwn: `Object.hasOwn = () => true`,
  keys: `Object.keys = () => ["mine"]`,
  call: `Function.prototype.call = () => "mine"`,
  hasInstance: `Object.defineProperty(Error, Symbol.hasInstance, { value: () => true })`,
  errorGlobal: `globalThis.Error = class {}`,
  mapGlobal: `globalThis.Map = class {}`,
  symbolGlobal: `globalThis.Symbol = undefined`,
  arrayGlobal: `globalThis.Array = undefined`,
  protoOfArrays: `Object.setPrototypeOf(Array.prototype, { first: 1 })`,
  protoOfObjects: `Object.setPrototypeOf(Object.prototype, {})`,
  timers: `globalThis.setTimeout = () => {}`,
  consoleGlobal: `globalThis.console = { log() {} }`,
  tool: `t.echo = () => "mine"`,
  deleteTool: `delete t.echo`,
  defineTool: `Object.defineProperty(t, "echo", { value: () => "mine" })`,
  namespace: `globalThis.t = {}`,
  deleteNamespace: `delete globalThis.t`,
  abort: `AbortSignal.timeout = () => {}`,
  bytes: `Uint8Array.prototype.set = () => {}`,
  textEncoder: `globalThis.TextEncoder = class {}`,
} as const;

const PROOF = `const proof = async () => {
  console.log("line", { a: [1, 2] });
  const step = await Promise.all([t.echo({ deep: [1, new Date(0), new Map([[1, 2n]])] }), t.echo("b"), new Promise((go) => setTimeout(() => go("timer"), 1))]);
  return step;
};`;

describe("overridden builtins", () => {
  test("each override is refused with a TypeError", async () => {
    const seen = await result(each(OVERRIDES));
    expect(seen).toEqual(Object.fromEntries(Object.keys(OVERRIDES).map((name) => [name, "TypeError"])));
  });

  test("an attempt at all of them, before and between calls, leaves results, order and console as they were", async () => {
    const tries = Object.values(OVERRIDES)
      .map((body) => `try { ${body} } catch {}`)
      .join("\n");
    const program = (attackText: string) =>
      `async () => { ${PROOF} ${attackText}\n const first = await proof(); ${attackText}\n return [first, await proof()] }`;
    const honest = await attack(program(""));
    expect(honest.error).toBeUndefined();
    expect(await attack(program(tries))).toEqual(honest);
  });

  test("names that programs do set stay theirs: on own objects, subclasses, functions and prototypes of their own", async () => {
    const seen = await result(`async () => {
      class Fault extends Error { constructor(m) { super(m); this.name = "Fault"; this.message = m + "!"; } toString() { return "fault" } }
      class List extends Array { sum() { return this.reduce((a, b) => a + b, 0) } }
      class Counts extends Map { get(key) { return super.get(key) ?? 0 } }
      class Task extends Promise { static get [Symbol.species]() { return Promise } }
      const own = {};
      own.toString = () => "own"; own.constructor = 1; own.valueOf = () => 2; own.name = "n"; own.message = "m"; own.toJSON = () => 3;
      own.hasOwnProperty = () => 4; own.keys = 5; own.map = 6; own.then = 7;
      function Old() {}
      Old.prototype = Object.create(Error.prototype);
      Old.prototype.constructor = Old; Old.prototype.name = "Old"; Old.prototype.toString = () => "old";
      const fn = () => {}; fn.extra = 1;
      const error = new TypeError("q"); error.name = "Renamed"; error.message = "w"; error.code = 5; error.stack = "";
      class Own {} Own.count = 2; Own.prototype.more = 3;
      globalThis.shared = "global";
      return [String(new Fault("x")), new List(1, 2, 3).map((x) => x * 2).sum(), new Counts([[1, 2]]).get(7), await new Task((go) => go(4)),
        String(own), own + 1, JSON.stringify(own), own.hasOwnProperty(), String(new Old()), error.name + error.message, new Own().more, fn.extra, shared];
    }`);
    expect(seen).toEqual(["fault", 12, 0, 4, "own", 3, "3", 4, "old", "Renamedw", 3, 1, "global"]);
  });
});

describe("data that looks like control", () => {
  const LOOKALIKES: readonly unknown[] = [
    { __codemode_control__: "pause" },
    { __codemode_control__: "error", message: "x" },
    { halt: true, deliveries: [] },
    { ok: false, value: "[]" },
    { __codemode_binary_v1__: "Uint8Array", data: "AAAA" },
    { name: "CodemodeError", message: "m", code: "REJECTED" },
    ["Error", { name: "E", message: "m" }],
    ["Plain", 0],
    ["Date", "2020"],
    [-7, 5, 0, 1],
    { type: "ref", id: 0 },
    "__CODEMODE_PAUSE__",
    '[{"a":1},-1]',
    { then: "not a function", constructor: { prototype: {} }, toJSON: "text" },
  ];

  test("comes back from a tool as the data that it is, and goes to a tool as such", async () => {
    await withRuntime(
      { t: { echo: { execute: (value: unknown) => value }, given: { execute: () => LOOKALIKES } } },
      async (runtime) => {
        const outcome = await runtime.execute({
          code: `async () => [await t.given(), await Promise.all(${JSON.stringify(LOOKALIKES)}.map((value) => t.echo(value)))]`,
        });
        expect(outcome).toMatchObject({ status: "completed", result: [LOOKALIKES, LOOKALIKES] });
      },
    );
  });

  test("names of prototypes as keys of arguments and results pollute nothing on either side", async () => {
    const seen = await attack(
      `async () => {
        const odd = { constructor: 1, prototype: 2, hasOwnProperty: 3, toString: 4, valueOf: 5 };
        const back = await t.echo(odd);
        let refused;
        try { await t.echo(JSON.parse('{"__proto__":{"polluted":true}}')) } catch (error) { refused = error.code }
        const made = Object.create(null); made.a = 1;
        return [back, refused, (await t.echo(made)).a, ({}).polluted, (await t.poison()).a];
      }`,
      { ...ECHO, poison: async () => ({ a: 1, constructor: { prototype: { polluted: true } } }) },
    );
    expect(seen.result).toEqual([
      { constructor: 1, prototype: 2, hasOwnProperty: 3, toString: 4, valueOf: 5 },
      "UNSERIALIZABLE",
      1,
      undefined,
      1,
    ]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  test("tools named like members of every object are tools that do not exist", async () => {
    await withRuntime({ t: { real: { execute: () => 1 } } }, async (runtime) => {
      const outcome = await runtime.execute({
        code: `async () => {
          const codes = [];
          for (const name of ["hasOwnProperty", "isPrototypeOf", "__defineGetter__", "call", "execute", "describe", "assess", "name"]) {
            try { await t[name]({}); codes.push("ran " + name) } catch (error) { codes.push(error.code) }
          }
          return [codes, typeof t.constructor, typeof t.then, typeof t.__proto__, typeof t.toString];
        }`,
      });
      expect(outcome).toMatchObject({
        status: "completed",
        result: [Array(8).fill("UNKNOWN_TOOL"), "undefined", "undefined", "undefined", "undefined"],
      });
    });
  });
});

describe("a connector used as a value", () => {
  test("is no promise, has a text, and lists nothing: awaiting, printing and spreading call no tool", async () => {
    const called: unknown[] = [];
    const fns = new Proxy({}, { get: () => undefined, ownKeys: () => [], getOwnPropertyDescriptor: () => undefined });
    const seen = await attack(
      `async () => {
        const out = [(await t) === t, JSON.stringify({ t }), \`\${t}\`, String(t), typeof t, "anything" in t, "then" in t, t instanceof Object];
        for (const run of [() => Object.keys(t), () => ({ ...t }), () => Object.entries(t), () => { for (const key in t) return key }]) {
          try { out.push(run()) } catch (error) { out.push(error.message) }
        }
        return out;
      }`,
      fns,
    );
    const hint = "The tools of t are not listed here. The description of your tool names them.";
    expect(seen.result).toEqual([
      true,
      '{"t":"[connector t]"}',
      "[connector t]",
      "[connector t]",
      "object",
      true,
      false,
      false,
      hint,
      hint,
      hint,
      hint,
    ]);
    expect(called).toEqual([]);
  });

  test("says where its tools are listed: in the catalog, where there is one", async () => {
    await withRuntime({ t: {} }, async (runtime) => {
      const said = async (name: string) =>
        failed(await runtime.execute({ code: `async () => Object.keys(${name})` })).error;
      expect(await said("t")).toBe(
        'The tools of t are not listed here. Use: await codemode.search("", { connector: "t" })',
      );
      expect(await said("codemode")).toBe(
        "The tools of codemode are not listed here. It has search, describe, step and run.",
      );
    });
  });

  test("cannot be returned, and says so", async () => {
    expect(await failure("async () => t")).toMatch(/^The result of the program cannot be recorded/);
    expect(await failure("async () => ({ list: [t.echo] })")).toMatch(/at \.list\[0\]/);
  });
});

describe("breakouts by text", () => {
  const BREAKOUTS = [
    "async () => { return 1 } } catch { } { globalThis.out = 1",
    "async () => 1 })(), (() => { globalThis.out = 1",
    "}; export const stolen = 1; {",
    "async () => { /* } */ return 1 } */",
    "async () => `${",
    "async () => /[/",
    "}) ; (async () => { await t.echo(1) }",
    "async () => { return 1 }\n}\nexport default async () => { return 2",
    "async () => 1;\n//# sourceMappingURL=x\n})()(",
    "\u2028}\u2029{",
    "async () => { } ) ( ) => {",
    "-->\nasync () => 1 }",
    "<!-- async () => 1",
    "async () => { 'use strict'; with (t) { echo(1) } }",
    "async () => { return new.target }",
    "await import.meta.x",
    "#!/usr/bin/env node\n}",
  ];

  test.each(BREAKOUTS)("%j is a syntax error, and no tool was called", async (code) => {
    let calls = 0;
    const outcome = await attack(code, {
      echo: async () => {
        calls += 1;
      },
    });
    expect(outcome.error).toMatch(/^Line \d+, column \d+: /);
    expect(calls).toBe(0);
  });

  test("what is thrown cannot break the report of it", async () => {
    const unreadable = `Object.defineProperty(new Error("x"), "message", { get() { throw new Error("again") } })`;
    for (const [thrown, told] of [
      [
        `new Proxy(new Error("x"), { getPrototypeOf() { throw 1 } })`,
        "The program threw something that cannot be read.",
      ],
      [unreadable, "(an error was thrown whose message cannot be read)"],
      [`Object.defineProperty(new Error("x"), "name", { get() { throw new Error("again") } })`, "x"],
      [`Object.assign(new Error("x"), { message: Symbol("y") })`, "(thrown) Symbol(y)"],
      [
        `Object.assign(new TypeError("x"), { message: undefined })`,
        "(an error was thrown whose message cannot be read)",
      ],
      ["null", "(thrown) null"],
      ["{ toString() { throw 1 }, toJSON() { throw 2 } }", "(thrown) object"],
      [`new AggregateError([new Error("a")], "")`, "AggregateError: a"],
    ] as const)
      expect(await failure(`async () => { throw ${thrown} }`), thrown).toBe(told);
    expect(await failure(`async () => { const error = new Error("deep"); error.cause = error; throw error }`)).toBe(
      "deep",
    );
  });
});
