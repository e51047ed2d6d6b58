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

it.each([null, "10 s", { timeOut: 5 }, { timeout: "5" }, { timeout: 0 }, { timeout: Number.NaN }])(
  "an executor refuses options that it would not heed: %j",
  (options) => {
    expect(() => new IframeSandboxExecutor(wrong(options))).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  },
);

it.each(["", "  ", null, true])(
  "an executor refuses a policy that is none, since it would open the network: %j",
  (csp) => {
    expect(() => new IframeSandboxExecutor({ csp: wrong(csp) })).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT", data: { option: "csp" } }),
    );
  },
);
