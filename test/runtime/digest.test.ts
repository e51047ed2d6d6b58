/** What a digest names: one action as it was shown, and no other (G5). */
import { expect, test } from "vitest";
import { type Entry, newEntry } from "../../src/journal/entry.ts";
import { actionDigest } from "../../src/runtime/digest.ts";

const CALL = { seq: 3, kind: "call", connector: "bank", method: "pay", args: '=[{"to":"ada"}]' } as const;

function waiting(own: Partial<Entry> = {}): Entry {
  return { ...newEntry(CALL, "pending"), definition: "as it is shown", ...own };
}

const OTHERS: Readonly<Record<string, Partial<Entry>>> = {
  "another place": { seq: 4 },
  "another connector": { connector: "shop" },
  "another tool": { method: "tip" },
  "other arguments": { args: '=[{"to":"eve"}]' },
  "another definition of the tool": { definition: "as it is now" },
  "a doubt about the call": { state: "in_doubt" },
};

test.each(Object.entries(OTHERS))("G5 %s has another digest", (_what, own) => {
  expect(actionDigest("exec_1", waiting(own))).not.toBe(actionDigest("exec_1", waiting()));
});

test("G5 the same call of another execution has another digest", () => {
  expect(actionDigest("exec_2", waiting())).not.toBe(actionDigest("exec_1", waiting()));
});

test("G5 a doubt about a call that ran with edited arguments names those", () => {
  const doubt = waiting({ state: "in_doubt" });
  const edited = waiting({ state: "in_doubt", editedArgs: '=[{"to":"eve"}]' });
  expect(actionDigest("exec_1", edited)).not.toBe(actionDigest("exec_1", doubt));
});

test("what a person is not shown is not in the digest: it is the same whenever it is asked for", () => {
  const later = waiting({ askedAt: 7, attempt: 2, shownInPart: true });
  expect(actionDigest("exec_1", later)).toBe(actionDigest("exec_1", waiting()));
});
