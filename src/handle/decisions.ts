/** The part of a handle that a person drives: what waits for a decision, and the decision. */
import { CodemodeError } from "../errors.ts";
import type { CodemodeResolveOptions, CodemodeRuntimeHandle } from "../handle-types.ts";
import { MAX_ROW_BYTES } from "../limits.ts";
import { checkOptions, checkText } from "../options.ts";
import type { DecisionRequest, RawOutcome, Refusal } from "../runtime/requests.ts";
import { checkChoice, checkDecision, checkNote } from "../tool/check-decision.ts";
import { pendingView } from "../view.ts";
import { encodeFailure, encodeValue, exceedsBytes } from "../wire/values.ts";
import { type Host, settle } from "./request.ts";

type Decisions = Pick<CodemodeRuntimeHandle, "pending" | "inDoubt" | "approve" | "reject" | "resolve" | "cancel">;

/** What a call in doubt is recorded with, by what the person found out. One that is to run again has nothing yet. */
function resolution(request: CodemodeResolveOptions): string | undefined {
  switch (request.as) {
    case "ran":
      return encodeValue(request.result, "The result");
    case "fail":
      return encodeFailure(
        new CodemodeError("TOOL_ERROR", request.error ?? "A person said that the call did not succeed."),
      );
    case "run":
      return undefined;
  }
}

/** Why what a person wrote is not even sent: no row holds it, and what no message carries would be lost without a word. */
function tooLarge({ decision }: DecisionRequest): Refusal | undefined {
  if (decision.kind === "reject") return undefined;
  const [what, written] =
    decision.kind === "approve" ? ["edited arguments are", decision.args] : ["result is", decision.value];
  if (written === undefined || !exceedsBytes(written, MAX_ROW_BYTES)) return undefined;
  return {
    refused: "VALUE_TOO_LARGE",
    message: `The ${what} over ${MAX_ROW_BYTES} bytes. Give less, or a reference to it. Nothing changed.`,
  };
}

/** Whether nothing of what a decision names waits any longer. Where some of it still does, whoever decides must hear of the others. */
function isOver({ refused, seqs }: Refusal, named: number): boolean {
  return (refused === "NOT_PENDING" || refused === "NOT_FOUND") && (seqs === undefined || seqs.length === named);
}

export function decisions(host: Host): Decisions {
  const { facet, settings, port, recorder } = host;
  const { maxCallsInFlight: mostActions } = settings.limits;
  const send = (request: DecisionRequest): Promise<RawOutcome> => {
    const sent = async () => tooLarge(request) ?? facet().decide(request, settings, port);
    return recorder === undefined ? sent() : recorder.decision(request, sent);
  };
  const decide = (request: DecisionRequest) => settle(host, request.executionId, () => send(request));

  return {
    pending: async (executionId) => {
      if (executionId !== undefined) checkText("executionId", executionId);
      return (await facet().pending(executionId, settings, port)).map(pendingView);
    },
    inDoubt: async () => (await facet().inDoubt(settings, port)).map(pendingView),
    approve: async (request) => {
      const said = checkDecision("approve", request, { own: ["args"], needed: [], mostActions });
      // A screen passes `args: edited` also where nobody edited anything.
      const args = request.args === undefined ? undefined : encodeValue([request.args], "The edited arguments");
      return decide({ ...said, decision: { kind: "approve", args } });
    },
    reject: async (request) => {
      const said = checkDecision("reject", request, { own: ["then"], needed: ["seq"], mostActions });
      const { then = "end" } = request;
      checkChoice("then", then, ["end", "throw"]);
      const answer = await send({ ...said, decision: { kind: "reject", then } });
      if (!("refused" in answer)) return true;
      if (isOver(answer, said.actions.length)) return false;
      throw new CodemodeError(answer.refused, answer.message, answer.seqs === undefined ? {} : { seqs: answer.seqs });
    },
    resolve: async (request) => {
      const said = checkDecision("resolve", request, { own: ["as", "result", "error"], needed: ["seq", "as"] });
      checkChoice("as", request.as, ["ran", "run", "fail"]);
      checkNote("error", Reflect.get(request, "error"));
      return decide({ ...said, decision: { kind: "resolve", as: request.as, value: resolution(request) } });
    },
    cancel: async (request) => {
      checkOptions("cancel", request, ["executionId", "reason"], ["executionId"]);
      const { executionId, reason } = request;
      checkText("executionId", executionId);
      checkNote("reason", reason);
      return facet().cancel(executionId, reason, settings, port);
    },
  };
}
