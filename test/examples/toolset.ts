/** Tools of the AI SDK, as they are, inside durable programs. */
import { tool } from "ai";
import { createCodemodeRuntime, DynamicWorkerExecutor, toolSetConnector } from "durable-codemode";
import { z } from "zod";

interface Env {
  readonly LOADER: WorkerLoader;
}

const tools = {
  getWeather: tool({
    description: "Weather of a city",
    inputSchema: z.object({ city: z.string(), unit: z.enum(["C", "F"]).default("C") }),
    execute: async ({ city, unit }) => ({ city, unit, degrees: 21 }),
  }),
  bookTable: tool({
    description: "Book a table",
    inputSchema: z.object({ city: z.string(), guests: z.number().int().positive() }),
    needsApproval: ({ guests }) => guests > 4,
    execute: async ({ city, guests }) => `table for ${guests} in ${city}`,
  }),
};

export function tripRuntime(ctx: DurableObjectState, env: Env) {
  return createCodemodeRuntime({
    ctx,
    executor: new DynamicWorkerExecutor({ loader: env.LOADER }),
    connectors: [toolSetConnector(ctx, { name: "trip", tools })],
  });
}
