/** Small programs against servers as they are: rate limits, empty answers, pages, downloads, uploads, redirects, odd descriptions. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { failureOf } from "../../support/thrown.ts";
import { json, type Loopback, loopback } from "./loopback.ts";
import { description, make } from "./make.ts";

const ok = { responses: { 200: { description: "ok" } } };
const param = (name: string, where: string, more: object = {}) => ({
  name,
  in: where,
  required: where === "path",
  schema: { type: "string" },
  ...more,
});

/** A connector of these paths at that server. */
function at(server: Loopback, paths: object, more: object = {}) {
  const spec = description(paths, { servers: [{ url: server.url }] });
  return make({ spec, approval: "never", retry: { baseDelayMs: 1 }, ...more });
}

describe("rate limits", () => {
  test("Retry-After as a date in the past is no wait", async () => {
    let asked = 0;
    const server = await loopback((_got, response) => {
      asked += 1;
      if (asked > 1) return json(response, { ok: true });
      return json(response, {}, 429, { "retry-after": new Date(0).toUTCString() });
    });
    expect(await at(server, { "/x": { get: { operationId: "x", ...ok } } }).executeTool("x", {})).toEqual({ ok: true });
  });

  test("a write that is limited is told how long to wait, in its data and in words", async () => {
    const server = await loopback((_got, response) =>
      json(response, { message: "Too Many Requests" }, 429, { "retry-after": "7" }),
    );
    const error = await failureOf(at(server, { "/x": { post: { operationId: "x", ...ok } } }).executeTool("x", {}));
    expect(error).toMatchObject({ code: "REQUEST_FAILED", data: { status: 429, retryAfterMs: 7_000 } });
    expect(error.message).toMatch(/answered 429: Too Many Requests\. Ask again after 7 s$/);
    expect(server.requests).toHaveLength(1);
  });
});

describe("answers", () => {
  test("204, 205 and an empty 200 or 201 that calls itself JSON are null", async () => {
    const server = await loopback(({ url }, response) => {
      response.writeHead(Number(url.slice(1)), { "content-type": "application/json" });
      response.end();
    });
    const connector = at(server, {});
    for (const status of [200, 201, 202, 204, 205])
      expect(await connector.executeTool("request", { path: `/${status}` })).toBe(null);
  });

  test("JSON with a byte order mark, in UTF-16 and zipped are values", async () => {
    const server = await loopback(({ url }, response) => {
      const text = '{"name":"Ünal"}';
      if (url === "/bom")
        return void response.writeHead(200, { "content-type": "application/json" }).end(`\ufeff${text}`);
      if (url === "/utf16")
        return void response
          .writeHead(200, { "content-type": "application/json; charset=utf-16le" })
          .end(Buffer.from(text, "utf16le"));
      return void response
        .writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" })
        .end(gzipSync(text));
    });
    const connector = at(server, {});
    for (const path of ["/bom", "/utf16", "/zip"])
      expect(await connector.executeTool("request", { path }), path).toEqual({ name: "Ünal" });
  });

  test("lines of JSON, CSV and HTML are text; a file is bytes whatever its name", async () => {
    const types = ["application/x-ndjson", "text/csv", "text/html"];
    const server = await loopback(({ url }, response) => {
      const type = types[Number(url.slice(1))] ?? "application/pdf";
      response.writeHead(200, { "content-type": type, "content-disposition": 'attachment; filename="a.json"' });
      response.end(type === "application/pdf" ? Buffer.from([0x25, 0x50, 0, 0xff]) : "a\nb");
    });
    const connector = at(server, {});
    for (const index of [0, 1, 2]) expect(await connector.executeTool("request", { path: `/${index}` })).toBe("a\nb");
    expect(await connector.executeTool("request", { path: "/9" })).toEqual(Uint8Array.of(0x25, 0x50, 0, 0xff));
  });

  test("a page that is too large names the request and says what to ask for", async () => {
    const server = await loopback((_got, response) => void response.end("x".repeat(3_000)));
    const connector = at(server, { "/list": { get: { operationId: "list", ...ok } } }, { maxResponseBytes: 2_000 });
    const error = await failureOf(connector.executeTool("list", {}));
    expect(error.code).toBe("REQUEST_REFUSED");
    expect(error.message).toBe(
      `GET ${server.host}/list: The answer is larger than 2000 bytes. Ask for less: a page, a filter, fewer fields.`,
    );
  });

  test("a stream of events that never ends is given up, and says that it is one", async () => {
    const server = await loopback((_got, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 1\n\n");
    });
    const connector = at(server, { "/events": { get: { operationId: "events", ...ok } } }, { timeoutMs: 200 });
    const error = await failureOf(connector.executeTool("events", {}));
    expect(error.message).toMatch(/GET .*\/events had no whole answer after 200 ms/);
  });

  test("what is not JSON, or redirects to no URL, names the request", async () => {
    const server = await loopback(({ url }, response) => {
      if (url === "/r") return void response.writeHead(302, { location: "http://[" }).end();
      return void response.writeHead(200, { "content-type": "application/json" }).end("<html>");
    });
    const connector = at(server, {});
    for (const path of ["/j", "/r"]) {
      const error = await failureOf(connector.executeTool("request", { path }));
      expect(error.code).toBe("CONNECTION_LOST");
      expect(error.message).toContain(`GET ${server.host}${path}: `);
    }
  });

  test("304 to a condition, 412 and 409 are failures with their status", async () => {
    const server = await loopback(({ url }, response) => void response.writeHead(Number(url.slice(1))).end());
    for (const status of [304, 409, 412]) {
      const error = await failureOf(
        at(server, {}).executeTool("request", { path: `/${status}`, headers: { "if-none-match": '"a"' } }),
      );
      expect(error).toMatchObject({ code: "REQUEST_FAILED", data: { status } });
    }
  });
});

describe("uploads", () => {
  test("a file with its fields, as browsers send it", async () => {
    const server = await loopback((got, response) =>
      json(response, { type: got.headers["content-type"], length: got.body.byteLength }),
    );
    const schema = {
      type: "object",
      required: ["file"],
      properties: {
        file: { type: "string", format: "binary" },
        note: { type: "string" },
        tags: { type: "array", items: { type: "string" } },
      },
    };
    const connector = at(server, {
      "/files": {
        post: { operationId: "upload", requestBody: { content: { "multipart/form-data": { schema } } }, ...ok },
      },
    });
    const file = {
      data: Uint8Array.of(0, 255, 13, 10),
      filename: 'ü "a".bin',
      contentType: "application/octet-stream",
    };
    await connector.executeTool("upload", { body: { file, note: "é", tags: ["a", "b"] } });
    const form = await new Request("http://x", {
      method: "POST",
      headers: { "content-type": String(server.last().headers["content-type"]) },
      body: new Uint8Array(server.last().body),
    }).formData();
    expect(form.getAll("tags")).toEqual(["a", "b"]);
    expect(form.get("note")).toBe("é");
    const got = form.get("file") as unknown as File;
    expect([got.type, new Uint8Array(await got.arrayBuffer())]).toEqual([
      "application/octet-stream",
      Uint8Array.of(0, 255, 13, 10),
    ]);
    const bytes = await failureOf(connector.executeTool("upload", { body: { note: "no file" } }));
    expect(bytes).toMatchObject({ code: "INVALID_ARGUMENTS", message: expect.stringContaining("file") });
  });

  test("a form with lists, dates, booleans and null", async () => {
    const server = await loopback((_got, response) => json(response, {}));
    const connector = at(server, {
      "/f": {
        post: {
          operationId: "f",
          requestBody: { content: { "application/x-www-form-urlencoded": { schema: { type: "object" } } } },
          ...ok,
        },
      },
    });
    await connector.executeTool("f", {
      body: { a: ["1", "2"], on: true, when: new Date(0), none: null, space: "a b&c" },
    });
    const form = new URLSearchParams(server.last().body.toString());
    expect([form.getAll("a"), form.get("on"), form.get("when"), form.get("space")]).toEqual([
      ["1", "2"],
      "true",
      "1970-01-01T00:00:00.000Z",
      "a b&c",
    ]);
  });
});

test.each<[string, unknown, RegExp]>([
  ["bytes", Uint8Array.of(1, 2), /JSON cannot hold bytes/],
  ["bytes inside", { file: [Uint8Array.of(1)] }, /JSON cannot hold bytes/],
  ["a buffer inside", { file: new ArrayBuffer(1) }, /JSON cannot hold bytes/],
  ["a file inside", { file: new Blob(["a"]) }, /JSON cannot hold bytes/],
  ["a Map inside", { tags: new Map([["a", 1]]) }, /JSON cannot hold a Map\. Make an object of it\.$/],
  ["a Set", new Set([1]), /JSON cannot hold a Set\. Make a list of it\.$/],
  ["a RegExp", { like: /a/ }, /JSON cannot hold a RegExp\. Make a text of it\.$/],
  ["an error", { why: new TypeError("no") }, /JSON cannot hold a TypeError\. Make a text of it\.$/],
  ["a bigint", { n: 1n }, /args\.body: cannot be written as JSON \(Do not know how to serialize a BigInt\)\.$/],
])("%s in a body that is JSON are refused: they would arrive as something else", async (_title, body, words) => {
  const server = await loopback((_got, response) => json(response, {}));
  const requestBody = { content: { "application/json": {} } };
  const error = await failureOf(
    at(server, { "/x": { post: { operationId: "x", requestBody, ...ok } } }).executeTool("x", { body }),
  );
  expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", message: expect.stringMatching(words) });
  expect(server.requests).toEqual([]);
});

describe("descriptions", () => {
  test.each<[string, unknown]>([
    ["/api/v3", [{ url: "/api/v3" }]],
    ["nothing", undefined],
    ["/", [{ url: "/" }]],
    ["a relative one without a slash", [{ url: "v1" }]],
  ])("whose server is %s works with a base URL and says so without", async (_title, servers) => {
    const server = await loopback((_got, response) => json(response, { ok: true }));
    const spec = {
      openapi: "3.0.0",
      paths: { "/x": { get: { operationId: "x", ...ok } } },
      ...(servers !== undefined && { servers }),
    };
    expect((await failureOf(make({ spec }).executeTool("x", {}))).message).toMatch(/Set `baseUrl`/);
    expect(await make({ spec, baseUrl: `${server.url}/api/v3/` }).executeTool("x", {})).toEqual({ ok: true });
    expect(server.last().url).toBe("/api/v3/x");
  });

  test("oneOf bodies take each alternative and refuse none of them", async () => {
    const server = await loopback((got, response) => json(response, JSON.parse(got.body.toString())));
    const card = {
      type: "object",
      required: ["kind", "number"],
      properties: { kind: { const: "card" }, number: { type: "string" } },
    };
    const cash = { type: "object", required: ["kind"], properties: { kind: { const: "cash" } } };
    const content = {
      "application/json": { schema: { oneOf: [card, cash], discriminator: { propertyName: "kind" } } },
    };
    const connector = at(server, {
      "/pay": { post: { operationId: "pay", requestBody: { required: true, content }, ...ok } },
    });
    for (const body of [{ kind: "card", number: "4" }, { kind: "cash" }])
      expect(await connector.executeTool("pay", { body })).toEqual(body);
    const error = await failureOf(connector.executeTool("pay", { body: { kind: "card" } }));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", message: expect.stringContaining("args.body") });
    expect((await failureOf(connector.executeTool("pay", {}))).message).toMatch(/body/);
  });

  test("a class and its base, both closed as NSwag writes them, take the properties of each", async () => {
    const Animal = { type: "object", additionalProperties: false, properties: { name: { type: "string" } } };
    const own = { type: "object", additionalProperties: false, properties: { barks: { type: "boolean" } } };
    const Dog = { allOf: [{ $ref: "#/components/schemas/Animal" }, own] };
    const server = await loopback(({ body }, response) => json(response, JSON.parse(body.toString())));
    const content = { "application/json": { schema: { $ref: "#/components/schemas/Dog" } } };
    const paths = { "/dogs": { post: { operationId: "addDog", requestBody: { required: true, content }, ...ok } } };
    const spec = {
      ...description(paths, { servers: [{ url: server.url }] }),
      components: { schemas: { Animal, Dog } },
    };
    const api = make({ spec, approval: "never" });
    const body = { name: "Rex", barks: true };
    expect(await api.executeTool("addDog", { body })).toEqual(body);
  });

  test.each<[string, object, object]>([
    ["beside the parts", {}, { required: ["id", "name"] }],
    ["in a part of its own", { required: ["id", "name"] }, {}],
    ["in a part of a part", { allOf: [{ required: ["id", "name"] }] }, {}],
    ["in alternatives", {}, { anyOf: [{ required: ["id", "name"] }, { required: ["id", "nick"] }] }],
    ["in alternatives of a part", { oneOf: [{ required: ["id", "name"] }] }, {}],
  ])("what only the API sets is not asked for, where allOf requires it %s", async (_where, part, beside) => {
    const Base = { type: "object", properties: { id: { type: "string", readOnly: true }, name: { type: "string" } } };
    const New = { allOf: [{ $ref: "#/components/schemas/Base" }, part], ...beside };
    const server = await loopback(({ body }, response) => json(response, JSON.parse(body.toString())));
    const content = { "application/json": { schema: { $ref: "#/components/schemas/New" } } };
    const paths = { "/x": { post: { operationId: "x", requestBody: { required: true, content }, ...ok } } };
    const spec = { ...description(paths, { servers: [{ url: server.url }] }), components: { schemas: { Base, New } } };
    const api = make({ spec, approval: "never" });
    expect(await api.executeTool("x", { body: { name: "a" } })).toEqual({ name: "a" });
    const error = await failureOf(api.executeTool("x", { body: {} }));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", data: { path: "args.body" } });
  });

  test("parameters of every place at once, in their styles, beside an API key in a cookie", async () => {
    const server = await loopback((_got, response) => json(response, {}));
    const list = { schema: { type: "array", items: { type: "string" } } };
    const object = { schema: { type: "object", additionalProperties: { type: "string" } } };
    const parameters = [
      param("id", "path", { style: "matrix", explode: true, ...list }),
      param("tags", "query", { explode: false, ...list }),
      param("pipes", "query", { style: "pipeDelimited", explode: false, ...list }),
      param("filter", "query", { style: "deepObject", explode: true, ...object }),
      param("json", "query", { content: { "application/json": { schema: { type: "object" } } }, schema: undefined }),
      param("x-list", "header", list),
      param("theme", "cookie"),
    ];
    const connector = at(
      server,
      { "/p/{id}": { get: { operationId: "p", parameters, ...ok } } },
      { auth: { type: "apiKey", in: "cookie", name: "sid", value: "s3cret" } },
    );
    await connector.executeTool("p", {
      id: ["a/b", "c"],
      tags: ["x,y", "z"],
      pipes: ["1", "2"],
      filter: { a: "1", "b]": "&" },
      json: { n: 1 },
      "x-list": ["h", "i"],
      theme: "da;rk",
    });
    const { url, headers } = server.last();
    expect(url).toBe("/p/;id=a%2Fb;id=c?tags=x%2Cy,z&pipes=1%7C2&filter[a]=1&filter[b%5D]=%26&json=%7B%22n%22%3A1%7D");
    expect(headers["x-list"]).toBe("h,i");
    expect(headers.cookie).toBe("theme=da%3Brk; sid=s3cret");
  });
});

describe("redirects to another host", () => {
  test("take no credential along: of auth, of headers, of cookies, of the query, nor those that come by an auth function", async () => {
    const other = await loopback((got, response) => json(response, { headers: got.headers, url: got.url }));
    const home = await loopback(
      (_got, response) => void response.writeHead(307, { location: `${other.url}/elsewhere` }).end(),
    );
    const auths = [
      { type: "bearer", token: "s3cret-token" },
      { type: "basic", username: "ann", password: "s3cret-token" },
      { type: "apiKey", in: "header", name: "x-my-key", value: "s3cret-token" },
      { type: "apiKey", in: "query", name: "key", value: "s3cret-token" },
      { type: "apiKey", in: "cookie", name: "sid", value: "s3cret-token" },
      async (request: Request) =>
        new Request(`${request.url}?sig=s3cret-token`, { headers: { "x-signature": "s3cret-token" } }),
    ] as const;
    for (const auth of auths) {
      const connector = at(
        home,
        { "/x": { get: { operationId: "x", parameters: [param("sid2", "cookie")], ...ok } } },
        { auth, headers: { "x-tenant": "s3cret-token" }, allowedHosts: [home.host, `http://${other.host}`] },
      );
      await connector.executeTool("x", { sid2: "s3cret-token" });
      expect(JSON.stringify(other.last()), JSON.stringify(auth)).not.toMatch(/s3cret|YW5uO/);
    }
  });

  test("with a body: a 307 to a host that is not allowed sends nothing there, and names both", async () => {
    const other = await loopback((_got, response) => json(response, {}));
    const home = await loopback((_got, response) => void response.writeHead(307, { location: `${other.url}/x` }).end());
    const connector = at(home, {
      "/x": { post: { operationId: "x", requestBody: { content: { "application/json": {} } }, ...ok } },
    });
    const error = await failureOf(connector.executeTool("x", { body: { card: "4111" } }));
    expect(error.code).toBe("REQUEST_REFUSED");
    expect(error.message).toContain(`POST ${home.host}/x: `);
    expect(error.message).toContain(other.host);
    expect(other.requests).toEqual([]);
  });
});

test("credentials that cannot be had name the connector", async () => {
  const server = await loopback((_got, response) => json(response, {}));
  const token = () => {
    throw new Error("vault is sealed: s3cret");
  };
  const error = await failureOf(
    at(server, { "/x": { get: { operationId: "x", ...ok } } }, { auth: { type: "bearer", token } }).executeTool(
      "x",
      {},
    ),
  );
  expect(error.message).toMatch(
    /^GET .*: The connector "api" could not authenticate the request, and nothing was sent/,
  );
  expect(error.message).not.toContain("s3cret");
  expect(server.requests).toEqual([]);
});
