/** What `onEvent` hears: one table of event types, each with what it tells beside its execution and its time. */
import type { ErrorCode } from "../errors.ts";
import type { DecisionRecord, PendingAction } from "../journal/public.ts";
import type { PassReason } from "../runtime/port.ts";

/** One call, as events name it. Arguments and results are never part of an event. */
export interface EventCall {
  /** Number of the call in its execution. */
  readonly seq: number;
  readonly connector: string;
  readonly method: string;
}

/**
 * Facts by event type. Names, numbers and codes only: no arguments, results, programs, messages of errors, or names of
 * people, so that events can go to any log.
 */
export interface CodemodeEventTable {
  /** A program was handed over. Exactly one `execution.ended` answers it, unless the process dies or nobody decides. */
  "execution.started": Record<never, never>;
  /** No isolate is free for a pass: it waits until another one ends. `pass.started` follows. */
  "pass.queued": {
    /** The executions that have the isolates. */
    readonly behind: readonly string[];
    /** How many wait already, and come first. */
    readonly ahead: number;
  };
  /** A pass asked for an isolate. */
  "pass.started": {
    readonly reason: PassReason;
    /** Settlements of earlier passes that the program is given back. */
    readonly replayed: number;
  };
  /** The isolate is loaded and the program ran to its first wait. */
  "pass.loaded": { readonly durationMs: number };
  /** `interrupted`: the facet died under it; a pass with the reason `recovery` goes on. */
  "pass.ended": {
    readonly status: "completed" | "paused" | "error" | "rejected" | "rolled_back" | "interrupted";
    readonly durationMs: number;
  };
  /** A connector's tool was called. Replayed calls do not run, and have no events. */
  "call.started": EventCall & {
    /** 1, or more where an interrupted call runs again. */
    readonly attempt: number;
  };
  "call.settled": EventCall & {
    readonly attempt: number;
    readonly durationMs: number;
    readonly ok: boolean;
    /** Of a failure. A code that is not one of `ERROR_CODES` is `TOOL_ERROR`. */
    readonly code?: ErrorCode;
  };
  /** An action waits for a person. Told when the pass pauses, `at` being when it was asked. */
  "approval.requested": EventCall & { readonly kind: PendingAction["kind"] };
  /** A person's decision was taken. */
  "approval.decided": EventCall & {
    readonly kind: PendingAction["kind"];
    readonly decision: DecisionRecord["decision"];
    /** When it was asked, in epoch milliseconds. */
    readonly askedAt: number;
    readonly waitedMs: number;
  };
  /** A call was undone, or could not be. */
  "call.reverted": EventCall & { readonly durationMs: number; readonly ok: boolean };
  /** `refused`: nothing was written, and no execution of that id exists. */
  "execution.ended": {
    readonly status: "completed" | "error" | "rejected" | "refused";
    /** Of an `error` or a refusal. */
    readonly code?: ErrorCode;
    /** Since the program was handed over, waits included. Absent where no pass ran in this process. */
    readonly durationMs?: number;
  };
  "execution.rolled_back": {
    readonly reverted: number;
    readonly failed: number;
    readonly durationMs: number;
  };
}

/** What an event of one type says. */
export type CodemodeEventOf<Type extends keyof CodemodeEventTable> = {
  readonly type: Type;
  readonly executionId: string;
  /** Epoch milliseconds. */
  readonly at: number;
} & CodemodeEventTable[Type];

/**
 * Something that happened in a runtime. Compare `type`.
 *
 * @example
 * ```ts
 * function count(event: CodemodeEvent) {
 *   if (event.type === "call.settled") histogram.record(event.durationMs, { tool: `${event.connector}.${event.method}`, ok: event.ok });
 * }
 * ```
 */
export type CodemodeEvent = { [Type in keyof CodemodeEventTable]: CodemodeEventOf<Type> }[keyof CodemodeEventTable];

/** Takes events. What it throws or rejects with is reported once on the console, and changes nothing. */
export type CodemodeEventListener = (event: CodemodeEvent) => void;
