/** Tools of the AI SDK in front of a shop: one only reads, of the other a person is asked above a sum. */
import { tool } from "ai";
import { createCodemodeRuntime, DynamicWorkerExecutor, toolSetConnector } from "durable-codemode";
import { z } from "zod";

interface Env {
  readonly LOADER: WorkerLoader;
  readonly SHOP: {
    find(customer: string, limit: number): Promise<readonly { id: string; total: number }[]>;
    refund(order: string, amount: number, options: { readonly idempotencyKey: string }): Promise<string>;
  };
}

export function shopRuntime(ctx: DurableObjectState, env: Env) {
  const orders = tool({
    description: "Orders of a customer",
    inputSchema: z.object({ customer: z.string(), limit: z.coerce.number().default(10) }),
    execute: ({ customer, limit }) => env.SHOP.find(customer, limit),
  });
  const refund = tool({
    description: "Pay an order back",
    inputSchema: z.object({ order: z.string(), amount: z.number() }),
    needsApproval: ({ amount }) => amount > 100,
    // The id of the call is the same on every attempt of it.
    execute: ({ order, amount }, { toolCallId }) => env.SHOP.refund(order, amount, { idempotencyKey: toolCallId }),
  });
  return createCodemodeRuntime({
    ctx,
    executor: new DynamicWorkerExecutor({ loader: env.LOADER }),
    connectors: [toolSetConnector(ctx, { name: "shop", tools: { orders, refund } })],
  });
}
