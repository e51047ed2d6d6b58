/** An HTTP API from its OpenAPI description: one typed tool per operation, credentials that no program sees. */
import { createCodemodeRuntime, DynamicWorkerExecutor, OpenApiConnector } from "durable-codemode";

interface Env {
  readonly LOADER: WorkerLoader;
  readonly SHOP_TOKEN: string;
  /** The Worker behind the API; leave `fetch` out below for an API on the internet. */
  readonly SHOP: Fetcher;
}

/** A module constant: operations are derived once per object. Usually imported from a JSON file. */
const description = {
  openapi: "3.1.0",
  servers: [{ url: "https://shop.example/v1" }],
  paths: {
    "/orders": {
      get: {
        operationId: "orders/list",
        summary: "Orders by status",
        parameters: [{ name: "status", in: "query", schema: { enum: ["open", "shipped"] } }],
        responses: {
          200: { content: { "application/json": { schema: { type: "array", items: { type: "object" } } } } },
        },
      },
    },
    "/orders/{id}/shipment": {
      post: {
        operationId: "orders/ship",
        summary: "Ship an order",
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "integer" } }],
        responses: { 200: { content: { "application/json": {} } } },
      },
    },
  },
};

export class Shop extends OpenApiConnector<Env> {
  override name() {
    return "shop";
  }
  protected override spec() {
    return description;
  }
  protected override http() {
    return {
      auth: { type: "bearer", token: () => this.env.SHOP_TOKEN },
      fetch: (request: Request) => this.env.SHOP.fetch(request),
    } as const;
  }
}

export function shopRuntime(ctx: DurableObjectState, env: Env) {
  return createCodemodeRuntime({
    ctx,
    executor: new DynamicWorkerExecutor({ loader: env.LOADER }),
    connectors: [new Shop(ctx, env)],
  });
}
