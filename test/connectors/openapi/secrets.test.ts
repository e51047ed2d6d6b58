/** Secrets: sent as late as possible, to the API alone, and never seen again in results, errors or data. */
import { describe, expect, test, vi } from "vitest";
import type { OpenApiAuth } from "../../../connectors/openapi/index.ts";
import { failureOf } from "../../support/thrown.ts";
import { type Got, json, loopback } from "./loopback.ts";
import { description, make } from "./make.ts";

const SECRET = 'tok+en/with "quotes" & <marks>';
const BASIC = Buffer.from(`ann:${SECRET}`).toString("base64");

const SPEC = description({
  "/x": {
    get: {
      operationId: "read",
      parameters: [{ in: "query", name: "q", schema: { type: "array" }, explode: false }],
      responses: {},
    },
    head: { operationId: "look", responses: {} },
    post: { operationId: "write", requestBody: { content: { "application/json": {} } }, responses: {} },
  },
});

const AUTHS: Record<string, OpenApiAuth> = {
  bearer: { type: "bearer", token: "Zm9v+YmFy/==secret" },
  basic: { type: "basic", username: "ann", password: SECRET },
  header: { type: "apiKey", in: "header", name: "X-Api-Key", value: "key-0123456789" },
  query: { type: "apiKey", in: "query", name: "api_key", value: SECRET },
  cookie: { type: "apiKey", in: "cookie", name: "session", value: SECRET },
  custom: (request) => {
    request.headers.set("X-Signature", "sig=abcdef0123456789; v=1");
    return request;
  },
};

const LEAKS = ["Zm9v+YmFy", "key-0123456789", "abcdef0123456789", SECRET, encodeURIComponent(SECRET), BASIC, "quotes"];

function echo(got: Got) {
  const { authorization = "" } = got.headers;
  return { url: got.url, headers: got.headers, parts: authorization.split(" "), decoded: decodeURIComponent(got.url) };
}

describe("how a request is authenticated", () => {
  test("bearer, basic, API keys in header, query and cookie, and a function", async () => {
    const seen: Got[] = [];
    const server = await loopback((got, response) => {
      seen.push(got);
      json(response, {});
    });
    for (const auth of Object.values(AUTHS)) {
      await make({ spec: SPEC, baseUrl: server.url, auth }).executeTool("read", { q: ["a b", "c"] });
    }
    expect(
      seen.map(({ url, headers }) => [
        url,
        headers.authorization ?? headers["x-api-key"] ?? headers.cookie ?? headers["x-signature"],
      ]),
    ).toEqual([
      ["/x?q=a%20b,c", "Bearer Zm9v+YmFy/==secret"],
      ["/x?q=a%20b,c", `Basic ${BASIC}`],
      ["/x?q=a%20b,c", "key-0123456789"],
      [`/x?q=a%20b,c&api_key=${encodeURIComponent(SECRET).replaceAll("'", "%27")}`, undefined],
      ["/x?q=a%20b,c", `session=${encodeURIComponent(SECRET)}`],
      ["/x?q=a%20b,c", "sig=abcdef0123456789; v=1"],
    ]);
  });

  test("every kind works for writes, whose body still arrives", async () => {
    const server = await loopback((_got, response) => json(response, {}));
    for (const auth of Object.values(AUTHS)) {
      await make({ spec: SPEC, baseUrl: server.url, auth }).executeTool("write", { body: { a: 1 } });
      expect(server.last().body.toString()).toBe('{"a":1}');
    }
  });

  test("a secret given as a function is read for each request", async () => {
    const server = await loopback((_got, response) => json(response, {}));
    let n = 0;
    const connector = make({
      spec: SPEC,
      baseUrl: server.url,
      auth: { type: "bearer", token: async () => `token-${++n}` },
    });
    await connector.describe();
    expect(n).toBe(0);
    await connector.executeTool("read", {});
    await connector.executeTool("read", {});
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer token-1", "Bearer token-2"]);
  });

  test("a program's own credentials give way", async () => {
    const server = await loopback((_got, response) => json(response, {}));
    const args = { path: "/x", headers: { Authorization: "Bearer mine" }, params: { api_key: "mine" } };
    await make({ spec: SPEC, baseUrl: server.url, auth: { type: "bearer", token: "theirs" } }).executeTool(
      "request",
      args,
    );
    expect(server.last().headers.authorization).toBe("Bearer theirs");
    const auth = { type: "apiKey", in: "query", name: "api_key", value: "theirs" } as const;
    await make({ spec: SPEC, baseUrl: server.url, auth }).executeTool("request", args);
    expect(server.last().url).toBe("/x?api_key=theirs");
  });

  test("a parameter that `auth` fills in is not asked of programs", async () => {
    const parameters = [{ in: "header", name: "x-api-key", required: true, schema: { type: "string" } }];
    const spec = description({ "/x": { get: { operationId: "read", parameters, responses: {} } } });
    const auth = { type: "apiKey", in: "header", name: "X-Api-Key", value: "k-0123456789" } as const;
    const schemaOf = async (connector: ReturnType<typeof make>) =>
      (await connector.describe()).descriptors.read?.inputSchema.properties;
    expect(await schemaOf(make({ spec, auth }))).toEqual({});
    expect(await schemaOf(make({ spec }))).toHaveProperty("x-api-key");
  });
});

describe.each(Object.entries(AUTHS))("a server that echoes everything, %s", (_kind, auth) => {
  function nothingLeaks(value: unknown): void {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const decoded = text.replaceAll('\\"', '"');
    for (const leak of LEAKS) expect(decoded).not.toContain(leak);
    expect(text).toContain("[redacted]");
  }

  test("in JSON, escaped or not", async () => {
    const server = await loopback((got, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(echo(got)).replaceAll("+", "\\u002B").replaceAll("a", "\\u0061"));
    });
    nothingLeaks(await make({ spec: SPEC, baseUrl: server.url, auth }).executeTool("read", {}));
  });

  test("in text", async () => {
    const server = await loopback((got, response) => {
      response.setHeader("content-type", "text/plain");
      const { url, parts, headers, decoded } = echo(got);
      response.end([url, decoded, ...parts, ...Object.values(headers)].join("\n"));
    });
    nothingLeaks(await make({ spec: SPEC, baseUrl: server.url, auth }).executeTool("read", {}));
  });

  test("in bytes", async () => {
    const server = await loopback((got, response) => {
      response.setHeader("content-type", "application/octet-stream");
      response.end([got.url, ...Object.values(got.headers)].join("\n"));
    });
    const bytes = await make({ spec: SPEC, baseUrl: server.url, auth }).executeTool("read", {});
    const text = Buffer.from(bytes as Uint8Array).toString();
    for (const leak of LEAKS) expect(text).not.toContain(leak);
    expect(text).toContain("****");
  });

  test("in errors: message, problem members, body and headers", async () => {
    const server = await loopback((got, response) => {
      const text = JSON.stringify(echo(got));
      json(response, { title: text, detail: text, echo: echo(got) }, 400, { "retry-after": encodeURI(text) });
    });
    const error = await failureOf(make({ spec: SPEC, baseUrl: server.url, auth }).executeTool("read", {}));
    nothingLeaks(error.message);
    nothingLeaks(error.data);
    expect(error.cause).toBeUndefined();
  });

  test("in the headers of a HEAD", async () => {
    const server = await loopback((got, response) => {
      const { authorization = "", cookie = "" } = got.headers;
      const [, pair = ""] = authorization.split(" ");
      const said = [got.url, authorization, pair, cookie, got.headers["x-api-key"], got.headers["x-signature"]];
      response.writeHead(200, { "x-echo": said.join(" ") }).end();
    });
    nothingLeaks(await make({ spec: SPEC, baseUrl: server.url, auth }).executeTool("look", {}));
  });

  test("in a failure that is long, and in JSON that is none, also where either is cut", async () => {
    let status = 400;
    const server = await loopback((got, response) => {
      const { authorization = "", cookie = "", "x-api-key": key = "", "x-signature": signature = "" } = got.headers;
      const query = got.url.split("api_key=")[1] ?? "";
      const all = [query, authorization.split(" ").at(-1), cookie.split("=").at(-1), key, signature].join("");
      response.writeHead(status, { "content-type": "application/json" }).end(all.repeat(500));
    });
    const connector = make({ spec: SPEC, baseUrl: server.url, auth });
    for (status of [400, 200]) {
      const { data } = await failureOf(connector.executeTool("read", {}));
      nothingLeaks(data);
      for (const leak of LEAKS) expect(JSON.stringify(data)).not.toContain(leak.slice(0, 5));
    }
  });

  test("in a redirect's address", async () => {
    const server = await loopback((got, response) => {
      const text = Object.values(got.headers).join(" ").replace(/[^\w]/g, "");
      response.writeHead(302, { location: `https://${text.slice(0, 50)}.test/${encodeURIComponent(got.url)}` }).end();
    });
    const error = await failureOf(make({ spec: SPEC, baseUrl: server.url, auth }).executeTool("read", {}));
    expect(error.code).toBe("REQUEST_REFUSED");
    for (const leak of LEAKS) expect(JSON.stringify([error.message, error.data])).not.toContain(leak);
  });
});

describe("secrets that are no `auth`", () => {
  test("credentials among the connector's own headers are taken out; what else is in them is not", async () => {
    const server = await loopback((got, response) => json(response, echo(got)));
    const headers = {
      Authorization: "Bearer Zm9v+YmFy/==secret",
      "X-Api-Key": "key-0123456789",
      "X-Tenant": "acme-tenant",
      Cookie: "sid=abcdef0123456789; theme=dark",
    };
    const text = JSON.stringify(await make({ spec: SPEC, baseUrl: server.url, headers }).executeTool("read", {}));
    expect(server.last().headers).toMatchObject({
      authorization: headers.Authorization,
      "x-api-key": "key-0123456789",
    });
    for (const leak of LEAKS) expect(text).not.toContain(leak);
    expect(text).toContain("acme-tenant");
    expect(text).toContain("Bearer");
  });

  test("a key in the path of the base URL is in no error", async () => {
    const server = await loopback((_got, response) => json(response, { message: "no" }, 400));
    const baseUrl = `${server.url}/bot123:AAEsecretsecret`;
    for (const [tool, args] of [
      ["read", {}],
      ["request", { path: "x?q=1" }],
    ] as const) {
      const error = await failureOf(make({ spec: SPEC, baseUrl }).executeTool(tool, args));
      expect(server.last().url).toContain("/bot123:AAEsecretsecret/x");
      expect(error.message).toBe(`GET ${server.host}/x answered 400: no`);
      expect(JSON.stringify(error.data)).not.toContain("secret");
    }
    const gone = make({ spec: SPEC, baseUrl: "http://127.0.0.1:1/bot123:AAEsecretsecret" });
    const error = await failureOf(gone.executeTool("read", {}));
    expect(error.message).not.toContain("secret");
  });
});

describe("failures around secrets", () => {
  test("a redirect to a host that is called as the secret does not name it", async () => {
    const server = await loopback((_got, response) => {
      response.writeHead(302, { location: "https://key-0123456789.test/" }).end();
    });
    const auth = { type: "apiKey", in: "header", name: "x-api-key", value: "key-0123456789" } as const;
    const error = await failureOf(make({ spec: SPEC, baseUrl: server.url, auth }).executeTool("read", {}));
    expect(error).toMatchObject({ code: "REQUEST_REFUSED", data: { host: "[redacted].test" } });
    expect(error.message).not.toContain("key-0123456789");
  });

  test("a network failure does not quote the address", async () => {
    const auth = { type: "apiKey", in: "query", name: "api_key", value: "key-0123456789" } as const;
    const connector = make({
      spec: SPEC,
      auth,
      fetch: async (request) => {
        throw new TypeError(`fetch failed for ${request.url}`);
      },
    });
    const error = await failureOf(connector.executeTool("read", {}));
    expect(error.code).toBe("CONNECTION_LOST");
    expect(error.message).toContain("[redacted]");
    expect(error.message).not.toContain("key-0123456789");
    expect(error.cause).toBeUndefined();
  });

  test("an `auth` that fails tells the host why, and the program only that it failed", async () => {
    const spy = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const auth = () => {
      throw new Error("vault said: key-0123456789 expired");
    };
    const error = await failureOf(make({ spec: SPEC, auth }).executeTool("read", {}));
    expect(error).toMatchObject({ code: "REQUEST_FAILED", data: {} });
    expect(error.message).not.toContain("vault");
    expect(spy).toHaveBeenCalledOnce();
    spy.mockRestore();
  });

  test("a function cannot send the request to another host", async () => {
    const foreign = await loopback((_got, response) => json(response, {}));
    const auth = (request: Request) => new Request(`${foreign.url}/x`, request);
    const error = await failureOf(make({ spec: SPEC, auth }).executeTool("read", {}));
    expect(error.code).toBe("REQUEST_REFUSED");
    expect(foreign.requests).toEqual([]);
  });
});
