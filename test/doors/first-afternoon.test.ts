/** What a first afternoon with the doors gets wrong: each mistake is answered when it is made, with what to write instead. */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { toolDefinition } from "@tanstack/ai";
import { tool } from "ai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createCodeTool } from "../../src/ai.ts";
import { createBrowserCodeTool } from "../../src/browser.ts";
import { codeMcpServer, codemodeMcpServer, openApiMcpServer } from "../../src/mcp.ts";
import { createCodeTool as createTanstackCodeTool, tanstackTools } from "../../src/tanstack-ai.ts";
import codemode from "../../src/vite.ts";
import { wrong } from "../support/wrong.ts";
import { localExecutor } from "./local-executor.ts";
import { ScriptedRuntime } from "./mcp/scripted-runtime.ts";

const executor = localExecutor();
const weather = tool({ inputSchema: z.object({ city: z.string() }), execute: async ({ city }) => city });
const sky = toolDefinition({ name: "sky", description: "Weather" }).server(async () => "blue");
const server = () => new McpServer({ name: "weather", version: "1.0.0" });
const spec = { openapi: "3.1.0", paths: {} };
const request = async () => 1;

/** Mistakes that all code tools answer alike: the options, the code of the error, what its message tells. */
const CODE_TOOLS: readonly (readonly [string, unknown, string, string])[] = [
  ["no options", undefined, "INVALID_INPUT", "takes an options object"],
  ["no tools", { executor }, "INVALID_INPUT", 'needs the option "tools"'],
  ["tools that are a promise", { tools: Promise.resolve({ weather }), executor }, "INVALID_INPUT", "await it"],
  ["tools that are text", { tools: "weather", executor }, "INVALID_INPUT", "by name"],
  ["a tool that is a function", { tools: { now: () => 1 }, executor }, "INVALID_TOOL", "now: "],
  ["a tool that is missing", { tools: { weather, later: undefined }, executor }, "INVALID_TOOL", "later: "],
  ["a misspelt policy", { tools: { pay: { ...weather, needAproval: true } }, executor }, "INVALID_TOOL", "pay: "],
  ["a policy as text", { tools: { pay: { ...weather, needsApproval: "true" } }, executor }, "INVALID_TOOL", '"true"'],
  ["a rule for all", { tools: { weather }, executor, needsApproval: true }, "INVALID_INPUT", "asks nobody"],
  ["another rule for all", { tools: { weather }, executor, approval: "always" }, "INVALID_INPUT", "asks nobody"],
  ["a misspelt option", { tools: { weather }, executor, desciption: "" }, "INVALID_INPUT", 'Write "description"'],
  ["a description that is no text", { tools: { weather }, executor, description: 5 }, "INVALID_INPUT", "description"],
  ["the loader in place of an executor", { tools: { weather }, executor: { load() {} } }, "INVALID_INPUT", "Wrap it"],
];

describe.each([
  ["ai", createCodeTool],
  ["tanstack-ai", createTanstackCodeTool],
  ["browser", createBrowserCodeTool],
])("a code tool of /%s", (_door, create) => {
  test.for(CODE_TOOLS)("with %s", ([, options, code, says]) => {
    const attempt = () => create(wrong(options));
    expect(attempt).toThrow(says);
    expect(attempt).toThrow(expect.objectContaining({ code }));
  });
});

describe.each([
  ["ai", createCodeTool],
  ["tanstack-ai", createTanstackCodeTool],
])("providers of /%s", (_door, create) => {
  test.for<readonly [string, unknown, string, string]>([
    ["no executor", { tools: { weather } }, "INVALID_INPUT", "new DynamicWorkerExecutor("],
    ["a list of tools", { tools: [sky], executor }, "INVALID_INPUT", "[{ name, tools: { weather } }]"],
    ["a provider's promise", { tools: [{ tools: Promise.resolve({}) }], executor }, "INVALID_INPUT", "tools[0].tools"],
    ["one global twice", { tools: [{ tools: {} }, { tools: {} }], executor }, "INVALID_NAME", '"codemode"'],
    [
      "two tools that programs would call by one name",
      { tools: { "get-sky": sky, get_sky: sky }, executor },
      "INVALID_NAME",
      '"get-sky" and "get_sky" would both be called "get_sky"',
    ],
    ["a global of the language", { tools: [{ name: "fetch", tools: {} }], executor }, "INVALID_NAME", '"fetch"'],
  ])("with %s", ([, options, code, says]) => {
    const attempt = () => create(wrong(options));
    expect(attempt).toThrow(says);
    expect(attempt).toThrow(expect.objectContaining({ code }));
  });
});

test("tanstackTools takes a list and says so", () => {
  expect(() => tanstackTools(wrong({ sky }))).toThrow("tanstackTools([weather])");
});

test.for([
  ["nothing", null],
  ["a tool without a name", { ...sky, name: undefined }],
  ["a tool whose name is empty", { ...sky, name: "" }],
])("tanstackTools with %s says what it is that it was given", ([, tool]) => {
  const attempt = () => tanstackTools([sky, wrong(tool)]);
  expect(attempt).toThrow("tools[1]: a tool of TanStack AI is an object with a name");
  expect(attempt).toThrow(expect.objectContaining({ code: "INVALID_TOOL" }));
});

test("two tools of one name in a list are refused: one would stand for both, with its own policy", () => {
  const asking = { ...sky, needsApproval: true };
  const attempts = [() => tanstackTools([asking, sky]), () => createBrowserCodeTool({ tools: wrong([asking, sky]) })];
  for (const attempt of attempts)
    expect(attempt).toThrow(expect.objectContaining({ code: "INVALID_NAME", data: { name: "sky" } }));
});

/** What makes a server, the code of its error, what it tells. */
const SERVERS: readonly (readonly [string, () => unknown, string, string])[] = [
  ["codemodeMcpServer()", () => codemodeMcpServer(wrong(undefined)), "INVALID_INPUT", "takes an options object"],
  ["codemodeMcpServer({})", () => codemodeMcpServer(wrong({})), "INVALID_INPUT", 'needs the option "runtime"'],
  [
    "codemodeMcpServer of what is no runtime",
    () => codemodeMcpServer({ runtime: wrong({ execute() {} }) }),
    "INVALID_INPUT",
    "createCodemodeRuntime(",
  ],
  [
    "codemodeMcpServer with a misspelt decisions: it would let a model approve",
    () => codemodeMcpServer(wrong({ runtime: new ScriptedRuntime(0), decision: "person" })),
    "INVALID_INPUT",
    'no option "decision"',
  ],
  [
    "codemodeMcpServer with other decisions",
    () => codemodeMcpServer({ runtime: new ScriptedRuntime(0), decisions: wrong("human") }),
    "INVALID_INPUT",
    'decisions must be one of "client", "person"',
  ],
  ["codeMcpServer without a server", () => codeMcpServer(wrong({ executor })), "INVALID_INPUT", '"server"'],
  [
    "codeMcpServer of a URL",
    () => codeMcpServer({ server: wrong("https://x"), executor }),
    "INVALID_INPUT",
    "McpServer",
  ],
  [
    "codeMcpServer with a misspelt transformResult: it would show what should be left out",
    () => codeMcpServer(wrong({ server: server(), executor, transformResults: () => "" })),
    "INVALID_INPUT",
    'Write "transformResult"',
  ],
  [
    "codeMcpServer with a transformResult that is none",
    () => codeMcpServer({ server: server(), executor, transformResult: wrong("redact") }),
    "INVALID_INPUT",
    "transformResult must be a function",
  ],
  [
    "openApiMcpServer with the approval of a connector: it asks nobody",
    () => openApiMcpServer(wrong({ spec, executor, request, approval: "always" })),
    "INVALID_INPUT",
    "asks nobody",
  ],
  [
    "openApiMcpServer with a transformResult that is none",
    () => openApiMcpServer({ spec, executor, request, transformResult: wrong({}) }),
    "INVALID_INPUT",
    "transformResult must be a function",
  ],
  ["codeMcpServer without an executor", () => codeMcpServer(wrong({ server: server() })), "INVALID_INPUT", "executor"],
  ["openApiMcpServer without a spec", () => openApiMcpServer(wrong({ executor, request })), "INVALID_INPUT", '"spec"'],
  [
    "openApiMcpServer of text",
    () => openApiMcpServer({ spec: wrong("openapi: 3.1.0"), executor, request }),
    "INVALID_SCHEMA",
    "JSON.parse(text), or a YAML parser",
  ],
  ["openApiMcpServer without a request", () => openApiMcpServer(wrong({ spec, executor })), "INVALID_INPUT", "request"],
  [
    "openApiMcpServer without an executor",
    () => openApiMcpServer(wrong({ spec, request })),
    "INVALID_INPUT",
    "executor",
  ],
];

test.for(SERVERS)("%s", async ([, make, code, says]) => {
  const attempt = async () => make();
  await expect(attempt()).rejects.toThrow(says);
  await expect(attempt()).rejects.toMatchObject({ code });
});

test("the Vite plugin knows its options", () => {
  expect(() => codemode(wrong({ entries: "worker.ts" }))).toThrow('has no option "entries". It takes entry');
});
