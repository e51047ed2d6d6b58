/** Checks of the list of actions that one decision is about: each as `pending()` shows it, or its seq and digest alone. */
import { CodemodeError } from "../errors.ts";
import type { PendingAction } from "../journal/public.ts";
import { checkOptions, checkRange, checkText } from "../options.ts";
import type { NamedAction } from "../runtime/requests.ts";

/** What an action may say of itself. Only its seq and its digest count: they name what was shown. */
const OF_ACTION: Readonly<Record<keyof PendingAction, true>> = {
  executionId: true,
  seq: true,
  connector: true,
  method: true,
  args: true,
  argsLeftOut: true,
  kind: true,
  digest: true,
  askedAt: true,
  before: true,
};

/** What names one action, and why it cannot stand beside a list of them. */
const BESIDE = {
  seq: "Name the action in the list, by its seq and its digest",
  digest: "Name the action in the list, by its seq and its digest",
  args: "Arguments are edited of one action, by { executionId, seq, digest, args }; the others go without it",
} as const;

/** Several times what any has: a decision that no message carries would be lost without a word. */
const MAX_DIGEST_CHARS = 200;

function refuse(message: string): never {
  throw new CodemodeError("INVALID_INPUT", message, { option: "actions" });
}

function checkAction(name: string, given: unknown, executionId: unknown): NamedAction & { readonly seq: number } {
  checkOptions(name, given, Object.keys(OF_ACTION), ["seq", "digest"]);
  const own = (key: keyof PendingAction): unknown => Reflect.get(Object(given), key);
  const digest = own("digest");
  const of = own("executionId");
  if (of !== undefined && of !== executionId) {
    refuse(`${name} is of ${String(of)}, not of ${String(executionId)}. Decide on each by itself.`);
  }
  checkText(`${name}.digest`, digest);
  if (digest.length > MAX_DIGEST_CHARS)
    refuse(`${name}.digest must be one that pending() shows: it has ${digest.length} characters.`);
  return { seq: checkRange(`${name}.seq`, own("seq"), 0, Number.MAX_SAFE_INTEGER, 0), digest };
}

/**
 * The actions that a decision on several names.
 *
 * @param given the options of the decision.
 * @param most as many as may wait in one execution.
 */
export function checkActions(where: string, given: object, most: number): readonly NamedAction[] {
  const own = (key: string): unknown => Reflect.get(given, key);
  for (const [name, instead] of Object.entries(BESIDE)) {
    if (own(name) !== undefined) refuse(`${where} takes actions or ${name}, not both. ${instead}.`);
  }
  const actions = own("actions");
  if (!Array.isArray(actions) || actions.length === 0) {
    refuse(`${where} needs actions to be a list of at least one that pending() shows: [{ seq, digest }].`);
  }
  if (actions.length > most) {
    refuse(
      `${where} takes at most ${most} actions at once (limits.maxCallsInFlight), got ${actions.length}. Decide on the others after these.`,
    );
  }
  // Not `map`, which passes over the holes of a list.
  const named = Array.from(actions, (action: unknown, at) => checkAction(`actions[${at}]`, action, own("executionId")));
  const seqs = new Set<number>();
  for (const { seq } of named) {
    if (seqs.has(seq)) refuse(`${where} was given call ${seq} twice in actions. Name each action once.`);
    seqs.add(seq);
  }
  return named;
}
