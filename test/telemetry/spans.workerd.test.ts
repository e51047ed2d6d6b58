/** The spans of real runs, through the OpenTelemetry API: what lies under what, across pauses and crashes. */
import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { completed, crashFacet, evict, failed, paused } from "../support/drive.ts";
import { newPlace, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { FollowingContext } from "./following-context.ts";
import { type RecordedSpan, registerRecording } from "./recording.ts";
import { watch } from "./watched.ts";

let sdk = registerRecording();
beforeEach(() => sdk.clear());
afterAll(() => trace.disable());

const SECRET = "sk-planted-4711";

/** The spans as a tree of names, children by start and then by name. */
function tree(spans: readonly RecordedSpan[], parentId?: string): unknown[] {
  const ids = new Set(spans.map(({ context }) => context.spanId));
  return spans
    .filter((span) => (parentId === undefined ? !ids.has(span.parentId) : span.parentId === parentId))
    .map(({ name, context }) => {
      const children = tree(spans, context.spanId);
      return children.length === 0 ? name : [name, ...children];
    })
    .sort((a, b) => String(a).localeCompare(String(b)));
}

function only(name: string): RecordedSpan {
  const [span, ...others] = sdk.spans().filter((one) => one.name === name);
  if (span === undefined || others.length > 0)
    throw new Error(`${others.length + (span ? 1 : 0)} spans are named ${name}.`);
  return span;
}

describe("a run", () => {
  test("is an execution with its pass, load and calls", async () => {
    const world = makeWorld();
    const outcome = await withRuntime(world.toolbox, (runtime) =>
      runtime.execute({ code: "async () => Promise.all([bank.see({}), bank.log({})])" }),
    );
    expect(tree(sdk.spans())).toEqual([
      ["codemode.execution", ["codemode.pass", "codemode.load", "execute_tool bank.log", "execute_tool bank.see"]],
    ]);
    expect(sdk.open.size).toBe(0);
    expect(only("execute_tool bank.log").attributes).toEqual({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "bank.log",
      "gen_ai.tool.type": "function",
      "gen_ai.tool.call.id": `${outcome.executionId}:1`,
      "codemode.execution.id": outcome.executionId,
      "codemode.call.seq": 1,
      "codemode.call.attempt": 1,
    });
    expect(only("codemode.execution")).toMatchObject({
      attributes: { "codemode.execution.status": "completed" },
      status: { code: SpanStatusCode.UNSET },
    });
    expect(only("codemode.pass").attributes).toMatchObject({
      "codemode.pass.reason": "start",
      "codemode.pass.replayed": 0,
    });
  });

  test("that fails marks its spans by code, and says nothing that a program or a tool wrote", async () => {
    const toolbox = {
      api: {
        get: {
          execute: () => {
            throw new Error(SECRET);
          },
        },
      },
    };
    failed(
      await withRuntime(toolbox, (runtime) => runtime.execute({ code: `async () => api.get({ key: "${SECRET}" })` })),
    );
    expect(only("execute_tool api.get")).toMatchObject({
      attributes: { "error.type": "TOOL_ERROR" },
      status: { code: SpanStatusCode.ERROR },
    });
    expect(only("codemode.execution")).toMatchObject({
      attributes: { "error.type": "PROGRAM_ERROR" },
      status: { code: SpanStatusCode.ERROR },
    });
    expect(JSON.stringify(sdk.spans())).not.toContain(SECRET);
  });
});

describe("an approval", () => {
  const code = `async () => bank.pay({ to: "ada" })`;

  test("is a wait in the trace that asked, and what follows is linked to it", async () => {
    const world = makeWorld();
    const place = newPlace();
    const { executionId, pending } = await place.run(world.toolbox, async (runtime) =>
      paused(await runtime.execute({ code })),
    );
    const asked = only("codemode.execution");
    expect(asked.attributes["codemode.execution.status"]).toBe("paused");
    expect(only("codemode.pass").events).toEqual(["codemode.approval.requested"]);
    await evict(place);
    await place.run(world.toolbox, async (runtime) => completed(await runtime.approve({ executionId })));
    const wait = only("codemode.approval");
    expect(wait).toMatchObject({
      parentId: asked.context.spanId,
      startedAt: pending[0]?.askedAt,
      attributes: {
        "codemode.execution.id": executionId,
        "gen_ai.tool.name": "bank.pay",
        "codemode.approval.kind": "approval",
        "codemode.approval.decision": "approved",
      },
    });
    const resumed = sdk.spans().find(({ attributes }) => attributes["codemode.execution.resumed"] === true);
    expect(resumed?.attributes).toMatchObject({
      "codemode.execution.id": executionId,
      "codemode.execution.status": "completed",
    });
    expect(resumed?.links.map(({ context }) => context)).toEqual([asked.context, wait.context]);
    expect(resumed?.context.traceId).not.toBe(asked.context.traceId);
    expect(sdk.open.size).toBe(0);
  });

  test("of a run that another process began is a trace of its own, which what follows is linked to", async () => {
    const world = makeWorld();
    const place = newPlace();
    // Begun while nobody watched: of its spans this process knows as little as one that has just started.
    trace.disable();
    const { executionId } = await place.run(world.toolbox, async (runtime) => paused(await runtime.execute({ code })));
    sdk = registerRecording();
    await place.run(world.toolbox, async (runtime) => completed(await runtime.approve({ executionId })));
    const spans = sdk.spans();
    expect(tree(spans)).toEqual([
      "codemode.approval",
      ["codemode.execution", ["codemode.pass", "codemode.load", "execute_tool bank.pay"]],
    ]);
    const [wait, execution] = ["codemode.approval", "codemode.execution"].map((name) =>
      spans.find((span) => span.name === name),
    );
    expect(execution?.links.map(({ context }) => context)).toEqual([wait?.context]);
    expect(spans.map(({ attributes }) => attributes["codemode.execution.id"])).toEqual(spans.map(() => executionId));
  });

  test("that ends the run by a rejection is no error", async () => {
    const world = makeWorld();
    await withRuntime(world.toolbox, async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code }));
      sdk.clear();
      await runtime.reject({ executionId, seq: 0 });
    });
    expect(only("codemode.approval").attributes["codemode.approval.decision"]).toBe("rejected");
    expect(only("codemode.execution")).toMatchObject({
      attributes: { "codemode.execution.status": "rejected" },
      status: { code: SpanStatusCode.UNSET },
    });
  });
});

test("a listener beside the SDK hears of the same run, and each of them of all of it", async () => {
  const seen = watch();
  await withRuntime(
    makeWorld().toolbox,
    (runtime) => runtime.execute({ code: "async () => bank.see({})" }),
    seen.options,
  );
  expect(seen.lines().at(-1)).toBe("execution.ended completed");
  expect(only("codemode.execution").attributes["codemode.execution.status"]).toBe("completed");
});

test("with a context manager, what a tool makes lies under its call, and what follows a decision or a rollback under who asked for it", async () => {
  context.setGlobalContextManager(new FollowingContext());
  onTestFinished(() => context.disable());
  const tracer = trace.getTracer("test");
  const fetched = () => tracer.startSpan("fetch", { startTime: new Date() }, context.active()).end(new Date());
  await withRuntime(
    { bank: { pay: { requiresApproval: true, execute: fetched, revert: () => {} } } },
    async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: "async () => bank.pay({})" }));
      sdk.clear();
      const request = tracer.startSpan("request", { startTime: new Date() });
      completed(await context.with(trace.setSpan(context.active(), request), () => runtime.approve({ executionId })));
      await context.with(trace.setSpan(context.active(), request), () => runtime.rollback({ executionId }));
      request.end(new Date());
    },
  );
  expect(only("fetch").parentId).toBe(only("execute_tool bank.pay").context.spanId);
  for (const name of ["codemode.execution", "codemode.rollback"])
    expect(only(name).parentId).toBe(only("request").context.spanId);
});

test("a rollback is a span with its reverts", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const { executionId } = completed(
      await runtime.execute({ code: "async () => { await bank.log({}); await bank.log({}); }" }),
    );
    sdk.clear();
    await runtime.rollback({ executionId });
  });
  expect(tree(sdk.spans())).toEqual([["codemode.rollback", "codemode.revert bank.log", "codemode.revert bank.log"]]);
  expect(only("codemode.rollback").attributes).toMatchObject({
    "codemode.rollback.reverted": 2,
    "codemode.rollback.failed": 0,
  });
});

test("a crash ends the pass in error and not the execution, and the recovered pass lies beside it", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime, ctx) => {
    const running = runtime.execute({ code: `async () => slow.put({ id: "x" })` });
    await world.gate.reached("x");
    await crashFacet(ctx);
    world.gate.open("x");
    await world.gate.openInOrder("x");
    completed(await running);
  });
  expect(tree(sdk.spans())).toEqual([
    [
      "codemode.execution",
      ["codemode.pass", "codemode.load", "execute_tool slow.put"],
      ["codemode.pass", "codemode.load", "execute_tool slow.put"],
    ],
  ]);
  const passes = sdk.spans().filter(({ name }) => name === "codemode.pass");
  expect(passes.map(({ attributes }) => attributes["codemode.pass.reason"])).toEqual(["start", "recovery"]);
  expect(passes.map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR, SpanStatusCode.UNSET]);
  expect(sdk.open.size).toBe(0);
});
