import { env } from "cloudflare:test";
import { MockLanguageModelV4 } from "ai/test";
import { expect, test } from "vitest";
import { answer } from "./code-tool.ts";
import { says, writes } from "./model.ts";

test("the model's program calls the tools, and the model reads what it returned", async () => {
  const model = new MockLanguageModelV4({
    doGenerate: [
      writes(`async () => {
        const both = await Promise.all(["Portugal", "Spain"].map((country) => codemode.lookup({ country })));
        return { sum: both[0] + both[1] };
      }`),
      says("60 million"),
    ],
  });
  expect(await answer(model, "How many live in Iberia?", env.LOADER)).toBe("60 million");
  const [asked, told] = model.doGenerateCalls;
  expect(JSON.stringify(asked?.tools)).toContain("lookup(input");
  expect(JSON.stringify(told?.prompt)).toContain('"sum":60');
});
