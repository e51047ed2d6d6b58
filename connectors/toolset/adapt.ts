/** Turns tools written for an AI framework into connector tools: names, schemas, approval and call options. */
import { toJsonSchema } from "../../src/connector/schema.ts";
import type { ApprovalRule, ConnectorTool, ToolExecuteContext } from "../../src/connector/types.ts";
import { CodemodeError } from "../../src/errors.ts";
import { heldSchema, type InputParser, ownParser } from "./input.ts";
import { jsonSchemaNow } from "./schema-now.ts";

/**
 * A tool as the AI SDK (v6, v7), TanStack AI or a plain record has it. The policy of a `ConnectorTool` (`revert`, `readOnly`,
 * `idempotent`, `replay`, `requiresApproval`) is honoured where a tool also states it.
 */
export interface ForeignTool extends Omit<ConnectorTool, "description" | "needsApproval" | "execute"> {
  /** A string, or the AI SDK's function that gives one. */
  readonly description?: unknown;
  /** AI SDK v4's name of `inputSchema`. */
  readonly parameters?: unknown;
  readonly inputExamples?: unknown;
  /** True, or a function of the parsed input that answers whether to ask a person. */
  readonly needsApproval?: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: each framework has its own types of input and options.
  readonly execute?: ((input: any, options: any) => unknown) | undefined;
}

/** Tools by name (an AI SDK `ToolSet`, a plain record), or a list of named ones (TanStack AI). */
export type ForeignTools = Readonly<Record<string, ForeignTool>> | readonly (ForeignTool & { readonly name: string })[];

/** What a tool is told about its call: the connector's context, and the same facts under the frameworks' names. */
export interface ForeignCallOptions extends ToolExecuteContext {
  /** The idempotency key: the same on every attempt of the call. */
  readonly toolCallId: string;
  /** Empty: the call comes from a program, not from a conversation. */
  readonly messages: readonly never[];
  readonly abortSignal: AbortSignal;
  /** The connector's `context` option (AI SDK v7, TanStack AI). */
  readonly context: unknown;
  /** The same under AI SDK v6's name. */
  readonly experimental_context: unknown;
  /** TanStack AI's progress events; there is no chat stream to carry them, so they go nowhere. */
  emitCustomEvent(): void;
}

/** A foreign tool as a connector tool. */
export interface AdaptedTool {
  readonly tool: ConnectorTool;
  /** Present when the tool's schema reads its own input, so that the JSON Schema only describes it. */
  readonly parse: InputParser | undefined;
}

/** A tool of the set with the name that its author gave it. */
export function namedTools(tools: ForeignTools): readonly (readonly [name: string, tool: ForeignTool])[] {
  if (!isList(tools)) return Object.entries(tools);
  return tools.map((tool, index) => {
    if (typeof tool.name === "string" && tool.name !== "") return [tool.name, tool] as const;
    throw new CodemodeError("INVALID_TOOL", `tools[${index}]: a tool in a list needs a name.`, { index });
  });
}

function isList(tools: ForeignTools): tools is readonly (ForeignTool & { readonly name: string })[] {
  return Array.isArray(tools);
}

function descriptionOf({ description }: ForeignTool, context: unknown): string | undefined {
  if (typeof description === "string") return description;
  if (typeof description !== "function") return undefined;
  try {
    const text: unknown = description({ context });
    return typeof text === "string" ? text : undefined;
  } catch {
    // It is written for one model call and may need what only that has; the name and the schema still describe the tool.
    return undefined;
  }
}

/** JSON Schema of the input. A schema that can read input but not describe itself is shown as an open object. */
async function inputSchemaOf(schema: unknown, parses: boolean, where: string): Promise<unknown> {
  const now = jsonSchemaNow(schema, "input");
  if (now !== undefined) return now;
  try {
    return await toJsonSchema(schema, "input", where);
  } catch (error) {
    if (parses) return undefined;
    throw error;
  }
}

/** The output type only informs the model: one that cannot be described is left out. */
async function outputSchemaOf(schema: unknown, where: string): Promise<unknown> {
  const now = jsonSchemaNow(schema, "output");
  if (now !== undefined) return now;
  try {
    return await toJsonSchema(schema, "output", where);
  } catch {
    return undefined;
  }
}

function examplesOf({ examples, inputExamples }: ForeignTool, callee: string): readonly string[] | undefined {
  if (examples !== undefined || !Array.isArray(inputExamples)) return examples;
  return inputExamples.flatMap((example: unknown) =>
    typeof example === "object" && example !== null && "input" in example
      ? [`await ${callee}(${JSON.stringify(example.input)})`]
      : [],
  );
}

function callOptions(call: ToolExecuteContext, context: unknown): ForeignCallOptions {
  return {
    ...call,
    toolCallId: call.idempotencyKey,
    messages: [],
    abortSignal: call.signal,
    context,
    experimental_context: context,
    emitCustomEvent() {},
  };
}

/** The predicate gets what `execute` would get. Input that does not parse is refused elsewhere; until then, ask. */
function approvalOf(tool: ForeignTool, parse: InputParser | undefined, context: unknown): ApprovalRule | undefined {
  const { requiresApproval, needsApproval } = tool;
  if (requiresApproval !== undefined) return requiresApproval;
  if (typeof needsApproval !== "function") return needsApproval !== undefined && needsApproval !== false;
  return async (args, call) => {
    const toolCallId = `${call.executionId}:${call.seq}`;
    const options = { ...call, toolCallId, messages: [], context, experimental_context: context };
    const parsed = await parse?.(args ?? {});
    if (parsed?.ok === false) return true;
    return Boolean(await Reflect.apply(needsApproval, tool, [parsed === undefined ? args : parsed.value, options]));
  };
}

/** Runs the tool as its framework would: input parsed by the tool's own schema, `this` the tool. */
function executeOf(
  tool: ForeignTool,
  parse: InputParser | undefined,
  where: string,
  context: unknown,
): ConnectorTool["execute"] {
  const { execute } = tool;
  if (typeof execute !== "function") return undefined;
  return async (args: unknown, call) => {
    const options = callOptions(call, context);
    if (parse === undefined) return execute.call(tool, args, options);
    const parsed = await parse(args ?? {});
    if (!parsed.ok) throw new CodemodeError("INVALID_ARGUMENTS", `${where}: ${parsed.message}`, { path: parsed.path });
    return execute.call(tool, parsed.value, options);
  };
}

/** Adapts one tool; `callee` is how programs call it, `tools.getWeather` say. */
export async function adaptTool(tool: ForeignTool, callee: string, context: unknown): Promise<AdaptedTool> {
  const schema = heldSchema(tool.inputSchema ?? tool.parameters);
  const parse = ownParser(schema);
  const { aliases, idempotent, readOnly, replay, revert } = tool;
  return {
    parse,
    tool: {
      description: descriptionOf(tool, context),
      inputSchema: await inputSchemaOf(schema, parse !== undefined, callee),
      outputSchema: await outputSchemaOf(tool.outputSchema, callee),
      requiresApproval: approvalOf(tool, parse, context),
      examples: examplesOf(tool, callee),
      execute: executeOf(tool, parse, callee, context),
      // Called as a method of the tool that its author wrote.
      revert: revert === undefined ? undefined : (args, result, call) => revert.call(tool, args, result, call),
      aliases,
      idempotent,
      readOnly,
      replay,
    },
  };
}
