/** The Worker under test in the `workerd` project: a plain Durable Object whose state the tests borrow. */
import { DurableObject } from "cloudflare:workers";
import type { Bank, Chat, Desk, Editor, Publisher, Support } from "../examples/hosts.ts";

// The released package's facet, for the tests that show where it falls short.
export { CodemodeRuntime as ReleasedRuntime } from "@cloudflare/codemode";
export * from "../examples/hosts.ts";
// The engine's facet, with seams at which the fault suites strike; without their probe it is the engine's own.
export { TappedRuntime as CodemodeRuntime } from "../faults/taps.ts";

export class Host extends DurableObject {}

declare global {
  namespace Cloudflare {
    interface Env {
      readonly LOADER: WorkerLoader;
      readonly PLACES: DurableObjectNamespace<Host>;
      readonly CHAT: DurableObjectNamespace<Chat>;
      readonly DESK: DurableObjectNamespace<Desk>;
      readonly SUPPORT: DurableObjectNamespace<Support>;
      readonly BANK: DurableObjectNamespace<Bank>;
      readonly EDITOR: DurableObjectNamespace<Editor>;
      readonly PUBLISHER: DurableObjectNamespace<Publisher>;
    }
  }
}

export default { fetch: () => new Response("tests only") };
