/** TanStack AI's tools behind one code tool. */
import { toolDefinition } from "@tanstack/ai";
import { DynamicWorkerExecutor } from "durable-codemode";
import { createCodeTool, tanstackTools } from "durable-codemode/tanstack-ai";
import { z } from "zod";

const getStock = toolDefinition({
  name: "getStock",
  description: "Pieces in stock",
  inputSchema: z.object({ article: z.string() }),
  outputSchema: z.object({ pieces: z.number() }),
}).server(async ({ article }) => ({ pieces: article.length }));

/** For `chat({ adapter, messages, tools: [stockTool(env.LOADER)] })`. */
export function stockTool(loader: WorkerLoader) {
  return createCodeTool({
    tools: [tanstackTools([getStock], "stock")],
    executor: new DynamicWorkerExecutor({ loader }),
  });
}
