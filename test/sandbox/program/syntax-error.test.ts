/** Syntax errors: place, excerpt and advice are about the model's own text. */
import { describe, expect, test } from "vitest";
import { compileProgram } from "../../../src/sandbox/program/compile.ts";
import { excerptAt, originalPosition, positionAt } from "../../../src/sandbox/program/excerpt.ts";
import { thrownBy } from "../../support/thrown.ts";
import { OPTIONS } from "./run-module.ts";

test("the message shows the line with a caret under the column", () => {
  const error = thrownBy(() => compileProgram("const a = 1;\nconst b = a +;\nb\nb", OPTIONS));
  expect(error).toHaveProperty(
    "message",
    "Line 2, column 14: Unexpected token\n\n  1 | const a = 1;\n> 2 | const b = a +;\n    |              ^\n  3 | b",
  );
  expect(error).toMatchObject({ name: "CodemodeError", data: { line: 2, column: 14 } });
});

test.each([
  ["an empty fence", "```js\n```"],
  ["a fence that was cut off", "```js\n"],
  ["a program beside its fence", "```js async () => 1\n```"],
])("a text whose program is nowhere does not run as an empty one: %s", (_what, code) => {
  expect(thrownBy(() => compileProgram(code, OPTIONS))).toMatchObject({
    code: "SYNTAX_ERROR",
    message: expect.stringContaining("There is nothing in the fence"),
  });
});

const PLACES: readonly (readonly [what: string, code: string, line: number, column: number])[] = [
  ["in a fence", "```js\nconst a = ;\n```", 2, 11],
  ["behind prose", "Look:\n\n```ts\nlet a: number = 1;\nlet b = ];\n```", 5, 9],
  ["behind erased types on the same line", "let a: string = 'x'; a b", 1, 24],
  ["in a type", "let a: { b: = 1", 1, 13],
  ["in TypeScript that goes on", "let a: number = 1;\nlet b: number = 2;\nfoo(;", 3, 5],
  ["in an anonymous function", "async function () {\n  let a = ;\n}", 2, 11],
  ["on the first line of an anonymous function", "async function () { let a = ; }", 1, 29],
  ["with carriage returns", "let a;\r\nlet b = ;\r\n", 2, 9],
  ["with tabs", "\tlet a = ;", 1, 10],
  ["behind a byte order mark", "\uFEFFlet a = ;", 1, 10],
];

describe("line and column count in the model's text", () => {
  test.each(PLACES)("%s", (_what, code, line, column) => {
    expect(thrownBy(() => compileProgram(code, OPTIONS))).toMatchObject({
      code: "SYNTAX_ERROR",
      data: { line, column },
    });
  });
});

describe("advice is given for", () => {
  test.each([
    ["an unclosed brace", "async () => {\n  if (a) {\n    b();\n}", '"{" opened at line 1, column 13 is never closed'],
    ["an unclosed call", "const a = foo(\n  1,\n  2;\na", '"(" opened at line 1, column 14 is never closed'],
    ["an unopened brace", "const a = 1;\n}", '"}" at line 2, column 1 closes nothing'],
    ["an unfinished template", "const a = `x", "template literal is never closed"],
    ["an unfinished string", "const a = 'x\ny'", "A string ends at its line"],
    ["Python", "def main():\n    return 1", "Python"],
    ["Python without functions", "from math import sqrt\nprint(sqrt(2))", "Python"],
    ["prose", "I would first list the issues and then close them.", "prose"],
    ["prose before the program", "Here's the code:\n\nasync () => {\n  return 1;\n}", "prose"],
    ["prose before the program, in two sentences", "Sure! Here is the code:\n\nasync () => 1", "prose"],
    ["prose behind the program", "async () => {\n  return 1;\n}\n\nThis returns the number of notes.", "prose"],
    ["a quote in a string", "return 'it's done'", "A quote inside of a string ends it"],
    [
      "quotes in a string in a call",
      'await notes.add({ text: "say "hello" to her" })',
      "A quote inside of a string ends it",
    ],
    ["a fence in a template", "```js\nconst a = `\n```js\nx\n```\n`;\n```", "in a template literal write"],
    ["a fence in a template without a fence around it", "return `\n```js\nx\n```\n`", "in a template literal write"],
    ["a Markdown text around a fence", "```markdown\nHere:\n```js\na\n```\n```", "prose"],
    ["a word before the program", "Code:\nconst a = 1;\nreturn a", "prose"],
    ["prose before a fence that was cut off", "Look:\n```js\n", "prose"],
    ["a second fence", "```js\na\n```ts\nb\n```", "one program in one fence"],
    ["tags around the program", "<code>\nreturn 1\n</code>", "markup"],
    ["a tag around a function", "<execute_code>\nasync () => 1\n</execute_code>", "markup"],
    ["character data", "<![CDATA[\nreturn 1\n]]>", "markup"],
    ["JSX", "return <div>hi</div>", "JSX"],
    ["typographic quotes", "const a = “x”;", "typographic"],
    ["HTML entities", "if (a &lt; b) { c }", "HTML entities"],
    ["an escaped text", "const a = 1;\\nreturn a", "escaped string"],
    ["await in a function that is not async", "const f = () => {\n  await g();\n}", "async"],
  ])("%s", (_what, code, advice) => {
    const error = thrownBy(() => compileProgram(code, OPTIONS));
    expect(error).toMatchObject({ code: "SYNTAX_ERROR", data: { hint: expect.stringContaining(advice) } });
    expect(error).toHaveProperty("message", expect.stringContaining(advice));
  });
});

test("a long line is cut around the place, with the caret still under it", () => {
  const text = `${"a".repeat(300)}!${"b".repeat(300)}`;
  const [shown = "", caret = ""] = excerptAt(text, { line: 1, column: 301 }).split("\n");
  expect(shown.length).toBeLessThan(140);
  expect(shown[caret.indexOf("^")]).toBe("!");
});

test("a position is found from an offset under every kind of line break", () => {
  expect(positionAt("a\r\nb\rc\nd\u2028ef", 10)).toEqual({ line: 5, column: 2 });
});

test("a column is told as the one before erasing, from either end of its line", () => {
  expect(originalPosition("let a: x = b c", "let a = b c", { line: 1, column: 11 })).toEqual({ line: 1, column: 14 });
  expect(originalPosition("b c as x", "b c ", { line: 1, column: 3 })).toEqual({ line: 1, column: 3 });
});
