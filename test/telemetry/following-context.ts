/** A context manager that follows promises, as the real ones do: `AsyncLocalStorage` behind the API's interface. */
import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, ROOT_CONTEXT } from "@opentelemetry/api";
import { Contexts } from "./recording.ts";

export class FollowingContext extends Contexts {
  readonly #storage = new AsyncLocalStorage<Context>();
  override active() {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }
  protected override during<T>(next: Context, body: () => T): T {
    return this.#storage.run(next, body);
  }
}
