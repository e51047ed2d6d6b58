/** What a model and a person read of a replay that differs from its record. */
import { expect, test } from "vitest";
import { describeDifference } from "../../src/wire/divergence.ts";
import { type Request, requestKey } from "../../src/wire/messages.ts";
import { encodeValue } from "../../src/wire/values.ts";

const call = (args: readonly unknown[], seq = 3): Request => ({
  kind: "call",
  seq,
  connector: "accounts",
  method: "set_credit",
  args: encodeValue(args, "The arguments"),
});
const step: Request = { kind: "step", seq: 3, name: 'a "b"' };
const timer: Request = { kind: "timer", seq: 3, ms: 50 };

test.each<[string, Request, Request | undefined, string, string]>([
  ["a call with other arguments", call([{ id: 1 }]), call([{ id: 2 }]), 'accounts.set_credit({"id":1})', 'it is accounts.set_credit({"id":2}) (line 7)'],
  ["a step in the place of a call without arguments", call([]), step, "accounts.set_credit()", 'it is codemode.step("a \\"b\\"") (line 7)'],
  ["a step whose name has lines", { ...step, name: "a\nb" }, { ...step, name: "a\nc" }, 'codemode.step("a\\nb")', 'it is codemode.step("a\\nc")'],
  ["a timer", timer, step, "a timer of 50 ms", "it is codemode.step"],
  ["nothing", step, undefined, 'codemode.step("a \\"b\\"")', "it is not made"],
])("%s is told as a program has it", (_what, before, now, was, is) => {
  const text = describeDifference({ seq: 3, before: requestKey(before), now, line: now && 7 });
  expect(text).toContain(`Before, call 3 was ${was}; now ${is}`);
}); // biome-ignore format: a table

test("long arguments are cut, and no half of a character is left", () => {
  const text = describeDifference({ seq: 3, before: requestKey(call(["x".repeat(198) + "😀".repeat(9)])), line: 1 });
  expect(text.isWellFormed()).toBe(true);
  expect(text).toContain("x� …)");
});

test("what the program failed with is said, cut where it is long", () => {
  const told = (failed: string) => describeDifference({ seq: 3, before: requestKey(call([])), failed, line: 2 });
  expect(told("it broke.")).toContain("; now it is not made, because the program failed: it broke (line 2). What ran");
  expect(told("x".repeat(5_000)).length).toBeLessThan(1_300);
});

test("arguments that JSON cannot hold are there as they are recorded", () => {
  const text = describeDifference({ seq: 3, before: requestKey(call([new Map([["a", 1n]])])), line: 1 });
  expect(text).toContain('accounts.set_credit([[1],["Map"');
});
