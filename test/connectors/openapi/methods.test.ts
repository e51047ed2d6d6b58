/** Methods of OpenAPI 3.2: `query`, and those that a description adds. */
import { describe, expect, test, vi } from "vitest";
import { type OpenApiApproval, openApiConnector } from "../../../connectors/openapi/index.ts";
import { failureOf } from "../../support/thrown.ts";
import { loopback } from "./loopback.ts";
import { ctx, description, make } from "./make.ts";

const BODY = {
  required: true,
  content: {
    "application/json": {
      schema: {
        type: "object",
        properties: { text: { type: "string" } },
        required: ["text"],
        additionalProperties: false,
      },
    },
  },
};

const operation = (operationId: string | undefined, more: object = {}) => ({
  ...(operationId !== undefined && { operationId }),
  responses: {},
  ...more,
});

const SPEC = description(
  {
    "/files/{id}": {
      parameters: [{ in: "path", name: "id", required: true, schema: { type: "string" } }],
      get: operation("read"),
      query: operation("find", { requestBody: BODY }),
      additionalOperations: {
        COPY: operation("copy", { requestBody: BODY }),
        PROPFIND: operation(undefined),
      },
    },
  },
  { openapi: "3.2.0" },
);

const CALL = { executionId: "e", seq: 0 };

async function policyOf(approval: OpenApiApproval | undefined, tool: string, args: unknown) {
  const connector = make({ spec: SPEC, ...(approval !== undefined && { approval }) });
  const assessment = await connector.assess(tool, args, CALL);
  if (assessment.kind !== "valid") throw new Error(`${tool}: ${JSON.stringify(assessment)}`);
  return assessment.policy;
}

const FIND = { id: "7", body: { text: "x" } };

describe("the catalog", () => {
  test("has operations of every method, named like any other", async () => {
    const { descriptors, annotations } = await make({ spec: SPEC }).describe();
    expect(Object.keys(descriptors)).toEqual(["request", "read", "find", "copy", "propfind_files_id"]);
    expect(descriptors.find?.description).toBe("QUERY /files/{id}");
    expect(annotations).toMatchObject({ find: { readOnly: true }, copy: { requiresApproval: true } });
  });

  test.each(["GET", "post", "Query", "TRACE", "CONNECT", "track", "NOT A METHOD", "X\r\nY", ""])(
    "leaves out an additional operation that is called %j: it has a place of its own, or cannot be sent",
    async (method) => {
      const spec = description({
        "/x": { additionalOperations: { [method]: operation("sly"), LOCK: operation("lock") } },
      });
      expect(Object.keys((await make({ spec }).describe()).descriptors)).toEqual(["request", "lock"]);
    },
  );

  test.each([null, [], "COPY", { COPY: null, LOCK: "x" }])("takes %j for no additional operations", async (given) => {
    const spec = description({ "/x": { get: operation("read"), additionalOperations: given } });
    expect(Object.keys((await make({ spec }).describe()).descriptors)).toEqual(["request", "read"]);
  });
});

describe("who is asked", () => {
  test("nobody before a query, which is a read", async () => {
    const policy = { approval: false, readOnly: true, repeatable: true };
    expect(await policyOf(undefined, "find", FIND)).toMatchObject(policy);
    expect(await policyOf("always", "find", FIND)).toMatchObject({ ...policy, approval: true });
  });

  test("a person before what a description adds, unless the developer says otherwise", async () => {
    expect(await policyOf(undefined, "copy", FIND)).toMatchObject({
      approval: true,
      readOnly: false,
      repeatable: false,
    });
    expect(await policyOf(undefined, "propfind_files_id", { id: "7" })).toMatchObject({ approval: true });
    expect(await policyOf("never", "copy", FIND)).toMatchObject({ approval: false, repeatable: false });
    const listing: OpenApiApproval = ({ method }) => method !== "PROPFIND";
    expect(await policyOf(listing, "propfind_files_id", { id: "7" })).toMatchObject({ approval: false });
    expect(await policyOf(listing, "copy", FIND)).toMatchObject({ approval: true });
  });
});

describe("the request", () => {
  /** Methods that some servers of HTTP do not parse, so they are looked at on their way. */
  function sending(answer: () => Response = () => Response.json({ ok: true })) {
    const seen: { method: string; url: string; body: string; key: string | null }[] = [];
    const fetch = async (request: Request) => {
      const { method, url, headers } = request;
      seen.push({ method, url, body: await request.text(), key: headers.get("idempotency-key") });
      return answer();
    };
    return { seen, connector: openApiConnector(ctx, { name: "api", spec: SPEC, fetch, retry: { baseDelayMs: 0 } }) };
  }

  test("has the method and the body", async () => {
    const { seen, connector } = sending();
    expect(await connector.executeTool("find", FIND)).toEqual({ ok: true });
    await connector.executeTool("copy", FIND);
    await connector.executeTool("propfind_files_id", { id: "7" });
    const url = "https://api.test/files/7";
    expect(seen).toEqual([
      { method: "QUERY", url, body: '{"text":"x"}', key: null },
      { method: "COPY", url, body: '{"text":"x"}', key: expect.any(String) },
      { method: "PROPFIND", url, body: "", key: expect.any(String) },
    ]);
  });

  test("is checked against the description before", async () => {
    const { seen, connector } = sending();
    expect((await failureOf(connector.executeTool("find", { id: "7" }))).code).toBe("INVALID_ARGUMENTS");
    expect((await failureOf(connector.executeTool("find", { id: "7", body: { txt: 1 } }))).code).toBe(
      "INVALID_ARGUMENTS",
    );
    expect(seen).toEqual([]);
  });

  test("of a query is sent again when the server asks for that, of others it is not", async () => {
    const busy = sending(() => new Response(null, { status: 503 }));
    expect((await failureOf(busy.connector.executeTool("find", FIND))).code).toBe("REQUEST_FAILED");
    expect(busy.seen).toHaveLength(4);
    expect((await failureOf(busy.connector.executeTool("copy", FIND))).code).toBe("REQUEST_FAILED");
    expect(busy.seen).toHaveLength(5);
  });

  test("travels", async () => {
    const api = await loopback((got, response) => void response.end(JSON.stringify(got.method)));
    const connector = make({ spec: SPEC, baseUrl: api.url });
    expect(await connector.executeTool("propfind_files_id", { id: "7" })).toMatch(/PROPFIND/);
  });

  test("is refused in words where the platform cannot send the method, and nothing was sent", async () => {
    const fetch = vi.fn();
    vi.stubGlobal(
      "Request",
      class extends Request {
        constructor(input: string | URL | Request, init?: RequestInit) {
          if (init?.method === "COPY") throw new TypeError("Invalid HTTP method string: COPY");
          super(input, init);
        }
      },
    );
    try {
      const connector = openApiConnector(ctx, { name: "api", spec: SPEC, fetch });
      const error = await failureOf(connector.executeTool("copy", FIND));
      expect(error).toMatchObject({ code: "REQUEST_REFUSED", message: expect.stringContaining("COPY") });
      expect(fetch).not.toHaveBeenCalled();
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test("of the escape hatch has none of these methods", async () => {
    const { seen, connector } = sending();
    for (const method of ["QUERY", "COPY", "query"]) {
      const error = await failureOf(connector.executeTool("request", { path: "/files/7", method }));
      expect(error.code).toBe("INVALID_ARGUMENTS");
    }
    expect(seen).toEqual([]);
  });
});
