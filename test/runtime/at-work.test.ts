/** The calls that tools are at: the oldest is told of once it has taken too long, and none sooner. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AtWork } from "../../src/runtime/at-work.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function makeAtWork(maxToolMs = 1_000) {
  const late: number[] = [];
  return { late, atWork: new AtWork(maxToolMs, (seq) => late.push(seq)) };
}

test("tells of a call that takes too long, counted from its own beginning", () => {
  const { atWork, late } = makeAtWork();
  atWork.begin(0);
  vi.advanceTimersByTime(600);
  atWork.begin(1);
  atWork.end(0);
  vi.advanceTimersByTime(999);
  expect(late).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(late).toEqual([1]);
});

test("says nothing of calls that follow each other for longer, nor of any after its end", () => {
  const { atWork, late } = makeAtWork();
  for (let seq = 0; seq < 5; seq += 1) {
    atWork.begin(seq);
    expect([atWork.size, atWork.has(seq), atWork.has(seq + 1)]).toEqual([1, true, false]);
    vi.advanceTimersByTime(900);
    atWork.end(seq);
  }
  atWork.begin(5);
  atWork.watchNoMore();
  vi.advanceTimersByTime(5_000);
  expect(late).toEqual([]);
  expect(atWork.has(5)).toBe(true);
});

test("waits for as long as it was told, also beyond what one timer can", () => {
  const year = 365 * 24 * 3_600_000;
  const { atWork, late } = makeAtWork(year);
  atWork.begin(0);
  vi.advanceTimersByTime(year - 1);
  expect(late).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(late).toEqual([0]);
});

test("a tool that answers at the last moment was in time, and after the end no timer is left", () => {
  const { atWork, late } = makeAtWork();
  atWork.begin(0);
  atWork.begin(1);
  vi.setSystemTime(Date.now() + 1_000);
  // Its time is up, and its answer was taken before the timer fired.
  atWork.end(0);
  atWork.end(1);
  vi.advanceTimersByTime(1_000);
  expect([late, vi.getTimerCount()]).toEqual([[], 0]);
  atWork.begin(2);
  atWork.watchNoMore();
  expect(vi.getTimerCount()).toBe(0);
});
