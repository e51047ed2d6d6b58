/** Holds what a connector says of a call against its type: a class that overrides `assess` may forget to give anything. */
import * as v from "valibot";
import { CodemodeError, type ErrorCode, isErrorCode } from "../errors.ts";
import type { Assessment, CallPolicy } from "./types.ts";

const Policy: v.GenericSchema<CallPolicy> = v.object({
  approval: v.boolean(),
  repeatable: v.boolean(),
  readOnly: v.boolean(),
  replay: v.picklist(["log", "reexecute"]),
  perCall: v.boolean(),
  definition: v.string(),
});

const Said: v.GenericSchema<Assessment> = v.variant("kind", [
  v.object({ kind: v.literal("unknown"), near: v.array(v.string()) }),
  v.object({ kind: v.literal("invalid"), message: v.string(), path: v.string() }),
  v.object({ kind: v.literal("failed"), message: v.string(), code: v.custom<ErrorCode>(isErrorCode) }),
  v.object({ kind: v.literal("valid"), method: v.string(), policy: Policy }),
]);

/** @throws CodemodeError `INVALID_INPUT` when it is no {@link Assessment}. */
export function checkAssessment(said: unknown, connector: string, method: string): Assessment {
  if (v.is(Said, said)) return said;
  throw new CodemodeError(
    "INVALID_INPUT",
    `${connector}.assess(${JSON.stringify(method)}) gave no assessment, so the call was not run. Return what super.assess(...) gives.`,
  );
}
