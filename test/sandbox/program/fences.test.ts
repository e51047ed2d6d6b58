/** Fences and prose are blanked, so that what is left stands where it stood. */
import { describe, expect, test } from "vitest";
import { programText } from "../../../src/sandbox/program/fences.ts";

const LINE_END = /[\r\n\u2028\u2029]/;

describe("programText keeps", () => {
  test.each([
    ["a text without a fence", "const a = `x`;\na", "const a = `x`;\na"],
    ["what is in a fence", "```js\na\n```", "a"],
    ["what is in a fence without a language", "```\na\n```", "a"],
    ["what is in an indented fence", "  ```ts\n  a\n  ```", "a"],
    ["what is in a fence with attributes", '```ts title="x.ts"\na\n```', "a"],
    ["what is in a fence that is never closed", "```ts\na\nb", "a\nb"],
    ["what is in a fence that is closed on the last line of code", "```ts\na\nb```\n", "a\nb"],
    ["what is in a fence that is closed behind the last word", "```ts\na\nb```", "a\nb"],
    ["what is in a fence, with another that only opens", "```js\na\n```ts\nb\n```", "a\n```ts\nb"],
    ["what is in a longer fence", "````ts\na\n```\nb\n````", "a\n```\nb"],
    ["what is before a fence that only closes", "a\nb\n```\n", "a\nb"],
    ["what is before a fence that has a language and nothing in it", "a\n```js\n", "a"],
    ["the block that says it is a program", "```bash\nnpm i\n```\nand\n```ts\na\n```", "a"],
    ["the block that says it is a program, behind one without a language", "```\nnpm i\n```\n``` js\na\n```", "a"],
    ["the block that says it in capitals", "```\nnpm i\n```\n```JS\na\n```", "a"],
    ["the block without a language, where others are no programs", "```bash\nnpm i\n```\n```\na\n```", "a"],
    ["the first block, where none is a program by its name", "```vue\na\n```\n```sql\nb\n```", "a"],
    ["the block that says it is a program and where it belongs", "```bash\nnpm i\n```\n```ts:main.ts\na\n```", "a"],
    ["the block that says it and which lines to look at", "```bash\nnpm i\n```\n```typescript{1,3}\na\n```", "a"],
    ["the block that is not empty", "```js\n```\n```\n\n```\n```\na\n```", "a"],
    ["what is before fences with nothing in them", "a\n```\n \n```\n```", "a"],
    ["nothing of fences alone", "```js\n \n```", ""],
    ["a fence in a template literal", "a(`\n```js\nb\n```\n`)", "a(`\n```js\nb\n```\n`)"],
    ["what is in a fence, behind backticks in pairs", "Of `a` and \\`:\n```js\nb\n```", "b"],
    ["the first of several programs", "```js\na\n```\n```js\nb\n```", "a"],
    ["a fence in a comment", "/*\n```js\na\n```\n*/\nb", "/*\n```js\na\n```\n*/\nb"],
    ["a fence in a second comment", "/* a */\n  /* b\n```js\nc\n```\n*/\nd", "/* a */\n  /* b\n```js\nc\n```\n*/\nd"],
    ["a fence in a comment behind another", "/* a *//* b\n```js\nc\n```\n*/\nd", "/* a *//* b\n```js\nc\n```\n*/\nd"],
    ...Array.from(";{}(),", (sign) => [
      `a fence in a comment behind ${sign}`,
      `a${sign}/*\n\`\`\`js\nb\n\`\`\`\n*/`,
      `a${sign}/*\n\`\`\`js\nb\n\`\`\`\n*/`,
    ]),
    [
      "what is in a fence, with a comment, before a text with one",
      "```js\n/* a */\nb\n```\nNot /* c */.",
      "/* a */\nb",
    ],
    ["a fence in a comment behind code", "a; /* see b/*.js\n```js\nc\n```\n*/", "a; /* see b/*.js\n```js\nc\n```\n*/"],
    ["what is in a fence, with a glob in it", '```js\na("src/**/*.ts")\n```\nIt lists files.', 'a("src/**/*.ts")'],
    ["what is in a fence, with a wildcard type", '```js\na("*/*")\n```\nDone.\n```js\n/** b */\n```', 'a("*/*")'],
    ["what is behind a command with a glob", "```bash\nls src/**/*.ts\n```\n```js\n/** a */\nb\n```", "/** a */\nb"],
    [
      "what is in a fence, with a line that begins as a comment",
      "```js\na(`\n/* /b 200`)\n```\nDone.",
      "a(`\n/* /b 200`)",
    ],
    ["nothing of a byte order mark", "\uFEFFa", "a"],
    ["nothing of a byte order mark and a hashbang", "\uFEFF#!/usr/bin/env node\na", "a"],
    ...["\n", "\r\n", "\r", "\u2028", "\u2029"].flatMap((end) => {
      const ends = `behind ${JSON.stringify(end)}`;
      return [
        [`the lines ${ends}`, ["One of:", "```js", "a", "```"].join(end), "a"],
        [`nothing of a hashbang ${ends}`, ["#!/usr/bin/env node", "a"].join(end), "a"],
      ];
    }),
  ])("%s", (_what, text, kept) => {
    const program = programText(text);
    const lines = program.split(LINE_END);
    expect(program.replace(/^[ \r\n\u2028\u2029]+|[ \r\n\u2028\u2029]+$/g, "")).toBe(kept);
    expect(program).toHaveLength(text.length);
    expect(lines.map((line) => line.length)).toEqual(text.split(LINE_END).map((line) => line.length));
  });
});

test("a megabyte of fences, ticks and spaces is read in one pass", () => {
  for (const line of ["```\n", "``` \t", "/* ```\n", " ` "]) {
    expect(programText(line.repeat(250_000))).toHaveLength(250_000 * line.length);
  }
  const open = `\`\`\`js\n${"`".repeat(1_000_000)}a`;
  expect(programText(open)).toHaveLength(open.length);
});
