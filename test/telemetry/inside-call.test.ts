/** Spans that a tool makes lie under its call, where the SDK keeps track of the active span. */
import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { afterAll, expect, test } from "vitest";
import { Spans } from "../../src/telemetry/spans.ts";
import { registerRecording, Stack } from "./recording.ts";

const sdk = registerRecording();
context.setGlobalContextManager(new Stack());
afterAll(() => {
  trace.disable();
  context.disable();
});

test("a call is the active span while its tool runs, and the caller's span is the parent of the execution", () => {
  const tracer = trace.getTracer("test");
  const spans = new Spans(tracer, new Map());
  const request = tracer.startSpan("request", { startTime: new Date(1) });
  const run = { executionId: "exec_1" };
  context.with(trace.setSpan(context.active(), request), () =>
    spans.take({ ...run, type: "execution.started", at: 2 }),
  );
  spans.take({ ...run, type: "pass.started", at: 3, reason: "start", replayed: 0 });
  const call = { ...run, seq: 0, attempt: 1, connector: "web", method: "get" };
  spans.take({ ...call, type: "call.started", at: 4 });
  spans.insideCall(call, () =>
    tracer.startSpan("fetch", { startTime: new Date(5) }, context.active()).end(new Date(6)),
  );
  spans.take({ ...call, type: "call.settled", at: 7, durationMs: 3, ok: true });
  spans.take({ ...run, type: "pass.ended", at: 8, status: "completed", durationMs: 5 });
  spans.take({ ...run, type: "execution.ended", at: 9, status: "completed", durationMs: 7 });
  request.end(new Date(10));
  const named = new Map(sdk.spans().map((span) => [span.name, span]));
  expect(named.get("fetch")?.parentId).toBe(named.get("execute_tool web.get")?.context.spanId);
  expect(named.get("codemode.execution")?.parentId).toBe(named.get("request")?.context.spanId);
  expect(context.active()).toBe(ROOT_CONTEXT);
});
