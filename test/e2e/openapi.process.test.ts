/** The OpenAPI connector in a durable run under raw workerd, against a real HTTP server on loopback. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildWorker } from "../../scripts/build-worker.ts";
import { startWorkerd, type Workerd } from "../../scripts/workerd.ts";
import type { SearchOutput } from "../../src/catalog/contract.ts";
import type { ProxyToolOutput } from "../../src/journal/public.ts";
import { GITHUB_DESCRIPTION } from "../support/github.ts";

const SHOP = {
  openapi: "3.0.3",
  paths: {
    "/orders": {
      get: {
        operationId: "orders.list",
        parameters: [
          { name: "tag", in: "query", explode: false, schema: { type: "array", items: { type: "string" } } },
        ],
        responses: { 200: { description: "ok" } },
      },
      post: {
        operationId: "orders.create",
        requestBody: {
          content: { "application/x-www-form-urlencoded": { schema: { type: "object" } } },
        },
        responses: { 201: { description: "created" } },
      },
    },
    "/flaky": { get: { operationId: "flaky", responses: { 200: { description: "ok" } } } },
    "/elsewhere": { get: { operationId: "elsewhere", responses: { 200: { description: "ok" } } } },
    "/broken": { get: { operationId: "broken", responses: { 200: { description: "ok" } } } },
  },
};

/** What came in, as it came. */
const got: string[] = [];
let flaky = 0;

type Reply = readonly [status: number, body: unknown, headers?: Readonly<Record<string, string>>];

const REPLIES: Readonly<Record<string, (body: string) => Reply>> = {
  "GET /github.json": () => [200, readFileSync(GITHUB_DESCRIPTION, "utf8")],
  "GET /shop.json": () => [200, SHOP],
  "GET /orders": () => [200, [{ id: 1 }, { id: 2 }]],
  "POST /orders": (body) => [201, { created: body }],
  "GET /flaky": () => {
    flaky += 1;
    return flaky < 3 ? [503, { error: "busy" }, { "retry-after": "0" }] : [200, { attempts: flaky }];
  },
  "GET /elsewhere": () => [302, "", { location: "http://169.254.169.254/latest/meta-data" }],
  "GET /broken": () => [
    422,
    { title: "Not so", detail: "Bearer s3cret-token is wrong" },
    { "content-type": "application/problem+json" },
  ],
  "GET /repos/acme/site/issues": () => [200, [{ number: 5, title: "Broken link" }]],
  "POST /repos/acme/site/issues": (body) => [201, { number: 6, ...JSON.parse(body) }],
};

let server: Server;
let worker: Workerd;
let folder: string;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const { method = "", url = "", headers } = request;
    const path = url.replace(/\?.*/, "");
    if (!path.endsWith(".json"))
      got.push(`${method} ${url} ${headers.authorization} ${headers["idempotency-key"] ?? "-"} ${body}`);
    const [status, answer, more = {}] = REPLIES[`${method} ${path}`]?.(body) ?? [
      404,
      { error: `no ${method} ${path}` },
    ];
    response.writeHead(status, { "content-type": "application/json", ...more });
    response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  folder = await mkdtemp(join(tmpdir(), "codemode-openapi-"));
  const module = join(folder, "worker.js");
  await buildWorker(join(import.meta.dirname, "openapi-worker.ts"), module);
  const vars = { API: `http://127.0.0.1:${port}` };
  worker = await startWorkerd({ module, hostClass: "Caller", state: join(folder, "state"), vars });
});

afterAll(async () => {
  await worker?.stop();
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  got.length = 0;
});

async function ask<T>(path: string, code = ""): Promise<T> {
  const response = await fetch(`${worker.url}${path}`, { method: "POST", body: code });
  return response.json() as Promise<T>;
}
const run = (code: string) => ask<ProxyToolOutput>("/", code);

describe("an API of one's own", () => {
  test("reads run at once, a write waits and carries the call's idempotency key", async () => {
    const paused = await run(`async () => {
      const orders = await shop.orders_list({ tag: ["a", "b"] });
      return shop.orders_create({ body: { count: orders.length, note: "a&b" } });
    }`);
    expect(paused).toMatchObject({ status: "paused", pending: [{ method: "orders_create" }] });
    const { executionId } = paused;
    const done = await ask<ProxyToolOutput>(`/?approve=${executionId}`);
    expect(done).toMatchObject({ status: "completed", result: { created: "count=2&note=a%26b" } });
    expect(got).toEqual([
      "GET /orders?tag=a,b Bearer s3cret-token - ",
      `POST /orders Bearer s3cret-token ${executionId}:1 count=2&note=a%26b`,
    ]);
  });

  test("a busy server is asked again", async () => {
    expect(await run("async () => shop.flaky()")).toMatchObject({ result: { attempts: 3 } });
  });

  test("a redirect out of the API is refused", async () => {
    expect(await run("async () => shop.elsewhere()")).toMatchObject({ status: "error", code: "REQUEST_REFUSED" });
    expect(await run(`async () => shop.request({ path: "http://example.com/" })`)).toMatchObject({
      code: "REQUEST_REFUSED",
    });
  });

  test("a problem is a failure that the program can read, without the secret", async () => {
    const outcome = await run(`async () => {
      try { await shop.broken(); } catch (error) { return { code: error.code, message: error.message }; }
    }`);
    expect(outcome).toMatchObject({ status: "completed", result: { code: "REQUEST_FAILED" } });
    expect(JSON.stringify(outcome)).not.toContain("s3cret-token");
  });
});

describe("GitHub's REST description", () => {
  test("is derived, searched and called", async () => {
    const { results } = await ask<SearchOutput>("/?search=create%20an%20issue");
    expect(results.slice(0, 5).map(({ path }) => path)).toContain("github.issues_create");

    const paused = await run(`async () => {
      const repo = { owner: "acme", repo: "site" };
      const issues = await github.issues_list_for_repo({ ...repo, state: "open", per_page: 10 });
      return github.issues_create({ ...repo, body: { title: "After #" + issues[0].number } });
    }`);
    expect(paused).toMatchObject({ status: "paused", pending: [{ method: "issues_create" }] });
    expect(await ask(`/?approve=${paused.executionId}`)).toMatchObject({
      status: "completed",
      result: { number: 6, title: "After #5" },
    });
    expect(got[0]).toMatch(/^GET \/repos\/acme\/site\/issues\?(state=open&per_page=10|per_page=10&state=open) /);
    expect(got[1]).toMatch(/^POST \/repos\/acme\/site\/issues .*\{"title":"After #5"\}$/);
  });
});
