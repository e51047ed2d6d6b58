/** The check of arguments against JSON Schema: what it refuses, and what it leaves to the tool's backend. */
import type { JSONSchema7 } from "json-schema";
import { describe, expect, test } from "vitest";
import { jsonSchemaToType } from "../../src/catalog/types/declare.ts";
import { findViolation } from "../../src/connector/validate.ts";

const OPEN: JSONSchema7 = {
  type: "object",
  properties: {
    state: { type: "string" },
    page: { type: "integer" },
    tags: { type: "array", items: { type: ["string", "null"] } },
    filter: { type: "object", properties: { by: { type: "string" } }, required: ["by"], additionalProperties: false },
  },
  required: ["state"],
  additionalProperties: false,
};

describe("a member that is undefined", () => {
  test("is absent, as in the JSON that is sent", () => {
    const args = { state: "open", page: undefined, misspelt: undefined, filter: { by: "x", and: undefined } };
    expect(findViolation(OPEN, args)).toBeUndefined();
    expect(Object.keys(args)).toEqual(["state", "page", "misspelt", "filter"]);
  });

  test("does not count as one that is required", () => {
    expect(findViolation(OPEN, { state: undefined })).toMatchObject({ message: expect.stringContaining('"state"') });
    expect(findViolation(OPEN, { state: "open", filter: { by: undefined } })).toMatchObject({ path: "args.filter" });
  });

  test("of a list is null, so that the others keep their places", () => {
    expect(findViolation(OPEN, { state: "open", tags: ["a", undefined] })).toBeUndefined();
    expect(findViolation(OPEN, { state: "open", tags: [undefined, 5] })).toMatchObject({ path: "args.tags[1]" });
  });

  test("leaves what is no plain object as it is", () => {
    const bytes = Uint8Array.of(1);
    const schema = { type: "object", properties: { file: { format: "binary" }, at: { type: "object" } } } as const;
    expect(findViolation(schema, { file: bytes, at: new Date(0), none: undefined })).toBeUndefined();
  });

  test("is found in a value that holds itself", () => {
    const args: Record<string, unknown> = { state: undefined };
    args.self = args;
    expect(findViolation({ type: "object", required: ["state"] }, args)).toMatchObject({ path: "args" });
  });
});

describe("a format", () => {
  test.each([
    ["uri", "/relative"],
    ["email", "ü@example"],
    ["date-time", "2026-01-02T03:04:05"],
    ["time", "10:00"],
  ])("is a note, as JSON Schema has it: %s takes %s", (format, text) => {
    const schema = { type: "object", properties: { at: { type: "string", format } } } as const;
    expect(findViolation(schema, { at: text })).toBeUndefined();
    expect(findViolation(schema, { at: 5 })).toMatchObject({ path: "args.at" });
    expect(schema.properties.at.format).toBe(format);
  });

  test("may be the name of a property", () => {
    const schema = { type: "object", properties: { format: { type: "string", const: "csv" } } } as const;
    expect(findViolation(schema, { format: "json" })).toMatchObject({ path: "args.format" });
  });
});

describe("what is wrong is said in words about the call", () => {
  const SCHEMA: JSONSchema7 = {
    type: "object",
    properties: {
      to: { type: "string" },
      count: { type: "integer" },
      urgent: { type: ["boolean", "null"] },
      format: { enum: ["html", "text"] },
      version: { const: 2 },
      many: { type: "array", items: { type: "object", properties: { id: { type: "number" } }, required: ["id"] } },
      labels: { type: "object", minProperties: 1, maxProperties: 2, dependencies: { from: ["until"] } },
      until: { anyOf: [{ type: "string" }, { type: "null" }] },
      share: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 0.5 },
      either: { anyOf: [{ type: "string", minLength: 3 }, { type: "array" }] },
      from: {
        type: "object",
        properties: { name: {}, "mail/box": {}, "a\nb": {}, never: false, ["n".repeat(101)]: {} },
        additionalProperties: false,
      },
      none: { type: "object", additionalProperties: false },
      shared: { $ref: "#/definitions/shared" },
      account: { type: "string", pattern: "^AC[0-9a-f]{4}$" },
      long: { type: "string", pattern: `^${"(?:ab)".repeat(30)}$` },
      lines: { type: "string", pattern: "^a\nb$" },
      never: false,
      one: {
        oneOf: [
          { type: "object", required: ["a"] },
          { type: "object", required: ["b"] },
        ],
      },
    },
    required: ["to"],
    additionalProperties: false,
    definitions: { shared: { type: "object", properties: { a: {} }, additionalProperties: false } },
  };
  test.each<[unknown, string]>([
    [{}, 'args: lacks the required property "to"'],
    [7, "args: must be an object, not a number"],
    [null, "args: must be an object, not null"],
    [{ to: 5 }, "args.to: must be a string, not a number"],
    [{ to: ["ada"] }, "args.to: must be a string, not a list"],
    [
      { to: "ada", cc: "bob" },
      "args.cc: is not a property that this tool knows; it knows to, count, urgent, format, version, many, labels, until, share, either, …",
    ],
    [
      { to: "ada", from: { nme: "bob" } },
      'args.from.nme: is not a property that this tool knows; it knows name, "mail/box", "a\\nb", …',
    ],
    [{ to: "ada", none: { a: 1 } }, "args.none.a: is not a property that this tool knows"],
    [{ to: "ada", shared: { b: 1 } }, "args.shared.b: is not a property that this tool knows"],
    [{ to: "ada", never: 1 }, "args.never: is not a property that this tool knows"],
    [{ to: "ada", count: "many" }, "args.count: must be a whole number, not a string"],
    [{ to: "ada", count: 1.5 }, "args.count: must be a whole number"],
    [{ to: "ada", urgent: "yes" }, "args.urgent: must be true or false, or null, not a string"],
    [{ to: "ada", until: 5 }, "args.until: must be a string, or null, not a number"],
    [{ to: "ada", either: 7 }, "args.either: must be a string, or a list, not a number"],
    [{ to: "ada", share: 0 }, "args.share: must be more than 0"],
    [{ to: "ada", share: 0.5 }, "args.share: must be less than 0.5"],
    [{ to: "ada", account: "me" }, "args.account: String does not match pattern ^AC[0-9a-f]{4}$"],
    [{ to: "ada", long: "me" }, "args.long: String does not match pattern"],
    [{ to: "ada", lines: "me" }, "args.lines: String does not match pattern"],
    [{ to: "ada", format: "pdf" }, 'args.format: must be one of ["html","text"]'],
    [{ to: "ada", version: 1 }, "args.version: must be 2"],
    [{ to: "ada", many: [{ id: 1 }, {}] }, 'args.many[1]: lacks the required property "id"'],
    [{ to: "ada", many: [{ id: "1" }] }, "args.many[0].id: must be a number, not a string"],
    [{ to: "ada", labels: {} }, "args.labels: must have 1 or more properties"],
    [{ to: "ada", labels: { a: 1, b: 1, c: 1 } }, "args.labels: must have 2 or fewer properties"],
    [{ to: "ada", labels: { from: 1 } }, 'args.labels: has "from", so it needs "until" too'],
    [{ to: "ada", one: { a: 1, b: 1 } }, "args.one: fits 2 of the shapes that it may have, and must fit one"],
  ])("%j", (args, message) => {
    expect(findViolation(SCHEMA, args)).toEqual({ path: message.slice(0, message.indexOf(":")), message });
  });

  const KINDS: JSONSchema7 = {
    type: "object",
    properties: { pet: { anyOf: [{ $ref: "#/definitions/Cat" }, { $ref: "#/definitions/Dog" }, { type: "null" }] } },
    definitions: {
      Cat: { type: "object", required: ["kind", "n"], properties: { kind: { enum: ["cat"] }, n: { type: "integer" } } },
      Dog: { type: "object", required: ["kind"], properties: { kind: { const: "dog" }, toy: { type: "string" } } },
    },
  };
  test.each<[object, string]>([
    [{ kind: "cat", n: "x" }, "args.pet.n: must be a whole number, not a string"],
    [{ kind: "cat" }, 'args.pet: lacks the required property "n"'],
    [{ kind: "cow", n: 1 }, 'args.pet.kind: must be one of ["cat","dog"]'],
    [{ kind: "dog", toy: 1 }, "args.pet.toy: must be a string, not a number"],
  ])("of the alternative that was meant, where a value says which: %j", (pet, message) => {
    expect(findViolation(KINDS, { pet })?.message).toBe(message);
  });

  test("of the alternative of each item of a list", () => {
    const schema = { ...KINDS, properties: { pets: { type: "array", items: KINDS.properties?.pet ?? {} } } } as const;
    const pets = [{ kind: "cow" }, { kind: "cat", n: "x" }];
    expect(findViolation(schema, { pets })?.message).toBe('args.pets[0].kind: must be one of ["cat","dog"]');
    expect(findViolation(schema, { pets: pets.toReversed() })?.message).toBe(
      'args.pets[1].kind: must be one of ["cat","dog"]',
    );
    expect(findViolation(schema, { pets: pets.slice(1) })?.path).toBe("args.pets[0].n");
  });

  const SHAPES: JSONSchema7 = {
    anyOf: ["x", "y"].map((kind) => ({
      type: "object",
      properties: { kind: { const: kind }, [`of ${kind}`]: {} },
      additionalProperties: false,
    })),
  };
  test.each(["x", "y"])("the names that there are, of the alternative that was meant: %s", (kind) => {
    expect(findViolation(SHAPES, { kind, other: 1 })?.message).toBe(
      `args.other: is not a property that this tool knows; it knows kind, "of ${kind}"`,
    );
  });

  test("of all alternatives, where none says what it is", () => {
    const mode: JSONSchema7 = {
      anyOf: [{ type: "object", properties: { mode: { enum: ["a"] } } }, { type: "string" }],
    };
    const schema: JSONSchema7 = { type: "object", properties: { mode } };
    expect(findViolation(schema, { mode: { mode: "c" } })?.message).toBe('args.mode.mode: must be one of ["a"]');
    expect(findViolation(schema, { mode: 1 })?.message).toBe("args.mode: must be an object, or a string, not a number");
  });

  test("never in the words of a validator", () => {
    for (const args of [
      { to: "a", either: "ab" },
      { to: "a", either: 7 },
      { to: "a", one: {} },
      { to: "a", one: 1 },
    ]) {
      expect(findViolation(SCHEMA, args)?.message).toMatch(/^args\.(either|one): /);
      expect(findViolation(SCHEMA, args)?.message).not.toMatch(/instance|subschema/i);
    }
  });
});

test.each(["additionalProperties", "unevaluatedProperties"])(
  "what %s: { not: {} } refuses is told as what false does",
  (word) => {
    const $schema = "https://json-schema.org/draft/2020-12/schema";
    const schema = { $schema, type: "object", properties: { name: {} }, [word]: { not: {} } } as JSONSchema7;
    const message = expect.stringContaining("args.nmae: is not a property that this tool knows");
    expect(findViolation(schema, { nmae: "x" })).toEqual({ path: "args.nmae", message });
    expect(findViolation(schema, { name: "x" })).toBeUndefined();
  },
);

describe("a list of hundreds of thousands of items", () => {
  const listOf = (type: string) => ({ type: "array", items: { type } });
  const ids = Array<unknown>(600_000).fill(1);

  test("is of one of the kinds that it may have", () => {
    const schema = {
      type: "object",
      properties: { ids: { anyOf: [listOf("string"), listOf("integer")] } },
    } as JSONSchema7;
    expect(findViolation(schema, { ids })).toBeUndefined();
  });

  test("of none of which is what it must be, is told of the first", () => {
    const schema = { type: "object", properties: { ids: listOf("string") } } as JSONSchema7;
    const message = "args.ids[0]: must be a string, not a number";
    expect(findViolation(schema, { ids })).toEqual({ path: "args.ids[0]", message });
  });
});

/** What is said where a check would never end: a call that nobody could check is not made. */
const TOO_MUCH = { path: "args", message: expect.stringContaining("args: is too much") };

test.each(["anyOf", "oneOf", "allOf"])("a schema whose check would never end refuses: doubled by %s", (word) => {
  const doubled = (times: number): JSONSchema7 => {
    const $defs: Record<string, object> = { [`D${times}`]: { type: "string" } };
    for (let at = 0; at < times; at += 1) {
      const $ref = `#/$defs/D${at + 1}`;
      $defs[`D${at}`] = { [word]: [{ $ref }, { $ref, title: "again" }] };
    }
    return { type: "object", properties: { a: { $ref: "#/$defs/D0" } }, $defs } as JSONSchema7;
  };
  expect(findViolation(doubled(5), { a: 1 })).toMatchObject({ path: "args.a" });
  expect(findViolation(doubled(16), { a: 1 })).toEqual(TOO_MUCH);
  expect(findViolation(doubled(60), { a: "x" })).toEqual(TOO_MUCH);
});

test("a schema that was checked with may be given a format, and lose it again", () => {
  const id: Record<string, unknown> = { type: "string" };
  const schema = { type: "object", properties: { id } } as JSONSchema7;
  expect(findViolation(schema, { id: 1 })).toMatchObject({ path: "args.id" });
  expect(id.format).toBeUndefined();
  id.format = "uuid";
  expect(JSON.stringify(id)).toBe('{"type":"string","format":"uuid"}');
  delete id.format;
  expect(findViolation(schema, { id: 1 })).toMatchObject({ path: "args.id" });
});

test("a schema of which a check was too much is described as before", () => {
  const names = Array.from({ length: 1_600 }, (_, at) => `name-${at}`);
  const list = { type: "array", items: { enum: names } };
  const schema = { type: "object", properties: { list, id: { type: "string" } } } as JSONSchema7;
  const before = jsonSchemaToType(schema, "Input");
  expect(findViolation(schema, { list: Array.from({ length: 60_000 }, () => "name-0") })).toEqual(TOO_MUCH);
  expect(jsonSchemaToType(schema, "Input")).toBe(before);
});

test.each([
  ["a name of its own", (name: string) => ({ $anchor: name }), "#"],
  ["an address of its own", (name: string) => ({ $id: name }), ""],
  ["the address of the whole", () => ({}), "https://example.com/whole#/$defs/"],
])("a schema whose check would never end refuses: each names the next one twice, by %s", (_how, named, to) => {
  const $defs: Record<string, object> = { D40: { ...named("D40"), type: "string" } };
  for (let at = 0; at < 40; at += 1) {
    const $ref = `${to}D${at + 1}`;
    $defs[`D${at}`] = { ...named(`D${at}`), allOf: [{ $ref }, { $ref, title: "again" }] };
  }
  const $schema = "https://json-schema.org/draft/2020-12/schema";
  const schema = { $schema, $id: "https://example.com/whole", properties: { a: { $ref: `${to}D0` } }, $defs };
  expect(findViolation(schema as unknown as JSONSchema7, { a: "x" })).toEqual(TOO_MUCH);
});

describe("a tree whose nodes are of many kinds", () => {
  const NodeOf = (kind: string) => ({
    type: "object",
    properties: { children: { type: "array", items: { $ref: "#/$defs/Node" } }, kind: { const: kind } },
    required: ["kind"],
    additionalProperties: false,
  });
  const kinds = ["paragraph", "list", "item", "quote", "table", "row", "cell", "section", "column", "text"];
  const $defs = { Node: { anyOf: kinds.map(NodeOf) } };
  const schema = { type: "object", properties: { tree: { $ref: "#/$defs/Node" } }, $defs } as JSONSchema7;
  const nested = (leaf: object) => ({
    tree: Array.from({ length: 30 }).reduce<object>((child) => ({ kind: "text", children: [child] }), leaf),
  });

  test("is checked to its leaves, also where the kind is named after the children", () => {
    expect(findViolation(schema, nested({ kind: "text" }))).toBeUndefined();
    expect(findViolation(schema, nested({ kind: "text", wrong: 1 }))).toMatchObject({
      path: `args.tree${".children[0]".repeat(30)}.wrong`,
    });
  });

  test("and do not say of which, is refused where the check would never end", () => {
    const unsaid = { ...schema, $defs: { Node: { allOf: [NodeOf("text"), NodeOf("text")] } } } as JSONSchema7;
    expect(findViolation(unsaid, nested({ kind: "text" }))).toEqual(TOO_MUCH);
  });

  test("is checked to its end where its parts are shared, so that it is small and stands for many nodes", () => {
    const leaf = { kind: "text" };
    const many = Array.from({ length: 14 }).reduce<object>((child) => ({ ...leaf, children: [child, child] }), leaf);
    const beside = (last: object) => ({ tree: { ...leaf, children: [many, last] } });
    expect(findViolation(schema, beside(leaf))).toBeUndefined();
    expect(findViolation(schema, beside({ ...leaf, wrong: 1 }))).toMatchObject({ path: "args.tree.children[1].wrong" });
  });
});

describe("a large value that fits is not too much", () => {
  const listed = (items: object, $defs: object, list: readonly unknown[]) =>
    findViolation({ type: "object", properties: { list: { type: "array", items } }, $defs } as JSONSchema7, { list });
  const upTo = <T>(length: number, of: (at: number) => T) => Array.from({ length }, (_, at) => of(at));

  test("though its texts are of long lists of names", () => {
    const zones = upTo(600, (at) => `Area/City${at}`);
    const properties = Object.fromEntries(
      ["from", "to", "via", "home"].map((name) => [name, { $ref: "#/$defs/zone" }]),
    );
    const flight = (at: number) => ({ from: zones[at % 600], to: zones[599], via: zones[0], home: zones[300] });
    const check = (last: object) =>
      listed({ properties }, { zone: { enum: zones } }, [...upTo(10_000, (at) => flight(at)), last]);
    expect(check({})).toBeUndefined();
    expect(check({ from: "Nowhere" })).toMatchObject({ path: "args.list[10000].from" });
  });

  test("though its items are of one of many kinds with many fields", () => {
    const fields = Object.fromEntries(upTo(60, (at) => [`field${at}`, { type: "string", description: "A field." }]));
    const kinds = upTo(30, (at) => [
      `Kind${at}`,
      { properties: { kind: { const: at }, ...fields }, required: ["kind"] },
    ]);
    const oneOf = kinds.map(([name]) => ({ $ref: `#/$defs/${String(name)}` }));
    const check = (last: object) =>
      listed({ oneOf }, Object.fromEntries(kinds), [...upTo(5_000, (at) => ({ kind: at % 30, field0: "x" })), last]);
    expect(check({ kind: 29 })).toBeUndefined();
    expect(check({ kind: 29, field0: 1 })).toMatchObject({ path: "args.list[5000].field0" });
  });
});

describe("what a schema says without a reference is counted, too", () => {
  const listed = (items: object, list: readonly unknown[]) =>
    findViolation({ type: "object", properties: { list: { type: "array", items } } } as JSONSchema7, { list });

  test("thousands of schemas for each item of a long list", () => {
    expect(listed({ allOf: Array(4_000).fill({ minLength: 1 }) }, Array(2_000).fill("x"))).toEqual(TOO_MUCH);
  });

  test("but no list whose items may not repeat, nor the expressions beside it, goes unchecked for that", () => {
    const tags = { type: "array", uniqueItems: true, items: { type: "string", pattern: "^[a-z]+$" } };
    const items = { type: "object", properties: { tags } };
    const many = Array.from({ length: 5_000 }, () => ({ tags: ["a", "b"] }));
    expect(listed(items, many)).toBeUndefined();
    expect(listed(items, [...many, { tags: ["a", "a"] }])?.message).toMatch(
      /^args\.list\[5000\]\.tags: Duplicate items/,
    );
    expect(listed(items, [...many, { tags: ["A"] }])).toMatchObject({ path: "args.list[5000].tags[0]" });
  });

  test("nor an expression, where many texts stand beside a long one", () => {
    const items = { type: "string", anyOf: [{ pattern: "^[a-z.]+@[a-z.]+\\.[a-z]{2,}$" }, { minLength: 100 }] };
    const many = [...Array<string>(5_000).fill("ann@example.com"), "x".repeat(200)];
    expect(listed(items, many)).toBeUndefined();
    expect(listed(items, [...many, "ann"])).toMatchObject({ path: "args.list[5001]" });
  });

  test.each(["format", "pattern", "uniqueItems"])("a property that others depend on may be named %s", (name) => {
    const schema = { type: "object", dependencies: { [name]: ["a"], b: { required: ["c"] } } } as JSONSchema7;
    expect(findViolation(schema, { [name]: 1 })?.message).toBe(`args: has "${name}", so it needs "a" too`);
    expect(findViolation(schema, { b: 1 })).toMatchObject({ path: "args" });
    expect(findViolation(schema, { [name]: 1, a: 1 })).toBeUndefined();
  });
});

test("a refusal of which there would be too much to say is told in our words", () => {
  const $defs: Record<string, object> = { D17: { type: "string" } };
  for (let at = 0; at < 17; at += 1) {
    const $ref = `#/$defs/D${at + 1}`;
    $defs[`D${at}`] = { anyOf: [{ $ref }, { $ref, title: "again" }] };
  }
  const schema = { type: "object", properties: { list: {}, a: { $ref: "#/$defs/D0" } }, $defs } as JSONSchema7;
  expect(findViolation(schema, { list: Array(2_000).fill(1), a: 1 })).toEqual(TOO_MUCH);
});

test("a number that JSON does not have is refused where it stands, and told what to pass", () => {
  const list = { type: "array", items: { type: "object", properties: { id: { type: "integer" } } } };
  const schema = { type: "object", properties: { list } } as JSONSchema7;
  const message = "args.list[1].id: is a bigint, which JSON does not have; pass Number(...) or String(...) of it";
  const path = "args.list[1].id";
  expect(findViolation(schema, { list: [{ id: 1 }, { id: 2n }] })).toEqual({ path, message });
});

test.each<[string, object, object]>([
  ["a form that is written already", new URLSearchParams({ by: "x" }), {}],
  ["a Map", new Map([["by", "x"]]), { tags: [] }],
])("%s, of whose fields nothing can be seen, is said to be so, and nothing of its methods", (_what, filter, beside) => {
  const path = "args.filter";
  const message = "args.filter: is no plain object; pass { name: value }";
  expect(findViolation(OPEN, { ...beside, state: "open", filter })).toEqual({ path, message });
  const optional = { type: "object", properties: { filter: { additionalProperties: false } } } as const;
  const isMap = filter instanceof Map;
  expect(findViolation(optional, { filter })).toEqual(isMap ? undefined : { path, message });
});

describe("a value that may also be null", () => {
  const color = { type: "string", enum: ["red", "blue"] };
  const cat = { type: "object", properties: { kind: { const: "cat" } }, required: ["kind"] };

  test.for<[object, unknown, string]>([
    [{ anyOf: [color, { type: "null" }] }, "green", 'args.a: must be one of ["red","blue"]'],
    [{ anyOf: [{ type: "null" }, color] }, "green", 'args.a: must be one of ["red","blue"]'],
    [{ oneOf: [color, { type: "number" }, { type: "null" }] }, "green", 'args.a: must be one of ["red","blue"]'],
    [{ anyOf: [color, { type: "null" }] }, true, "args.a: must be a string, or null, not true or false"],
    [{ anyOf: [cat, { type: "null" }] }, { kind: "cow" }, 'args.a.kind: must be "cat"'],
    [{ anyOf: [cat, { type: "null" }] }, {}, 'args.a: lacks the required property "kind"'],
  ])("is told what it may be: %j", ([a, value, message]) => {
    const schema = { type: "object", properties: { a } } as JSONSchema7;
    expect(findViolation(schema, { a: value })?.message).toBe(message);
  });
});

test.for([
  ["https://json-schema.org/draft/2020-12/schema", false],
  ["http://json-schema.org/draft-07/schema#", true],
] as const)("what stands beside a reference counts as the draft %s has it", ([$schema, fits]) => {
  const schema = {
    $schema,
    $defs: { some: { type: "object" } },
    $ref: "#/$defs/some",
    required: ["id"],
  } as JSONSchema7;
  expect(findViolation(schema, {}) === undefined).toBe(fits);
});
