/** What a new pass is told of a journal. */
import { expect, test } from "vitest";
import { type Entry, newEntry, replayOf } from "../../src/journal/entry.ts";

const settled = (entry: Entry, order: number): Entry => ({
  ...entry,
  state: "succeeded",
  order,
  settlement: { ok: true, value: "[1]" },
});

const step = (seq: number, parent?: number) => newEntry({ kind: "step", seq, name: "s", parent }, "started");
const call = (seq: number, parent?: number) =>
  newEntry({ kind: "call", seq, connector: "t", method: "do", args: "=[]", parent }, "started");

const replay = (entries: readonly Entry[]) => {
  const { recorded, skip, nextOrder } = replayOf(new Map(entries.map((entry) => [entry.seq, entry])));
  return { recorded: recorded.map(({ seq }) => seq), skip, nextOrder };
};

test("G3 the order goes on after all that settled, also after a call that outlived its step and is not asked for again", () => {
  const entries = [settled(step(0), 0), settled(call(1, 0), 3), settled(call(2), 1), settled(call(3), 2), call(4)];
  expect(replay(entries)).toEqual({ recorded: [0, 2, 3], skip: [1], nextOrder: 4 });
});

test("what stands inside of a step that is over is skipped, however deep; inside of an open one it is replayed", () => {
  expect(replay([settled(step(0), 2), settled(step(1, 0), 1), settled(call(2, 1), 0)])).toEqual({
    recorded: [0],
    skip: [1, 2],
    nextOrder: 3,
  });
  expect(replay([step(0), settled(step(1, 0), 1), settled(call(2, 1), 0)])).toEqual({
    recorded: [1],
    skip: [2],
    nextOrder: 2,
  });
  // A step inside of a step that is over, and that nobody ended: of a guest that lies.
  expect(replay([settled(step(0), 0), step(1, 0), settled(call(2, 1), 1)])).toEqual({
    recorded: [0],
    skip: [1, 2],
    nextOrder: 2,
  });
});

test("what is skipped is told with the order in which it settled, and -1 where it never did", () => {
  const entries = [settled(step(0), 3), settled(call(1, 0), 2), call(2, 0), settled(call(3, 0), 1)];
  const { skip, skipUntil } = replayOf(new Map(entries.toReversed().map((entry) => [entry.seq, entry])));
  expect([skip, skipUntil]).toEqual([
    [1, 2, 3],
    [2, -1, 1],
  ]);
});

test("settlements are told in the order in which they were delivered, not in that of their numbers", () => {
  expect(replay([settled(call(0), 2), settled(call(1), 0), settled(call(2), 1)]).recorded).toEqual([1, 2, 0]);
});
