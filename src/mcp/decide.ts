/** Goes on with a paused run for as long as the person behind the client decides. */
import { CodemodeError, type ErrorCode, isCodemodeError } from "../errors.ts";
import type { CodemodeRuntimeHandle } from "../handle-types.ts";
import type { PendingAction } from "../journal/public.ts";
import type { Answer } from "./ask.ts";
import { type RunState, stateOf } from "./outcome.ts";

/** What of a runtime's handle decisions need. */
export type DecidingRuntime = Pick<CodemodeRuntimeHandle, "pending" | "approve" | "reject" | "resolve" | "execution">;

/** How a decision is signed in the journal. */
const BY = "mcp";

/** What was shown is not what is pending now; nothing was changed, so it is looked at again. */
const OUTDATED: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["STALE_DECISION", "NOT_PENDING"]);

/**
 * Where an execution stands now.
 *
 * @throws CodemodeError `NOT_FOUND`.
 */
export async function currentState(runtime: DecidingRuntime, executionId: string): Promise<RunState> {
  const execution = await runtime.execution(executionId);
  if (execution === null) {
    throw new CodemodeError(
      "NOT_FOUND",
      `There is no execution "${executionId}". Call pending to see those that wait.`,
      { executionId },
    );
  }
  return stateOf(execution, execution.status === "paused" ? await runtime.pending(executionId) : []);
}

/** Rejects one action, which ends its execution. */
export async function rejectAction(
  runtime: DecidingRuntime,
  action: PendingAction,
  reason: string | undefined,
): Promise<RunState> {
  const { executionId, seq, digest, connector, method } = action;
  const rejected = await runtime.reject({ executionId, seq, digest, by: BY, ...(reason !== undefined && { reason }) });
  if (!rejected) return currentState(runtime, executionId);
  const because = reason === undefined ? "" : `: ${reason}`;
  return {
    status: "error",
    executionId,
    code: "REJECTED",
    error: `A person rejected ${connector}.${method}${because}. The run has ended.`,
  };
}

async function carryOut(
  runtime: DecidingRuntime,
  action: PendingAction,
  answer: Exclude<Answer, { decision: "later" }>,
): Promise<RunState> {
  const { executionId, seq, digest } = action;
  const named = { executionId, seq, digest, by: BY, ...(answer.reason !== undefined && { reason: answer.reason }) };
  switch (answer.decision) {
    case "approve":
      return runtime.approve(named);
    case "reject":
      return rejectAction(runtime, action, answer.reason);
    case "run":
      return runtime.resolve({ ...named, as: "run" });
    case "fail":
      return runtime.resolve({ ...named, as: "fail" });
  }
}

/** Carries out one decision and gives where the run stands after it; a refused decision is an error outcome. */
export async function decide(
  runtime: DecidingRuntime,
  action: PendingAction,
  answer: Exclude<Answer, { decision: "later" }>,
): Promise<RunState> {
  try {
    return await carryOut(runtime, action, answer);
  } catch (error) {
    if (!isCodemodeError(error)) throw error;
    return { status: "error", executionId: action.executionId, code: error.code, error: error.message };
  }
}

/**
 * Asks about one pending action after the other until the run ends, or the person leaves one undecided.
 *
 * @param askPerson shows one action and gives the answer.
 */
export async function decideAll(
  runtime: DecidingRuntime,
  from: RunState,
  askPerson: (action: PendingAction) => Promise<Answer>,
): Promise<RunState> {
  let state = from;
  while (state.status === "paused") {
    const [action] = state.pending;
    if (action === undefined) return state;
    const answer = await askPerson(action);
    if (answer.decision === "later") return state;
    const next = await decide(runtime, action, answer);
    state = next.status === "error" && OUTDATED.has(next.code) ? await currentState(runtime, action.executionId) : next;
  }
  return state;
}
