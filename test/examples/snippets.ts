/** Programs that proved useful, kept by name for others to run. */
import { createCodemodeRuntime, DynamicWorkerExecutor, defineConnector } from "durable-codemode";

interface Env {
  readonly LOADER: WorkerLoader;
}

const sales = defineConnector({
  name: "sales",
  tools: {
    of: {
      description: "Sales of a month",
      inputSchema: {
        type: "object",
        properties: { month: { type: "integer", minimum: 1, maximum: 12 } },
        required: ["month"],
      },
      readOnly: true,
      execute: ({ month }: { month: number }) => month * 100,
    },
  },
});

export function salesRuntime(ctx: DurableObjectState, env: Env) {
  return createCodemodeRuntime({
    ctx,
    executor: new DynamicWorkerExecutor({ loader: env.LOADER }),
    connectors: [sales],
  });
}

/** Runs a program and keeps it under a name: a "save this" button, an evaluation, or your own judgement. */
export async function runAndKeep(ctx: DurableObjectState, env: Env, name: string, code: string): Promise<void> {
  const runtime = salesRuntime(ctx, env);
  const { status, executionId } = await runtime.execute({ code });
  if (status !== "completed") throw new Error(`The program did not complete: ${status}.`);
  await runtime.saveSnippet(name, {
    executionId,
    description: "Sales of a quarter",
    inputSchema: { type: "object", properties: { quarter: { type: "integer" } } },
  });
}
