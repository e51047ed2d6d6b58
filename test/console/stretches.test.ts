/** Where a run stood still for a person: told by the times of its entries alone. */
import { expect, test } from "vitest";
import type { Entry } from "../../src/app/console/schemas.ts";
import { merged, outside, pausesOf, ranMs, runOf, waitsOf } from "../../src/app/console/stretches.ts";
import { entry } from "./entry.ts";

const approved = (at: number) => ({ decision: { decision: "approved", at } }) as const;
const call = (seq: number, startedAt: number, settledAt: number, rest: Partial<Entry> = {}) =>
  entry(seq, { startedAt, settledAt, ...rest });

const told = (entries: readonly Entry[], now = 1_000) =>
  pausesOf(entries, now).map(({ from, to, after, isOpen }) => [from, to, after, isOpen ? "open" : "over"]);

test("what runs outside of pauses is cut where they are", () => {
  const cut = (...runs: readonly (readonly [number, number])[]) =>
    outside(
      runs.map(([from, to]) => ({ from, to })),
      [
        { from: 10, to: 20 },
        { from: 30, to: 40 },
      ],
    ).map(({ from, to }) => [from, to]);
  expect(cut([0, 50])).toEqual([[0, 10], [20, 30], [40, 50]]); // biome-ignore format: one line reads as one line
  expect(cut([0, 5], [15, 35])).toEqual([[0, 5], [20, 30]]); // biome-ignore format: one line reads as one line
  expect(cut([12, 18])).toEqual([]);
  expect(cut([10, 50])).toEqual([[20, 30], [40, 50]]); // biome-ignore format: one line reads as one line
  expect(cut([20, 30], [40, 41], [60, 60])).toEqual([[20, 30], [40, 41], [60, 60]]); // biome-ignore format: one line reads as one line
  expect(cut([5, 12], [13, 35], [39, 45])).toEqual([[5, 10], [20, 30], [40, 45]]); // biome-ignore format: one line reads as one line
});

test("stretches that touch, or of which one is in another, are one", () => {
  const stretch = (from: number, to: number) => ({ from, to });
  expect(merged([stretch(20, 30), stretch(0, 10), stretch(10, 15)])).toEqual([stretch(0, 15), stretch(20, 30)]);
  expect(merged([stretch(0, 100), stretch(10, 20)])).toEqual([stretch(0, 100)]);
});

test("how long a call ran is what its tool took, and not known where a person told how it ended", () => {
  const resolved = { decision: { decision: "resolved", at: 300 } } as const;
  expect(ranMs(call(0, 10, 100))).toBe(90);
  expect(ranMs(call(0, 10, 300, resolved))).toBeUndefined();
  expect(ranMs(call(0, 310, 320, resolved))).toBe(10);
  expect(waitsOf(call(0, 310, 320, resolved), 1_000)).toEqual([]);
  expect(ranMs(entry(0, { startedAt: 10, state: "executing" }))).toBeUndefined();
});

test("only what runs now has no end yet", () => {
  expect(runOf(entry(0, { startedAt: 10, state: "executing" }), 500)).toEqual({ from: 10, to: 500 });
  expect(runOf(entry(0, { startedAt: 10 }), 500)).toEqual({ from: 10, to: 10 });
});

test("a run that asks nobody has no pause", () => {
  expect(told([call(0, 0, 10), call(1, 500, 510)])).toEqual([]);
  expect(told([])).toEqual([]);
});

test("a pause is from the last that happened to the decision", () => {
  expect(told([call(0, 0, 10), call(1, 52, 60, { askedAt: 11, ...approved(50) }), call(2, 61, 70)])).toEqual([
    [11, 50, 1, "over"],
  ]);
});

test("each decision of several has its own pause, where the run stood still before it", () => {
  const both = [call(0, 50, 60, { askedAt: 10, ...approved(50) }), call(1, 90, 95, { askedAt: 10, ...approved(90) })];
  expect(told(both)).toEqual([
    [10, 50, 1, "over"],
    [60, 90, 1, "over"],
  ]);
});

test("decisions of one click are one pause", () => {
  const both = [call(0, 50, 60, { askedAt: 10, ...approved(50) }), call(1, 50, 95, { askedAt: 10, ...approved(50) })];
  expect(told(both)).toEqual([[10, 50, 1, "over"]]);
});

test("a decision while another call runs is no pause", () => {
  expect(told([call(0, 0, 100), call(1, 100, 110, { askedAt: 5, ...approved(40) })])).toEqual([]);
  const timer = call(0, 0, 100, { kind: "timer", connector: "__timer", method: "100" });
  expect(told([timer, call(1, 100, 110, { askedAt: 5, ...approved(40) })])).toEqual([]);
});

test("a step and a snippet around a question do not say that something ran", () => {
  for (const around of [{ kind: "step" as const }, { connector: "codemode", method: "run" }]) {
    expect(told([call(0, 0, 100, around), call(1, 50, 60, { askedAt: 5, ...approved(50) })])).toEqual([
      [5, 50, 1, "over"],
    ]);
  }
});

test("a rejection ends a pause, too", () => {
  expect(told([entry(0, { state: "rejected", askedAt: 5, decision: { decision: "rejected", at: 80 } })])).toEqual([
    [5, 80, 0, "over"],
  ]);
});

test("a rejection that ends the run while others still wait is one pause, and not one more for those", () => {
  const rejected = entry(0, { state: "rejected", askedAt: 5, decision: { decision: "rejected", at: 80 } });
  expect(told([rejected, entry(1, { state: "pending", askedAt: 5 })], 80)).toEqual([[5, 80, 1, "open"]]);
});

test("what waits pauses until now, once nothing runs any more", () => {
  const waits = entry(1, { state: "pending", askedAt: 5 });
  expect(told([call(0, 0, 10), waits])).toEqual([[10, 1_000, 1, "open"]]);
  expect(told([entry(0, { state: "executing", startedAt: 0 }), waits])).toEqual([]);
});

test("a call in doubt pauses from its start until a person says what became of it", () => {
  expect(told([entry(0, { state: "in_doubt", startedAt: 10 })])).toEqual([[10, 1_000, 0, "open"]]);
  expect(told([call(0, 10, 300, { decision: { decision: "resolved", at: 300 } }), call(1, 310, 320)])).toEqual([
    [10, 300, 0, "over"],
  ]);
});

test("a journal of ten thousand decisions is read at once", () => {
  const entries = Array.from({ length: 10_000 }, (_, n) =>
    call(n, n * 20 + 10, n * 20 + 15, { askedAt: n * 20, ...approved(n * 20 + 10) }),
  );
  expect(pausesOf(entries, 0)).toHaveLength(10_000);
});
