/** What a rollback plans: property tests over journals of every shape. */

import { expect, test } from "vitest";
import type { Entry } from "../../src/journal/entry.ts";
import { newEntry } from "../../src/journal/entry.ts";
import { leavesSomething, planRollback, previewItem } from "../../src/journal/rollback.ts";
import {
  assertEntryTransition,
  assertExecutionTransition,
  ENTRY_TRANSITIONS,
  type EntryState,
  EXECUTION_TRANSITIONS,
  isTerminal,
  PUBLIC_STATES,
  TERMINAL_STATUSES,
} from "../../src/journal/states.ts";
import fc from "../support/fast-check.ts";

const STATES = Object.keys(ENTRY_TRANSITIONS) as EntryState[];
const STATUSES = Object.keys(EXECUTION_TRANSITIONS) as (keyof typeof EXECUTION_TRANSITIONS)[];
const SETTLED: readonly EntryState[] = ["succeeded", "failed", "reverted", "revert_failed"];

const entryAt = (seq: number) =>
  fc
    .record({
      kind: fc.constantFrom("call" as const, "step" as const, "timer" as const),
      state: fc.constantFrom(...STATES),
      connector: fc.constantFrom("mail", "codemode"),
      readOnly: fc.boolean(),
      place: fc.nat(1_000),
    })
    .map(({ kind, state, connector, readOnly, place }): Entry => {
      const request =
        kind === "call"
          ? ({ seq, kind, connector, method: "send", args: "[]" } as const)
          : kind === "step"
            ? ({ seq, kind, name: "s" } as const)
            : ({ seq, kind, ms: 1 } as const);
      return { ...newEntry(request, state), readOnly, order: SETTLED.includes(state) ? place * 100 + seq : undefined };
    });

const journals = fc.nat(30).chain((size) => fc.tuple(...Array.from({ length: size }, (_, seq) => entryAt(seq))));

const effects = (entries: readonly Entry[]) =>
  entries.filter(({ kind, readOnly, connector }) => kind === "call" && !readOnly && connector !== "codemode");

test("a plan has exactly the effects that took or may have taken place, each once", () => {
  fc.assert(
    fc.property(journals, (entries) => {
      const happened = effects(entries).filter(
        ({ state }) => !["pending", "approved", "failed", "rejected"].includes(state),
      );
      const planned = planRollback(entries, () => true).map(({ entry }) => entry.seq);
      expect(planned.sort((a, b) => a - b)).toEqual(happened.map(({ seq }) => seq));
    }),
  );
});

test("settled effects are undone newest first, by the order in which they took place", () => {
  fc.assert(
    fc.property(journals, (entries) => {
      const orders = planRollback(entries, () => true).flatMap(({ entry }) =>
        entry.order === undefined ? [] : [entry.order],
      );
      expect(orders).toEqual([...orders].sort((a, b) => b - a));
    }),
  );
});

test("of effects that share a place in the order the one that settled last is undone first", () => {
  const sharing = (seq: number, settledAt: number): Entry => ({
    ...newEntry({ seq, kind: "call", connector: "mail", method: "send", args: "[]" }, "succeeded"),
    readOnly: false,
    order: 1,
    settledAt,
  });
  const plan = planRollback([sharing(2, 30), sharing(3, 20), sharing(1, 20)], () => true);
  expect(plan.map(({ entry }) => entry.seq)).toEqual([2, 3, 1]);
});

test("only a reversible call that succeeded, or whose revert failed, is reverted; every revert is a legal transition", () => {
  fc.assert(
    fc.property(journals, fc.func(fc.boolean()), (entries, reversible) => {
      const canRevert = (entry: Entry) => reversible(entry.seq);
      for (const { entry, plan } of planRollback(entries, canRevert)) {
        const expected = {
          succeeded: canRevert(entry) ? "revert" : "irreversible",
          revert_failed: canRevert(entry) ? "revert" : "irreversible",
          started: "in_doubt",
          in_doubt: "in_doubt",
          reverted: "done",
        }[entry.state as string];
        expect(plan).toBe(expected);
        if (plan === "revert") {
          assertEntryTransition(entry.state, "reverted");
          assertEntryTransition(entry.state, "revert_failed");
        }
      }
    }),
  );
});

test("a preview names each step and never claims that a revert has run", () => {
  fc.assert(
    fc.property(journals, (entries) => {
      for (const step of planRollback(entries, () => true)) {
        const item = previewItem(step);
        expect(item).toMatchObject({ seq: step.entry.seq, connector: step.entry.connector, method: step.entry.method });
        expect(item.outcome === "reverted").toBe(step.entry.state === "reverted");
      }
    }),
  );
});

test("a rollback is tried again only when something can still be undone, or could not be", () => {
  fc.assert(
    fc.property(journals, fc.func(fc.boolean()), (entries, reversible) => {
      const plan = planRollback(entries, (entry) => reversible(entry.seq));
      const left = effects(entries).filter(
        ({ state, seq }) => state === "revert_failed" || (state === "succeeded" && reversible(seq)),
      );
      expect(leavesSomething(plan)).toBe(left.length > 0);
    }),
  );
});

test("every transition that no table lists is refused by code, and says both ends", () => {
  for (const from of STATES) {
    for (const to of STATES) {
      const legal: readonly EntryState[] = ENTRY_TRANSITIONS[from];
      const attempt = () => assertEntryTransition(from, to);
      if (legal.includes(to)) expect(attempt).not.toThrow();
      else expect(attempt).toThrow(expect.objectContaining({ code: "ILLEGAL_TRANSITION", data: { from, to } }));
    }
  }
  for (const from of STATUSES) {
    for (const to of STATUSES) {
      const legal: readonly string[] = EXECUTION_TRANSITIONS[from];
      const attempt = () => assertExecutionTransition(from, to);
      if (legal.includes(to)) expect(attempt).not.toThrow();
      else expect(attempt).toThrow(expect.objectContaining({ code: "ILLEGAL_TRANSITION", data: { from, to } }));
    }
  }
});

test("what has ended never runs again, and a rejected or reverted call changes no more", () => {
  for (const status of TERMINAL_STATUSES) {
    const next: readonly string[] = EXECUTION_TRANSITIONS[status];
    expect(next.filter((to) => to !== "rolling_back")).toEqual([]);
    expect(isTerminal(status)).toBe(true);
  }
  expect(STATUSES.filter((status) => !isTerminal(status))).toEqual(["running", "paused", "rolling_back"]);
  expect(ENTRY_TRANSITIONS.rejected).toEqual([]);
  expect(ENTRY_TRANSITIONS.reverted).toEqual([]);
});

test("a settlement is for ever: no settled call becomes unsettled or settles otherwise", () => {
  const legal = (from: EntryState): readonly EntryState[] => ENTRY_TRANSITIONS[from];
  expect(legal("succeeded")).toEqual(["reverted", "revert_failed"]);
  expect(legal("failed")).toEqual([]);
  expect(legal("revert_failed")).toEqual(["reverted", "revert_failed"]);
});

test("every state has a public name of its own", () => {
  expect(new Set(Object.values(PUBLIC_STATES)).size).toBe(STATES.length);
});
