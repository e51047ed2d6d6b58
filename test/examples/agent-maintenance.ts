/** What must happen later, in an Agent: after each start, and by its schedule. */
import { Agent } from "agents";
import { createCodemodeRuntime, DynamicWorkerExecutor, defineConnector } from "durable-codemode";

interface Env extends Cloudflare.Env {
  readonly LOADER: WorkerLoader;
}

const posts = defineConnector({
  name: "posts",
  tools: { publish: { requiresApproval: true, execute: ({ title }: { title: string }) => `published ${title}` } },
});

export class Publisher extends Agent<Env> {
  runtime() {
    return createCodemodeRuntime({
      ctx: this.ctx,
      executor: new DynamicWorkerExecutor({ loader: this.env.LOADER }),
      connectors: [posts],
    });
  }

  /**
   * Takes up what the last process left behind. Never awaited here: until `onStart` has returned, the object takes no
   * calls, also not those of its own facet that ask it to run a tool; both would wait for ever.
   */
  override onStart(): void {
    this.ctx.waitUntil(this.maintain());
  }

  /** Agents keep many appointments on one alarm, so they schedule instead of setting it. */
  async maintain(): Promise<void> {
    const { next } = await this.runtime().maintain();
    if (next !== undefined) await this.schedule(new Date(next), "maintain", undefined, { idempotent: true });
  }
}
