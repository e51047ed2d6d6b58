/**
 * Every number that bounds a run, in one table, with the reason beside it. Units are in the names.
 */

/**
 * Limits of one execution. All may be lowered or raised through `createCodemodeRuntime({ limits })`; those of what
 * shares a row of the database, or a message, up to {@link HIGHEST_LIMITS}.
 *
 * An execution keeps the sizes and counts with which it began: a deploy that changes them changes what begins after it, and no
 * run that waits. Times, `max...Ms` and `cpuMs`, are at once those of today for all.
 */
export interface Limits {
  /** Program text, in UTF-8 bytes. */
  readonly maxProgramBytes: number;
  /** One recorded value (arguments, a result), encoded. */
  readonly maxValueBytes: number;
  /** Calls, steps and timers of one execution together. */
  readonly maxCalls: number;
  /** All that one execution records of its calls, steps and timers: names, arguments and results, in characters of encoded text. */
  readonly maxJournalChars: number;
  /** Requests open at the same time. */
  readonly maxCallsInFlight: number;
  /** Console output kept, in characters. */
  readonly maxConsoleChars: number;
  /** One console line, in characters. */
  readonly maxConsoleLineChars: number;
  /** Wall time that the program itself may use in one pass; stops while the host works or a person decides. */
  readonly maxProgramMs: number;
  /** Wall time that one call of a tool may take, in one pass; a longer one ends the run. To undo it may take as long. */
  readonly maxToolMs: number;
  /** CPU of the isolate in one pass, where the platform enforces it. */
  readonly cpuMs: number;
  /** Loop iterations (1 each) and function entries (10 each) of one pass. */
  readonly fuel: number;
}

/**
 * What programs and tools may write into one row. Rows of SQLite in a Durable Object end at 2 MB; what is left is for a decision
 * with its notes, the sentence of an error and the short columns.
 */
export const MAX_ROW_BYTES = 1_850_000;

/** A decision as JSON, with those before it: two notes of 10,000 characters, of which a control character is six bytes. */
export const MAX_DECISION_BYTES = 125_000;

/**
 * All snippets of a runtime, in UTF-8 bytes: the program of each, its description and its input schema. Every pass carries the programs
 * in the model's own words and compiled, at two bytes for a letter, beside what it replays, and whoever lists or searches them gets
 * all of it, in one message of the line, which ends at 32 MiB.
 */
export const MAX_SNIPPETS_BYTES = 4_000_000;

/** One recorded value. Same as the released package. */
export const MAX_DURABLE_VALUE_BYTES = 1_000_000;

/** Terminal executions kept per runtime before the oldest are pruned. Same as the released package. */
export const DEFAULT_MAX_EXECUTIONS = 50;

/** Age after which a paused run may be expired: 24 hours. Same as the released package. */
export const DEFAULT_PAUSED_TTL_MS = 24 * 60 * 60 * 1000;

/** Isolates in flight at once: the platform allows 10 per Durable Object; 2 are left to the host's own use. */
export const MAX_LOADED_SANDBOXES = 8;

/** The limits of a runtime that is given no others. */
export const DEFAULT_LIMITS: Limits = {
  // A program is written by a model in one reply; 1 MB is far more than any model writes.
  maxProgramBytes: 1_000_000,
  maxValueBytes: MAX_DURABLE_VALUE_BYTES,
  // Enough for a scan of a large list; a loop that forgets to stop ends here.
  maxCalls: 10_000,
  // A run that goes on has its whole journal in memory, at one or two bytes for each, in an object that has 128 MB: one that
  // does not fit would bring the object down again whenever it is taken up.
  maxJournalChars: 32_000_000,
  // A message carries all calls of one turn; 1,000 of them at 1 kB stay far under the 32 MiB of one RPC value.
  maxCallsInFlight: 1_000,
  // Kept in one row beside the outcome.
  maxConsoleChars: 200_000,
  maxConsoleLineChars: 10_000,
  // The released package gives 60 s of wall time to everything; ours counts only the program's own time.
  maxProgramMs: 60_000,
  // A build, an export or another agent may take long; a run that waits for its tool holds one of few isolates meanwhile.
  maxToolMs: 60 * 60_000,
  cpuMs: 30_000,
  // About a second of tight loops, and half a second of the worst case, asynchronous recursion, before the heap grows.
  fuel: 50_000_000,
};

const NAMED_ALL = "one message names each call of a run, and a message ends at 32 MiB";

const IN_ONE_ROW = "it shares a row of the database, which ends at 2 MB";

/**
 * The most to which a limit may be raised, and why. The others are bounded by nothing but memory and patience.
 */
export const HIGHEST_LIMITS = {
  maxProgramBytes: { most: 1_500_000, why: IN_ONE_ROW },
  maxCalls: { most: 20_000, why: NAMED_ALL },
  maxValueBytes: { most: 1_500_000, why: IN_ONE_ROW },
  maxConsoleChars: { most: 1_500_000, why: IN_ONE_ROW },
  maxConsoleLineChars: { most: 1_500_000, why: IN_ONE_ROW },
} as const satisfies Partial<Record<keyof Limits, { readonly most: number; readonly why: string }>>;
