/** Hundreds of actions that wait are told in what a person reads, with what each came after. */
import { expect, test } from "vitest";
import { shownAction, shownOutcome } from "../../src/app/shown-actions.ts";
import type { PendingAction } from "../../src/journal/public.ts";

type Before = PendingAction["before"];

const call = (seq: number, method: string, state: Before[number]["state"] = "applied") => ({
  seq,
  connector: "accounts",
  method,
  state,
});

function action(seq: number, before: Before): PendingAction {
  return {
    executionId: "exec_1",
    seq,
    connector: "accounts",
    method: "set_credit",
    args: { id: seq },
    kind: "approval",
    digest: "d",
    askedAt: 0,
    before,
  };
}

test("calls of one tool in a row are one line, those that ended otherwise another", () => {
  const before = [call(0, "list"), call(1, "get"), call(2, "get"), call(3, "get", "error"), call(5, "note")];
  expect(shownAction(action(6, before))).toEqual({
    ...action(6, []),
    before: [
      { ...call(0, "list"), times: 1 },
      { ...call(1, "get"), times: 2 },
      { ...call(3, "get", "error"), times: 1 },
      { ...call(5, "note"), times: 1 },
    ],
    earlier: 0,
  });
});

test("of many lines the last five are there, and how many entries came before them", () => {
  const before = Array.from({ length: 100 }, (_, n) => call(400 + n, n % 2 === 0 ? "get" : "note"));
  const { before: lines, earlier } = shownAction(action(500, before));
  expect(lines.map(({ seq }) => seq)).toEqual([495, 496, 497, 498, 499]);
  expect(earlier).toBe(495);
});

test("a call after steps alone says how many entries came before it", () => {
  expect(shownAction(action(3, []))).toMatchObject({ before: [], earlier: 3 });
});

test("200 actions that wait after 99 calls each are a tenth of what they are with all of that", () => {
  const before = Array.from({ length: 99 }, (_, n) => call(n, ["get", "list", "note"][n % 3] ?? ""));
  const all = Array.from({ length: 200 }, (_, n) => action(99 + n, before));
  const [whole, shown] = [all, all.map(shownAction)].map((actions) => JSON.stringify(actions, undefined, 2).length);
  expect(shown).toBeLessThan((whole ?? 0) / 10);
});

test("an outcome that waits shows its actions like that, others are as they are", () => {
  const paused = { status: "paused" as const, executionId: "exec_1", pending: [action(1, [call(0, "get")])] };
  expect(shownOutcome(paused)).toEqual({ ...paused, pending: paused.pending.map(shownAction) });
  const completed = { status: "completed" as const, executionId: "exec_1", result: 1 };
  expect(shownOutcome(completed)).toBe(completed);
});
