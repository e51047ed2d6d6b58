/** Programs in colours: the words of a program, and that no program takes the page with it. */
import { expect, test } from "vitest";
import { linesOf } from "../../src/app/console/highlight.ts";

const kinds = (code: string) =>
  linesOf(code).map((line) =>
    line.filter(({ text }) => text.trim() !== "").map(({ text, kind }) => [text.trim(), kind]),
  );

test("calls, keywords, texts, numbers and comments are told apart, on each line", () => {
  expect(kinds('return await a.get(id, "x", 1); // why\n`two\nlines`')).toEqual([
    [
      ["return", "keyword"],
      ["await", "keyword"],
      ["a.get", "call"],
      ["(", "plain"],
      ["id", "plain"],
      [",", "plain"],
      ['"x"', "string"],
      [",", "plain"],
      ["1", "number"],
      [");", "plain"],
      ["// why", "comment"],
    ],
    [["`two", "string"]],
    [["lines`", "string"]],
  ]);
});

test("nothing of a program is lost", () => {
  const code = 'async (a) => {\n\n  const returned = `one\ntwo`;\n  /* x\n y */ return "\\"" + \'\';\n}';
  expect(
    linesOf(code)
      .map((line) => line.map(({ text }) => text).join(""))
      .join("\n"),
  ).toBe(code);
});

// No clock: what takes the square of the length takes minutes for these, and the test's time ends it.
test.for(["a", "a.", "a(", "`", "//", "/*", '\\"', "1", "return"])(
  "a program of nothing but %s is cut at once",
  (part) => {
    const code = part.repeat(59_000 / part.length);
    for (let n = 0; n < 20; n += 1) expect(linesOf(code).length).toBe(1);
  },
);
