/** Gives generated declarations to the TypeScript compiler. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { JSONSchema7 } from "json-schema";
import { describe, expect, it } from "vitest";
import {
  connectorDeclarations,
  generateTypesFromJsonSchema,
  jsonSchemaToType,
} from "../../../src/catalog/types/declare.ts";
import fc from "../../support/fast-check.ts";
import { loadSpec } from "../eval/specs.ts";

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

/** What the compiler says of a module; empty when it accepts it. */
async function complaints(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "types-"));
  try {
    await writeFile(join(folder, "module.ts"), `${text}\nexport {};\n`);
    const args = [
      tsc,
      "--noEmit",
      "--strict",
      "--ignoreConfig",
      "--target",
      "es2022",
      "--lib",
      "es2022",
      "--types",
      "",
      "module.ts",
    ];
    return await new Promise((resolve) => {
      execFile(process.execPath, args, { cwd: folder }, (error, stdout) =>
        resolve(error === null ? "" : stdout || String(error)),
      );
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const name = fc.constantFrom("a", "b-c", "class", "__proto__", "1", "Record", "é");
const definition = fc.constantFrom("A", "b", "Record", "a-b", "string");

/** Schemas as they should not be: circular unions, index signatures beside properties, contradictions. */
const schemas = fc.letrec<{ schema: unknown }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(
      true,
      false,
      {},
      { type: "string" },
      { type: ["integer", "null"] },
      { const: "*/" },
      { enum: ["a", 1, null] },
    ),
    definition.map((to) => ({ $ref: `#/definitions/${to}`, description: "*/ x\ny" })),
    fc.record(
      {
        type: fc.constantFrom("object", ["object", "null"]),
        properties: fc.dictionary(name, tie("schema"), { maxKeys: 3 }),
        required: fc.array(name, { maxLength: 2 }),
        additionalProperties: tie("schema"),
        nullable: fc.boolean(),
      },
      { requiredKeys: ["properties"] },
    ),
    fc.record({ items: fc.oneof(tie("schema"), fc.array(tie("schema"), { maxLength: 3 })), minItems: fc.nat(2) }),
    fc.record(
      { prefixItems: fc.array(tie("schema"), { minLength: 1, maxLength: 3 }), items: tie("schema") },
      { requiredKeys: ["prefixItems"] },
    ),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((allOf) => ({ allOf })),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc
      .array(tie("schema"), { minLength: 1, maxLength: 3 })
      .map((oneOf) => ({ oneOf, properties: { tag: { type: "string" } } })),
  ),
})).schema;

const documents = fc
  .record({
    root: schemas,
    definitions: fc.record({ A: schemas, b: schemas, Record: schemas, "a-b": schemas, string: schemas }),
  })
  .map(({ root, definitions }) => ({ allOf: [root], definitions }) as JSONSchema7);

describe("the TypeScript compiler", () => {
  it("refuses what is wrong, so that its silence below means something", async () => {
    expect(await complaints("type A = A | string;")).toContain("TS2456");
  });

  it("accepts the types of any schema", async () => {
    const samples = fc.sample(documents, { numRuns: 400, seed: 7 });
    const text = samples.map((schema, n) => `namespace N${n} {\n${jsonSchemaToType(schema, "T")}\n}`).join("\n");
    expect(await complaints(text)).toBe("");
  });

  it.each(["github", "figma", "readme"] as const)("accepts the types of every operation of %s", async (spec) => {
    const { descriptors } = loadSpec(spec).description;
    const each = Object.entries(descriptors).map(
      ([method, tool]) => `namespace ${method} {\n${connectorDeclarations("api", { [method]: tool })}\n}`,
    );
    expect(each.length).toBeGreaterThan(40);
    expect(await complaints(each.join("\n"))).toBe("");
    expect(await complaints(generateTypesFromJsonSchema(descriptors, "api"))).toBe("");
  });
});
