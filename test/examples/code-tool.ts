/** The AI SDK's tools behind one code tool, without a runtime: nothing is recorded, nothing can wait for a person. */
import { generateText, isStepCount, type LanguageModel, tool } from "ai";
import { DynamicWorkerExecutor } from "durable-codemode";
import { createCodeTool } from "durable-codemode/ai";
import { z } from "zod";

const tools = {
  lookup: tool({
    description: "Population of a country, in millions",
    inputSchema: z.object({ country: z.string() }),
    execute: async ({ country }) => ({ Portugal: 11, Spain: 49 })[country] ?? 0,
  }),
};

export async function answer(model: LanguageModel, question: string, loader: WorkerLoader): Promise<string> {
  const codemode = createCodeTool({ tools, executor: new DynamicWorkerExecutor({ loader }) });
  const { text } = await generateText({ model, prompt: question, tools: { codemode }, stopWhen: isStepCount(5) });
  return text;
}
