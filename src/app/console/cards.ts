/** The cards of what needs a person: which there are after a reading, and what they say of a decision on its way. Pure. */
import type { Problem, Verdict } from "./client.ts";
import type { Action, Outcome } from "./schemas.ts";
import { count } from "./words.ts";

/** An action on the screen: one that waits, or one that went while somebody was about to decide. */
export interface Card {
  readonly action: Action;
  readonly isGone: boolean;
  /** A call in doubt of a run that is over: nobody waits for the answer, but a rollback needs it. */
  readonly hasEnded: boolean;
  readonly busy?: string;
  readonly problem?: Problem;
}

/** What the Worker says there is to decide. */
export interface Read {
  readonly pending: readonly Action[];
  /** Those among the pending again, and those of runs that have ended. */
  readonly inDoubt: readonly Action[];
}

export const aboutAction = ({ executionId, seq, kind }: Action) => `${executionId}/${seq}/${kind}`;

const about = ({ action }: Card) => aboutAction(action);

export function isOpen({ isGone }: Card): boolean {
  return !isGone;
}

/** Whether a card can do nothing any more; one that is on its way may still come back. */
export function isGoneForGood({ isGone, busy }: Card): boolean {
  return isGone && busy === undefined;
}

/** What there is to decide, and what no longer is but has typed text or a refusal that nobody has read yet. */
export function cardsOf(before: readonly Card[], read: Read, hasText: (about: string) => boolean): Card[] {
  const keyed = new Map(before.map((card) => [about(card), card]));
  const waiting = new Set(read.pending.map(aboutAction));
  const cardOf = (action: Action, hasEnded: boolean): Card => {
    const { busy, problem } = keyed.get(aboutAction(action)) ?? {};
    const marks = { ...(busy !== undefined && { busy }), ...(problem !== undefined && { problem }) };
    return { action, isGone: false, hasEnded, ...marks };
  };
  const ended = read.inDoubt.filter((action) => !waiting.has(aboutAction(action)));
  const now = [...read.pending.map((action) => cardOf(action, false)), ...ended.map((action) => cardOf(action, true))];
  const here = new Set(now.map(about));
  const kept = before.filter(
    (card) => !here.has(about(card)) && (card.busy !== undefined || card.problem !== undefined || hasText(about(card))),
  );
  return inPlace(before, [...now, ...kept.map((card) => ({ ...card, isGone: true }))]);
}

/** What was there stays where it was, and what comes is below it, in its run and among the runs: nobody loses the place that they look at. */
function inPlace(before: readonly Card[], cards: readonly Card[]): Card[] {
  const places = new Map(before.map((card, place) => [about(card), place]));
  const placeOf = (card: Card) => places.get(about(card)) ?? before.length;
  const inOrder = cards.toSorted((one, other) => placeOf(one) - placeOf(other));
  const runs = [...new Set(inOrder.map(({ action }) => action.executionId))];
  const runPlaces = new Map(runs.map((id, place) => [id, place]));
  const runPlaceOf = ({ action }: Card) => runPlaces.get(action.executionId) ?? runs.length;
  return inOrder.toSorted((one, other) => runPlaceOf(one) - runPlaceOf(other));
}

export function without(cards: readonly Card[], actions: readonly Action[]): Card[] {
  const meant = new Set(actions.map(aboutAction));
  return cards.filter((card) => !meant.has(about(card)));
}

/** What is said on a card of a decision on its way, or of one that was not taken. */
export type Mark = Pick<Card, "busy" | "problem">;

/** With what is now said of some of them, in the place of what was said before. */
export function marked(cards: readonly Card[], actions: readonly Action[], mark: Mark): Card[] {
  const meant = new Set(actions.map(aboutAction));
  return cards.map((card) => {
    if (!meant.has(about(card))) return card;
    const { busy: _busy, problem: _problem, ...bare } = card;
    return { ...bare, ...mark };
  });
}

/** What is said of the cards that were on the screen and went, where no card says it, with a run of theirs; undefined for none. */
export function goneWords(
  before: readonly Card[],
  now: readonly Card[],
): { readonly text: string; readonly executionId: string } | undefined {
  const call = ({ action: { executionId, seq } }: Card) => `${executionId}/${seq}`;
  const here = new Set(now.map(call));
  const gone = before.filter((card) => isOpen(card) && !here.has(call(card)));
  const [first] = gone;
  if (first === undefined) return undefined;
  const { executionId, connector, method } = first.action;
  const text =
    gone.length === 1
      ? `${connector}.${method} no longer waits: it was decided elsewhere, or its run has ended.`
      : `${count(gone.length, "action")} no longer wait: they were decided elsewhere, or their runs have ended.`;
  return { text, executionId };
}

export const BUSY: Readonly<Record<Verdict["kind"], string>> = {
  approve: "Approving …",
  reject: "Rejecting …",
  ran: "Recording …",
  run: "Running …",
  fail: "Recording …",
};

const DONE: Readonly<Record<Verdict["kind"], string>> = {
  approve: "Approved",
  reject: "Rejected",
  ran: "Recorded the result of",
  run: "Ran again",
  fail: "Recorded the failure of",
};

/** Where a run stands after a decision; a rejection may have been its end. */
type Next = Outcome["status"] | "rejected";

export const NEXT: Readonly<Record<Next, string>> = {
  completed: "The run completed.",
  paused: "The run waits for a further decision.",
  error: "The run ended with an error.",
  rejected: "The run ended.",
};

/** What a decision about several actions did, and where the run stands. */
export function approvedWords(actions: number, status: Outcome["status"]): string {
  return `Approved ${count(actions, "action")}. ${NEXT[status]}`;
}

/** What a decision that was taken did, and where the run stands, if it was not over before. */
export function doneWords({ action, hasEnded }: Card, kind: Verdict["kind"], next?: Next): string {
  const done = `${DONE[kind]} ${action.connector}.${action.method}.`;
  return next === undefined || hasEnded ? done : `${done} ${NEXT[next]}`;
}
