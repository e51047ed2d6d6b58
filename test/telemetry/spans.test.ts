/** Events as spans, one at a time: whose parent and whose link a span is, and that nothing of a run that is over is kept. */
import { context, INVALID_SPANID, SpanStatusCode, trace } from "@opentelemetry/api";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { CodemodeEvent } from "../../src/telemetry/events.ts";
import { Spans, type Traces } from "../../src/telemetry/spans.ts";
import { type RecordedSpan, registerRecording, Stack } from "./recording.ts";

const sdk = registerRecording();
context.setGlobalContextManager(new Stack());
beforeEach(() => sdk.clear());
afterAll(() => {
  trace.disable();
  context.disable();
});

const run = { executionId: "exec_1" };
const pay = { ...run, seq: 0, connector: "bank", method: "pay" };

/** Spans of no run yet, and what they keep of runs. */
function makeSpans() {
  const traces: Traces = new Map();
  const spans = new Spans(trace.getTracer("test"), traces);
  const take = (...events: readonly CodemodeEvent[]) => {
    for (const event of events) spans.take(event);
  };
  return { spans, take, kept: () => traces.size };
}

const started = (at: number): CodemodeEvent => ({ ...run, type: "execution.started", at });
const passStarted = (at: number, reason: "start" | "decision" = "start"): CodemodeEvent => ({
  ...run,
  type: "pass.started",
  at,
  reason,
  replayed: 0,
});
const passEnded = (at: number, status: "paused" | "completed" | "interrupted"): CodemodeEvent => ({
  ...run,
  type: "pass.ended",
  at,
  status,
  durationMs: 1,
});
const decided = (at: number): CodemodeEvent => ({
  ...pay,
  type: "approval.decided",
  at,
  kind: "approval",
  decision: "approved",
  askedAt: at - 1,
  waitedMs: 1,
});
const ended = (at: number): CodemodeEvent => ({ ...run, type: "execution.ended", at, status: "completed" });
const rolledBack = (at: number, failed = 0): CodemodeEvent => ({
  ...run,
  type: "execution.rolled_back",
  at,
  reverted: 1,
  failed,
  durationMs: 2,
});

const named = (name: string) => sdk.spans().filter((span) => span.name === name);
const only = (name: string): RecordedSpan => {
  const [span, ...others] = named(name);
  if (span === undefined || others.length > 0) throw new Error(`Not one span is named ${name}.`);
  return span;
};
const linkedTo = (span: RecordedSpan | undefined) => span?.links.map((link) => link.context);

describe("of a run that is over nothing is kept", () => {
  const over: Readonly<Record<string, readonly CodemodeEvent[]>> = {
    "that ran to its end": [started(1), passStarted(2), passEnded(3, "completed"), ended(4)],
    "that was refused": [started(1), { ...run, type: "execution.ended", at: 2, status: "refused" }],
    "that was paused and ended": [started(1), passStarted(2), passEnded(3, "paused"), ended(4)],
    "that was decided on and ended": [decided(2), ended(3)],
    "that was decided on and went on": [decided(2), passStarted(3), passEnded(4, "completed"), ended(5)],
    "that was rolled back": [rolledBack(3)],
    "that was paused and rolled back": [started(1), passStarted(2), passEnded(3, "paused"), rolledBack(5)],
    "whose end alone was seen": [ended(1)],
  };
  test.each(Object.keys(over))("%s", (how) => {
    const { take, kept } = makeSpans();
    take(...(over[how] ?? []));
    expect(kept()).toBe(0);
    expect(sdk.open.size).toBe(0);
  });

  test("but a call that is still on its way, until it comes back", () => {
    const { take, kept } = makeSpans();
    const call = { ...pay, attempt: 1 };
    take(started(1), passStarted(2), { ...call, type: "call.started", at: 3 }, passEnded(4, "interrupted"), ended(5));
    expect(kept()).toBe(1);
    take({ ...call, type: "call.settled", at: 6, durationMs: 3, ok: true });
    expect(kept()).toBe(0);
    expect(only("execute_tool bank.pay").endedAt).toBe(6);
  });
});

test("an end of which nothing was seen before makes no span", () => {
  makeSpans().take(ended(1));
  expect(sdk.spans()).toEqual([]);
});

test("a call that is made again while the first is on its way has a span of its own, and each ends as it did", () => {
  const { take } = makeSpans();
  take(
    started(1),
    passStarted(2),
    { ...pay, type: "call.started", at: 3, attempt: 1 },
    { ...pay, type: "call.started", at: 4, attempt: 2 },
    { ...pay, type: "call.settled", at: 5, attempt: 1, durationMs: 2, ok: false, code: "CANCELLED" },
    { ...pay, type: "call.settled", at: 6, attempt: 2, durationMs: 2, ok: true },
  );
  expect(named("execute_tool bank.pay")).toMatchObject([
    { startedAt: 3, endedAt: 5, status: { code: SpanStatusCode.ERROR }, attributes: { "error.type": "CANCELLED" } },
    { startedAt: 4, endedAt: 6, status: { code: SpanStatusCode.UNSET } },
  ]);
});

test("a refusal is a failure, by its code", () => {
  const { take } = makeSpans();
  take(started(1), { ...run, type: "execution.ended", at: 2, status: "refused", code: "PROGRAM_TOO_LARGE" });
  expect(only("codemode.execution")).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { "error.type": "PROGRAM_TOO_LARGE", "codemode.execution.status": "refused" },
  });
});

test("a wait for an isolate is an event of the execution, and the load lasts as long as it took", () => {
  const { take } = makeSpans();
  take(
    started(1),
    { ...run, type: "pass.queued", at: 2, behind: ["exec_0"], ahead: 0 },
    passStarted(3),
    { ...run, type: "pass.loaded", at: 10, durationMs: 7 },
    passEnded(11, "completed"),
    ended(12),
  );
  expect(only("codemode.execution").events).toEqual(["codemode.pass.queued"]);
  expect(only("codemode.load")).toMatchObject({ startedAt: 3, endedAt: 10 });
});

describe("a rollback", () => {
  test("in which something stuck is a failure, and so is what stuck", () => {
    const { take } = makeSpans();
    const revert = { ...run, type: "call.reverted", connector: "bank", durationMs: 1 } as const;
    take({ ...revert, seq: 1, method: "pay", at: 4, ok: false }, { ...revert, seq: 0, method: "log", at: 6, ok: true });
    take(rolledBack(7, 1));
    const rollback = only("codemode.rollback");
    expect(rollback).toMatchObject({
      startedAt: 3,
      status: { code: SpanStatusCode.ERROR },
      attributes: { "error.type": "revert_failed" },
    });
    expect(only("codemode.revert bank.pay").status.code).toBe(SpanStatusCode.ERROR);
    expect(only("codemode.revert bank.log").status.code).toBe(SpanStatusCode.UNSET);
    for (const name of ["codemode.revert bank.pay", "codemode.revert bank.log"])
      expect(only(name).parentId).toBe(rollback.context.spanId);
  });

  test("of nothing is a span, too", () => {
    makeSpans().take(rolledBack(5));
    expect(only("codemode.rollback")).toMatchObject({ startedAt: 3, endedAt: 5, status: { code: 0 } });
  });
});

describe("a run that goes on", () => {
  test("is linked to its stretch before and to the waits that ended that one, and to nothing earlier", () => {
    const { take } = makeSpans();
    take(started(1), passStarted(2), passEnded(3, "paused"), decided(5), passStarted(6, "decision"));
    // Decided on while it runs: a wait in this stretch, which ends nothing.
    take(decided(8), passEnded(9, "paused"), decided(11), passStarted(12, "decision"));
    take(passEnded(13, "completed"), ended(14));
    const [first, second, third] = named("codemode.execution");
    const waits = named("codemode.approval");
    expect(waits.map(({ parentId }) => parentId)).toEqual([
      first?.context.spanId,
      second?.context.spanId,
      second?.context.spanId,
    ]);
    expect(linkedTo(second)).toEqual([first?.context, waits[0]?.context]);
    expect(linkedTo(third)).toEqual([second?.context, waits[2]?.context]);
  });

  test("only to end is a stretch of its own, linked to the one before it", () => {
    const { take } = makeSpans();
    take(started(1), passStarted(2), passEnded(3, "paused"), ended(4));
    const [first, second] = named("codemode.execution");
    expect(linkedTo(second)).toEqual([first?.context]);
  });

  test("only to end, as a decision of which no more is known wants it, is linked to that", () => {
    makeSpans().take(decided(2), ended(3));
    expect(linkedTo(only("codemode.execution"))).toEqual([only("codemode.approval").context]);
  });
});

describe("the caller", () => {
  /** Something of a request's, with its span as the active one. */
  const inRequest = <T>(name: string, body: () => T): T => {
    const span = trace.getTracer("test").startSpan(name, { startTime: new Date(0) });
    try {
      return context.with(trace.setSpan(context.active(), span), body);
    } finally {
      span.end(new Date(0));
    }
  };

  test("of a decision or a rollback has what follows lie under its span, until it has its answer", () => {
    const { spans, take } = makeSpans();
    const forget = inRequest("request", () => spans.calledFor(run.executionId));
    take(passStarted(2, "decision"), passEnded(3, "paused"), rolledBack(6));
    forget();
    take(passStarted(7, "decision"), passEnded(8, "completed"), ended(9));
    const { spanId } = only("request").context;
    expect(named("codemode.execution").map(({ parentId }) => parentId)).toEqual([spanId, INVALID_SPANID]);
    expect(only("codemode.rollback").parentId).toBe(spanId);
  });

  test("who came last is the one, also when an earlier one has its answer", () => {
    const { spans, take } = makeSpans();
    const forget = inRequest("first", () => spans.calledFor(run.executionId));
    inRequest("second", () => spans.calledFor(run.executionId));
    forget();
    take(passStarted(2, "decision"), passEnded(3, "completed"), ended(4));
    expect(only("codemode.execution").parentId).toBe(only("second").context.spanId);
  });

  test("of something else has nothing of a run lie under its span", () => {
    const { take } = makeSpans();
    inRequest("request", () => take(decided(2), passStarted(3, "decision")));
    take(passEnded(4, "completed"), ended(5));
    for (const name of ["codemode.approval", "codemode.execution"]) expect(only(name).parentId).toBe(INVALID_SPANID);
  });
});
