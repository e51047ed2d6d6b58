/** Fences and prose are blanked, so that what is left stands where it stood. */
import { describe, expect, test } from "vitest";
import { programText } from "../../../src/sandbox/program/fences.ts";

describe("programText keeps", () => {
  test.each([
    ["a text without a fence", "const a = `x`;\na", "const a = `x`;\na"],
    ["what is in a fence", "```js\na\n```", "a"],
    ["what is in a fence without a language", "```\na\n```", "a"],
    ["what is in an indented fence", "  ```ts\n  a\n  ```", "a"],
    ["what is in a fence with attributes", '```ts title="x.ts"\na\n```', "a"],
    ["what is in a fence that is never closed", "```ts\na\nb", "a\nb"],
    ["what is in a fence that is closed on the last line of code", "```ts\na\nb```\n", "a\nb"],
    ["what is in a longer fence", "````ts\na\n```\nb\n````", "a\n```\nb"],
    ["the block that says it is a program", "```bash\nnpm i\n```\nand\n```ts\na\n```", "a"],
    ["the first of several programs", "```js\na\n```\n```js\nb\n```", "a"],
    ["a fence in a comment", "/*\n```js\na\n```\n*/\nb", "/*\n```js\na\n```\n*/\nb"],
    ["a fence in a second comment", "/* a */\n  /* b\n```js\nc\n```\n*/\nd", "/* a */\n  /* b\n```js\nc\n```\n*/\nd"],
    ["a fence in a comment behind code", "a; /* see b/*.js\n```js\nc\n```\n*/", "a; /* see b/*.js\n```js\nc\n```\n*/"],
    ["what is in a fence, with a glob in it", '```js\na("src/**/*.ts")\n```\nIt lists files.', 'a("src/**/*.ts")'],
    ["what is in a fence, with a wildcard type", '```js\na("*/*")\n```\nDone.\n```js\n/** b */\n```', 'a("*/*")'],
    ["what is behind a command with a glob", "```bash\nls src/**/*.ts\n```\n```js\n/** a */\nb\n```", "/** a */\nb"],
    [
      "what is in a fence, with a line that begins as a comment",
      "```js\na(`\n/* /b 200`)\n```\nDone.",
      "a(`\n/* /b 200`)",
    ],
    ["carriage returns", "```js\r\na\r\n```", "a"],
    ["nothing of a hashbang", "#!/usr/bin/env node\na", "a"],
  ])("%s", (_what, text, kept) => {
    const program = programText(text);
    expect(program.trim()).toBe(kept);
    expect(program).toHaveLength(text.length);
    expect(program.split("\n")).toHaveLength(text.split("\n").length);
  });
});

test("a megabyte of fences, ticks and spaces is read in one pass", () => {
  for (const line of ["```\n", "``` \t", "/* ```\n", " ` "]) {
    expect(programText(line.repeat(250_000))).toHaveLength(250_000 * line.length);
  }
});
