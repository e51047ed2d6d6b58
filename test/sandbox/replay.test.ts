/** What the guest knows of the place that a replay has reached (G3). */
import { expect, test } from "vitest";
import { Replay } from "../../src/sandbox/shim/replay.ts";
import type { Recorded } from "../../src/wire/messages.ts";

function recorded(seq: number, order: number): Recorded {
  return { seq, order, key: "step\ns", at: 0, ok: true };
}

test("what settled inside of a step is past once the program was told of that place, and all of it is where the record ends", () => {
  const replay = new Replay([recorded(0, 2), recorded(3, 5)]);
  const past = () => [-1, 0, 2, 4, 9].filter((order) => replay.isPast(order));
  expect(past()).toEqual([-1]);
  replay.advance();
  // One that nobody was told of has the place of what was told last before it.
  expect(past()).toEqual([-1, 0, 2]);
  replay.advance();
  expect(past()).toEqual([-1, 0, 2, 4, 9]);
});
