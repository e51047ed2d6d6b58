/** A pass that is over and whose isolate still leaves: what comes meanwhile waits for it, and finds things as they are by then. */
import { env } from "cloudflare:test";
import { expect, test } from "vitest";
import { createCodemodeRuntime } from "../../src/handle.ts";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import type { Executor } from "../../src/sandbox/executor.ts";
import { completed, eventually, paused } from "../support/drive.ts";
import { earOf } from "../support/ear.ts";
import { makeGate } from "../support/gate.ts";
import { newPlace } from "../support/runtime.ts";
import { watch } from "../telemetry/watched.ts";

/** A connector that writes down what it hears, and an executor whose isolates leave when the test says so. */
function makeStage() {
  const gate = makeGate();
  const heard: string[] = [];
  const seen = watch();
  const leave = Promise.withResolvers<void>();
  const inner = new DynamicWorkerExecutor({ loader: env.LOADER });
  const executor: Executor = {
    execute: (...given) => inner.execute(...given),
    runPass: async (...given) => {
      await inner.runPass(...given);
      await leave.promise;
    },
  };
  const Ear = earOf(heard, {
    act: { execute: () => heard.push("act"), revert: () => gate.pass("revert").then(() => heard.push("undo act")) },
    ask: { requiresApproval: true, execute: () => heard.push("ask") },
  });
  const run = (body: (runtime: CodemodeRuntimeHandle) => Promise<void>) =>
    newPlace().run({}, (_runtime, ctx) =>
      body(createCodemodeRuntime({ ctx, executor, connectors: [Ear], ...seen.options })),
    );
  return { gate, heard, seen, leave, run };
}

/** The id of the one execution, once it is as it should be on disk. */
async function idOnce(runtime: CodemodeRuntimeHandle, status: string): Promise<string> {
  const { executions } = await eventually(
    () => runtime.listExecutions(),
    ({ executions: [only] }) => only?.status === status,
  );
  return executions[0]?.id ?? "";
}

test("a rollback comes after the pass: whoever ran the program is told how that ended, and so are the connectors", async () => {
  const { gate, heard, seen, leave, run } = makeStage();
  await run(async (runtime) => {
    const running = runtime.execute({ code: "async () => ear.act({})" });
    const executionId = await idOnce(runtime, "completed");
    const rolling = runtime.rollback({ executionId });
    await runtime.pending();
    leave.resolve();
    expect(completed(await running).result).toBe(1);
    await gate.openInOrder("revert");
    expect(await rolling).toMatchObject({ status: "rolled_back", items: [{ outcome: "reverted" }] });
  });
  expect(heard).toEqual(["act", "pass ended completed", "dispose completed", "undo act", "dispose rolled_back"]);
  expect(seen.lines().slice(-4)).toEqual([
    "pass.ended completed",
    "execution.ended completed",
    "call.reverted 0 ear act true",
    "execution.rolled_back 1 0",
  ]);
});

test("G1 an approval and a deletion that wait for it: nothing runs of which no journal is left", async () => {
  const { heard, leave, run } = makeStage();
  await run(async (runtime) => {
    const running = runtime.execute({ code: "async () => ear.ask({})" });
    const executionId = await idOnce(runtime, "paused");
    const approving = runtime.approve({ executionId });
    await runtime.pending();
    const deleting = runtime.deleteExecution(executionId);
    await runtime.pending();
    leave.resolve();
    paused(await running);
    expect(await deleting).toBe(true);
    expect(await approving).toMatchObject({ status: "error", code: "NOT_FOUND" });
    expect(await runtime.executions()).toEqual([]);
  });
  expect(heard).toEqual(["pass ended paused", "dispose rejected"]);
});

test("it does not expire before its connectors have heard that it paused", async () => {
  const { heard, leave, run } = makeStage();
  await run(async (runtime) => {
    const running = runtime.execute({ code: "async () => ear.ask({})" });
    const executionId = await idOnce(runtime, "paused");
    expect(await runtime.expirePaused({ maxAgeMs: 0 })).toEqual([]);
    leave.resolve();
    paused(await running);
    expect(await runtime.expirePaused({ maxAgeMs: 0 })).toEqual([executionId]);
  });
  expect(heard).toEqual(["pass ended paused", "dispose rejected"]);
});
