/** Applies a person's decision to the entries that it is about. */
import { advance, type Entry } from "../journal/entry.ts";
import type { DecisionRecord } from "../journal/public.ts";
import { MAX_DECISION_BYTES } from "../limits.ts";
import { encodeValue, toFailure } from "../wire/values.ts";
import type { LiveJournal } from "./journal.ts";
import type { DecisionRequest, Refusal } from "./requests.ts";
import { decisionTargets } from "./targets.ts";

function recordOf(
  request: DecisionRequest,
  { decision: previous }: Entry,
  decision: DecisionRecord["decision"],
): DecisionRecord {
  const own = {
    decision,
    at: Date.now(),
    ...(request.by !== undefined && { by: request.by }),
    ...(request.reason !== undefined && { reason: request.reason }),
  };
  return withPrevious(own, previous, MAX_DECISION_BYTES);
}

/** A decision, and as many of those before it as there is room for: they share their row with the call. */
function withPrevious(own: DecisionRecord, previous: DecisionRecord | undefined, room: number): DecisionRecord {
  if (previous === undefined) return own;
  const { previous: older, ...next } = previous;
  const left = room - storedBytes(own);
  return left < storedBytes(next) ? own : { ...own, previous: withPrevious(next, older, left) };
}

function storedBytes(decision: DecisionRecord): number {
  return new TextEncoder().encode(`"previous":${JSON.stringify(decision)},`).byteLength;
}

/** What a program catches when a person said no. */
function rejection(request: DecisionRequest, entry: Entry): string {
  const by = request.by === undefined ? "" : ` by ${request.by}`;
  const reason = request.reason === undefined ? "" : `: ${request.reason}`;
  return encodeValue(
    {
      name: "CodemodeError",
      code: "REJECTED",
      message: `${entry.connector}.${entry.method} was rejected${by}${reason}`,
    },
    "The error",
  );
}

/** Writes the decision into the journal. The caller flushes, and tells the pass or starts one. */
export function applyDecision(journal: LiveJournal, entries: readonly Entry[], request: DecisionRequest): void {
  const { decision } = request;
  for (const entry of entries) {
    if (decision.kind === "approve") {
      advance(entry, "approved");
      entry.editedArgs = decision.args;
      entry.decision = recordOf(request, entry, "approved");
    } else if (decision.kind === "reject") {
      entry.decision = recordOf(request, entry, "rejected");
      // What a person says is kept, also where the tool's own result would not have been.
      entry.ephemeral = false;
      if (decision.then === "throw") journal.settle(entry, "rejected", false, rejection(request, entry));
      else advance(entry, "rejected");
    } else if (decision.as === "run") {
      entry.decision = recordOf(request, entry, "resolved");
      // Back to a decided call: the next pass performs it, under the same idempotency key.
      advance(entry, "approved");
    } else {
      entry.decision = recordOf(request, entry, "resolved");
      entry.ephemeral = false;
      const ran = decision.as === "ran";
      journal.settle(entry, ran ? "succeeded" : "failed", ran, decision.value);
    }
    journal.touch(entry);
  }
}

/**
 * After the end a person may still say how a call in doubt ended, so that a rollback knows what there is to undo. Nothing is
 * called any more, and nothing else is decided.
 */
export function resolveAfterEnd(journal: LiveJournal, request: DecisionRequest): Refusal | undefined {
  const { id, status } = journal.execution;
  const { decision } = request;
  if (decision.kind !== "resolve")
    return {
      refused: "NOT_PENDING",
      message: `${id} is ${status}; nothing waits for a decision. Nothing changed.`,
    };
  const targets = decisionTargets(journal, request);
  if (!Array.isArray(targets)) return targets;
  if (decision.as === "run") {
    return {
      refused: "NOT_PENDING",
      message: `${id} is ${status} and calls nothing any more. Say as: "ran" or as: "fail". Nothing changed.`,
    };
  }
  applyDecision(journal, targets, request);
  try {
    journal.flush();
    return undefined;
  } catch (error) {
    const { message } = toFailure(error);
    return { refused: "INTERRUPTED", message: `${message.replace(/\.$/, "")}. Nothing changed; say it again.` };
  }
}
