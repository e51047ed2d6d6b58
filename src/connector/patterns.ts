/**
 * Keeps regular expressions of schemas from holding the host: a schema comes from a server, the text from a program, and
 * together they can make an expression that backtracks run for hours. What is left out here the tool's backend still checks.
 */
import type { JSONSchema7 } from "json-schema";
import { isRecord } from "./schema.ts";

/** Even a harmless expression takes the square of a long text. */
const MAX_MATCHED_CHARS = 10_000;

/** A class counts as one character, an escape as one: what is in them is no operator. */
function withoutLiterals(pattern: string): string {
  return pattern.replace(/\\(?:[pP]\{[^}]*\}|.)/gsu, "x").replace(/\[[^\]]*\]/g, "x");
}

const GROUP = /\((?:\?(?:[:=!]|<[=!]|<\w+>))?([^()]*)\)/;
const MANY = /^(?:[*+]|\{\d*,\d*\}|\{\d{2,}\})/;

/**
 * Whether an expression may take exponentially long: something that is repeated in itself holds a repetition or a choice.
 * Simple, and careful: it also finds some that would be fast.
 */
export function mayExplode(pattern: string): boolean {
  let rest = withoutLiterals(pattern);
  for (let found = GROUP.exec(rest); found !== null; found = GROUP.exec(rest)) {
    const [whole, inside = ""] = found;
    const after = rest.slice(found.index + whole.length);
    const isVariable = /[*+?|{\uFFFF]/.test(inside);
    if (isVariable && MANY.test(after)) return true;
    // What it held is still in it when a group around it is repeated.
    rest = `${rest.slice(0, found.index)}${isVariable ? "\uFFFF" : "x"}${after}`;
  }
  return false;
}

type Drops = (pattern: string) => boolean;

function dropsAny(value: unknown, drops: Drops, seen: Set<object>): boolean {
  if (typeof value !== "object" || value === null || seen.has(value)) return false;
  seen.add(value);
  if (isRecord(value)) {
    if (typeof value.pattern === "string" && drops(value.pattern)) return true;
    if (isRecord(value.patternProperties) && Object.keys(value.patternProperties).some(drops)) return true;
  }
  return Object.values(value).some((child) => dropsAny(child, drops, seen));
}

function copyWithout(value: unknown, drops: Drops): unknown {
  if (Array.isArray(value)) return value.map((item) => copyWithout(item, drops));
  if (!isRecord(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, copyWithout(child, drops)]));
  if (typeof copy.pattern === "string" && drops(copy.pattern)) delete copy.pattern;
  if (isRecord(copy.patternProperties)) {
    const kept = Object.entries(copy.patternProperties).filter(([pattern]) => !drops(pattern));
    if (kept.length < Object.keys(copy.patternProperties).length) {
      copy.patternProperties = Object.fromEntries(kept);
      // It would refuse what the dropped ones allowed.
      delete copy.additionalProperties;
    }
  }
  return copy;
}

/** The schema without the patterns that `drops` names; the same object where it has none. */
export function withoutPatterns(schema: JSONSchema7, drops: Drops): JSONSchema7 {
  if (!dropsAny(schema, drops, new Set())) return schema;
  const copy = copyWithout(schema, drops);
  return isRecord(copy) ? copy : schema;
}

/** Whether a value holds a text, or a key, that is too long to be matched. */
export function holdsLongText(value: unknown): boolean {
  if (typeof value === "string") return value.length > MAX_MATCHED_CHARS;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  return Object.entries(value).some(([key, child]) => key.length > MAX_MATCHED_CHARS || holdsLongText(child));
}
