/**
 * Which of the actions that wait were shown without their arguments, and which decisions on them count: it depends on what
 * waited beside them, in their own execution or in another.
 */
import { describe, expect, test } from "vitest";
import { type Entry, newEntry } from "../../src/journal/entry.ts";
import { DEFAULT_LIMITS, HIGHEST_LIMITS } from "../../src/limits.ts";
import { AnswerBudget } from "../../src/runtime/answer.ts";
import { actionDigest, unseenDigest } from "../../src/runtime/digest.ts";
import { LiveJournal } from "../../src/runtime/journal.ts";
import { ask } from "../../src/runtime/policy.ts";
import type { Decision, NamedAction, RawPending } from "../../src/runtime/requests.ts";
import { pendingOf, showAll, showHistory, shownExecution, showWaiting } from "../../src/runtime/show.ts";
import { decisionTargets } from "../../src/runtime/targets.ts";
import type { ExecutionRecord } from "../../src/store/executions.ts";
import type { JournalStore, Unwritten } from "../../src/store/store.ts";
import { MAX_LINE_BYTES } from "../../src/wire/messages.ts";
import { executionRecord } from "../support/execution.ts";

const EXECUTION = executionRecord({ status: "paused", connectors: ["bank"] });

/** One text for all: what counts is its length. Thirteen fit into one answer. */
const ARGS = JSON.stringify(["x".repeat(900_000)]);
const MANY = 14;

/** Of these there are a few hundred beside thirteen of those. */
const LONG = "x".repeat(2_000);

/** What is on disk of the journals of a test: which calls were shown without their arguments. */
function makeDisk() {
  const inPart: string[] = [];
  const store = {
    write: ({ id }: ExecutionRecord, { changed }: Unwritten) => {
      inPart.push(...[...changed].filter(({ shownInPart }) => shownInPart).map(({ seq }) => `${id}:${seq}`));
    },
  };
  const journal = (id: string, args: readonly string[]) => {
    const entries = args.map((text, seq) =>
      newEntry({ seq, kind: "call", connector: "bank", method: "pay", args: text }, "pending"),
    );
    const byNumber = new Map(entries.map((entry) => [entry.seq, entry]));
    return new LiveJournal(store as unknown as JournalStore, { ...EXECUTION, id }, byNumber);
  };
  return { inPart, journal };
}

const times = (count: number): string[] => Array.from({ length: count }, () => ARGS);

/** The seqs that a decision is about, or the code with which it is refused. */
function decide(
  journal: LiveJournal,
  { seq, ...decision }: Decision & Pick<NamedAction, "seq">,
  digestOf?: (entry: Entry) => string,
): number[] | string {
  const entry = [...journal.entries.values()].at(-1);
  const digest = entry === undefined ? undefined : digestOf?.(entry);
  const targets = decisionTargets(journal, {
    executionId: journal.execution.id,
    decision,
    actions: [{ seq, digest }],
  });
  return Array.isArray(targets) ? targets.map(({ seq }) => seq) : targets.refused;
}

const seqsInPart = (shown: readonly RawPending[]) =>
  shown.filter(({ argsLeftOut }) => argsLeftOut).map(({ seq }) => seq);

describe("G5 shown in part", () => {
  test("is what one answer cannot hold with the rest, and that is written down, once", () => {
    const { inPart, journal } = makeDisk();
    expect(seqsInPart(showWaiting(journal("few", times(13)), new AnswerBudget()))).toEqual([]);
    const many = journal("many", [...times(MANY), "[]"]);
    for (let looks = 0; looks < 2; looks += 1)
      expect(seqsInPart(showWaiting(many, new AnswerBudget()))).toEqual([MANY - 1]);
    expect(inPart).toEqual(["many:13"]);
  });

  test("is also what had no room beside the actions of other executions", () => {
    const { inPart, journal } = makeDisk();
    const other = journal("other", times(13));
    const mine = journal("mine", times(1));
    const all = new AnswerBudget();
    expect([...showWaiting(other, all), ...showWaiting(mine, all)].map(({ argsLeftOut }) => argsLeftOut)).toEqual([
      ...Array(13).fill(undefined),
      true,
    ]);
    expect(inPart).toEqual(["mine:0"]);
    expect(decide(mine, { kind: "approve" })).toBe("STALE_DECISION");
    // By itself it is shown whole, with the digest that lets it run.
    const [shown] = showWaiting(mine, new AnswerBudget());
    expect(shown).toMatchObject({ args: ARGS });
    expect(decide(mine, { kind: "approve" })).toBe("STALE_DECISION");
    expect(decide(mine, { kind: "approve" }, () => shown?.digest ?? "")).toEqual([0]);
    expect(decide(other, { kind: "approve" })).toHaveLength(13);
  });

  test("is not written down where it cannot be: then nothing is shown", () => {
    const store = {
      write: () => {
        throw new Error("the disk is full");
      },
    };
    const { journal } = makeDisk();
    const { entries } = journal("exec_1", times(MANY));
    const live = new LiveJournal(store as unknown as JournalStore, EXECUTION, entries);
    expect(() => showWaiting(live, new AnswerBudget())).toThrow("the disk is full");
  });

  test("counts no longer for what is asked anew", () => {
    const entry = newEntry({ seq: 0, kind: "call", connector: "bank", method: "pay", args: ARGS }, "pending");
    entry.shownInPart = true;
    ask(entry, undefined);
    expect(entry.shownInPart).toBe(false);
  });
});

describe("G5 a decision on what was shown in part", () => {
  const fourteen = () => {
    const journal = makeDisk().journal(EXECUTION.id, times(MANY));
    showWaiting(journal, new AnswerBudget());
    return journal;
  };
  const whole = (entry: Entry) => actionDigest(EXECUTION.id, entry);
  const unseen = (entry: Entry) => unseenDigest(whole(entry));
  const approve = { kind: "approve" } as const;
  const last = { kind: "approve", seq: 13 } as const;

  test("approves it by the digest that it is shown whole with, and by nothing else", () => {
    expect(decide(fourteen(), last, whole)).toEqual([13]);
    expect(decide(fourteen(), approve, whole)).toEqual([13]);
    for (const decision of [approve, last, { ...last, args: "[1]" }]) {
      expect(decide(fourteen(), decision)).toBe("STALE_DECISION");
      expect(decide(fourteen(), decision, unseen)).toBe("STALE_DECISION");
    }
  });

  test("rejects it as it is shown", () => {
    const reject = { kind: "reject", seq: 13, then: "end" } as const;
    expect(decide(fourteen(), reject)).toEqual([13]);
    expect(decide(fourteen(), reject, unseen)).toEqual([13]);
    expect(decide(fourteen(), reject, () => unseenDigest("another"))).toBe("STALE_DECISION");
  });

  test("approves others beside it, by their seqs", () => {
    expect(decide(fourteen(), { kind: "approve", seq: 12 })).toEqual([12]);
  });
});

test("the history of an execution has room for all that waits in it: it is not counted twice", () => {
  const journal = makeDisk().journal(EXECUTION.id, times(13));
  const shown: { readonly args: string }[] = JSON.parse(showHistory(journal).entries);
  expect(shown.map(({ args }) => args.length)).toEqual(Array(13).fill(ARGS.length));
});

test("an action that is shown without its arguments says so, under a digest that is not that of its arguments", () => {
  const actions = pendingOf(EXECUTION, makeDisk().journal(EXECUTION.id, times(MANY)).entries.values());
  const shown = new AnswerBudget().waiting(actions);
  expect(shown.slice(0, 13)).toEqual(actions.slice(0, 13));
  expect(shown[13]).toMatchObject({ seq: 13, argsLeftOut: true, digest: `unseen:${actions[13]?.digest}`, before: [] });
});

test("of many actions that are shown without their arguments, each takes its room from what is shown beside them", () => {
  const actions = pendingOf(
    EXECUTION,
    makeDisk()
      .journal(EXECUTION.id, [...times(MANY), "[]"])
      .entries.values(),
  );
  const [last, small] = actions.slice(-2);
  const many = [...actions.slice(0, 13), ...Array.from({ length: 1_000 }, () => last), small];
  const shown = new AnswerBudget().waiting(many.filter((action) => action !== undefined));
  expect(shown.filter(({ argsLeftOut }) => argsLeftOut)).toHaveLength(1_001);
});

test("a page of executions that failed at length is one answer: of each there is at least the beginning of why", () => {
  const budget = new AnswerBudget();
  const failed = (code: string) =>
    shownExecution({ ...EXECUTION, code, status: "error", error: `\u4e16${"x".repeat(30_000)}` });
  const page = [...Array(12).fill("x".repeat(950_000)), ...Array(188).fill("x".repeat(300_000))].map(failed);
  const shown = page.map((execution) => budget.row(execution));
  expect(2 * JSON.stringify(shown).length).toBeLessThan(28_000_000);
  expect(shown[0]).toEqual(page[0]);
  expect(shown.at(-1)?.error).toMatch(/^\u4e16x{100}.*cut/);
});

describe("a journal that is too long to be shown whole", () => {
  /** Ten thousand steps with the longest names, each tenth decided on at length. */
  const decision = { decision: "rejected", at: 1, by: "b", reason: '"'.repeat(10_000) } as const;
  const long = Array.from({ length: 10_000 }, (_, seq) =>
    Object.assign(newEntry({ seq, kind: "step", name: `\u4e16${'"'.repeat(999)}` }, "started"), {
      decision: seq % 10 === 9 ? decision : undefined,
    }),
  );
  const entries = new Map(long.map((entry) => [entry.seq, entry]));

  test("fits into one message, whatever its names and notes are", () => {
    const { entries: shown } = showHistory({ execution: EXECUTION, entries });
    // Two bytes each, in a message that ends at 32 MiB.
    expect(2 * shown.length).toBeLessThan(32 * 1024 * 1024);
    const all: { readonly method: string; readonly decision: object }[] = JSON.parse(shown);
    expect(all).toHaveLength(10_000);
    expect(all[9]).toMatchObject({ method: long[9]?.method, decision });
    expect(all.at(-1)).toMatchObject({
      method: `${long[0]?.method.slice(0, 100)}…`,
      decision: { decision: "rejected", at: 1 },
    });
  });

  test.each([DEFAULT_LIMITS.maxCalls, HIGHEST_LIMITS.maxCalls.most])(
    "also %i calls of long names, after a few whose values are an answer; edited, decided on and with results",
    (count) => {
      const connector = "connector_".repeat(10);
      const calls = Array.from({ length: count }, (_, seq) =>
        Object.assign(
          newEntry(
            { seq, kind: "call", connector, method: "method_".repeat(14), args: seq < 13 ? ARGS : LONG },
            "started",
          ),
          { editedArgs: "[1]", askedAt: 1e12, startedAt: 1e12, settledAt: 1e12, order: seq, attempt: 1 },
          { approval: true, settlement: { ok: true, value: "=1" }, decision: { ...decision, reason: "yes", at: 1e12 } },
        ),
      );
      const { entries: shown } = showHistory({
        execution: EXECUTION,
        entries: new Map(calls.map((entry) => [entry.seq, entry])),
      });
      expect(2 * shown.length).toBeLessThan(MAX_LINE_BYTES);
      expect(JSON.parse(shown)).toHaveLength(count);
    },
  );

  test("also among those of others", () => {
    const shown = showAll([
      { execution: { ...EXECUTION, code: '"'.repeat(1_000_000) }, entries },
      { execution: { ...EXECUTION, code: '"'.repeat(8_000_000) }, entries: new Map() },
    ]);
    expect(2 * shown.length).toBeLessThan(32 * 1024 * 1024);
  });

  test("also beside so many others that not all calls can be named: those of the newest are, and every run is", () => {
    const many = Array.from({ length: 8 }, (_, n) => ({ execution: { ...EXECUTION, id: `exec_${n}` }, entries }));
    const shown = showAll(many);
    expect(2 * shown.length).toBeLessThan(32 * 1024 * 1024);
    const all: { readonly execution: object; readonly entries: object[] }[] = JSON.parse(shown);
    expect(all.map(({ execution }) => execution)).toMatchObject(many.map(({ execution: { id } }) => ({ id })));
    expect([all[0]?.entries.length, all.at(-1)?.entries.length]).toEqual([10_000, 0]);
  });

  test("also where a hostile program named its steps so that each letter is six", () => {
    const named = (name: string) => {
      const steps = Array.from({ length: 10_000 }, (_, seq) => newEntry({ seq, kind: "step", name }, "started"));
      return { execution: EXECUTION, entries: new Map(steps.map((entry) => [entry.seq, entry])) };
    };
    const { entries: alone } = showHistory(named("\u0001".repeat(1_000)));
    expect(2 * alone.length).toBeLessThan(32 * 1024 * 1024);
    const short = named("\u0001".repeat(150));
    expect(2 * showAll([short, short]).length).toBeLessThan(32 * 1024 * 1024);
  });
});
