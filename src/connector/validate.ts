/** Checks the arguments of a call against the tool's JSON Schema and says in one sentence what is wrong where. */
import { dereference, type OutputUnit, type Schema, type ValidationResult, validate } from "@cfworker/json-schema";
import type { JSONSchema7 } from "json-schema";
import { propertyKey } from "../catalog/types/names.ts";
import { argumentPath } from "./argument-path.ts";
import { bounded, counted, extentOf } from "./bounded.ts";
import { isOpaque, placeOf, withoutUndefined } from "./checkable.ts";
import { complaintOf } from "./complaint.ts";
import { withoutCycles } from "./cycles.ts";
import { matchableChars, mayExplode } from "./patterns.ts";
import { atPointer, decodeSegment } from "./pointer.ts";
import { sentenceOf } from "./sentences.ts";
import { tolerant } from "./tolerant.ts";

/** The first thing wrong with a value: a JSON path from `args` and a sentence. */
export interface Violation {
  readonly path: string;
  readonly message: string;
}

/**
 * Which patterns are matched depends on how long the texts are: a validator for each of these lengths, in characters, made
 * when it is first needed.
 */
const LENGTHS = [16, 64, 256, 1_024, 4_096, 10_000, Number.POSITIVE_INFINITY] as const;

/** Holds a value of some size against a schema, up to the first thing that is wrong, or for all of them: `undefined` where that is too much. */
type Check = (value: unknown, size: number, until: "first" | "all") => ValidationResult | undefined;

/** Schemas that a check may read: some seconds' worth to find whether a large value fits, and less to list more. */
const MAX_READ = { first: 5_000_000, all: 500_000 };

/** By schema, then by length. */
const checks = new WeakMap<object, Map<number, Check>>();

function build(given: JSONSchema7, drops: (pattern: string) => boolean): Check {
  try {
    const schema = tolerant(withoutCycles(given), drops) as Schema;
    const draft = String(schema.$schema).includes("2020-12") ? "2020-12" : "7";
    const schemas = dereference(schema);
    counted(schemas);
    return (value, size, until) =>
      bounded(size, MAX_READ[until], () => validate(value, schema, draft, schemas, until === "first"));
  } catch {
    return () => ({ valid: true, errors: [] });
  }
}

function checkFor(schema: JSONSchema7, longest: number): Check {
  const length = LENGTHS.find((most) => longest <= most) ?? Number.POSITIVE_INFINITY;
  const ofSchema = checks.get(schema) ?? new Map<number, Check>();
  const drops = (pattern: string) => mayExplode(pattern) || length > matchableChars(pattern);
  const check = ofSchema.get(length) ?? build(schema, drops);
  checks.set(schema, ofSchema.set(length, check));
  return check;
}

/** `#/items/0/name` to `["items", 0, "name"]`. */
function placeIn(instanceLocation: string): readonly (string | number)[] {
  const segments = instanceLocation.replace(/^#\/?/, "").split("/");
  return segments.flatMap((raw) => {
    const name = decodeSegment(raw);
    return name === "" ? [] : /^(?:0|[1-9]\d*)$/.test(name) ? Number(name) : name;
  });
}

/**
 * All that is wrong with a value, of which the one to tell is chosen; where that is too much to be listed, as of each item of
 * a long list, what is wrong first.
 */
function resultOf(check: Check, value: unknown, size: number): ValidationResult | undefined {
  const first = check(value, size, "first");
  return first?.valid === false ? (check(value, size, "all") ?? first) : first;
}

/** More names than these help nobody to choose, nor does one that is a text of its own; `describe` has them all. */
const MAX_NAMES = 10;
const MAX_NAME_CHARS = 100;

/** The validator says only where a refused property is; the word that refuses it is what it has just spoken of. */
function withRefusing(unit: OutputUnit, at: number, errors: readonly OutputUnit[]): OutputUnit {
  const refusing = unit.keyword === "false" ? errors[at - 1] : undefined;
  return refusing === undefined ? unit : { ...unit, keywordLocation: refusing.keywordLocation };
}

/** The names that stand beside one that is refused; nothing where the schema does not say them at that place. */
function knownNames(schema: JSONSchema7, { keyword, keywordLocation }: OutputUnit): string {
  const refusing = /^(.*\/)additionalProperties$/s.exec(keywordLocation)?.[1];
  if (keyword !== "false" || refusing === undefined) return "";
  const properties = Object.entries(Object(atPointer(schema, `${refusing}properties`)));
  const known = properties.filter(([, of]) => of !== false).map(([name]) => name);
  const shown = known.filter((name) => name.length <= MAX_NAME_CHARS).slice(0, MAX_NAMES);
  if (shown.length === 0) return "";
  return `; it knows ${shown.map(propertyKey).join(", ")}${shown.length < known.length ? ", …" : ""}`;
}

/** A short expression of letters that anybody can read: it comes from a server. */
const SHOWN_PATTERN = /^[ -~]{1,100}$/;

/** The expression that a text is not of, which the validator leaves out; nothing where the schema does not say it at that place. */
function wantedPattern(schema: JSONSchema7, { keyword, keywordLocation }: OutputUnit): string {
  const pattern = keyword === "pattern" ? atPointer(schema, keywordLocation) : undefined;
  return typeof pattern === "string" && SHOWN_PATTERN.test(pattern) ? ` ${pattern}` : "";
}

/** A `Map` or the like in whose fields something is amiss: the validator sees none of these, but sees its methods. */
function withoutFields(args: unknown, unit: OutputUnit): Violation | undefined {
  const place = placeIn(unit.instanceLocation);
  const values = [args];
  for (const key of place) values.push(Reflect.get(Object(values.at(-1)), key));
  const at = values.findIndex(isOpaque);
  if (at < 0 || (at === place.length && unit.keyword !== "required")) return undefined;
  const path = argumentPath(place.slice(0, at));
  return { path, message: `${path}: is no plain object; pass { name: value }` };
}

const BIGINT = "is a bigint, which JSON does not have; pass Number(...) or String(...) of it";

/**
 * What is wrong with the arguments, or `undefined` when they fit.
 *
 * A schema that cannot be read checks nothing: the tool's own backend still will, and refusing every call of a tool
 * because of its server's broken schema would help nobody.
 */
export function findViolation(schema: JSONSchema7, args: unknown): Violation | undefined {
  try {
    const value = withoutUndefined(args);
    const { longest, size } = extentOf(args);
    const result = resultOf(checkFor(schema, longest), value, size);
    if (result === undefined) return { path: "args", message: "args: is too much to check; pass less or nest less" };
    if (result.valid) return undefined;
    const unit = complaintOf(result.errors.map(withRefusing));
    if (unit === undefined) return { path: "args", message: "args: does not match the schema" };
    const path = argumentPath(placeIn(unit.instanceLocation));
    const sentence = `${sentenceOf(unit)}${knownNames(schema, unit)}${wantedPattern(schema, unit)}`;
    return withoutFields(args, unit) ?? { path, message: `${path}: ${sentence}` };
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("Unresolved $ref")) return undefined;
    const bigint = placeOf(args, (value) => typeof value === "bigint");
    const path = argumentPath(bigint ?? []);
    const unchecked = error instanceof Error ? error.message : "cannot be checked";
    return { path, message: `${path}: ${bigint === undefined ? unchecked : BIGINT}` };
  }
}
