import { expect, test } from "vitest";
import { withRuntime } from "../support/runtime.ts";

test("a program calls tools, pauses for approval and completes after it", async () => {
  const ran: unknown[] = [];
  const toolbox = {
    math: {
      add: { readOnly: true, execute: ({ a, b }: { a: number; b: number }) => a + b },
      save: {
        requiresApproval: true,
        execute: (args: unknown) => {
          ran.push(args);
          return "saved";
        },
      },
    },
  };
  await withRuntime(toolbox, async (runtime) => {
    const outcome = await runtime.execute({
      code: `async () => { const xs = await Promise.all([1,2,3].map((a) => math.add({ a, b: 1 }))); const s = await math.save({ xs }); return { xs, s }; }`,
    });
    expect(outcome).toMatchObject({ status: "paused" });
    expect(ran).toEqual([]);
    const done = await runtime.approve({ executionId: outcome.executionId });
    expect(done).toMatchObject({ status: "completed", result: { xs: [2, 3, 4], s: "saved" } });
    expect(ran).toEqual([{ xs: [2, 3, 4] }]);
  });
});
