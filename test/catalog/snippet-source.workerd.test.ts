/** A saved program is described with its source, to the host and to other programs. */
import { env, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { runAndKeep, salesRuntime } from "../examples/snippets.ts";

const CODE = "async () => sales.of({ month: 1 })";

test("a snippet is described with its source; a list of results has none", async () => {
  await runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), async (_place, ctx) => {
    await runAndKeep(ctx, env, "first-month", CODE);
    const runtime = salesRuntime(ctx, env);
    const described = await runtime.describe("first-month");
    expect(described).toMatchObject({ kind: "snippet", code: expect.stringContaining("sales.of({ month: 1 })") });
    expect(described.types).toContain("run(name: ");
    const outcome = await runtime.execute({
      code: `async () => [await codemode.describe("first-month"), (await codemode.search("first month")).results[0]]`,
    });
    expect(outcome).toMatchObject({ status: "completed", result: [described, { path: "first-month" }] });
    const [found] = (await runtime.search("first month")).results;
    expect(found).toMatchObject({ path: "first-month" });
    expect(found).not.toHaveProperty("code");
  });
});
