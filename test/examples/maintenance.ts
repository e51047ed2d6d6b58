/** What must happen later, in a plain Durable Object: its alarm recovers what a crash interrupted, and expires what nobody decided. */
import { DurableObject } from "cloudflare:workers";
import { createCodemodeRuntime, DynamicWorkerExecutor, defineConnector } from "durable-codemode";

interface Env {
  readonly LOADER: WorkerLoader;
}

const HOUR = 60 * 60 * 1000;

const posts = defineConnector({
  name: "posts",
  tools: { publish: { requiresApproval: true, execute: ({ title }: { title: string }) => `published ${title}` } },
});

export class Editor extends DurableObject<Env> {
  readonly runtime = createCodemodeRuntime({
    ctx: this.ctx,
    executor: new DynamicWorkerExecutor({ loader: this.env.LOADER }),
    connectors: [posts],
  });

  async run(code: string): Promise<string> {
    // Set before the run, so that the alarm comes also when the process dies in it.
    await this.wakeBy(Date.now() + HOUR);
    const { status } = await this.runtime.execute({ code });
    return status;
  }

  /** A facet cannot set alarms; the object that owns it can. */
  override async alarm(): Promise<void> {
    const { next } = await this.runtime.maintain({ maxAgeMs: 24 * HOUR });
    if (next !== undefined) await this.wakeBy(next);
  }

  /** An object has one alarm: an earlier one stays. */
  private async wakeBy(time: number): Promise<void> {
    const set = await this.ctx.storage.getAlarm();
    if (set === null || time < set) await this.ctx.storage.setAlarm(time);
  }
}
