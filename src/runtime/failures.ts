/** How single calls fail without their tool saying so: those that cannot be made, that never left, or that answer too much. */
import { isIdentifier, memberPath } from "../catalog/types/names.ts";
import type { Assessment, CallPolicy } from "../connector/types.ts";
import { CodemodeError } from "../errors.ts";
import type { Entry } from "../journal/entry.ts";
import { roomBeside } from "../journal/room.ts";
import { encodeFailure, exceedsBytes } from "../wire/values.ts";
import type { ToolOutcome } from "./port.ts";

/** The encoded failure of a call that the host says cannot be made. */
export function invalidCall(
  { connector, method }: Entry,
  assessment: Exclude<Assessment, { readonly kind: "valid" }>,
): string {
  const name = `${connector}.${method}`;
  if (assessment.kind === "invalid") {
    const { message, path } = assessment;
    return encodeFailure(new CodemodeError("INVALID_ARGUMENTS", `${name}: ${message}`, { path }));
  }
  if (assessment.kind === "failed") return encodeFailure(new CodemodeError(assessment.code, assessment.message));
  const { near } = assessment;
  const meant = near.map((tool) => (isIdentifier(tool) ? tool : memberPath(connector, tool)));
  const hint = meant.length > 0 ? ` Did you mean ${meant.join(", ")}?` : " Use codemode.search to find tools.";
  return encodeFailure(new CodemodeError("UNKNOWN_TOOL", `There is no tool ${name}.${hint}`, { near }));
}

/** The encoded failure of a call that ran on each pass, and whose tool is not one that may any longer. */
export function notRepeated({ connector, method }: Entry, { readOnly, approval }: CallPolicy): string | undefined {
  if (readOnly && !approval) return undefined;
  return encodeFailure(
    new CodemodeError(
      "TOOL_ERROR",
      `${connector}.${method} was made on every pass, and no result was kept. Now it ${approval ? "needs approval" : "may change something"}, so it was not made. Run the program anew.`,
    ),
  );
}

/** The encoded failure of a call that was to start in the turn over which its run ended. */
export function neverMade(): string {
  return encodeFailure(new CodemodeError("CANCELLED", "The run ended before this call was made."));
}

/** What a tool answered, as the journal can take it. */
export interface BoundedOutcome extends ToolOutcome {
  readonly applied: boolean;
}

/** What is recorded so far, and what may be. */
export interface Room {
  /** One value, in UTF-8 bytes. */
  readonly maxValueBytes: number;
  /** All that is recorded for the program, in characters. */
  readonly maxJournalChars: number;
  /** Of those, how many are taken. */
  readonly chars: number;
}

/** A result that the journal has no room for is a failure that the program sees; the effect still took place. */
export function bounded(entry: Entry, outcome: ToolOutcome, room: Room): BoundedOutcome {
  const applied = outcome.applied ?? outcome.ok;
  const error = entry.ephemeral ? undefined : noRoomFor(entry, outcome.value, room);
  return error === undefined ? { ...outcome, applied } : { ok: false, value: encodeFailure(error), applied };
}

function noRoomFor(
  { connector, method, args, editedArgs }: Entry,
  value: string,
  { maxValueBytes, ...journal }: Room,
): CodemodeError | undefined {
  const bytes = roomBeside([args, editedArgs], maxValueBytes);
  if (!exceedsBytes(value, bytes)) return journalFull(`the result of ${connector}.${method}`, value.length, journal);
  return new CodemodeError(
    "VALUE_TOO_LARGE",
    `The result of ${connector}.${method} is over ${bytes} bytes. Ask for less (a filter, a page, fields), or for a reference to the data.`,
  );
}

/** Why the journal cannot hold one more text of the program's, if it cannot. */
export function journalFull(
  what: string,
  chars: number,
  room: Pick<Room, "maxJournalChars" | "chars">,
): CodemodeError | undefined {
  if (room.chars + chars <= room.maxJournalChars) return undefined;
  return new CodemodeError(
    "JOURNAL_FULL",
    `The journal of an execution holds ${room.maxJournalChars} characters, and has no room left for ${what}. Ask for less in each call (a filter, a page, fields), or split the work over several runs.`,
  );
}
