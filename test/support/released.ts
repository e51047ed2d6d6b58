/** The released package, run beside ours in the same objects, so that what it gets wrong can be shown. */

import { env, runInDurableObject } from "cloudflare:test";
import {
  CodemodeConnector,
  type CodemodeRuntimeHandle,
  createCodemodeRuntime,
  DynamicWorkerExecutor,
} from "@cloudflare/codemode";
import type { ConnectorTools } from "../../src/connector/types.ts";
import type { Toolbox } from "./runtime.ts";

/** What it never comes back from is over after this. */
const TIMEOUT_MS = 1_000;

class Released extends CodemodeConnector {
  readonly #name: string;
  readonly #tools: ConnectorTools;
  constructor(ctx: DurableObjectState, name: string, tools: ConnectorTools) {
    super(ctx, {});
    this.#name = name;
    this.#tools = tools;
  }
  override name(): string {
    return this.#name;
  }
  // Its tools are records of the same shape; what it does not know of, it ignores.
  protected override tools(): never {
    return this.#tools as never;
  }
}

/** A runtime of the released package with these tools. It looks for its facet class under the name that ours has. */
export function releasedRuntime(
  ctx: DurableObjectState,
  toolbox: Toolbox,
  loader: WorkerLoader = env.LOADER,
): CodemodeRuntimeHandle {
  const exported = { CodemodeRuntime: Reflect.get(ctx.exports, "ReleasedRuntime") };
  const seen = new Proxy(ctx, {
    get(target, key) {
      if (key === "exports") return exported;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return createCodemodeRuntime({
    ctx: seen,
    executor: new DynamicWorkerExecutor({ loader, timeout: TIMEOUT_MS }),
    connectors: Object.entries(toolbox).map(([name, tools]) => new Released(ctx, name, tools)),
  });
}

/** The same, in an object of its own. */
export function withReleased<T>(toolbox: Toolbox, body: (runtime: CodemodeRuntimeHandle) => Promise<T>): Promise<T> {
  const stub = env.PLACES.get(env.PLACES.newUniqueId());
  return runInDurableObject(stub, (_host, ctx) => body(releasedRuntime(ctx, toolbox)));
}
