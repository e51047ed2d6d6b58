import { env, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { shopRuntime } from "./openapi.ts";

test("operations are called by name: reads are free, writes ask, and the token stays with the host", async () => {
  const got: string[] = [];
  const shop = {
    fetch: async (request: Request) => {
      const { pathname, search } = new URL(request.url);
      got.push(`${request.method} ${pathname}${search} ${request.headers.get("authorization")}`);
      return Response.json(request.method === "GET" ? [{ id: 7 }] : { shipped: true, by: "Bearer s3cret-token" });
    },
  };
  await runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), async (_place, ctx) => {
    const runtime = shopRuntime(ctx, {
      LOADER: env.LOADER,
      SHOP_TOKEN: "s3cret-token",
      SHOP: shop as unknown as Fetcher,
    });
    const paused = await runtime.execute({
      code: `async () => {
        const open = await shop.orders_list({ status: "open" });
        return Promise.all(open.map(({ id }) => shop.orders_ship({ id })));
      }`,
    });
    expect(paused).toMatchObject({ status: "paused", pending: [{ method: "orders_ship", args: { id: 7 } }] });
    const done = await runtime.approve({ executionId: paused.executionId });
    expect(done).toMatchObject({ status: "completed", result: [{ shipped: true }] });
    expect(JSON.stringify(done)).not.toContain("s3cret-token");
    expect(got).toEqual([
      "GET /v1/orders?status=open Bearer s3cret-token",
      "POST /v1/orders/7/shipment Bearer s3cret-token",
    ]);
  });
});
