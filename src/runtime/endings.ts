/** How runs end, in words: at their own end or by a failure of the program's, of the sandbox, at a limit or by a person. */
import { ERROR_CODES, type ErrorCode, isCodemodeError, isErrorCode } from "../errors.ts";
import type { PassEnd } from "../journal/conclude.ts";
import { type Entry, requestOf } from "../journal/entry.ts";
import { roomBeside } from "../journal/room.ts";
import type { Program } from "../sandbox/advice.ts";
import { failureMessage } from "../sandbox/report.ts";
import { describeDifference } from "../wire/divergence.ts";
import { type Done, MAX_RESULT, type Request, requestKey } from "../wire/messages.ts";
import { encodeValue, exceedsBytes, toFailure } from "../wire/values.ts";
import type { Ending } from "./journal.ts";

/** What the journal has instead of a result that is too large for it. */
const NOT_KEPT = encodeValue("(not kept: it was too large for the journal)", "The note");

/** An ending before the console is added to it. */
export type Unlogged = Omit<Ending, "logs">;

/** What a failed sandbox or a server says of itself may be of any length. */
const MAX_ERROR_CHARS = 20_000;

function errorEnd(errorCode: ErrorCode, error: string): Unlogged {
  return { status: "error", error: error.slice(0, MAX_ERROR_CHARS), errorCode };
}

export function cancelledEnd(reason: string | undefined): Unlogged {
  return errorEnd("CANCELLED", `The execution was cancelled${reason ? `: ${reason}` : "."}`);
}

export function timeoutEnd(maxProgramMs: number): Unlogged {
  return errorEnd(
    "TIMEOUT",
    `The program used more than ${maxProgramMs} ms of its own time. Do less in one run, or let a connector do the waiting.`,
  );
}

/** A tool is still at a call, and the run waits no longer for it. */
export function toolTimeoutEnd({ connector, method, seq }: Entry, maxToolMs: number): Unlogged {
  return errorEnd(
    "TIMEOUT",
    `${connector}.${method} (call ${seq}) did not answer within ${maxToolMs} ms. What it did is recorded when it answers. Ask it for less, or for a job whose state can be asked for later.`,
  );
}

/** The sandbox is gone, and the program had not ended. */
export function sandboxEnd(error: unknown): Unlogged {
  const reason = error === undefined ? "it ended before the program did" : toFailure(error).message;
  return errorEnd(
    "SANDBOX_FAILED",
    `The sandbox could not go on: ${reason}. The program may use too much memory or CPU; do less in one run.`,
  );
}

export function tooManyCallsEnd(maxCalls: number): Unlogged {
  return errorEnd(
    "TOO_MANY_CALLS",
    `The execution made more than ${maxCalls} calls. Work in smaller parts, or let a connector page for you.`,
  );
}

/** The sandbox asked for what no honest shim asks for. */
export function brokenEnd({ seq }: Request, why: string): Unlogged {
  return errorEnd("PROTOCOL_VIOLATION", `The sandbox broke the protocol at call ${seq}: ${why}.`);
}

/** Something threw that says by its code how the run ends; anything else is a bug of ours. */
export function thrownEnd(error: unknown): Unlogged {
  if (!isCodemodeError(error)) return errorEnd("INTERNAL", toFailure(error).message);
  const { line } = error.data;
  return { ...errorEnd(error.code, error.message), ...(typeof line === "number" && { errorLine: line }) };
}

/** Codes that a guest may claim for the end of its program: those that speak to the model, and no other. */
function modelCode(code: string | undefined): ErrorCode {
  return isErrorCode(code) && ERROR_CODES[code].audience === "model" ? code : "PROGRAM_ERROR";
}

/** The program made another request than the one that is recorded, or none. */
export function divergedEnd(known: Entry, now: Request | undefined): Unlogged {
  const line = now?.line;
  const error = describeDifference({ seq: known.seq, before: requestKey(requestOf(known)), now, line });
  return { status: "error", error, errorCode: "DIVERGED", errorLine: line };
}

/** What the end of a pass is made of, once the table says that it is over. */
export interface Concluded {
  readonly end: Exclude<PassEnd, "wait">;
  readonly done: Done | undefined;
  /** A call that the program made before, and not in this pass. */
  readonly unasked: () => Entry | undefined;
  readonly program: Program;
  /** What is kept in one row with the result. */
  readonly beside: readonly string[];
  readonly maxValueBytes: number;
}

/** How the run ends when nothing is left to do. */
export function concludedEnd({ end, done, unasked, program, beside, maxValueBytes }: Concluded): Unlogged {
  switch (end) {
    case "pause":
      return { status: "paused" };
    case "deadlock":
      return errorEnd(
        "DEADLOCK",
        "The program waits for something that nothing will ever resolve. Look for a promise that is never settled.",
      );
    case "fail":
      return failedEnd(done, program);
    case "complete": {
      const forgotten = unasked();
      if (forgotten !== undefined) return divergedEnd(forgotten, undefined);
      return completedEnd(done?.value, roomBeside(beside, maxValueBytes));
    }
  }
}

function failedEnd(done: Done | undefined, program: Program): Unlogged {
  const error = done === undefined ? "The program failed." : failureMessage(done, program);
  return { status: "error", error, errorCode: modelCode(done?.code), errorLine: done?.line };
}

/** Nothing replays a result, so one that the journal has no room for does not fail a run whose effects took place. */
function completedEnd(result: string | undefined, room: number): Unlogged {
  if (!exceedsBytes(result ?? "", room)) return { status: "completed", result };
  if (exceedsBytes(result ?? "", MAX_RESULT.maxValueBytes)) {
    return errorEnd(
      "VALUE_TOO_LARGE",
      `The result of the program is over ${MAX_RESULT.maxValueBytes} bytes. Return less of it.`,
    );
  }
  return { status: "completed", result: NOT_KEPT, unkept: result };
}
