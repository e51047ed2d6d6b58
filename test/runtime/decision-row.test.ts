/** Decisions on one call, as they are stored beside its arguments and its result: however many there are, their row holds them (G10). */
import { expect, test } from "vitest";
import { advance, newEntry } from "../../src/journal/entry.ts";
import { MAX_DECISION_BYTES } from "../../src/limits.ts";
import { applyDecision } from "../../src/runtime/decisions.ts";
import { LiveJournal } from "../../src/runtime/journal.ts";

/** A call that was approved, ran into the death of its process, and of which a person says again and again: run it once more. */
function decidedAgain(times: number, note: string) {
  const request = { seq: 0, kind: "call", connector: "bank", method: "pay", args: "=[]" } as const;
  const entry = newEntry(request, "pending");
  const journal = new LiveJournal({} as never, { id: "exec_1", createdAt: 0 } as never, new Map([[0, entry]]));
  const decision = { executionId: "exec_1", by: note, reason: note };
  applyDecision(journal, [entry], { ...decision, decision: { kind: "approve" } } as never);
  for (let time = 0; time < times; time += 1) {
    advance(entry, "started");
    advance(entry, "in_doubt");
    applyDecision(journal, [entry], { ...decision, decision: { kind: "resolve", as: "run" } } as never);
  }
  return entry.decision;
}

test("each is kept behind the next", () => {
  expect(decidedAgain(2, "ann")).toMatchObject({
    decision: "resolved",
    previous: { decision: "resolved", previous: { decision: "approved", by: "ann" } },
  });
});

test.each([["\u0001"], ["é"], ["x"]])("the oldest go where notes full of %j leave no room for them", (char) => {
  const note = char.repeat(10_000);
  const decided = decidedAgain(20, note);
  expect(decided).toMatchObject({ decision: "resolved", by: note, reason: note });
  expect(new TextEncoder().encode(JSON.stringify(decided)).byteLength).toBeLessThanOrEqual(MAX_DECISION_BYTES);
});

test("G2 a rejection is kept, also of a call whose tool's own result would not have been", () => {
  const entry = newEntry({ seq: 0, kind: "call", connector: "bank", method: "pay", args: "=[]" }, "pending");
  // Its tool has become one that is made again on every pass, and asked for approval before.
  entry.ephemeral = true;
  const journal = new LiveJournal({} as never, { id: "exec_1", createdAt: 0 } as never, new Map([[0, entry]]));
  const decision = { kind: "reject", then: "throw" } as const;
  applyDecision(journal, [entry], { executionId: "exec_1", actions: [{ seq: 0 }], decision, reason: "no" });
  const [recorded] = new LiveJournal({} as never, journal.execution, journal.entries).replay.recorded;
  expect(recorded).toMatchObject({ ok: false, value: expect.stringContaining("was rejected: no") });
  expect(recorded?.ephemeral).toBeUndefined();
});
