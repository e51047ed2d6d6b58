/** Checks the arguments of a call against the tool's JSON Schema and says in one sentence what is wrong where. */
import { type OutputUnit, type Schema, Validator } from "@cfworker/json-schema";
import type { JSONSchema7 } from "json-schema";
import { withoutFormats, withoutUndefined } from "./checkable.ts";
import { withoutCycles } from "./cycles.ts";
import { longestText, matchableChars, mayExplode, withoutPatterns } from "./patterns.ts";
import { sentenceOf } from "./sentences.ts";

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

/** By length, then by schema: `null` where the schema cannot be read (an unresolvable `$ref`, say). */
const validators = new Map(LENGTHS.map((length) => [length, new WeakMap<object, Validator | null>()] as const));

function build(given: JSONSchema7, drops: (pattern: string) => boolean): Validator | null {
  try {
    const schema = withoutPatterns(withoutFormats(withoutCycles(given)), drops);
    const draft = schema.$schema?.includes("draft-04") ? "4" : schema.$schema?.includes("2020-12") ? "2020-12" : "7";
    return new Validator(schema as Schema, draft, false);
  } catch {
    return null;
  }
}

function validatorFor(schema: JSONSchema7, longest: number): Validator | null {
  const length = LENGTHS.find((most) => longest <= most) ?? Number.POSITIVE_INFINITY;
  const ofLength = validators.get(length);
  const known = ofLength?.get(schema);
  if (known !== undefined) return known;
  const drops = (pattern: string) => mayExplode(pattern) || length > matchableChars(pattern);
  const built = build(schema, drops);
  ofLength?.set(schema, built);
  return built;
}

/** `#/items/0/name` to `args.items[0].name`. */
function pathOf(instanceLocation: string): string {
  const parts = instanceLocation.replace(/^#\/?/, "").split("/");
  let path = "args";
  for (const raw of parts) {
    if (raw === "") continue;
    const part = decodeURIComponent(raw).replaceAll("~1", "/").replaceAll("~0", "~");
    if (/^\d+$/.test(part)) path += `[${part}]`;
    else path += /^[A-Za-z_$][\w$]*$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
  }
  return path;
}

/** The validator reports from the root down; the deepest unit is the one that says what to change. */
function deepest(errors: readonly OutputUnit[]): OutputUnit | undefined {
  let best: OutputUnit | undefined;
  for (const unit of errors) {
    if (best === undefined || unit.instanceLocation.length >= best.instanceLocation.length) best = unit;
  }
  return best;
}

/** The types that each alternative asks for of one value, as one complaint: of the last one alone it would be a riddle. */
function ofAllAlternatives(unit: OutputUnit, errors: readonly OutputUnit[]): OutputUnit {
  if (unit.keyword !== "type") return unit;
  const alike = errors.filter(
    ({ keyword, instanceLocation }) => keyword === "type" && instanceLocation === unit.instanceLocation,
  );
  const expected = new Set(alike.map(({ error }) => error.replace(/^.*Expected |\.$/g, "")));
  return { ...unit, error: unit.error.replace(/Expected .*/, `Expected ${[...expected].join(", ")}.`) };
}

/**
 * What is wrong with the arguments, or `undefined` when they fit.
 *
 * A schema that cannot be read checks nothing: the tool's own backend still will, and refusing every call of a tool
 * because of its server's broken schema would help nobody.
 */
export function findViolation(schema: JSONSchema7, args: unknown): Violation | undefined {
  const validator = validatorFor(schema, longestText(args));
  if (validator === null) return undefined;
  try {
    const outcome = validator.validate(withoutUndefined(args));
    if (outcome.valid) return undefined;
    const unit = deepest(outcome.errors);
    const path = pathOf(unit?.instanceLocation ?? "#");
    const sentence =
      unit === undefined ? "does not match the schema" : sentenceOf(ofAllAlternatives(unit, outcome.errors));
    return { path, message: `${path}: ${sentence}` };
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("Unresolved $ref")) return undefined;
    return { path: "args", message: `args: ${error instanceof Error ? error.message : "cannot be checked"}` };
  }
}
