/** The Worker entry: it exports neither the facet class nor the connector; the plugin does. */
import { DurableObject } from "cloudflare:workers";
import { createCodemodeRuntime, DynamicWorkerExecutor } from "durable-codemode";
import { Notes } from "./notes.codemode.ts";

interface Env {
  readonly LOADER: WorkerLoader;
  readonly HOST: DurableObjectNamespace<Host>;
}

export class Host extends DurableObject<Env> {
  readonly runtime = createCodemodeRuntime({
    ctx: this.ctx,
    executor: new DynamicWorkerExecutor({ loader: this.env.LOADER }),
    connectors: [Notes],
  });

  override async fetch(request: Request): Promise<Response> {
    const executionId = new URL(request.url).searchParams.get("approve");
    if (request.method === "GET") return Response.json(Object.keys(this.ctx.exports).sort());
    const outcome =
      executionId === null
        ? await this.runtime.execute({ code: await request.text() })
        : await this.runtime.approve({ executionId });
    return Response.json(outcome);
  }
}

export default {
  fetch: (request, env) => env.HOST.getByName("host").fetch(request),
} satisfies ExportedHandler<Env>;
