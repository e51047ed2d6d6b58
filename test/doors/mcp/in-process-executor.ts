/** Runs programs in this process, for tests of what stands before an executor. Not a sandbox. */
import type { ExecuteResult, Executor, ResolvedProvider } from "../../../src/sandbox/executor.ts";

type Providers = Parameters<Executor["execute"]>[1];

function isList(providers: Providers): providers is readonly ResolvedProvider[] {
  return Array.isArray(providers);
}

export const inProcessExecutor: Executor = {
  async execute(code, providers): Promise<ExecuteResult> {
    const list = isList(providers) ? providers : [{ name: "codemode", fns: providers }];
    try {
      const program = new Function(...list.map(({ name }) => name), `return (${code})()`);
      return { result: await program(...list.map(({ fns }) => fns)) };
    } catch (error) {
      return { result: undefined, error: error instanceof Error ? error.message : String(error) };
    }
  },
};
