/**
 * Takes a person's decision: looks whether it fits, writes it down in the same synchronous step, and lets the execution go on or
 * end with it. What it means for the entries is in `decisions.ts`.
 */
import type { Entry } from "../journal/entry.ts";
import { roomBeside } from "../journal/room.ts";
import { isTerminal } from "../journal/states.ts";
import { limitsFor } from "../store/kept-limits.ts";
import { exceedsBytes } from "../wire/values.ts";
import { applyDecision, resolveAfterEnd } from "./decisions.ts";
import type { LiveJournal } from "./journal.ts";
import type { HostPort } from "./port.ts";
import type { DecisionRequest, HostSettings, RawExecution, RawOutcome, Refusal } from "./requests.ts";
import type { Runs } from "./runs.ts";
import { hasNoCall, missingConnectors, notFound, show } from "./show.ts";
import { decisionTargets } from "./targets.ts";

/**
 * Answers the outcome of the pass that goes on with the decision, or why nothing changed. Up to the write it is one synchronous step:
 * nothing can change between the look and the write.
 */
export async function takeDecision(
  runs: Runs,
  request: DecisionRequest,
  settings: HostSettings,
  port: HostPort,
): Promise<RawOutcome> {
  const journal = runs.journal(request.executionId);
  if (journal === undefined) return notFound(request.executionId);
  const { execution } = journal;
  const live = runs.get(execution.id);
  if (isTerminal(execution.status)) return resolveAfterEnd(journal, request) ?? show(journal);
  if (execution.status !== "paused" && (execution.status !== "running" || live === undefined)) {
    return {
      refused: "NOT_PENDING",
      message: `${execution.id} is ${execution.status}; nothing waits for a decision. Nothing changed.`,
    };
  }
  const refusal = missingConnectors(execution, settings);
  const ends = request.decision.kind === "reject" && request.decision.then === "end";
  if (refusal !== undefined && !ends) return refusal;
  const targets = decisionTargets(journal, request);
  if (!Array.isArray(targets)) return targets;
  applyDecision(journal, targets, request);
  if (live !== undefined) {
    if (ends) live.pass.rejected();
    else live.pass.decided();
    return live.outcome;
  }
  if (ends) return endRejected(journal, port);
  execution.status = "running";
  execution.updatedAt = Date.now();
  return runs.goOn(journal, "decision", settings, port);
}

/** Of what is left in the call's row edited arguments get half, so that there is room for a result. */
function roomFor(
  kind: DecisionRequest["decision"]["kind"],
  { args, editedArgs }: Entry,
  maxValueBytes: number,
): number {
  if (kind !== "approve") return roomBeside([args, editedArgs], maxValueBytes);
  return Math.floor(roomBeside([args], 2 * maxValueBytes) / 2);
}

/** What a person wrote is checked like the program's own arguments and the tools' own results: why it cannot be taken, if so. */
export async function checkWritten(
  runs: Runs,
  { executionId, actions, decision }: DecisionRequest,
  { limits }: HostSettings,
  port: HostPort,
): Promise<Refusal | undefined> {
  const written =
    decision.kind === "approve" ? decision.args : decision.kind === "resolve" ? decision.value : undefined;
  if (written === undefined) return undefined;
  const [named, ...others] = actions;
  if (named?.seq === undefined || others.length > 0)
    return { refused: "INVALID_INPUT", message: "Edited arguments need the seq of one action. Nothing changed." };
  const journal = runs.journal(executionId);
  if (journal === undefined) return notFound(executionId);
  const entry = journal.entries.get(named.seq);
  if (entry === undefined)
    return { refused: "NOT_FOUND", message: `${hasNoCall(executionId, [named.seq])} Nothing changed.` };
  const { connector, method, seq, attempt } = entry;
  const { maxValueBytes } = limitsFor(journal.execution, limits);
  const room = roomFor(decision.kind, entry, maxValueBytes);
  if (exceedsBytes(written, room)) {
    const [what, is] = decision.kind === "approve" ? ["edited arguments", "are"] : ["result", "is"];
    return {
      refused: "VALUE_TOO_LARGE",
      message: `The ${what} of ${connector}.${method} ${is} over ${room} bytes. Give less, or a reference to it. Nothing changed.`,
    };
  }
  if (decision.kind !== "approve") return undefined;
  const [assessment] = await port.assess([{ executionId, seq, attempt, connector, method, args: written }]);
  if (assessment?.kind === "failed")
    return { refused: assessment.code, message: `${assessment.message.replace(/\.$/, "")}. Nothing changed.` };
  if (assessment?.kind === "invalid") {
    return {
      refused: "INVALID_ARGUMENTS",
      message: `The edited arguments of ${connector}.${method} do not fit: ${assessment.message.replace(/\.$/, "")}. Nothing changed.`,
    };
  }
  return undefined;
}

async function endRejected(journal: LiveJournal, port: HostPort): Promise<RawExecution> {
  const { execution } = journal;
  journal.close({ status: "rejected", logs: execution.logs ?? [] });
  await port.executionEnded(execution.id, "rejected");
  return show(journal);
}
