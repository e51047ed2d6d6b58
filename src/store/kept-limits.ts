/** The limits that an execution keeps as they were when it began, whatever a deploy says later: replay is exact only under them. */
import * as v from "valibot";
import type { Limits } from "../limits.ts";
import type { ExecutionRecord } from "./executions.ts";
import { unreadable } from "./passed-over.ts";

/**
 * All sizes and counts: what the guest refuses a program may catch and go on with, and what it passed once it has to pass again.
 * Times are not among them: they protect the host, and are those of today.
 *
 * Positions are what is on disk: append only. Every number is written, also the default: to leave those out would change what old
 * rows mean with the next default.
 */
const KEPT_LIMITS = [
  "maxProgramBytes",
  "maxValueBytes",
  "maxCalls",
  "maxCallsInFlight",
  "maxConsoleChars",
  "maxConsoleLineChars",
  "fuel",
  "maxJournalChars",
] as const satisfies readonly (keyof Limits)[];

export type KeptLimits = Pick<Limits, (typeof KEPT_LIMITS)[number]>;

const Numbers = v.array(v.number());

export function writeKept(limits: KeptLimits): string {
  return JSON.stringify(KEPT_LIMITS.map((name) => limits[name]));
}

/** Those that are there: an older version kept fewer of them. What a newer one keeps besides, nobody here can keep to. */
function readKept(text: string): Partial<KeptLimits> {
  const numbers = v.parse(Numbers, JSON.parse(text));
  if (numbers.length > KEPT_LIMITS.length) throw new Error("Its limits were written by a newer version.");
  return Object.fromEntries(
    KEPT_LIMITS.flatMap((name, at) => {
      const limit = numbers[at];
      return limit === undefined ? [] : [[name, limit]];
    }),
  );
}

type Keeper = Pick<ExecutionRecord, "id" | "limits">;

/** The limits of a pass: what its execution has not kept is as it is today. Throws as {@link keptBy} does. */
export function limitsFor(execution: Keeper, today: Limits): Limits {
  return { ...today, ...keptBy(execution) };
}

/** @throws CodemodeError `NEWER_JOURNAL` when they are not such as this or an earlier version wrote. */
export function keptBy({ id, limits }: Keeper): Partial<KeptLimits> {
  if (limits === undefined) return {};
  try {
    return readKept(limits);
  } catch (error) {
    throw unreadable(id, error);
  }
}
