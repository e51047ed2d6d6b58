import { env, runInDurableObject } from "cloudflare:test";
import { MockLanguageModelV4 } from "ai/test";
import { expect, test } from "vitest";
import type { Support } from "./agent.ts";
import { says, writes } from "./model.ts";

test("the model writes a program that pauses, a person approves, and the model sees the result", async () => {
  const model = new MockLanguageModelV4({
    doGenerate: [
      writes(`async () => {
        const [due] = await refunds.due();
        return refunds.pay(due);
      }`),
      says("A person must approve the refund."),
      says("The refund is paid."),
    ],
  });
  await runInDurableObject(env.SUPPORT.getByName("support"), async (support: Support) => {
    support.model = model;
    expect(await support.ask("Please refund order 7")).toBe("A person must approve the refund.");

    const [action] = await support.runtime().pending();
    expect(action).toMatchObject({ connector: "refunds", method: "pay", args: { order: 7, cents: 1200 } });
    const { executionId = "", seq = -1, digest = "" } = action ?? {};
    expect(await support.approve(executionId, seq, digest)).toBe("The refund is paid.");
  });

  const [asked, told, after] = model.doGenerateCalls;
  expect(asked?.tools).toMatchObject([{ name: "codemode", inputSchema: { required: ["code"] } }]);
  expect(JSON.stringify(told?.prompt)).toContain('"status":"paused"');
  const seen = JSON.stringify(after?.prompt);
  expect(seen).toContain('"status":"completed"');
  expect(seen).toContain('"paid":1200');
  expect(seen).not.toContain('"status":"paused"');
});
