import { env, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { issueRuntime } from "./define-connector.ts";

test("reads are free, a write asks by its arguments, and a rollback undoes it", async () => {
  await runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), async (_place, ctx) => {
    const runtime = issueRuntime(ctx, env);
    const paused = await runtime.execute({
      code: `async () => {
        const [first, second] = await issues.list();
        await issues.close({ id: first.id, reason: "fixed" });
        await issues.close({ id: second.id });
        return (await issues.list()).map(({ title }) => title);
      }`,
    });
    expect(paused).toMatchObject({ status: "paused", pending: [{ seq: 2, args: { id: 2 } }] });

    const { executionId } = paused;
    expect(await runtime.approve({ executionId })).toMatchObject({ status: "completed", result: ["Typo"] });

    const { items } = await runtime.rollback({ executionId });
    expect(items.map(({ seq, outcome }) => [seq, outcome])).toEqual([
      [2, "reverted"],
      [1, "reverted"],
    ]);
    expect(await runtime.execute({ code: "async () => (await issues.list()).length" })).toMatchObject({ result: 3 });
  });
});

test("arguments that do not fit the schema fail before a person is asked", async () => {
  await runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), async (_place, ctx) => {
    const outcome = await issueRuntime(ctx, env).execute({ code: `async () => issues.close({ id: "7" })` });
    expect(outcome).toMatchObject({ status: "error", code: "INVALID_ARGUMENTS" });
  });
});
