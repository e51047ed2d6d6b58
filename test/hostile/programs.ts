/** Runs one program of an attacker in a fresh isolate, with a few tools beside it. */
import { env } from "cloudflare:test";
import { DynamicWorkerExecutor, type DynamicWorkerExecutorOptions } from "../../src/sandbox/dynamic-worker-executor.ts";
import type { ExecuteResult, ResolvedProvider } from "../../src/sandbox/executor.ts";

export type Fns = ResolvedProvider["fns"];

/** What the program may call: `t.echo` gives its first argument back. */
export const ECHO: Fns = { echo: async (value) => value };

export function executorWith(options: Partial<DynamicWorkerExecutorOptions> = {}): DynamicWorkerExecutor {
  return new DynamicWorkerExecutor({ loader: env.LOADER, ...options });
}

/** Runs a program; its only global beside the language is `t`. */
export function attack(code: string, fns: Fns = ECHO): Promise<ExecuteResult> {
  return executorWith().execute(code, [{ name: "t", fns }]);
}

/** What a program that must succeed returned. */
export async function result(code: string, fns?: Fns): Promise<unknown> {
  const outcome = await attack(code, fns);
  if (outcome.error !== undefined) throw new Error(`The program failed: ${outcome.error}`);
  return outcome.result;
}

/** The error of a program that must fail. */
export async function failure(code: string, fns?: Fns): Promise<string> {
  const outcome = await attack(code, fns);
  if (outcome.error === undefined) throw new Error(`The program returned ${JSON.stringify(outcome.result)}`);
  return outcome.error;
}

/** Source that evaluates each of some expressions and gives `name: what became of it`. */
export function each(attempts: Readonly<Record<string, string>>): string {
  const list = Object.entries(attempts).map(([name, body]) => `[${JSON.stringify(name)}, async () => { ${body} }]`);
  return `async () => {
    const seen = {};
    for (const [name, run] of [${list.join(",\n")}]) {
      try { const value = await run(); seen[name] = value === undefined ? "undefined" : value } catch (error) { seen[name] = error.name }
    }
    return seen;
  }`;
}
