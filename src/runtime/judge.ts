/** What is to be done with one request of the guest: whether an honest shim would have made it, and what the table says. */
import type { CallPolicy } from "../connector/types.ts";
import { type Action, decide } from "../journal/decide.ts";
import { type Entry, isSettled, sameRequest } from "../journal/entry.ts";
import type { Limits } from "../limits.ts";
import type { Request } from "../wire/messages.ts";
import { exceedsBytes } from "../wire/values.ts";

/** A request that an honest shim would not have made, and why. */
interface Objection {
  readonly request: Request;
  readonly why: string;
}

const tooManyOpen = (maxCallsInFlight: number) => `more than ${maxCallsInFlight} calls are open at once`;

/**
 * What an honest shim would not have sent in one turn, whatever the journal holds. Seen before the tools are asked what they think of the
 * calls: no message to the host may be too long, or it would read as a host that is gone, and no tool may be asked without end.
 */
export function objectionToAll(
  requests: readonly Request[],
  { maxCallsInFlight, maxValueBytes }: Limits,
): Objection | undefined {
  const calls = requests.filter((request) => request.kind === "call");
  const large = calls.find(({ args }) => exceedsBytes(args, maxValueBytes));
  if (large !== undefined) return { request: large, why: `its arguments are over ${maxValueBytes} bytes` };
  const beyond = calls[maxCallsInFlight];
  return beyond && { request: beyond, why: tooManyOpen(maxCallsInFlight) };
}

/**
 * Why an honest shim would not have made this request.
 *
 * @param open how many requests are open already.
 */
export function objectionTo(
  request: Request,
  entries: ReadonlyMap<number, Entry>,
  { maxCallsInFlight }: Limits,
  open: number,
): string | undefined {
  if (open >= maxCallsInFlight) return tooManyOpen(maxCallsInFlight);
  // Only an earlier step: two that name each other would make the journal unreadable.
  const { parent } = request;
  if (parent !== undefined && (parent >= request.seq || entries.get(parent)?.kind !== "step"))
    return "it was made inside of no step";
  return undefined;
}

/**
 * Whether what a person approved is not the tool as it is now. Of a call that nobody was asked about, and that is to run after
 * a crash, that is so where somebody would be asked today.
 */
function approvesOther({ definition }: Entry, policy: CallPolicy | undefined): boolean {
  return definition === "" ? policy?.approval === true : policy?.definition !== definition;
}

/** Whether a call that was cut off is made again with nobody asked: where that was safe when it began, and is as its tool is now. */
function isRepeatable(known: Entry, policy: CallPolicy | undefined): boolean {
  if (!known.repeatable) return false;
  // A read that cannot be made any longer fails in its place, and has changed nothing.
  return policy === undefined ? known.readOnly : policy.repeatable && !approvesOther(known, policy);
}

/** What the table of `journal/decide.ts` says, given the entry that is recorded and the tool as it is now. */
export function actionFor(
  request: Request,
  known: Entry | undefined,
  policy: CallPolicy | undefined,
  nextSeq: number,
): Action {
  const match = request.seq === nextSeq ? "new" : "gap";
  return decide({
    running: true,
    match: known === undefined ? match : sameRequest(known, request) ? "same" : "other",
    kind: request.kind,
    state: known?.state,
    settled: known !== undefined && isSettled(known),
    ephemeral: known?.ephemeral ?? false,
    needsApproval: policy?.approval ?? false,
    repeatable: known !== undefined && isRepeatable(known, policy),
    definitionChanged: known?.state === "approved" && approvesOther(known, policy),
  });
}
