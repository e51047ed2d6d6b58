/** What the families' factories are given: a call without its ctx and an option that means nothing are told at once. */
import { describe, expect, test } from "vitest";
import { mcpConnector } from "../../connectors/mcp/index.ts";
import { OpenApiConnector, openApiConnector } from "../../connectors/openapi/index.ts";
import { ToolSetConnector, type ToolSetConnectorOptions, toolSetConnector } from "../../connectors/toolset/index.ts";
import type { CodemodeConnector } from "../../src/connector/connector.ts";
import { defineConnector } from "../../src/connector/define.ts";

const ctx = {} as unknown as ExecutionContext;
const client = { callTool: async () => ({}) };
const description = { openapi: "3.1.0", paths: {} };
const tools = { pay: { execute: () => 1 } };

interface Family {
  readonly name: string;
  readonly make: (ctx: never, options: never) => CodemodeConnector;
  readonly options: object;
  readonly needed: readonly string[];
  readonly call: string;
  readonly known: string;
}

const FAMILIES: readonly Family[] = [
  {
    name: "mcpConnector",
    make: mcpConnector,
    options: { name: "bank", client },
    needed: ["name"],
    call: "mcpConnector(ctx, { name, connect })",
    known: "name, client, connect, instructions, approval, toolName, tool, callTimeoutMs, callMeta, onToolProgress",
  },
  {
    name: "openApiConnector",
    make: openApiConnector,
    options: { name: "bank", spec: description },
    needed: ["name", "spec"],
    call: "openApiConnector(ctx, { name, spec })",
    known:
      "name, spec, documents, instructions, approval, multiSegment, exposeSpec, onNameCollision, onUnresolvedReferences, onUnsendableBodies, baseUrl, serverVariables, auth, allowedHosts, headers, timeoutMs, maxResponseBytes, retry, fetch",
  },
  {
    name: "toolSetConnector",
    make: toolSetConnector,
    options: { name: "bank", tools },
    needed: ["tools"],
    call: "toolSetConnector(ctx, { name, tools })",
    known: "name, instructions, tools, context",
  },
];

describe.each(FAMILIES)("$name", ({ name, make, options, needed, call, known }) => {
  const called = (...given: unknown[]): unknown => Reflect.apply(make, undefined, given);
  const refusal = (message: string) => expect.objectContaining({ code: "INVALID_INPUT", message });

  test("makes a connector", () => {
    expect(called(ctx, options)).toMatchObject({ name: expect.any(Function) });
  });

  test.each<[string, (given: object) => unknown[]]>([
    ["without ctx", (given) => [given]],
    ["without anything", () => []],
    ["without options", () => [ctx]],
    ["with null for ctx", (given) => [null, given]],
    ["with undefined for ctx", (given) => [undefined, given]],
    ["with a name for options", () => [ctx, "bank"]],
  ])("called %s shows the right call", (_title, given) => {
    expect(() => called(...given(options))).toThrow(
      refusal(`${name} takes the ctx of your Agent, Durable Object or Worker, and its options. Write ${call}.`),
    );
  });

  test("an option that it does not have is named, with those that it has", () => {
    expect(() => called(ctx, { ...options, url: "https://bank.example" })).toThrow(
      refusal(`${name} has no option "url". It takes ${known}.`),
    );
  });

  test("what it needs is named", () => {
    for (const option of needed) {
      expect(() => called(ctx, { ...options, [option]: undefined })).toThrow(
        refusal(`${name} needs the option "${option}".`),
      );
    }
  });
});

test("a class of one's own over a tool set may have options of its own, but needs its ctx", () => {
  interface BankOptions extends ToolSetConnectorOptions {
    readonly currency: string;
  }
  class Bank extends ToolSetConnector {
    readonly currency: string;
    constructor(given: ExecutionContext, options: BankOptions) {
      super(given, options);
      this.currency = options.currency;
    }
  }
  expect(new Bank(ctx, { tools, currency: "EUR" }).currency).toBe("EUR");
  expect(() => Reflect.construct(Bank, [{ tools, currency: "EUR" }])).toThrow(
    expect.objectContaining({ code: "INVALID_INPUT" }),
  );
});

describe("a description that is not there yet", () => {
  test.each<[string, unknown]>([
    ["an address", "https://bank.example/openapi.json"],
    ["an address as a URL", new URL("https://bank.example/openapi.json")],
  ])("%s is told to be fetched first, at once or where a function gives it", async (_title, spec) => {
    const make = (given: unknown): CodemodeConnector =>
      Reflect.apply(openApiConnector, undefined, [ctx, { name: "bank", spec: given }]);
    const message = expect.stringContaining(
      'an address ("https://bank.example/openapi.json"), and nothing is fetched here. Fetch it first: await (await fetch("https://bank.example/openapi.json")).json()',
    );
    expect(() => make(spec)).toThrow(expect.objectContaining({ code: "INVALID_SCHEMA", message }));
    await expect(make(() => spec).describe()).rejects.toMatchObject({ code: "INVALID_SCHEMA", message });
  });

  test("text is told to be parsed first, at once", () => {
    const given = [ctx, { name: "bank", spec: '{ "openapi": "3.1.0" }' }];
    expect(() => Reflect.apply(openApiConnector, undefined, given)).toThrow(
      expect.objectContaining({ code: "INVALID_SCHEMA", message: expect.stringContaining("Parse it first") }),
    );
  });
});

describe("defineConnector", () => {
  const defined = (...given: unknown[]): unknown => Reflect.apply(defineConnector, undefined, given);

  test.each([[[]], [["bank", tools]], [[null]]])("takes one object: %j", (given) => {
    expect(() => defined(...given)).toThrow(
      expect.objectContaining({
        code: "INVALID_INPUT",
        message: expect.stringMatching(/^defineConnector takes an options object, \{ name \}, got /),
      }),
    );
  });

  test("has no other options than it has, and needs a name", () => {
    expect(() => defined({ name: "bank", tools, description: "Money" })).toThrow(
      expect.objectContaining({
        code: "INVALID_INPUT",
        message: 'defineConnector has no option "description". It takes name, instructions, tools.',
      }),
    );
    expect(() => defined({ tools })).toThrow('defineConnector needs the option "name".');
  });
});

describe("settings that nobody can have meant are refused where they are written, with the connector's name", () => {
  const openapi = (more: object) => () => openApiConnector(ctx, { name: "bank", spec: description, ...more });
  const mcp = (more: object) => () => mcpConnector(ctx, { name: "bank", client, ...more });

  test.each<[string, () => unknown, RegExp]>([
    [
      "a policy that is misspelt",
      openapi({ approval: "ask_writes" }),
      /bank: approval .*"ask-writes".*got "ask_writes"/,
    ],
    ["a policy that is misspelt (MCP)", mcp({ approval: "Never" }), /bank: approval .*"never".*got "Never"/],
    ["a policy that is a boolean", openapi({ approval: true }), /bank: approval .*got boolean/],
    ["a time that is none", openapi({ timeoutMs: Number.NaN }), /bank: timeoutMs must be/],
    ["a time without an end", openapi({ timeoutMs: Number.POSITIVE_INFINITY }), /bank: timeoutMs must be/],
    ["a size that is none", openapi({ maxResponseBytes: "8 MB" }), /bank: maxResponseBytes must be/],
    ["retries that are none", openapi({ retry: { maxRetries: -1 } }), /bank: retry\.maxRetries must be/],
    ["a wait that is none", openapi({ retry: { baseDelayMs: Number.NaN } }), /bank: retry\.baseDelayMs must be/],
    ["hosts that are no list", openapi({ allowedHosts: "api.example" }), /bank: allowedHosts must be a list/],
    ["a host with a path", openapi({ allowedHosts: ["api.example/v1"] }), /bank: allowedHosts.*"api\.example\/v1"/],
    ["a call's time that is none", mcp({ callTimeoutMs: 0 }), /bank: callTimeoutMs must be/],
  ])("%s", (_title, make, words) => {
    expect(make).toThrow(expect.objectContaining({ code: "INVALID_INPUT", message: expect.stringMatching(words) }));
  });

  test("a class is told when its tools are needed, and lets nothing run unasked", async () => {
    class Bank extends OpenApiConnector {
      override name() {
        return "bank";
      }
      protected override spec() {
        return { openapi: "3.1.0", paths: { "/pay": { post: { operationId: "pay" } } } };
      }
      protected override approval() {
        return "ask_writes" as never;
      }
    }
    const failed = expect.objectContaining({
      code: "INVALID_INPUT",
      message: expect.stringMatching(/^bank: approval/),
    });
    await expect(new Bank(ctx, {}).describe()).rejects.toEqual(failed);
    await expect(new Bank(ctx, {}).assess("pay", {}, { executionId: "e", seq: 0 })).rejects.toEqual(failed);
  });

  test("an allowed host may be written as an address", async () => {
    const seen: string[] = [];
    const connector = openApiConnector(ctx, {
      name: "bank",
      spec: { ...description, servers: [{ url: "https://api.example" }] },
      allowedHosts: ["https://api.example", "https://*.files.example/", "http://localhost:8080/"],
      fetch: async ({ url }) => {
        seen.push(url);
        return Response.json({});
      },
    });
    const paths = ["/x", "https://a.files.example/y", "http://localhost:8080/z"];
    for (const path of paths) await connector.executeTool("request", { path });
    expect(seen).toEqual(["https://api.example/x", ...paths.slice(1)]);
    await expect(connector.executeTool("request", { path: "http://api.example/x" })).rejects.toMatchObject({
      code: "REQUEST_REFUSED",
    });
  });
});
