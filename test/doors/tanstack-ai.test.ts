/** TanStack AI's door: one server tool over many. */
import { convertSchemaToJsonSchema, toolDefinition } from "@tanstack/ai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  createCodeTool,
  DEFAULT_DESCRIPTION,
  generateTypes,
  normalizeProviders,
  resolveProvider,
  tanstackTools,
} from "../../src/tanstack-ai.ts";
import { makeAborting } from "./aborting.ts";
import { localExecutor } from "./local-executor.ts";

const weather = toolDefinition({
  name: "get-weather",
  description: "Weather of a city",
  inputSchema: z.object({ city: z.string(), days: z.coerce.number().default(1) }),
  outputSchema: z.object({ sky: z.string() }),
}).server(async ({ city, days }) => ({ sky: `${city} for ${days}` }));
const pay = toolDefinition({ name: "pay", description: "Pays", needsApproval: true }).server(async () => "paid");
const elsewhere = toolDefinition({ name: "elsewhere", description: "Has no implementation" });

describe("tanstackTools", () => {
  it("makes a provider of the tools that can run at once, with their types", async () => {
    const provider = tanstackTools([weather, pay, elsewhere], "sky");
    expect(provider).toMatchObject({ name: "sky", types: expect.stringContaining("declare const sky") });
    expect(Object.keys(provider.tools)).toEqual(["get-weather"]);
    expect(provider.types).toContain("get_weather");
    expect(provider.types).not.toMatch(/pay|elsewhere/);
    expect(tanstackTools([weather]).name).toBeUndefined();
  });

  it("reads input with the tool's schema", async () => {
    const { fns } = resolveProvider(tanstackTools([weather]));
    expect(await fns["get-weather"]?.({ city: "Oslo", days: "2" })).toEqual({ sky: "Oslo for 2" });
    await expect(fns["get-weather"]?.({})).rejects.toMatchObject({
      code: "INVALID_ARGUMENTS",
      data: { path: "args.city" },
    });
  });
});

describe("createCodeTool", () => {
  it("is a server tool that runs programs", async () => {
    const tool = createCodeTool({ tools: [tanstackTools([weather])], executor: localExecutor() });
    expect(tool).toMatchObject({
      __toolSide: "server",
      name: "codemode_execute",
      description: expect.stringContaining("get_weather"),
    });
    expect(await tool.execute?.({ code: `async () => (await codemode["get-weather"]({ city: "Rome" })).sky` })).toEqual(
      { result: "Rome for 1" },
    );
  });

  it("calls no further tool once its own call was aborted", async () => {
    const { code, tools, signal, sent } = makeAborting();
    const tool = createCodeTool({ tools, executor: localExecutor() });
    const context = { abortSignal: signal, context: undefined, emitCustomEvent: () => undefined };
    await expect(tool.execute?.({ code }, context)).rejects.toThrow(
      "codemode.send was not called: the run was cancelled.",
    );
    expect(sent).toEqual(["ada"]);
  });

  it("has an input schema that TanStack AI reads", () => {
    const tool = createCodeTool({ tools: [], executor: localExecutor() });
    expect(tool.inputSchema && convertSchemaToJsonSchema(tool.inputSchema)).toMatchObject({
      properties: { code: { type: "string" } },
      required: ["code"],
    });
  });

  it("prints types of a plain record, too", () => {
    const tool = createCodeTool({
      tools: { now: { description: "The time", execute: async () => 1 } },
      executor: localExecutor(),
    });
    expect(tool.description).toContain("The time");
  });
});

it("prints types of a list of tools", () => {
  const types = generateTypes([weather, elsewhere], "sky");
  for (const part of ["declare const sky", "get_weather", "elsewhere", "city: string", "sky: string"])
    expect(types).toContain(part);
});

it("re-exports the shared parts", () => {
  expect(DEFAULT_DESCRIPTION).toContain("{{types}}");
  expect(normalizeProviders({ a: {} })).toEqual([{ tools: { a: {} } }]);
  const providers = [{ name: "a", tools: {} }];
  expect(normalizeProviders(providers)).toEqual(providers);
});
