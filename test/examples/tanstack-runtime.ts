/** A durable runtime as a server tool of TanStack AI. */
import { type SchemaInput, type ServerTool, toolDefinition } from "@tanstack/ai";
import type { CodemodeRuntimeHandle, ProxyToolInput } from "durable-codemode";

/** For `chat({ adapter, messages, tools: [runtimeTool(runtime)] })`. */
export function runtimeTool(runtime: CodemodeRuntimeHandle): ServerTool<SchemaInput> {
  const { description, inputSchema, execute, toModelOutput } = runtime.tool();
  return toolDefinition({ name: "codemode", description, inputSchema }).server(
    // The model gets all that is answered here, so what it has no use for (each call, with its result) is left out.
    async (input: ProxyToolInput, context) => toModelOutput({ output: await execute(input, context) }).value,
  );
}
