/** Turns tools written for an AI framework into connector tools: names, schemas, approval and call options. */
import { descriptionOf, type ForeignTool } from "../../src/connector/foreign-tool.ts";
import { heldSchema } from "../../src/connector/parse.ts";
import { misnamedSchemaIn, slipIn } from "../../src/connector/slips.ts";
import type { ApprovalRule, ConnectorTool, ToolExecuteContext } from "../../src/connector/types.ts";
import { CodemodeError } from "../../src/errors.ts";

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

/** The tools of the set with the names that their authors gave them, and the places in a list of those that have none. */
export function namedTools(tools: ForeignTools): {
  readonly named: readonly (readonly [name: string, tool: ForeignTool])[];
  readonly nameless: readonly number[];
} {
  if (!isList(tools)) return { named: Object.entries(tools), nameless: [] };
  const isNamed = (tool: (typeof tools)[number]) => typeof tool?.name === "string" && tool.name !== "";
  return {
    named: tools.filter(isNamed).map((tool) => [tool.name, tool]),
    nameless: tools.flatMap((tool, index) => (isNamed(tool) ? [] : [index])),
  };
}

function isList(tools: ForeignTools): tools is readonly (ForeignTool & { readonly name: string })[] {
  return Array.isArray(tools);
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

/** The predicate gets the input that `execute` would get, under the frameworks' names for the call. */
function approvalOf(tool: ForeignTool, context: unknown): ApprovalRule | undefined {
  const { requiresApproval, needsApproval } = tool;
  if (requiresApproval !== undefined) return requiresApproval;
  if (typeof needsApproval !== "function") return needsApproval !== undefined && needsApproval !== false;
  return async (input, call) => {
    const toolCallId = `${call.executionId}:${call.seq}`;
    const options = { ...call, toolCallId, messages: [], context, experimental_context: context };
    return Boolean(await Reflect.apply(needsApproval, tool, [input, options]));
  };
}

/** Runs the tool as its framework would, `this` the tool. */
function executeOf(tool: ForeignTool, context: unknown): ConnectorTool["execute"] {
  const { execute } = tool;
  if (typeof execute !== "function") return undefined;
  return (input: unknown, call) => execute.call(tool, input, callOptions(call, context));
}

/**
 * Refuses what can hold no tools. A promise would be read as a set without any.
 *
 * @throws CodemodeError `INVALID_INPUT`.
 */
export function requireTools(connector: string, tools: unknown): void {
  const isPromise = typeof Reflect.get(Object(tools), "then") === "function";
  if (typeof tools === "object" && tools !== null && !isPromise) return;
  const given = isPromise ? "a promise: await it first" : tools === null ? "null" : typeof tools;
  throw new CodemodeError(
    "INVALID_INPUT",
    `${connector}: a tool set connector takes a record or a list of tools, got ${given}.`,
  );
}

function isForeignTool(given: unknown): given is ForeignTool {
  return typeof given === "object" && given !== null;
}

/** What of a tool would be dropped with what only its framework knows, and was meant. */
function droppedOf(tool: ForeignTool): string | undefined {
  const hasSchema = (tool.inputSchema ?? tool.parameters) !== undefined;
  return slipIn(tool) ?? (hasSchema ? undefined : misnamedSchemaIn(tool));
}

/** A tool that is what its author wrote. */
function foreignTool(given: unknown, callee: string): ForeignTool {
  const isTool = isForeignTool(given);
  const fault = isTool
    ? droppedOf(given)
    : `a tool is an object with execute, not ${given === null ? "null" : typeof given}.`;
  if (isTool && fault === undefined) return given;
  throw new CodemodeError("INVALID_TOOL", `${callee}: ${fault}`, { callee });
}

/**
 * Adapts one tool; `callee` is how programs call it, `tools.getWeather` say.
 *
 * @throws CodemodeError `INVALID_TOOL` for what is none, or has a misspelt policy.
 */
export function adaptTool(given: unknown, callee: string, context: unknown): ConnectorTool {
  const tool = foreignTool(given, callee);
  const { aliases, idempotent, outputSchema, readOnly, replay, revert } = tool;
  return {
    description: descriptionOf(tool, context),
    inputSchema: heldSchema(tool.inputSchema ?? tool.parameters),
    outputSchema,
    requiresApproval: approvalOf(tool, context),
    examples: examplesOf(tool, callee),
    execute: executeOf(tool, context),
    // Called as a method of the tool that its author wrote.
    revert: revert === undefined ? undefined : (args, result, call) => revert.call(tool, args, result, call),
    aliases,
    idempotent,
    readOnly,
    replay,
  };
}
