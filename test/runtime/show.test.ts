/**
 * Which of the actions that wait may have been shown without their arguments, and which decisions on them count: it depends on
 * what waited beside them.
 */
import { describe, expect, test } from "vitest";
import { type Entry, newEntry } from "../../src/journal/entry.ts";
import { AnswerBudget } from "../../src/runtime/answer.ts";
import { decisionTargets } from "../../src/runtime/decisions.ts";
import { actionDigest, unseenDigest } from "../../src/runtime/digest.ts";
import type { Decision } from "../../src/runtime/requests.ts";
import { pendingOf, showHistory, shownInPart } from "../../src/runtime/show.ts";
import type { ExecutionRecord } from "../../src/store/store.ts";

const EXECUTION: ExecutionRecord = {
  n: 1,
  id: "exec_1",
  status: "paused",
  code: "",
  seed: "",
  connectors: ["bank"],
  snippets: {},
  passes: 1,
  calls: 0,
  createdAt: 0,
  updatedAt: 0,
  result: undefined,
  error: undefined,
  errorCode: undefined,
  errorLine: undefined,
  logs: undefined,
};

/** One text for all: what counts is its length. Thirteen fit into one answer. */
const ARGS = JSON.stringify(["x".repeat(900_000)]);

interface Asked {
  readonly askedAt: number;
  /** When a person decided on it; absent: it still waits. */
  readonly decidedAt?: number;
  readonly args?: string;
}

function entriesOf(asked: readonly Asked[]): Map<number, Entry> {
  return new Map(
    asked.map(({ askedAt, decidedAt, args = ARGS }, seq) => {
      const request = { seq, kind: "call", connector: "bank", method: "pay", args } as const;
      const entry = newEntry(request, decidedAt === undefined ? "pending" : "succeeded");
      entry.askedAt = askedAt;
      if (decidedAt !== undefined) entry.decision = { decision: "approved", at: decidedAt };
      return [seq, entry];
    }),
  );
}

function seqsInPart(asked: readonly Asked[]): number[] {
  const entries = entriesOf(asked);
  const waiting = [...entries.values()].filter(({ state }) => state === "pending");
  return shownInPart({ execution: EXECUTION, entries }, waiting).map(({ seq }) => seq);
}

/** The seqs that a decision is about, or the code with which it is refused. */
function decide(asked: readonly Asked[], decision: Decision, digestOf?: (entry: Entry) => string): number[] | string {
  const entries = entriesOf(asked);
  const entry = entries.get(asked.length - 1);
  const digest = entry === undefined ? undefined : digestOf?.(entry);
  const targets = decisionTargets({ execution: EXECUTION, entries }, { executionId: EXECUTION.id, decision, digest });
  return Array.isArray(targets) ? targets.map(({ seq }) => seq) : targets.refused;
}

const times = (count: number, asked: Asked): Asked[] => Array.from({ length: count }, () => asked);

describe("G5 shown in part", () => {
  test("is what one answer cannot hold with the rest", () => {
    expect(seqsInPart(times(13, { askedAt: 5 }))).toEqual([]);
    expect(seqsInPart(times(15, { askedAt: 5 }))).toEqual([13, 14]);
    expect(seqsInPart([...times(14, { askedAt: 5 }), { askedAt: 5, args: "[]" }])).toEqual([13]);
  });

  test("is also what had no room beside actions that were decided since it was asked", () => {
    expect(seqsInPart([...times(13, { askedAt: 5, decidedAt: 6 }), { askedAt: 5 }])).toEqual([13]);
  });

  test("is nothing of a run whose actions were asked one after the other", () => {
    const one = Array.from({ length: 14 }, (_, n): Asked => ({ askedAt: 10 * n, decidedAt: 10 * n + 5 }));
    expect(seqsInPart([...one, { askedAt: 140 }])).toEqual([]);
  });
});

describe("G5 a decision on what was shown in part", () => {
  const fourteen = times(14, { askedAt: 5 });
  const whole = (entry: Entry) => actionDigest(EXECUTION.id, entry);
  const unseen = (entry: Entry) => unseenDigest(whole(entry));
  const approve = { kind: "approve" } as const;
  const last = { kind: "approve", seq: 13 } as const;

  test("approves it by the digest that it is shown whole with, and by nothing else", () => {
    expect(decide(fourteen, last, whole)).toEqual([13]);
    expect(decide(fourteen, approve, whole)).toEqual([13]);
    for (const decision of [approve, last, { ...last, args: "[1]" }]) {
      expect(decide(fourteen, decision)).toBe("STALE_DECISION");
      expect(decide(fourteen, decision, unseen)).toBe("STALE_DECISION");
    }
  });

  test("rejects it as it is shown", () => {
    const reject = { kind: "reject", seq: 13, then: "end" } as const;
    expect(decide(fourteen, reject)).toEqual([13]);
    expect(decide(fourteen, reject, unseen)).toEqual([13]);
    expect(decide(fourteen, reject, () => unseenDigest("another"))).toBe("STALE_DECISION");
  });

  test("approves others beside it, by their seqs, and all where all can be shown", () => {
    expect(decide(fourteen, { kind: "approve", seq: 12 })).toEqual([12]);
    expect(decide(times(13, { askedAt: 5 }), approve)).toHaveLength(13);
  });
});

test("the history of an execution has room for all that waits in it: it is not counted twice", () => {
  const entries = entriesOf(times(13, { askedAt: 5 }));
  const shown: { readonly args: string }[] = JSON.parse(showHistory({ execution: EXECUTION, entries }).entries);
  expect(shown.map(({ args }) => args.length)).toEqual(Array(13).fill(ARGS.length));
});

test("an action that is shown without its arguments says so, under a digest that is not that of its arguments", () => {
  const actions = pendingOf(EXECUTION, entriesOf(times(14, { askedAt: 5 })).values());
  const shown = new AnswerBudget().waiting(actions);
  expect(shown.slice(0, 13)).toEqual(actions.slice(0, 13));
  expect(shown[13]).toMatchObject({ seq: 13, argsLeftOut: true, digest: `unseen:${actions[13]?.digest}`, before: [] });
});
