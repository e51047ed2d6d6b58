/** A durable runtime as an MCP server: any MCP client searches, runs programs, and has its person decide. */
import { DurableObject } from "cloudflare:workers";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { createCodemodeRuntime, DynamicWorkerExecutor, defineConnector } from "durable-codemode";
import { codemodeMcpServer } from "durable-codemode/mcp";

interface Env {
  readonly LOADER: WorkerLoader;
}

const bank = defineConnector({
  name: "bank",
  tools: {
    bills: { description: "Bills that are due", readOnly: true, execute: () => [{ id: 1, cents: 9900 }] },
    pay: {
      description: "Pay a bill",
      inputSchema: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] },
      requiresApproval: true,
      execute: ({ id }: { id: number }) => ({ paid: id }),
    },
  },
});

export class Bank extends DurableObject<Env> {
  readonly runtime = createCodemodeRuntime({
    ctx: this.ctx,
    executor: new DynamicWorkerExecutor({ loader: this.env.LOADER }),
    connectors: [bank],
  });
  readonly sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();

  override async fetch(request: Request): Promise<Response> {
    const known = this.sessions.get(request.headers.get("mcp-session-id") ?? "");
    return (known ?? (await this.session())).handleRequest(request);
  }

  /** One server per client session; a request with an unknown session is refused by its transport. */
  private async session() {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id) => void this.sessions.set(id, transport),
      onsessionclosed: (id) => void this.sessions.delete(id),
    });
    await codemodeMcpServer({ runtime: this.runtime, name: "bank" }).connect(transport);
    return transport;
  }
}
