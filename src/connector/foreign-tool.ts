/** Tools that were written for an AI framework, as an author gives them: in `tools()` of a connector, or to `toolSetConnector`. */
import type { ConnectorTool } from "./types.ts";

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

/** What `tools()` of a connector gives: its own tools, or an AI SDK `ToolSet` as it is. */
export type AuthoredTools = Readonly<Record<string, ConnectorTool | ForeignTool>>;

/** @param context what the framework hands to its tools. */
export function descriptionOf({ description }: ForeignTool, context: unknown): string | undefined {
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

/** What else it declares is checked where it is resolved, whoever wrote it. */
function isDescribed(tool: ConnectorTool | ForeignTool): tool is ConnectorTool {
  return typeof tool?.description !== "function";
}

/** A tool of `tools()`, with its description as text. One that is an instance stays one: its class may hold the rule of approval. */
export function asConnectorTool(tool: ConnectorTool | ForeignTool): ConnectorTool {
  if (isDescribed(tool)) return tool;
  const description = { value: descriptionOf(tool, undefined), enumerable: true };
  return Object.create(Object.getPrototypeOf(tool), { ...Object.getOwnPropertyDescriptors(tool), description });
}
