/** The OpenAPI connector inside real workerd, where requests, redirects and constructors have rules of their own. */
import { createExecutionContext } from "cloudflare:test";
import { expect, test } from "vitest";
import { type OpenApiAuth, openApiConnector } from "../../../connectors/openapi/index.ts";

const content = { "application/json": {}, "multipart/form-data": {} };
const spec = {
  openapi: "3.1.0",
  servers: [{ url: "https://api.test" }],
  paths: { "/things": { post: { operationId: "things/add", requestBody: { content }, responses: {} } } },
};

const AUTHS: readonly OpenApiAuth[] = [
  { type: "bearer", token: "secret-0123" },
  { type: "apiKey", in: "query", name: "key", value: "secret-0123" },
  { type: "apiKey", in: "cookie", name: "key", value: "secret-0123" },
  (request) => new Request(request, { headers: { ...Object.fromEntries(request.headers), "x-key": "secret-0123" } }),
];

test.each(AUTHS)("a write is authenticated, redirected and answered, the secret taken out: %j", async (auth) => {
  const seen: string[] = [];
  const connector = openApiConnector(createExecutionContext(), {
    name: "api",
    spec,
    auth,
    fetch: async (request) => {
      const head = [request.url, ...request.headers.values()].join(" ");
      seen.push(
        `${request.method} ${new URL(request.url).pathname} ${head.includes("secret-0123")} ${await request.text()}`,
      );
      if (seen.length === 1) return new Response(null, { status: 307, headers: { location: "/moved" } });
      return Response.json({ head });
    },
  });
  const value = await connector.executeTool("things_add", { body: { a: 1 } });
  expect(seen).toEqual(['POST /things true {"a":1}', 'POST /moved true {"a":1}']);
  expect(JSON.stringify(value)).toContain("[redacted]");
  expect(JSON.stringify(value)).not.toContain("secret-0123");
});

test("files are sent as multipart", async () => {
  const connector = openApiConnector(createExecutionContext(), {
    name: "api",
    spec,
    fetch: async (request) => {
      const file = (await request.formData()).get("file");
      return Response.json(file instanceof File ? [file.name, file.size] : null);
    },
  });
  const args = { contentType: "multipart/form-data", body: { file: { data: Uint8Array.of(1, 2), filename: "a.bin" } } };
  expect(await connector.executeTool("things_add", args)).toEqual(["a.bin", 2]);
});
