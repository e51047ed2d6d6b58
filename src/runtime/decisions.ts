/** Applies a person's decision to the entries it names, or says why it changes nothing (G5). */
import { advance, type Entry } from "../journal/entry.ts";
import type { DecisionRecord } from "../journal/public.ts";
import { PUBLIC_STATES } from "../journal/states.ts";
import { MAX_DECISION_BYTES } from "../limits.ts";
import { encodeValue } from "../wire/values.ts";
import { actionDigest, unseenDigest } from "./digest.ts";
import type { LiveJournal } from "./journal.ts";
import type { DecisionRequest, Refusal } from "./requests.ts";
import { noCall } from "./show.ts";

/** States that wait for a person, and which decisions they take. */
const ANSWERS = {
  approve: ["pending"],
  reject: ["pending"],
  resolve: ["in_doubt"],
} as const satisfies Record<DecisionRequest["decision"]["kind"], readonly Entry["state"][]>;

/** What a call that waits takes, for whoever said something else. */
const WAITS_FOR: Partial<Record<Entry["state"], string>> = {
  pending: " It waits for approve() or reject().",
  in_doubt: " It is in doubt: say by resolve() what became of it.",
};

function refuse(refused: Refusal["refused"], message: string): Refusal {
  return { refused, message };
}

/** Whether a decision is about that entry, as far as its digest says: as it is shown, with its arguments or without. */
function names({ executionId, digest }: DecisionRequest, entry: Entry): boolean {
  if (digest === undefined) return true;
  const whole = actionDigest(executionId, entry);
  return digest === whole || digest === unseenDigest(whole);
}

/** The entries that a decision is about, or why it changes none. */
export function decisionTargets(
  { entries }: Pick<LiveJournal, "entries">,
  request: DecisionRequest,
): Entry[] | Refusal {
  const found = namedBy(entries, request);
  return Array.isArray(found) ? (unseenRefusal(found, request) ?? found) : found;
}

/** What runs was seen (G5): whoever lets a call run whose arguments were left out says by its digest that they saw them. */
function unseenRefusal(found: readonly Entry[], request: DecisionRequest): Refusal | undefined {
  const { decision, executionId, digest } = request;
  const runs = decision.kind === "approve" || (decision.kind === "resolve" && decision.as === "run");
  if (!runs) return undefined;
  const unseen = found.filter((entry) =>
    digest === undefined ? entry.shownInPart : digest !== actionDigest(executionId, entry),
  );
  if (unseen.length === 0) return undefined;
  const seqs = unseen.map(({ seq }) => seq).join(", ");
  return refuse(
    "STALE_DECISION",
    `There was too much to show the arguments of call ${seqs} of ${executionId} with the rest. Name the seq and the digest of what pending("${executionId}") shows whole; what it leaves out there too is shown once the others are decided. Nothing changed.`,
  );
}

function namedBy(entries: ReadonlyMap<number, Entry>, request: DecisionRequest): Entry[] | Refusal {
  const { decision, executionId } = request;
  const states: readonly Entry["state"][] = ANSWERS[decision.kind];
  if (decision.seq === undefined) {
    const waiting = [...entries.values()].filter((entry) => states.includes(entry.state));
    if (waiting.length === 0) {
      const isInDoubt = [...entries.values()].some(({ state }) => state === "in_doubt");
      const hint = isInDoubt ? " A call of it is in doubt: say by resolve() what became of it." : "";
      return refuse("NOT_PENDING", `Nothing of ${executionId} waits for approval.${hint} Nothing changed.`);
    }
    if (request.digest === undefined) return waiting;
    // A digest names one action; everything else that is pending was not seen.
    const named = waiting.filter((entry) => names(request, entry));
    return named.length > 0
      ? named
      : refuse(
          "STALE_DECISION",
          `Nothing of ${executionId} that waits now is what the decision was made on. Look at pending() again. Nothing changed.`,
        );
  }
  const entry = entries.get(decision.seq);
  if (entry === undefined) return noCall(executionId, decision.seq);
  if (!states.includes(entry.state)) {
    return refuse(
      "NOT_PENDING",
      `Call ${decision.seq} of ${executionId} is ${PUBLIC_STATES[entry.state]}, not ${states.map((state) => PUBLIC_STATES[state]).join(" or ")}.${WAITS_FOR[entry.state] ?? ""} Nothing changed.`,
    );
  }
  if (!names(request, entry)) {
    return refuse(
      "STALE_DECISION",
      `Call ${decision.seq} of ${executionId} is not what the decision was made on. Look at pending() again. Nothing changed.`,
    );
  }
  return [entry];
}

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
      if (decision.then === "throw") journal.settle(entry, "rejected", false, rejection(request, entry));
      else advance(entry, "rejected");
    } else if (decision.as === "run") {
      entry.decision = recordOf(request, entry, "resolved");
      // Back to a decided call: the next pass performs it, under the same idempotency key.
      advance(entry, "approved");
    } else {
      entry.decision = recordOf(request, entry, "resolved");
      // What a person says is kept, also where the tool's own result would not have been.
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
    return refuse("NOT_PENDING", `${id} is ${status}; nothing waits for a decision. Nothing changed.`);
  const targets = decisionTargets(journal, request);
  if (!Array.isArray(targets)) return targets;
  if (decision.as === "run") {
    return refuse(
      "NOT_PENDING",
      `${id} is ${status} and calls nothing any more. Say as: "ran" or as: "fail". Nothing changed.`,
    );
  }
  applyDecision(journal, targets, request);
  journal.flush();
  return undefined;
}
