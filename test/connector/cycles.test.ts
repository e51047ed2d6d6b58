/** Schemas whose references lead back to themselves at the same place: read literally they never end. */
import type { JSONSchema7 } from "json-schema";
import { describe, expect, test } from "vitest";
import { withoutCycles } from "../../src/connector/cycles.ts";
import { findViolation } from "../../src/connector/validate.ts";

const REF = (name: string) => ({ $ref: `#/$defs/${name}` });
const object = (properties: object, required: string[] = []) => ({ type: "object", properties, required });
const NUMBER = { type: "number" };
const TEXT = { type: "string" };

/** A schema of one argument `x` over definitions. */
function over($defs: object, x: object = REF("A")): JSONSchema7 {
  return { type: "object", properties: { x }, required: ["x"], $defs } as JSONSchema7;
}

const CASES: readonly (readonly [title: string, schema: JSONSchema7, fits: unknown[], not: unknown[]])[] = [
  ["allOf of itself", over({ A: { allOf: [REF("A"), object({ n: NUMBER })] } }), [{ n: 1 }, {}], [{ n: "1" }]],
  [
    "two that extend each other",
    over({ A: { allOf: [REF("B"), object({ a: NUMBER })] }, B: { allOf: [REF("A"), object({ b: NUMBER })] } }),
    [{ a: 1, b: 2 }],
    [{ a: "1" }, { b: "2" }],
  ],
  [
    "a ring of three, entered in its middle",
    over(
      { A: { allOf: [REF("B")] }, B: { allOf: [REF("C")] }, C: { allOf: [REF("A"), object({ c: TEXT }, ["c"])] } },
      REF("B"),
    ),
    [{ c: "x" }],
    [{}, { c: 1 }],
  ],
  ["an alternative that is itself", over({ A: { anyOf: [REF("A"), TEXT] } }), ["x"], [1, null]],
  ["oneOf with itself", over({ A: { oneOf: [TEXT, REF("A")] } }), ["x"], [1]],
  ["nothing but itself", over({ A: REF("A") }), [1, "x"], []],
  ["alternatives that are all itself", over({ A: { anyOf: [REF("A")], type: "string" } }), ["x"], [1]],
  ["not itself", over({ A: { not: REF("A"), type: "string" } }), ["x"], [1]],
  ["if itself", over({ A: { if: REF("A"), then: TEXT, else: NUMBER, type: "string" } }), ["x"], [1]],
  ["then itself", over({ A: { if: TEXT, then: REF("A"), type: ["string", "null"] } }), ["x", null], [1]],
  [
    "the root in its own allOf",
    { type: "object", allOf: [{ $ref: "#" }], properties: { x: NUMBER }, required: ["x"] } as JSONSchema7,
    [1],
    ["1"],
  ],
  [
    "a name that a pointer must escape",
    over({ "a/b~c%": { allOf: [{ $ref: "#/$defs/a~1b~0c%25" }, NUMBER] } }, { $ref: "#/$defs/a~1b~0c%25" }),
    [1],
    ["1"],
  ],
];

describe("arguments are checked against a schema that leads back to itself", () => {
  test.each(CASES)("%s", (_title, schema, fits, not) => {
    for (const x of fits) expect(findViolation(schema, { x })).toBeUndefined();
    for (const x of not)
      expect(findViolation(schema, { x })).toMatchObject({ path: expect.stringMatching(/^args\.x/) });
  });
});

describe("withoutCycles", () => {
  test.each([
    ["recursion into a property", over({ A: object({ next: REF("A") }) })],
    ["recursion into items", over({ A: { type: "array", items: REF("A") } })],
    ["two uses of one definition", over({ A: { allOf: [REF("B"), REF("C")] }, B: REF("D"), C: REF("D"), D: TEXT })],
    [
      "references that lead nowhere",
      over({ A: { allOf: [REF("Gone"), { $ref: "#anchor" }, { $ref: "https://x.test/" }] } }),
    ],
    ["a property that is called $ref", over({ A: object({ $ref: object({ allOf: TEXT }) }) })],
    [
      "words that are no schemas",
      over({ A: { enum: [{ $ref: "#/$defs/A" }], allOf: 7, anyOf: [null], not: "x" } as object }),
    ],
  ])("leaves a schema as it is: %s", (_title, schema) => {
    expect(withoutCycles(schema)).toBe(schema);
  });

  test("does not touch the schema that was given, and ends where it has none after", () => {
    for (const [, schema] of CASES) {
      const before = JSON.stringify(schema);
      const cut = withoutCycles(schema);
      expect(cut).not.toBe(schema);
      expect(withoutCycles(cut)).toBe(cut);
      expect(JSON.stringify(schema)).toBe(before);
    }
  });

  test("recursion stays, to any depth", () => {
    const tree = over({ A: { allOf: [REF("A"), object({ next: REF("A"), n: NUMBER })] } });
    expect(findViolation(tree, { x: { next: { next: { n: 1 } } } })).toBeUndefined();
    expect(findViolation(tree, { x: { next: { next: { n: "1" } } } })?.path).toBe("args.x.next.next.n");
  });
});

test("a schema that is too deep for the checker checks nothing, and no call is refused for it", () => {
  let deep: object = TEXT;
  for (let n = 0; n < 50_000; n += 1) deep = { allOf: [deep] };
  expect(findViolation({ type: "object", properties: { x: deep } } as JSONSchema7, { x: 1 })).toBeUndefined();
});
