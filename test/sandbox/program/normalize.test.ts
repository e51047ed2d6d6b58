/** `normalizeCode` gives what the released one gives for ordinary texts, and an error where that one pasted. */
import { describe, expect, test } from "vitest";
import { normalizeCode } from "../../../src/sandbox/program/normalize.ts";
import { thrownBy } from "../../support/thrown.ts";

describe("normalizeCode gives the same text as @cloudflare/codemode 0.5.6 for", () => {
  test.each([
    ["", "async () => {}"],
    ["  \n ", "async () => {}"],
    ["async () => 1", "async () => 1"],
    ["async (x) => x", "async (x) => x"],
    ["() => 1", "() => 1"],
    ["const a = 1;\na + 1", "async () => {\nconst a = 1;\nreturn (a + 1)\n}"],
    ["1 + 1", "async () => {\nreturn (1 + 1)\n}"],
    ["await foo();", "async () => {\nreturn (await foo())\n}"],
    ["const a = 1;", "async () => {\nconst a = 1;\n}"],
    ["async function main() { return 1 }", "async () => {\nasync function main() { return 1 }\nreturn main();\n}"],
    ["function f() { return 2 }", "async () => {\nfunction f() { return 2 }\nreturn f();\n}"],
    ["export default async () => 3", "async () => 3"],
    ["export default async function () { return 4 }", "async () => {\nreturn (async function () { return 4 })();\n}"],
    ["export default function go() { return 5 }", "async () => {\nfunction go() { return 5 }\nreturn go();\n}"],
    ["export default 42", "async () => {\nreturn (42)\n}"],
    ["return 7", "async () => {\nreturn 7\n}"],
    ["for (const x of [1]) {}", "async () => {\nfor (const x of [1]) {}\n}"],
    ["```js\nasync () => 8\n```", "async () => 8"],
    ["```\n9\n```", "async () => {\nreturn (9)\n}"],
    ["(async () => 10)()", "async () => {\nreturn ((async () => 10)())\n}"],
    ["const x = 1; // c\n(x, 2)", "async () => {\nconst x = 1; // c\nreturn (x, 2)\n}"],
    ["if (true) { return 1 }", "async () => {\nif (true) { return 1 }\n}"],
    ["throw new Error('x')", "async () => {\nthrow new Error('x')\n}"],
  ])("%j", (code, normalized) => {
    expect(normalizeCode(code)).toBe(normalized);
  });
});

describe("normalizeCode goes beyond it:", () => {
  test.each([
    ["a function gets its argument", "async function go(a) { return a }", 7],
    ["an anonymous function gets its argument", "async function (a) { return a }", 7],
    ["a function behind helpers is called", "const n = 1;\nasync (a) => a + n", 8],
    ["types are erased", "async (a: number): Promise<number> => a as number", 7],
    ["a semicolon behind the function does no harm", "async (a) => a;", 7],
    ["parentheses around the function do no harm", "(async (a) => a)", 7],
    ["a comment behind the function does no harm", "async (a) => a // done", 7],
    ["an object is its own value", '{ "a": 1 }', { a: 1 }],
    ["export default of a name is called", "const go = (a) => a;\nexport default go", 7],
  ])("%s", async (_what, code, value) => {
    const normalized = normalizeCode(code);
    const run: (input: unknown) => Promise<unknown> = await new Function(`return (${normalized})`)();
    expect(await run(7)).toEqual(value);
    expect(normalizeCode(normalized)).toBe(normalized);
  });
});

describe("normalizeCode refuses", () => {
  test.each([["}); evil(); (async () => {"], ["const a = ;"], ["import a from 'a'"], ["import.meta.url"]])(
    "%s",
    (code) => {
      expect(thrownBy(() => normalizeCode(code))).toMatchObject({ code: "SYNTAX_ERROR" });
    },
  );

  test("what is not a string", () => {
    expect(thrownBy(() => Reflect.apply(normalizeCode, undefined, [42]))).toMatchObject({ code: "INVALID_INPUT" });
  });
});
