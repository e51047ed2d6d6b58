/** A Worker whose tool collects garbage, as the platform may at any moment of a run. */
import { DurableObject } from "cloudflare:workers";
import {
  type CodemodeRuntimeHandle,
  createCodemodeRuntime,
  DynamicWorkerExecutor,
  defineConnector,
} from "../../src/index.ts";

export { CodemodeRuntime } from "../../src/index.ts";

interface Env {
  readonly LOADER: WorkerLoader;
  readonly HOST: DurableObjectNamespace<Host>;
}

function collect(): void {
  const gc: unknown = Reflect.get(globalThis, "gc");
  if (typeof gc !== "function") throw new Error("Start workerd with --expose-gc.");
  gc();
}

const Memory = defineConnector({
  name: "memory",
  tools: {
    collect: {
      description: "Collects garbage.",
      execute: () => {
        collect();
        return "collected";
      },
      revert: collect,
    },
    ask: { description: "Asks a person.", requiresApproval: true, execute: () => "asked" },
  },
});

export class Host extends DurableObject<Env> {
  get #runtime(): CodemodeRuntimeHandle {
    return createCodemodeRuntime({
      ctx: this.ctx,
      executor: new DynamicWorkerExecutor({ loader: this.env.LOADER }),
      connectors: [Memory],
    });
  }

  override async fetch(request: Request): Promise<Response> {
    const code = await request.text();
    const outcome = await this.#runtime.execute({ code });
    if (outcome.status !== "paused") return Response.json(outcome);
    const { executionId } = outcome;
    const approved = await this.#runtime.approve({ executionId });
    const { items } = await this.#runtime.rollback({ executionId });
    return Response.json({ ...approved, items });
  }
}

export default {
  fetch: (request, env) => env.HOST.getByName("one").fetch(request),
} satisfies ExportedHandler<Env>;
