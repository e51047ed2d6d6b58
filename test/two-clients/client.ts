/** What a client does with a request: asks the real runtime, and reads the answer as the model gives it. */
import { isCodemodeError } from "../../src/errors.ts";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import type { PendingAction, ProxyToolOutput } from "../../src/journal/public.ts";
import type { Answer, Request } from "./model.ts";

/** What edits put in the place of a call's arguments. */
export const EDITED = { n: 1_000 };

/** The digest that a client gives who did not see what it decides on. */
const UNSEEN = "0".repeat(40);

/** An outcome with a journal is the execution's own; without one, the request was refused. */
const answerOf = (outcome: ProxyToolOutput): Answer =>
  outcome.status === "error" && outcome.calls === undefined ? (outcome.code as Answer) : "accepted";

/** The model's answer as a client hears it: `reject` says only that it was not pending, also when there is nothing of that name. */
export function asTold(request: Request, answer: Answer): Answer {
  const rejects = request.do === "reject" || request.do === "rejectSeveral";
  return rejects && answer === "NOT_FOUND" ? "NOT_PENDING" : answer;
}

/** @param shown what the client saw last. */
export async function send(
  runtime: CodemodeRuntimeHandle,
  executionId: string,
  request: Request,
  shown: readonly PendingAction[],
): Promise<Answer> {
  const seen = (seq: number, by: string) => ({
    executionId,
    seq,
    by,
    digest: shown.find((action) => action.seq === seq)?.digest ?? UNSEEN,
  });
  const several = ({ by, seqs, forged }: Extract<Request, { seqs: unknown }>) => ({
    executionId,
    by,
    actions: seqs.map((seq) => ({ seq, digest: seq === forged ? UNSEEN : seen(seq, by).digest })),
  });
  try {
    switch (request.do) {
      case "approve":
      case "edit": {
        const { seq, by, sawIt } = request;
        const args = request.do === "edit" ? { args: EDITED } : {};
        return answerOf(await runtime.approve({ ...seen(seq, by), ...args, ...(!sawIt && { digest: UNSEEN }) }));
      }
      case "reject":
        return (await runtime.reject({ ...seen(request.seq, request.by), then: request.then }))
          ? "accepted"
          : "NOT_PENDING";
      case "approveAll":
        return answerOf(await runtime.approve({ executionId, by: request.by }));
      case "approveSeveral":
        return answerOf(await runtime.approve(several(request)));
      case "rejectSeveral":
        return (await runtime.reject({ ...several(request), then: "throw" })) ? "accepted" : "NOT_PENDING";
      case "cancel":
        return (await runtime.cancel({ executionId })) ? "yes" : "no";
      case "expire":
        return (await runtime.expirePaused({ maxAgeMs: 0 })).includes(executionId) ? "yes" : "no";
      case "rollback":
        return (await runtime.rollback({ executionId })).status === "rolled_back" ? "done" : "no";
      case "delete":
        return (await runtime.deleteExecution(executionId)) ? "yes" : "no";
      case "recover":
        await runtime.recover();
        return "done";
    }
  } catch (error) {
    if (isCodemodeError(error)) return error.code as Answer;
    throw error;
  }
}
