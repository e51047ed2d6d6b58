/** Checks of decisions, notes and limits: what is written down must be what the next start can read. */
import { CodemodeError } from "../errors.ts";
import { DEFAULT_LIMITS, DEFAULT_PAUSED_TTL_MS, HIGHEST_LIMITS, type Limits } from "../limits.ts";
import { checkOptions, checkRange, checkText } from "../options.ts";

/** A note (a name, a reason, a description) shares its row with other columns, and a row ends at 2 MB. */
const MAX_NOTE_CHARS = 10_000;

/** Text that a person or the host adds, or nothing. */
export function checkNote(name: string, value: unknown): void {
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

/** What every decision names. A `seq` that is misspelt, or of an action that was not found, must not read as "everything that is pending". */
export function checkDecision(where: string, given: unknown, own: readonly string[], needed: readonly string[]): void {
  checkOptions(where, given, ["executionId", "seq", "digest", "by", "reason", ...own], ["executionId", ...needed]);
  const option = (name: string): unknown => Reflect.get(Object(given), name);
  checkText("executionId", option("executionId"));
  if (Object.hasOwn(Object(given), "seq") && option("seq") === undefined) {
    throw new CodemodeError(
      "INVALID_INPUT",
      `${where} was given a seq that is undefined. Give one that pending() shows, or leave it out to decide on all that waits.`,
      { option: "seq" },
    );
  }
  checkRange("seq", option("seq"), 0, Number.MAX_SAFE_INTEGER, 0);
  for (const name of ["digest", "by", "reason"]) checkNote(name, option(name));
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
