/** A connector of the released package inside this runtime: what it is asked, and whose answer counts. */
import { expect, test } from "vitest";
import { AdaptedConnector, type ReleasedConnector } from "../../src/connector/foreign.ts";

const ctx = {} as unknown as ExecutionContext;
const CALL = { executionId: "e", seq: 0, idempotencyKey: "e:0", attempt: 1, signal: new AbortController().signal };

const released: ReleasedConnector = {
  name: () => "browser",
  describe: async () => ({ name: "browser", descriptors: { open: { inputSchema: { type: "object" } } } }),
  executeTool: async () => "opened",
};

test.for<[string, Partial<ReleasedConnector>, boolean]>([
  ["says that it undid the call", { revertAction: async () => true }, true],
  ["says that it did not", { revertAction: async () => false }, false],
  ["has no way to undo any", {}, false],
])("one that %s is believed", async ([, more, undone]) => {
  const connector = new AdaptedConnector(ctx, {}, { ...released, ...more });
  expect(await connector.revertAction("open", {}, "opened", CALL)).toBe(undone);
});

test("its hooks hear of the end of each pass and of the execution, where it has them", async () => {
  const heard: unknown[][] = [];
  const hooks = {
    onPassEnd: async (...said: unknown[]) => void heard.push(["pass", ...said]),
    disposeExecution: async (...said: unknown[]) => void heard.push(["end", ...said]),
  };
  for (const more of [hooks, {}]) {
    const connector = new AdaptedConnector(ctx, {}, { ...released, ...more });
    await connector.onPassEnd("exec_1", "paused");
    await connector.disposeExecution("exec_1", "completed");
  }
  expect(heard).toEqual([
    ["pass", "exec_1", "paused"],
    ["end", "exec_1", "completed"],
  ]);
});
