/** The code tool for browsers in front of an executor of the test: which tools a program gets. */
import { expect, it } from "vitest";
import { createBrowserCodeTool, IframeSandboxExecutor } from "../../../src/browser.ts";
import { wrong } from "../../support/wrong.ts";
import { localExecutor } from "../local-executor.ts";

const inputSchema = { type: "object" } as const;
const execute = async () => "done";

it("leaves out the tools that may need approval, under either name of the rule", async () => {
  const codemode = createBrowserCodeTool({
    executor: localExecutor(),
    tools: {
      read: { inputSchema, execute },
      pay: { inputSchema, needsApproval: true, execute },
      order: { inputSchema, requiresApproval: true, execute },
      refund: { inputSchema, requiresApproval: () => false, execute },
    },
  });
  const { result } = await codemode.execute({ code: "async () => Object.keys(codemode)" });
  expect(result).toEqual(["read"]);
  expect(codemode.description).not.toMatch(/pay|order|refund/);
});

it("gives a tool no arguments that its schema refuses, and says where they are wrong", async () => {
  const seen: unknown[] = [];
  const codemode = createBrowserCodeTool({
    executor: localExecutor(),
    tools: {
      add: {
        inputSchema: { type: "object", properties: { n: { type: "integer" } }, required: ["n"] },
        execute: async (args) => seen.push(args),
      },
    },
  });
  const add = (args: string) => codemode.execute({ code: `async () => codemode.add(${args})` });
  for (const [args, path] of [
    ['{ n: "1" }', "args.n"],
    ["", "args"],
    ["7", "args"],
  ] as const)
    await expect(add(args)).rejects.toThrow(`codemode.add: ${path}:`);
  expect(seen).toEqual([]);
  await add("{ n: 1 }");
  expect(seen).toEqual([{ n: 1 }]);
});

it("gives a tool that is called without arguments an empty record, and nothing that is none, whatever its schema says", async () => {
  const seen: unknown[] = [];
  const codemode = createBrowserCodeTool({
    executor: localExecutor(),
    tools: { list: { inputSchema: {}, execute: async (args) => seen.push(args) } },
  });
  await codemode.execute({ code: "async () => codemode.list()" });
  expect(seen).toEqual([{}]);
  const code = "async () => codemode.list(7).catch(({ code, message, data }) => ({ code, message, data }))";
  expect((await codemode.execute({ code })).result).toEqual({
    code: "INVALID_ARGUMENTS",
    message: "codemode.list: args: must be an object",
    data: { path: "args" },
  });
  expect(seen).toHaveLength(1);
});

it.each([
  ["no name", { inputSchema, execute }],
  ["an empty name", { name: "", inputSchema, execute }],
  ["a name that is no text", { name: 7, inputSchema, execute }],
  ["nothing at all", null],
])("refuses a list with a tool of %s, and says which", (_what, tool) => {
  const tools = [{ name: "read", inputSchema, execute }, wrong(tool)];
  expect(() => createBrowserCodeTool({ executor: localExecutor(), tools })).toThrow(
    expect.objectContaining({ code: "INVALID_TOOL", data: { index: 1 } }),
  );
});

it("declares each tool with what it takes and gives, in a description of one's own, too", () => {
  const schemaOf = (name: string) => ({ type: "object", properties: { [name]: { type: "string" } } }) as const;
  const tools = {
    "find-it": { description: "Finds it.", inputSchema: schemaOf("word"), outputSchema: schemaOf("place"), execute },
  };
  const { description } = createBrowserCodeTool({ executor: localExecutor(), tools, description: "Mine: {{types}}" });
  expect(description).toMatch(/^Mine: /);
  for (const part of ["find_it", "Finds it.", "word?: string", "place?: string"]) expect(description).toContain(part);
});

it("says what it takes and answers by schemas of its own, which are nobody else's to change", () => {
  const make = () => createBrowserCodeTool({ executor: localExecutor(), tools: {} });
  const { execute: _own, ...first } = make();
  const before = structuredClone(first);
  expect(before.inputSchema.required).toEqual(["code"]);
  expect(before.outputSchema.required).toEqual(["result"]);
  first.inputSchema.properties.code.description = "changed";
  first.outputSchema.properties.result.description = "changed";
  expect(make()).toMatchObject(before);
});

it.each([
  null,
  "10 s",
  { timeOut: 5 },
  { timeout: "5" },
  { timeout: 0 },
  { timeout: 2 ** 31 },
  { timeout: Number.NaN },
])("an executor refuses options that it would not heed: %j", (options) => {
  expect(() => new IframeSandboxExecutor(wrong(options))).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
});

it.each(["", "  ", null, true])(
  "an executor refuses a policy that is none, since it would open the network: %j",
  (csp) => {
    expect(() => new IframeSandboxExecutor({ csp: wrong(csp) })).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT", data: { option: "csp" } }),
    );
  },
);
