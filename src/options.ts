/** Checks of what the public functions are given: an error by code that names the option, before anything is written. */
import { CodemodeError } from "./errors.ts";

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : value === null ? "null" : typeof value;
}

/** An options object with known keys only, and all that are needed. */
export function checkOptions(where: string, given: unknown, known: readonly string[], needed: readonly string[]): void {
  if (typeof given !== "object" || given === null) {
    const names = needed.length > 0 ? needed : known;
    const example = `{ ${names.join(", ")} }`;
    throw new CodemodeError("INVALID_INPUT", `${where} takes an options object, ${example}, got ${shown(given)}.`);
  }
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) {
      throw new CodemodeError("INVALID_INPUT", `${where} has no option "${key}". It takes ${known.join(", ")}.`, {
        option: key,
      });
    }
  }
  for (const key of needed) {
    if (Reflect.get(given, key) === undefined)
      throw new CodemodeError("INVALID_INPUT", `${where} needs the option "${key}".`, { option: key });
  }
}

/** A whole number within its range, or the default where none was given. */
export function checkRange(name: string, value: unknown, least: number, most: number, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new CodemodeError(
    "INVALID_INPUT",
    `${name} must be a whole number from ${least} to ${most}, got ${typeof value === "number" ? value : shown(value)}.`,
    {
      option: name,
    },
  );
}

export function checkText(name: string, value: unknown): asserts value is string {
  if (typeof value !== "string" || value === "") {
    throw new CodemodeError("INVALID_INPUT", `${name} must be a non-empty string, got ${shown(value)}.`, {
      option: name,
    });
  }
}
