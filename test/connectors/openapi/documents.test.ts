/** References into other documents: resolved by the rules of URIs where the documents are handed in, told where not. */
import { describe, expect, test, vi } from "vitest";
import type { OpenApiDocuments } from "../../../connectors/openapi/index.ts";
import { generateTypesFromJsonSchema } from "../../../src/catalog/types/declare.ts";
import { failureOf } from "../../support/thrown.ts";
import { danglingReferences } from "../contract.ts";
import { json, loopback } from "./loopback.ts";
import { description, make } from "./make.ts";

/** A description whose only operation takes and gives what a reference names. */
function posting($ref: string, rest: object = {}): object {
  const content = { "application/json": { schema: { $ref } } };
  const post = { operationId: "send", requestBody: { content }, responses: { 200: { description: "", content } } };
  return description({ "/": { post } }, rest);
}

async function typesOf(spec: object, documents: OpenApiDocuments): Promise<string> {
  const unresolved: string[] = [];
  const onUnresolvedReferences = (references: readonly string[]) => void unresolved.push(...references);
  const { descriptors } = await make({ spec, documents, onUnresolvedReferences }).describe();
  const { send } = descriptors;
  if (send === undefined) throw new Error("no operation was derived");
  expect([danglingReferences(send.inputSchema), danglingReferences(send.outputSchema)]).toEqual([[], []]);
  expect(unresolved).toEqual([]);
  return generateTypesFromJsonSchema({ send });
}

const PET = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
const components = (schemas: object) => ({ components: { schemas } });

describe("documents that are handed in", () => {
  test.each<[string, string, OpenApiDocuments]>([
    [
      "a file beside the description",
      "./common.yaml#/components/schemas/Pet",
      { "./common.yaml": components({ Pet: PET }) },
    ],
    ["the same without ./", "common.yaml#/components/schemas/Pet", { "./common.yaml": components({ Pet: PET }) }],
    ["a whole file", "schemas/Pet.json", { "schemas/Pet.json": PET }],
    ["a file above", "../shared/a b.yaml#/Pet", { "../shared/a%20b.yaml": { Pet: PET } }],
    ["a whole address", "https://x.test/y.json#/$defs/Pet", { "https://x.test/y.json": { $defs: { Pet: PET } } }],
    ["an anchor", "./common.yaml#pet", { "./common.yaml": { any: { $anchor: "pet", ...PET } } }],
    [
      "the id that a schema gives itself",
      "https://x.test/pet",
      { "./pet.json": { $id: "https://x.test/pet", ...PET } },
    ],
    ["an escaped pointer", "./a.yaml#/a~1b/c%20d", { "./a.yaml": { "a/b": { "c d": PET } } }],
  ])("%s", async (_title, reference, documents) => {
    expect(await typesOf(posting(reference), documents)).toContain("name: string");
  });

  test("types are named after the document and the place in it, and nothing takes a component's name", async () => {
    const documents = {
      "./common.yaml": components({ Pet: { ...PET, properties: { name: {}, tag: { $ref: "#/Tag" } } } }),
    };
    Object.assign(documents["./common.yaml"], { Tag: { type: "object", properties: { text: { type: "string" } } } });
    const types = await typesOf(
      posting(
        "#/components/schemas/Pet",
        components({ Pet: { allOf: [{ $ref: "common.yaml#/components/schemas/Pet" }] } }),
      ),
      documents,
    );
    expect(types).toMatch(/CommonPet\b/);
    expect(types).toMatch(/CommonTag\b/);
  });

  test("relative references between them start from where each of them is", async () => {
    const documents = {
      "./parts/pet.yaml": {
        Pet: { properties: { owner: { $ref: "people/owner.yaml#/Owner" }, kind: { $ref: "../kind.yaml" } } },
      },
      "./parts/people/owner.yaml": { Owner: { properties: { born: { $ref: "../../kind.yaml#/$defs/Day" } } } },
      "./kind.yaml": { enum: ["cat"], $defs: { Day: { const: "monday" } } },
    };
    const types = await typesOf(posting("parts/pet.yaml#/Pet"), documents);
    expect(types).toContain('"cat"');
    expect(types).toContain('"monday"');
  });

  test("a document that says where it is moves what its references start from", async () => {
    const documents = {
      "./pet.json": { $id: "https://x.test/schemas/pet.json", properties: { tag: { $ref: "tag.json" } } },
      "https://x.test/schemas/tag.json": { const: "found" },
    };
    expect(await typesOf(posting("./pet.json"), documents)).toContain('"found"');
    const self = posting("tag.json", { openapi: "3.2.0", $self: "https://x.test/schemas/openapi.json" });
    expect(await typesOf(self, { "https://x.test/schemas/tag.json": { const: "found" } })).toContain('"found"');
  });

  test("recursion across documents, back into the description too, ends in named types", async () => {
    const spec = posting(
      "./tree.yaml#/Node",
      components({ Leaf: { properties: { of: { $ref: "tree.yaml#/Node" } } } }),
    );
    const documents = {
      "./openapi.yaml": spec,
      "./tree.yaml": {
        Node: {
          properties: {
            next: { $ref: "#/Node" },
            far: { $ref: "far.yaml" },
            leaf: { $ref: "openapi.yaml#/components/schemas/Leaf" },
          },
        },
      },
      "./far.yaml": { properties: { back: { $ref: "./tree.yaml#/Node" }, self: { $ref: "#" } } },
    };
    const types = await typesOf(spec, documents);
    expect(types.match(/type Tree_?Node\b/g)).toHaveLength(1);
    expect(types).toMatch(/self\?: Far\b/);
    const connector = make({ spec, documents });
    const assess = (leaf: unknown) =>
      connector.assess(
        "send",
        { body: { next: { leaf: { of: { far: { back: leaf } } } } } },
        { executionId: "e", seq: 0 },
      );
    expect(await assess({ next: {} })).toMatchObject({ kind: "valid" });
  });

  test("a dynamic reference is read where it stands, here and in another document", async () => {
    const node = (next: string) => ({ $dynamicAnchor: "node", properties: { next: { $dynamicRef: next } } });
    const inside = await typesOf(posting("#/components/schemas/Node", components({ Node: node("#node") })), {});
    expect(inside).toMatch(/next\?: Node\b/);
    expect(await typesOf(posting("./tree.yaml#/Node"), { "./tree.yaml": { Node: node("#node") } })).toMatch(
      /next\?: \w+Node\b/,
    );
  });

  test("parameters, bodies, answers and whole path items may be elsewhere", async () => {
    const spec = description({ "/pets/{id}": { $ref: "./paths.yaml#/~1pets~1{id}" } });
    const documents = {
      "./paths.yaml": {
        "/pets/{id}": {
          parameters: [{ $ref: "parameters.yaml#/id" }],
          put: {
            operationId: "save",
            requestBody: { $ref: "./bodies.yaml#/pet" },
            responses: { 200: { $ref: "bodies.yaml#/ok" } },
          },
        },
      },
      "./parameters.yaml": { id: { in: "path", name: "id", required: true, schema: { type: "integer" } } },
      "./bodies.yaml": {
        pet: { required: true, content: { "application/json": { schema: PET } } },
        ok: { description: "", content: { "application/json": { schema: { type: "boolean" } } } },
      },
    };
    const server = await loopback((_got, response) => json(response, true));
    const connector = make({ spec, documents, baseUrl: server.url });
    const { save } = (await connector.describe()).descriptors;
    expect(save).toMatchObject({
      inputSchema: { required: ["id", "body"], properties: { id: { type: "integer" } } },
      outputSchema: { type: "boolean" },
    });
    await connector.executeTool("save", { id: 7, body: { name: "Rex" } });
    expect([server.last().url, server.last().body.toString()]).toEqual(["/pets/7", '{"name":"Rex"}']);
  });

  test("a discriminator's mapping finds schemas of its own document by name, by pointer and in others", async () => {
    const documents = {
      "./animals.yaml": {
        components: {
          schemas: {
            Animal: {
              oneOf: [{ $ref: "#/components/schemas/Dog" }, { $ref: "./cat.yaml" }],
              discriminator: { propertyName: "kind", mapping: { dog: "Dog", cat: "cat.yaml" } },
            },
            Dog: {
              type: "object",
              properties: { kind: { const: "dog" }, barks: { type: "boolean" } },
              required: ["kind"],
            },
          },
        },
      },
      "./cat.yaml": {
        type: "object",
        properties: { kind: { const: "cat" }, lives: { type: "integer" } },
        required: ["kind"],
      },
    };
    const { descriptors } = await make({
      spec: posting("animals.yaml#/components/schemas/Animal"),
      documents,
    }).describe();
    expect(descriptors.send?.inputSchema).toMatchObject({
      $defs: {
        animals_Animal: { discriminator: { mapping: { dog: "#/$defs/animals_Dog", cat: "#/$defs/cat" } } },
        animals_Dog: { properties: { barks: { type: "boolean" } } },
        cat: { properties: { lives: { type: "integer" } } },
      },
    });
  });

  test("schemas of a Swagger 2 description may be elsewhere", async () => {
    const spec = {
      swagger: "2.0",
      info: { title: "Old", version: "1" },
      host: "old.test",
      paths: {
        "/": {
          post: {
            operationId: "send",
            parameters: [{ in: "body", name: "b", schema: { $ref: "defs.json#/definitions/Pet" } }],
            responses: {},
          },
        },
      },
    };
    expect(await typesOf(spec, { "defs.json": { definitions: { Pet: PET } } })).toContain("name: string");
  });

  test("neither the description nor a document is changed, and the same objects are derived once", async () => {
    const spec = posting("./tree.yaml#/Node");
    const documents = { "./tree.yaml": { Node: { properties: { next: { $ref: "#/Node" } } } } };
    const before = JSON.stringify([spec, documents]);
    const first = await make({ spec, documents }).describe();
    const second = await make({ spec, documents: () => documents }).describe();
    expect(JSON.stringify([spec, documents])).toBe(before);
    expect(second.descriptors.send?.inputSchema).toBe(first.descriptors.send?.inputSchema);
  });
});

describe("documents that are not", () => {
  test("what leads to them accepts anything and is told, spelled from the description", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const documents = {
      "./parts/pet.yaml": { allOf: [{ $ref: "./gone.yaml#/X" }, { $ref: "#/nowhere" }, { $ref: "http://h.test/z" }] },
    };
    const connector = make({ spec: posting("./parts/pet.yaml", components({ Other: {} })), documents });
    const { send } = (await connector.describe()).descriptors;
    expect(await connector.assess("send", { body: { a: 1 } }, { executionId: "e", seq: 0 })).toMatchObject({
      kind: "valid",
    });
    const said = JSON.stringify(send?.inputSchema);
    for (const reference of ["./parts/gone.yaml#/X", "#/@pet/nowhere", "http://h.test/z"])
      expect(said).toContain(reference);
    warn.mockRestore();
  });

  test("a parameter that is lost is told at once, with what to do", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const parameters = [{ $ref: "./gone.yaml#/limit" }];
    await make({ spec: description({ "/": { get: { operationId: "list", parameters, responses: {} } } }) }).describe();
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/gone\.yaml#\/limit\. Hand in the documents/));
    warn.mockRestore();
  });

  test("text instead of a document says to parse it", async () => {
    const documents: OpenApiDocuments = JSON.parse('{ "./common.yaml": "Pet:\\n  type: object" }');
    const error = await failureOf(make({ spec: posting("./common.yaml#/Pet"), documents }).describe());
    expect(error).toMatchObject({ code: "INVALID_SCHEMA", message: expect.stringContaining("parse its YAML") });
  });
});
