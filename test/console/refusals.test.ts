/** Refusals in plain words: what is known, and what is not. */
import { expect, test } from "vitest";
import { isUnknown, refusalWords, refusalWordsOfSeveral } from "../../src/app/console/refusals.ts";

const refused = (code: string) => ({ code, message: "What the API said." });

test.for([
  ["STALE_DECISION", /^This has changed since it was shown\. Nothing was done\./],
  ["NOT_PENDING", /^Somebody else has decided on this already, .* Your decision changed nothing\.$/],
  ["NOT_FOUND", /^The run is no longer there\. Your decision changed nothing\.$/],
  ["ILLEGAL_TRANSITION", /Nothing was done\.$/],
  ["MISSING_CONNECTOR", /Nothing was done\.$/],
] as const)("%s says that nothing was done, and beside it what the API said", ([code, plain]) => {
  const { outcome, plain: words, detail } = refusalWords(refused(code));
  expect([outcome, detail]).toEqual(["Not done.", "What the API said."]);
  expect(words).toMatch(plain);
  expect(isUnknown(refused(code))).toBe(false);
});

test("a refusal without words of its own is what the API said", () => {
  expect(refusalWords(refused("INVALID_ARGS"))).toEqual({ outcome: "Not done.", plain: "What the API said." });
});

test("where it is not known whether a decision was taken, that is said, and not that it was not", () => {
  expect([refused("UNREACHABLE"), refused("UNREADABLE")].map(isUnknown)).toEqual([true, true]);
  expect(refusalWords(refused("UNREACHABLE"))).toEqual({
    outcome: "No answer.",
    plain: expect.stringContaining("it is not known whether the decision arrived"),
  });
  expect(refusalWords(refused("UNREADABLE"))).toEqual({
    outcome: "Not known.",
    plain: expect.stringContaining("it is not known whether the decision was taken"),
    detail: "What the API said.",
  });
});

test.for([
  ["STALE_DECISION", "Some of these have changed since they were shown, or were decided on by somebody else."],
  ["NOT_PENDING", "Some of these were decided on by somebody else, or the run has ended."],
  ["NOT_FOUND", "Some of these are no longer there."],
] as const)("of several actions %s says that none was approved, and what to do", ([code, said]) => {
  expect(refusalWordsOfSeveral(refused(code))).toEqual({
    outcome: "None was approved.",
    plain: `${said} Look at what waits now, and press again.`,
    detail: "What the API said.",
  });
});

test("of several actions any other refusal says, too, that none was approved", () => {
  expect(refusalWordsOfSeveral(refused("INVALID_ARGS"))).toEqual({
    outcome: "None was approved.",
    plain: "What the API said.",
  });
});
