/** Values as a conversation keeps them: JSON data, since frameworks store and send what a tool answers as nothing else. */
import { CodemodeError } from "../errors.ts";
import type { PendingAction, ProxyToolOutput, ToolLogEntry } from "../journal/public.ts";
import { isPlain } from "../wire/plain.ts";

/** Values that JSON has no form for, each with the form that says most. */
function formOf(value: object): unknown {
  if (value instanceof Map)
    return [...value.keys()].every((key) => typeof key === "string") ? Object.fromEntries(value) : [...value];
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `(${value.byteLength} bytes)`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof RegExp) return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "(invalid date)" : value.toISOString();
  return value;
}

function tooLarge(): CodemodeError {
  return new CodemodeError(
    "VALUE_TOO_LARGE",
    "The result is too large to be shown. Return only the fields that you need, or count, filter and slice first.",
  );
}

/**
 * A value with what JSON has no form for in readable form: `Map`, `Set`, `Date`, `bigint`, errors and bytes; cycles cut. What comes
 * back as it was is not copied.
 *
 * @param maxParts - a value of shared parts can be small in memory and endless as text: how many parts to look at.
 * @throws CodemodeError `VALUE_TOO_LARGE` when it has more.
 */
export function readable(value: unknown, maxParts: number = Number.POSITIVE_INFINITY): unknown {
  let parts = 0;
  const ancestors = new Set<object>();
  const convert = (given: unknown): unknown => {
    parts += 1;
    if (parts > maxParts) throw tooLarge();
    if (typeof given === "bigint") return given.toString();
    if (typeof given !== "object" || given === null) return given;
    if (ancestors.has(given)) return "(circular)";
    const form = formOf(given);
    if (typeof form !== "object" || form === null) return form;
    ancestors.add(given);
    const converted = Array.isArray(form)
      ? form.map(convert)
      : Object.fromEntries(Object.entries(form).map(([key, item]) => [key, convert(item)]));
    ancestors.delete(given);
    return converted;
  };
  return isPlain(value) ? value : convert(value);
}

function entryAsData({ args, ...entry }: ToolLogEntry): ToolLogEntry {
  const { editedArgs, result } = entry;
  return {
    ...entry,
    args: readable(args),
    ...(editedArgs !== undefined && { editedArgs: readable(editedArgs) }),
    ...(result !== undefined && { result: readable(result) }),
  };
}

function actionAsData(action: PendingAction): PendingAction {
  return { ...action, args: readable(action.args) };
}

/** An outcome as a conversation keeps it: what a model reads of it is the same before it was stored and after. */
export function asData({ calls, ...outcome }: ProxyToolOutput): ProxyToolOutput {
  const shown = calls === undefined ? {} : { calls: calls.map(entryAsData) };
  if (outcome.status === "completed") return { ...outcome, result: readable(outcome.result), ...shown };
  if (outcome.status === "paused") return { ...outcome, pending: outcome.pending.map(actionAsData), ...shown };
  return { ...outcome, ...shown };
}
