/** The states of executions and entries, and every transition that is legal. What is not in these tables cannot happen. */
import { CodemodeError } from "../errors.ts";
import type { ExecutionStatus, ToolLogEntryState } from "./public.ts";

/**
 * `running` with no live pass is interrupted: its process died, and it is recovered. `rolled_back -> rolling_back` only when
 * something was left to undo (`rollback.ts`, `leavesSomething`).
 */
export const EXECUTION_TRANSITIONS = {
  running: ["paused", "completed", "error", "rejected"],
  paused: ["running", "rejected", "error", "rolling_back"],
  completed: ["rolling_back"],
  error: ["rolling_back"],
  rejected: ["rolling_back"],
  rolling_back: ["rolled_back"],
  rolled_back: ["rolling_back"],
} as const satisfies Record<ExecutionStatus, readonly ExecutionStatus[]>;

/** Every status that an execution may have. */
export const EXECUTION_STATUSES = [
  "running",
  "paused",
  "completed",
  "error",
  "rejected",
  "rolling_back",
  "rolled_back",
] as const satisfies readonly ExecutionStatus[];

/** Statuses that end an execution; retention may remove it. */
export const TERMINAL_STATUSES = [
  "completed",
  "error",
  "rejected",
  "rolled_back",
] as const satisfies readonly ExecutionStatus[];

export type EntryState =
  | "pending"
  | "approved"
  | "started"
  | "in_doubt"
  | "succeeded"
  | "failed"
  | "rejected"
  | "reverted"
  | "revert_failed";

/**
 * `started -> started` is a repeated attempt; `approved -> pending` asks again because the tool is not the one that was
 * approved; `in_doubt -> approved` is a person's word that it did not run; `revert_failed -> reverted` is a rollback that was tried again.
 */
export const ENTRY_TRANSITIONS = {
  pending: ["approved", "rejected"],
  approved: ["started", "pending"],
  started: ["started", "in_doubt", "succeeded", "failed"],
  in_doubt: ["approved", "succeeded", "failed"],
  succeeded: ["reverted", "revert_failed"],
  failed: [],
  rejected: [],
  reverted: [],
  revert_failed: ["reverted", "revert_failed"],
} as const satisfies Record<EntryState, readonly EntryState[]>;

/** The public names of the released log. */
export const PUBLIC_STATES = {
  pending: "pending",
  approved: "approved",
  started: "executing",
  in_doubt: "in_doubt",
  succeeded: "applied",
  failed: "error",
  rejected: "rejected",
  reverted: "reverted",
  revert_failed: "revert_failed",
} as const satisfies Record<EntryState, ToolLogEntryState>;

export function isTerminal(status: ExecutionStatus): boolean {
  return (TERMINAL_STATUSES as readonly ExecutionStatus[]).includes(status);
}

/** @throws CodemodeError `ILLEGAL_TRANSITION`: a bug of ours, and nothing is written. */
export function assertExecutionTransition(from: ExecutionStatus, to: ExecutionStatus): void {
  const legal: readonly ExecutionStatus[] = EXECUTION_TRANSITIONS[from];
  if (!legal.includes(to))
    throw new CodemodeError("ILLEGAL_TRANSITION", `An execution that is ${from} cannot become ${to}.`, { from, to });
}

/** @throws CodemodeError `ILLEGAL_TRANSITION`: a bug of ours, and nothing is written. */
export function assertEntryTransition(from: EntryState, to: EntryState): void {
  const legal: readonly EntryState[] = ENTRY_TRANSITIONS[from];
  if (!legal.includes(to))
    throw new CodemodeError("ILLEGAL_TRANSITION", `A call that is ${from} cannot become ${to}.`, { from, to });
}
