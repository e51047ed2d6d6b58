import type { JSONSchema7 } from "json-schema";
import { describe, expect, it } from "vitest";
import {
  connectorDeclarations,
  generateTypesFromJsonSchema,
  jsonSchemaToType,
  methodSignature,
} from "../../../src/catalog/types/declare.ts";

/** The body of the type of a schema, on one line. */
function typeOf(schema: object | boolean): string {
  const [declaration = ""] = jsonSchemaToType(schema as JSONSchema7, "T").split(/;\n(?=type |\/\*\*)/);
  return declaration
    .replace(/^(\/\*\*.*\*\/\n)?type T = /, "")
    .replace(/;$/, "")
    .replace(/\s+/g, " ");
}

describe("one schema", () => {
  it.each([
    [{ type: "string" }, "string"],
    [{ type: "integer" }, "number"],
    [{ type: ["string", "null"] }, "string | null"],
    [{ type: "string", nullable: true }, "string | null"],
    [{ type: "string", enum: ["a", "b"], nullable: true }, '"a" | "b" | null'],
    [{}, "unknown"],
    [true, "unknown"],
    [false, "never"],
    [{ const: { kind: "x", n: -1 } }, '{ kind: "x"; n: -1 }'],
    [{ enum: ['say "hi"\n', null, 1, true] }, '"say \\"hi\\"\\n" | null | 1 | true'],
    [{ type: "string", format: "binary" }, "Uint8Array"],
    [{ format: "binary" }, "Uint8Array"],
    [{ type: "array", items: { type: ["string", "null"] } }, "(string | null)[]"],
    [{ type: "array" }, "unknown[]"],
    [{ type: "array", items: [{ type: "string" }, { type: "number" }] }, "[string, number]"],
    [
      { prefixItems: [{ type: "string" }, { type: "number" }], minItems: 1, items: { type: "boolean" } },
      "[string, number?, ...boolean[]]",
    ],
    [{ type: "object" }, "Record<string, unknown>"],
    [{ type: "object", additionalProperties: false }, "Record<string, never>"],
    [{ type: "object", additionalProperties: { type: "number" } }, "{ [key: string]: number }"],
    [{ patternProperties: { "^x-": { type: "string" } } }, "{ [key: string]: string }"],
    [{ oneOf: [{ type: "string" }, { type: "number" }, { type: "string" }] }, "string | number"],
    [{ anyOf: [{ type: "string" }, {}] }, "unknown"],
    [
      {
        allOf: [{ properties: { a: { type: "string" } }, required: ["a"] }, { properties: { b: { type: "number" } } }],
      },
      "{ a: string; } & { b?: number; }",
    ],
    [{ allOf: [{ anyOf: [{ type: "string" }, { type: "number" }] }] }, "string | number"],
    [
      { type: "object", properties: { a: { type: "string" } }, anyOf: [{ required: ["a"] }, { required: ["b"] }] },
      "{ a?: string; }",
    ],
    [{ $ref: "https://elsewhere.example/schema" }, "unknown"],
    [{ $ref: "#/definitions/missing" }, "unknown"],
  ])("%j is %s", (schema, type) => {
    expect(typeOf(schema)).toBe(type);
  });

  it("quotes property names that are no identifiers", () => {
    const type = typeOf({ properties: { "b-c": {}, "a b": {}, "1x": {}, 'q"': {}, ünïcode: {}, class: {} } });
    expect(type).toBe(
      '{ "b-c"?: unknown; "a b"?: unknown; "1x"?: unknown; "q\\""?: unknown; ünïcode?: unknown; class?: unknown; }',
    );
  });

  it("keeps a property named __proto__ a property", () => {
    expect(typeOf(JSON.parse('{"properties":{"__proto__":{"type":"string"}}}'))).toBe("{ __proto__?: string; }");
  });

  it("lets no description end its comment or begin a line of its own", () => {
    const text = jsonSchemaToType(
      { properties: { a: { type: "string", description: "x */ declare const evil: 1\n\u2028next" } } },
      "T",
    );
    expect(text).toContain("/** x *\\/ declare const evil: 1 next */");
  });

  it("puts what a type cannot say into comments", () => {
    const schema = {
      type: "string",
      description: "When",
      format: "date-time",
      default: "now",
      minLength: 3,
      deprecated: true,
    };
    expect(jsonSchemaToType({ properties: { a: schema as JSONSchema7 } }, "T")).toContain(
      '/** When @format date-time @minLength 3 @default "now" @deprecated */',
    );
  });

  it("makes an index signature that every property beside it fits", () => {
    expect(typeOf({ properties: { a: { type: "number" } }, additionalProperties: { type: "string" } })).toBe(
      "{ a?: number; /** Other properties: string */ [key: string]: unknown; }",
    );
  });
});

describe("references", () => {
  it("declares what is referred to once, by a name of its own, also when it refers to itself", () => {
    const text = jsonSchemaToType(
      {
        properties: { root: { $ref: "#/$defs/tree-node" }, again: { $ref: "#/$defs/tree-node" }, self: { $ref: "#" } },
        $defs: { "tree-node": { properties: { children: { type: "array", items: { $ref: "#/$defs/tree-node" } } } } },
      } as JSONSchema7,
      "Forest",
    );
    expect(text.match(/type TreeNode = /g)).toHaveLength(1);
    expect(text).toContain("children?: TreeNode[];");
    expect(text).toContain("self?: Forest;");
  });

  it("keeps apart two definitions whose names look alike", () => {
    const text = jsonSchemaToType(
      {
        properties: { a: { $ref: "#/definitions/user_name" }, b: { $ref: "#/definitions/user-name" } },
        definitions: { user_name: { properties: { x: {} } }, "user-name": { properties: { y: {} } } },
      },
      "T",
    );
    expect(text).toContain("a?: UserName;");
    expect(text).toContain("b?: UserName2;");
  });

  it("does not let a schema take a name that generated text uses", () => {
    const text = jsonSchemaToType(
      {
        properties: { a: { $ref: "#/definitions/Record" } },
        definitions: { Record: { properties: { x: { type: "object" } } } },
      },
      "T",
    );
    expect(text).toContain("a?: Record2;");
    expect(text).toContain("x?: Record<string, unknown>;");
  });

  it("spells out unions that lead back to themselves, without the way back", () => {
    const text = jsonSchemaToType(
      {
        properties: { a: { $ref: "#/definitions/A" }, b: { $ref: "#/definitions/B" } },
        definitions: {
          A: { anyOf: [{ $ref: "#/definitions/B" }, { type: "string" }] },
          B: { anyOf: [{ $ref: "#/definitions/A" }, { type: "number" }] },
        },
      },
      "T",
    );
    expect(text).toContain("type A = number | string;");
    expect(text).toContain("type B = string | number;");
  });

  it("follows anchors, ids, escaped pointers and the root", () => {
    const schema = {
      properties: { a: { $ref: "#here" }, b: { $ref: "urn:b" }, c: { $ref: "#/$defs/a~1b%20c" } },
      $defs: {
        x: { $anchor: "here", type: "string" },
        y: { $id: "urn:b", type: "number" },
        "a/b c": { type: "boolean" },
      },
    };
    expect(typeOf(schema)).toBe("{ a?: string; b?: number; c?: boolean; }");
  });

  it("grows with the number of schemas, not with the number of ways through them", () => {
    let shared: JSONSchema7 = { properties: { leaf: { type: "string" } } };
    for (let level = 0; level < 60; level += 1) shared = { properties: { left: shared, right: shared } };
    expect(jsonSchemaToType(shared, "Deep").length).toBeLessThan(20_000);
    expect(methodSignature("api", "deep", { inputSchema: shared }).length).toBeLessThan(2_000);
  });

  it("survives schemas nested thousands deep and objects that contain themselves", () => {
    let deep: JSONSchema7 = { type: "string" };
    for (let level = 0; level < 5_000; level += 1) deep = { properties: { next: deep } };
    expect(jsonSchemaToType(deep, "Deep")).toContain("next?: string;");
    let nested: JSONSchema7 = { type: "string" };
    for (let level = 0; level < 2_000; level += 1) nested = { allOf: [nested] };
    expect(jsonSchemaToType(nested, "Nested")).toContain("string");
    const loop: { properties: Record<string, unknown> } = { properties: {} };
    loop.properties.me = loop;
    expect(jsonSchemaToType(loop as JSONSchema7, "Loop")).toBe("type Loop = {\n  me?: Loop;\n};");
  });
});

describe("tools", () => {
  const tool = {
    description: "Reads a page",
    inputSchema: { type: "object", properties: { id: { type: "string", description: "Which" } }, required: ["id"] },
    outputSchema: { type: "object", properties: { title: { type: "string" } } },
  } satisfies Parameters<typeof methodSignature>[2];

  it("are declared with input, output and the object they are called on", () => {
    expect(generateTypesFromJsonSchema({ "read-page": tool, ping: { inputSchema: {} } })).toBe(
      [
        "type ReadPageInput = {",
        "  /** Which */",
        "  id: string;",
        "};",
        "type ReadPageOutput = {",
        "  title?: string;",
        "};",
        "type PingInput = unknown;",
        "",
        "declare const codemode: {",
        "  /** Reads a page */",
        "  read_page(input: ReadPageInput): Promise<ReadPageOutput>;",
        "  ping(input: PingInput): Promise<unknown>;",
        "};",
      ].join("\n"),
    );
  });

  it("have a signature on one line", () => {
    expect(methodSignature("wiki", "read_page", tool)).toBe(
      "wiki.read_page(input: { id: string }): Promise<{ title?: string }>",
    );
  });

  it("stay within a budget: comments go first, then what is furthest away, never the input", () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 100 }, (_, n) => [
        `t${n}`,
        {
          properties: {
            next: { $ref: `#/$defs/t${n + 1}` },
            text: { type: "string", description: "word ".repeat(60) },
          },
        },
      ]),
    );
    const outputSchema = { $ref: "#/$defs/t0", $defs } as JSONSchema7;
    const text = connectorDeclarations("wiki", { read_page: { ...tool, outputSchema } });
    expect(text.length).toBeLessThan(20_000);
    expect(text).toContain("id: string;");
    expect(text).toContain("type T0 = ");
  });
});
