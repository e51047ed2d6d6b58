/** What a compiled program is worth: its value in each form, its lines, and what is refused. */
import { parse } from "acorn";
import { describe, expect, test } from "vitest";
import { compileProgram } from "../../../src/sandbox/program/compile.ts";
import { thrownBy } from "../../support/thrown.ts";
import { OPTIONS, runProgram } from "./run-module.ts";

const FORMS: readonly (readonly [form: string, code: string, value: unknown])[] = [
  ["an async arrow function", "async () => { return 1 }", 1],
  ["an arrow function with a semicolon and a comment", "async () => 1; // done", 1],
  ["an arrow function in parentheses", "(async () => 1);", 1],
  ["an arrow function that is not async", "() => ({ a: 1 })", { a: 1 }],
  ["an anonymous async function", "async function () { return 1 }", 1],
  ["an anonymous function", "function () { return 1 }", 1],
  ["a function that gets the input", "async (input) => input.a", 7],
  ["a named function that gets the input", "async function main({ a }) { return a }", 7],
  ["an exported function that gets the input", "export default async ({ a }) => a", 7],
  ["a function with a default for its input", "async ({ b = 3 } = {}) => b", 3],
  ["an arrow function behind helpers", "const twice = (n) => 2 * n;\nasync () => twice(4)", 8],
  ["export default of an anonymous function", "export default async function () { return 1 }", 1],
  ["export default of a named function", "export default async function go() { return 1 }", 1],
  ["export default with line breaks and comments", "export /* a\nb */ default // c\nasync () => 1", 1],
  ["export default of a name", "async function go() { return 1 }\nexport default go;", 1],
  ["export default of a value", "export default { a: [1] }", { a: [1] }],
  ["export default before what it uses", "export default async () => later;\nconst later = 5;", 5],
  ["export default in parentheses", "export default (async () => 1);", 1],
  ["a named function", "function a() { return 1 }", 1],
  ["several functions, of which main is one", "function main() { return b() }\nfunction b() { return 2 }", 2],
  ["several functions, of which one is used by none", "function go() { return b() }\nfunction b() { return 2 }", 2],
  ["several unrelated functions: the last", "function a() { return 1 }\nfunction b() { return 2 }", 2],
  ["a constant that is a function", "const N = 3;\nconst go = async () => N;", 3],
  ["main forgotten behind work that was done", "const n = await 3;\nasync function main() { return n }", 3],
  ["work done, helpers defined and nothing returned", "const n = await 3;\nfunction helper() { return n }", undefined],
  ["main called by a declaration", "function main() { return 1 }\nconst r = main();", undefined],
  ["main called by a statement", "async function main() { return 1 }\nmain();", 1],
  ["a bare expression", "1 + 1", 2],
  ["a bare object", '{ "a": 1, b: [2] }', { a: 1, b: [2] }],
  ["a bare object with one plain key", "{ a: 1 }", { a: 1 }],
  ["a bare object in parentheses", "({ a: 1 })", { a: 1 }],
  ["a bare string", '"use strict"', "use strict"],
  ["a sequence", "const x = 1; // c\n(x, 2);", 2],
  ["statements, of which the last is an expression", "let n = 0;\nfor (const i of [1, 2]) n += i;\nn", 3],
  ["an expression that ends behind a comment", "const n = 1;\nn // one\n;", 1],
  ["a last expression without semicolons around", "let n = 1\nn++\nn", 2],
  ["a last line that is an assignment", "let n\nn = await Promise.resolve(4)", 4],
  ["statements without a value", "const n = 1;", undefined],
  ["a return at the top level", "if (true) return 3;\nthrow new Error()", 3],
  ["an await at the top level", "const n = await Promise.resolve(3);\nreturn n", 3],
  ["for await at the top level", "let s = 0;\nfor await (const n of [1, Promise.resolve(2)]) s += n\ns", 3],
  ["a function that is called at once", "(async () => { return 5 })()", 5],
  ["a function that is called at once, in the other style", "(function () { return 5 }())", 5],
  ["a class and a value", "class A { #x = 1; get x() { return this.#x } }\nnew A().x", 1],
  ["a label that is used", "let n = 0;\nout: for (;;) { while (true) { n++; break out } }\nn", 1],
  ["an arrow function that is closed by two fences", "async () => 1\n```\n\n```", 1],
  ["a function behind a word with a colon", "Code:\n\nasync () => 4", 4],
  ["a value behind a word with a colon", "result: 1 + 4", 5],
  ["an empty text", "", undefined],
  ["white space", " \n\t\r\n", undefined],
  ["only comments", "// nothing\n/* at all */", undefined],
  ["a comment at the end", "1 // one", 1],
  ["a byte order mark and a hashbang", "\uFEFF#!/usr/bin/env node\n3", 3],
  ["a countdown that looks like an arrow", "let n = 2, s = 0;\nwhile (n-->0) s++;\ns", 2],
  ["undefined as a block", "{ }", undefined],
  ["a dynamic import, which the sandbox answers", 'import("lib").then((m) => m.imported)', "lib"],
  ["a new of an import", '(await import("lib")).imported', "lib"],
  ["names that look like ours", "const $fuel = 1, $input = 2, $default = 3;\n$fuel + $input + $default", 6],
  ["names that look like ours, escaped", "const \\u0024fuel = 1, $\\u{69}nput = 2;\n$fuel + $input", 3],
  ["a fence", "```js\nasync () => 4\n```", 4],
  ["a fence with prose around", "Sure! Here it is:\n\n```typescript\nconst n: number = 4;\nn\n```\nIt gives **4**.", 4],
];

describe("compileProgram gives the value of", () => {
  test.each(FORMS)("%s", async (_form, code, value) => {
    const run = await runProgram(code, { input: { a: 7 } });
    expect(run.error).toBeUndefined();
    expect(run.value).toEqual(value);
    expect(run.trips).toBe(0);
  });
});

const LINES: readonly (readonly [what: string, code: string, line: number])[] = [
  ["line 1", "null.x", 1],
  ["statements", "const a = 1;\n\nnull.x", 3],
  ["a function", "async () => {\n  const a = [1];\n  for (const b of a)\n    b.x.y;\n}", 4],
  ["a fence", "```js\nconst a = 1;\nnull.x\n```", 3],
  ["prose and a fence", "Here:\n\n```ts\nconst a: { b: 1;\n c: 2 } = null;\na.b\n```", 6],
  ["carriage returns", "const a = 1;\r\nnull.x\r\n", 2],
  ["lone carriage returns", "const a = 1;\rnull.x", 2],
  ["line separators", "const a = '\u2028';\u2029null.x", 3],
  ["a template over lines", "const a = `1\n2\n3`;\nnull.x", 4],
  ["erased types over lines", "interface A {\n  a: 1 /* x\n  y */\n}\ntype B =\n  | A;\nconst a: A = null;\na.a", 8],
  ["overloads and enums", "function f(a: 1): 1;\nfunction f(a: any) {\n  return a.x.y;\n}\nenum E { A,\n B }\nf(E)", 3],
  ["an export that was taken away", "export\ndefault\nfunction go() {\n  null.x\n}", 4],
  ["an object expression", '{\n "a": null.x\n}', 2],
];

describe("an error is on the model's own line in", () => {
  test.each(LINES)("%s", async (_what, code, line) => {
    const run = await runProgram(code);
    expect(run.error).toBeInstanceOf(TypeError);
    expect(run.line).toBe(line);
  });
});

describe("compileProgram refuses", () => {
  test.each([
    ["undefined", undefined, "undefined"],
    ["null", null, "null"],
    ["a number", 4, "number"],
    ["an array", ["1"], "array"],
    ["an object", { code: "1" }, "object"],
  ])("%s, naming what it received", (_what, code, received) => {
    const error = thrownBy(() => compileProgram(code, OPTIONS));
    expect(error).toMatchObject({ code: "INVALID_INPUT", data: { received } });
    expect(error).toHaveProperty("message", expect.stringContaining(received));
  });

  test("a program over the limit, in bytes of UTF-8 and not in characters", () => {
    const error = thrownBy(() => compileProgram('"ééé"', { ...OPTIONS, maxBytes: 7 }));
    expect(error).toMatchObject({ code: "PROGRAM_TOO_LARGE", data: { bytes: 8, maxBytes: 7 } });
    expect(compileProgram('"ééé"', { ...OPTIONS, maxBytes: 8 }).module).toContain("ééé");
  });

  test.each([
    ["}); evil(); (async () => {"],
    ["}; evil(); {"],
    ["} catch {} evil(); try {"],
    ["async () => { } } evil(); { {"],
    [")(); evil(); ("],
    ["1); evil(); (2"],
    ["*/ evil(); /*"],
    ["`; evil(); `${"],
    ["</script><script>evil()"],
    ["async function () {} evil()"],
    ['{ "a": 1 } evil()'],
    ["function () {}(); evil()"],
    ["export default () => {}, evil()"],
    ["```js\n}); evil(); (async () => {\n```"],
  ])("text that would close what is around it: %s", (code) => {
    expect(thrownBy(() => compileProgram(code, OPTIONS))).toMatchObject({ code: "SYNTAX_ERROR" });
  });

  test.each([
    ['import fs from "node:fs";\n1', 1, /import from "node:fs".*no modules/s],
    ['1;\nexport * from "a"', 2, /export default/],
    ["const a = 1;\nexport { a }", 2, /export default/],
    ["export const a = 1", 1, /export default/],
    ["const a = () => {\n  return import.meta.url }", 2, /import\.meta/],
    ['const a: number = 1;\nimport { b } from "./b.ts";\na', 2, /no modules/],
    ["with (a) { b }", 1, /strict/],
    ["const a = 010;", 1, /Invalid number/],
    ["class A extends B { constructor() { super() } }\nsuper.x", 2, /super/],
    ["function f() { await 1 }", 1, /async/],
    ["let y = 1;\n5 <!--y", 2, /HTML comment/],
    ["let y = 1;\ny\n--> 5", 3, /Unexpected token/],
    ["let a; let a;", 1, /already been declared.*one scope/s],
  ])("%s", (code, line, message) => {
    const error = thrownBy(() => compileProgram(code, OPTIONS));
    expect(error).toMatchObject({ code: "SYNTAX_ERROR", data: { line } });
    expect(error).toHaveProperty("message", expect.stringMatching(message));
  });

  test("a static import, listing what can be loaded where there is something", () => {
    const error = thrownBy(() => compileProgram('import { z } from "zod"', { ...OPTIONS, modules: ["lodash", "zod"] }));
    expect(error).toHaveProperty("message", expect.stringContaining('await import("…"), is: lodash, zod'));
  });

  test.each([
    ["parentheses", "(".repeat(40_000) + ")".repeat(40_000)],
    ["arrows", "a=>".repeat(30_000).concat("1")],
    ["operators", `1${"+1".repeat(45_000)}`],
    ["blocks", "{".repeat(40_000) + "}".repeat(40_000)],
    ["types", `let a: ${"(".repeat(40_000)}1`],
  ])("what is nested deeper than a stack: %s", (_what, code) => {
    expect(thrownBy(() => compileProgram(code, OPTIONS))).toMatchObject({ code: "SYNTAX_ERROR" });
  });
});

test("the module is one import and one default export, and says how far the first line was moved", () => {
  const { module, firstLineOffset } = compileProgram("const a = 1;\na", { ...OPTIONS, fuelModule: "#fuel" });
  expect(module.slice(firstLineOffset)).toMatch(/^const a = 1;\nreturn a\n/);
  expect(module).toMatch(/^import \{fuel as \$fuel\} from "#fuel";export default async\(\$input\)=>\{/);
  const { body } = parse(module, { ecmaVersion: "latest", sourceType: "module" });
  expect(body.map(({ type }) => type)).toEqual(["ImportDeclaration", "ExportDefaultDeclaration"]);
});

test("an empty export, which TypeScript files have, changes nothing", async () => {
  expect((await runProgram("const n: number = 2;\nn;\nexport {};")).value).toBe(2);
});

test("a program of a megabyte is compiled", () => {
  const code = "for (const a of [1, 2]) console.log(a, () => ({ a }));\n".repeat(18_000);
  const { module } = compileProgram(code, { ...OPTIONS, maxBytes: 1_000_000 });
  expect(module.split("\n")).toHaveLength(18_002);
});
