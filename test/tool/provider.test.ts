/** Providers, the dispatcher and runCode: what the root door gives to those who use an executor without a runtime. */
import { describe, expect, it } from "vitest";
import { ToolDispatcher } from "../../src/tool/dispatcher.ts";
import { normalizeProviders, resolveProvider } from "../../src/tool/provider.ts";
import { runCode } from "../../src/tool/run-code.ts";
import { localExecutor } from "../doors/local-executor.ts";
import { wrong } from "../support/wrong.ts";

describe("resolveProvider", () => {
  it("leaves out tools that need approval or cannot run, and checks no input", async () => {
    const execute = async (input: unknown) => input;
    const { name, fns } = resolveProvider({
      name: "db",
      tools: {
        get: { inputSchema: { type: "number" }, execute },
        pay: { needsApproval: true, execute },
        ask: { needsApproval: () => false, execute },
        act: { requiresApproval: true, execute },
        bare: { description: "no execute" },
      },
    });
    expect({ name, fns: Object.keys(fns) }).toEqual({ name: "db", fns: ["get"] });
    expect(await fns.get?.("as it is")).toBe("as it is");
    expect(resolveProvider({ tools: {} }).name).toBe("codemode");
  });

  it.each([
    [{ requiresApproval: "true" }, 'requiresApproval is true, false or a function of the arguments, not "true".'],
    [{ needsApproval: "false" }, 'not "false".'],
    [{ needsApproval: 1 }, "not number."],
    [{ requiresApproval: 0 }, "not number."],
    [{ requiresApproval: null, needsApproval: true }, "not null."],
    [{ needsApproval: {} }, "not object."],
    [{ needsAproval: true }, 'Write "needsApproval".'],
    [{ requireApproval: true }, 'Write "requiresApproval".'],
    [{ requires_approval: true }, 'Write "requiresApproval".'],
  ])("refuses a tool whose rule of approval would not be read: %j", (rule, says) => {
    const attempt = () => resolveProvider({ tools: { pay: { ...rule, execute: async () => 1 } } });
    expect(attempt).toThrow(says);
    expect(attempt).toThrow(expect.objectContaining({ code: "INVALID_TOOL", data: { tool: "pay" } }));
  });

  it("reads a rule that a tool inherits, or gives when it is asked", () => {
    class Paying {
      execute = async () => 1;
      get needsApproval() {
        return true;
      }
    }
    const inherited = Object.assign(Object.create({ requiresApproval: true }), { execute: async () => 1 });
    expect(resolveProvider({ tools: { paying: new Paying(), inherited } }).fns).toEqual({});
  });

  it.each(["needsApproval", "requiresApproval", "requireApproval", "approval"])(
    "refuses %s on the provider, where nothing would read it",
    (rule) => {
      const provider = { name: "bank", tools: { pay: { execute: async () => 1 } }, [rule]: true };
      expect(() => resolveProvider(provider)).toThrow(
        `The provider "bank" has "${rule}", which means nothing there. Write requiresApproval: true on each tool`,
      );
    },
  );

  it("takes tools of any name", async () => {
    const tools = { ["__proto__"]: { execute: async () => 1 }, constructor: { execute: async () => 2 } };
    const { fns } = resolveProvider({ tools });
    expect(Object.keys(fns)).toEqual(["__proto__", "constructor"]);
    expect(await fns.constructor?.()).toBe(2);
  });

  it.each([{}, { tools: null }, { tool: {} }, null])("refuses %j, which has no tools", (provider) => {
    expect(() => resolveProvider(wrong(provider))).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  });

  it("calls a tool as a method of itself", async () => {
    const tools = {
      whoami: {
        me: "tool",
        async execute(this: { me: string }) {
          return this.me;
        },
      },
    };
    expect(await resolveProvider({ tools }).fns.whoami?.()).toBe("tool");
  });
});

it("normalizeProviders makes one provider of a record and a copy of a list", () => {
  const list = [{ name: "a", tools: {} }];
  expect(normalizeProviders(list)).toEqual(list);
  expect(normalizeProviders(list)).not.toBe(list);
  expect(normalizeProviders({ t: {} })).toEqual([{ tools: { t: {} } }]);
});

describe("ToolDispatcher", () => {
  const dispatcher = new ToolDispatcher({
    add: async (a, b) => Number(a) + Number(b),
    count: async (...args) => args.length,
    nothing: async () => undefined,
    fail: async () => {
      throw Object.assign(new Error(""), { code: "E_NO" });
    },
  });
  const call = async (name: string, args?: string): Promise<unknown> => JSON.parse(await dispatcher.call(name, args));

  it("calls by name with JSON in and out", async () => {
    expect(await call("add", "[1,2]")).toEqual({ result: 3 });
    expect(await call("count")).toEqual({ result: 0 });
    expect(await call("count", "")).toEqual({ result: 0 });
    expect(await call("count", '{"one":"argument"}')).toEqual({ result: 1 });
    expect(await call("nothing")).toEqual({});
  });

  it("answers failures, empty messages included, and never throws", async () => {
    expect(await call("fail")).toEqual({ error: "", code: "E_NO" });
    expect(await call("add", "not json")).toMatchObject({ error: expect.stringMatching(/./) });
  });

  it("finds own functions only", async () => {
    for (const name of ["constructor", "toString", "__proto__", "missing"]) {
      expect(await call(name), name).toMatchObject({ error: `Tool "${name}" not found`, code: "UNKNOWN_TOOL" });
    }
  });
});

describe("runCode", () => {
  it("normalizes the program and passes connectors on only when there are any", async () => {
    const executor = localExecutor();
    const connectors = [{ name: "c", binding: { callTool: async () => 1 } }];
    expect(await runCode({ code: "```ts\n1 + 1\n```", executor, providers: [] })).toEqual({ result: 2 });
    await runCode({ code: "1", executor, providers: [], connectors: [] });
    await runCode({ code: "1", executor, providers: [], connectors });
    expect(executor.asked.map(({ options }) => options)).toEqual([undefined, undefined, { connectors }]);
  });

  it.each<[string, object, string]>([
    ["no providers", { code: "1" }, "providers"],
    ["one provider for a list", { code: "1", providers: { name: "a", fns: {} } }, "providers must be a list"],
    ["an option that there is not", { code: "1", providers: [], timeout: 5 }, '"timeout"'],
    ["a provider without functions", { code: "1", providers: [{ name: "a" }] }, "providers[0] needs fns"],
    [
      "one beside a signal",
      { code: "1", providers: [undefined], signal: new AbortController().signal },
      "providers[0] needs fns",
    ],
  ])("refuses %s instead of blaming the program", async (_what, given, says) => {
    const attempt = runCode(wrong({ executor: localExecutor(), ...given }));
    await expect(attempt).rejects.toMatchObject({ code: "INVALID_INPUT", message: expect.stringContaining(says) });
  });

  it("refuses no text at all: nothing ran, and whoever sent it should know", async () => {
    const executor = localExecutor();
    for (const code of ["", " \n"])
      await expect(runCode({ code, executor, providers: [] })).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(executor.asked).toEqual([]);
  });

  it("takes an empty error for a failure", async () => {
    const executor = localExecutor({ result: undefined, error: "" });
    await expect(runCode({ code: "1", executor, providers: [] })).rejects.toMatchObject({
      code: "PROGRAM_ERROR",
      data: { error: "" },
    });
  });
});

it.each([
  ["a class for an executor", { executor: class {} }, "executor is a class."],
  ["no executor", { executor: null }, "executor must have execute(code, providers)."],
  ["what cannot execute", { executor: {} }, "executor must have execute(code, providers)."],
  ["the controller of a signal, which is never aborted itself", { signal: new AbortController() }, "controller.signal"],
])("runCode refuses %s by itself", async (_title, given, says) => {
  const options = { code: "async () => 1", executor: localExecutor(), providers: [], ...given };
  const refused = runCode(wrong(options));
  await expect(refused).rejects.toThrow(says);
  await expect(refused).rejects.toMatchObject({ code: "INVALID_INPUT" });
});
