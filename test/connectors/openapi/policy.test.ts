/** Who is asked before what: reads are free, writes by policy, the escape hatch by its method. */
import { describe, expect, test } from "vitest";
import {
  type OpenApiApproval,
  type OpenApiAuth,
  OpenApiConnector,
  type OpenApiRequestOptions,
} from "../../../connectors/openapi/index.ts";
import { failureOf } from "../../support/thrown.ts";
import { ctx, description, make } from "./make.ts";

const METHODS = ["get", "head", "options", "post", "put", "patch", "delete"];
const SPEC = description({
  "/x": Object.fromEntries(METHODS.map((method) => [method, { operationId: `do_${method}`, responses: {} }])),
  "/keyed": {
    post: {
      operationId: "keyed",
      parameters: [{ in: "header", name: "Idempotency-Key", required: true, schema: { type: "string" } }],
      responses: {},
    },
  },
});

async function policyOf(connector: OpenApiConnector, tool: string, args: unknown = {}) {
  const assessment = await connector.assess(tool, args, { executionId: "e", seq: 0 });
  if (assessment.kind !== "valid") throw new Error(`${tool}: ${assessment.kind}`);
  return assessment.policy;
}

async function asking(connector: OpenApiConnector): Promise<string[]> {
  const asked: string[] = [];
  for (const method of METHODS) if ((await policyOf(connector, `do_${method}`)).approval) asked.push(method);
  return asked;
}

describe("approval of operations", () => {
  test.each<[OpenApiApproval | undefined, string[]]>([
    [undefined, ["post", "put", "patch", "delete"]],
    ["ask-writes", ["post", "put", "patch", "delete"]],
    ["never", []],
    ["always", METHODS],
    [({ method }) => method === "DELETE", ["delete"]],
    [({ path, tags }) => path === "/x" && tags.length === 0, METHODS],
  ])("%s", async (approval, expected) => {
    expect(await asking(make({ spec: SPEC, ...(approval !== undefined && { approval }) }))).toEqual(expected);
  });

  test("GET, HEAD and OPTIONS change nothing, so they are safe to repeat; other methods are not", async () => {
    const connector = make({ spec: SPEC });
    for (const method of ["get", "head", "options"]) {
      expect(await policyOf(connector, `do_${method}`)).toMatchObject({ readOnly: true, repeatable: true });
    }
    for (const method of ["post", "put", "patch", "delete"]) {
      expect(await policyOf(connector, `do_${method}`)).toMatchObject({ readOnly: false, repeatable: false });
    }
  });

  test("an operation that declares an Idempotency-Key is safe to repeat, and programs are not asked for the key", async () => {
    const connector = make({ spec: SPEC });
    expect(await policyOf(connector, "keyed")).toMatchObject({ readOnly: false, repeatable: true, approval: true });
    expect((await connector.describe()).descriptors.keyed?.inputSchema.properties).toEqual({});
  });
});

describe("approval of the escape hatch", () => {
  test.each<[OpenApiApproval, Record<string, unknown>, boolean]>([
    ["ask-writes", { path: "/x" }, false],
    ["ask-writes", { path: "/x", method: "get" }, false],
    ["ask-writes", { path: "/x", method: "HEAD" }, false],
    ["ask-writes", { path: "/x", method: "DELETE" }, true],
    ["ask-writes", { path: "/x", method: "delete" }, true],
    ["ask-writes", { path: "/x", method: " GET" }, true],
    ["ask-writes", { path: "/x", method: "PROPFIND" }, true],
    ["never", { path: "/x", method: "DELETE" }, false],
    ["always", { path: "/x" }, true],
    [() => false, { path: "/x", method: "POST" }, true],
    [() => false, { path: "/x" }, false],
    [({ path }) => path.startsWith("/secrets"), { path: "/secrets/1" }, true],
  ])("%s with %j: %s", async (approval, args, expected) => {
    expect((await policyOf(make({ spec: SPEC, approval }), "request", args)).approval).toBe(expected);
  });

  test.each<[OpenApiApproval, boolean]>([
    [({ operationId }) => operationId === "do_get", true],
    [({ name }) => name === "do_head", true],
    [({ path }) => path === "/x", true],
    [({ operationId }) => operationId === "do_delete", false],
  ])(
    "a read that a function asks about cannot be made unasked, however its path is spelled: %s",
    async (approval, expected) => {
      const connector = make({ spec: SPEC, approval });
      for (const path of ["/%78", "/./x", "x", "https://api.test/x"]) {
        expect((await policyOf(connector, "request", { path })).approval, path).toBe(expected);
      }
    },
  );

  test("it is no read, since it may be a write", async () => {
    expect(await policyOf(make({ spec: SPEC }), "request", { path: "/x" })).toMatchObject({ readOnly: false });
  });

  test("a method that is none of HTTP's is refused", async () => {
    const error = await failureOf(
      make({ spec: SPEC }).executeTool("request", { path: "/x", method: "get /y HTTP/1.1" }),
    );
    expect(error).toMatchObject({ code: "INVALID_ARGUMENTS", message: expect.stringContaining("args.method") });
  });

  test.each(["X-HTTP-Method-Override", "x-method-override", "X-Http-Method", "Host", "Content-Length"])(
    "a free GET cannot become a write, nor another request, by the header %s",
    async (header) => {
      const args = { path: "/x", headers: { [header]: "DELETE" } };
      expect((await failureOf(make({ spec: SPEC }).executeTool("request", args))).code).toBe("REQUEST_REFUSED");
    },
  );
});

describe("a class written for the released package", () => {
  class Stripe extends OpenApiConnector<{ KEY: string }> {
    readonly sent: OpenApiRequestOptions[] = [];
    override name() {
      return "stripe";
    }
    protected override spec() {
      return SPEC;
    }
    protected override async request(options: OpenApiRequestOptions) {
      this.sent.push(options);
      return { echoed: options.path };
    }
  }

  class Trusting extends Stripe {
    protected override approval() {
      return "never" as const;
    }
  }

  test("its own request() gets plain data and nothing else", async () => {
    const connector = new Stripe(ctx, { KEY: "k" });
    expect(await connector.executeTool("do_get", {})).toEqual({ echoed: "/x" });
    await connector.executeTool("request", { path: "/y", method: "post", body: { a: 1 }, params: { q: [1] } });
    expect(connector.sent).toEqual([
      { path: "/x", method: "GET" },
      { path: "/y", method: "POST", body: { a: 1 }, params: { q: [1] } },
    ]);
    expect(structuredClone(connector.sent)).toEqual(connector.sent);
  });

  test("the key of an operation that declares one is among the headers that it gets", async () => {
    const connector = new Stripe(ctx, { KEY: "k" });
    await connector.executeTool("keyed", {}, { idempotencyKey: "exec_1:7" });
    expect(connector.sent).toMatchObject([{ headers: { "Idempotency-Key": "exec_1:7" } }]);
  });

  test("its writes ask, unless one line says otherwise", async () => {
    expect(await asking(new Stripe(ctx, { KEY: "k" }))).toEqual(["post", "put", "patch", "delete"]);
    expect(await asking(new Trusting(ctx, { KEY: "k" }))).toEqual([]);
  });

  test("the raw description is a tool only where asked for, read again on every pass", async () => {
    expect(await make({ spec: SPEC }).assess("spec", {}, { executionId: "e", seq: 0 })).toMatchObject({
      kind: "unknown",
    });
    const connector = make({ spec: SPEC, exposeSpec: true });
    expect(await policyOf(connector, "spec")).toMatchObject({ replay: "reexecute", approval: false });
    expect(await connector.executeTool("spec", {})).toBe(SPEC);
  });
});

describe("a setting of a connector's own that is none", () => {
  const unset: { POLICY?: OpenApiApproval; EXPOSE?: boolean } = {};

  class Unset extends OpenApiConnector {
    override name() {
      return "unset";
    }
    protected override spec() {
      return SPEC;
    }
    protected override approval(): OpenApiApproval {
      return unset.POLICY as OpenApiApproval;
    }
  }

  test("an approval() that gives nothing asks before writes", async () => {
    const connector = new Unset(ctx, {});
    expect(await asking(connector)).toEqual(["post", "put", "patch", "delete"]);
    expect((await policyOf(connector, "request", { path: "/x", method: "POST" })).approval).toBe(true);
  });

  test("an exposeSpec() that is neither true nor false is refused, and shows nothing", async () => {
    class Exposing extends Unset {
      protected override exposeSpec() {
        return "false" as unknown as boolean;
      }
    }
    const error = await failureOf(new Exposing(ctx, {}).describe());
    expect(error).toMatchObject({ code: "INVALID_INPUT", message: 'unset: exposeSpec is true or false, got "false".' });
    expect(() => make({ spec: SPEC, exposeSpec: "false" as unknown as boolean })).toThrow(
      'api: exposeSpec is true or false, got "false".',
    );
  });

  test.each([
    { type: "Bearer", token: "t" },
    { type: "apikey", in: "header", name: "X-Key", value: "v" },
    { type: "apiKey", in: "Header", name: "X-Key", value: "v" },
    { type: "apiKey", in: "header", value: "v" },
    { token: "t" },
    "Bearer t",
    null,
  ])("auth that is none is refused when the connector is made, without a word of the secret: %j", (auth) => {
    const attempt = () => make({ spec: SPEC, auth: auth as unknown as OpenApiAuth });
    expect(attempt).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT", message: expect.stringMatching(/^api: auth /) }),
    );
  });
});
