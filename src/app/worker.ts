/** The deployable Worker: an Agent that owns a runtime over a ledger of accounts, behind a plain HTTP API and its console. */
import { Agent } from "agents";
import type { CodemodeConnector } from "../connector/connector.ts";
import { createCodemodeRuntime } from "../handle.ts";
import type { CodemodeRuntimeHandle } from "../handle-types.ts";
import { DynamicWorkerExecutor } from "../sandbox/dynamic-worker-executor.ts";
import { Accounts, effectsOf, seedAccounts } from "./accounts.ts";
import { answer } from "./api.ts";
import { EventStreams } from "./events.ts";
import { pageFile } from "./page.ts";
import { isForSocket, isUnderForeignName } from "./refusals.ts";

export { CodemodeRuntime } from "../runtime/facet.ts";

interface Env extends Cloudflare.Env {
  readonly LOADER: WorkerLoader;
  readonly HOST: DurableObjectNamespace<Desk>;
}

const ACCOUNTS = 200;

export class Desk extends Agent<Env> {
  readonly #events = new EventStreams();

  /** What programs can call. */
  protected connectors(): CodemodeConnector[] {
    return [new Accounts(this.ctx, this.env)];
  }

  runtime(): CodemodeRuntimeHandle {
    seedAccounts(this.ctx.storage.sql, ACCOUNTS);
    return createCodemodeRuntime({
      ctx: this.ctx,
      executor: new DynamicWorkerExecutor({ loader: this.env.LOADER }),
      connectors: this.connectors(),
      onEvent: this.#events.tell,
    });
  }

  /**
   * After a start, whatever the last process left behind is taken up. Not awaited: until `onStart` has returned the
   * object takes no calls, also not those of its own facet that ask it to run a tool.
   */
  override onStart(): void {
    this.ctx.waitUntil(this.runtime().maintain());
  }

  /** Any page that is open could ask for agents by new names, and each would get a database. */
  override async onBeforeSubAgent(): Promise<Response> {
    return new Response("There are no agents under this one.\n", { status: 404 });
  }

  override async onRequest(request: Request): Promise<Response> {
    if (new URL(request.url).pathname === "/effects") return Response.json(effectsOf(this.ctx.storage.sql));
    return answer(this.runtime(), request, this.#events);
  }
}

export default {
  async fetch(request, env): Promise<Response> {
    if (isUnderForeignName(request)) {
      return new Response("Open this Worker by https, by its address, or as localhost.\n", { status: 403 });
    }
    if (isForSocket(request)) {
      return new Response("This Worker has no sockets. GET /events says what happens.\n", { status: 404 });
    }
    return pageFile(request) ?? env.HOST.getByName("desk").fetch(request);
  },
} satisfies ExportedHandler<Env>;
