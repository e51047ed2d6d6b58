/** Values as a conversation keeps them: JSON data, since frameworks store and send what a tool answers as nothing else. */
import { CodemodeError } from "../errors.ts";
import type { PendingAction, ProxyToolOutput, ToolLogEntry } from "../journal/public.ts";
import { isPlain } from "../wire/plain.ts";
import { toFailure } from "../wire/values.ts";

/** A value whose parts lead to each other can be small in memory and endless as text; this is far more than any answer shows. */
const MAX_PARTS = 1_000_000;

/** Values that JSON has no form for, each with the form that says most; of others the one that they have for JSON. */
function formOf(value: object): unknown {
  if (value instanceof Map)
    return [...value.keys()].every((key) => typeof key === "string") ? Object.fromEntries(value) : [...value];
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `(${value.byteLength} bytes)`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof RegExp || value instanceof URLSearchParams) return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "(invalid date)" : value.toISOString();
  if (isBoxed(value)) return value.valueOf();
  const toJSON: unknown = Reflect.get(value, "toJSON");
  return typeof toJSON === "function" ? Reflect.apply(toJSON, value, [""]) : value;
}

/** `Object("text")`. */
function isBoxed(value: object): boolean {
  return [Number, String, Boolean, BigInt].some((Kind) => value instanceof Kind);
}

function tooLarge(): CodemodeError {
  return new CodemodeError(
    "VALUE_TOO_LARGE",
    "The result is too large to be shown. Return only the fields that you need, or count, filter and slice first.",
  );
}

/**
 * A value with what JSON has no form for in readable form: `Map`, `Set`, `Date`, `bigint`, errors, URLs and bytes; cycles cut. What
 * comes back as it was is not copied.
 *
 * @throws CodemodeError `VALUE_TOO_LARGE` when it has more than a million parts.
 */
export function readable(value: unknown): unknown {
  let parts = 0;
  const ancestors = new Set<object>();
  const convert = (given: unknown): unknown => {
    parts += 1;
    if (parts > MAX_PARTS) throw tooLarge();
    if (typeof given === "bigint") return given.toString();
    if (typeof given !== "object" || given === null) return given;
    if (ancestors.has(given)) return "(circular)";
    ancestors.add(given);
    const form = formOf(given);
    const converted = form === given ? partsOf(given, convert) : convert(form);
    ancestors.delete(given);
    return converted;
  };
  return isPlain(value) ? value : convert(value);
}

function partsOf(value: object, convert: (part: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(convert);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, convert(part)]));
}

/** The same of what a program gave or got: where it cannot be shown, why. A run that is over is not told as one that failed. */
export function toData(value: unknown): unknown {
  try {
    return readable(value);
  } catch (error) {
    return `(${toFailure(error).message})`;
  }
}

function entryAsData({ args, ...entry }: ToolLogEntry): ToolLogEntry {
  const { editedArgs, result } = entry;
  return {
    ...entry,
    args: toData(args),
    ...(editedArgs !== undefined && { editedArgs: toData(editedArgs) }),
    ...(result !== undefined && { result: toData(result) }),
  };
}

function actionAsData(action: PendingAction): PendingAction {
  return { ...action, args: toData(action.args) };
}

/** An outcome as a conversation keeps it: what a model reads of it is the same before it was stored and after. */
export function asData({ calls, ...outcome }: ProxyToolOutput): ProxyToolOutput {
  const shown = calls === undefined ? {} : { calls: calls.map(entryAsData) };
  if (outcome.status === "completed") return { ...outcome, result: toData(outcome.result), ...shown };
  if (outcome.status === "paused") return { ...outcome, pending: outcome.pending.map(actionAsData), ...shown };
  return { ...outcome, ...shown };
}
