/** Work that is done again whenever it is wanted: one round at a time, with a rest between two. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Rounds } from "../../src/app/console/rounds.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Work that takes as long as a test says; when its rounds began, in milliseconds. */
function working({ takes, isStillWanted = true }: { readonly takes: number; readonly isStillWanted?: boolean }) {
  const began: number[] = [];
  const from = performance.now();
  let atOnce = 0;
  let most = 0;
  const rounds = new Rounds(async () => {
    began.push(performance.now() - from);
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise((resolve) => setTimeout(resolve, takes));
    atOnce -= 1;
    return isStillWanted;
  });
  return { rounds, began, most: () => most };
}

test("is done once, however often it was wanted, and not again unasked", async () => {
  const { rounds, began } = working({ takes: 10 });
  rounds.want();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(began).toEqual([0]);
});

test("what is wanted meanwhile is one more round, after a rest, and never two at once", async () => {
  const { rounds, began, most } = working({ takes: 10 });
  rounds.want();
  await vi.advanceTimersByTimeAsync(5);
  rounds.want();
  rounds.want();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(began).toEqual([0, 130]);
  expect(most()).toBe(1);
  rounds.want();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(began).toHaveLength(3);
});

test("what takes long is done less often", async () => {
  const { rounds, began } = working({ takes: 1_000 });
  rounds.want();
  await vi.advanceTimersByTimeAsync(500);
  rounds.want();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(began).toEqual([0, 3_000]);
});

test("what is wanted now does not wait for the end of a rest", async () => {
  const { rounds, began } = working({ takes: 1_000 });
  rounds.want();
  await vi.advanceTimersByTimeAsync(1_500);
  rounds.wantNow();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(began).toEqual([0, 1_500]);
});

test("a round for what is no longer wanted has no rest after it", async () => {
  const { rounds, began } = working({ takes: 1_000, isStillWanted: false });
  rounds.want();
  await vi.advanceTimersByTimeAsync(500);
  rounds.wantNow();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(began).toEqual([0, 1_000]);
});
