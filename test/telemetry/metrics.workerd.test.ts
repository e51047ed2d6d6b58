/** The example of `src/telemetry/README.md`, run. */
import { expect, test } from "vitest";
import { completed, paused } from "../support/drive.ts";
import { withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { meter } from "./metrics.ts";

test("the meter writes a point for each call, decision and end", async () => {
  const points: unknown[] = [];
  const onEvent = meter({
    writeDataPoint: (point) => {
      points.push([...(point?.indexes ?? []), ...(point?.blobs ?? [])].join(" "));
    },
  });
  await withRuntime(
    makeWorld().toolbox,
    async (runtime) => {
      const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
      completed(await runtime.approve({ executionId }));
    },
    { onEvent },
  );
  expect(points).toEqual(["bank.pay approval approved", "bank.pay call ok", "execution completed "]);
});
