/** What a hostile program hands over is still an answer: one value must not take the whole list of runs away. */
import { expect, test } from "vitest";
import { shownJson } from "../../src/app/shown-json.ts";

/** A value as it is shown where an answer has one. */
const read = (value: unknown): unknown => JSON.parse(shownJson({ args: value })).args;

test("a value that contains itself says so where it does", () => {
  const knot: { name: string; self?: unknown; list?: unknown[]; map?: unknown } = { name: "knot" };
  knot.self = knot;
  knot.list = [knot];
  knot.map = new Map([["key", knot]]);
  const again = "(circular) a value that contains itself";
  expect(read([knot])).toEqual([{ name: "knot", self: again, list: [again], map: { "(Map)": [["key", again]] } }]);
});

test("a value that is there twice is shown twice", () => {
  const part = { a: 1 };
  expect(read([part, part])).toEqual([part, part]);
});

test("a value nested without end is cut, and says so", () => {
  let deep: unknown = "the end";
  for (let n = 0; n < 100_000; n += 1) deep = { deep };
  const text = shownJson({ result: deep });
  expect(text).toContain("(nested) more than 100 deep: not shown");
  expect(text.length).toBeLessThan(30_000);
});

test("a value within 99 others is shown, one within 100 is not", () => {
  const nested = (levels: number): unknown => (levels === 0 ? {} : [nested(levels - 1)]);
  expect(read(nested(99))).toEqual(nested(99));
  expect(JSON.stringify(read(nested(100)))).toContain("(nested) more than 100 deep: not shown");
});

test("numbers that JSON would write as null or as another one are what they are", () => {
  expect(read([Number.NaN, Number.POSITIVE_INFINITY, -0, 0, 2 ** 53, 0.1])).toEqual([
    "(number) NaN",
    "(number) Infinity",
    "(number) -0",
    0,
    2 ** 53,
    0.1,
  ]);
});

test.for([
  ["a Date", new Date(0), "1970-01-01T00:00:00.000Z", "(Date) 1970-01-01T00:00:00.000Z"],
  ["a Date that is none", new Date(Number.NaN), "Invalid Date", "(Date) invalid"],
  ["a pattern", /a+/g, "/a+/g", "(RegExp) /a+/g"],
  ["an address", new URL("https://example.com/"), "https://example.com/", "(URL) https://example.com/"],
  ["a query", new URLSearchParams("a=1"), "a=1", "(URLSearchParams) a=1"],
  ["a large number", 3n, "3n", "(bigint) 3"],
  ["an error", new TypeError("no"), "TypeError: no", "(Error) TypeError: no"],
  ["nothing", undefined, "undefined", "(undefined)"],
] as const)("%s says its kind, and a text that reads the same, or as its mark, does not", ([, value, text, shown]) => {
  expect(read({ value, text, feigned: shown })).toEqual({ value: shown, text, feigned: `(text) ${shown}` });
});

test("a Map and a Set are no lists, and a name in an object can feign neither", () => {
  expect(read({ map: new Map([["a", new Set([1])]]), list: [["a", [1]]] })).toEqual({
    map: { "(Map)": [["a", { "(Set)": [1] }]] },
    list: [["a", [1]]],
  });
  expect(read({ "(Set)": [1] })).toEqual({ "(text) (Set)": [1] });
});

test("nothing in a list is no null", () => {
  const holes: unknown[] = [undefined, null];
  holes.length = 3;
  expect(read(holes)).toEqual(["(undefined)", null, "(undefined)"]);
});

test("hostile keys are names like others", () => {
  expect(shownJson({ args: JSON.parse('{ "__proto__": 1, "toJSON": 2 }') })).toBe(
    '{\n  "args": {\n    "__proto__": 1,\n    "toJSON": 2\n  }\n}',
  );
});

test("bytes are shown by their kind, their length and the first of them", () => {
  const png = [137, 80, 78, 71, 13, 10, 26, 10];
  const many = Uint8Array.from({ length: 1_000 }, (_, n) => n);
  expect(
    read([new Uint8Array(png), new Uint8Array(png).buffer, new DataView(many.buffer, 2, 3), new Uint8Array()]),
  ).toEqual([
    "(bytes) 8 in Uint8Array: 89 50 4e 47 0d 0a 1a 0a",
    "(bytes) 8 in ArrayBuffer: 89 50 4e 47 0d 0a 1a 0a",
    "(bytes) 3 in DataView: 02 03 04",
    "(bytes) 0 in Uint8Array",
  ]);
  expect(read(many.slice(0, 16))).toBe("(bytes) 16 in Uint8Array: 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f");
  expect(read(many)).toBe("(bytes) 1000 in Uint8Array: 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f …");
});

test("around its values an answer is plain: a program is not marked, and what is not there is left out", () => {
  const code = "(Date) => 1";
  const log = [{ seq: 0, args: undefined, editedArgs: code, result: undefined }];
  expect(JSON.parse(shownJson([{ code, error: undefined, log }]))).toEqual([
    { code, log: [{ seq: 0, editedArgs: `(text) ${code}` }] },
  ]);
});

test("an answer of nothing is null", () => {
  expect(shownJson(undefined)).toBe("null");
});
