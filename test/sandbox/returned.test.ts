/** Whoever took the result of a call for something else is told what it is, by its shape. */
import { expect, test } from "vitest";
import { adviceOn } from "../../src/sandbox/advice.ts";
import { type Returned, shapeOf, shapesOf } from "../../src/sandbox/returned.ts";

const gave = (call: string, value: unknown): Returned => ({ call, value: () => value });

test.each<[string, unknown]>([
  [
    "{ events: Array(2) of { id: number, title: string }, total: number }",
    { events: [{ id: 1, title: "a" }, { id: 2 }], total: 2 },
  ],
  ["Array(0)", []],
  ["Array(2) of Array(1) of string", [["a"], ["b"]]],
  ["{ a: { b: { c: { … } } } }", { a: { b: { c: { d: 1 } } } }],
  ["Array(1) of Array(1) of Array(1) of Array(1)", [[[[1]]]]],
  ["{}", {}],
  ["null", null],
  ["undefined", undefined],
  ["bigint", 10n],
  ["Date", new Date(0)],
  ["Map", new Map([[1, 2]])],
  ['{ at: Uint8Array, "two words": boolean }', { at: new Uint8Array(3), "two words": true }],
])("a value is shown as %s", (shape, value) => {
  expect(shapeOf(value)).toBe(shape);
});

test("of a large result with long names a part is shown, and no value ever", () => {
  const long = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`${"k".repeat(100)}${at}`, "secret"]));
  const sentence = shapesOf([gave("records.get", long)]);
  expect(sentence).toMatch(/^What the calls gave: records\.get: \{ "k{40}…": string, /);
  expect(sentence?.length).toBeLessThan(400);
  expect(sentence).not.toContain("secret");
});

test("a result that cannot be read is one that nothing is said of", () => {
  const unreadable = () => {
    throw new Error("It unfolds beyond measure.");
  };
  expect(shapesOf([{ call: "notes.get", value: unreadable }])).toBe(
    "What the calls gave: notes.get: too large to be looked at.",
  );
});

test("each tool is shown once, with what it gave last, and of many tools the last five", () => {
  const tools = ["a.x", "b.x", "c.x", "d.x", "e.x", "f.x"].map((call) => gave(call, 1));
  expect(shapesOf([...tools, gave("a.x", "text")])).toBe(
    "What the calls gave: c.x: number; d.x: number; e.x: number; f.x: number; a.x: string.",
  );
});

const program = (returned: readonly Returned[]) => ({
  source: "async () => 1",
  globals: ["notes"],
  returned: () => returned,
});
const list = [gave("notes.list", { items: [1] })];

test.each([
  "Cannot read properties of undefined (reading 'map')",
  "all.map is not a function",
  "all is not iterable",
  "Cannot destructure property 'a' of 'b' as it is undefined.",
  "Cannot convert undefined or null to object",
])("an error of the engine's own is answered with it: %s", (message) => {
  expect(adviceOn({ name: "TypeError", message }, program(list), 1)).toBe(
    ". What the calls gave: notes.list: { items: Array(1) of number }.",
  );
});

test("other errors, and programs that called nothing, are not", () => {
  expect(adviceOn({ name: "TypeError", message: "The tool's own" }, program(list), 1)).toBe("");
  expect(adviceOn({ name: "Error", message: "x is not a function" }, program(list), 1)).toBe("");
  expect(adviceOn({ name: "TypeError", message: "x is not a function" }, program([]), 1)).toBe("");
});
