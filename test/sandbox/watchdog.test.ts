/** The clock of the program's own time, driven by hand. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Watchdog } from "../../src/sandbox/watchdog.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a time longer than any timer is waited for, and looked at no more often than timers allow", () => {
  const budgetMs = 2 ** 31 + 1_000;
  let expired = 0;
  let timers = 0;
  const { setTimeout } = globalThis;
  // A timer of more than 31 bits fires at once, over and over.
  const counting = vi.spyOn(globalThis, "setTimeout").mockImplementation(((run: () => void, ms: number) => {
    timers += 1;
    return setTimeout(run, ms > 2 ** 31 - 1 ? 1 : ms);
  }) as typeof setTimeout);
  const watchdog = new Watchdog(budgetMs, () => {
    expired += 1;
  });
  watchdog.run();
  vi.advanceTimersByTime(1_000);
  expect(timers).toBe(1);
  vi.advanceTimersByTime(budgetMs);
  expect({ expired, timers }).toEqual({ expired: 1, timers: 2 });
  watchdog.dispose();
  counting.mockRestore();
});
