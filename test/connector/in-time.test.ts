/** Waiting no longer than is given: what comes in time counts, what does not is replaced, and no timer is left behind. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { inTime } from "../../src/connector/in-time.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new Promise<string>(() => {});

test("what settles in time is the answer, or the error", async () => {
  await expect(inTime(1_000, Promise.resolve("there"), () => "late")).resolves.toBe("there");
  await expect(inTime(1_000, Promise.reject(new Error("it failed")), () => "late")).rejects.toThrow("it failed");
  expect(vi.getTimerCount()).toBe(0);
});

test("what does not is replaced, when its time is up and not before", async () => {
  const answers: string[] = [];
  void inTime(1_000, never, () => "late").then((answer) => answers.push(answer));
  await vi.advanceTimersByTimeAsync(999);
  expect(answers).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(answers).toEqual(["late"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("what is thrown instead is the error", async () => {
  const failed = expect(
    inTime(1_000, never, () => {
      throw new Error("too late");
    }),
  ).rejects.toThrow("too late");
  await vi.advanceTimersByTimeAsync(1_000);
  await failed;
});

test("a time longer than any timer takes is long, and not over at once", async () => {
  const late = vi.fn(() => "late");
  void inTime(2 ** 40, never, late);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(late).not.toHaveBeenCalled();
});
