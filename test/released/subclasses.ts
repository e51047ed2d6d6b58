/** Classes as the released package's documentation writes them: they compile against this package, unchanged but for the import. */
import type { ExecutionEndStatus, PassEndStatus } from "durable-codemode";
import {
  CodemodeConnector,
  type ConnectorTool,
  type ConnectorTools,
  type McpConnectionLike,
  McpConnector,
  OpenApiConnector,
  type OpenApiRequestOptions,
} from "durable-codemode";

interface Env {
  readonly TOKEN: string;
}

/** A service of one's own, with per-execution and per-pass resources. */
export class Service extends CodemodeConnector<Env> {
  readonly ended: string[] = [];

  name() {
    return "service";
  }
  protected override instructions() {
    return "Use for the service.";
  }
  protected tools(): ConnectorTools {
    return {
      listItems: {
        description: "List all items.",
        inputSchema: { type: "object", properties: { limit: { type: "number" } } },
        execute: (args: unknown) => ({ args }),
      },
      createItem: {
        description: "Create an item.",
        inputSchema: { type: "object", properties: { title: { type: "string" } }, required: ["title"] },
        requiresApproval: true,
        execute: async (args, ctx) => ({ id: 7, args, by: ctx?.executionId }),
        revert: async (_args: unknown, result: unknown, ctx) => {
          const { id } = result as { id: number };
          this.ended.push(`${ctx?.executionId} reverted ${id}`);
        },
      },
      readFile: { replay: "reexecute", execute: ({ path }) => path },
    };
  }
  override async disposeExecution(executionId: string, _status: ExecutionEndStatus) {
    this.ended.push(executionId);
  }
  override async onPassEnd(executionId: string, _status: PassEndStatus) {
    this.ended.push(executionId);
  }
}

/** Over an MCP connection that the host has. */
export class Github extends McpConnector<Env> {
  readonly conn: McpConnectionLike;

  constructor(ctx: ExecutionContext, env: Env, conn: McpConnectionLike) {
    super(ctx, env);
    this.conn = conn;
  }
  name() {
    return "github";
  }
  protected override instructions() {
    return "Use for GitHub operations.";
  }
  protected createConnection() {
    return this.conn;
  }
  protected override tool(name: string, t: ConnectorTool): ConnectorTool {
    if (name === "create_issue") {
      return {
        ...t,
        requiresApproval: true,
        revert: async (_args, result) => {
          const { number } = result as { number: number };
          await this.conn.client.callTool({ name: "close_issue", arguments: { number } });
        },
      };
    }
    return t;
  }
}

/** Over an API that the class itself calls. */
export class Stripe extends OpenApiConnector<Env> {
  name() {
    return "stripe";
  }
  protected override instructions() {
    return "Use for payments.";
  }
  protected spec(): Record<string, unknown> {
    return { openapi: "3.0.0", paths: { "/charges": { get: { operationId: "ListCharges", responses: {} } } } };
  }
  protected override async request(options: OpenApiRequestOptions): Promise<unknown> {
    return {
      url: `https://api.stripe.com${options.path}`,
      method: options.method ?? "GET",
      authorized: this.env.TOKEN !== "",
      body: options.body ? JSON.stringify(options.body) : undefined,
    };
  }
}
