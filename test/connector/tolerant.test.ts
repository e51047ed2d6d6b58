/** Schemas as servers write them by hand and from other languages: a word that JSON Schema does not know refuses nobody. */
import type { JSONSchema7 } from "json-schema";
import { describe, expect, test } from "vitest";
import { closedParts } from "../../src/connector/closed.ts";
import { tolerant } from "../../src/connector/tolerant.ts";
import { findViolation } from "../../src/connector/validate.ts";

/** Schemas as they come from a server, which no type holds. */
function check(schema: object, args: unknown) {
  return findViolation(schema as JSONSchema7, args);
}

function withA(a: unknown): object {
  return { type: "object", properties: { a, n: { type: "integer" } } };
}

const keepsAll = () => false;

describe("a keyword that holds what it cannot", () => {
  test.each([
    ["required", null],
    ["required", true],
    ["required", "a"],
    ["required", [7]],
    ["properties", null],
    ["properties", []],
    ["patternProperties", null],
    ["patternProperties", { "(?<!": false }],
    ["additionalProperties", null],
    ["dependencies", null],
    ["dependentRequired", null],
    ["dependentRequired", { a: null }],
    ["dependentSchemas", { a: null }],
    ["allOf", {}],
    ["anyOf", null],
    ["anyOf", []],
    ["oneOf", []],
    ["anyOf", [null]],
    ["enum", null],
    ["enum", []],
    ["type", null],
    ["type", []],
    ["type", "dict"],
    ["type", ["Object", "null"]],
    ["$ref", 7],
    ["minProperties", null],
    ["propertyNames", null],
    ["if", null],
    ["$defs", null],
    ["$schema", 7],
    ["not", []],
    ["maxContains", null],
    ["$ref", "#/$defs/Nowhere"],
  ])("says nothing, and the rest is checked: %s %j", (keyword, value) => {
    const properties = { a: {}, n: { type: "integer" } };
    const schema = { type: "object", properties, [keyword]: value };
    expect(check(schema, { a: 1, n: 1 })).toBeUndefined();
    if (keyword !== "properties") expect(check(schema, { a: 1, n: "x" })).toMatchObject({ path: "args.n" });
  });

  test.each<[object, unknown]>([
    [{ type: "any" }, "x"],
    [{ type: "int" }, 1],
    [{ type: ["string", "float"] }, 1.5],
    [{ type: "array", items: null }, [1]],
    [{ type: "string", required: true }, "x"],
    [{ type: "object", required: true }, {}],
    [{ type: "integer", minimum: null, maximum: null, multipleOf: 0 }, 1],
    [{ type: "string", minLength: null, pattern: null }, "x"],
    [{ type: "string", pattern: "^[\\w-.]+$" }, "a-b.c"],
    [{ type: "string", pattern: "\\A[a-z]+\\Z" }, "abc"],
    [{ type: "string", pattern: "^(?i)abc$" }, "ABC"],
    [{ type: "string", pattern: "/^abc$/i" }, "ABC"],
  ])("does so at any depth: %j takes %j", (a, value) => {
    expect(check(withA(a), { a: value })).toBeUndefined();
    expect(check(withA(a), { a: value, n: "x" })).toMatchObject({ path: "args.n" });
  });
});

describe("nullable", () => {
  test.each<[object, unknown, unknown]>([
    [{ type: "string", nullable: true }, "x", 1],
    [{ type: ["string", "integer"], nullable: true }, 1, []],
    [{ type: "string", enum: ["a"], nullable: true }, "a", "b"],
    [{ oneOf: [{ type: "string" }, { type: "integer" }], nullable: true }, "x", []],
    [{ allOf: [{ type: "string" }], nullable: true }, "x", 1],
    [{ const: "a", nullable: true }, "a", "b"],
  ])("takes null beside what the schema says: %j", (a, value, other) => {
    expect(check(withA(a), { a: null })).toBeUndefined();
    expect(check(withA(a), { a: value })).toBeUndefined();
    expect(check(withA(a), { a: other })).toMatchObject({ path: "args.a" });
  });

  test.each([
    ["both take it", { oneOf: [{ $ref: "#/$defs/Maybe" }, { type: "integer", nullable: true }] }],
    ["one is it", { oneOf: [{ $ref: "#/$defs/Maybe" }, { type: "null" }] }],
  ])("takes null where alternatives exclude each other, and %s", (_how, a) => {
    const schema = { ...withA(a), $defs: { Maybe: { type: "string", nullable: true } } };
    expect(check(schema, { a: null })).toBeUndefined();
    expect(check(schema, { a: [] })).toMatchObject({ path: "args.a" });
  });

  test("is read in a condition, and in what must not be", () => {
    const kind = { type: "string", enum: ["x"], nullable: true };
    const condition = { if: { properties: { kind }, required: ["kind"] }, then: { required: ["y"] } };
    expect(check(withA(condition), { a: { kind: "x" } })).toMatchObject({ path: "args.a" });
    expect(check(withA(condition), { a: { kind: null } })).toMatchObject({ path: "args.a" });
    expect(check(withA({ not: kind }), { a: "x" })).toMatchObject({ path: "args.a" });
  });

  test("of a property leaves alternatives as they are: they exclude each other, and say what they know", () => {
    const closedOf = (name: string) => {
      const properties = { kind: { enum: [name] }, note: { type: "string", nullable: true } };
      return { type: "object", properties, required: ["kind"], additionalProperties: false };
    };
    const a = { oneOf: [closedOf("one"), closedOf("other")] };
    expect(check(withA(a), { a: { kind: "one", notes: "" } })?.message).toContain("it knows kind, note");
    const alike = { oneOf: [closedOf("one"), closedOf("one")] };
    expect(check(withA(alike), { a: { kind: "one" } })).toMatchObject({ path: "args.a" });
  });

  test("that is false takes none", () => {
    expect(check(withA({ type: "string", nullable: false }), { a: null })).toMatchObject({ path: "args.a" });
  });
});

test("a bound of draft 4 is exclusive where it says so, whichever draft the schema names", () => {
  for (const $schema of [undefined, "http://json-schema.org/draft-04/schema#"]) {
    const above = { ...withA({ minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false }), $schema };
    expect([0, 1, 9, 10].map((a) => check(above, { a }) === undefined)).toEqual([false, true, true, false]);
  }
});

test("what a value must be is data, whatever it looks like", () => {
  const a = { const: { required: null, pattern: "(a+)+", type: "any", format: "csv" } };
  expect(check(withA(a), { a: { required: null, pattern: "(a+)+", type: "any", format: "csv" } })).toBeUndefined();
  expect(check(withA(a), { a: {} })).toMatchObject({ path: "args.a" });
});

describe("a word that says nothing refuses no more than it would", () => {
  test.each<[object, unknown]>([
    [{ oneOf: [{ type: "string" }, { type: "float" }] }, "x"],
    [{ oneOf: [{ type: "string" }, { $ref: "#/$defs/Odd" }] }, "x"],
    [{ anyOf: [{ type: "string" }], oneOf: [{ type: "string" }, { type: "float" }] }, "x"],
    [{ not: { type: "dict" } }, "x"],
    [{ not: { anyOf: [{ $ref: "#/$defs/Odd" }] } }, "x"],
    [{ if: { pattern: "^(?i)a" }, then: { minLength: 9 } }, "x"],
  ])("%j takes %j", (a, value) => {
    const schema = { ...withA(a), $defs: { Odd: { type: "float" } } };
    expect(check(schema, { a: value })).toBeUndefined();
    expect(check(schema, { a: value, n: "x" })).toMatchObject({ path: "args.n" });
  });

  test("an expression that is too slow for a long text is not held against the text by its opposite", () => {
    const schema = withA({ not: { pattern: "^(a+)+$" } });
    expect(check(schema, { a: "aab" })).toBeUndefined();
  });

  test("what only a condition names that cannot be read is not left over", () => {
    const read = { required: ["x"], pattern: "^(?i)a" };
    const a = { if: read, then: { properties: { x: {} } }, unevaluatedProperties: false };
    const schema = { ...withA(a), $schema: "https://json-schema.org/draft/2020-12/schema" };
    expect(check(schema, { a: { x: 1 } })).toBeUndefined();
    const still = withA({ ...a, if: { required: ["x"] } });
    expect(check({ ...still, $schema: schema.$schema }, { a: { y: 1 } })).toMatchObject({ path: "args.a.y" });
  });

  test("the alternatives of a union that are what they say still exclude each other", () => {
    const schema = withA({ oneOf: [{ minLength: 1 }, { maxLength: 3, required: [], default: null }] });
    expect(check(schema, { a: "x" })).toMatchObject({ path: "args.a" });
  });
});

describe("a part of a whole that is closed against the other parts", () => {
  const Base = { type: "object", properties: { name: { type: "string" } }, additionalProperties: false };
  const Heir = { type: "object", properties: { barks: { type: "boolean" } }, additionalProperties: false };
  const Third = { type: "object", properties: { x: {} }, required: ["x"], additionalProperties: false };
  const $ref = "#/$defs/Base";
  const $schema = "https://json-schema.org/draft/2020-12/schema";

  test.each<[string, object]>([
    ["both parts are", { allOf: [{ $ref }, Heir] }],
    ["the base is", { allOf: [{ $ref }, { properties: Heir.properties }] }],
    ["the whole is", { ...Heir, allOf: [{ properties: Base.properties }] }],
    ["the heir of an heir is", { allOf: [{ allOf: [{ $ref }] }, Heir, { additionalProperties: false }] }],
    ["a reference has words beside it", { $ref, ...Heir }],
    ["a reference to what is has properties beside it", { $ref, properties: Heir.properties }],
    [
      "the base is, beside alternatives",
      { allOf: [{ $ref }], oneOf: [{ properties: Heir.properties }, { type: "null" }] },
    ],
    ["the alternatives are", { properties: Base.properties, oneOf: [Heir, { type: "null" }] }],
    [
      "the whole is, beside parts of an alternative",
      { ...Heir, anyOf: [{ allOf: [{ properties: Base.properties }] }] },
    ],
    ["alternatives of alternatives are", { properties: Base.properties, anyOf: [{ oneOf: [Heir] }] }],
    [
      "a reference to what is has an expression beside it",
      { $ref, patternProperties: { "^barks$": Heir.properties.barks } },
    ],
    ["the whole is, and names nothing", { $ref: "#/$defs/Both", additionalProperties: false }],
    ["alternatives beside others are", { anyOf: [{ $ref }, Third], oneOf: [{ ...Heir }, Third] }],
    ["alternatives of parts are", { allOf: [{ anyOf: [{ $ref }, Third] }, { oneOf: [{ ...Heir }, Third] }] }],
    [
      "what follows is, beside alternatives",
      { anyOf: [{ $ref }, Third], if: { required: ["barks"] }, then: { ...Heir } },
    ],
    ["all are, and say so of what is left", { allOf: [{ $ref }, { ...Heir, additionalProperties: { not: {} } }] }],
    ["what follows otherwise is", { properties: Base.properties, if: { required: ["x"] }, else: Heir }],
    ["the whole is, beside what follows otherwise", { ...Base, if: { required: ["x"] }, else: { ...Heir } }],
    ["the whole is, beside a condition", { $ref, if: { required: ["barks"] }, then: { properties: Heir.properties } }],
  ])("takes what they know: %s", (_what, a) => {
    const Both = { properties: { ...Base.properties, ...Heir.properties } };
    const schema = { ...withA(a), $defs: { Base, Both }, $schema };
    expect(check(schema, { a: { name: "x", barks: true } })).toBeUndefined();
    expect(check(schema, { a: { name: "x", barks: "no" } })).toMatchObject({ path: "args.a.barks" });
    expect(check(schema, { a: { name: 1 } })).toMatchObject({ path: "args.a.name" });
  });

  test("stays closed where it knows what the others do", () => {
    const a = { ...Heir, allOf: [{ required: ["barks"] }, { if: { properties: { x: {} } }, then: {} }] };
    expect(check(withA(a), { a: { barks: true } })).toBeUndefined();
    expect(check(withA(a), { a: { barks: true, bites: true } })).toMatchObject({ path: "args.a.bites" });
  });

  test.each([true, {}])("stays closed beside a part that says nothing of properties: %j", (additionalProperties) => {
    const a = { additionalProperties, oneOf: [Heir, { $ref }] };
    const schema = { ...withA(a), $defs: { Base }, $schema };
    expect(check(schema, { a: { barks: true, bites: true } })).toMatchObject({ path: "args.a.bites" });
  });

  test("stays closed against what other alternatives know", () => {
    const a = { anyOf: [{ $ref }, Heir] };
    const schema = { ...withA(a), $defs: { Base }, $schema };
    expect(check(schema, { a: { barks: true } })).toBeUndefined();
    expect(check(schema, { a: { name: "x", barks: true } })).toMatchObject({ message: expect.stringContaining("a.") });
  });

  test.each<[string, object]>([
    ["the heir names its own by an expression", { patternProperties: { "^x-": { type: "string" } } }],
    ["the heir says what others are", { additionalProperties: { type: "string" } }],
    [
      "the heir, closed, names its own by an expression",
      { patternProperties: { "^x-": {} }, additionalProperties: false },
    ],
  ])("takes what no name says: %s", (_what, heir) => {
    const schema = { ...withA({ allOf: [{ $ref }, heir] }), $defs: { Base }, $schema };
    expect(check(schema, { a: { name: "x", "x-a": "y" } })).toBeUndefined();
  });

  test.each(["properties", "patternProperties"])("takes what it does not know, whatever names it has: %s", (named) => {
    const closed = { [named]: { others: {} }, additionalProperties: false };
    const schema = withA({ allOf: [closed, { additionalProperties: { type: "string" } }] });
    expect(check(schema, { a: { x: "y" } })).toBeUndefined();
  });

  test("does not make its opposite refuse more", () => {
    const schema = { ...withA({ not: { allOf: [{ $ref }, Heir] } }), $defs: { Base } };
    expect(check(schema, { a: { name: "x", barks: true } })).toBeUndefined();
  });

  const Others = { additionalProperties: { type: "string" } };
  test.each<[string, object]>([
    ["a whole", { ...Others, allOf: [{ properties: Base.properties }] }],
    ["an alternative", { properties: Base.properties, oneOf: [Others] }],
  ])("is none that says what others are: %s", (_what, a) => {
    expect(check(withA(a), { a: { x: "y" } })).toBeUndefined();
    expect(check(withA(a), { a: { x: 1 } })).toMatchObject({ path: "args.a.x" });
  });

  const thousands = (made: (n: number) => object) =>
    Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`d${n}`, made(n)]));

  test("is not looked for without end in a schema of thousands of names", () => {
    const Wide = { properties: thousands(() => ({})), additionalProperties: false };
    const heirs = thousands(() => ({ allOf: [{ $ref: "#/$defs/Wide" }, { ...Heir }] }));
    const schema = { ...withA({}), $defs: { Wide, ...heirs } };
    expect(check(schema, { n: "x" })).toMatchObject({ path: "args.n" });
    expect(closedParts(schema).size).toBeLessThan(500);
  });

  test("is not looked for without end beside thousands of alternatives", () => {
    const oneOf = Object.values(thousands(() => ({ ...Heir })));
    expect(closedParts({ properties: thousands(() => ({})), oneOf }).size).toBeLessThan(500);
  });

  test("is not looked for without end beside thousands of parts of the same names", () => {
    const alternatives = (made: () => object) => Object.values(thousands(made));
    const allOf = alternatives(() => ({ properties: Base.properties }));
    const schema = { allOf, anyOf: alternatives(() => ({ ...Heir })) };
    expect(closedParts(schema).size).toBeLessThan(500);
    const wholes = alternatives(() => ({ $ref: "#/$defs/Part", ...Heir }));
    expect(
      closedParts({ $defs: { Part: { properties: Base.properties, anyOf: Array(10_000).fill(true) } }, wholes }).size,
    ).toBeLessThan(500);
    expect(closedParts({ $defs: { Part: { allOf } }, wholes }).size).toBeLessThan(500);
    const chosen = alternatives(() => ({ anyOf: [{ $ref: "#/$defs/Part" }] }));
    expect(
      closedParts({ $defs: { Part: { properties: Base.properties, anyOf: wholes } }, allOf: chosen, ...Heir }).size,
    ).toBeLessThan(500);
  });

  test("is not looked for without end in a schema of thousands of parts", () => {
    const heirs = thousands((n) => ({ allOf: [{ $ref: `#/heirs/d${n + 1}` }] }));
    expect(closedParts({ whole: { allOf: [Base, Heir] }, heirs })).toEqual(new Set());
    expect(closedParts({ heirs, whole: { allOf: [Base, Heir] } })).toEqual(new Set([Base, Heir]));
  });
});

describe("a reference finds what it did", () => {
  test.each<[string, object]>([
    ["#/properties/part/allOf/0", { properties: { part: { nullable: true, allOf: [{ type: "string" }] } } }],
    ["#/properties/part/anyOf/1", { properties: { part: { nullable: true, anyOf: [{}, { type: "string" }] } } }],
    ["#/$defs/Part", { $defs: { Part: { type: "string" } }, allOf: [{ type: "object" }], nullable: true }],
    ["#/components/schemas/Part", { components: { schemas: { Part: { type: "string", format: "date", x: null } } } }],
    ["#/additionalProperties", { patternProperties: { "(?i)x": {} }, additionalProperties: { type: "string" } }],
    ["#/$defs/ref-0", { $defs: { "ref-0": { type: "string" } } }],
    ["#/$defs/A~1B%20", { $defs: { "A/B ": { type: "string" } } }],
  ])("wherever reading put it: %s", (reference, rest) => {
    const properties = { a: { $ref: reference }, n: { type: "integer" }, ...Reflect.get(rest, "properties") };
    const schema = { type: "object", ...rest, properties };
    expect(check(schema, { a: "x", n: 1 })).toBeUndefined();
    expect(check(schema, { a: 1 })).toMatchObject({ path: "args.a" });
    expect(check(schema, { n: "x" })).toMatchObject({ path: "args.n" });
  });

  test("also where it is part of itself", () => {
    const Node = { type: "object", properties: { name: { type: "any" }, next: { $ref: "#/schemas/Node" } } };
    const schema = { ...withA({ $ref: "#/schemas/Node" }), schemas: { Node } };
    expect(check(schema, { a: { name: 1, next: { next: {} } } })).toBeUndefined();
    expect(check(schema, { a: { next: { next: 1 } } })).toMatchObject({ path: "args.a.next.next" });
  });
});

test.each(["#/components/schemas/Slow", "#/examples/Slow", "cfworker#/components/schemas/Slow"])(
  "an expression that may never end is not matched, wherever it stands: %s",
  ($ref) => {
    const part = { schemas: { Slow: { pattern: "^(a+)+$" } }, Slow: { pattern: "^(a+)+$" } };
    const Loop = { properties: { kids: { $ref: "#/components/Loop" }, text: { pattern: "^(a+)+$" } } };
    const schema = {
      ...withA({ $ref }),
      allOf: [{ $ref: "#/components/Loop" }],
      components: { ...part, Loop },
      examples: part,
    };
    expect(check(schema, { a: "aab", text: "aab", kids: { text: "aab" } })).toBeUndefined();
  },
);

test("a chain of references is checked however long it is", () => {
  const $defs: Record<string, object> = { D5000: { type: "string" } };
  for (let at = 0; at < 5_000; at += 1) {
    $defs[`D${at}`] = { properties: { next: { anyOf: [{ type: "null" }, { $ref: `#/$defs/D${at + 1}` }] } } };
  }
  const schema = { ...withA({ $ref: "#/$defs/D0" }), $defs };
  expect(check(schema, { n: "x" })).toMatchObject({ path: "args.n" });
});

test("the names that are names are required", () => {
  const schema = { ...withA({}), required: [null, "a"] };
  expect(check(schema, { a: 1 })).toBeUndefined();
  expect(check(schema, {})).toEqual({ path: "args", message: 'args: lacks the required property "a"' });
});

test("bounds that are written as text are bounds", () => {
  const schema = withA({ minimum: "2", exclusiveMaximum: "10", minLength: "2" });
  expect([1, 2, 9, 10, "x", "xx"].map((a) => check(schema, { a }) === undefined)).toEqual([
    false,
    true,
    true,
    false,
    false,
    true,
  ]);
});

test("a schema that is frozen is checked like any other", () => {
  const a = Object.freeze({ type: "string" });
  expect(check(Object.freeze({ type: "object", properties: Object.freeze({ a }) }), { a: 1 })).toMatchObject({
    path: "args.a",
  });
});

test("a schema without such words is the same object", () => {
  const tree = { type: "object", properties: { kids: { type: "array", items: {} } }, dependencies: { kids: ["name"] } };
  expect(tolerant(tree as JSONSchema7, keepsAll)).toBe(tree);
});

test("a schema that holds itself is checked, down to where the value ends", () => {
  const kids = { type: "array", items: {} };
  const tree = { type: "object", properties: { kids, name: { type: "string", format: "mine" } } };
  kids.items = tree;
  expect(check(tree, { name: "a", kids: [{ kids: [{ name: "b" }] }] })).toBeUndefined();
  expect(check(tree, { kids: [{ kids: [{ name: 1 }] }] })).toMatchObject({ path: "args.kids[0].kids[0].name" });
});

test("a part is read wherever references lead into it while it is read", () => {
  const t = { type: "string", pattern: "^(a+)+$", format: "email" };
  const A = { properties: { t, y: { $ref: "#/$defs/Y" } } };
  const properties = { x: { $ref: "#/$defs/Y/properties/A" }, z: { $ref: "#/$defs/Y" } };
  const schema = { properties, $defs: { Y: { properties: { A } } } };
  const text = JSON.stringify(tolerant(schema as JSONSchema7, (pattern) => pattern === t.pattern).$defs);
  expect(text).not.toMatch(/pattern|format/);
  expect(check(schema, { z: { A: { y: { A: { t: "no address" } } } } })).toBeUndefined();
  expect(check(schema, { z: { A: { y: { A: { t: 1 } } } } })).toMatchObject({ path: "args.z.A.y.A.t" });
});

test("a reference into a part with an address of its own leaves it checked", () => {
  const x = { properties: { n: { type: "number" }, y: { $ref: "#/$defs/B" } } };
  const properties = { a: { $ref: "#/$defs/B/properties/x" }, b: { $ref: "#/$defs/B" } };
  const schema = { properties, $defs: { B: { $id: "https://example.com/b", properties: { x } } } };
  expect(check(schema, { b: { x: { n: "no number" } } })).toMatchObject({ path: "args.b.x.n" });
});

test("a part that several places share is read once, however many ways lead to it", () => {
  let schema: object = { type: "any" };
  for (let depth = 0; depth < 60; depth += 1) schema = { anyOf: [schema, schema] };
  const { anyOf = [] } = tolerant(schema as JSONSchema7, keepsAll);
  expect(anyOf[0]).toBe(anyOf[1]);
});
