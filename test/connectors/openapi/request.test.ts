/** The default request: where it may go, what it retries, what it does with redirects and servers. */
import { describe, expect, test } from "vitest";
import { failureOf } from "../../support/thrown.ts";
import { json, type Loopback, loopback } from "./loopback.ts";
import { description, make } from "./make.ts";

const PATHS = {
  "/thing": {
    get: { operationId: "read", responses: {} },
    post: { operationId: "write", requestBody: { content: { "application/json": {} } }, responses: {} },
  },
  "/items/{id}": {
    parameters: [{ in: "path", name: "id", required: true, schema: { type: "string" } }],
    delete: { operationId: "remove", responses: {} },
  },
};
const SPEC = description(PATHS);

function ok(): Promise<Loopback> {
  return loopback((_got, response) => json(response, { ok: true }));
}

test("a header parameter that is the cookie header stands beside cookie parameters", async () => {
  const server = await ok();
  const parameters = [
    { in: "cookie", name: "a", schema: {} },
    { in: "header", name: "Cookie", schema: {} },
  ];
  const spec = description({ "/": { get: { operationId: "read", parameters, responses: {} } } });
  await make({ spec, baseUrl: server.url }).executeTool("read", { a: 1, Cookie: "b=2" });
  expect(server.last().headers.cookie).toBe("a=1; b=2");
});

describe("where a request goes", () => {
  test("below the base URL, with its path and query kept", async () => {
    const server = await ok();
    const connector = make({ spec: SPEC, baseUrl: `${server.url}/api/v3/` });
    await connector.executeTool("read", {});
    await connector.executeTool("request", { path: "a/b?x=1", params: { y: [2, 3], z: null } });
    expect(server.requests.map(({ url }) => url)).toEqual(["/api/v3/thing", "/api/v3/a/b?x=1&y=2&y=3"]);
  });

  test("to the server of the operation, the path or the document, in that order, with variables filled in", async () => {
    const [first, second, third] = [await ok(), await ok(), await ok()];
    const spec = description(
      {
        "/a": { get: { operationId: "a", responses: {} } },
        "/b": { servers: [{ url: second.url }], get: { operationId: "b", responses: {} } },
        "/c": {
          servers: [{ url: second.url }],
          get: { operationId: "c", servers: [{ url: third.url }], responses: {} },
        },
      },
      {
        servers: [
          {
            url: `${first.url}/{version}/{region}`,
            variables: { version: { default: "v1" }, region: { default: "eu", enum: ["eu", "us"] } },
          },
        ],
      },
    );
    const connector = make({ spec, serverVariables: { region: "us" } });
    for (const tool of ["a", "b", "c"]) await connector.executeTool(tool, {});
    expect(first.requests.map(({ url }) => url)).toEqual(["/v1/us/a"]);
    expect(second.requests.map(({ url }) => url)).toEqual(["/b"]);
    expect(third.requests.map(({ url }) => url)).toEqual(["/c"]);
    const wrong = await failureOf(make({ spec, serverVariables: { region: "mars" } }).executeTool("a", {}));
    expect(wrong).toMatchObject({ code: "INVALID_INPUT", data: { variable: "region" } });
  });

  test("query parameters however a program holds them, and none that would be left out without a word", async () => {
    const server = await ok();
    const parameters = [{ in: "query", name: "tags", schema: {} }];
    const spec = description({ "/x": { get: { operationId: "x", parameters, responses: {} } } });
    const connector = make({ spec, baseUrl: server.url });
    const held = [new URLSearchParams("a=1&b=2&a=3"), new Map([["a", [1, 3]]]), { a: [1, 3] }];
    for (const params of held) await connector.executeTool("request", { path: "/x", params });
    expect(server.requests.map(({ url }) => url)).toEqual(["/x?a=1&a=3&b=2", "/x?a=1&a=3", "/x?a=1&a=3"]);
    for (const params of [new Set(["a"]), Uint8Array.of(1)]) {
      const error = await failureOf(connector.executeTool("request", { path: "/x", params }));
      expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", message: expect.stringContaining("args.params") });
    }
    const error = await failureOf(connector.executeTool("x", { tags: new Set(["a"]) }));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", message: expect.stringContaining("args.tags: a Set") });
    expect(server.requests).toHaveLength(3);
  });

  test("nor headers", async () => {
    const server = await ok();
    const connector = make({ spec: description({}), baseUrl: server.url });
    const error = await failureOf(
      connector.executeTool("request", { path: "/x", headers: new Map([["x-tenant", "a"]]) }),
    );
    expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", message: expect.stringContaining("args.headers") });
    expect(server.requests).toEqual([]);
  });

  test("what a description has unencrypted and encrypted is asked encrypted, whichever comes first", async () => {
    const urls = ["http://api.test/v1", "https://staging.test/v1", "https://api.test/v1"];
    const servers = urls.map((url) => ({ url }));
    const own = {
      get: { operationId: "own", servers: [{ url: "http://own.test" }, { url: "https://own.test" }], responses: {} },
    };
    const seen: string[] = [];
    const answering = async ({ url }: Request) => {
      seen.push(url);
      return Response.json({});
    };
    const openApi = make({ spec: description({ ...PATHS, "/own": own }, { servers }), fetch: answering });
    await openApi.executeTool("read", {});
    await openApi.executeTool("own", {});
    const paths = { "/x": { get: { operationId: "read", responses: {} } } };
    const swagger = { swagger: "2.0", info: {}, host: "old.test", schemes: ["http", "https"], paths };
    await make({ spec: swagger, fetch: answering }).executeTool("read", {});
    await make({ spec: description(PATHS, { servers: [{ url: urls[0] }] }), fetch: answering }).executeTool("read", {});
    const hosts = seen.map((url) => new URL(url).origin);
    expect(hosts).toEqual(["https://api.test", "https://own.test", "https://old.test", "http://api.test"]);
  });

  test.each([
    ["http://api.test/v1/", "https://api.test/v1", "https://api.test/v1/thing"],
    ["http://api.test:80", "HTTPS://API.test:443/", "https://api.test/thing"],
    ["http://api.test/v1", "https://api.test/v2", "http://api.test/v1/thing"],
    ["http://api.test:8080", "https://api.test", "http://api.test:8080/thing"],
  ])("%s and %s: asked at one place, however it is written", async (plain, encrypted, asked) => {
    const seen: string[] = [];
    const answering = async ({ url }: Request) => {
      seen.push(url);
      return Response.json({});
    };
    const spec = description(PATHS, { servers: [{ url: plain }, { url: encrypted }] });
    await make({ spec, fetch: answering }).executeTool("read", {});
    expect(seen).toEqual([asked]);
  });

  test("baseUrl replaces every server", async () => {
    const server = await ok();
    const spec = description({
      "/b": { servers: [{ url: "https://other.test" }], get: { operationId: "b", responses: {} } },
    });
    await make({ spec, baseUrl: server.url }).executeTool("b", {});
    expect(server.requests).toHaveLength(1);
  });

  test("without any whole server URL the error says what to set", async () => {
    const spec = description(PATHS, { servers: [{ url: "/relative" }] });
    const error = await failureOf(make({ spec }).executeTool("read", {}));
    expect(error).toMatchObject({ code: "INVALID_INPUT", message: expect.stringContaining("`baseUrl`") });
  });

  test("a whole URL is possible on an allowed host, and nowhere else", async () => {
    const [server, files, foreign] = [await ok(), await ok(), await ok()];
    const connector = make({ spec: SPEC, baseUrl: server.url, allowedHosts: [server.host, `http://${files.host}`] });
    await connector.executeTool("request", { path: `${server.url}/other` });
    const error = await failureOf(connector.executeTool("request", { path: `${foreign.url}/x?token=abc` }));
    expect(error).toMatchObject({ code: "REQUEST_REFUSED", data: { host: foreign.host } });
    expect(error.message).not.toContain("token");
    expect(foreign.requests).toEqual([]);
  });

  test.each([
    "https://api.test.evil.test/",
    "https://user:pass@api.test/",
    "https://api.test@evil.test/",
    "http://api.test/in-the-clear",
    "https://api.test:8443/",
    "@evil.test/",
    "//evil.test/",
    "\\\\evil.test\\",
    "ftp://api.test/",
  ])("%s does not leave the API", async (path) => {
    const sent: string[] = [];
    const connector = make({
      spec: SPEC,
      fetch: async (request) => {
        sent.push(new URL(request.url).origin);
        return new Response("{}");
      },
    });
    await connector.executeTool("request", { path }).catch(() => undefined);
    expect(sent.filter((origin) => origin !== "https://api.test")).toEqual([]);
  });

  test.each(["https://user@api.test/x", "https://:pass@api.test/x"])(
    "%s is refused for the user in it",
    async (path) => {
      const error = await failureOf(make({ spec: SPEC }).executeTool("request", { path }));
      expect(error).toMatchObject({
        code: "REQUEST_REFUSED",
        message: expect.stringContaining("user name or password"),
      });
    },
  );

  test("neither the query of a base URL nor a fragment is part of it", async () => {
    const sent: string[] = [];
    const connector = make({
      spec: SPEC,
      baseUrl: "https://api.test/v1/?version=2#top",
      fetch: async ({ url }) => {
        sent.push(url);
        return Response.json({});
      },
    });
    await connector.executeTool("request", { path: "/a?b=1#c" });
    expect(sent).toEqual(["https://api.test/v1/a?b=1"]);
  });

  test("a wildcard allows subdomains, not the domain of somebody else", async () => {
    const sent: string[] = [];
    const connector = make({
      spec: SPEC,
      allowedHosts: ["*.files.test"],
      fetch: async (request) => {
        sent.push(request.url);
        return new Response("{}");
      },
    });
    await connector.executeTool("request", { path: "https://a.files.test/x" });
    for (const path of ["https://evilfiles.test/", "https://files.test/", "https://api.test/"]) {
      expect((await failureOf(connector.executeTool("request", { path }))).code).toBe("REQUEST_REFUSED");
    }
    expect(sent).toEqual(["https://a.files.test/x"]);
  });

  test.each([
    "..",
    ".",
    "%2e%2E",
    "..\\x",
    ".\t.",
    "\n..",
    "..\u0001",
    ".. ",
    "a/../b",
    "..%2fb",
    "%252e%252e%252fb",
    "a%5c..%5cb",
    "..;/b",
    "..%3bx/b",
  ])("a path cannot climb out of its template by %j", async (id) => {
    const server = await ok();
    const connector = make({ spec: SPEC, baseUrl: server.url });
    await connector.executeTool("remove", { id }).catch(() => undefined);
    for (const path of [`/items/${id}/../../admin`, `/items/${id}`, `${server.url}/items/${id}`]) {
      await connector.executeTool("request", { path }).catch(() => undefined);
    }
    // What is sent at all is one encoded segment, also for a server that decodes more than once.
    const decoded = (url: string): string => (decodeURIComponent(url) === url ? url : decoded(decodeURIComponent(url)));
    for (const { url } of server.requests) {
      expect(url).toMatch(/^\/items\/[^/]+$/);
      expect(decoded(url)).not.toMatch(/(^|[/\\])\.\.?([/\\]|$)/);
    }
  });

  test.each([
    ["in a query", "/items?next=a/../b", "/items?next=a/../b"],
    ["behind a hash", "/items#a/../b", "/items"],
    ["at the end of a name", "/items/v1../and.;so", "/items/v1../and.;so"],
  ])("dots %s mean nothing", async (_where, path, sent) => {
    const server = await ok();
    await make({ spec: SPEC, baseUrl: server.url }).executeTool("request", { path });
    expect(server.last().url).toBe(sent);
  });

  test("path values are one segment each, and never empty", async () => {
    const server = await ok();
    const connector = make({ spec: SPEC, baseUrl: server.url });
    await connector.executeTool("remove", { id: "a/b?c#d" });
    expect(server.last().url).toBe("/items/a%2Fb%3Fc%23d");
    expect((await failureOf(connector.executeTool("remove", { id: "" }))).code).toBe("INVALID_ARGUMENTS");
    expect((await failureOf(connector.executeTool("remove", {}))).code).toBe("INVALID_ARGUMENTS");
  });
});

describe("redirects", () => {
  function redirecting(status: number, to: (got: { url: string }) => string): Promise<Loopback> {
    return loopback((got, response) => {
      if (got.url === "/end") json(response, { end: got.method });
      else response.writeHead(status, { location: to(got) }).end();
    });
  }

  test.each([
    [301, "GET"],
    [302, "GET"],
    [303, "GET"],
    [307, "POST"],
    [308, "POST"],
  ])("%i after a POST ends as %s, the body with it or not", async (status, method) => {
    const server = await redirecting(status, () => "/end");
    const value = await make({ spec: SPEC, baseUrl: server.url }).executeTool("write", { body: { a: 1 } });
    expect(value).toEqual({ end: method });
    expect(server.last().body.toString()).toBe(method === "POST" ? '{"a":1}' : "");
  });

  test("out of the allowed hosts is refused, and nothing is sent there", async () => {
    const foreign = await ok();
    const server = await redirecting(302, () => `${foreign.url}/end`);
    const error = await failureOf(make({ spec: SPEC, baseUrl: server.url }).executeTool("read", {}));
    expect(error).toMatchObject({ code: "REQUEST_REFUSED", data: { host: foreign.host } });
    expect(error.message).toContain("The server's redirect goes to");
    expect(foreign.requests).toEqual([]);
  });

  test("to another allowed host leaves credentials, cookies and confided headers behind, also on the way back", async () => {
    const home = await loopback((got, response) => {
      if (got.url === "/thing") response.writeHead(307, { location: `${away.url}/away` }).end();
      else json(response, { back: true });
    });
    const away = await loopback(
      (_got, response) => void response.writeHead(307, { location: `${home.url}/back` }).end(),
    );
    const connector = make({
      spec: SPEC,
      baseUrl: home.url,
      allowedHosts: [home.host, `http://${away.host}`],
      auth: { type: "bearer", token: "secret-token" },
      headers: { "X-Tenant": "acme", "User-Agent": "test" },
    });
    await connector.executeTool("request", { path: "/thing", headers: { Cookie: "a=b" } });
    expect(home.requests[0]?.headers).toMatchObject({
      authorization: "Bearer secret-token",
      "x-tenant": "acme",
      cookie: "a=b",
    });
    for (const got of [away.last(), home.last()]) {
      expect(got.headers).toMatchObject({ "user-agent": "test" });
      expect(Object.keys(got.headers)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/authorization|x-tenant|cookie/)]),
      );
    }
  });

  test("an allowed host that is not the API's own never sees the credentials", async () => {
    const [home, files] = [await ok(), await ok()];
    const connector = make({
      spec: SPEC,
      baseUrl: home.url,
      allowedHosts: [home.host, `http://${files.host}`],
      auth: { type: "bearer", token: "secret-token" },
      headers: { "X-Tenant": "acme" },
    });
    await connector.executeTool("request", { path: `${files.url}/x` });
    expect(files.last().headers.authorization).toBeUndefined();
    expect(files.last().headers["x-tenant"]).toBeUndefined();
  });

  test("more than five are refused", async () => {
    const server = await redirecting(302, () => "/again");
    const error = await failureOf(make({ spec: SPEC, baseUrl: server.url }).executeTool("read", {}));
    expect(error.code).toBe("REQUEST_REFUSED");
    expect(server.requests).toHaveLength(6);
  });
});

describe("retries", () => {
  function busy(
    times: number,
    status = 503,
    headers: Record<string, string> = { "retry-after": "0" },
  ): Promise<Loopback> {
    let left = times;
    return loopback((_got, response) => {
      left -= 1;
      if (left >= 0) json(response, { message: "busy" }, status, headers);
      else json(response, { ok: true });
    });
  }

  test.each([429, 503])(
    "a read is sent again after %i, with growing waits where the server names none",
    async (status) => {
      const server = await busy(3, status, {});
      const value = await make({ spec: SPEC, baseUrl: server.url, retry: { baseDelayMs: 1 } }).executeTool("read", {});
      expect(value).toEqual({ ok: true });
      expect(server.requests).toHaveLength(4);
    },
  );

  test("in the end the last answer is the failure", async () => {
    const server = await busy(9);
    const error = await failureOf(make({ spec: SPEC, baseUrl: server.url }).executeTool("read", {}));
    expect(error).toMatchObject({ code: "REQUEST_FAILED", data: { status: 503, retryAfterMs: 0 } });
    expect(server.requests).toHaveLength(4);
  });

  test("a write is sent once, a keyed one again with the same key", async () => {
    const spec = description({
      ...PATHS,
      "/keyed": {
        post: { operationId: "keyed", parameters: [{ in: "header", name: "idempotency-key" }], responses: {} },
      },
    });
    const server = await busy(2);
    const connector = make({ spec, baseUrl: server.url });
    await failureOf(connector.executeTool("write", { body: {} }));
    expect(server.requests).toHaveLength(1);
    await connector.executeTool("keyed", {}, { idempotencyKey: "run:7" });
    expect(server.requests.slice(1).map(({ headers }) => headers["idempotency-key"])).toEqual(["run:7", "run:7"]);
  });

  test.each([400, 404, 500, 502])("%i is not retried", async (status) => {
    const server = await busy(1, status);
    await failureOf(make({ spec: SPEC, baseUrl: server.url }).executeTool("read", {}));
    expect(server.requests).toHaveLength(1);
  });

  test("a server that asks for a longer wait than allowed ends the attempts and is quoted", async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    for (const retryAfter of ["3600", date]) {
      const server = await busy(1, 429, { "retry-after": retryAfter });
      const error = await failureOf(make({ spec: SPEC, baseUrl: server.url }).executeTool("read", {}));
      expect(error.data.status).toBe(429);
      expect(Number(error.data.retryAfterMs)).toBeGreaterThan(3_500_000);
      expect(server.requests).toHaveLength(1);
    }
  });

  test("a cancelled execution stops waiting", async () => {
    const controller = new AbortController();
    const server = await loopback((_got, response) => {
      json(response, {}, 503, { "retry-after": "15" });
      response.on("finish", () => controller.abort());
    });
    const error = await failureOf(
      make({ spec: SPEC, baseUrl: server.url }).executeTool("read", {}, { signal: controller.signal }),
    );
    expect(error.code).toBe("CANCELLED");
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ["read", {}, "ended."],
    ["request", { path: "/thing" }, "ended."],
    ["write", { body: {} }, "ended. Whether it took effect is not known."],
  ])("of a %s that the server has got when the execution ends, it is said what is known", async (tool, args, known) => {
    const controller = new AbortController();
    const server = await loopback(() => controller.abort());
    const call = make({ spec: SPEC, baseUrl: server.url }).executeTool(tool, args, { signal: controller.signal });
    expect(await failureOf(call)).toMatchObject({ code: "CANCELLED", message: expect.stringMatching(`${known}$`) });
    expect(server.requests).toHaveLength(1);
  });

  test("a cancelled execution hangs up", async () => {
    const controller = new AbortController();
    const hungUp = Promise.withResolvers<void>();
    const server = await loopback((_got, response) => {
      response.on("close", () => hungUp.resolve());
      controller.abort();
    });
    const call = make({ spec: SPEC, baseUrl: server.url }).executeTool("read", {}, { signal: controller.signal });
    expect((await failureOf(call)).code).toBe("CANCELLED");
    await hungUp.promise;
  });
});

describe("a fetch of the developer's own that does not heed the request's signal", () => {
  /** Its answer comes in pieces, and never ends. */
  function trickle(status: number) {
    const flowing = Promise.withResolvers<void>();
    const hungUp = Promise.withResolvers<void>();
    let clock: NodeJS.Timeout | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (pieces) => {
        clock = setInterval(() => {
          pieces.enqueue(new Uint8Array([97]));
          flowing.resolve();
        }, 1);
      },
      cancel: () => {
        clearInterval(clock);
        hungUp.resolve();
      },
    });
    const fetch = async () => new Response(body, { status });
    return { fetch, flowing: flowing.promise, hungUp: hungUp.promise };
  }

  test("that never answers holds nobody for longer than timeoutMs", async () => {
    const connector = make({ spec: SPEC, timeoutMs: 20, fetch: () => new Promise(() => {}) });
    expect(await failureOf(connector.executeTool("read", {}))).toMatchObject({
      code: "REQUEST_FAILED",
      message: "GET api.test/thing had no whole answer after 20 ms.",
    });
  });

  test.each([200, 500])("whose answer (%d) never ends is hung up after timeoutMs", async (status) => {
    const { fetch, hungUp } = trickle(status);
    const connector = make({ spec: SPEC, timeoutMs: 20, fetch });
    expect((await failureOf(connector.executeTool("read", {}))).code).toBe("REQUEST_FAILED");
    await hungUp;
  });

  test("is not asked to send what was given up while its credentials were fetched", async () => {
    const controller = new AbortController();
    const asked = Promise.withResolvers<void>();
    const token = Promise.withResolvers<string>();
    const methods: string[] = [];
    const connector = make({
      spec: SPEC,
      auth: async ({ method }) => {
        asked.resolve();
        const headers = { authorization: await token.promise };
        return new Request("https://api.test/thing", { method, headers });
      },
      fetch: async ({ method }) => {
        methods.push(method);
        return Response.json({});
      },
    });
    const call = connector.executeTool("write", { body: {} }, { signal: controller.signal });
    await asked.promise;
    controller.abort();
    expect((await failureOf(call)).code).toBe("CANCELLED");
    token.resolve("Bearer late");
    // Its own request comes behind whatever became of the other.
    await connector.executeTool("read", {});
    expect(methods).toEqual(["GET"]);
  });

  test("gets no redirect followed that comes too late", async () => {
    const controller = new AbortController();
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Response>();
    const sent: string[] = [];
    const connector = make({
      spec: SPEC,
      fetch: async ({ method, url }) => {
        sent.push(`${method} ${url}`);
        if (method === "GET") return Response.json({});
        asked.resolve();
        return answer.promise;
      },
    });
    const call = connector.executeTool("write", { body: {} }, { signal: controller.signal });
    await asked.promise;
    controller.abort();
    expect((await failureOf(call)).code).toBe("CANCELLED");
    answer.resolve(new Response(null, { status: 307, headers: { location: "/elsewhere" } }));
    await connector.executeTool("read", {});
    expect(sent).toEqual(["POST https://api.test/thing", "GET https://api.test/thing"]);
  });

  test.each([429, 200])("whose answer (%d) cannot be hung up holds nobody", async (status) => {
    const answers = [429, 200].map(
      (each) =>
        new Response(new ReadableStream({ cancel: () => new Promise(() => {}) }), {
          status: each,
          headers: { "content-length": "9", "retry-after": "0" },
        }),
    );
    const kept = answers.filter((each) => each.status === status);
    const connector = make({
      spec: SPEC,
      maxResponseBytes: 8,
      retry: { maxRetries: 1 },
      fetch: async () => kept.pop() ?? Response.json({}),
    });
    const call = connector.executeTool("read", {});
    if (status === 429) expect(await call).toEqual({});
    else expect((await failureOf(call)).code).toBe("REQUEST_REFUSED");
  });

  test("is given up when the execution ends", async () => {
    const controller = new AbortController();
    const { fetch, flowing, hungUp } = trickle(200);
    const connector = make({ spec: SPEC, fetch });
    const call = connector.executeTool("read", {}, { signal: controller.signal });
    void flowing.then(() => controller.abort());
    expect((await failureOf(call)).code).toBe("CANCELLED");
    await hungUp;
  });
});

describe("headers", () => {
  test("writes carry the idempotency key of the call; reads do not", async () => {
    const server = await ok();
    const connector = make({ spec: SPEC, baseUrl: server.url });
    await connector.executeTool("write", { body: {} }, { idempotencyKey: "run:1" });
    expect(server.last().headers["idempotency-key"]).toBe("run:1");
    await connector.executeTool("read", {}, { idempotencyKey: "run:2" });
    expect(server.last().headers["idempotency-key"]).toBeUndefined();
  });

  test("a key that a program gives is the one that is sent", async () => {
    const server = await ok();
    const request = { path: "/thing", method: "POST", headers: { "idempotency-key": "mine" } };
    await make({ spec: SPEC, baseUrl: server.url }).executeTool("request", request, { idempotencyKey: "exec_1:0" });
    expect(server.last().headers["idempotency-key"]).toBe("mine");
  });

  test("the connector's own are not a program's to change; cookies of both are sent, and what yields yields", async () => {
    const server = await ok();
    const headers = { "X-Tenant": "acme", Cookie: "own=1", Accept: "application/json", "User-Agent": "ours" };
    await make({ spec: SPEC, baseUrl: server.url, headers }).executeTool("request", {
      path: "/thing",
      headers: { "x-tenant": "other", cookie: "mine=2", accept: "text/csv", "X-More": "yes" },
    });
    expect(server.last().headers).toMatchObject({
      "x-tenant": "acme",
      cookie: "mine=2; own=1",
      accept: "text/csv",
      "user-agent": "ours",
      "x-more": "yes",
    });
  });

  test.each(["X-HTTP-Method-Override", "x-original-url", "X-Rewrite-URL", "Host", "Transfer-Encoding", "connection"])(
    "%s would make the request another one, and is refused",
    async (name) => {
      const call = make({ spec: SPEC }).executeTool("request", { path: "/thing", headers: { [name]: "DELETE" } });
      expect((await failureOf(call)).code).toBe("REQUEST_REFUSED");
    },
  );

  test("Accept names what the operation answers with, JSON first; there is a User-Agent", async () => {
    const server = await ok();
    const content = { "application/xml": {}, "application/vnd.api+json": {} };
    const spec = description({
      "/": { get: { operationId: "get", responses: { 200: { description: "ok", content } } } },
    });
    await make({ spec, baseUrl: server.url }).executeTool("get", {});
    expect(server.last().headers).toMatchObject({
      accept: "application/vnd.api+json, */*;q=0.1",
      "user-agent": "durable-codemode",
    });
  });
});
