/** The geometry of a journal: bars on one scale, with long stretches of nothing folded. */
import { expect, test } from "vitest";
import { type Bar, timelineOf } from "../../src/app/console/timeline.ts";
import { entry } from "./entry.ts";

const rounded = (bars: readonly Bar[] | undefined) =>
  bars?.map(({ kind, left, width }) => [kind, Math.round(left), Math.round(width)]);

test("calls lie where they ran, side by side where they ran at once", () => {
  const { bars, folds, activeMs } = timelineOf(
    [
      entry(0, { startedAt: 1_000, settledAt: 1_050 }),
      entry(1, { startedAt: 1_000, settledAt: 1_100 }),
      entry(2, { startedAt: 1_100, settledAt: 1_200 }),
    ],
    9_000,
  );
  expect([...bars].map(([seq, of]) => [seq, rounded(of)])).toEqual([
    [0, [["run", 0, 25]]],
    [1, [["run", 0, 50]]],
    [2, [["run", 50, 50]]],
  ]);
  expect(folds).toEqual([]);
  expect(activeMs).toBe(200);
});

test("calls of a millisecond each lie side by side", () => {
  const calls = [0, 1, 2].map((seq) => entry(seq, { startedAt: seq, settledAt: seq + 1 }));
  expect([...timelineOf(calls, 0).bars.values()].map(rounded)).toEqual([
    [["run", 0, 33]],
    [["run", 33, 33]],
    [["run", 67, 33]],
  ]);
});

test("what would be drawn longer than it was is not folded", () => {
  const around = (gap: number) => [
    entry(0, { startedAt: 0, settledAt: 100_000 }),
    entry(1, { startedAt: 100_000 + gap, settledAt: 200_000 }),
  ];
  expect(timelineOf(around(5_000), 0).folds).toEqual([]);
  expect(timelineOf(around(50_000), 0).folds).toMatchObject([{ ms: 50_000 }]);
});

test("two days in which a person thought are folded, and the calls around them can still be read", () => {
  const day = 86_400_000;
  const { bars, folds } = timelineOf(
    [
      entry(0, { startedAt: 0, settledAt: 100 }),
      entry(1, {
        askedAt: 100,
        startedAt: 2 * day,
        settledAt: 2 * day + 100,
        decision: { decision: "approved", at: 2 * day },
      }),
    ],
    3 * day,
  );
  expect(folds).toMatchObject([{ ms: 2 * day - 100 }]);
  expect(rounded(bars.get(0))).toEqual([["run", 0, 40]]);
  expect(rounded(bars.get(1))).toEqual([
    ["wait", 40, 20],
    ["run", 60, 40],
  ]);
});

test("a round length shows the scale, where most is not folded", () => {
  const scaleOf = (...runs: readonly (readonly [number, number])[]) =>
    timelineOf(
      runs.map(([startedAt, settledAt], seq) => entry(seq, { startedAt, settledAt })),
      0,
    ).scale;
  expect(scaleOf([0, 200])).toEqual({ left: 0, width: 25, ms: 50 });
  expect(scaleOf([0, 100], [60_000, 60_900])).toMatchObject({ left: expect.closeTo(19.6, 1), ms: 200 });
  expect(scaleOf([0, 400_000])).toMatchObject({ ms: 120_000 });
  expect(scaleOf([0, 0])).toBeUndefined();
  expect(timelineOf([entry(0, { state: "pending", askedAt: 0 })], 5_000).scale).toBeUndefined();
});

test("who has not answered is waited for until now; a rejected call never ran", () => {
  const waiting = timelineOf([entry(0, { state: "pending", askedAt: 0 })], 150);
  expect(rounded(waiting.bars.get(0))).toEqual([["wait", 0, 100]]);
  const rejected = timelineOf(
    [entry(0, { state: "rejected", askedAt: 0, decision: { decision: "rejected", at: 50 } })],
    150,
  );
  expect(rounded(rejected.bars.get(0))).toEqual([["wait", 0, 100]]);
});

test("a wait ends with the first decision: a later one is about what a crash left in doubt", () => {
  const { bars } = timelineOf(
    [
      entry(0, {
        askedAt: 0,
        startedAt: 100,
        settledAt: 200,
        decision: { decision: "resolved", at: 200, previous: { decision: "approved", at: 50 } },
      }),
    ],
    500,
  );
  expect(rounded(bars.get(0))).toEqual([
    ["wait", 0, 25],
    ["wait", 50, 50],
    ["run", 50, 0],
  ]);
});

test("a call that a crash left in doubt is not drawn as running until a person said that it ran", () => {
  const { bars, activeMs } = timelineOf(
    [
      entry(0, { startedAt: 0, settledAt: 100 }),
      entry(1, { startedAt: 100, settledAt: 90_000, decision: { decision: "resolved", at: 90_000 } }),
    ],
    0,
  );
  expect(activeMs).toBe(100);
  expect(bars.get(1)?.map(({ kind, ms }) => [kind, ms])).toEqual([
    ["wait", 89_900],
    ["run", 0],
  ]);
});

test("a pause lies where nothing ran until a person decided, also over a part of the journal", () => {
  const log = [
    entry(0, { startedAt: 0, settledAt: 100 }),
    entry(1, { askedAt: 100, startedAt: 200, settledAt: 300, decision: { decision: "approved", at: 200 } }),
    entry(2, { startedAt: 300, settledAt: 400 }),
  ];
  const { pauses } = timelineOf(log, 0);
  expect(pauses).toEqual([{ from: 100, to: 200, after: 1, isOpen: false, left: 25, width: 25 }]);
  expect(timelineOf(log.slice(1), 0, pauses).pauses).toMatchObject([{ left: 0, width: expect.closeTo(33.3, 1) }]);
  expect(timelineOf(log.slice(2), 0, pauses).pauses).toEqual([]);
});

test("a step that asks a person inside does not count as running meanwhile, and its wait is folded", () => {
  const { activeMs, folds } = timelineOf(
    [
      entry(0, { kind: "step", startedAt: 0, state: "executing" }),
      entry(1, { startedAt: 0, settledAt: 100 }),
      entry(2, { state: "pending", askedAt: 100 }),
    ],
    90_000,
  );
  expect(activeMs).toBe(100);
  expect(folds).toMatchObject([{ ms: 89_900 }]);
});

test("every bar lies within the picture, and an empty journal has none", () => {
  expect(timelineOf([], 5)).toEqual({ bars: new Map(), folds: [], pauses: [], scale: undefined, activeMs: 0 });
  const entries = Array.from({ length: 40 }, (_, n) =>
    entry(n, { askedAt: n * 700, startedAt: n * 997, settledAt: n * 997 + ((n * 31) % 90), state: "applied" }),
  );
  for (const bar of [...timelineOf(entries, 0).bars.values()].flat()) {
    expect(bar.left).toBeGreaterThanOrEqual(0);
    expect(bar.width).toBeGreaterThanOrEqual(0);
    expect(bar.left + bar.width).toBeLessThan(100.001);
  }
});

test("a journal of ten thousand entries is laid out at once", () => {
  const entries = Array.from({ length: 10_000 }, (_, n) => entry(n, { startedAt: n * 20, settledAt: n * 20 + 10 }));
  const { bars, activeMs } = timelineOf(entries, 0);
  expect(bars.size).toBe(10_000);
  expect(activeMs).toBe(100_000);
});
