/** What a tool is told of the person who let its call run. */
import { expect, test } from "vitest";
import type { ToolExecuteContext } from "../../src/connector/types.ts";
import { completed, paused } from "../support/drive.ts";
import { newPlace, type Toolbox } from "../support/runtime.ts";

function bank(): { readonly toolbox: Toolbox; readonly decisions: ToolExecuteContext["decision"][] } {
  const decisions: ToolExecuteContext["decision"][] = [];
  const execute = (_args: unknown, { decision }: ToolExecuteContext) => {
    decisions.push(decision);
    return "done";
  };
  return { toolbox: { bank: { balance: { execute }, pay: { requiresApproval: true, execute } } }, decisions };
}

const code = "async () => { await bank.balance({}); return bank.pay({ amount: 5 }); }";

test("a tool that a person approved is told who it was, when and why; one that nobody was asked about is told nothing", async () => {
  const { toolbox, decisions } = bank();
  await newPlace().run(toolbox, async (runtime) => {
    const { executionId } = paused(await runtime.execute({ code }));
    completed(await runtime.approve({ executionId, seq: 1, by: "ada@example.com", reason: "as agreed" }));
    const [recorded] = (await runtime.execution(executionId))?.log.slice(1) ?? [];
    expect(decisions).toEqual([undefined, recorded?.decision]);
    expect(recorded?.decision).toMatchObject({ decision: "approved", by: "ada@example.com", reason: "as agreed" });
  });
});
