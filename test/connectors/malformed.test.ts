/** One wrong place in what a server says of itself: whatever stands there, nothing but a sentence comes of it. */
import { describe, expect, test, vi } from "vitest";
import { describe as describeTarget, search } from "../../src/catalog/catalog.ts";
import type { CodemodeConnector } from "../../src/connector/connector.ts";
import { isCodemodeError } from "../../src/errors.ts";
import { over, scripted, tool } from "./mcp/make.ts";
import { description, make } from "./openapi/make.ts";

/** What servers write where something else belongs; also references that lead nowhere, or to everything. */
const JUNK: readonly unknown[] = [undefined, null, 7, "x", [[7]], {}, { $ref: 7 }, { $ref: "#" }];

const REF = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });
const A = {
  type: "object",
  discriminator: { propertyName: "kind", mapping: { b: "B" } },
  properties: { kind: { type: "string", enum: ["a"] }, many: { type: "array", items: REF("schemas", "A") } },
  required: ["kind"],
  additionalProperties: false,
  oneOf: [REF("schemas", "B")],
  patternProperties: { "^x": {} },
};
const QUERY = {
  in: "query",
  name: "q",
  style: "deepObject",
  explode: true,
  schema: { type: "object", required: ["a"] },
};
const MULTIPART = { schema: {}, encoding: { a: { contentType: "image/png", style: "form" } } };
const ITEM = {
  servers: [{ url: "https://{region}.test", variables: { region: { default: "eu", enum: ["eu"] } } }],
  parameters: [{ in: "path", name: "id", required: true, schema: { type: "string" } }, REF("parameters", "P")],
  get: {
    operationId: "get",
    tags: ["t"],
    parameters: [QUERY, { in: "header", name: "Idempotency-Key", schema: {} }],
    responses: { 200: { content: { "application/json": { schema: REF("schemas", "A") } } }, default: {} },
  },
  post: {
    operationId: "post",
    requestBody: { required: true, content: { "application/json": { schema: A }, "multipart/form-data": MULTIPART } },
    responses: { "2XX": REF("responses", "R") },
  },
  additionalOperations: { COPY: { responses: {} } },
};
const API = {
  ...description({ "/x/{id}": ITEM, "/ok": { get: { operationId: "ok", responses: {} } } }),
  components: {
    schemas: { A, B: { allOf: [REF("schemas", "A")], nullable: true } },
    parameters: { P: { in: "query", name: "p", schema: { type: "string" } } },
    responses: { R: { content: { "text/plain": { schema: {} } } } },
  },
};

const TOOL = {
  name: "t",
  description: "d",
  inputSchema: {
    type: "object",
    properties: { a: { type: "array", items: { enum: ["x"] } }, b: { anyOf: [{ const: 1 }], pattern: "x" } },
    required: ["a"],
    additionalProperties: false,
    $defs: { D: { type: "string" } },
    allOf: [{ $ref: "#/$defs/D" }],
  },
  outputSchema: { type: "object", properties: {} },
  annotations: { title: "t", readOnlyHint: true, destructiveHint: false },
};

/** Two of them for each place, others for the next: every kind of place gets all of them, in a second or two. */
function junkFor(at: number): readonly unknown[] {
  return [JUNK[at % JUNK.length], JUNK[(at + 3) % JUNK.length]];
}

function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => placesIn(child, [...path, key]))];
}

function withJunk(value: unknown, [key, ...rest]: readonly string[], junk: unknown): unknown {
  if (key === undefined) return junk;
  const child: unknown = Reflect.get(Object(value), key);
  if (Array.isArray(value)) return value.with(Number(key), withJunk(child, rest, junk));
  return { ...Object(value), [key]: withJunk(child, rest, junk) };
}

/** Looks at everything that a connector says. Answers the names of its tools, or why there is no description. */
async function lookAt(connector: CodemodeConnector): Promise<readonly string[] | string> {
  const described = await connector.describe().catch((error: unknown) => {
    if (isCodemodeError(error)) return `${error.code}: ${error.message}`;
    throw error;
  });
  if (typeof described === "string") return described;
  const connectors = [described];
  for (const query of ["", "get a thing"]) search({ connectors }, query);
  describeTarget({ connectors }, connector.name());
  const names = Object.keys(described.descriptors);
  for (const name of names) {
    describeTarget({ connectors }, `${connector.name()}.${name}`);
    await connector.assess(name, { id: "1", path: "/x", body: { kind: "a" }, a: ["x"] }, { executionId: "e", seq: 0 });
  }
  expect(JSON.parse(JSON.stringify(described))).toMatchObject({ name: connector.name() });
  return names;
}

describe("one wrong place", () => {
  test("in an API description leaves the other operations, or is refused in words", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const places = placesIn(API);
    expect(places.length).toBeGreaterThan(100);
    for (const [at, place] of places.entries()) {
      for (const junk of junkFor(at)) {
        const spec = withJunk(API, place, junk);
        const seen = await lookAt(make({ spec: () => spec as object }));
        const isInside = place.length > 1 && !(place[0] === "paths" && place[1] === "/ok");
        if (typeof seen === "string")
          expect(seen).toMatch(/^INVALID_SCHEMA: \w+: This OpenAPI description cannot be used/);
        if (isInside) expect(seen, `${place.join("/")} = ${JSON.stringify(junk)}`).toContain("ok");
      }
    }
    vi.restoreAllMocks();
  });

  test("in an MCP tool leaves the other tools", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    for (const place of placesIn(TOOL)) {
      for (const junk of JUNK) {
        const seen = await lookAt(over(scripted([withJunk(TOOL, place, junk), tool("ok")])));
        expect(seen, `${place.join("/")} = ${JSON.stringify(junk)}`).toContain("ok");
      }
    }
    vi.restoreAllMocks();
  });
});
