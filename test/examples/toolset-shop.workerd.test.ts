import { env, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { shopRuntime } from "./toolset-shop.ts";

const PROGRAM = `
async () => {
  const [order] = await shop.orders({ customer: "ada", limit: "1" }); // the schema makes a number of it
  await shop.refund({ order: order.id, amount: 5 });
  return shop.refund({ order: order.id, amount: 500 }); // waits for a person
};
`;

test("the AI SDK's tools are called as they are: their schema reads, their needsApproval asks, their key stays the same", async () => {
  const refunds: unknown[] = [];
  const SHOP = {
    find: async (customer: string, limit: number) => [{ id: `${customer}-${limit + 1}`, total: 900 }],
    refund: async (order: string, amount: number, { idempotencyKey }: { readonly idempotencyKey: string }) => {
      refunds.push({ order, amount, idempotencyKey });
      return "refunded";
    },
  };
  await runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), async (_place, ctx) => {
    const runtime = shopRuntime(ctx, { LOADER: env.LOADER, SHOP });
    const { executionId, ...paused } = await runtime.execute({ code: PROGRAM });
    expect(paused).toMatchObject({ status: "paused", pending: [{ method: "refund", args: { amount: 500 } }] });
    expect(await runtime.approve({ executionId })).toMatchObject({ status: "completed", result: "refunded" });
    expect(refunds).toEqual([
      { order: "ada-2", amount: 5, idempotencyKey: `${executionId}:1` },
      { order: "ada-2", amount: 500, idempotencyKey: `${executionId}:2` },
    ]);
  });
});
