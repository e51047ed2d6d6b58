/** Host functions behind one RPC method, for executors of one's own that run a program in another Worker. */
import { RpcTarget } from "cloudflare:workers";
import type { HostFunction } from "../sandbox/executor.ts";
import { toFailure } from "../wire/values.ts";

/**
 * Calls host functions by name, arguments and results as JSON. A failure is an answer, `{ error, code? }`: look for the presence
 * of `error`, since a message may be empty.
 *
 * @example
 * ```ts
 * const dispatcher = new ToolDispatcher({ add: async (a, b) => Number(a) + Number(b) });
 * await dispatcher.call("add", "[1,2]"); // '{"result":3}'
 * ```
 */
export class ToolDispatcher extends RpcTarget {
  readonly #fns: ReadonlyMap<string, HostFunction>;

  constructor(fns: Readonly<Record<string, HostFunction>>) {
    super();
    // Own functions only: the name comes from the sandbox and may be "constructor".
    this.#fns = new Map(Object.entries(fns));
  }

  /**
   * @param name - one of the names that were given to the constructor.
   * @param argsJson - a JSON array of arguments, or one argument. Absent or empty: none.
   */
  async call(name: string, argsJson = ""): Promise<string> {
    try {
      const fn = this.#fns.get(name);
      if (fn === undefined) return JSON.stringify({ error: `Tool "${name}" not found`, code: "UNKNOWN_TOOL" });
      const args: unknown = argsJson === "" ? [] : JSON.parse(argsJson);
      return JSON.stringify({ result: await fn(...(Array.isArray(args) ? args : [args])) });
    } catch (thrown) {
      const { message, code } = toFailure(thrown);
      return JSON.stringify({ error: message, ...(code !== undefined && { code }) });
    }
  }
}
