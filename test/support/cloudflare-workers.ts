/** What connectors need of `cloudflare:workers` when they are tested in Node: base classes that keep ctx and env. */
export class WorkerEntrypoint {
  protected readonly ctx: unknown;
  protected readonly env: unknown;
  constructor(ctx: unknown, env: unknown) {
    this.ctx = ctx;
    this.env = env;
  }
}
export class DurableObject extends WorkerEntrypoint {}
export class RpcTarget {}
export const env = {};
