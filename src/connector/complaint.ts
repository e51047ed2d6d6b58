/** Of all that a validator says of a value, the one thing that tells what to change. */
import type { OutputUnit } from "@cfworker/json-schema";

/** Where the alternatives are that a complaint is among, innermost, and which of them it is in. */
const ALTERNATIVE = /^(.*\/(?:anyOf|oneOf))\/\d+(?=\/|$)/;

/** One alternative that a value at some place has, and what is wrong with the value by it. */
interface Alternative {
  /** The list that it is of, for this value: the items of an array have their alternatives in the same words. */
  readonly list: string;
  /** Where the value is. */
  readonly place: string;
  readonly complaints: OutputUnit[];
}

function alternativesIn(errors: readonly OutputUnit[]): readonly Alternative[] {
  const found = new Map<string, Alternative>();
  const places = new Map<string, string>();
  for (const unit of errors) {
    // What is wrong by each alternative stands behind the complaint that none of them fits.
    if (unit.keyword === "anyOf" || unit.keyword === "oneOf") places.set(unit.keywordLocation, unit.instanceLocation);
    const [path, list] = ALTERNATIVE.exec(unit.keywordLocation) ?? [];
    const place = list === undefined ? undefined : places.get(list);
    if (place === undefined) continue;
    const known = found.get(`${place} ${path}`) ?? { list: `${place} ${list}`, place, complaints: [] };
    found.set(`${place} ${path}`, known);
    known.complaints.push(unit);
  }
  return [...found.values()];
}

/** The value is not the one that an alternative has there: it may be another alternative's. */
function isOtherValue({ keyword }: OutputUnit): boolean {
  return keyword === "const" || keyword === "enum";
}

/** How much says that an alternative is the one that is meant: nothing against it, another value of its type, another type. */
function likelihood({ place, complaints }: Alternative): number {
  if (complaints.some((unit) => unit.keyword === "type" && unit.instanceLocation === place)) return 0;
  return complaints.some(isOtherValue) ? 1 : 2;
}

/**
 * The complaints without those of alternatives that are less likely meant than others: `{ kind: "cat", age: "x" }` is a cat of a
 * wrong age, and no word about dogs helps; a text that is none of those that are known is not meant to be null.
 */
function ofMeant(errors: readonly OutputUnit[]): readonly OutputUnit[] {
  const alternatives = alternativesIn(errors);
  const most = new Map<string, number>();
  for (const one of alternatives) most.set(one.list, Math.max(most.get(one.list) ?? 0, likelihood(one)));
  const others = alternatives.filter((one) => likelihood(one) < (most.get(one.list) ?? 0));
  const out = new Set(others.flatMap(({ complaints }) => complaints));
  return errors.filter((unit) => !out.has(unit));
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
function ofAllTypes(unit: OutputUnit, alike: readonly OutputUnit[]): OutputUnit {
  const expected = new Set(alike.map(({ error }) => error.replace(/^.*Expected |\.$/g, "")));
  return { ...unit, error: unit.error.replace(/Expected .*/, `Expected ${[...expected].join(", ")}.`) };
}

/** Both ways in which the validator writes wanted values, as JSON. */
const WANTED = /match (?:any of \[(.*)\]|(.*))\.$/s;

/** The values that alternatives ask for, as one complaint. */
function ofAllValues(unit: OutputUnit, alike: readonly OutputUnit[]): OutputUnit {
  const values = alike.map(({ error }) => {
    const [, several, one] = WANTED.exec(error) ?? [];
    return several ?? one;
  });
  return { ...unit, keyword: "enum", error: `Instance does not match any of [${[...new Set(values)].join(",")}].` };
}

/** The one complaint to make, the others of its kind about the same value in it. */
export function complaintOf(errors: readonly OutputUnit[]): OutputUnit | undefined {
  const meant = ofMeant(errors);
  const unit = deepest(meant);
  if (unit === undefined) return undefined;
  const isAlike = isOtherValue(unit) ? isOtherValue : ({ keyword }: OutputUnit) => keyword === unit.keyword;
  const alike = meant.filter((other) => isAlike(other) && other.instanceLocation === unit.instanceLocation);
  if (unit.keyword === "type") return ofAllTypes(unit, alike);
  return isOtherValue(unit) && alike.length > 1 ? ofAllValues(unit, alike) : unit;
}
