/** The executor for browsers: each program in its own hidden, sandboxed iframe, in a Worker without network. */
import { CodemodeError } from "../errors.ts";
import { checkOptions, checkRange } from "../options.ts";
import type { ExecuteOptions, ExecuteResult, Executor } from "../sandbox/executor.ts";
import { normalizeCode } from "../sandbox/program/normalize.ts";
import { MAX_TIMER_MS } from "../wire/messages.ts";
import { toFailure } from "../wire/values.ts";
import { hostNamespaces } from "./namespaces.ts";
import { runInIframe } from "./run.ts";

/** Nothing may be loaded or connected to; scripts are the launcher's and the program's. */
export const DEFAULT_CSP = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; worker-src blob:";

/** Same as the released package, which counts all of the wall time; ours counts only the program's own. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** What {@link IframeSandboxExecutor} takes. */
export interface IframeSandboxExecutorOptions {
  /** Milliseconds that the program itself may use; the time that host functions take is not counted. Default 30,000. */
  readonly timeout?: number | undefined;
  /** Content-Security-Policy of the sandbox. Default: no network at all. `worker-src blob:` is added where it is missing. */
  readonly csp?: string | undefined;
}

/**
 * Runs programs in the page's browser. Each gets a hidden `sandbox="allow-scripts"` iframe of an origin of its own, and in it a
 * Worker: no DOM, no cookies, no storage, no network, nothing of the page but the given functions. The iframe is removed when the
 * program ends, which also stops a program that loops for ever.
 *
 * A runtime that uses it keeps the reduced guarantees of an executor without the bridge: time and chance are the browser's own.
 *
 * @example
 * ```ts
 * const executor = new IframeSandboxExecutor({ timeout: 10_000 });
 * const { result, error, logs } = await executor.execute("async () => await shop.total()", [{ name: "shop", fns: { total } }]);
 * ```
 */
export class IframeSandboxExecutor implements Executor {
  readonly #timeoutMs: number;
  readonly #csp: string;

  /** @throws CodemodeError `INVALID_INPUT` for an unknown option, a timeout that is none, and a policy that is none. */
  constructor(options: IframeSandboxExecutorOptions = {}) {
    checkOptions("IframeSandboxExecutor", options, ["timeout", "csp"], []);
    const { timeout, csp = DEFAULT_CSP } = options;
    if (typeof csp !== "string" || csp.trim() === "") {
      const says =
        "csp is a Content-Security-Policy. An empty one would open the network: leave it out for none at all.";
      throw new CodemodeError("INVALID_INPUT", says, { option: "csp" });
    }
    this.#timeoutMs = checkRange("timeout", timeout, 1, MAX_TIMER_MS, DEFAULT_TIMEOUT_MS);
    this.#csp = csp;
  }

  /**
   * Runs one program. Never throws: a failure is `error`, which is there exactly when the program failed.
   *
   * @param code - JavaScript or TypeScript, in any form that a model may write it in.
   * @param providersOrFns - functions by global, or one record of functions for the global `codemode`. A provider's `prelude` runs
   * in the sandbox before the program.
   */
  async execute(
    code: string,
    providersOrFns: Parameters<Executor["execute"]>[1],
    options: ExecuteOptions = {},
  ): Promise<ExecuteResult> {
    try {
      const namespaces = hostNamespaces(providersOrFns, options.connectors);
      return await runInIframe({
        program: normalizeCode(code),
        namespaces,
        csp: this.#csp,
        timeoutMs: this.#timeoutMs,
      });
    } catch (error) {
      return { result: undefined, error: toFailure(error).message, logs: [] };
    }
  }
}
