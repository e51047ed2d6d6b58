/** The AI SDK's door: one tool over many, typed for the model, input read as the SDK reads it. */
import { asSchema, generateText, jsonSchema, stepCountIs, tool } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import {
  aiTools,
  createCodeTool,
  generateTypes,
  resolveProvider,
  ToolSetConnector,
  toolSetConnector,
} from "../../src/ai.ts";
import { makeAborting } from "./aborting.ts";
import { localExecutor } from "./local-executor.ts";

const weather = tool({
  description: "Weather of a city",
  inputSchema: z.object({ city: z.string().describe("In English"), days: z.coerce.number().default(1) }),
  outputSchema: z.object({ sky: z.string() }),
  execute: async ({ city, days }) => ({ sky: `${city} for ${days}` }),
});
const pay = tool({ description: "Pays", inputSchema: z.object({}), needsApproval: true, execute: async () => "paid" });
const asks = tool({ inputSchema: z.object({}), needsApproval: async () => false, execute: async () => "asked" });
const client = tool({ description: "Runs elsewhere", inputSchema: z.object({}) });
const options = { toolCallId: "1", messages: [], context: {} };

async function run(code: string, given: Parameters<typeof createCodeTool>[0]) {
  const { execute } = createCodeTool(given);
  if (execute === undefined) throw new Error("a code tool can be executed");
  return execute({ code }, options);
}

describe("createCodeTool", () => {
  it("runs programs over the tools, under codemode or under names of their own", async () => {
    const executor = localExecutor();
    expect(
      await run("async () => (await codemode.weather({ city: 'Oslo' })).sky", { tools: { weather }, executor }),
    ).toEqual({ result: "Oslo for 1" });
    const tools = [aiTools({ weather }), { name: "db", tools: { count: { execute: async () => 3 } } }];
    expect(await run("const n: number = await db.count();\nn + 1", { tools, executor })).toEqual({ result: 4 });
    expect(executor.asked.map(({ names }) => names)).toEqual([["codemode"], ["codemode", "db"]]);
  });

  it("describes what can be called, and leaves out what must be approved or cannot run", () => {
    const { description } = createCodeTool({ tools: { weather, pay, asks, client }, executor: localExecutor() });
    for (const shown of ["weather", "Weather of a city", "declare const codemode", "TypeScript"])
      expect(description).toContain(shown);
    for (const hidden of ["pay", "asks", "client", "{{types}}"]) expect(description).not.toContain(hidden);
  });

  it("puts the types where a description of one's own wants them, whatever characters they have", () => {
    const dollars = tool({ description: "Costs $& and $1", inputSchema: z.object({}), execute: async () => 1 });
    const { description } = createCodeTool({
      tools: { dollars },
      executor: localExecutor(),
      description: "Before {{types}} after",
    });
    expect(description).toMatch(/^Before .*Costs \$& and \$1.* after$/s);
    expect(
      createCodeTool({
        tools: [{ name: "a", tools: {}, types: "declare const a: 1" }],
        executor: localExecutor(),
        description: "{{types}}",
      }).description,
    ).toBe("declare const a: 1");
  });

  it("has an input schema that the SDK reads and checks", async () => {
    const schema = asSchema(createCodeTool({ tools: {}, executor: localExecutor() }).inputSchema);
    expect(await schema.jsonSchema).toMatchObject({
      type: "object",
      properties: { code: { type: "string" } },
      required: ["code"],
    });
    expect(await schema.validate?.({ code: "1" })).toEqual({ success: true, value: { code: "1" } });
    expect(await schema.validate?.({ code: 1 })).toMatchObject({ success: false });
  });

  it("works in generateText", async () => {
    const usage = {
      inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: 1, text: 1, reasoning: 0 },
    };
    const input = JSON.stringify({ code: "async () => (await codemode.weather({ city: 'Rome', days: '2' })).sky" });
    const model = new MockLanguageModelV4({
      doGenerate: [
        {
          content: [{ type: "tool-call", toolCallId: "1", toolName: "code", input }],
          finishReason: { unified: "tool-calls", raw: undefined },
          usage,
          warnings: [],
        },
        {
          content: [{ type: "text", text: "done" }],
          finishReason: { unified: "stop", raw: undefined },
          usage,
          warnings: [],
        },
      ],
    });
    const code = createCodeTool({ tools: { weather }, executor: localExecutor() });
    const { steps, text } = await generateText({
      model,
      tools: { code },
      prompt: "Weather?",
      stopWhen: stepCountIs(2),
    });
    expect(text).toBe("done");
    expect(steps[0]?.toolResults[0]?.output).toEqual({ result: "Rome for 2" });
  });

  it("throws with the program's error and output, also when the error is empty", async () => {
    const failed = (error: string, logs?: string[]) =>
      run("1", { tools: {}, executor: localExecutor({ result: undefined, error, ...(logs && { logs }) }) });
    await expect(failed("broken", ["a", "b"])).rejects.toMatchObject({
      code: "PROGRAM_ERROR",
      message: "Code execution failed: broken\n\nConsole output:\na\nb",
    });
    await expect(failed("")).rejects.toMatchObject({ code: "PROGRAM_ERROR" });
    await expect(run("async () => {", { tools: {}, executor: localExecutor() })).rejects.toMatchObject({
      code: "SYNTAX_ERROR",
    });
  });

  it("calls no further tool once its own call was aborted", async () => {
    const { code, tools, signal, sent } = makeAborting();
    const { execute } = createCodeTool({ tools, executor: localExecutor() });
    await expect(execute?.({ code }, { ...options, abortSignal: signal })).rejects.toThrow(
      "codemode.send was not called: the run was cancelled.",
    );
    expect(sent).toEqual(["ada"]);
  });

  it("gives logs only when there are any", async () => {
    const answer = (logs: string[]) => run("1", { tools: {}, executor: localExecutor({ result: 1, logs }) });
    expect(await answer(["a"])).toEqual({ result: 1, logs: ["a"] });
    expect(await answer([])).toEqual({ result: 1 });
  });
});

describe("resolveProvider", () => {
  it("reads input with the tool's schema and refuses with the path", async () => {
    const { name, fns } = resolveProvider({ tools: { weather, pay, asks, client } });
    expect({ name, fns: Object.keys(fns) }).toEqual({ name: "codemode", fns: ["weather"] });
    expect(await fns.weather?.({ city: "Rome", days: "3" })).toEqual({ sky: "Rome for 3" });
    await expect(fns.weather?.({ city: 1 })).rejects.toMatchObject({
      code: "INVALID_ARGUMENTS",
      data: { path: "args.city" },
    });
    await expect(fns.weather?.()).rejects.toMatchObject({
      message: expect.stringContaining("codemode.weather: args.city"),
    });
  });

  it("checks against an AI SDK or plain JSON Schema, and nothing where there is no schema", async () => {
    const inputSchema = { type: "object", properties: { a: { type: "number" } }, required: ["a"] } as const;
    const execute = async (input: unknown) => input;
    const { fns } = resolveProvider({
      name: "t",
      tools: {
        plain: { inputSchema, execute },
        sdk: { inputSchema: jsonSchema({ ...inputSchema, required: ["a"] }), execute },
        free: { execute },
      },
    });
    for (const name of ["plain", "sdk"]) {
      await expect(fns[name]?.({ a: "x" }), name).rejects.toMatchObject({
        code: "INVALID_ARGUMENTS",
        data: { path: "args.a" },
      });
      expect(await fns[name]?.({ a: 1 })).toEqual({ a: 1 });
    }
    expect(await fns.free?.("anything")).toBe("anything");
  });

  it("hands tools the options that they were written for, and takes a stream's last value", async () => {
    const seen: unknown[] = [];
    const stream = tool({
      inputSchema: z.object({}),
      async *execute(_input, given) {
        seen.push(given);
        yield 1;
        yield 2;
      },
    });
    expect(await resolveProvider({ tools: { stream } }).fns.stream?.({})).toBe(2);
    expect(seen).toEqual([expect.objectContaining({ toolCallId: expect.any(String), messages: [] })]);
  });

  it("reads Zod 3, which only the SDK can describe", async () => {
    const { z: z3 } = await import("zod/v3");
    const inputSchema = z3.object({ n: z3.coerce.number() });
    const { fns } = resolveProvider({ tools: { t: { inputSchema, execute: async ({ n }: { n: number }) => n } } });
    expect(await fns.t?.({ n: "4" })).toBe(4);
    expect(generateTypes({ t: { inputSchema } })).toContain("n");
  });
});

describe("generateTypes", () => {
  it("prints inputs, outputs and descriptions under the namespace", () => {
    const types = generateTypes({ weather }, "sky");
    for (const part of ["declare const sky", "weather", "city: string", "days?: number", "sky: string", "In English"])
      expect(types).toContain(part);
  });

  it("prints unknown for what has no schema and for a schema that must be awaited", () => {
    const types = generateTypes({ bare: {}, late: { inputSchema: { jsonSchema: Promise.resolve({}) } } });
    expect(types).toMatch(/bare.*unknown/s);
    expect(types).toMatch(/late.*unknown/s);
  });
});

it("gives the connector for durable runs, too", () => {
  expect(toolSetConnector).toBeTypeOf("function");
  expectTypeOf(toolSetConnector).returns.toEqualTypeOf<ToolSetConnector>();
  expect(ToolSetConnector).toBeTypeOf("function");
});
