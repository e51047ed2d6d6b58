/** The cards after a reading: what waits, what is in doubt, what went while somebody was about to decide. */
import { expect, test } from "vitest";
import {
  approvedWords,
  type Card,
  cardsOf,
  doneWords,
  goneWords,
  isGoneForGood,
  marked,
  without,
} from "../../src/app/console/cards.ts";
import type { Action } from "../../src/app/console/schemas.ts";

function action(seq: number, kind: Action["kind"] = "approval"): Action {
  return {
    executionId: "exec_1",
    seq,
    connector: "a",
    method: "b",
    kind,
    digest: `d${seq}`,
    askedAt: 0,
    before: [],
    earlier: 0,
  };
}

const nothingTyped = () => false;

test("a call in doubt that nobody waits for is of a run that has ended", () => {
  const [waiting, ended] = [action(1, "in_doubt"), action(2, "in_doubt")];
  const cards = cardsOf([], { pending: [action(0), waiting], inDoubt: [waiting, ended] }, nothingTyped);
  expect(cards.map(({ action: { seq }, hasEnded }) => [seq, hasEnded])).toEqual([
    [0, false],
    [1, false],
    [2, true],
  ]);
});

test("what went is gone, but for a card with typed text, a refusal, or a decision on its way", () => {
  const problem = { code: "STALE_DECISION", message: "Look again." };
  let cards = cardsOf([], { pending: [0, 1, 2, 3, 4].map((seq) => action(seq)), inDoubt: [] }, nothingTyped);
  cards = marked(marked(cards, [action(1)], { problem }), [action(2)], { busy: "Approving …" });
  const left = cardsOf(cards, { pending: [action(4)], inDoubt: [] }, (about) => about === "exec_1/3/approval");
  expect(left).toEqual([
    { action: action(1), isGone: true, hasEnded: false, problem },
    { action: action(2), isGone: true, hasEnded: false, busy: "Approving …" },
    { action: action(3), isGone: true, hasEnded: false },
    { action: action(4), isGone: false, hasEnded: false },
  ]);
});

test("what still waits keeps what is said of it, and is as it was read last", () => {
  const problem = { code: "STALE_DECISION", message: "Look again." };
  let cards = cardsOf([], { pending: [action(0), action(1)], inDoubt: [] }, nothingTyped);
  cards = marked(marked(cards, [action(0)], { problem }), [action(1)], { busy: "Approving …" });
  const changed = { ...action(0), digest: "another" };
  expect(cardsOf(cards, { pending: [changed, action(1)], inDoubt: [] }, () => true)).toEqual([
    { action: changed, isGone: false, hasEnded: false, problem },
    { action: action(1), isGone: false, hasEnded: false, busy: "Approving …" },
  ]);
});

test("what is said of a card takes the place of what was said before", () => {
  const problem = { code: "UNREACHABLE", message: "No answer." };
  const bare = cardsOf([], { pending: [action(0), action(1)], inDoubt: [] }, nothingTyped);
  const [first, second] = bare;
  const busy = marked(bare, [action(0)], { busy: "Approving …" });
  expect(marked(busy, [action(0)], { problem })).toEqual([{ ...first, problem }, second]);
  expect(marked(busy, [action(0)], {})).toEqual(bare);
});

test("what was decided on goes, and the rest stays", () => {
  const cards = cardsOf([], { pending: [0, 1, 2].map((seq) => action(seq)), inDoubt: [] }, nothingTyped);
  expect(without(cards, [action(0), action(2)])).toEqual([cards[1]]);
});

test("a card that went while its decision is on its way may still come back", () => {
  const card = { action: action(0), isGone: true, hasEnded: false };
  expect([isGoneForGood(card), isGoneForGood({ ...card, busy: "Approving …" })]).toEqual([true, false]);
});

test("what went without a word of its own is said, but not what is in doubt now instead", () => {
  const read = (...pending: readonly Action[]) => cardsOf([], { pending, inDoubt: [] }, nothingTyped);
  const before = read(action(0), action(1), action(2));
  expect(goneWords(before, before)).toBeUndefined();
  expect(goneWords(before, read(action(1), action(2, "in_doubt")))?.text).toBe(
    "a.b no longer waits: it was decided elsewhere, or its run has ended.",
  );
  expect(goneWords(before, [])?.text).toBe(
    "3 actions no longer wait: they were decided elsewhere, or their runs have ended.",
  );
  const kept = cardsOf(before, { pending: [], inDoubt: [] }, () => true);
  expect(goneWords(before, kept)).toBeUndefined();
  expect(goneWords(kept, [])).toBeUndefined();
});

test("what went is told of its own run, also where another run has a call of that number", () => {
  const other = { ...action(0), executionId: "exec_2", method: "c" };
  const before = cardsOf([], { pending: [action(0), other], inDoubt: [] }, nothingTyped);
  expect(goneWords(before, cardsOf(before, { pending: [action(0)], inDoubt: [] }, nothingTyped))).toEqual({
    text: "a.c no longer waits: it was decided elsewhere, or its run has ended.",
    executionId: "exec_2",
  });
});

test("what is on the screen stays in its place, what comes is below it: in its run, and among the runs", () => {
  const [a0, a1, b0, c0] = [
    action(0),
    action(1),
    { ...action(0), executionId: "exec_2" },
    { ...action(0), executionId: "exec_3" },
  ];
  const named = (cards: readonly Card[]) => cards.map(({ action: { executionId, seq } }) => `${executionId} ${seq}`);
  const before = cardsOf([], { pending: [b0, a0], inDoubt: [] }, nothingTyped);
  expect(named(before)).toEqual(["exec_2 0", "exec_1 0"]);
  const now = cardsOf(before, { pending: [c0, a0, a1, b0], inDoubt: [] }, nothingTyped);
  expect(named(now)).toEqual(["exec_2 0", "exec_1 0", "exec_1 1", "exec_3 0"]);
  const went = cardsOf(now, { pending: [c0, b0], inDoubt: [] }, (about) => about === "exec_1/0/approval");
  expect(named(went)).toEqual(["exec_2 0", "exec_1 0", "exec_3 0"]);
});

test("a decision that was taken is said as what it was, with how the run stands", () => {
  const card = { action: action(0), isGone: false, hasEnded: false };
  expect([
    doneWords(card, "approve", "completed"),
    doneWords(card, "approve", "error"),
    doneWords(card, "reject", "rejected"),
    doneWords(card, "ran", "paused"),
    doneWords(card, "fail", "paused"),
    doneWords(card, "run"),
    approvedWords(1, "error"),
    approvedWords(2, "paused"),
  ]).toEqual([
    "Approved a.b. The run completed.",
    "Approved a.b. The run ended with an error.",
    "Rejected a.b. The run ended.",
    "Recorded the result of a.b. The run waits for a further decision.",
    "Recorded the failure of a.b. The run waits for a further decision.",
    "Ran again a.b.",
    "Approved 1 action. The run ended with an error.",
    "Approved 2 actions. The run waits for a further decision.",
  ]);
});

test("a decision on a run that was over says nothing of how that ended", () => {
  const [card] = cardsOf([], { pending: [], inDoubt: [action(0, "in_doubt")] }, nothingTyped);
  if (card === undefined) throw new Error("There is one card.");
  expect(doneWords(card, "ran", "error")).toBe("Recorded the result of a.b.");
  expect(doneWords({ ...card, hasEnded: false }, "run", "completed")).toBe("Ran again a.b. The run completed.");
});
