import { expect, test } from "vitest";
import { roomBeside, roomForConsole } from "../../src/journal/room.ts";
import { MAX_ROW_BYTES } from "../../src/limits.ts";

test.each([
  ["nothing beside it", [], 1_000_000, 1_000_000],
  ["what is not there", [undefined, ""], 5, 5],
  ["a short text, taken for the most that it may come to", ["x".repeat(1_000)], MAX_ROW_BYTES, MAX_ROW_BYTES - 3_000],
  ["a long one, counted in bytes", ["é".repeat(900_000)], 1_000_000, MAX_ROW_BYTES - 1_800_000],
  ["more than a row holds", ["x".repeat(1_000_000), "x".repeat(1_000_000)], 1_000_000, 0],
])("a text has room beside %s", (_what, texts, maxBytes, room) => {
  expect(roomBeside(texts, maxBytes)).toBe(room);
});

test("the console leaves half of what the program leaves to the result", () => {
  expect(roomForConsole(["x".repeat(1_000_000)])).toBe((MAX_ROW_BYTES - 1_000_000) / 2);
  expect(roomForConsole(["x".repeat(MAX_ROW_BYTES + 1)])).toBe(0);
});
