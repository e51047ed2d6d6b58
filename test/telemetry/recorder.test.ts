/** What is told when things come in an order that real runs seldom show: the recorder alone, driven by hand. */
import { trace } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CodemodeError, type ErrorCode } from "../../src/errors.ts";
import type { ProxyToolOutput } from "../../src/journal/public.ts";
import { unseenDigest } from "../../src/runtime/digest.ts";
import type { ToolCall } from "../../src/runtime/port.ts";
import type { Decision, DecisionRequest, NamedAction, RawOutcome, RawPending } from "../../src/runtime/requests.ts";
import { type FacetLookup, Recorder } from "../../src/telemetry/recorder.ts";
import type { Runs } from "../../src/telemetry/runs.ts";
import { Spans } from "../../src/telemetry/spans.ts";
import { executionRecord } from "../support/execution.ts";
import { watch } from "./watched.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const ID = "exec_1";

const TAKEN: RawOutcome = { execution: executionRecord({ status: "running" }), entries: "[]", pending: [] };

/** A recorder whose facet knows what the test says. */
function makeRecorder(facet: Partial<FacetLookup> = {}, spans?: Spans) {
  const seen = watch();
  const runs: Runs = { open: new Map(), rollbacks: new Map(), deciding: [] };
  const known: FacetLookup = { pending: async () => [], errorCode: async () => undefined, ...facet };
  return { seen, runs, recorder: new Recorder(seen.options.onEvent, spans, runs, known) };
}

function waiting(seq: number, own: Partial<RawPending> = {}): RawPending {
  const action = { executionId: ID, seq, connector: "bank", method: "pay", args: "[]", before: [] };
  return { ...action, kind: "approval", digest: `digest ${seq}`, askedAt: 1_000, ...own };
}

function about(actions: readonly NamedAction[], decision: Decision = { kind: "approve" }): DecisionRequest {
  return { executionId: ID, actions, decision };
}

function call(own: Partial<ToolCall> = {}): ToolCall {
  return { executionId: ID, seq: 0, attempt: 1, connector: "bank", method: "pay", args: "[]", ...own };
}

const pass = (reason: "start" | "decision" | "recovery") => ({ executionId: ID, reason, begunAt: 1_000, replayed: 0 });

/** A decision that was sent, and that the test answers. */
async function onItsWay(recorder: Recorder, request: DecisionRequest) {
  const sent = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<RawOutcome>();
  const told = recorder.decision(request, () => {
    sent.resolve();
    return answer.promise;
  });
  await sent.promise;
  return {
    answered: async (outcome: RawOutcome) => {
      answer.resolve(outcome);
      await told;
    },
  };
}

const said = (seen: ReturnType<typeof watch>, type: string) => seen.lines().filter((line) => line.startsWith(type));

test("a pass that nobody saw begin ends without a word, and its end is not held up", async () => {
  const { seen, recorder } = makeRecorder({ pending: async () => [waiting(0)] });
  for (const status of ["paused", "completed"] as const) await recorder.passEnded(ID, status);
  expect(seen.lines()).toEqual([]);
});

test("a run that ends in the middle of a pass ends that pass first", async () => {
  const { seen, recorder, runs } = makeRecorder();
  recorder.passStarted(pass("start"));
  vi.setSystemTime(1_500);
  await recorder.executionEnded(ID, "completed");
  expect(seen.lines().slice(1)).toEqual(["pass.ended interrupted", "execution.ended completed"]);
  expect(seen.of("execution.ended")).toMatchObject([{ durationMs: 500 }]);
  expect(runs.open.size).toBe(0);
});

test("a run that waits for a person is forgotten until it goes on", async () => {
  const { runs, recorder } = makeRecorder();
  recorder.passStarted(pass("start"));
  await recorder.passEnded(ID, "paused");
  expect(runs.open.size).toBe(0);
});

test("an isolate is loaded once, at the first sign of life", () => {
  const { seen, recorder } = makeRecorder();
  recorder.passStarted(pass("start"));
  vi.setSystemTime(1_020);
  recorder.passLoaded(ID);
  vi.setSystemTime(1_900);
  recorder.passLoaded(ID);
  expect(seen.of("pass.loaded")).toMatchObject([{ at: 1_020, durationMs: 20 }]);
});

test("the code of a run's error is one of ours, and where the facet cannot say it, the end is told without", async () => {
  const asked: string[] = [];
  const errorCode = async (id: string) => {
    asked.push(id);
    if (id === "exec_gone") throw new Error("The facet died.");
    return id === "exec_foreign" ? "sk-planted-4711" : "TIMEOUT";
  };
  const { seen, recorder } = makeRecorder({ errorCode });
  for (const id of [ID, "exec_foreign", "exec_gone"]) await recorder.executionEnded(id, "error");
  for (const status of ["completed", "rejected"] as const) await recorder.executionEnded("exec_fine", status);
  expect(said(seen, "execution.ended")).toEqual([
    "execution.ended error TIMEOUT",
    "execution.ended error TOOL_ERROR",
    "execution.ended error",
    "execution.ended completed",
    "execution.ended rejected",
  ]);
  expect(asked).toEqual([ID, "exec_foreign", "exec_gone"]);
});

test("the code of a call's failure is told where it is one of ours", () => {
  const { seen, recorder } = makeRecorder();
  recorder.callStarted(call())(new CodemodeError("TIMEOUT", "Too long."));
  recorder.callStarted(call({ seq: 1 }))({ code: "sk-planted-4711" });
  expect(said(seen, "call.settled")).toEqual([
    "call.settled 0 bank pay false TIMEOUT",
    "call.settled 1 bank pay false TOOL_ERROR",
  ]);
});

test("what waits is asked for when its pass ends: an approval at the time of its question, a call in doubt now", async () => {
  const pending = async () => [waiting(0, { askedAt: 1_200 }), waiting(1, { kind: "in_doubt", askedAt: 900 })];
  const { seen, recorder } = makeRecorder({ pending });
  recorder.passStarted(pass("recovery"));
  vi.setSystemTime(1_500);
  await recorder.passEnded(ID, "paused");
  expect(seen.of("approval.requested").map(({ seq, kind, at }) => ({ seq, kind, at }))).toEqual([
    { seq: 0, kind: "approval", at: 1_200 },
    { seq: 1, kind: "in_doubt", at: 1_500 },
  ]);
});

test("what waited before a decision is not asked for again when the pass that it started ends", async () => {
  const old = [waiting(0, { kind: "in_doubt" }), waiting(1, { askedAt: 1_000 })];
  const { seen, recorder } = makeRecorder({ pending: async () => [...old, waiting(2, { askedAt: 1_010 })] });
  // Begun in the millisecond of the last question: what the isolate asks comes when it is loaded.
  recorder.passStarted(pass("decision"));
  vi.setSystemTime(1_010);
  recorder.passLoaded(ID);
  await recorder.passEnded(ID, "paused");
  expect(said(seen, "approval.requested")).toEqual(["approval.requested 2 bank pay approval"]);
});

test("what the facet lists twice is asked for once, and so is what is decided while that is looked up", async () => {
  const looked = Promise.withResolvers<RawPending[]>();
  const pending = vi.fn(async () => [waiting(0), waiting(1), waiting(1)]);
  const { seen, recorder } = makeRecorder({ pending });
  recorder.passStarted(pass("start"));
  pending.mockImplementationOnce(() => looked.promise);
  const ending = recorder.passEnded(ID, "paused");
  await recorder.decision(about([{ seq: 0 }]), async () => TAKEN);
  looked.resolve([waiting(0), waiting(1), waiting(1)]);
  await ending;
  expect(seen.lines().slice(1)).toEqual([
    "approval.requested 0 bank pay approval",
    "approval.decided 0 bank pay approved",
    "approval.requested 1 bank pay approval",
    "pass.ended paused",
  ]);
});

test("a decision is about the actions that it names, of its kind, each told once", async () => {
  const all = [waiting(0), waiting(1), waiting(1), waiting(2, { kind: "in_doubt" })];
  const { seen, recorder } = makeRecorder({ pending: async () => all });
  const tell = async (actions: readonly NamedAction[], decision?: Decision) => {
    seen.events.length = 0;
    await recorder.decision(about(actions, decision), async () => TAKEN);
    return said(seen, "approval.decided").map((line) => line.split(" ")[1]);
  };
  expect(await tell([{}])).toEqual(["0", "1"]);
  expect(await tell([{ seq: 1 }])).toEqual(["1"]);
  expect(await tell([{ digest: "digest 0" }])).toEqual(["0"]);
  expect(await tell([{ seq: 0, digest: unseenDigest("digest 0") }])).toEqual(["0"]);
  expect(await tell([{ seq: 1, digest: "digest 0" }])).toEqual([]);
  expect(await tell([{ seq: 0 }, { seq: 1 }], { kind: "reject", then: "end" })).toEqual(["0", "1"]);
  expect(await tell([{}], { kind: "resolve", as: "run" })).toEqual(["2"]);
});

test("a decision is sent, and told of nothing, where what waits cannot be looked up", async () => {
  const pending = async () => {
    throw new Error("The facet died.");
  };
  const { seen, recorder } = makeRecorder({ pending });
  expect(await recorder.decision(about([{ seq: 0 }]), async () => TAKEN)).toBe(TAKEN);
  expect(seen.lines()).toEqual([]);
});

test("a decision that ends a pass, or a run, is told before that end", async () => {
  const { seen, recorder } = makeRecorder({ pending: async () => [waiting(0)] });
  const reject = about([{ seq: 0 }], { kind: "reject", then: "end" });
  recorder.passStarted(pass("start"));
  await recorder.decision(reject, async () => {
    await recorder.passEnded(ID, "rejected");
    return TAKEN;
  });
  expect(seen.lines().slice(1)).toEqual([
    "approval.requested 0 bank pay approval",
    "approval.decided 0 bank pay rejected",
    "pass.ended rejected",
  ]);
  seen.events.length = 0;
  await recorder.decision(reject, async () => {
    await recorder.executionEnded(ID, "rejected");
    return TAKEN;
  });
  expect(seen.lines()).toEqual(["approval.decided 0 bank pay rejected", "execution.ended rejected"]);
});

test("a decision on a run that goes on is told with its question, at the time of each", async () => {
  const { seen, recorder } = makeRecorder({ pending: async () => [waiting(0, { askedAt: 1_200 })] });
  recorder.passStarted(pass("start"));
  vi.setSystemTime(1_500);
  await recorder.decision(about([{ seq: 0 }]), async () => TAKEN);
  expect(seen.of("approval.requested")).toMatchObject([{ at: 1_200 }]);
  expect(seen.of("approval.decided")).toMatchObject([{ at: 1_500, askedAt: 1_200, waitedMs: 300 }]);
});

test("a decision whose call is seen to begin was taken: not another one, of this run or of another", async () => {
  const pending = async (executionId: string) => [waiting(0, { executionId }), waiting(1, { executionId })];
  const { seen, recorder } = makeRecorder({ pending });
  const decisions = [
    await onItsWay(recorder, { ...about([{ seq: 1 }]), executionId: "exec_2" }),
    await onItsWay(recorder, about([{ seq: 0 }])),
    await onItsWay(recorder, about([{ seq: 1 }])),
  ];
  recorder.callStarted(call({ seq: 1 }));
  expect(seen.events.map(({ type, executionId }) => `${type} ${executionId}`)).toEqual([
    "approval.decided exec_1",
    "call.started exec_1",
  ]);
  expect(seen.lines()[0]).toBe("approval.decided 1 bank pay approved");
  for (const { answered } of decisions) await answered({ refused: "NOT_PENDING", message: "Too late." });
  expect(said(seen, "approval.decided")).toHaveLength(1);
});

test("of two decisions about one action the first that is taken is told, with what only the other is about left to it", async () => {
  const { seen, recorder } = makeRecorder({ pending: async () => [waiting(0), waiting(1)] });
  const both = await onItsWay(recorder, about([{}]));
  const elsewhere = await onItsWay(recorder, { ...about([{ seq: 0 }]), executionId: "exec_2" });
  await recorder.decision(about([{ seq: 0 }], { kind: "reject", then: "throw" }), async () => TAKEN);
  await both.answered(TAKEN);
  await elsewhere.answered(TAKEN);
  expect(said(seen, "approval.decided")).toEqual([
    "approval.decided 0 bank pay rejected",
    "approval.decided 1 bank pay approved",
    "approval.decided 0 bank pay approved",
  ]);
});

test("a decision that was answered is forgotten: what the facet does later is not its doing", async () => {
  const { seen, recorder } = makeRecorder({ pending: async () => [waiting(0), waiting(1)] });
  const first = await onItsWay(recorder, about([{ seq: 0 }]));
  const second = await onItsWay(recorder, about([{ seq: 1 }]));
  await first.answered({ refused: "STALE_DECISION", message: "Another one." });
  recorder.passStarted(pass("decision"));
  expect(said(seen, "approval.decided")).toEqual(["approval.decided 1 bank pay approved"]);
  await second.answered(TAKEN);
  expect(said(seen, "approval.decided")).toHaveLength(1);
});

test("nobody waited less than no time, whatever the clocks say", async () => {
  const { seen, recorder } = makeRecorder({ pending: async () => [waiting(0, { askedAt: 5_000 })] });
  await recorder.decision(about([{ seq: 0 }]), async () => TAKEN);
  expect(seen.of("approval.decided")).toMatchObject([{ at: 1_000, askedAt: 5_000, waitedMs: 0 }]);
});

test("a rollback counts what it undid and what it could not; a tool without a revert is neither; the next one begins anew", () => {
  const { seen, recorder } = makeRecorder();
  recorder.revertStarted(call({ seq: 2 }))({ reverted: true });
  recorder.revertStarted(call({ seq: 1 }))({ reverted: false });
  recorder.revertStarted(call({ seq: 0 }))({ reverted: false, error: "stuck" });
  recorder.rolledBack(ID);
  recorder.revertStarted(call({ seq: 0 }))({ reverted: true });
  recorder.rolledBack(ID);
  expect(seen.lines()).toEqual([
    "call.reverted 2 bank pay true",
    "call.reverted 0 bank pay false",
    "execution.rolled_back 1 1",
    "call.reverted 0 bank pay true",
    "execution.rolled_back 1 0",
  ]);
});

test("a request that throws was refused where nothing ran, by its code; a run that is under way goes on", async () => {
  const { seen, recorder } = makeRecorder();
  const refuse = (error: Error) => async () => {
    throw error;
  };
  const refusal = new CodemodeError("INVALID_INPUT", "No.");
  await expect(recorder.execution("exec_a", refuse(refusal))).rejects.toBe(refusal);
  await expect(recorder.execution("exec_b", refuse(new Error("The facet died.")))).rejects.toThrow("The facet died.");
  const dying = recorder.execution(ID, async () => {
    recorder.passStarted(pass("start"));
    throw new Error("The facet died.");
  });
  await expect(dying).rejects.toThrow("The facet died.");
  expect(said(seen, "execution.ended")).toEqual([
    "execution.ended refused INVALID_INPUT",
    "execution.ended refused INTERRUPTED",
  ]);
});

test("a decision that is answered, or fails, leaves nobody as the caller of what comes later", async () => {
  const callers: string[] = [];
  const spans = new Spans(trace.getTracer("test"), new Map());
  vi.spyOn(spans, "calledFor").mockImplementation((executionId) => {
    callers.push(executionId);
    return () => callers.pop();
  });
  const { recorder } = makeRecorder({}, spans);
  await recorder.decision(about([{ seq: 0 }]), async () => {
    expect(callers).toEqual([ID]);
    return TAKEN;
  });
  expect(callers).toEqual([]);
  const failing = recorder.calledFor(ID, async () => {
    throw new Error("The facet died.");
  });
  await expect(failing).rejects.toThrow("The facet died.");
  expect(callers).toEqual([]);
});

test("a run that was interrupted has not ended, and an end that the port saw is told once", async () => {
  const { seen, recorder, runs } = makeRecorder({ errorCode: async () => "TIMEOUT" });
  const outcome = (code: ErrorCode): ProxyToolOutput => ({
    status: "error",
    executionId: ID,
    error: "",
    code,
    calls: [],
  });
  await recorder.execution(ID, async () => outcome("INTERRUPTED"));
  expect(said(seen, "execution.ended")).toEqual([]);
  expect(runs.open.has(ID)).toBe(true);
  await recorder.execution(ID, async () => {
    await recorder.executionEnded(ID, "error");
    return outcome("TIMEOUT");
  });
  expect(said(seen, "execution.ended")).toEqual(["execution.ended error TIMEOUT"]);
});
