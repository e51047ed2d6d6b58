/** One tool, written as a class, by function or in a tool set, is the same tool: its schema reads, its name is callable. */
import { type ToolSet, tool } from "ai";
import * as v from "valibot";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { toolSetConnector } from "../../connectors/toolset/index.ts";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { defineConnector } from "../../src/connector/define.ts";
import type { ConnectorTools } from "../../src/connector/types.ts";
import { describeConnectorContract } from "./contract.ts";

const ctx = {} as unknown as ExecutionContext;
const CALL = { executionId: "e1", seq: 3 };

/** Every way to write a connector by hand. */
const WAYS: Readonly<Record<string, (tools: ConnectorTools) => CodemodeConnector>> = {
  "a class": (tools) =>
    new (class extends CodemodeConnector {
      override name() {
        return "shop";
      }
      protected override tools() {
        return tools;
      }
    })(ctx, {}),
  defineConnector: (tools) => new (defineConnector({ name: "shop", tools }))(ctx, {}),
  "a tool set": (tools) => toolSetConnector(ctx, { name: "shop", tools }),
};

const ORDER = z.object({
  n: z.coerce.number().max(100),
  unit: z.string().default("kg"),
  at: z.iso.date().transform((text) => new Date(text)),
});
const GIVEN = { n: "5", at: "2026-01-02" };
const READ = { n: 5, unit: "kg", at: new Date("2026-01-02") };

describe("a class whose tools() returns the AI SDK's tools as they are", () => {
  const inferred = {
    greet: tool({
      description: "Greets somebody",
      inputSchema: z.object({ name: z.string() }),
      needsApproval: ({ name }) => name === "root",
      execute: async ({ name }) => `hi ${name}`,
    }),
    now: tool({ description: () => "The time, as the framework would say it", inputSchema: z.object({}) }),
    part: tool({ description: () => "Described by a function", inputSchema: z.object({}), execute: () => 1 }),
  };
  class Inferred extends CodemodeConnector {
    override name() {
      return "sdk";
    }
    protected override tools() {
      return inferred;
    }
    protected override onSkippedTools() {}
  }
  class Named extends CodemodeConnector {
    override name() {
      return "sdk";
    }
    protected override tools(): ToolSet {
      const { greet, part } = inferred;
      return { greet, part };
    }
  }

  test.each([
    ["of the type that it infers", Inferred],
    ["of the type ToolSet", Named],
  ])("%s: described, asked about and called like its own", async (_of, Connector) => {
    const connector = new Connector(ctx, {});
    const { descriptors } = await connector.describe();
    expect(Object.keys(descriptors)).toEqual(["greet", "part"]);
    expect(descriptors.greet).toMatchObject({ description: "Greets somebody", inputSchema: { required: ["name"] } });
    expect(descriptors.part).toMatchObject({ description: "Described by a function" });
    expect(await connector.assess("greet", { name: "root" }, CALL)).toMatchObject({ policy: { approval: true } });
    expect(await connector.assess("greet", { name: "ada" }, CALL)).toMatchObject({ policy: { approval: false } });
    expect(await connector.executeTool("greet", { name: "ada" })).toBe("hi ada");
  });
});

test("a tool that is an instance keeps its rule and its methods when its description is a function", async () => {
  class Pay {
    readonly description = () => "Pays";
    get needsApproval() {
      return true;
    }
    execute() {
      return "paid";
    }
  }
  class Bank extends CodemodeConnector {
    override name() {
      return "bank";
    }
    protected override tools() {
      return { pay: new Pay() };
    }
  }
  const bank = new Bank(ctx, {});
  expect((await bank.describe()).descriptors.pay).toMatchObject({ description: "Pays" });
  expect(await bank.assess("pay", {}, CALL)).toMatchObject({ policy: { approval: true } });
  expect(await bank.executeTool("pay", {})).toBe("paid");
});

describe("a class that describes its tools itself", () => {
  class Stricter extends CodemodeConnector {
    override name() {
      return "shop";
    }
    protected override tools() {
      return { pay: { execute: () => 1 }, list: { readOnly: true, execute: () => 2 }, hidden: { execute: () => 3 } };
    }
    override async describe() {
      const described = await super.describe();
      const { hidden: _hidden, ...descriptors } = described.descriptors;
      return { ...described, descriptors, annotations: { ...described.annotations, pay: { requiresApproval: true } } };
    }
  }

  test("is asked for what its annotations gate, call by call, by a definition of its own", async () => {
    const connector = new Stricter(ctx, {});
    const gated = await connector.assess("pay", {}, CALL);
    expect(gated).toMatchObject({ kind: "valid", policy: { approval: true, perCall: true } });
    expect(gated.kind === "valid" && gated.policy.definition).toMatch(/^[0-9a-f]{32}$/);
    expect(await connector.assess("list", {}, CALL)).toMatchObject({ policy: { approval: false, perCall: false } });
  });

  test("hides what it leaves out", async () => {
    expect(await new Stricter(ctx, {}).assess("hidden", {}, CALL)).toEqual({ kind: "unknown", near: [] });
  });

  test("cannot take back what a tool asks for", async () => {
    class Looser extends CodemodeConnector {
      override name() {
        return "shop";
      }
      protected override tools() {
        return { pay: { requiresApproval: true, execute: () => 1 } };
      }
      override async describe() {
        return { ...(await super.describe()), annotations: {} };
      }
    }
    expect(await new Looser(ctx, {}).assess("pay", {}, CALL)).toMatchObject({ policy: { approval: true } });
  });
});

describe.each(Object.entries(WAYS))("%s", (way, make) => {
  describeConnectorContract(way, () =>
    make({
      order: { inputSchema: ORDER, execute: () => 1 },
      list: { readOnly: true, inputSchema: z.object({ page: z.number().default(1) }), execute: () => [] },
    }),
  );

  test("execute, the approval predicate and revert get what the schema made of the arguments", async () => {
    const execute = vi.fn((_order: unknown) => "id");
    const requiresApproval = vi.fn((_order: unknown) => true);
    const revert = vi.fn((_order: unknown, _result: unknown) => undefined);
    const connector = make({ order: { inputSchema: ORDER, execute, requiresApproval, revert } });
    expect(await connector.assess("order", GIVEN, CALL)).toMatchObject({ kind: "valid", policy: { approval: true } });
    expect(await connector.executeTool("order", GIVEN)).toBe("id");
    expect(await connector.revertAction("order", GIVEN, "id")).toBe(true);
    expect([execute.mock.calls[0]?.[0], requiresApproval.mock.calls[0]?.[0]]).toEqual([READ, READ]);
    expect(revert.mock.calls[0]?.slice(0, 2)).toEqual([READ, "id"]);
  });

  test("what the schema refuses is refused before a person is asked and before the tool runs, with its path", async () => {
    const [execute, requiresApproval] = [vi.fn(), vi.fn(() => true)];
    const connector = make({ order: { inputSchema: ORDER, execute, requiresApproval } });
    const args = { n: 101, at: "2026-01-02" };
    expect(await connector.assess("order", args, CALL)).toMatchObject({ kind: "invalid", path: "args.n" });
    await expect(connector.executeTool("order", args)).rejects.toMatchObject({
      code: "INVALID_ARGUMENTS",
      message: expect.stringMatching(/^shop\.order: args\.n: /),
      data: { path: "args.n" },
    });
    expect([execute.mock.calls, requiresApproval.mock.calls]).toEqual([[], []]);
  });

  test("a call is undone although the schema has become stricter since", async () => {
    const revert = vi.fn((_args: unknown) => undefined);
    const connector = make({ order: { inputSchema: ORDER, execute: () => 1, revert } });
    expect(await connector.revertAction("order", { n: 500 }, "id")).toBe(true);
    expect(revert.mock.calls[0]?.[0]).toEqual({ n: 500 });
  });

  test("omitted arguments read as an empty object", async () => {
    const schema = z.object({ page: z.number().default(7) });
    const connector = make({ list: { inputSchema: schema, execute: ({ page }: { page: number }) => page } });
    for (const nothing of [undefined, null, {}]) {
      expect(await connector.assess("list", nothing, CALL)).toMatchObject({ kind: "valid" });
      expect(await connector.executeTool("list", nothing)).toBe(7);
    }
  });

  test("a Standard Schema that cannot describe itself still reads; the model sees an open object", async () => {
    const inputSchema = v.object({ n: v.pipe(v.string(), v.transform(Number), v.number()) });
    const connector = make({ twice: { inputSchema, execute: ({ n }: { n: number }) => n * 2 } });
    const { twice } = (await connector.describe()).descriptors;
    expect(twice?.inputSchema).toEqual({ type: "object", additionalProperties: true });
    expect(await connector.executeTool("twice", { n: "21" })).toBe(42);
    expect(await connector.assess("twice", { n: 21 }, CALL)).toMatchObject({ kind: "invalid", path: "args.n" });
  });

  test("a library may answer with the list of what is wrong, which has itself as its issues, as ArkType does", async () => {
    class Wrong extends Array<{ readonly path: readonly string[]; readonly message: string }> {
      get issues() {
        return this;
      }
    }
    const validate = (given: unknown) =>
      typeof Reflect.get(Object(given), "n") === "number"
        ? { value: given }
        : Wrong.of({ path: ["n"], message: "n must be a number (was a string)" });
    const inputSchema = Object.assign(() => undefined, {
      "~standard": { version: 1, vendor: "arktype", validate, jsonSchema: { input: () => ({ type: "object" }) } },
    });
    const connector = make({ twice: { inputSchema, execute: ({ n }: { n: number }) => n * 2 } });
    expect(await connector.executeTool("twice", { n: 21 })).toBe(42);
    expect(await connector.assess("twice", { n: "21" }, CALL)).toMatchObject({
      kind: "invalid",
      path: "args.n",
      message: expect.stringContaining("args.n: n must be a number (was a string)"),
    });
  });

  test("what JSON Schema has no word for is shown as anything, in an input and in an output", async () => {
    const day = z.object({ day: z.date() });
    const execute = ({ day: given }: { day: Date }) => given.getTime();
    const connector = make({ at: { inputSchema: day, outputSchema: z.bigint(), execute } });
    expect((await connector.describe()).descriptors.at).toMatchObject({ inputSchema: { properties: { day: {} } } });
    expect(await connector.executeTool("at", { day: new Date(5) })).toBe(5);
    expect(await connector.assess("at", { day: "now" }, CALL)).toMatchObject({ kind: "invalid", path: "args.day" });
  });

  test("a JSON Schema checks and changes nothing: defaults in it are documentation", async () => {
    const inputSchema = { type: "object", properties: { n: { type: "integer", default: 1 } } } as const;
    const connector = make({ echo: { inputSchema, execute: (args: unknown) => args } });
    const args = { other: true };
    expect(await connector.executeTool("echo", args)).toBe(args);
    expect(await connector.assess("echo", { n: "1" }, CALL)).toMatchObject({ kind: "invalid", path: "args.n" });
  });

  test("a date is the text that a JSON Schema asks for, and stays a date where it asks for none", async () => {
    const text = { type: "object", properties: { at: { type: "string", format: "date-time" } } } as const;
    const any = { type: "object", properties: { at: {} } } as const;
    const connector = make({
      text: { inputSchema: text, execute: (args: unknown) => args },
      any: { inputSchema: any, execute: (args: unknown) => args },
    });
    const at = new Date(0);
    expect(await connector.assess("text", { at }, CALL)).toMatchObject({ kind: "valid" });
    expect(await connector.executeTool("text", { at, none: undefined })).toEqual({ at: "1970-01-01T00:00:00.000Z" });
    expect(await connector.executeTool("any", { at })).toEqual({ at });
    expect(await connector.assess("text", { at: new Date(Number.NaN) }, CALL)).toMatchObject({ path: "args.at" });
  });

  test("an argument that is undefined is none", async () => {
    const inputSchema = {
      type: "object",
      properties: { state: { type: "string" } },
      additionalProperties: false,
    } as const;
    const connector = make({ list: { inputSchema, execute: (args: unknown) => Object.keys(Object(args)) } });
    expect(await connector.assess("list", { state: undefined }, CALL)).toMatchObject({ kind: "valid" });
    expect(await connector.executeTool("list", { state: undefined })).toEqual(["state"]);
  });

  test("an approval by a predicate holds although the predicate would not ask any more", async () => {
    let limit = 10;
    const requiresApproval = ({ n }: { n: number }) => n >= limit;
    const connector = make({
      pay: { requiresApproval: (args: unknown) => requiresApproval(args as { n: number }), execute: () => 1 },
    });
    const definitionOf = async () => {
      const assessed = await connector.assess("pay", { n: 20 }, CALL);
      return assessed.kind === "valid" ? assessed.policy : assessed.kind;
    };
    const shown = await definitionOf();
    limit = 100;
    expect(shown).toMatchObject({ approval: true, definition: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(await definitionOf()).toEqual({ ...Object(shown), approval: false });
  });

  test("an approval holds for the schema that was shown", async () => {
    const definitionOf = async (inputSchema: unknown) => {
      const connector = make({ pay: { inputSchema, requiresApproval: true, execute: () => 1 } });
      const assessed = await connector.assess("pay", { a: 1 }, CALL);
      return assessed.kind === "valid" ? assessed.policy.definition : assessed.kind;
    };
    const shown = await definitionOf(z.object({ a: z.number() }));
    expect(await definitionOf(z.object({ a: z.number() }))).toBe(shown);
    expect(await definitionOf(z.object({ a: z.number().max(5) }))).not.toBe(shown);
  });

  test("a name that the language looks up on any value is listed under one that programs can call", async () => {
    const execute = () => "ran";
    const names = ["then", "inspect", "__proto__", "constructor"];
    const tools = Object.fromEntries(names.map((name) => [name, { execute }]));
    const connector = make(tools);
    const { descriptors } = await connector.describe();
    expect(Object.keys(descriptors).sort()).toEqual(["__proto___", "constructor_", "inspect_", "then_"]);
    for (const name of [...names, ...Object.keys(descriptors)])
      expect(await connector.executeTool(name, {})).toBe("ran");
  });
});
