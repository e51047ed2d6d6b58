/** What is in doubt once an execution has ended: swept over every status, kind and state. */
import { describe, expect, test } from "vitest";
import { doubtWhatIsLeft, isLeftInDoubt, type OpenFacts } from "../../src/journal/doubt.ts";
import { type Entry, newEntry } from "../../src/journal/entry.ts";
import type { ExecutionStatus } from "../../src/journal/public.ts";
import { planRollback } from "../../src/journal/rollback.ts";
import {
  assertEntryTransition,
  ENTRY_TRANSITIONS,
  type EntryState,
  EXECUTION_TRANSITIONS,
} from "../../src/journal/states.ts";

const STATES = Object.keys(ENTRY_TRANSITIONS) as EntryState[];
const STATUSES = Object.keys(EXECUTION_TRANSITIONS) as ExecutionStatus[];
const KINDS = ["call", "step", "timer"] as const;

const ALL: readonly OpenFacts[] = STATUSES.flatMap((status) =>
  KINDS.flatMap((kind) =>
    STATES.flatMap((state) => [true, false].map((performed) => ({ status, kind, state, performed }))),
  ),
);

const IN_DOUBT = ALL.filter(isLeftInDoubt);

const breaking = (holds: (facts: OpenFacts) => boolean) => ALL.filter((facts) => !holds(facts));

/** Statuses from which `running` can still be reached. */
const GOES_ON: readonly ExecutionStatus[] = STATUSES.filter((status) => {
  const next: readonly ExecutionStatus[] = EXECUTION_TRANSITIONS[status];
  return status === "running" || next.includes("running");
});

describe("a call that an execution's end leaves open", () => {
  test("is in doubt in every status from which no pass can come, and in no other", () => {
    expect([...new Set(IN_DOUBT.map(({ status }) => status))]).toEqual(
      STATUSES.filter((status) => !GOES_ON.includes(status)),
    );
  });

  test("is in doubt only when it was started: what settled, waits or was refused is as it is", () => {
    expect(new Set(IN_DOUBT.map(({ state }) => state))).toEqual(new Set(["started"]));
    for (const { state } of IN_DOUBT) assertEntryTransition(state, "in_doubt");
  });

  test("is not in doubt while a tool of this process is at it: its answer is still recorded", () => {
    expect(breaking((facts) => !facts.performed || !isLeftInDoubt(facts))).toEqual([]);
  });

  test("steps and timers are never in doubt: they change nothing outside", () => {
    expect(breaking((facts) => facts.kind === "call" || !isLeftInDoubt(facts))).toEqual([]);
  });
});

test("of a journal exactly what is left open is put in doubt, and a rollback's plan is the same before and after", () => {
  const entries = STATES.flatMap((state, index): Entry[] =>
    [0, 1].map((shift) => ({
      ...newEntry({ kind: "call", seq: index * 2 + shift, connector: "t", method: "do", args: "[]" }, state),
      readOnly: false,
    })),
  );
  const started = STATES.indexOf("started") * 2;
  const before = planRollback(entries, () => true).map(({ plan }) => plan);
  for (const status of GOES_ON) expect(doubtWhatIsLeft(status, entries, () => false)).toEqual([]);
  const left = doubtWhatIsLeft("error", entries, (seq) => seq === started);
  expect(left.map(({ seq, state }) => [seq, state])).toEqual([[started + 1, "in_doubt"]]);
  expect(entries[started]?.state).toBe("started");
  expect(doubtWhatIsLeft("error", entries, (seq) => seq === started)).toEqual([]);
  expect(planRollback(entries, () => true).map(({ plan }) => plan)).toEqual(before);
});
