/** A Worker for the end-to-end test of the OpenAPI connector: two APIs behind one runtime, reached over HTTP. */
import { DurableObject } from "cloudflare:workers";
import { openApiConnector } from "../../connectors/openapi/index.ts";
import { createCodemodeRuntime } from "../../src/handle.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";

export { CodemodeRuntime } from "../../src/runtime/facet.ts";

interface Env {
  readonly LOADER: WorkerLoader;
  readonly HOST: DurableObjectNamespace<Caller>;
  /** Where both APIs and their descriptions are. */
  readonly API: string;
}

/** Read once per process: operations are derived once per object. */
const descriptions = new Map<string, Promise<object>>();

function descriptionAt(url: string): Promise<object> {
  const known = descriptions.get(url);
  if (known !== undefined) return known;
  const read = fetch(url).then((response) => response.json<object>());
  descriptions.set(url, read);
  return read;
}

export class Caller extends DurableObject<Env> {
  runtime() {
    const { API, LOADER } = this.env;
    const shared = { baseUrl: API, allowedHosts: [API], auth: { type: "bearer", token: "s3cret-token" } } as const;
    return createCodemodeRuntime({
      ctx: this.ctx,
      executor: new DynamicWorkerExecutor({ loader: LOADER }),
      connectors: [
        openApiConnector(this.ctx, { ...shared, name: "github", spec: () => descriptionAt(`${API}/github.json`) }),
        openApiConnector(this.ctx, { ...shared, name: "shop", spec: () => descriptionAt(`${API}/shop.json`) }),
      ],
    });
  }

  override async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const executionId = searchParams.get("approve");
    const query = searchParams.get("search");
    if (query !== null) return Response.json(await this.runtime().search(query));
    const outcome =
      executionId === null
        ? await this.runtime().execute({ code: await request.text() })
        : await this.runtime().approve({ executionId });
    return Response.json(outcome);
  }
}

export default {
  fetch: (request, env) => env.HOST.getByName("caller").fetch(request),
} satisfies ExportedHandler<Env>;
