/** Quick start: a Worker whose Durable Object runs programs, pauses for approval and goes on after it. */
import { DurableObject } from "cloudflare:workers";
import { createCodemodeRuntime, DynamicWorkerExecutor, defineConnector } from "durable-codemode";

export { CodemodeRuntime } from "durable-codemode"; // the facet that keeps the journal

const mail = defineConnector({
  name: "mail",
  tools: {
    unread: { description: "Senders of unread mail", readOnly: true, execute: () => ["ada@example.com"] },
    send: {
      description: "Send a mail",
      inputSchema: { type: "object", properties: { to: { type: "string" } }, required: ["to"] },
      requiresApproval: true,
      execute: ({ to }: { to: string }) => `sent to ${to}`,
    },
  },
});

interface Env {
  readonly LOADER: WorkerLoader; // "worker_loaders": [{ "binding": "LOADER" }]
  readonly DESK: DurableObjectNamespace<Desk>;
}

export class Desk extends DurableObject<Env> {
  runtime = createCodemodeRuntime({
    ctx: this.ctx,
    executor: new DynamicWorkerExecutor({ loader: this.env.LOADER }),
    connectors: [mail],
  });

  override async fetch(request: Request): Promise<Response> {
    const executionId = new URL(request.url).searchParams.get("approve");
    const outcome = executionId
      ? await this.runtime.approve({ executionId })
      : await this.runtime.execute({ code: await request.text() });
    return Response.json(outcome);
  }
}

export default { fetch: (request, env) => env.DESK.getByName("desk").fetch(request) } satisfies ExportedHandler<Env>;
