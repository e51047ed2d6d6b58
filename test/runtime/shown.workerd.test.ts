/** What a history says of where a call was made, and of the line at which a run failed. */
import { expect, test } from "vitest";
import { failed } from "../support/drive.ts";
import { withRuntime } from "../support/runtime.ts";

const toolbox = { notes: { add: { execute: () => "added" } } };

const code = `async () => {
  await notes.add({ id: 1 });
  await codemode.step("both", async () => {
    await notes.add({ id: 2 });
    await codemode.step("inner", () => notes.add({ id: 3 }));
  });
  throw new Error("over");
}`;

test("a call that a step's function made names the step, and a run that failed names the line, in lists too", async () => {
  await withRuntime(toolbox, async (runtime) => {
    const { executionId, line } = failed(await runtime.execute({ code }));
    expect(line).toBe(7);
    const run = await runtime.execution(executionId);
    expect(run?.log.map(({ method, parent }) => [method, parent])).toEqual([
      ["add", undefined],
      ["both", undefined],
      ["add", 1],
      ["inner", 1],
      ["add", 3],
    ]);
    expect(run?.errorLine).toBe(7);
    expect((await runtime.listExecutions()).executions).toMatchObject([{ id: executionId, errorLine: 7 }]);
  });
});

test("a run that completed names no line", async () => {
  await withRuntime(toolbox, async (runtime) => {
    await runtime.execute({ code: "async () => 1" });
    expect((await runtime.executions())[0]).not.toHaveProperty("errorLine");
  });
});
