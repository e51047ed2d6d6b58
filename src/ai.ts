/**
 * The door for the AI SDK (v6, v7): `import { createCodeTool } from "durable-codemode/ai"`.
 *
 * A code tool gives the model all tools of a set as functions of one program. It keeps no journal: for runs that pause for
 * approval, survive crashes and replay, use `createCodemodeRuntime` of the root door with {@link toolSetConnector}.
 */
import { asSchema, type FlexibleSchema, type Tool, type ToolSet, tool } from "ai";
import { checkedFunction } from "../connectors/toolset/checked.ts";
import { jsonSchemaNow } from "../connectors/toolset/schema-now.ts";
import type { ResolvedProvider } from "./sandbox/executor.ts";
import { codeInputSchema } from "./tool/code-input.ts";
import { type CreateCodeToolOptions, prepareCodeTool } from "./tool/code-tool.ts";
import { printTypes, type ReadSchema } from "./tool/print-types.ts";
import {
  callableOf,
  DEFAULT_NAMESPACE,
  hostFunctions,
  type ToolDescriptors,
  type ToolProvider,
} from "./tool/provider.ts";
import { type CodeInput, type CodeOutput, runCode } from "./tool/run-code.ts";

export type { ToolSetConnectorOptions } from "../connectors/toolset/toolset.ts";
export { ToolSetConnector, toolSetConnector } from "../connectors/toolset/toolset.ts";
export type { CreateCodeToolOptions } from "./tool/code-tool.ts";
export { DEFAULT_DESCRIPTION } from "./tool/code-tool.ts";
export type { ToolDescriptor, ToolDescriptors, ToolProvider } from "./tool/provider.ts";
export { normalizeProviders } from "./tool/provider.ts";
export type { CodeInput, CodeOutput } from "./tool/run-code.ts";

/** What the AI SDK's `asSchema` reads and does not describe itself: a Standard Schema without JSON Schema (Zod 3, say). */
function needsSdk(schema: unknown): schema is FlexibleSchema {
  if (typeof schema !== "object" || schema === null) return false;
  const standard: unknown = Reflect.get(schema, "~standard");
  return typeof standard === "object" && standard !== null && !("jsonSchema" in standard);
}

/** Schemas that only the AI SDK can read go through it; all others speak for themselves. */
function sdkSchema(schema: unknown): unknown {
  return needsSdk(schema) ? asSchema(schema) : schema;
}

const readSchema: ReadSchema = (schema, direction) => {
  const own = jsonSchemaNow(schema, direction);
  if (own !== undefined) return own;
  try {
    return jsonSchemaNow(sdkSchema(schema), direction);
  } catch {
    return undefined;
  }
};

/**
 * TypeScript declarations of tools, for a description of your own.
 *
 * @param tools - an AI SDK `ToolSet` or a record of tools with schemas.
 * @param namespace - the global under which programs see them.
 *
 * @example
 * ```ts
 * generateTypes({ getWeather: tool({ inputSchema: z.object({ city: z.string() }) }) }, "weather");
 * ```
 */
export function generateTypes(tools: ToolDescriptors | ToolSet, namespace: string = DEFAULT_NAMESPACE): string {
  return printTypes(tools, namespace, readSchema);
}

/**
 * AI SDK tools as a provider under the default global `codemode`.
 *
 * @example
 * ```ts
 * createCodeTool({ tools: [aiTools(myTools), { name: "db", tools: dbTools }], executor });
 * ```
 */
export function aiTools(tools: ToolDescriptors | ToolSet): ToolProvider {
  return { tools };
}

/**
 * A provider as executors take it: each call's input is read by the tool's own schema first, as the AI SDK does. Tools that need
 * approval and tools without `execute` are left out.
 *
 * @throws CodemodeError from the functions: `INVALID_ARGUMENTS` with the path of what is wrong.
 *
 * @example
 * ```ts
 * await executor.execute(code, [resolveProvider({ name: "weather", tools: weatherTools })]);
 * ```
 */
export function resolveProvider(provider: ToolProvider): ResolvedProvider {
  const namespace = provider.name ?? DEFAULT_NAMESPACE;
  const fns = hostFunctions(callableOf(provider), (name, { inputSchema, parameters }, execute) =>
    checkedFunction(execute, sdkSchema(inputSchema ?? parameters), `${namespace}.${name}`),
  );
  return { name: namespace, fns };
}

/**
 * One AI SDK tool, `{ code }` in and `{ result, logs? }` out, that runs programs over all given tools. After an abort no further tool
 * is called.
 *
 * @throws CodemodeError `INVALID_INPUT`, `INVALID_TOOL` or `INVALID_NAME` for options that no program could work with; from `execute`,
 * `SYNTAX_ERROR`, or `PROGRAM_ERROR` with the program's error and output.
 *
 * @example
 * ```ts
 * const codemode = createCodeTool({ tools: myTools, executor: new DynamicWorkerExecutor({ loader: env.LOADER }) });
 * streamText({ model, messages, tools: { codemode } });
 * ```
 */
export function createCodeTool(options: CreateCodeToolOptions): Tool<CodeInput, CodeOutput> {
  const { description, providers } = prepareCodeTool(options, { resolve: resolveProvider, print: generateTypes });
  const { executor } = options;
  return tool({
    description,
    inputSchema: codeInputSchema,
    execute: ({ code }: CodeInput, { abortSignal }: { readonly abortSignal?: AbortSignal } = {}): Promise<CodeOutput> =>
      runCode({ code, executor, providers, signal: abortSignal }),
  });
}
