/** The parser of what a sandbox sends, attacked with everything that is not a Turn (G7). */

import { expect, test } from "vitest";
import { isCodemodeError } from "../../src/errors.ts";
import type { Turn } from "../../src/wire/messages.ts";
import { parseTurn } from "../../src/wire/parse-turn.ts";
import fc from "../support/fast-check.ts";

const EMPTY: Turn = { turn: 0, received: 0, requests: [], settled: [], cleared: [], console: [] };

const numbers = fc.nat(1_000_000);
const numbered = {
  seq: numbers,
  parent: fc.option(numbers, { nil: undefined }),
  line: fc.option(numbers, { nil: undefined }),
};
const outcome = { ok: fc.boolean(), value: fc.string() };

const turns: fc.Arbitrary<Turn> = fc.record({
  turn: numbers,
  received: numbers,
  requests: fc.array(
    fc.oneof(
      fc.record({
        ...numbered,
        kind: fc.constant("call" as const),
        connector: fc.string(),
        method: fc.string(),
        args: fc.string(),
      }),
      fc.record({ ...numbered, kind: fc.constant("step" as const), name: fc.string() }),
      fc.record({
        ...numbered,
        kind: fc.constant("timer" as const),
        ms: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
      }),
    ),
  ),
  settled: fc.array(
    fc.record({ seq: numbers, ...outcome, told: fc.option(fc.tuple(numbers, numbers), { nil: undefined }) }),
  ),
  cleared: fc.array(numbers),
  console: fc.array(
    fc.record({
      level: fc.constantFrom("log" as const, "info" as const, "warn" as const, "error" as const, "debug" as const),
      text: fc.string(),
    }),
  ),
  done: fc.option(
    fc.record({
      ...outcome,
      code: fc.option(fc.string(), { nil: undefined }),
      line: fc.option(numbers, { nil: undefined }),
    }),
    { nil: undefined },
  ),
  busy: fc.option(fc.constant(true as const), { nil: undefined }),
  open: fc.option(fc.constant(true as const), { nil: undefined }),
});

/** A Turn, or nothing when it was refused as a violation. Any other error fails the test. */
function parsed(text: unknown): Turn | undefined {
  try {
    return parseTurn(text);
  } catch (error) {
    if (isCodemodeError(error) && error.code === "PROTOCOL_VIOLATION") return undefined;
    throw error;
  }
}

/** One place in a message. */
type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, item]) =>
      pathsOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

/** The message with another value at the place. */
function replaced(value: unknown, [head, ...rest]: Path, by: unknown): unknown {
  if (head === undefined) return by;
  const copy: unknown = Array.isArray(value) ? [...value] : { ...(value as object) };
  Reflect.set(copy as object, head, replaced(Reflect.get(value as object, head), rest, by));
  return copy;
}

test("G7 every Turn that an honest shim can send is read as it was written", () => {
  fc.assert(
    fc.property(turns, (turn) => {
      expect(parsed(JSON.stringify(turn))).toEqual(JSON.parse(JSON.stringify(turn)));
    }),
  );
});

test("G7 any text is a Turn or a protocol violation, and nothing else", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.json(),
        fc.jsonValue().map((value) => JSON.stringify(value)),
      ),
      (text) => {
        const turn = parsed(text);
        if (turn !== undefined) expect(Array.isArray(turn.requests)).toBe(true);
      },
    ),
    { numRuns: 1_000 },
  );
});

test("G7 what is not text is a protocol violation", () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (value) => {
      fc.pre(typeof value !== "string");
      expect(parsed(value)).toBeUndefined();
    }),
  );
});

test("G7 a Turn with one value exchanged for one of another kind is refused or still exactly a Turn", () => {
  fc.assert(
    fc.property(turns, fc.jsonValue(), fc.nat(), (turn, value, pick) => {
      const message: unknown = JSON.parse(JSON.stringify(turn));
      const paths = pathsOf(message);
      const path = paths[pick % paths.length] ?? [];
      const changed = replaced(message, path, value);
      const read = parsed(JSON.stringify(changed));
      if (read !== undefined) expect(read).toEqual(JSON.parse(JSON.stringify(changed)));
    }),
    { numRuns: 500 },
  );
});

const call = { seq: 0, kind: "call", connector: "c", method: "m", args: "[]" };

test.each<[string, unknown]>([
  ["a negative seq", { requests: [{ ...call, seq: -1 }] }],
  ["a fractional seq", { requests: [{ ...call, seq: 0.5 }] }],
  ["a seq as text", { requests: [{ ...call, seq: "0" }] }],
  ["arguments that are not text", { requests: [{ ...call, args: [1] }] }],
  ["a request of no known kind", { requests: [{ ...call, kind: "approve" }] }],
  ["a timer of negative length", { requests: [{ seq: 0, kind: "timer", ms: -1 }] }],
  ["a timer of no length", { requests: [{ seq: 0, kind: "timer", ms: null }] }],
  ["a request with a key of its own", { requests: [{ ...call, approved: true }] }],
  ["a settlement told of in a third number", { settled: [{ seq: 0, ok: true, value: "1", told: [0, 0, 0] }] }],
  ["a settlement with a state", { settled: [{ seq: 0, ok: true, value: "1", state: "applied" }] }],
  ["a settlement without a value", { settled: [{ seq: 0, ok: true }] }],
  ["a console line of no known level", { console: [{ level: "pause", text: "" }] }],
  ["busy that is not true", { busy: false }],
  ["a key that the protocol does not have", { decision: "approve" }],
  ["requests that look like a list", { requests: { length: 1, 0: call } }],
  ["a missing part", { received: undefined }],
])("G7 %s is a protocol violation", (_, change) => {
  expect(parsed(JSON.stringify({ ...EMPTY, ...(change as object) }))).toBeUndefined();
});

test("G7 a message that names __proto__ or constructor pollutes nothing", () => {
  for (const key of ["__proto__", "constructor", "prototype"]) {
    const text = JSON.stringify(EMPTY).replace("{", `{${JSON.stringify(key)}:{"polluted":true},`);
    parsed(text);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  }
});

test("G7 a deeply nested message is refused without taking the host down", () => {
  const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  expect(parsed(deep)).toBeUndefined();
  expect(parsed(`{"turn":${deep}}`)).toBeUndefined();
});
