/** A connector that is written in code and cannot mean what it says: it fails where it is written, or as a whole. */
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { type ConnectorDefinition, defineConnector } from "../../src/connector/define.ts";
import type { ConnectorTools } from "../../src/connector/types.ts";

const ctx = {} as unknown as ExecutionContext;
const execute = () => 1;

function define(tools: unknown): unknown {
  return defineConnector({ name: "shop", tools } as unknown as ConnectorDefinition<unknown>);
}

class Shop extends CodemodeConnector {
  readonly #tools: unknown;
  constructor(tools: unknown) {
    super(ctx, {});
    this.#tools = tools;
  }
  override name() {
    return "shop";
  }
  protected override tools(): ConnectorTools {
    return this.#tools as ConnectorTools;
  }
}

const FAULTS: readonly (readonly [string, unknown, string, RegExp])[] = [
  ["what is no tool", { pay: null }, "INVALID_TOOL", /^shop\.pay: a tool is an object, not null\./],
  [
    "a misspelt policy",
    { pay: { requireApproval: true, execute } },
    "INVALID_TOOL",
    /^shop\.pay: .*Write "requiresApproval"/,
  ],
  [
    "a contradiction",
    { pay: { readOnly: true, revert: execute, execute } },
    "INVALID_TOOL",
    /^shop\.pay: .*Remove one/,
  ],
  [
    "a function of another name",
    { pay: { handler: execute } },
    "INVALID_TOOL",
    /^shop\.pay: "handler" .*Write "execute"/,
  ],
  [
    "a schema of another name",
    { pay: { parameters: z.object({ n: z.number() }), execute } },
    "INVALID_TOOL",
    /^shop\.pay: "parameters" .*Write "inputSchema"/,
  ],
  [
    "fields for a schema",
    { pay: { inputSchema: { n: z.number() }, execute } },
    "INVALID_TOOL",
    /^shop\.pay: .*Wrap it: z\.object/,
  ],
  [
    "a text as a schema",
    { pay: { inputSchema: "string", execute } },
    "INVALID_SCHEMA",
    /^shop\.pay: .*Pass a JSON Schema/,
  ],
  [
    "two of one name",
    { then: { execute }, then_: { execute } },
    "INVALID_NAME",
    /^shop: "then" and "then_" .*Rename one/,
  ],
  ["no tools at all", undefined, "INVALID_INPUT", /^shop: .*a record of tools.*got undefined/],
  ["a list of tools", [{ execute }], "INVALID_INPUT", /^shop: .*a record of tools.*got a list/],
];

test.each(FAULTS)("%s: defineConnector throws, at once", (_title, tools, code, message) => {
  expect(() => define(tools)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
});

test.each(FAULTS)(
  "%s: a class has no tools, and a function of env gives none",
  async (_title, tools, code, message) => {
    const given = new (defineConnector({ name: "shop", tools: () => tools as ConnectorTools }))(ctx, {});
    for (const connector of [new Shop(tools), given]) {
      await expect(connector.describe()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    }
  },
);

test("a promise of tools is refused with the next step", () => {
  expect(() => define(Promise.resolve({}))).toThrow(/^shop: .*got a promise.*await it/);
});

test("a schema that is made when it is needed is not asked for by a definition", async () => {
  let asked = 0;
  const inputSchema = () => {
    asked += 1;
    return { type: "object" } as const;
  };
  const connector = new (defineConnector({ name: "shop", tools: { pay: { inputSchema, execute } } }))(ctx, {});
  expect(asked).toBe(0);
  expect((await connector.describe()).descriptors.pay?.inputSchema).toEqual({ type: "object" });
});

test("fields that are given when they are needed are refused then", async () => {
  const tools = { pay: { inputSchema: () => ({ n: z.number() }), execute } };
  const connector = new (defineConnector({ name: "shop", tools }))(ctx, {});
  await expect(connector.describe()).rejects.toMatchObject({
    code: "INVALID_SCHEMA",
    message: expect.stringMatching(/^shop\.pay: .*a Zod 4 schema/),
  });
});

test("a tool without execute, which runs elsewhere, is left out, and the developer is told", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  try {
    for (const connector of [
      new Shop({ ask: { inputSchema: {} }, pay: { execute } }),
      new (defineConnector({ name: "shop", tools: { ask: { inputSchema: {} }, pay: { execute } } }))(ctx, {}),
    ]) {
      expect(Object.keys((await connector.describe()).descriptors)).toEqual(["pay"]);
      expect(warn.mock.calls).toEqual([[expect.stringMatching(/^Connector "shop": no execute function.*"ask"/)]]);
      warn.mockClear();
    }
  } finally {
    warn.mockRestore();
  }
});
