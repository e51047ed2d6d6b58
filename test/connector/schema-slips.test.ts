/** A slip in a schema of one's own is told where it is written; what is valid, or comes from elsewhere, is never refused. */
import { createRequire } from "node:module";
import { asSchema, jsonSchema, zodSchema } from "ai";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { z } from "zod";
import { toolSetConnector } from "../../connectors/toolset/index.ts";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { defineConnector } from "../../src/connector/define.ts";
import { AdaptedConnector } from "../../src/connector/foreign.ts";
import { schemaSlip } from "../../src/connector/schema-slips.ts";
import type { ConnectorTools } from "../../src/connector/types.ts";
import { over, scripted, tool } from "../connectors/mcp/make.ts";
import { description, make } from "../connectors/openapi/make.ts";

const ctx = {} as unknown as ExecutionContext;
const execute = () => 1;
const given = (schema: unknown): unknown => JSON.parse(JSON.stringify(schema));

class Shop extends CodemodeConnector {
  readonly #tools: ConnectorTools;
  constructor(tools: ConnectorTools) {
    super(ctx, {});
    this.#tools = tools;
  }
  override name() {
    return "shop";
  }
  protected override tools(): ConnectorTools {
    return this.#tools;
  }
}

const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });

const SLIPS: readonly (readonly [string, unknown, string])[] = [
  [
    "a type of other languages",
    object({ n: { type: "int" } }),
    '.properties.n.type: JSON Schema has no type "int". Write "integer".',
  ],
  [
    "properties in the place of a schema",
    { id: { type: "integer" }, title: { type: "string" } },
    '.id: it is a property and no word of JSON Schema. Write { type: "object", properties: { id: … } }.',
  ],
  [
    "properties in the place of a property's schema",
    object({ at: { "zip-code": { type: "string" } } }),
    '.properties.at["zip-code"]: it is a property and no word of JSON Schema. Write { type: "object", properties: { "zip-code": … } }.',
  ],
  [
    "a misspelt type",
    object({ to: { type: "sting" } }),
    '.properties.to.type: JSON Schema has no type "sting". Write "string".',
  ],
  ["a type in capitals", { type: "Object" }, '.type: JSON Schema has no type "Object". Write "object".'],
  [
    "a constructor",
    object({ to: { type: String } }),
    '.properties.to.type: JSON Schema has no type String. Write "string".',
  ],
  [
    "a type that nobody knows",
    { type: "file" },
    '.type: JSON Schema has no type "file". It has string, number, integer, boolean, null, object, array.',
  ],
  [
    "one of several types",
    object({ n: { type: ["integer", "nil"] } }),
    '.properties.n.type: JSON Schema has no type "nil". Write "null".',
  ],
  [
    "a name for a list",
    object({ name: {} }, { required: "name" }),
    '.required: it is a list of names, not "name". Write ["name"].',
  ],
  [
    "required within a property",
    object({ name: { type: "string", required: true } }),
    '.properties.name.required: it is a list of names, beside "properties". Write the name of this one there.',
  ],
  [
    "what is no name among names",
    object({}, { required: ["a", 7] }),
    ".required: it is a list of names, not a list of something else.",
  ],
  [
    "a type for a schema",
    object({ to: "string" }),
    '.properties.to: it is a schema, not "string". Write { type: "string" }.',
  ],
  [
    "a type for the items",
    object({ a: { type: "array", items: "int" } }),
    '.properties.a.items: it is a schema, not "int". Write { type: "integer" }.',
  ],
  ["a schema of a library", object({ to: z.string() }), ".properties.to: it is a schema of another library"],
  ["a list of properties", object([{ to: "string" }]), ".properties: it is schemas by name, not"],
  [
    "a text for a boolean",
    object({}, { additionalProperties: "false" }),
    '.additionalProperties: it is a schema, not "false".',
  ],
  [
    "one alternative",
    object({ a: { anyOf: { type: "string" } } }),
    ".properties.a.anyOf: it is a list of schemas, not",
  ],
  [
    "one of the alternatives",
    { anyOf: [{ type: "string" }, { type: "bool" }] },
    '.anyOf[1].type: JSON Schema has no type "bool". Write "boolean".',
  ],
  ["a value for a list of values", object({ unit: { enum: "kg" } }), '.properties.unit.enum: it is a list, not "kg".'],
  [
    "an expression that is no text",
    object({ id: { pattern: /^\d+$/ } }),
    '.properties.id.pattern: it is a text, not /^\\d+$/. Write "^\\\\d+$".',
  ],
  ["a bound in words", object({ n: { minimum: "one" } }), '.properties.n.minimum: it is a number, not "one".'],
  [
    "a definition",
    object({ a: { $ref: "#/$defs/A" } }, { $defs: { A: { type: "float" } } }),
    '.$defs.A.type: JSON Schema has no type "float". Write "number".',
  ],
  [
    "a name that is no word",
    object({ "a-b": { type: "str" } }),
    '.properties["a-b"].type: JSON Schema has no type "str". Write "string".',
  ],
];

describe.each(SLIPS)("%s", (_title, schema, message) => {
  test.each(["inputSchema", "outputSchema"] as const)(
    "in an %s of a definition is an error, with what to write",
    async (name) => {
      const tools: ConnectorTools = { pay: { [name]: schema, execute } };
      const error = { code: "INVALID_SCHEMA", message: expect.stringContaining(`shop.pay: ${name}${message}`) };
      expect(() => defineConnector({ name: "shop", tools })).toThrow(expect.objectContaining(error));
      const late = new (defineConnector({ name: "shop", tools: () => tools }))(ctx, {});
      await expect(late.describe()).rejects.toMatchObject(error);
    },
  );
});

describe("a slip that its developer may not be able to mend", () => {
  let warn: MockInstance<typeof console.warn>;
  beforeEach(() => {
    warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  });
  afterEach(() => warn.mockRestore());

  const SLIP = object({ n: { type: "int" } }, { required: "n" });
  const TOLD = 'shop.pay: inputSchema.properties.n.type: JSON Schema has no type "int". Write "integer".';

  test.each<[string, (tools: ConnectorTools) => CodemodeConnector]>([
    ["a tool set", (tools) => toolSetConnector(ctx, { name: "shop", tools })],
    ["a class, as one is that was written for the released package", (tools) => new Shop(tools)],
  ])("in %s is a warning, once for one schema, and the tool works", async (_title, build) => {
    const inputSchema = object({ n: { type: "int" } });
    for (let made = 0; made < 2; made += 1) {
      expect(await build({ pay: { inputSchema, execute } }).executeTool("pay", { n: "x" })).toBe(1);
    }
    expect(warn.mock.calls).toEqual([[expect.stringContaining(TOLD)]]);
  });

  test.each<[string, (tools: ConnectorTools) => CodemodeConnector]>([
    ["a tool set", (tools) => toolSetConnector(ctx, { name: "shop", tools })],
    ["a class", (tools) => new Shop(tools)],
    ["defineConnector", (tools) => new (defineConnector({ name: "shop", tools }))(ctx, {})],
  ])("in %s, held by the AI SDK as its MCP client's are, is a warning", async (_title, build) => {
    const inputSchema = jsonSchema(object({ n: { type: "int" } }) as never);
    expect(await build({ pay: { inputSchema, execute } }).executeTool("pay", { n: "x" })).toBe(1);
    expect(warn.mock.calls).toEqual([[expect.stringContaining(TOLD)]]);
  });

  test.each<[string, () => CodemodeConnector]>([
    ["an MCP server", () => over(scripted([tool("pay", { inputSchema: SLIP as never, outputSchema: SLIP as never })]))],
    [
      "an API",
      () => {
        const content = { "application/json": { schema: SLIP } };
        return make({
          spec: () =>
            description({
              "/pay": { post: { operationId: "pay", requestBody: { content }, responses: { 200: { content } } } },
            }),
        });
      },
    ],
    [
      "a connector of the released package",
      () =>
        new AdaptedConnector(
          ctx,
          {},
          {
            name: () => "shop",
            describe: async () => ({ name: "shop", descriptors: { pay: { inputSchema: SLIP, outputSchema: SLIP } } }),
            executeTool: async () => 1,
          },
        ),
    ],
    [
      "a class that says so",
      () =>
        new (class extends Shop {
          protected override checkSchema() {}
        })({ pay: { inputSchema: SLIP, execute } }),
    ],
  ])("of %s is nobody's business", async (_title, build) => {
    expect(Object.keys((await build().describe()).descriptors)).toContain("pay");
    expect(warn).not.toHaveBeenCalled();
  });
});

/** What libraries make of schemas that use all that they have. */
const EVERYTHING = z.object({
  text: z
    .string()
    .min(1)
    .max(9)
    .regex(/^[a-z\d_-]+$/iu),
  email: z.email(),
  when: z.iso.datetime(),
  id: z.uuid(),
  count: z.int().positive().multipleOf(5),
  many: z.array(z.number().gt(0).lt(9)).min(1),
  pair: z.tuple([z.string(), z.number()]).rest(z.boolean()),
  kind: z.enum(["a", "b"]),
  none: z.null(),
  one: z.literal(["x", 1, true]),
  either: z.union([z.string(), z.object({ a: z.unknown() })]),
  tagged: z.discriminatedUnion("t", [z.object({ t: z.literal("a") }), z.object({ t: z.literal("b") })]),
  both: z.intersection(z.object({ a: z.any() }), z.object({ b: z.never().optional() })),
  record: z.record(z.string().max(3), z.number().nullable()),
  partial: z.partialRecord(z.enum(["x"]), z.string()),
  strict: z.strictObject({ a: z.string().default("b") }),
  loose: z.looseObject({ a: z.string().nullish() }),
  typed: z.object({ type: z.string(), required: z.boolean(), properties: z.string(), items: z.number() }),
  get again() {
    return z.array(EVERYTHING).optional();
  },
});
const TARGETS = ["draft-04", "draft-07", "draft-2020-12", "openapi-3.0"] as const;

const require = createRequire(import.meta.url);
const valid: readonly (readonly [string, unknown])[] = [
  ...TARGETS.flatMap((target): [string, unknown][] =>
    (["input", "output"] as const).map((io) => [
      `zod, ${target}, ${io}`,
      given(z.toJSONSchema(EVERYTHING, { target, io })),
    ]),
  ),
  ["the AI SDK's zodSchema", given(zodSchema(EVERYTHING).jsonSchema)],
  ["the AI SDK's asSchema", given(asSchema(z.object({ a: z.string() })).jsonSchema)],
  ["booleans", { properties: { a: true, b: false }, additionalProperties: false, items: true, not: false }],
  [
    "words that hold what looks like a schema, and one that nobody knows beside others",
    object({
      a: { default: { type: "string" } },
      b: { const: { type: "string" } },
      c: { "x-shown": { type: "string" } },
      d: { not: { type: "string" } },
      e: { type: "object", widget: { type: "string" } },
      f: { widget: { type: "slider" } },
      g: {},
      h: { contentSchema: { type: "object" } },
    }),
  ],
  [
    "words and formats that nobody knows",
    object({ a: { type: "string", format: "phone", widget: 7, "x-type": ["int"], example: { type: "int" } } }),
  ],
  ["words that say nothing", { type: "object", required: null, properties: undefined, enum: [], anyOf: [], allOf: [] }],
  ["a type that is anybody's guess", object({ a: { type: "any" }, b: { type: ["unknown"] } })],
  [
    "data that looks like schemas",
    { enum: [{ type: "int" }], const: { required: "x" }, default: { type: "int" }, examples: [{ items: "int" }] },
  ],
  [
    "draft 4",
    {
      id: "#x",
      type: "number",
      minimum: 1,
      exclusiveMinimum: true,
      definitions: {},
      dependencies: { a: ["b"], c: {} },
    },
  ],
  [
    "OpenAPI 3.0",
    object({ a: { type: "string", nullable: true, required: false, discriminator: { propertyName: "x" } } }),
  ],
  ["a tuple of before", { type: "array", items: [{ type: "string" }, true], additionalItems: false }],
  [
    "properties of the names of words",
    object({
      type: { type: "string" },
      required: { type: "boolean" },
      properties: { type: "object" },
      $ref: { type: "string" },
    }),
  ],
  ["an expression of another language", { type: "string", pattern: "(?i)^a" }],
  ["a bound in a text", { type: "integer", minimum: "1", maxLength: "3" }],
  ...[
    "ajv/dist/refs/json-schema-draft-06.json",
    "ajv/dist/refs/json-schema-draft-07.json",
    "ajv/dist/refs/json-schema-2020-12/schema.json",
    "wrangler/config-schema.json",
    "knip/schema.json",
    "@biomejs/biome/configuration_schema.json",
  ].map((file): [string, unknown] => [file, require(`../../node_modules/${file}`)]),
];

test.each(valid)("a valid schema has no slip: %s", (_title, schema) => {
  expect(schemaSlip("inputSchema", schema)).toBeUndefined();
});

test("schemas of libraries are taken as they are, by every door, without a word", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const name = v.object({ name: v.string() });
  const schemas = [
    EVERYTHING,
    z.toJSONSchema(EVERYTHING),
    zodSchema(EVERYTHING),
    name,
    jsonSchema({ type: "object" }),
    () => z.object({}),
  ];
  for (const [at, inputSchema] of schemas.entries()) {
    const tools = { [`t${at}`]: { inputSchema, execute } } as ConnectorTools;
    for (const connector of [
      new Shop(tools),
      new (defineConnector({ name: "shop", tools }))(ctx, {}),
      toolSetConnector(ctx, { tools }),
    ])
      expect(Object.keys((await connector.describe()).descriptors)).toEqual([`t${at}`]);
  }
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

test.each<[string, unknown, string]>([
  ["a number beyond JSON", { minimum: 5n }, "inputSchema.minimum: it is a number, not 5."],
  ["a symbol", { type: Symbol("x") }, "inputSchema.type: JSON Schema has no type Symbol(x)."],
])("%s is told like another", (_title, schema, message) => {
  expect(schemaSlip("inputSchema", schema)).toContain(message);
});

test("a schema that holds itself is read once", () => {
  const schema: Record<string, unknown> = { type: "object" };
  schema.properties = { again: schema, other: { type: "int" } };
  expect(schemaSlip("inputSchema", schema)).toContain("inputSchema.properties.other.type");
});

test("a schema of very many words is read in a moment: a tool set may have it from a server", () => {
  const properties = Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`p${at}`, { type: "string" }]));
  expect(schemaSlip("inputSchema", { properties, not: { type: "int" } })).toContain("inputSchema.not.type");
});
