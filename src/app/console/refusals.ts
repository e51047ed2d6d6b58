/** Refusals in plain words: what happened, that nothing changed, and what to do. */
import type { Problem } from "./client.ts";

const WORDS: Readonly<Record<string, string>> = {
  STALE_DECISION: "This has changed since it was shown. Nothing was done. Look at it again and decide anew.",
  NOT_PENDING: "Somebody else has decided on this already, or the run has ended. Your decision changed nothing.",
  NOT_FOUND: "The run is no longer there. Your decision changed nothing.",
  ILLEGAL_TRANSITION: "The run is past the point where this can be decided. Nothing was done.",
  MISSING_CONNECTOR: "The tool that this needs is not set up here now. Nothing was done.",
  UNREADABLE:
    "The Worker answered, but not in a way that this page knows, so it is not known whether the decision was taken. Look here again, or reload the page: deciding again can do nothing twice.",
  UNREACHABLE:
    "The Worker did not answer, so it is not known whether the decision arrived. When it is back, look here: deciding again can do nothing twice.",
};

/** Of several actions that were to be approved together: one that does not fit is enough, and no card says it for the others. */
const WORDS_OF_SEVERAL: Readonly<Record<string, string>> = {
  STALE_DECISION: "Some of these have changed since they were shown, or were decided on by somebody else.",
  NOT_PENDING: "Some of these were decided on by somebody else, or the run has ended.",
  NOT_FOUND: "Some of these are no longer there.",
};

const OUTCOMES: Readonly<Record<string, string>> = { UNREACHABLE: "No answer.", UNREADABLE: "Not known." };

/** Whether it is not known if the decision was taken. */
export function isUnknown({ code }: Problem): boolean {
  return Object.hasOwn(OUTCOMES, code);
}

export interface RefusalWords {
  /** Whether anything was done, as far as is known. */
  readonly outcome: string;
  readonly plain: string;
  /** What the API itself said, where that adds something. */
  readonly detail?: string;
}

export function refusalWords({ code, message }: Problem): RefusalWords {
  const outcome = OUTCOMES[code] ?? "Not done.";
  const plain = WORDS[code];
  if (plain === undefined) return { outcome, plain: message };
  return code === "UNREACHABLE" ? { outcome, plain } : { outcome, plain, detail: message };
}

export function refusalWordsOfSeveral(problem: Problem): RefusalWords {
  const said = WORDS_OF_SEVERAL[problem.code];
  if (said === undefined) return { ...refusalWords(problem), outcome: "None was approved." };
  const plain = `${said} Look at what waits now, and press again.`;
  return { outcome: "None was approved.", plain, detail: problem.message };
}
