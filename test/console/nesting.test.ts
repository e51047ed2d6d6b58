/** What a step did stands under it. */
import { expect, test } from "vitest";
import { nestedOf } from "../../src/app/console/nesting.ts";
import { entry } from "./entry.ts";

const step = (seq: number, parent?: number) =>
  entry(seq, { kind: "step", connector: "__step", method: "total", ...(parent !== undefined && { parent }) });

const told = (log: Parameters<typeof nestedOf>[0]) => {
  const { entries, depths } = nestedOf(log);
  return entries.map(({ seq }) => `${" ".repeat(depths.get(seq) ?? 0)}${seq}`);
};

test("a journal without steps is the log itself: nothing is drawn anew for it", () => {
  const log = [entry(0, {}), step(1)];
  const { entries, depths, around } = nestedOf(log);
  expect(entries).toBe(log);
  expect([depths.size, around.size]).toEqual([0, 0]);
});

test("what steps did at once stands under each of them, and what came after is outside again", () => {
  const log = [
    step(0),
    step(1),
    entry(2, { parent: 0 }),
    entry(3, { parent: 1 }),
    step(4, 0),
    entry(5, { parent: 4 }),
    entry(6, { parent: 1 }),
    entry(7, { parent: 0 }),
    entry(8, {}),
  ];
  expect(told(log)).toEqual(["0", " 2", " 4", "  5", " 7", "1", " 3", " 6", "8"]);
  expect([...nestedOf(log).around]).toEqual([0, 1, 4]);
});

test("no entry is lost: not of a step that could not be read, nor of one that would be around itself", () => {
  expect(told([entry(1, { parent: 0 }), step(2, 2), step(3, 4), step(4, 3)])).toEqual(["1", "2", "3", " 4"]);
});

test("ten thousand steps, each in the one before, are laid out at once", () => {
  const log = Array.from({ length: 10_000 }, (_, seq) => (seq === 0 ? step(0) : step(seq, seq - 1)));
  expect(nestedOf(log).depths.get(9_999)).toBe(9_999);
});
