/** Telemetry that nobody uses: no recorder, so nothing is observed, looked up or made. */

import { trace } from "@opentelemetry/api";
import { expect, test, vi } from "vitest";
import { ObservedPort } from "../../src/telemetry/observed-port.ts";
import { Recorder } from "../../src/telemetry/recorder.ts";
import { makeRecorder } from "../../src/telemetry/telemetry.ts";
import { completed, paused } from "../support/drive.ts";
import { withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { registerRecording } from "./recording.ts";

const nothing = { pending: async () => [], errorCode: async () => undefined };

test("there is a recorder exactly when there is a listener or an SDK", async () => {
  await withRuntime({}, async (_runtime, ctx) => {
    expect(makeRecorder(ctx, undefined, nothing)).toBeUndefined();
    expect(makeRecorder(ctx, () => {}, nothing)).toBeInstanceOf(Recorder);
    registerRecording();
    expect(makeRecorder(ctx, undefined, nothing)?.spans).toBeDefined();
    trace.disable();
    expect(makeRecorder(ctx, undefined, nothing)).toBeUndefined();
  });
});

test("without either, a run with a pause and a rollback passes none of it", async () => {
  const seen = [
    ...(["perform", "runPass", "passEnded", "revert"] as const).map((name) => vi.spyOn(ObservedPort.prototype, name)),
    ...(["execution", "decision", "calledFor"] as const).map((name) => vi.spyOn(Recorder.prototype, name)),
  ];
  const drive = (options: { readonly onEvent?: () => void }) => {
    const world = makeWorld();
    return withRuntime(
      world.toolbox,
      async (runtime) => {
        const { executionId } = paused(
          await runtime.execute({ code: `async () => [await bank.log({}), await bank.pay({ to: "ada" })]` }),
        );
        completed(await runtime.approve({ executionId }));
        await runtime.rollback({ executionId });
      },
      options,
    );
  };
  await drive({});
  expect(seen.map((spy) => spy.mock.calls.length)).toEqual(seen.map(() => 0));
  // The same run, watched, passes all of it: the spies see what they are meant to see.
  await drive({ onEvent: () => {} });
  expect(seen.filter((spy) => spy.mock.calls.length === 0)).toEqual([]);
  for (const spy of seen) spy.mockRestore();
});
