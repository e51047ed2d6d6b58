/** What work throws, for tests that look at more than its message. Work that throws nothing fails the test. */
import { type CodemodeError, isCodemodeError } from "../../src/errors.ts";

export function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown.");
}

/** The error that a promise rejects with; fails when it does not, or with one that is not ours. */
export async function failureOf(promise: Promise<unknown>): Promise<CodemodeError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome && isCodemodeError(outcome.error)) return outcome.error;
  throw new Error(`Expected a CodemodeError, got ${JSON.stringify(outcome)}.`, { cause: outcome });
}
