/** Checks of decisions, notes and limits: what is written down must be what the next start can read. */
import { CodemodeError } from "../errors.ts";
import { DEFAULT_LIMITS, DEFAULT_PAUSED_TTL_MS, HIGHEST_LIMITS, type Limits } from "../limits.ts";
import { checkOptions, checkRange, checkText } from "../options.ts";
import type { DecisionRequest, NamedAction } from "../runtime/requests.ts";
import { checkActions } from "./check-actions.ts";

/** A note (a name, a reason, a description) shares its row with other columns, and a row ends at 2 MB. */
export const MAX_NOTE_CHARS = 10_000;

/** Text that a person or the host adds, or nothing. */
export function checkNote(name: string, value: unknown): asserts value is string | undefined {
  if (value === undefined || (typeof value === "string" && value.length <= MAX_NOTE_CHARS)) return;
  throw new CodemodeError("INVALID_INPUT", `${name} must be a string of at most ${MAX_NOTE_CHARS} characters.`, {
    option: name,
  });
}

export function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (typeof value === "string" && choices.includes(value)) return;
  throw new CodemodeError(
    "INVALID_INPUT",
    `${name} must be one of ${choices.map((choice) => `"${choice}"`).join(", ")}.`,
    { option: name },
  );
}

function checkOne(seq: unknown, digest: unknown): NamedAction {
  checkNote("digest", digest);
  return { seq: seq === undefined ? undefined : checkRange("seq", seq, 0, Number.MAX_SAFE_INTEGER, 0), digest };
}

/** What names the actions of a decision, as a screen loses it. */
const LOST = { seq: "a seq that is undefined. Give one", actions: "actions that are undefined. Give those" } as const;

/** Which options a decision takes beside those that every one does, and which it needs. */
interface Takes {
  readonly own: readonly string[];
  readonly needed: readonly string[];
  /** How many actions it takes at once, in the place of one `seq`; absent where it takes only one. */
  readonly mostActions?: number;
}

/**
 * What every decision names. A `seq` that is misspelt, or of an action that was not found, must not read as "everything that is
 * pending", nor must a list that was lost.
 */
export function checkDecision(
  where: string,
  given: unknown,
  { own, needed, mostActions }: Takes,
): Omit<DecisionRequest, "decision"> {
  const option = (name: string): unknown => Reflect.get(Object(given), name);
  const several = mostActions !== undefined && option("actions") !== undefined;
  const known = ["executionId", "seq", ...(mostActions === undefined ? [] : ["actions"]), "digest", "by", "reason"];
  const required = ["executionId", ...needed.filter((name) => name !== "seq" || !several)];
  checkOptions(where, given, [...known, ...own], required);
  const executionId = option("executionId");
  checkText("executionId", executionId);
  for (const [name, lost] of Object.entries(LOST)) {
    if (!Object.hasOwn(Object(given), name) || option(name) !== undefined) continue;
    throw new CodemodeError(
      "INVALID_INPUT",
      `${where} was given ${lost} that pending() shows, or leave it out to decide on all that waits.`,
      { option: name },
    );
  }
  const by = option("by");
  checkNote("by", by);
  const reason = option("reason");
  checkNote("reason", reason);
  const actions = several
    ? checkActions(where, Object(given), mostActions)
    : [checkOne(option("seq"), option("digest"))];
  return { executionId, actions, by, reason };
}

/** The execution that `{ executionId }` names. What else is in it does not matter: an outcome names its execution, too. */
export function checkExecutionId(where: string, given: unknown): string {
  checkOptions(where, given, Object.keys(Object(given)), ["executionId"]);
  const executionId: unknown = Reflect.get(Object(given), "executionId");
  checkText("executionId", executionId);
  return executionId;
}

/** The age of `{ maxAgeMs }`. A misspelt one must not read as a whole day. */
export function checkMaxAge(where: string, given: unknown = {}): number {
  checkOptions(where, given, ["maxAgeMs"], []);
  const age: unknown = Reflect.get(Object(given), "maxAgeMs");
  return checkRange("maxAgeMs", age, 0, Number.MAX_SAFE_INTEGER, DEFAULT_PAUSED_TTL_MS);
}

function isBounded(name: string): name is keyof typeof HIGHEST_LIMITS {
  return Object.hasOwn(HIGHEST_LIMITS, name);
}

/** Refuses what a run would only fail with, when its row is written. */
function checkHighest(name: string, value: unknown): void {
  if (!isBounded(name)) return;
  const { most, why } = HIGHEST_LIMITS[name];
  if (typeof value !== "number" || !(value > most)) return;
  const option = `limits.${name}`;
  throw new CodemodeError("INVALID_INPUT", `${option} can be at most ${most}, got ${value}: ${why}.`, { option });
}

/** The limits of a runtime: the defaults with what the host gave in their places. */
export function checkLimits(given: Partial<Limits> | undefined): Limits {
  if (given === undefined) return DEFAULT_LIMITS;
  checkOptions("limits", given, Object.keys(DEFAULT_LIMITS), []);
  // One that is undefined is as if it were not there: left in, it would take the default's place and limit nothing.
  const stated = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of stated) {
    checkHighest(name, value);
    checkRange(`limits.${name}`, value, 1, Number.MAX_SAFE_INTEGER, 1);
  }
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(stated) };
}
