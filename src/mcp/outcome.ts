/** How the outcome of a durable run reads for an MCP client: its status, what it waits for, and what to do next. */
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import type { ErrorCode } from "../errors.ts";
import type { ExecutionState, ExecutionStatus, PendingAction } from "../journal/public.ts";
import { digestInPart } from "../runtime/digest.ts";
import { RETURNED_NOTHING } from "../tool/tool.ts";
import { beyondWords } from "./content.ts";
import { shownPart, shownValue } from "./json.ts";
import { structuredReply } from "./reply.ts";

/** An outcome, or where an execution that has none stands. */
export type RunState =
  | { readonly status: "completed"; readonly executionId: string; readonly result: unknown; readonly logs?: string[] }
  | {
      readonly status: "paused";
      readonly executionId: string;
      readonly pending: readonly PendingAction[];
      readonly logs?: string[];
    }
  | {
      readonly status: "error";
      readonly executionId: string;
      readonly error: string;
      readonly code: ErrorCode;
      readonly logs?: string[];
    }
  | { readonly status: Exclude<ExecutionStatus, "completed" | "paused" | "error">; readonly executionId: string };

/** Shares of the budget that what is shown beside a result may take. */
const LOGS_SHARE = 0.25;
const ARGUMENTS_SHARE = 0.25;

/** However many actions wait, each shows so much of its arguments, and of what ran before it. */
const MIN_ACTION_CHARS = 200;

const BESIDE_OTHERS =
  "Not all of the arguments are shown, and with this digest the action can only be rejected. Call pending with this executionId and seq: it shows them whole, with the digest to approve with.";

const BY_ITSELF =
  "There is too much to show all of the arguments here, and with this digest the action can only be rejected. Approve it in the application that runs this server.";

/** A pending action as it is shown: all that a decision must name, and its arguments. `inPartNext`: what to do about cut ones. */
function actionWith(action: PendingAction, maxArgumentChars: number, inPartNext: string): Record<string, unknown> {
  const { executionId, seq, connector, method, kind, args, argsLeftOut, askedAt } = action;
  const { shown, whole } = shownPart(args, maxArgumentChars);
  const inPart = argsLeftOut === true || !whole;
  return {
    executionId,
    seq,
    tool: `${connector}.${method}`,
    kind,
    digest: inPart ? digestInPart(action) : action.digest,
    args: shown ?? null,
    ...(inPart && { argsLeftOut: true, next: inPartNext }),
    askedAt: new Date(askedAt).toISOString(),
  };
}

/** What one of so many actions may take of the budget. */
export function shareOf(maxChars: number, actions: number): number {
  return Math.max(MIN_ACTION_CHARS, Math.floor(maxChars / actions));
}

/** Actions beside each other: long arguments are cut, and where these still come to more than the budget, each to its share of it. */
export function shownActions(actions: readonly PendingAction[], maxChars: number): Record<string, unknown>[] {
  const cutAt = (chars: number) => actions.map((action) => actionWith(action, chars, BESIDE_OTHERS));
  const most = Math.round(maxChars * ARGUMENTS_SHARE);
  const shown = cutAt(most);
  const chars = shown.reduce((sum, { args }) => sum + JSON.stringify(args).length, 0);
  return chars <= maxChars ? shown : cutAt(Math.min(most, shareOf(maxChars, actions.length)));
}

/** One action that was asked for by itself: its arguments are whole, however long. */
export function shownWhole(action: PendingAction): Record<string, unknown> {
  return actionWith(action, Number.MAX_SAFE_INTEGER, BY_ITSELF);
}

const NEXT = {
  asking:
    "A person must decide about what is pending. Do not run the program again. Call resume with this executionId: it asks the person and goes on with the run.",
  telling:
    "A person must decide about what is pending. Do not run the program again: tell the person what is pending and wait. When they have decided, call approve or reject with executionId, seq and digest of the action.",
  elsewhere:
    "A person must decide about what is pending, in the application that runs this server. Do not run the program again: tell the person, and call resume with this executionId when they have decided.",
} as const;

/** Who decides about pending actions, as far as this client can do anything about it. */
export type Deciding = keyof typeof NEXT;

function contentOf(state: RunState, maxChars: number, deciding: Deciding): Record<string, unknown> {
  const { status, executionId } = state;
  switch (state.status) {
    case "completed":
      return {
        status,
        executionId,
        result: shownValue(state.result, maxChars) ?? null,
        ...(state.result === undefined && { note: RETURNED_NOTHING }),
      };
    case "paused":
      return {
        status,
        executionId,
        pending: shownActions(state.pending, maxChars),
        next: NEXT[deciding],
      };
    case "error":
      return { status, executionId, code: state.code, error: state.error };
    default:
      return { status, executionId };
  }
}

/** The answer to a call that runs, resumes or decides. */
export function outcomeReply(state: RunState, maxChars: number, deciding: Deciding): CallToolResult {
  const logs = "logs" in state && state.logs !== undefined && state.logs.length > 0 ? state.logs : undefined;
  const content = {
    ...contentOf(state, maxChars, deciding),
    ...(logs !== undefined && { logs: shownValue(logs, Math.round(maxChars * LOGS_SHARE)) }),
  };
  const reply = structuredReply(content, state.status === "error");
  // What JSON can only describe (an image that the program returned) is shown beside it.
  const shown = state.status === "completed" ? beyondWords(state.result, maxChars) : [];
  return { ...reply, content: [...reply.content, ...shown] };
}

/** An execution as an outcome: what a client sees that comes back to it later. */
export function stateOf(execution: ExecutionState, pending: readonly PendingAction[]): RunState {
  const { id: executionId, status, logs } = execution;
  const printed = logs !== undefined && { logs };
  if (status === "completed") return { status, executionId, result: execution.result, ...printed };
  if (status === "paused") return { status, executionId, pending, ...printed };
  if (status !== "error") return { status, executionId };
  const error = execution.error === undefined || execution.error === "" ? "The program failed." : execution.error;
  return { status, executionId, error, code: execution.errorCode ?? "PROGRAM_ERROR", ...printed };
}
