/** Schemas of tools: references kept and closed, recursion, composition, versions; and descriptions that are broken. */
import type { JSONSchema7 } from "json-schema";
import { describe, expect, test, vi } from "vitest";
import { describe as describeTarget, search } from "../../../src/catalog/catalog.ts";
import { jsonSchemaToType } from "../../../src/catalog/types/declare.ts";
import { failureOf } from "../../support/thrown.ts";
import { danglingReferences } from "../contract.ts";
import { description, make } from "./make.ts";

const REF = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** The input and output schema of an operation with this body and answer. */
async function schemasOf(
  schemas: object,
  schema: object,
  version = "3.1.0",
): Promise<{ body: JSONSchema7; output: JSONSchema7; input: JSONSchema7 }> {
  const content = { "application/json": { schema } };
  const spec = description(
    {
      "/": { post: { operationId: "op", requestBody: { content }, responses: { 200: { description: "", content } } } },
    },
    { openapi: version, components: { schemas } },
  );
  const descriptor = (await make({ spec }).describe()).descriptors.op;
  const input = descriptor?.inputSchema ?? {};
  const body = input.properties?.body;
  return { input, output: descriptor?.outputSchema ?? {}, body: typeof body === "object" ? body : {} };
}

async function accepts(schemas: object, schema: object, body: unknown, version?: string): Promise<boolean> {
  const content = { "application/json": { schema } };
  const spec = description(
    { "/": { post: { operationId: "op", requestBody: { content }, responses: {} } } },
    { ...(version !== undefined && { openapi: version }), components: { schemas } },
  );
  const assessment = await make({ spec }).assess("op", { body }, { executionId: "e", seq: 0 });
  return assessment.kind === "valid";
}

describe("references", () => {
  test("stay references, with the definitions that they reach and no others", async () => {
    const { input, body } = await schemasOf(
      { Pet: { properties: { owner: REF("Owner") } }, Owner: { type: "object" }, Unused: {} },
      { type: "array", items: REF("Pet") },
    );
    expect(body).toEqual({ type: "array", items: { $ref: "#/$defs/Pet" } });
    expect(input.$defs).toEqual({
      Owner: { type: "object" },
      Pet: { properties: { owner: { $ref: "#/$defs/Owner" } } },
    });
  });

  test("recursion is a reference like any other, and is checked", async () => {
    const schemas = {
      Tree: { type: "object", properties: { name: { type: "string" }, kids: { type: "array", items: REF("Tree") } } },
    };
    expect(await accepts(schemas, REF("Tree"), { name: "a", kids: [{ name: "b", kids: [] }] })).toBe(true);
    expect(await accepts(schemas, REF("Tree"), { name: "a", kids: [{ name: "b", kids: [{ name: 1 }] }] })).toBe(false);
  });

  test("a chain 200 deep, and one that branches at every level, take as much room as their schemas", async () => {
    const chain = (width: number) =>
      Object.fromEntries(
        Array.from({ length: 200 }, (_, n) => [
          `L${n}`,
          {
            type: "object",
            properties: Object.fromEntries(
              Array.from({ length: width }, (_, w) => [`p${w}`, n < 199 ? REF(`L${n + 1}`) : {}]),
            ),
          },
        ]),
      );
    for (const width of [1, 3]) {
      const schemas = chain(width);
      const { input, output } = await schemasOf(schemas, REF("L0"));
      expect(Object.keys(input.$defs ?? {})).toHaveLength(200);
      expect(JSON.stringify(input).length).toBeLessThan(1.2 * JSON.stringify(schemas).length);
      expect(danglingReferences(output)).toEqual([]);
    }
    const nested = JSON.parse(`${'{"p0":'.repeat(199)}7${"}".repeat(199)}`);
    expect(await accepts(chain(1), REF("L0"), nested)).toBe(false);
  });

  test("definitions are shared by all operations that reach them", async () => {
    const content = { "application/json": { schema: REF("Pet") } };
    const spec = description(
      {
        "/a": { post: { operationId: "a", requestBody: { content }, responses: {} } },
        "/b": { post: { operationId: "b", requestBody: { content }, responses: {} } },
      },
      { components: { schemas: { Pet: { type: "object" } } } },
    );
    const { descriptors } = await make({ spec }).describe();
    expect(descriptors.a?.inputSchema.$defs).toBe(descriptors.b?.inputSchema.$defs);
    expect((await make({ spec }).describe()).descriptors.a?.inputSchema).toBe(descriptors.a?.inputSchema);
  });

  test("of every kind: to components, into them, to paths, escaped, by anchor, through another, to parameters and bodies", async () => {
    const spec = description(
      {
        "/a~b/{id}": {
          parameters: [{ $ref: "#/components/parameters/Alias" }],
          post: {
            operationId: "first",
            requestBody: { $ref: "#/components/requestBodies/Body" },
            responses: { 200: { $ref: "#/components/responses/Ok" } },
          },
        },
        "/second": { $ref: "#/components/pathItems/Second" },
      },
      {
        components: {
          parameters: {
            Alias: { $ref: "#/components/parameters/Id" },
            Id: { in: "path", name: "id", required: true, schema: REF("Pet/properties/id") },
          },
          requestBodies: { Body: { content: { "application/json": { schema: REF("odd~1name~0%20x") } } } },
          responses: { Ok: { description: "", content: { "application/json": { schema: { $ref: "#pet" } } } } },
          pathItems: {
            Second: {
              get: {
                operationId: "second",
                responses: {
                  200: {
                    description: "",
                    content: {
                      "application/json": {
                        schema: { $ref: "#/paths/~1a~0b~1{id}/post/requestBody/content/application~1json/schema" },
                      },
                      "text/plain": {},
                    },
                  },
                },
              },
            },
          },
          schemas: {
            Pet: { $anchor: "pet", type: "object", properties: { id: { type: "integer" } } },
            "odd/name~ x": { type: "object", properties: { pet: REF("Pet") } },
          },
        },
      },
    );
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const { descriptors } = await make({ spec }).describe();
    expect(descriptors.first?.inputSchema).toMatchObject({
      properties: { id: { $ref: "#/$defs/Pet_id" }, body: { $ref: "#/$defs/odd_name__x" } },
      $defs: { Pet_id: { type: "integer" }, odd_name__x: { properties: { pet: { $ref: "#/$defs/Pet" } } } },
    });
    expect(descriptors.first?.outputSchema).toMatchObject({ $ref: "#/$defs/Pet", $defs: { Pet: { type: "object" } } });
    // A pointer does not look through another reference on its way: JSON Pointer knows none.
    expect(descriptors.second?.outputSchema).toMatchObject({ description: expect.stringContaining("leads nowhere") });
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });

  test("one that leads nowhere, to another document or in a circle accepts anything, and is told once", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const schemas = {
      A: { properties: { x: REF("Gone"), y: { $ref: "other.json#/X" }, z: REF("Round") } },
      Round: REF("Round"),
    };
    const { input } = await schemasOf(schemas, { properties: { a: REF("A"), gone: REF("Gone"), round: REF("Round") } });
    expect(danglingReferences(input)).toEqual([]);
    expect(await accepts(schemas, REF("A"), { x: 1, y: "2", z: [] })).toBe(true);
    expect(String(warn.mock.calls[0])).toContain("#/components/schemas/Gone");
    warn.mockRestore();
  });
});

describe("what schemas say", () => {
  test("schemas that extend each other in a circle are what all of them say", async () => {
    const named = (name: string) => ({ type: "object", properties: { [name]: { type: "number" } } });
    const schemas = {
      A: { allOf: [REF("B"), named("a")] },
      B: { allOf: [REF("C"), named("b")] },
      C: { allOf: [REF("A"), named("c")] },
    };
    expect(await accepts(schemas, REF("A"), { a: 1, b: 2, c: 3 })).toBe(true);
    for (const wrong of [{ a: "1" }, { b: "2" }, { c: "3" }])
      expect(await accepts(schemas, REF("A"), wrong)).toBe(false);
  });

  test("allOf, oneOf, anyOf and discriminators pass through, mappings rewritten", async () => {
    const schemas = {
      Cat: { type: "object", properties: { kind: { type: "string" } } },
      Dog: { type: "object", properties: { kind: { type: "string" } } },
    };
    const schema = {
      oneOf: [REF("Cat"), REF("Dog")],
      discriminator: { propertyName: "kind", mapping: { cat: "#/components/schemas/Cat", dog: "Dog" } },
    };
    const { body, input } = await schemasOf(schemas, schema);
    expect(body).toEqual({
      anyOf: [{ $ref: "#/$defs/Cat" }, { $ref: "#/$defs/Dog" }],
      discriminator: { propertyName: "kind", mapping: { cat: "#/$defs/Cat", dog: "#/$defs/Dog" } },
    });
    expect(Object.keys(input.$defs ?? {})).toEqual(["Cat", "Dog"]);
    expect(await accepts(schemas, schema, { kind: "cat" })).toBe(true);
    const both = await schemasOf(
      {},
      { allOf: [{ type: "object" }, { anyOf: [{ required: ["a"] }, { required: ["b"] }] }] },
    );
    expect(both.body).toEqual({ allOf: [{ type: "object" }, { anyOf: [{ required: ["a"] }, { required: ["b"] }] }] });
  });

  test("3.0's nullable, exclusive bounds and nullable references mean what they mean there", async () => {
    const schemas = { Name: { type: "string", nullable: true }, Plain: { type: "string" } };
    const properties = {
      name: REF("Name"),
      ref: { nullable: true, allOf: [REF("Plain")] },
      size: { type: "integer", minimum: 0, exclusiveMinimum: true },
      mode: { type: "string", enum: ["a"], nullable: true },
    };
    const schema = { type: "object", properties };
    for (const body of [
      { name: null, ref: null, size: 1, mode: null },
      { name: "x", ref: "y", mode: "a" },
    ]) {
      expect(await accepts(schemas, schema, body, "3.0.3")).toBe(true);
    }
    for (const body of [{ size: 0 }, { ref: 1 }, { mode: "b" }])
      expect(await accepts(schemas, schema, body, "3.0.3")).toBe(false);
  });

  test("a caller need not send what is readOnly, and is not promised what is writeOnly", async () => {
    const schemas = { Id: { type: "integer", readOnly: true }, Day: { type: "string" } };
    const schema = {
      type: "object",
      properties: {
        id: REF("Id"),
        made: { ...REF("Day"), readOnly: true },
        secret: { type: "string", writeOnly: true },
        name: { type: "string" },
      },
      required: ["id", "made", "secret", "name"],
    };
    for (const [whole, place] of [
      [schema, "required"],
      [{ allOf: [REF("Nowhere")], ...schema }, "required"],
      [{ allOf: [schema] }, "allOf.0.required"],
    ] as const) {
      const { body, output } = await schemasOf(schemas, whole);
      expect(body).toHaveProperty(place, ["secret", "name"]);
      expect(output).toHaveProperty(place, ["id", "made", "name"]);
    }
  });

  test("the places of a list are what they are, and a part that is nothing says nothing", async () => {
    const schemas = { Id: { type: "integer" } };
    const pair = { type: "array", items: [REF("Id"), { type: "string" }] };
    const schema = { allOf: [null, { type: "object", properties: { pair } }] };
    expect(await accepts(schemas, schema, { pair: [1, "x"] })).toBe(true);
    expect(await accepts(schemas, schema, { pair: ["x", "x"] })).toBe(false);
  });

  test("what is closed stays so", async () => {
    const schema = { type: "object", properties: { a: {}, b: false }, additionalProperties: false };
    expect(await accepts({}, schema, { a: 1 })).toBe(true);
    for (const body of [{ c: 1 }, { b: 1 }]) expect(await accepts({}, schema, body)).toBe(false);
  });

  test("bytes are no string, and broken keywords refuse nothing", async () => {
    const schema = {
      type: "object",
      properties: {
        file: { type: "string", format: "binary" },
        a: { type: "string", pattern: "(?<!" },
        b: { type: "any" },
      },
      required: "file",
    };
    expect(await accepts({}, schema, { file: Uint8Array.of(1), a: "x", b: 1 })).toBe(true);
    expect((await schemasOf({}, schema)).body.properties?.file).toEqual({ format: "binary" });
  });

  test("bytes or null are bytes, and no text", async () => {
    const schema = {
      type: "object",
      properties: {
        file: { type: ["string", "null"], format: "binary" },
        raw: { type: ["string", "null"], contentMediaType: "application/octet-stream" },
      },
    };
    expect(await accepts({}, schema, { file: Uint8Array.of(1), raw: Uint8Array.of(1) })).toBe(true);
    expect(await accepts({}, schema, { file: null, raw: null })).toBe(true);
  });

  test("a property may be called like a keyword", async () => {
    const properties = {
      example: { type: "string" },
      $ref: { type: "string" },
      id: { type: "string" },
      "x-y": { type: "string" },
    };
    const { body } = await schemasOf({}, { type: "object", properties, example: { example: "dropped" } });
    expect(body).toEqual({ type: "object", properties });
  });

  test("answers: success only, several as a union, text, bytes and nothing", async () => {
    const answer = (content?: object) => ({ description: "", ...(content !== undefined && { content }) });
    const of = async (responses: object, method = "get") => {
      const spec = description({ "/": { [method]: { operationId: "op", responses } } });
      return (await make({ spec }).describe()).descriptors.op?.outputSchema;
    };
    const A = { "application/json": { schema: { type: "string" } } };
    expect(await of({ 200: answer(A), 404: answer({ "application/json": { schema: { type: "number" } } }) })).toEqual({
      type: "string",
    });
    expect(await of({ 200: answer(A), 204: answer() })).toEqual({ anyOf: [{ type: "string" }, { type: "null" }] });
    expect(await of({ "2XX": answer({ "text/csv": {} }) })).toEqual({ type: "string" });
    expect(await of({ 200: answer({ "application/pdf": {} }) })).toMatchObject({ format: "binary" });
    expect(await of({ 204: answer() })).toEqual({ type: "null" });
    expect(await of({ 204: answer(), 205: answer() })).toEqual({ type: "null" });
    // Many descriptions leave the content of an answer out that has some; a status that can have none says so.
    expect(await of({ 200: answer() })).toEqual({});
    expect(await of({ 200: answer(), 204: answer() })).toEqual({});
    expect(await of({ default: answer() })).toEqual({});
    expect(await of({ default: answer(A) })).toEqual({ type: "string" });
    expect(await of({})).toEqual({});
    expect(await of({ 200: answer() }, "head")).toMatchObject({ required: ["status", "headers"] });
  });
});

describe("Swagger 2", () => {
  const swagger = {
    swagger: "2.0",
    info: { title: "Old", version: "1" },
    host: "old.test",
    basePath: "/v2",
    schemes: ["https"],
    consumes: ["application/json"],
    produces: ["application/json"],
    paths: {
      "/pets": {
        get: {
          operationId: "listPets",
          parameters: [
            { in: "query", name: "tags", type: "array", items: { type: "string" }, collectionFormat: "pipes" },
          ],
          responses: { 200: { description: "ok", schema: { type: "array", items: { $ref: "#/definitions/Pet" } } } },
        },
        post: {
          operationId: "addPet",
          parameters: [{ in: "body", name: "pet", required: true, schema: { $ref: "#/definitions/Pet" } }],
          responses: { 201: { description: "ok" } },
        },
      },
    },
    definitions: {
      Pet: { type: "object", properties: { name: { type: "string" }, parent: { $ref: "#/definitions/Pet" } } },
    },
  };

  test("is converted, the caller's object untouched", async () => {
    const before = structuredClone(swagger);
    const sent: string[] = [];
    const connector = make({
      spec: swagger,
      fetch: async (request) => {
        sent.push(`${request.method} ${request.url} ${await request.text()}`);
        return Response.json([]);
      },
    });
    await connector.executeTool("listPets", { tags: ["a", "b"] });
    await connector.executeTool("addPet", { body: { name: "Rex" } });
    expect(sent).toEqual(["GET https://old.test/v2/pets?tags=a%7Cb ", 'POST https://old.test/v2/pets {"name":"Rex"}']);
    expect((await connector.describe()).descriptors.listPets?.outputSchema).toMatchObject({
      items: { $ref: "#/$defs/Pet" },
      $defs: { Pet: { properties: { parent: { $ref: "#/$defs/Pet" } } } },
    });
    expect(swagger).toEqual(before);
  });
});

describe("descriptions that cannot be used", () => {
  test.each([
    ["openapi: 3.0.0", "spec is text"],
    [null, "spec is null"],
    [{}, 'neither "openapi" nor "swagger"'],
    [{ swagger: "1.2" }, "Swagger 1.2"],
    [{ openapi: "4.0.0", paths: {} }, '"4.0.0"'],
    [{ openapi: "3.1.0" }, 'no "paths"'],
    [{ openapi: "3.1.0", paths: [] }, '"paths" is not an object'],
  ])("%j", async (spec, problem) => {
    const given = async () => spec as object;
    const error = await failureOf(make({ spec: given }).describe());
    expect(error.code).toBe("INVALID_SCHEMA");
    expect(error.message).toContain(problem);
  });

  test("one that could not be fetched once is fetched again", async () => {
    let attempts = 0;
    const connector = make({
      spec: async () => {
        attempts += 1;
        if (attempts === 1) throw new Error("offline");
        return description({});
      },
    });
    await expect(connector.describe()).rejects.toThrow("offline");
    expect(Object.keys((await connector.describe()).descriptors)).toEqual(["request"]);
  });

  test("nonsense inside costs what it touches, not the connector", async () => {
    const spec = description({
      "/a": null,
      "/b": {
        get: "no",
        post: { operationId: 7, parameters: "no", requestBody: [], responses: { 200: null }, tags: [1, "t"] },
      },
      "/c": {
        get: {
          operationId: "c",
          parameters: [null, {}, { in: "query" }, { in: "elsewhere", name: "x" }, { $ref: "#/nowhere" }],
        },
      },
      "x-extension": { get: { operationId: "no" } },
    });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    expect(Object.keys((await make({ spec }).describe()).descriptors)).toEqual(["request", "post_b", "c"]);
    warn.mockRestore();
  });
});

describe("what descriptions write and mean otherwise", () => {
  const COMPONENTS = {
    schemas: { Obj: { type: "object", properties: { a: { type: "string" } }, required: ["a"] } },
  };
  const OBJ = { $ref: "#/components/schemas/Obj" };

  describe.each(["3.0.3", "3.1.0"])("in %s", (openapi) => {
    test.each<[string, object, unknown[], unknown[]]>([
      ["nullable beside allOf", { nullable: true, allOf: [OBJ] }, [null, { a: "x" }], [{}, 1]],
      ["nullable beside oneOf", { nullable: true, oneOf: [{ type: "string" }, OBJ] }, [null, "x"], [1]],
      ["nullable beside a reference", { nullable: true, ...OBJ }, [null, { a: "x" }], [{}]],
      ["nullable beside a type", { nullable: true, type: "string" }, [null, "x"], [1]],
      ["nullable beside an enum", { nullable: true, type: "string", enum: ["a"] }, [null, "a"], ["b"]],
      ["nullable that is false", { nullable: false, type: "string" }, ["x"], [null]],
      ["oneOf whose alternatives overlap", { oneOf: [{ type: "integer" }, { type: "number" }] }, [5, 1.5], ["x"]],
      ["oneOf beside anyOf", { oneOf: [{ type: "string" }, { maxLength: 3 }], anyOf: [{}] }, ["x"], []],
      ["an enum without values", { type: "string", enum: [] }, ["x"], [1]],
      ["a pattern between slashes", { type: "string", pattern: "/^a+$/i" }, ["aa", "b"], [1]],
    ])("%s", async (_title, schema, fits, refused) => {
      const requestBody = { content: { "application/json": { schema } } };
      const spec = description(
        { "/": { post: { operationId: "send", requestBody, responses: {} } } },
        { openapi, components: COMPONENTS },
      );
      const kindOf = async (body: unknown) =>
        (await make({ spec }).assess("send", { body }, { executionId: "e", seq: 0 })).kind;
      for (const body of fits) expect([body, await kindOf(body)]).toEqual([body, "valid"]);
      for (const body of refused) expect([body, await kindOf(body)]).toEqual([body, "invalid"]);
    });

    test("nullable is one null in the type", async () => {
      const schema = { nullable: true, description: "Who", allOf: [OBJ] };
      const content = { "application/json": { schema } };
      const spec = description(
        { "/": { post: { operationId: "send", requestBody: { content }, responses: {} } } },
        { openapi, components: COMPONENTS },
      );
      const { inputSchema } = (await make({ spec }).describe()).descriptors.send ?? {};
      const types = jsonSchemaToType(inputSchema ?? {}, "T");
      expect(types).toContain("/** Who */\n  body?: Obj | null;");
    });
  });
});

describe("schemas of a depth that no stack holds", () => {
  const NESTED: Readonly<Record<string, (schema: object) => object>> = {
    properties: (schema) => ({ type: "object", properties: { a: schema } }),
    items: (schema) => ({ type: "array", items: schema }),
    allOf: (schema) => ({ allOf: [schema] }),
  };

  test.each(Object.entries(NESTED))(
    "%s: they take anything, and other operations are what they are",
    async (_name, nest) => {
      let deep: object = { type: "string" };
      for (let n = 0; n < 20_000; n += 1) deep = nest(deep);
      const content = (schema: object) => ({
        requestBody: { content: { "application/json": { schema } } },
        responses: {},
      });
      const spec = description({
        "/deep": { post: { operationId: "deep", ...content(deep) } },
        "/fine": { post: { operationId: "fine", ...content({ type: "string" }) } },
      });
      const connector = make({ spec });
      const connectors = [await connector.describe()];
      expect(search({ connectors }, "").results.map(({ path }) => path)).toEqual([
        "api.deep",
        "api.fine",
        "api.request",
      ]);
      expect(describeTarget({ connectors }, "api.deep").types).toContain("deep(input: ");
      const CALL = { executionId: "e", seq: 0 };
      expect(await connector.assess("deep", { body: undefined }, CALL)).toMatchObject({ kind: "valid" });
      expect(await connector.assess("fine", { body: 7 }, CALL)).toMatchObject({ kind: "invalid" });
    },
  );
});
