/** How runs end badly, in words: the program's own failure, and a replay that is not the run that was recorded. */
import { ERROR_CODES, type ErrorCode } from "../errors.ts";
import { type Entry, requestOf } from "../journal/entry.ts";
import { failureMessage } from "../sandbox/report.ts";
import type { Done, Request } from "../wire/messages.ts";
import type { Ending } from "./journal.ts";

/** An ending before the console is added to it. */
export type Unlogged = Omit<Ending, "logs">;

/** Codes that a guest may claim for the end of its program: those that speak to the model, and no other. */
function modelCode(code: string | undefined): ErrorCode {
  if (code === undefined || !Object.hasOwn(ERROR_CODES, code)) return "PROGRAM_ERROR";
  const known = code as ErrorCode;
  return ERROR_CODES[known].audience === "model" ? known : "PROGRAM_ERROR";
}

/** The program failed. */
export function failedEnd(done: Done): Unlogged {
  return { status: "error", error: failureMessage(done), errorCode: modelCode(done.code), errorLine: done.line };
}

function nameOf(request: Request): string {
  switch (request.kind) {
    case "call":
      return `${request.connector}.${request.method}(${request.args.slice(0, 200)})`;
    case "step":
      return `codemode.step(${JSON.stringify(request.name)})`;
    case "timer":
      return `a timer of ${request.ms} ms`;
  }
}

/** The program made another request than the one that is recorded, or none. */
export function divergedEnd(known: Entry | undefined, request: Request | undefined): Unlogged {
  const before = known === undefined ? "" : nameOf(requestOf(known));
  const now = request === undefined ? "it was not made" : nameOf(request);
  const line = request?.line;
  return {
    status: "error",
    error: `On replay the program did something else than before. Before, call ${known?.seq} was ${before}; now: ${now}${line === undefined ? "" : ` (line ${line})`}. What ran stays recorded and can be rolled back.`,
    errorCode: "DIVERGED",
    errorLine: line,
  };
}
