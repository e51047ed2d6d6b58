import { env, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { runAndKeep, salesRuntime } from "./snippets.ts";

const QUARTER = `async ({ quarter } = { quarter: 1 }) => {
  const months = [1, 2, 3].map((n) => (quarter - 1) * 3 + n);
  const sums = await Promise.all(months.map((month) => sales.of({ month })));
  return sums.reduce((a, b) => a + b);
}`;

test("a program that ran is kept by name, found by search, and run with other input", async () => {
  await runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), async (_place, ctx) => {
    await runAndKeep(ctx, env, "quarter-sales", QUARTER);
    const runtime = salesRuntime(ctx, env);
    const outcome = await runtime.execute({
      code: `async () => {
        const { results } = await codemode.search("sales of a quarter");
        return { found: results[0].path, sum: await codemode.run("quarter-sales", { quarter: 4 }) };
      }`,
    });
    expect(outcome).toMatchObject({ status: "completed", result: { found: "quarter-sales", sum: 3300 } });
    expect(await runtime.describe("quarter-sales")).toMatchObject({ kind: "snippet" });
    expect(await runtime.deleteSnippet("quarter-sales")).toBe(true);
    expect(await runtime.snippets()).toEqual([]);
  });
});
