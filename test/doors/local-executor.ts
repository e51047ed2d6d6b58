/** An executor for tests of what surrounds one: runs the program in this process, with the given functions as globals. */
import { type ExecuteResult, type Executor, providersOf } from "../../src/sandbox/executor.ts";

/** What the executor was asked for, newest last. */
export interface LocalExecutor extends Executor {
  readonly asked: { readonly code: string; readonly names: readonly string[]; readonly options: unknown }[];
}

/** `answer` replaces what running the program would give. */
export function localExecutor(answer?: ExecuteResult): LocalExecutor {
  const asked: LocalExecutor["asked"] = [];
  return {
    asked,
    async execute(code, given, options) {
      const providers = providersOf(given);
      asked.push({ code, names: providers.map(({ name }) => name), options });
      if (answer !== undefined) return answer;
      const program: unknown = new Function(...providers.map(({ name }) => name), `return (${code}\n)();`);
      try {
        return {
          result: await Reflect.apply(
            Object(program),
            undefined,
            providers.map(({ fns }) => fns),
          ),
        };
      } catch (error) {
        return { result: undefined, error: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
