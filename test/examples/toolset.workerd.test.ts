import { env, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { tripRuntime } from "./toolset.ts";

test("an AI SDK tool set is called from a program: defaults apply, needsApproval is asked with the input", async () => {
  await runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), async (_place, ctx) => {
    const runtime = tripRuntime(ctx, env);
    const paused = await runtime.execute({
      code: `async () => [
        await trip.getWeather({ city: "Porto" }),
        await trip.bookTable({ city: "Porto", guests: 2 }),
        await trip.bookTable({ city: "Porto", guests: 8 }),
      ]`,
    });
    expect(paused).toMatchObject({ status: "paused", pending: [{ seq: 2, args: { guests: 8 } }] });
    expect(await runtime.approve({ executionId: paused.executionId })).toMatchObject({
      result: [{ city: "Porto", unit: "C", degrees: 21 }, "table for 2 in Porto", "table for 8 in Porto"],
    });
  });
});

test("input that the tool's own schema refuses is an error with the path", async () => {
  await runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), async (_place, ctx) => {
    const outcome = await tripRuntime(ctx, env).execute({
      code: "async () => trip.bookTable({ city: 'Porto', guests: 0 })",
    });
    expect(outcome).toMatchObject({ status: "error", code: "INVALID_ARGUMENTS" });
    expect(JSON.stringify(outcome)).toContain("guests");
  });
});
