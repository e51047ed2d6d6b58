/**
 * The door for TanStack AI: `import { createCodeTool, tanstackTools } from "durable-codemode/tanstack-ai"`.
 *
 * A code tool gives the model all tools as functions of one program. It keeps no journal: for runs that pause for approval,
 * survive crashes and replay, give the same tools to `toolSetConnector` of the root door.
 */
import { type SchemaInput, type ServerTool, toolDefinition } from "@tanstack/ai";
import { checkedFunction } from "../connectors/toolset/checked.ts";
import { jsonSchemaNow } from "../connectors/toolset/schema-now.ts";
import { CodemodeError } from "./errors.ts";
import { requireOneEach } from "./tool/check-code-tool.ts";
import { CODE_OUTPUT_JSON_SCHEMA, codeInputSchema } from "./tool/code-input.ts";
import { type CreateCodeToolOptions, prepareCodeTool } from "./tool/code-tool.ts";
import { printTypes } from "./tool/print-types.ts";
import {
  callableTools,
  DEFAULT_NAMESPACE,
  hostFunctions,
  resolveProvider,
  type ToolDescriptor,
  type ToolDescriptors,
  type ToolProvider,
} from "./tool/provider.ts";
import { type CodeInput, runCode } from "./tool/run-code.ts";

export type { CreateCodeToolOptions } from "./tool/code-tool.ts";
export { DEFAULT_DESCRIPTION } from "./tool/code-tool.ts";
export type { ToolProvider } from "./tool/provider.ts";
export { normalizeProviders, resolveProvider } from "./tool/provider.ts";
export type { CodeInput, CodeOutput } from "./tool/run-code.ts";

/** A TanStack AI tool of any side: a definition, a server tool, a client tool. */
export type TanstackTool = ToolDescriptor & { readonly name: string };

/** TanStack AI lists its tools; programs call them by name. */
function byName(tools: readonly TanstackTool[]): ToolDescriptors {
  if (!Array.isArray(tools)) {
    throw new CodemodeError("INVALID_INPUT", "TanStack AI's tools come in a list: `tanstackTools([weather])`.");
  }
  for (const [index, tool] of tools.entries()) {
    const name: unknown = Reflect.get(Object(tool), "name");
    if (typeof name === "string" && name !== "") continue;
    throw new CodemodeError("INVALID_TOOL", `tools[${index}]: a tool of TanStack AI is an object with a name.`);
  }
  requireOneEach(tools.map(({ name }) => name));
  return Object.fromEntries(tools.map((tool) => [tool.name, tool]));
}

function print(tools: ToolDescriptors, namespace: string): string {
  return printTypes(tools, namespace, jsonSchemaNow);
}

/**
 * TypeScript declarations of tools, for a description of your own.
 *
 * @param tools - with schemas of any kind: Zod, ArkType, Valibot, JSON Schema.
 * @param namespace - the global under which programs see them.
 *
 * @example
 * ```ts
 * generateTypes([weatherTool], "weather");
 * ```
 */
export function generateTypes(tools: readonly TanstackTool[], namespace: string = DEFAULT_NAMESPACE): string {
  return print(byName(tools), namespace);
}

/**
 * TanStack AI tools as a provider. Each call's input is read by the tool's own schema first. Tools that need approval and
 * tools without `execute` (definitions, client tools) are left out.
 *
 * @param name - the global under which programs see them. Default `"codemode"`.
 *
 * @example
 * ```ts
 * createCodeTool({ tools: [tanstackTools(weatherTools), tanstackTools(githubTools, "github")], executor });
 * ```
 */
export function tanstackTools(tools: readonly TanstackTool[], name: string = DEFAULT_NAMESPACE): ToolProvider {
  const callable = callableTools(byName(tools));
  const fns = hostFunctions(callable, (tool, { inputSchema }, execute) =>
    checkedFunction(execute, inputSchema, `${name}.${tool}`),
  );
  return {
    ...(name !== DEFAULT_NAMESPACE && { name }),
    tools: Object.fromEntries(
      Object.entries(fns).map(([tool, execute]) => [tool, { description: callable[tool]?.description, execute }]),
    ),
    types: print(callable, name),
  };
}

/**
 * One TanStack AI server tool, `{ code }` in and `{ result, logs? }` out, that runs programs over all given tools. After an abort no
 * further tool is called.
 *
 * @throws CodemodeError `INVALID_INPUT`, `INVALID_TOOL` or `INVALID_NAME` for options that no program could work with; from the tool,
 * `SYNTAX_ERROR`, or `PROGRAM_ERROR` with the program's error and output.
 *
 * @example
 * ```ts
 * const codeTool = createCodeTool({ tools: [tanstackTools(myTools)], executor });
 * chat({ adapter: openaiText("gpt-5"), tools: [codeTool], messages });
 * ```
 */
export function createCodeTool(options: CreateCodeToolOptions): ServerTool<SchemaInput, SchemaInput> {
  const { description, providers } = prepareCodeTool(options, { resolve: resolveProvider, print });
  const { executor } = options;
  const outputSchema: SchemaInput = structuredClone(CODE_OUTPUT_JSON_SCHEMA);
  return toolDefinition({ name: "codemode_execute", description, inputSchema: codeInputSchema, outputSchema }).server(
    ({ code }: CodeInput, { abortSignal }: { readonly abortSignal?: AbortSignal } = {}) =>
      runCode({ code, executor, providers, signal: abortSignal }),
  );
}
