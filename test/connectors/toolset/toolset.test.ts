/** The tool set connector: tools of every framework become connector tools that behave as in their framework. */
import { toolDefinition } from "@tanstack/ai";
import { jsonSchema, type ToolSet, tool } from "ai";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { z } from "zod";
import { type ForeignTools, ToolSetConnector } from "../../../connectors/toolset/index.ts";
import { jsonSchemaNow } from "../../../connectors/toolset/schema-now.ts";
import type { ConnectorTool } from "../../../src/connector/types.ts";
import { describeConnectorContract } from "../contract.ts";
import { ctx, make } from "./make.ts";

describeConnectorContract("A tool set of Zod tools", () =>
  make({
    find: tool({ description: "Finds", inputSchema: z.object({ query: z.string() }), execute: () => [] }),
    list: { readOnly: true, execute: () => [] },
  }),
);
describeConnectorContract("A tool set of plain tools", () =>
  make({
    "find-it": {
      inputSchema: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
      execute: () => [],
    },
  }),
);

const call = { executionId: "e1", seq: 3 };

describe("schemas", () => {
  it("describes AI SDK, Zod, Standard Schema, TanStack AI and JSON Schema inputs and outputs alike", async () => {
    const city = { type: "object", properties: { city: { type: "string" } }, required: ["city"] } as const;
    const standard = {
      "~standard": {
        version: 1,
        vendor: "mine",
        validate: (value: unknown) => ({ value }),
        jsonSchema: { input: () => city, output: () => city },
      },
    };
    const execute = async () => ({ city: "Paris" });
    const zod = z.object({ city: z.string() });
    const described = await make({
      zod: tool({ inputSchema: zod, outputSchema: zod, execute }),
      ai: { inputSchema: jsonSchema({ ...city, required: ["city"] }), execute },
      lazy: { inputSchema: () => zod, execute },
      promised: { inputSchema: { jsonSchema: Promise.resolve(city), validate: undefined }, execute },
      standard: { inputSchema: standard, outputSchema: standard, execute },
      plain: { inputSchema: city, outputSchema: city, execute },
      v4: { parameters: zod, execute },
    }).describe();
    for (const [name, { inputSchema }] of Object.entries(described.descriptors))
      expect(inputSchema, name).toMatchObject(city);
    for (const name of ["zod", "standard", "plain"])
      expect(described.descriptors[name]?.outputSchema, name).toMatchObject(city);
  });

  it("tells what a tool gives as its schema writes it, not as it reads it", async () => {
    const zod = z.object({ unit: z.string().default("kg") });
    const { tool: described } = (
      await make({ tool: { inputSchema: zod, outputSchema: zod, execute: () => 1 } }).describe()
    ).descriptors;
    expect(described?.inputSchema.required).toBeUndefined();
    expect(described?.outputSchema?.required).toEqual(["unit"]);
    expect(jsonSchemaNow(zod, "input")?.required).toBeUndefined();
    expect(jsonSchemaNow(zod, "output")?.required).toEqual(["unit"]);
  });

  it("keeps the aliases that a tool has of itself, beside those of its name", async () => {
    const connector = make({ "find-it": { aliases: ["seek"], execute: () => "found" } });
    for (const name of ["find_it", "find-it", "seek"]) expect(await connector.executeTool(name, {})).toBe("found");
  });

  it("takes TanStack AI's list of tools", async () => {
    const add = toolDefinition({
      name: "add",
      description: "Adds",
      inputSchema: z.object({ a: z.number(), b: z.number() }),
      outputSchema: z.number(),
    }).server(({ a, b }) => a + b);
    const connector = make([add]);
    expect((await connector.describe()).descriptors.add).toMatchObject({
      description: "Adds",
      outputSchema: { type: "number" },
    });
    expect(await connector.executeTool("add", { a: 2, b: 1 })).toBe(3);
  });

  it("shows what JSON Schema has no word for as anything, also in an output", async () => {
    const day = z.object({ day: z.date() });
    const connector = make({
      at: {
        inputSchema: day,
        outputSchema: z.string().transform(Number),
        execute: async ({ day }: { day: Date }) => day.getTime(),
      },
    });
    const { at } = (await connector.describe()).descriptors;
    expect(at).toMatchObject({ inputSchema: { properties: { day: {} } } });
    expect(at?.outputSchema).toEqual(expect.not.objectContaining({ type: "string" }));
    expect(await connector.executeTool("at", { day: new Date(5) })).toBe(5);
    expect(await connector.assess("at", { day: "now" }, call)).toMatchObject({ kind: "invalid", path: "args.day" });
  });
});

describe("input", () => {
  const order = z.object({
    n: z.coerce.number(),
    unit: z.string().default("kg"),
    at: z.iso.date().transform((text) => new Date(text)),
  });

  it("is read by the tool's own schema: defaults, coercions and transforms apply", async () => {
    const execute = vi.fn(async (_input: unknown) => "ok");
    const connector = make({ order: { inputSchema: order, execute } });
    const args = { n: "5", at: "2026-01-02" };
    expect(await connector.assess("order", args, call)).toMatchObject({ kind: "valid" });
    await connector.executeTool("order", args);
    expect(execute.mock.calls[0]?.[0]).toEqual({ n: 5, unit: "kg", at: new Date("2026-01-02") });
  });

  it("is refused with the path, before a person is asked and before the tool runs", async () => {
    const execute = vi.fn();
    const connector = make({
      order: tool({
        inputSchema: z.object({ items: z.array(z.object({ id: z.number() })) }),
        needsApproval: true,
        execute,
      }),
    });
    const args = { items: [{ id: 1 }, { id: "x" }] };
    const assessed = await connector.assess("order", args, call);
    expect(assessed).toMatchObject({ kind: "invalid", path: "args.items[1].id" });
    await expect(connector.executeTool("order", args)).rejects.toMatchObject({
      code: "INVALID_ARGUMENTS",
      data: { path: "args.items[1].id" },
    });
    expect(execute).not.toHaveBeenCalled();
  });

  it("is checked by an AI SDK schema's own validate, whose errors name the path", async () => {
    const schema = jsonSchema<{ a: number }>(
      { type: "object" },
      {
        validate: (value) => ({
          success: false,
          error: Object.assign(new Error("bad"), {
            issues: [{ path: ["a"], message: `not ${JSON.stringify(value)}` }],
          }),
        }),
      },
    );
    expect(await make({ t: { inputSchema: schema, execute: () => 1 } }).assess("t", { a: 2 }, call)).toEqual({
      kind: "invalid",
      path: "args.a",
      message: 'args.a: not {"a":2}',
    });
  });

  it("is checked against a JSON Schema where there is nothing else", async () => {
    const connector = make({
      t: { inputSchema: { type: "object", properties: { a: { type: "number" } } }, execute: () => 1 },
    });
    expect(await connector.assess("t", { a: "x" }, call)).toMatchObject({ kind: "invalid", path: "args.a" });
  });

  it("that is omitted reads as an empty object", async () => {
    const connector = make({
      t: { inputSchema: z.object({ n: z.number().default(7) }), execute: ({ n }: { n: number }) => n },
    });
    expect(await connector.assess("t", undefined, call)).toMatchObject({ kind: "valid" });
    expect(await connector.executeTool("t", undefined)).toBe(7);
  });
});

describe("approval", () => {
  it("is asked for where needsApproval is true, and told by the annotations", async () => {
    const connector = make({
      pay: { needsApproval: true, execute: () => 1 },
      look: { needsApproval: false, execute: () => 1 },
    });
    expect((await connector.describe()).annotations).toEqual({ pay: { requiresApproval: true } });
    expect(await connector.assess("pay", {}, call)).toMatchObject({ policy: { approval: true } });
    expect(await connector.assess("look", {}, call)).toMatchObject({ policy: { approval: false } });
  });

  it("may depend on the input as the tool will get it", async () => {
    const asked = vi.fn(({ amount }: { amount: number }) => amount > 100);
    const connector = make({
      pay: { inputSchema: z.object({ amount: z.coerce.number() }), needsApproval: asked, execute: () => 1 },
    });
    expect(await connector.assess("pay", { amount: "500" }, call)).toMatchObject({
      policy: { approval: true, perCall: true },
    });
    expect(await connector.assess("pay", { amount: "5" }, call)).toMatchObject({ policy: { approval: false } });
    expect(asked).toHaveBeenLastCalledWith(
      { amount: 5 },
      expect.objectContaining({ toolCallId: "e1:3", messages: [] }),
    );
  });

  it("goes by requiresApproval, this package's own word, where a tool has both", async () => {
    const connector = make({
      pay: { requiresApproval: true, needsApproval: false, execute: () => 1 },
      look: { requiresApproval: false, needsApproval: () => true, execute: () => 1 },
    });
    expect(await connector.assess("pay", {}, call)).toMatchObject({ policy: { approval: true } });
    expect(await connector.assess("look", {}, call)).toMatchObject({ policy: { approval: false } });
  });

  it("may depend on the context of the tools, under both names of the frameworks for it", async () => {
    const needsApproval = (_input: unknown, options: { context?: unknown; experimental_context?: unknown }) =>
      Object.is(options.context, "strict") && Object.is(options.experimental_context, "strict");
    const tools = { pay: { needsApproval, execute: () => 1 } };
    for (const context of ["strict", "lax"]) {
      const assessed = await new ToolSetConnector(ctx, { tools, context }).assess("pay", {}, call);
      expect(assessed).toMatchObject({ policy: { approval: context === "strict" } });
    }
  });

  it("does not ask the predicate about input that is refused", async () => {
    const asked = vi.fn(() => false);
    const connector = make({
      pay: { inputSchema: z.object({ amount: z.number() }), needsApproval: asked, execute: () => 1 },
    });
    expect(await connector.assess("pay", {}, call)).toMatchObject({ kind: "invalid" });
    expect(asked).not.toHaveBeenCalled();
  });

  it("does not hold for another schema than the one that was shown", async () => {
    const definitionOf = async (inputSchema: z.ZodType) => {
      const assessed = await make({ pay: { inputSchema, needsApproval: true, execute: () => 1 } }).assess(
        "pay",
        { a: 1 },
        call,
      );
      return assessed.kind === "valid" ? assessed.policy.definition : undefined;
    };
    const shown = await definitionOf(z.object({ a: z.number() }));
    expect(shown).toMatch(/^[0-9a-f]{32}$/);
    expect(await definitionOf(z.object({ a: z.number() }))).toBe(shown);
    expect(await definitionOf(z.object({ a: z.number(), b: z.string().optional() }))).not.toBe(shown);
  });
});

describe("execute", () => {
  it("gets the call under the frameworks' names, and the tool as this", async () => {
    const seen: unknown[] = [];
    const own = {
      mark: "mine",
      execute(this: { mark: string }, input: unknown, options: unknown) {
        seen.push(this.mark, input, options);
      },
    };
    const { signal } = new AbortController();
    const connector = new ToolSetConnector(ctx, { tools: { own }, context: { user: 1 } });
    await connector.executeTool(
      "own",
      { a: 1 },
      { executionId: "e1", seq: 0, idempotencyKey: "e1:0", attempt: 2, signal },
    );
    expect(seen).toEqual([
      "mine",
      { a: 1 },
      expect.objectContaining({
        toolCallId: "e1:0",
        messages: [],
        abortSignal: signal,
        context: { user: 1 },
        experimental_context: { user: 1 },
        executionId: "e1",
        idempotencyKey: "e1:0",
        attempt: 2,
      }),
    ]);
  });

  it("may stream: the last value is the result", async () => {
    const count = tool({
      inputSchema: z.object({}),
      async *execute() {
        yield "one";
        yield "two";
      },
    });
    const set: ToolSet = { count };
    expect(await make(set).executeTool("count", {})).toBe("two");
  });

  it("that is missing leaves the tool out, with one warning for all of them", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const connector = make({
      ask: tool({ inputSchema: z.object({}) }),
      other: { description: "client side" },
      here: { execute: () => 1 },
    });
    expect(Object.keys((await connector.describe()).descriptors)).toEqual(["here"]);
    await connector.describe();
    await expect(connector.executeTool("ask", {})).rejects.toMatchObject({ code: "UNKNOWN_TOOL" });
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/"ask".*"other"/)]]);
    warn.mockRestore();
  });

  it("keeps the policy that a plain tool states", async () => {
    const revert = vi.fn();
    const connector = make({
      put: { idempotent: true, execute: () => "id", revert },
      get: { readOnly: true, execute: () => 1 },
    });
    expect((await connector.describe()).annotations).toEqual({
      put: { idempotent: true, reversible: true },
      get: { readOnly: true },
    });
    expect(await connector.revertAction("put", { a: 1 }, "id")).toBe(true);
    expect(revert.mock.calls[0]?.slice(0, 2)).toEqual([{ a: 1 }, "id"]);
  });
});

describe("one tool that cannot be used", () => {
  let warn: MockInstance<typeof console.warn>;
  beforeEach(() => {
    warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  });
  afterEach(() => warn.mockRestore());

  const execute = vi.fn(() => 1);
  const broken = () => {
    throw new Error("the schema is not there");
  };
  it.each<[string, unknown, string, string]>([
    ["null", null, "INVALID_TOOL", "tools.bad_one: a tool is an object with execute, not null."],
    ["nothing", undefined, "INVALID_TOOL", "tools.bad_one: a tool is an object with execute, not undefined."],
    ["a text", "now", "INVALID_TOOL", "tools.bad_one: a tool is an object with execute, not string."],
    [
      "a schema that neither reads nor describes",
      { inputSchema: "string", execute },
      "INVALID_SCHEMA",
      "tools.bad_one: ",
    ],
    [
      "a schema that cannot be made",
      { inputSchema: broken, execute },
      "INVALID_TOOL",
      "tools.bad_one: the schema is not",
    ],
    ["a misspelt policy", { requireApproval: true, execute }, "INVALID_TOOL", 'tools.bad_one: "requireApproval" means'],
    ["a function of another name", { handler: execute }, "INVALID_TOOL", 'tools.bad_one: "handler" means nothing'],
    ["an execute that is none", { execute: "now" }, "INVALID_TOOL", "tools.bad_one: execute is a function, not string"],
    [
      "a schema of another name",
      { input_schema: { type: "object" }, execute },
      "INVALID_TOOL",
      'tools.bad_one: "input_schema" means nothing',
    ],
    ["fields for a schema", { inputSchema: { n: z.number() }, execute }, "INVALID_TOOL", "Wrap it: z.object({ ... })"],
    ["fields for parameters", { parameters: { n: z.number() }, execute }, "INVALID_TOOL", "Wrap it: z.object({ ... })"],
    ["a contradiction", { replay: "reexecute", needsApproval: true, execute }, "INVALID_TOOL", "tools.bad_one: replay"],
  ])("%s: it is listed with the reason and never runs, and the others work", async (_title, bad, code, reason) => {
    const connector = make({ "bad-one": bad, good: { execute: () => "works" } } as unknown as ForeignTools);
    const { descriptors } = await connector.describe();
    expect(Object.keys(descriptors).sort()).toEqual(["bad_one", "good"]);
    const message = descriptors.bad_one?.description ?? "";
    expect(message).toContain(reason);
    expect(message).toMatch(/ No program can call it until that is mended\.$/);
    for (const name of ["bad_one", "bad-one"]) {
      expect(await connector.assess(name, {}, call)).toMatchObject({ kind: "valid", policy: { repeatable: false } });
      await expect(connector.executeTool(name, {})).rejects.toMatchObject({ code, message });
    }
    expect(await connector.executeTool("good", {})).toBe("works");
    expect(execute).not.toHaveBeenCalled();
    expect(warn.mock.calls).toEqual([[message]]);
  });

  it("two that would have one name are refused as one, and both are named", async () => {
    const connector = make({ "a-b": { execute }, a_b: { execute }, good: { execute: () => "works" } });
    for (const name of ["a-b", "a_b"]) {
      await expect(connector.executeTool(name, {})).rejects.toMatchObject({
        code: "INVALID_NAME",
        message: expect.stringMatching(
          /^tools\.a_b: "a-b" and "a_b" would both be called .*Rename all but one of them\./,
        ),
        data: { names: ["a-b", "a_b"] },
      });
    }
    expect(await connector.executeTool("good", {})).toBe("works");
    expect(execute).not.toHaveBeenCalled();
    expect(warn.mock.calls).toHaveLength(1);
  });

  it("one of a list that has no name is left out, with its place", async () => {
    const tools = [null, { name: "", execute }, { execute }, { name: "good", execute: () => "works" }];
    const connector = make(tools as unknown as ForeignTools);
    expect(Object.keys((await connector.describe()).descriptors)).toEqual(["good"]);
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^Connector "tools": .*tools\[0\], tools\[1\], tools\[2\]/)],
    ]);
  });
});

describe("names and documentation", () => {
  it("makes names callable, and keeps the given ones and those of the released package", async () => {
    const connector = make({ "get-weather": { execute: () => "sun" }, "pulls/create": { execute: () => "pull" } });
    expect(Object.keys((await connector.describe()).descriptors)).toEqual(["get_weather", "pulls_create"]);
    expect(await connector.executeTool("get-weather", {})).toBe("sun");
    for (const name of ["pulls_create", "pulls/create", "pullscreate"])
      expect(await connector.executeTool(name, {})).toBe("pull");
  });

  it.each<[string, unknown, RegExp]>([
    ["a promise that was not awaited", Promise.resolve({}), /await/],
    ["nothing", undefined, /needs the option "tools"/],
    ["null", null, /got null/],
    ["a text", "tools", /got string/],
  ])("refuses %s in the place of the tools at once", (_title, tools, message) => {
    expect(() => make(tools as ForeignTools)).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT", message: expect.stringMatching(message) }),
    );
  });

  it("passes descriptions and examples on", async () => {
    const { descriptors, name } = await make(
      {
        fixed: tool({
          description: "Fixed",
          inputSchema: z.object({ q: z.string() }),
          inputExamples: [{ input: { q: "a" } }],
          execute: () => 1,
        }),
        dynamic: { description: () => "Computed", execute: () => 1 },
        fails: {
          description: () => {
            throw new Error("needs a conversation");
          },
          execute: () => 1,
        },
      },
      "web",
    ).describe();
    expect(name).toBe("web");
    expect(descriptors.fixed).toMatchObject({ description: "Fixed", examples: ['await web.fixed({"q":"a"})'] });
    expect(descriptors.dynamic?.description).toBe("Computed");
    expect(descriptors.fails?.description).toBeUndefined();
  });

  it("is called tools unless it is named", () => {
    expect(make({}).name()).toBe("tools");
  });

  it("lets a subclass adjust a tool, its schema included", async () => {
    class Careful extends ToolSetConnector {
      protected override tool(_name: string, given: ConnectorTool) {
        return { ...given, requiresApproval: true, inputSchema: { type: "object", properties: { a: { const: 1 } } } };
      }
    }
    const connector = new Careful(ctx, {
      tools: { t: { inputSchema: z.object({ a: z.number() }), execute: () => 1 } },
    });
    expect(await connector.assess("t", { a: 1 }, call)).toMatchObject({ kind: "valid", policy: { approval: true } });
    expect(await connector.assess("t", { a: 2 }, call)).toMatchObject({ kind: "invalid", path: "args.a" });
  });
});
