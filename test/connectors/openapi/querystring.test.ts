/** Parameters that are the whole query string (OpenAPI 3.2): what a server gets for each media type. */
import { describe, expect, test } from "vitest";
import { apiOf } from "../../../connectors/openapi/api.ts";
import { failureOf } from "../../support/thrown.ts";
import { json, type Loopback, loopback } from "./loopback.ts";
import { description, make } from "./make.ts";

const CALL = { executionId: "e", seq: 0 };

const FILTER = {
  type: "object",
  properties: {
    text: { type: "string", description: "Words to look for" },
    tags: { type: "array", items: { type: "string" } },
    ids: { type: "array", items: { type: "integer" } },
    range: { type: "object", properties: { from: { type: "integer" }, to: { type: "integer" } } },
  },
  required: ["text"],
  additionalProperties: false,
};

function whole(contentType: string, media: object, more: object = {}): object {
  return { in: "querystring", name: "filter", content: { [contentType]: media }, ...more };
}

function spec(parameter: object, rest: object = {}): object {
  const operation = { operationId: "find", parameters: [parameter], responses: {} };
  return description({ "/things/{kind}": { parameters: [KIND], get: operation } }, { openapi: "3.2.0", ...rest });
}

const KIND = { in: "path", name: "kind", required: true, schema: { type: "string" } };

const FORM = "application/x-www-form-urlencoded";

function server(): Promise<Loopback> {
  return loopback((_got, response) => json(response, { ok: true }));
}

async function sent(parameter: object, filter: unknown, options: object = {}): Promise<string> {
  const api = await server();
  const connector = make({ spec: spec(parameter), baseUrl: api.url, ...options });
  const args = { kind: "a", ...(filter !== undefined && { filter }) };
  expect(await connector.assess("find", args, CALL)).toMatchObject({ kind: "valid" });
  await connector.executeTool("find", args);
  return api.last().url;
}

describe("a form", () => {
  test("has one field for each property, lists repeated, objects as JSON", async () => {
    const url = await sent(whole(FORM, { schema: FILTER }), {
      text: "a&b=c d+é",
      tags: ["x", "y#z"],
      range: { from: 1, to: 2 },
    });
    expect(url.startsWith("/things/a?")).toBe(true);
    expect([...new URLSearchParams(url.slice(url.indexOf("?")))]).toEqual([
      ["text", "a&b=c d+é"],
      ["tags", "x"],
      ["tags", "y#z"],
      ["range", '{"from":1,"to":2}'],
    ]);
  });

  test("is written as its encoding says", async () => {
    const encoding = { ids: { style: "form", explode: false }, range: { style: "deepObject" } };
    const url = await sent(whole(FORM, { schema: FILTER, encoding }), {
      text: "t",
      ids: [1, 2],
      range: { from: 1, to: 2 },
    });
    expect(url).toBe("/things/a?text=t&ids=1,2&range[from]=1&range[to]=2");
  });

  test("that is absent, null or empty leaves the path as it is", async () => {
    const loose = whole(FORM, { schema: { type: ["object", "null"] } });
    for (const filter of [undefined, null, {}]) expect(await sent(loose, filter)).toBe("/things/a");
  });

  test("that is a text is refused: it could be anything", async () => {
    const connector = make({ spec: spec(whole(FORM, {})) });
    const error = await failureOf(connector.executeTool("find", { kind: "a", filter: "a=1#b" }));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENTS" });
    expect(error.message).toContain("args.filter");
  });
});

describe("other media types", () => {
  test("JSON is one percent-encoded text", async () => {
    const url = await sent(whole("application/json", {}), { numbers: [1, 2], flag: null });
    expect(url).toBe("/things/a?%7B%22numbers%22%3A%5B1%2C2%5D%2C%22flag%22%3Anull%7D");
  });

  test("JSON does not lose what it cannot hold", async () => {
    const connector = make({ spec: spec(whole("application/json", {})) });
    const filter = { tags: new Set(["a"]) };
    const error = await failureOf(connector.executeTool("find", { kind: "a", filter }));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", message: expect.stringContaining("args.filter: ") });
  });

  test("text is itself, percent-encoded", async () => {
    const url = await sent(whole("application/jsonpath", { schema: { type: "string" } }), "$.a.b[1:1]&c");
    expect(url).toBe("/things/a?%24.a.b%5B1%3A1%5D%26c");
  });
});

describe("beside the rest", () => {
  test("the schema is checked before anything is sent, and a required one is asked for", async () => {
    const connector = make({ spec: spec(whole(FORM, { schema: FILTER }, { required: true })) });
    expect(await connector.assess("find", { kind: "a" }, CALL)).toMatchObject({ kind: "invalid" });
    expect(await connector.assess("find", { kind: "a", filter: { text: 1 } }, CALL)).toMatchObject({
      kind: "invalid",
      path: "args.filter.text",
    });
    expect(await connector.assess("find", { kind: "a", filter: { text: "a", txet: 1 } }, CALL)).toMatchObject({
      kind: "invalid",
      path: "args.filter.txet",
    });
  });

  test("programs find the operation by its fields, and see their types", async () => {
    const connector = make({ spec: spec(whole(FORM, { schema: FILTER })) });
    const { descriptors } = await connector.describe();
    expect(descriptors.find?.inputSchema).toMatchObject({
      properties: { kind: { type: "string" }, filter: FILTER },
      required: ["kind"],
    });
    const operation = apiOf(spec(whole(FORM, { schema: FILTER }))).operations[0];
    expect(operation?.outline.names()).toEqual(["kind", "filter", "text", "tags", "ids", "range", "from", "to"]);
    expect(operation?.outline.details()).toContain("Words to look for");
  });

  test("a query that the path has, and the key of the API, stand beside it", async () => {
    const api = await server();
    const operation = { operationId: "find", parameters: [whole(FORM, { schema: FILTER })], responses: {} };
    const connector = make({
      spec: description({ "/things?fixed=1": { get: operation } }),
      baseUrl: api.url,
      auth: { type: "apiKey", in: "query", name: "key", value: "secret" },
    });
    await connector.executeTool("find", { filter: { text: "a b" } });
    expect(api.last().url).toBe("/things?fixed=1&text=a+b&key=secret");
  });

  test("a request of one's own gets it in the path", async () => {
    const requests: unknown[] = [];
    const connector = make({ spec: spec(whole(FORM, { schema: FILTER })) });
    Object.defineProperty(connector, "request", { value: (options: unknown) => requests.push(options) });
    await connector.executeTool("find", { kind: "a", filter: { text: "b c" } });
    expect(requests).toEqual([{ path: "/things/a?text=b+c", method: "GET" }]);
  });

  test("the name is free to be that of another parameter", async () => {
    const api = await server();
    const operation = {
      operationId: "find",
      parameters: [{ ...KIND }, whole(FORM, {}, { name: "kind" })],
      responses: {},
    };
    const connector = make({ spec: description({ "/things/{kind}": { get: operation } }), baseUrl: api.url });
    await connector.executeTool("find", { kind: "a", kind_querystring: { b: 1 } });
    expect(api.last().url).toBe("/things/a?b=1");
  });
});
