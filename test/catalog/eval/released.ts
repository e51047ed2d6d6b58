/** Runs the search of the released package as it is installed: its own connector, its own names, its own ranking. */
import { registerHooks } from "node:module";
import { isRecord } from "../../../src/connector/schema.ts";

const PLATFORM = `
  export class WorkerEntrypoint { constructor(ctx, env) { this.ctx = ctx; this.env = env; } }
  export class DurableObject extends WorkerEntrypoint {}
  export class RpcTarget {}
  export const env = {};
  export const exports = {};
`;

/** The package imports the platform's module when it is loaded; its search needs nothing of it but base classes. */
function standInForPlatform(): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "cloudflare:workers"
        ? { url: `data:text/javascript,${encodeURIComponent(PLATFORM)}`, shortCircuit: true }
        : next(specifier, context),
  });
}

/** What the released search answers: operation ids by rank, at most its 50. */
export type ReleasedSearch = (query: string) => Promise<readonly (string | undefined)[]>;

export async function releasedSearch(
  name: string,
  document: Record<string, unknown>,
  operationIds: Iterable<string>,
): Promise<ReleasedSearch> {
  standInForPlatform();
  const { createCodemodeRuntime, OpenApiConnector, sanitizeToolName } = await import("@cloudflare/codemode");
  class Api extends OpenApiConnector {
    override name() {
      return name;
    }
    protected override spec() {
      return document;
    }
    protected override request(): Promise<unknown> {
      return Promise.reject(new Error("not called by search"));
    }
  }
  const operationOf = new Map([...operationIds].map((id) => [sanitizeToolName(id), id]));
  const ctx: unknown = {
    exports: { CodemodeRuntime: class {} },
    facets: { get: () => ({ listSnippets: async () => [] }) },
  };
  if (!isDurableObjectState(ctx)) throw new Error("unreachable");
  const runtime = createCodemodeRuntime({
    ctx,
    executor: { execute: () => Promise.reject(new Error("not called by search")) },
    connectors: [new Api(ctx, {})],
  });
  return async (query) => (await runtime.search(query)).results.map(({ method }) => operationOf.get(method));
}

/** Search reaches two members of the state: the class of the facet and the facet itself. */
function isDurableObjectState(value: unknown): value is DurableObjectState {
  return isRecord(value) && isRecord(value.exports) && isRecord(value.facets);
}
