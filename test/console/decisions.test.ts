/** What a journal's decisions say in words: the record says that a doubt was resolved, and the entry how. */
import { expect, test } from "vitest";
import { isTold, saidOf } from "../../src/app/console/decisions.ts";
import type { Decision, Entry } from "../../src/app/console/schemas.ts";
import { entry } from "./entry.ts";

const approved: Decision = { decision: "approved", at: 5, by: "Ada", reason: "small" };
const resolved = (at: number, previous?: Decision): Decision => ({
  decision: "resolved",
  at,
  by: "Bob",
  ...(previous && { previous }),
});

const said = (rest: Partial<Entry>) => saidOf(entry(0, { startedAt: 10, ...rest })).map(({ did }) => did);

test("an approval and a rejection are said as they are, and nothing of what nobody decided", () => {
  expect(said({})).toEqual([]);
  expect(said({ decision: approved })).toEqual(["approved it"]);
  expect(said({ state: "rejected", decision: { decision: "rejected", at: 5 } })).toEqual(["rejected it"]);
  expect(saidOf(entry(0, { decision: approved }))).toMatchObject([
    { by: "Ada", reason: "small", at: 5, wasInDoubt: false },
  ]);
});

test.for([
  ["applied", "said that it ran, with the result shown here"],
  ["reverted", "said that it ran, with the result shown here"],
  ["revert_failed", "said that it ran, with the result shown here"],
  ["error", "said that it failed, with the error shown here"],
] as const)("of a call in doubt that is %s since, a person %s", ([state, words]) => {
  const settled = { state, settledAt: 300, decision: resolved(300, approved) };
  expect(said(settled)).toEqual(["approved it", words]);
  expect(isTold(entry(0, { startedAt: 10, ...settled }))).toBe(true);
  expect(saidOf(entry(0, settled)).map(({ did, wasInDoubt }) => [did, wasInDoubt])).toEqual([
    ["approved it", false],
    [words, true],
  ]);
});

test.for(["approved", "executing", "applied", "error", "in_doubt"] as const)(
  "a call that was run again, and is %s since, was had run again",
  (state) => {
    const startedAt = state === "approved" ? 10 : 301;
    const again = { state, startedAt, decision: resolved(300) };
    expect(said(again)).toEqual(["had it run again"]);
    expect(isTold(entry(0, again))).toBe(false);
  },
);

test("a call that began anew in the millisecond of the decision was had run again", () => {
  const again = { startedAt: 300, settledAt: 400, decision: resolved(300) };
  expect(said(again)).toEqual(["had it run again"]);
  expect(isTold(entry(0, again))).toBe(false);
});

test("a call that was in doubt twice had been run again in between", () => {
  const twice = entry(0, { startedAt: 301, settledAt: 400, decision: resolved(400, resolved(300, approved)) });
  expect(saidOf(twice).map(({ did, wasInDoubt }) => [did, wasInDoubt])).toEqual([
    ["approved it", false],
    ["had it run again", true],
    ["said that it ran, with the result shown here", true],
  ]);
});
