/** Fuel: no loop and no recursion goes on, whatever catches; and counting changes no value. */
import { describe, expect, test } from "vitest";
import { runProgram } from "./run-module.ts";

const ENDLESS: readonly (readonly [what: string, code: string])[] = [
  ["while", "while (true) {}"],
  ["while without braces", "let n = 0; while (true) n++"],
  ["while with an empty statement", "while (true);"],
  ["do", "do {} while (true)"],
  ["do without braces", "let n = 0; do n++; while (true)"],
  ["do without a semicolon", "let n = 0\ndo n++\nwhile (true)"],
  ["for", "for (;;) {}"],
  ["for without braces, nested", "for (;;) for (;;) ;"],
  ["for of over a generator", "function* g() { while (true) yield 1 }\nfor (const x of g()) x"],
  ["for of over a builtin iterator", "for (const x of { [Symbol.iterator]: () => ({ next: Object }) });"],
  ["for await", "async function* g() { while (true) yield 1 }\nfor await (const x of g()) x"],
  ["for in, again and again", "for (;;) for (const k in { a: 1 }) k"],
  ["spread of a generator", "function* g() { while (true) yield 1 }\n[...g()]"],
  ["yield of itself", "function* g() { yield* g() }\ntry { [...g()] } catch {}\nwhile (1) {}"],
  ["a labelled continue", "out: for (;;) { for (;;) continue out }"],
  ["recursion by promises", "const f = async () => { await null; return f() };\nawait f()"],
  ["recursion by then", "const f = () => Promise.resolve().then(f);\nawait f()"],
  ["recursion by then, expression bodies of objects", "const f = () => ({ then: (r) => r(f()) });\nawait f()"],
  ["a thenable that resolves with itself", "const t = { then(r) { r(t) } };\nawait t"],
  ["getters", "const o = { get a() { return Promise.resolve().then(() => o.a) } };\nawait o.a"],
  [
    "setters",
    "const o = { set a(v) { o.p = Promise.resolve().then(() => { o.a = v; return o.p }) } };\no.a = 1;\nawait o.p",
  ],
  ["static methods", "class A { static m() { return Promise.resolve().then(() => A.m()) } }\nawait A.m()"],
  [
    "constructors",
    "class A { constructor(r) { Promise.resolve().then(() => new A(r)).catch(r) } }\nawait new Promise((_, no) => new A(no))",
  ],
  [
    "derived constructors",
    "class B {}\nclass A extends B { constructor(r) { super(); Promise.resolve(r).then((x) => new A(x)).catch(r) } }\nawait new Promise((_, no) => new A(no))",
  ],
  [
    "field initialisers",
    "let no;\nclass A { x = Promise.resolve().then(Reflect.construct.bind(null, A, [], A)).catch(no) }\nawait new Promise((_, reject) => { no = reject; new A() })",
  ],
  ["static blocks", "while (true) { class A { static { while (true) {} } } }"],
  [
    "default values that throw before the body",
    "const f = (x = (Promise.resolve().then(f).catch(Boolean), null.x)) => {};\ntry { f() } catch {}\nawait new Promise((r) => setTimeout(r));\nwhile (true) {}",
  ],
  [
    "computed keys in parameters",
    "const f = ({ [(Promise.resolve({}).then(f).catch(Boolean), null.x)]: y }) => {};\ntry { f({}) } catch {}\nawait new Promise((r) => setTimeout(r));\nwhile (true) {}",
  ],
  ["callbacks of builtins", "Array.from({ length: 1e9 }, () => 0)"],
  ["replace callbacks", "for (;;) 'aaa'.replace(/a/g, () => 'b')"],
  ["toJSON", "const o = { toJSON: () => [o, o] };\nJSON.stringify(o)"],
  ["a proxy", "const p = new Proxy({}, { get: (t, k) => p[k] });\nfor (;;) try { p.x } catch {}"],
  ["types erased", "let n: number = 0;\nwhile (true) { n = (n as number) + 1 }"],
];

describe("fuel ends", () => {
  test.each(ENDLESS)("%s", async (_what, code) => {
    const run = await runProgram(code, { fuel: 5_000 });
    expect(run.trips).toBeGreaterThan(0);
    expect(run.fuelLeft).toBeLessThan(0);
    expect(run.error).toHaveProperty("message", "out of fuel");
  });
});

describe("a program that catches running out of fuel cannot go on:", () => {
  test.each([
    ["a loop around try", "for (;;) { try { while (true) {} } catch {} }"],
    ["finally", "for (;;) { try { while (true) {} } finally { continue } }"],
    ["a loop behind it", "try { while (true) {} } catch {}\nfor (const a of [1]) a"],
    ["a function behind it", "const f = () => 1;\ntry { while (true) {} } catch {}\nf()"],
    ["a method behind it", "const o = { f() {} };\ntry { while (true) {} } catch {}\no.f()"],
    ["a getter behind it", "const o = { get f() { return 1 } };\ntry { while (true) {} } catch {}\no.f"],
    ["a class behind it", "class A { constructor() {} }\ntry { while (true) {} } catch {}\nnew A()"],
    ["a catch handler", "const f = async () => { while (true) {} };\nawait f().catch(() => 1)"],
    ["a generator's return", "function* g() { try { while (true) {} } finally { while (true) {} } }\n[...g()]"],
  ])("%s", async (_what, code) => {
    const run = await runProgram(code, { fuel: 1_000 });
    expect(run.trips).toBeGreaterThan(1);
    expect(run.error).toHaveProperty("message", "out of fuel");
  });
});

describe("counting", () => {
  test.each([
    ["a loop costs one for each pass", "for (let i = 0; i < 7; i++) ;", 7],
    ["a function costs ten for each entry", "function f() {}\nf();\nf()", 20],
    ["an arrow function costs ten too", "const f = () => 1, g = () => ({});\nf(), g()", 20],
    ["straight code costs nothing", "const a = [1, 2].length;\nJSON.stringify({ a })", 0],
  ])("%s", async (_what, code, cost) => {
    expect(1_000 - (await runProgram(code, { fuel: 1_000 })).fuelLeft).toBe(cost);
  });

  test.each([
    ["arrow bodies in parentheses", "const f = (a) => (a, 2);\nf(1)", 2],
    ["arrow bodies that are objects and go on", "const f = (a) => ({ a }).a;\nf(1)", 1],
    ["arrow bodies that are arrows", "const f = (a) => (b) => async (c) => a + b + c;\nawait f(1)(2)(3)", 6],
    ["arrow bodies that are conditional", "const f = (a) => a ? { a } : () => a;\nf(1).a + f(0)()", 1],
    ["arrow bodies that end a loop body without braces", "let f; for (const a of [1, 2]) f = () => a\nf()", 2],
    ["arrow bodies with comments", "const f = () => ( // one\n  1 /* two */\n);\nf()", 1],
    [
      "names of functions",
      "const f = () => 1, o = { g: function () {} };\nclass A { h = () => 1 }\n((k = () => 1) => [f.name, o.g.name, new A().h.name, k.name])()",
      ["f", "g", "h", "k"],
    ],
    ["lengths of functions", "((a, b = 1, c) => 1).length", 1],
    [
      "closures in loops",
      "const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i);\nfs.map((f) => f())",
      [0, 1, 2],
    ],
    ["a directive", '(function () { "use strict"; return this })()', undefined],
    ["statements that end without a semicolon", "let a = 1\nlet b = 0\ndo a++\nwhile (a < 3)\nb = a\n;[b]", [3]],
    ["else branches of loops", "let n = 0\nfor (const i of [1, 2, 3]) if (i > 1) n += i; else n -= i\nn", 4],
    ["generators", "function* g(n = 2) { for (let i = 0; i < n; i++) yield i }\n[...g()]", [0, 1]],
    [
      "private and static members",
      "class A { static #n = 1 + 1; static { A.m = A.#n } static get #p() { return 3 } static q() { return A.#p } }\n[A.m, A.q()]",
      [2, 3],
    ],
    ["an empty static block", "class A { static {} static { } }\n1", 1],
    ["import inside of calls", "const m = await import('a' + 'b')\nm.imported", "ab"],
  ])("keeps %s", async (_what, code, value) => {
    const run = await runProgram(code);
    expect(run.error).toBeUndefined();
    expect(run.value).toEqual(value);
  });
});
