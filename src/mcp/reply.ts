/** How the answers of MCP tools are written: text that is whole JSON, and errors with their code. */
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { type ErrorCode, isCodemodeError } from "../errors.ts";
import type { ExecuteResult } from "../sandbox/executor.ts";
import { toData } from "../tool/conversation.ts";
import { EMPTY_PROGRAM } from "../tool/run-code.ts";
import { blocksOf } from "./content.ts";
import { DEFAULT_MAX_CHARS, shownValue } from "./json.ts";

/** Reshapes a result before the model sees it. What it returns is shown whole: it has the place of the default cut. */
export type TransformResult = (result: unknown) => unknown;

/** A tool's answer as text: strings as they are, anything else as JSON. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
}

/** The answer to a program that ended well. */
export async function resultReply(result: unknown, transform: TransformResult | undefined): Promise<CallToolResult> {
  const value = transform === undefined ? result : await transform(result);
  const content = blocksOf(value, DEFAULT_MAX_CHARS);
  if (content !== undefined) return { content };
  const shown = transform === undefined ? shownValue(value, DEFAULT_MAX_CHARS) : toData(value);
  return { content: [{ type: "text", text: textOf(shown) }] };
}

/** The answer to something that failed. With a code, programs compare that. */
export function errorReply(message: string, code?: ErrorCode): CallToolResult {
  return {
    content: [{ type: "text", text: `Error: ${message}` }],
    isError: true,
    ...(code !== undefined && { structuredContent: { status: "error", code, error: message } }),
  };
}

/** The answer to something that was thrown. */
export function thrownReply(thrown: unknown): CallToolResult {
  if (isCodemodeError(thrown)) return errorReply(thrown.message, thrown.code);
  return errorReply(thrown instanceof Error && thrown.message !== "" ? thrown.message : String(thrown));
}

/** The answer to an executor's result, or to its failure to give one. */
export async function executed(
  run: () => Promise<ExecuteResult>,
  transform?: TransformResult,
): Promise<CallToolResult> {
  try {
    const { result, error, logs = [] } = await run();
    // As for other code tools: an executor without types may say null.
    if (error === undefined || error === null) return await resultReply(result, transform);
    // An error without a sentence is still an error.
    const reply = errorReply(error === "" ? "The program failed and gave no reason." : error);
    const printed =
      logs.length > 0 ? [{ type: "text" as const, text: textOf({ logs: shownValue(logs, DEFAULT_MAX_CHARS) }) }] : [];
    return { ...reply, content: [...reply.content, ...printed] };
  } catch (error) {
    return thrownReply(error);
  }
}

/** The answer to a program that an executor is to run: to a text without any, that it is none. */
export async function ran(
  code: string,
  run: () => Promise<ExecuteResult>,
  transform: TransformResult | undefined,
): Promise<CallToolResult> {
  return code.trim() === "" ? errorReply(EMPTY_PROGRAM, "INVALID_INPUT") : executed(run, transform);
}

/** An answer with a shape: the structured content, and the same as JSON text for clients that read only text. */
export function structuredReply(content: Readonly<Record<string, unknown>>, isError = false): CallToolResult {
  return {
    content: [{ type: "text", text: JSON.stringify(content) }],
    structuredContent: { ...content },
    ...(isError && { isError: true }),
  };
}
