/** How single calls fail without their tool saying so: those that cannot be made, that never left, or that answer too much. */
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
  const hint = near.length > 0 ? ` Did you mean ${near.join(", ")}?` : " Use codemode.search to find tools.";
  return encodeFailure(new CodemodeError("UNKNOWN_TOOL", `There is no tool ${name}.${hint}`, { near }));
}

/** The encoded failure of a call that ran on each pass, and whose tool is not one that may any longer. */
export function notRepeated({ connector, method }: Entry, { readOnly, approval }: CallPolicy): string | undefined {
  if (readOnly && !approval) return undefined;
  return encodeFailure(
    new CodemodeError(
      "TOOL_ERROR",
      `${connector}.${method} was made again on every pass, and no result of it was kept. Now it ${approval ? "needs approval" : "may change something"}, so it was not made. Run the program anew.`,
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

/** A result too large for the journal is a failure that the program sees; the effect still took place. */
export function bounded(entry: Entry, outcome: ToolOutcome, maxValueBytes: number): BoundedOutcome {
  const applied = outcome.applied ?? outcome.ok;
  const room = roomBeside([entry.args, entry.editedArgs], maxValueBytes);
  if (entry.ephemeral || !exceedsBytes(outcome.value, room)) return { ...outcome, applied };
  const error = new CodemodeError(
    "VALUE_TOO_LARGE",
    `The result of ${entry.connector}.${entry.method} is over ${room} bytes. Ask for less (a filter, a page, fields), or for a reference to the data.`,
  );
  return { ok: false, value: encodeFailure(error), applied };
}
