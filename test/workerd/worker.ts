/** The Worker under test in the `workerd` project: a plain Durable Object whose state the tests borrow. */
import { DurableObject } from "cloudflare:workers";

export { CodemodeRuntime } from "../../src/runtime/facet.ts";

export class Host extends DurableObject {}

declare global {
  namespace Cloudflare {
    interface Env {
      readonly LOADER: WorkerLoader;
      readonly PLACES: DurableObjectNamespace<Host>;
    }
  }
}

export default { fetch: () => new Response("tests only") };
