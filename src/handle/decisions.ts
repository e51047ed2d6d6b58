/** The part of a handle that a person drives: what waits for a decision, and the decision. */
import { CodemodeError } from "../errors.ts";
import type { CodemodeResolveOptions, CodemodeRuntimeHandle } from "../handle-types.ts";
import { checkOptions, checkText } from "../options.ts";
import type { DecisionRequest, RawOutcome } from "../runtime/requests.ts";
import { checkChoice, checkDecision, checkNote } from "../tool/check-decision.ts";
import { pendingView } from "../view.ts";
import { encodeFailure, encodeValue } from "../wire/values.ts";
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

export function decisions(host: Host): Decisions {
  const { facet, settings, port, recorder } = host;
  const send = (request: DecisionRequest): Promise<RawOutcome> => {
    const sent = () => facet().decide(request, settings, port);
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
      checkDecision("approve", request, ["args"], []);
      const { executionId, seq, digest, by, reason } = request;
      // A screen passes `args: edited` also where nobody edited anything.
      const args = request.args === undefined ? undefined : encodeValue([request.args], "The edited arguments");
      return decide({ executionId, digest, by, reason, decision: { kind: "approve", seq, args } });
    },
    reject: async (request) => {
      checkDecision("reject", request, ["then"], ["seq"]);
      const { executionId, seq, digest, by, reason, then = "end" } = request;
      checkChoice("then", then, ["end", "throw"]);
      const answer = await send({ executionId, digest, by, reason, decision: { kind: "reject", seq, then } });
      if (!("refused" in answer)) return true;
      if (answer.refused !== "NOT_PENDING" && answer.refused !== "NOT_FOUND") {
        throw new CodemodeError(answer.refused, answer.message);
      }
      return false;
    },
    resolve: async (request) => {
      checkDecision("resolve", request, ["as", "result", "error"], ["seq", "as"]);
      checkChoice("as", request.as, ["ran", "run", "fail"]);
      checkNote("error", Reflect.get(request, "error"));
      const { executionId, seq, digest, by, reason } = request;
      const decision = { kind: "resolve", seq, as: request.as, value: resolution(request) } as const;
      return decide({ executionId, digest, by, reason, decision });
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
