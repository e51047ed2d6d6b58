/** Which calls a person's decision is about, or why it changes nothing: it holds for all that it names, as it was shown, or for none (G5). */
import type { Entry } from "../journal/entry.ts";
import { PUBLIC_STATES } from "../journal/states.ts";
import { actionDigest, unseenDigest } from "./digest.ts";
import type { LiveJournal } from "./journal.ts";
import type { DecisionRequest, Refusal } from "./requests.ts";
import { hasNoCall } from "./show.ts";

/** States that wait for a person, and which decisions they take. */
const ANSWERS = {
  approve: ["pending"],
  reject: ["pending"],
  resolve: ["in_doubt"],
} as const satisfies Record<DecisionRequest["decision"]["kind"], readonly Entry["state"][]>;

/** What a call that waits takes, for whoever said something else; of one, and of several. */
const WAITS_FOR: Partial<Record<Entry["state"], { readonly one: string; readonly many: string }>> = {
  pending: { one: " It waits for approve() or reject().", many: " They wait for approve() or reject()." },
  in_doubt: {
    one: " It is in doubt: say by resolve() what became of it.",
    many: " They are in doubt: say by resolve() what became of each.",
  },
};

/** A call that a decision names, and the digest by which it does. */
interface NamedCall {
  readonly seq: number;
  readonly digest: string | undefined;
}

/** A call on which a decision cannot be taken, and why; without a state there is none of that seq. */
interface Faulty {
  readonly seq: number;
  readonly state: Entry["state"] | undefined;
  readonly fault: string;
}

/** `Call 3 of exec_1 is`, `Calls 3, 5 of exec_1 are`. */
function callsAre(calls: readonly Faulty[], executionId: string): string {
  const seqs = calls.map(({ seq }) => seq).join(", ");
  return calls.length === 1 ? `Call ${seqs} of ${executionId} is` : `Calls ${seqs} of ${executionId} are`;
}

/** What is said of calls that wait for nothing, or for another decision: state by state, and what to look at once. */
function elsewhere(calls: readonly Faulty[], { executionId, decision }: DecisionRequest): string {
  const taken = ANSWERS[decision.kind].map((state) => PUBLIC_STATES[state]).join(" or ");
  const told = [...Map.groupBy(calls, ({ state }) => state)].flatMap(([state, those]) => {
    if (state === undefined) return [];
    const hint = WAITS_FOR[state]?.[those.length === 1 ? "one" : "many"] ?? "";
    return `${callsAre(those, executionId)} ${PUBLIC_STATES[state]}, not ${taken}.${hint}`;
  });
  const isOver = calls.some(({ state }) => state !== undefined && WAITS_FOR[state] === undefined);
  return [...told, ...(isOver ? ["Look at pending() for what waits."] : [])].join(" ");
}

/** Why a decision cannot be taken on what it names: where there are several reasons, the first one's code is the refusal's. */
const FAULTS = {
  another: {
    refused: "STALE_DECISION",
    says: (calls, { executionId }) =>
      `${callsAre(calls, executionId)} not what the decision was made on. Look at pending() again.`,
  },
  unseen: {
    refused: "STALE_DECISION",
    says: (calls, { executionId }) =>
      `There was too much to show the arguments of call ${calls.map(({ seq }) => seq).join(", ")} of ${executionId} with the rest. Name the seq and the digest of what pending("${executionId}") shows whole; what it leaves out is shown once the others are decided.`,
  },
  unknown: {
    refused: "NOT_FOUND",
    says: (calls, { executionId }) =>
      hasNoCall(
        executionId,
        calls.map(({ seq }) => seq),
      ),
  },
  elsewhere: { refused: "NOT_PENDING", says: elsewhere },
} as const satisfies Record<
  string,
  {
    readonly refused: Refusal["refused"];
    readonly says: (calls: readonly Faulty[], request: DecisionRequest) => string;
  }
>;

type Fault = keyof typeof FAULTS;

function takes({ decision }: DecisionRequest, { state }: Entry): boolean {
  const states: readonly Entry["state"][] = ANSWERS[decision.kind];
  return states.includes(state);
}

/** What the person saw of an action, as far as a digest says: all of it, not its arguments, or something else. */
function seenBy(digest: string | undefined, executionId: string, entry: Entry): "whole" | "unseen" | "another" {
  if (digest === undefined) return entry.shownInPart ? "unseen" : "whole";
  const whole = actionDigest(executionId, entry);
  if (digest === whole) return "whole";
  return digest === unseenDigest(whole) ? "unseen" : "another";
}

/** Why a decision cannot be taken on a call. What runs was seen (G5): by its digest, where its arguments had been left out. */
function faultOf(entry: Entry | undefined, { digest }: NamedCall, request: DecisionRequest): Fault | undefined {
  if (entry === undefined) return "unknown";
  if (!takes(request, entry)) return "elsewhere";
  const { decision, executionId } = request;
  const seen = seenBy(digest, executionId, entry);
  const runs = decision.kind === "approve" || (decision.kind === "resolve" && decision.as === "run");
  return seen === "another" || (seen === "unseen" && runs) ? seen : undefined;
}

/** The calls that a decision names. One without a seq is whatever waits and is shown by its digest; without that too, all that waits. */
function namedCalls(waiting: readonly Entry[], { actions, executionId }: DecisionRequest): NamedCall[] {
  return actions.flatMap(({ seq, digest }) => {
    if (seq !== undefined) return [{ seq, digest }];
    const shown = waiting.filter((entry) => digest === undefined || seenBy(digest, executionId, entry) !== "another");
    return shown.map((entry) => ({ seq: entry.seq, digest }));
  });
}

/** Why a decision that names no call by its seq is about none. */
function nothingNamed(entries: Iterable<Entry>, isWaiting: boolean, executionId: string): Refusal {
  if (isWaiting) {
    return {
      refused: "STALE_DECISION",
      message: `Nothing of ${executionId} that waits now is what the decision was made on. Look at pending() again. Nothing changed.`,
    };
  }
  const isInDoubt = [...entries].some(({ state }) => state === "in_doubt");
  const hint = isInDoubt ? " A call of it is in doubt: say by resolve() what became of it." : "";
  return { refused: "NOT_PENDING", message: `Nothing of ${executionId} waits for approval.${hint} Nothing changed.` };
}

/** All that is wrong with what a decision names, in one refusal. */
function refusalOf(faulty: readonly Faulty[], request: DecisionRequest): Refusal | undefined {
  const told = Object.entries(FAULTS).flatMap(([fault, { refused, says }]) => {
    const calls = faulty.filter((one) => one.fault === fault);
    return calls.length === 0 ? [] : [{ refused, sentence: says(calls, request) }];
  });
  const [first] = told;
  if (first === undefined) return undefined;
  const message = [...told.map(({ sentence }) => sentence), "Nothing changed."].join(" ");
  return { refused: first.refused, message, seqs: faulty.map(({ seq }) => seq) };
}

/** The entries that a decision is about, in the order of the journal, or why it changes none: it holds for all that it names, or for none. */
export function decisionTargets(
  { entries }: Pick<LiveJournal, "entries">,
  request: DecisionRequest,
): Entry[] | Refusal {
  const waiting = [...entries.values()].filter((entry) => takes(request, entry));
  const named = namedCalls(waiting, request);
  if (named.length === 0) return nothingNamed(entries.values(), waiting.length > 0, request.executionId);
  const faulty = named.flatMap((call) => {
    const entry = entries.get(call.seq);
    const fault = faultOf(entry, call, request);
    return fault === undefined ? [] : [{ seq: call.seq, state: entry?.state, fault }];
  });
  const seqs = new Set(named.map(({ seq }) => seq));
  return refusalOf(faulty, request) ?? waiting.filter(({ seq }) => seqs.has(seq));
}
