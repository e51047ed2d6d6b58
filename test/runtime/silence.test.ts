/** How long a busy sandbox has been silent: counted anew whenever it was heard of. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Silence } from "../../src/runtime/silence.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("lasts only without a word, and a word after it begins it anew", () => {
  const silence = new Silence();
  const lasted = vi.fn();
  silence.await(lasted);
  vi.advanceTimersByTime(999);
  expect([silence.lasted, lasted.mock.calls.length]).toEqual([false, 0]);
  vi.advanceTimersByTime(1);
  expect([silence.lasted, lasted.mock.calls.length]).toEqual([true, 1]);
  silence.break();
  expect(silence.lasted).toBe(false);
  silence.await(lasted);
  vi.advanceTimersByTime(600);
  silence.break();
  silence.await(lasted);
  vi.advanceTimersByTime(600);
  expect([silence.lasted, lasted.mock.calls.length]).toEqual([false, 1]);
});
