/** What a hostile program hands over is still an answer: one value must not take the whole list of runs away. */
import { expect, test } from "vitest";
import { shownJson } from "../../src/app/shown-json.ts";

const read = (value: unknown): unknown => JSON.parse(shownJson(value));

test("a value that contains itself says so where it does", () => {
  const knot: { name: string; self?: unknown; list?: unknown[]; map?: unknown } = { name: "knot" };
  knot.self = knot;
  knot.list = [knot];
  knot.map = new Map([["key", knot]]);
  const again = "(circular: a value that contains itself)";
  expect(read([knot])).toEqual([{ name: "knot", self: again, list: [again], map: [["key", again]] }]);
});

test("a value that is there twice is shown twice", () => {
  const part = { a: 1 };
  expect(read([part, part])).toEqual([part, part]);
});

test("a value nested without end is cut, and says so", () => {
  let deep: unknown = "the end";
  for (let n = 0; n < 100_000; n += 1) deep = { deep };
  const text = shownJson(deep);
  expect(text).toContain("(nested more than 100 deep: not shown)");
  expect(text.length).toBeLessThan(30_000);
});

test("numbers that JSON would write as null are what they are", () => {
  expect(read([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 0.1])).toEqual(["NaN", "Infinity", 2 ** 53, 0.1]);
});

test("dates, patterns, addresses and hostile keys are readable", () => {
  expect(read([new Date(0), new Date(Number.NaN), /a+/g, new URL("https://example.com/"), null])).toEqual([
    "1970-01-01T00:00:00.000Z",
    "Invalid Date",
    "/a+/g",
    "https://example.com/",
    null,
  ]);
  expect(shownJson(JSON.parse('{ "__proto__": 1, "toJSON": 2 }'))).toBe('{\n  "__proto__": 1,\n  "toJSON": 2\n}');
});

test("bytes are shown by their length and the first of them", () => {
  const png = [137, 80, 78, 71, 13, 10, 26, 10];
  const many = Uint8Array.from({ length: 1_000 }, (_, n) => n);
  expect(
    read([new Uint8Array(png), new Uint8Array(png).buffer, new DataView(many.buffer, 2, 3), new Uint8Array()]),
  ).toEqual([
    "(8 bytes: 89 50 4e 47 0d 0a 1a 0a)",
    "(8 bytes: 89 50 4e 47 0d 0a 1a 0a)",
    "(3 bytes: 02 03 04)",
    "(0 bytes)",
  ]);
  expect(read(many)).toBe("(1000 bytes: 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f …)");
});

test("nothing is null", () => {
  expect(shownJson(undefined)).toBe("null");
});
