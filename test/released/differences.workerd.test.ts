/** Every difference that MIGRATING.md tells of, shown on both packages: what the released one does, and what this one does. */
import { createExecutionContext, env } from "cloudflare:test";
import * as released from "@cloudflare/codemode";
import { createCodeTool as releasedCodeTool, toolSetConnector as releasedToolSet } from "@cloudflare/codemode/ai";
import { tool as aiTool, jsonSchema } from "ai";
import * as ours from "durable-codemode";
import { createCodeTool as ourCodeTool } from "durable-codemode/ai";
import { describe, expect, test } from "vitest";
import { withReleased } from "../support/released.ts";
import { type Toolbox, withRuntime } from "../support/runtime.ts";

const SPEC = {
  openapi: "3.0.0",
  paths: {
    "/pulls": {
      get: { operationId: "pulls/list", parameters: [{ name: "state", in: "query", schema: { type: "string" } }] },
      post: { operationId: "pulls/create" },
    },
  },
};

const NONE: Toolbox = {};
const ctx = () => createExecutionContext();

/** Runs a program on both executors without a runtime. */
async function onBoth(code: string, options: object = {}) {
  const theirs = new released.DynamicWorkerExecutor({ loader: env.LOADER, timeout: 1_000, ...options });
  const own = new ours.DynamicWorkerExecutor({ loader: env.LOADER, timeout: 1_000, ...options });
  return { theirs: await theirs.execute(code, []), own: await own.execute(code, []) };
}

/** Runs a program on both runtimes. */
async function inBoth(code: string, toolbox: Toolbox = NONE) {
  const theirs = await withReleased(toolbox, (runtime) => runtime.execute({ code }));
  const own = await withRuntime(toolbox, (runtime) => runtime.execute({ code }));
  return { theirs, own };
}

describe("OpenAPI", () => {
  class Theirs extends released.OpenApiConnector {
    name = () => "api";
    protected spec = () => SPEC;
    protected request = async (options: released.OpenApiRequestOptions) => options;
  }
  class Own extends ours.OpenApiConnector {
    name = () => "api";
    protected spec = () => SPEC;
    protected override request = async (options: ours.OpenApiRequestOptions): Promise<unknown> => options;
  }

  test("writes ask by default", async () => {
    const { annotations: theirs } = await new Theirs(ctx(), {}).describe();
    const { annotations: own } = await new Own(ctx(), {}).describe();
    expect(theirs?.pullscreate?.requiresApproval).toBeUndefined();
    expect(own?.pulls_create?.requiresApproval).toBe(true);
    expect(own?.pulls_list).toEqual({ readOnly: true });
  });

  test("unless approval() says otherwise", async () => {
    class Free extends Own {
      protected override approval() {
        return "never" as const;
      }
    }
    expect((await new Free(ctx(), {}).describe()).annotations?.pulls_create?.requiresApproval).toBeUndefined();
  });

  test("a key that the operation does not know is refused; there it is left out without a word", async () => {
    const args = { state: "open", staet: "closed" };
    expect(await new Theirs(ctx(), {}).executeTool("pullslist", args)).toMatchObject({ params: { state: "open" } });
    await expect(new Own(ctx(), {}).executeTool("pulls_list", args)).rejects.toMatchObject({
      code: "INVALID_ARGUMENTS",
    });
  });

  test("names keep their words, and the released name stays callable", async () => {
    expect(Object.keys((await new Theirs(ctx(), {}).describe()).descriptors)).toContain("pullslist");
    const own = new Own(ctx(), {});
    expect(Object.keys((await own.describe()).descriptors)).toContain("pulls_list");
    expect(await own.executeTool("pullslist", { state: "open" })).toMatchObject({ path: "/pulls" });
  });
});

describe("MCP", () => {
  const connection = {
    client: { callTool: async () => ({ content: [{ type: "image", data: "AQI=", mimeType: "image/png" }] }) },
    tools: [{ name: "shot", inputSchema: { type: "object" }, annotations: { destructiveHint: true } }],
  };
  class Theirs extends released.McpConnector {
    name = () => "mcp";
    protected createConnection = () => connection;
  }

  test("bytes are a Uint8Array, not base64", async () => {
    const own = ours.mcpConnector(ctx(), { name: "mcp", client: connection });
    expect(await new Theirs(ctx(), {}).executeTool("shot", {})).toMatchObject({ content: [{ data: "AQI=" }] });
    expect(await own.executeTool("shot", {})).toMatchObject({ content: [{ data: Uint8Array.of(1, 2) }] });
  });

  test("what a server says of its tools becomes policy", async () => {
    const own = ours.mcpConnector(ctx(), { name: "mcp", client: connection });
    expect((await new Theirs(ctx(), {}).describe()).annotations?.shot).toBeUndefined();
    expect((await own.describe()).annotations?.shot).toEqual({ requiresApproval: true });
    const free = ours.mcpConnector(ctx(), { name: "mcp", client: connection, approval: "never" });
    expect((await free.describe()).annotations?.shot).toBeUndefined();
  });
});

describe("tools", () => {
  const schema = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };
  const toolbox: Toolbox = { math: { double: { inputSchema: schema, execute: ({ n }: { n: number }) => n * 2 } } };

  test("arguments are checked against the schema before the tool runs", async () => {
    const { theirs, own } = await inBoth(`async () => math.double({ n: "2" })`, toolbox);
    expect(theirs).toMatchObject({ status: "completed", result: 4 });
    expect(own).toMatchObject({ status: "error", code: "INVALID_ARGUMENTS" });
  });

  test("a call that failed is recorded as failed", async () => {
    const failing: Toolbox = { math: { fail: { execute: () => Promise.reject(new RangeError("no")) } } };
    const code = "async () => { try { await math.fail({}); } catch {} return 1; }";
    const { theirs, own } = await inBoth(code, failing);
    expect(theirs).toMatchObject({ status: "completed", calls: [{ state: "executing" }] });
    expect(own).toMatchObject({ calls: [{ state: "error", error: { name: "RangeError", message: "no" } }] });
  });

  test("needsApproval as a function is asked with the input", async () => {
    const tools = {
      pay: {
        inputSchema: jsonSchema({ type: "object" }),
        needsApproval: (input: unknown) => Reflect.get(Object(input), "cents") > 100,
        execute: async () => "paid",
      },
    };
    const own = ours.toolSetConnector(ctx(), { name: "bank", tools });
    const call = { executionId: "e", seq: 0 };
    expect(await own.assess("pay", { cents: 5 }, call)).toMatchObject({ policy: { approval: false } });
    expect(await own.assess("pay", { cents: 500 }, call)).toMatchObject({ policy: { approval: true } });
    const theirs = await releasedToolSet(ctx(), { name: "bank", tools: tools as never }).describe();
    expect(theirs.annotations?.pay).toEqual({ requiresApproval: true });
  });
});

describe("the sandbox", () => {
  test("no network, also where globalOutbound is undefined", async () => {
    const { theirs, own } = await onBoth("async () => typeof fetch", { globalOutbound: undefined });
    expect(theirs.result).toBe("function");
    expect(own.result).toBe("undefined");
  });

  test("no Node", async () => {
    const { theirs, own } = await onBoth("async () => [typeof process, typeof Buffer]");
    expect(theirs.result).toEqual(["object", "function"]);
    expect(own.result).toEqual(["undefined", "undefined"]);
  });

  test("modules of the platform cannot be imported", async () => {
    const { theirs, own } = await onBoth(`async () => Object.keys(await import("cloudflare:workers")).length > 0`);
    expect(theirs.result).toBe(true);
    expect(own.error).toBeTypeOf("string");
  });

  test("the standard library cannot be changed", async () => {
    const { theirs, own } = await onBoth(`async () => { Array.prototype.map = () => "mine"; return [1].map(String); }`);
    expect(theirs.result).toBe("mine");
    expect(own.error).toContain("Cannot assign to read only property");
    const onOne = await onBoth(`async () => { const list = [1]; list.map = () => "mine"; return list.map(String); }`);
    expect(onOne.own.error).toContain("Cannot assign to read only property");
    const common = await onBoth(`async () => {
      class Mine extends Error { constructor() { super(); this.name = "Mine"; this.message = "m"; } toString() { return "s"; } }
      class List extends Array { map() { return "own"; } }
      return [new Mine().name, String(new Mine()), new List().map()];
    }`);
    expect(common.own.result).toEqual(["Mine", "s", "own"]);
  });

  test("what cannot be replayed is absent", async () => {
    const { theirs, own } = await onBoth("async () => [typeof Blob, typeof WeakRef, typeof ReadableStream]");
    expect(theirs.result).toEqual(["function", "function", "function"]);
    expect(own.result).toEqual(["undefined", "undefined", "undefined"]);
    expect((await onBoth("async () => new Blob([])")).own.error).toContain("Uint8Array");
  });

  test("the time of a tool is not the program's", async () => {
    const slow = [{ name: "slow", fns: { wait: () => new Promise((resolve) => setTimeout(resolve, 1_500)) } }];
    // Enough for the program itself on a busy machine.
    const options = { loader: env.LOADER, timeout: 1_000 };
    const code = "async () => { await slow.wait(); return 1; }";
    expect((await new released.DynamicWorkerExecutor(options).execute(code, slow)).error).toContain("timed out");
    expect(await new ours.DynamicWorkerExecutor(options).execute(code, slow)).toMatchObject({ result: 1 });
  });

  test("TypeScript runs", async () => {
    const { theirs, own } = await inBoth("async (): Promise<number> => { const n: number = 1; return n; }");
    expect(theirs.status).toBe("error");
    expect(own).toMatchObject({ result: 1 });
  });

  test("a thrown value of any kind is an error", async () => {
    for (const code of [`async () => { throw "boom"; }`, `async () => { throw new Error(""); }`]) {
      const { theirs, own } = await inBoth(code);
      expect(theirs.status).toBe("completed");
      expect(own).toMatchObject({ status: "error", code: "PROGRAM_ERROR" });
    }
  });

  test("console output is kept when the program fails or pauses", async () => {
    const toolbox: Toolbox = { bank: { pay: { requiresApproval: true, execute: () => 1 } } };
    for (const end of ["throw new Error('no')", "await bank.pay({})"]) {
      const { theirs, own } = await inBoth(`async () => { console.log("so far"); ${end}; }`, toolbox);
      expect("logs" in theirs ? (theirs.logs ?? []) : []).toEqual([]);
      expect(own.logs).toEqual(["so far"]);
    }
  });
});

describe("values", () => {
  const AFTER_A_PAUSE = `async () => {
    const found = await data.read();
    await data.save();
    return [found.when instanceof Date, found.map instanceof Map, typeof found.big];
  }`;
  const toolbox: Toolbox = {
    data: {
      read: { execute: () => ({ when: new Date(5), map: new Map([[1, 2]]), big: "big" }) },
      save: { requiresApproval: true, execute: () => "saved" },
    },
  };

  test("are of the same kind after a pause as before it", async () => {
    const theirs = await withReleased(toolbox, async (runtime) => {
      const { executionId } = await runtime.execute({ code: AFTER_A_PAUSE });
      return runtime.approve({ executionId });
    });
    const own = await withRuntime(toolbox, async (runtime) => {
      const { executionId } = await runtime.execute({ code: AFTER_A_PAUSE });
      return runtime.approve({ executionId });
    });
    expect(theirs).toMatchObject({ result: [false, false, "string"] });
    expect(own).toMatchObject({ result: [true, true, "string"] });
  });
});

describe("several approvals", () => {
  const toolbox: Toolbox = { bank: { pay: { requiresApproval: true, execute: ({ to }: { to: string }) => to } } };
  const code = `async () => Promise.all(["a", "b", "c"].map((to) => bank.pay({ to })))`;

  test("wait at the same time, and one approve without seq means all of them", async () => {
    const { theirs, own } = await inBoth(code, toolbox);
    expect(theirs).toMatchObject({ status: "paused", pending: [{ seq: 0 }] });
    expect(own).toMatchObject({ status: "paused", pending: [{ seq: 0 }, { seq: 1 }, { seq: 2 }] });
    const done = await withRuntime(toolbox, async (runtime) => {
      const { executionId } = await runtime.execute({ code });
      return runtime.approve({ executionId });
    });
    expect(done).toMatchObject({ status: "completed", result: ["a", "b", "c"] });
  });
});

describe("a rollback with nothing to undo", () => {
  const toolbox: Toolbox = { bank: { pay: { requiresApproval: true, execute: () => "paid" } } };

  test("ends a run that waits; there it goes on waiting", async () => {
    const after = async (runtime: released.CodemodeRuntimeHandle | ours.CodemodeRuntimeHandle) => {
      const { executionId } = await runtime.execute({ code: "async () => bank.pay({})" });
      await runtime.rollback({ executionId });
      return [(await runtime.executions())[0]?.status, (await runtime.pending()).length];
    };
    expect(await withReleased(toolbox, after)).toEqual(["paused", 1]);
    expect(await withRuntime(toolbox, after)).toEqual(["rolled_back", 0]);
  });

  test("of an id that there is not is said to be that", async () => {
    const executionId = "exec_of_nobody";
    expect(await withReleased(toolbox, (runtime) => runtime.rollback({ executionId }))).toBeUndefined();
    await withRuntime(toolbox, (runtime) =>
      expect(runtime.rollback({ executionId })).rejects.toMatchObject({ code: "NOT_FOUND" }),
    );
  });
});

describe("search", () => {
  const names = Array.from({ length: 60 }, (_, n) => `list_notes_${n}`);
  const toolbox: Toolbox = { notes: Object.fromEntries(names.map((name) => [name, { execute: () => name }])) };

  test("gives pages, and all there is for no words; there the first fifty, and nothing", async () => {
    const first = (query: string) => (runtime: released.CodemodeRuntimeHandle | ours.CodemodeRuntimeHandle) =>
      runtime.search(query).then(({ results, total, truncated }) => [results.length, total, truncated]);
    expect(await withReleased(toolbox, first("notes"))).toEqual([50, 60, true]);
    expect(await withRuntime(toolbox, first("notes"))).toEqual([20, 60, true]);
    expect(await withReleased(toolbox, first(""))).toEqual([0, 0, false]);
    expect(await withRuntime(toolbox, first(""))).toEqual([20, 60, true]);
    const last = await withRuntime(toolbox, (runtime) => runtime.search("notes", { limit: 50, offset: 20 }));
    expect([last.results.length, last.truncated]).toEqual([40, false]);
  });
});

describe("what there is not", () => {
  test("is not described", async () => {
    const theirs = await withReleased(NONE, (runtime) => runtime.describe("bank.nope"));
    expect(theirs).toMatchObject({ types: '"bank.nope" not found.' });
    await withRuntime(NONE, (runtime) =>
      expect(runtime.describe("bank.nope")).rejects.toMatchObject({ code: "UNKNOWN_TARGET" }),
    );
  });

  test("is no program: no text is refused, and what does not parse is pasted nowhere", async () => {
    const { theirs, own } = await inBoth("");
    expect(theirs).toMatchObject({ status: "completed" });
    expect(own).toMatchObject({ status: "error", code: "INVALID_INPUT", executionId: "" });
    const open = "async () => {";
    expect(released.normalizeCode(open)).toContain(open);
    expect(() => ours.normalizeCode(open)).toThrow(expect.objectContaining({ code: "SYNTAX_ERROR" }));
  });
});

describe("snippets", () => {
  const saveAs = (name: string) => async (runtime: released.CodemodeRuntimeHandle | ours.CodemodeRuntimeHandle) => {
    const { executionId } = await runtime.execute({ code: "async () => 'ran'" });
    await runtime.saveSnippet(name, { executionId });
    return runtime.execute({ code: `async () => codemode.run(${JSON.stringify(name)})` });
  };

  test("are named as a person likes; a name of two lines is refused here", async () => {
    const name = "Open PRs, by team (2026)";
    expect(await withReleased(NONE, saveAs(name))).toMatchObject({ result: "ran" });
    expect(await withRuntime(NONE, saveAs(name))).toMatchObject({ result: "ran" });
    expect(await withReleased(NONE, saveAs("two\nlines"))).toMatchObject({ result: "ran" });
    await expect(withRuntime(NONE, saveAs("two\nlines"))).rejects.toMatchObject({ code: "INVALID_NAME" });
  });
});

describe("steps", () => {
  const toolbox: Toolbox = { data: { read: { execute: () => 1 } } };

  test("a failed step is recorded and fails the same way again, instead of running again", async () => {
    const code = `async () => { try { await codemode.step("s", () => { throw new TypeError("no"); }); } catch (e) { return e.name; } }`;
    const { own } = await inBoth(code, toolbox);
    expect(own).toMatchObject({ result: "TypeError", calls: [{ kind: "step", state: "error" }] });
  });

  test("calls inside of a step have entries of their own, as there", async () => {
    const { theirs, own } = await inBoth(
      `async () => codemode.step("s", async () => (await data.read()) + 1)`,
      toolbox,
    );
    const calls = [
      { connector: "__step", method: "s" },
      { connector: "data", method: "read" },
    ];
    expect(theirs).toMatchObject({ result: 2, calls });
    expect(own).toMatchObject({ result: 2, calls });
  });

  test("what a step returns is its record: of the same kind, and none that the program can change", async () => {
    const code = `async () => {
      const made = { at: new Date(5) };
      const got = await codemode.step("s", () => made);
      return [got === made, got.at instanceof Date];
    }`;
    const { theirs, own } = await inBoth(code, toolbox);
    expect(theirs).toMatchObject({ result: [true, true] });
    expect(own).toMatchObject({ result: [false, true] });
  });
});

test("what a program asked of codemode and its timers are calls of a run, too; there only tools and steps are", async () => {
  const program = `async () => {
    await codemode.search("read");
    await codemode.describe("data");
    await new Promise((resolve) => setTimeout(resolve, 1));
    return codemode.step("s", async () => (await data.read({})) + 1);
  }`;
  const { theirs, own } = await inBoth(program, { data: { read: { execute: () => 1 } } });
  const named = (outcome: released.ProxyToolOutput | ours.ProxyToolOutput) =>
    outcome.calls?.map(({ connector, method }) => `${connector}.${method}`);
  expect(named(theirs)).toEqual(["__step.s", "data.read"]);
  expect(named(own)).toEqual(["codemode.search", "codemode.describe", "__timer.1", "__step.s", "data.read"]);
  expect(own.calls?.map(({ kind }) => kind)).toEqual(["call", "call", "timer", "step", "call"]);
});

describe("modules of the developer", () => {
  const options = { loader: env.LOADER, modules: { "tax.js": "export const rate = 0.19;" } };

  test("are imported where they are needed", async () => {
    const code = `async () => (await import("tax.js")).rate`;
    expect(await new released.DynamicWorkerExecutor(options).execute(code, [])).toMatchObject({ result: 0.19 });
    expect(await new ours.DynamicWorkerExecutor(options).execute(code, [])).toMatchObject({ result: 0.19 });
  });

  test("no other module is", async () => {
    const outcome = await new ours.DynamicWorkerExecutor(options).execute(`async () => import("other.js")`, []);
    expect(outcome.error).toContain('no module "other.js"');
  });

  test("a name of the sandbox's own is refused", async () => {
    const clash = new ours.DynamicWorkerExecutor({ loader: env.LOADER, modules: { "main.js": "" } });
    expect((await clash.execute("async () => 1", [])).error).toContain('"main.js"');
  });

  test("bindings are env in the program", async () => {
    const bindings = { GREETING: "hello" };
    const code = "async () => env.GREETING";
    expect(await new ours.DynamicWorkerExecutor({ loader: env.LOADER, bindings }).execute(code, [])).toMatchObject({
      result: "hello",
    });
  });
});

describe("options", () => {
  test("what is not known is refused by name", () => {
    const state = {} as DurableObjectState;
    const executor = new ours.DynamicWorkerExecutor({ loader: env.LOADER });
    const options = { ctx: state, executor, connectors: [], maxExecution: 5 };
    expect(() => released.createCodemodeRuntime(options)).not.toThrow();
    expect(() => ours.createCodemodeRuntime(options)).toThrow(/maxExecution/);
  });

  test("tools that were not awaited are refused by a code tool; there it has none", () => {
    const executor = new ours.DynamicWorkerExecutor({ loader: env.LOADER });
    const weather = aiTool({ inputSchema: jsonSchema({ type: "object" }), execute: async () => "sunny" });
    expect(releasedCodeTool({ tools: { weather }, executor }).description).toContain("weather");
    const options = { tools: Promise.resolve({ weather }) as never, executor };
    expect(releasedCodeTool(options).description).not.toContain("weather");
    expect(() => ourCodeTool(options)).toThrow(/await it/);
  });
});

test("two tools that programs would call by one name are refused by a code tool; there every run fails", async () => {
  const weather = aiTool({ inputSchema: jsonSchema({ type: "object" }), execute: async () => "sunny" });
  const tools = { "get-weather": weather, get_weather: weather };
  const theirs = releasedCodeTool({ tools, executor: new released.DynamicWorkerExecutor({ loader: env.LOADER }) });
  const call = { toolCallId: "c1", messages: [], context: undefined } as never;
  await expect(theirs.execute?.({ code: "async () => 1" }, call)).rejects.toThrow(/both sanitize/);
  const executor = new ours.DynamicWorkerExecutor({ loader: env.LOADER });
  expect(() => ourCodeTool({ tools, executor })).toThrow(expect.objectContaining({ code: "INVALID_NAME" }));
});

describe("what the model's tool answers", () => {
  const code = "async () => [10n, new Map([['a', 1]])]";
  const call = { toolCallId: "c1", messages: [], context: undefined } as never;

  test("of a runtime is JSON data; there a bigint breaks whoever writes it", async () => {
    const theirs = await withReleased(NONE, (runtime) => runtime.tool().execute?.({ code }, call));
    expect(() => JSON.stringify(theirs)).toThrow(/BigInt/);
    const own = await withRuntime(NONE, (runtime) => runtime.tool().execute({ code }));
    expect(own).toMatchObject({ result: ["10", { a: 1 }] });
  });

  test("of a code tool, too", async () => {
    const theirs = releasedCodeTool({
      tools: {},
      executor: new released.DynamicWorkerExecutor({ loader: env.LOADER }),
    });
    const answer = await theirs.execute?.({ code }, call);
    expect(() => JSON.stringify(answer)).toThrow(/BigInt/);
    const own = ourCodeTool({ tools: {}, executor: new ours.DynamicWorkerExecutor({ loader: env.LOADER }) });
    expect(await own.execute?.({ code }, call)).toEqual({ result: ["10", { a: 1 }] });
  });
});

describe("decisions that change nothing", () => {
  const toolbox: Toolbox = { bank: { pay: { requiresApproval: true, execute: () => "paid" } } };

  test("approving what is over is an outcome, with a code here", async () => {
    const theirs = await withReleased(toolbox, async (runtime) => {
      const { executionId } = await runtime.execute({ code: "async () => 1" });
      return runtime.approve({ executionId });
    });
    const own = await withRuntime(toolbox, async (runtime) => {
      const { executionId } = await runtime.execute({ code: "async () => 1" });
      return runtime.approve({ executionId });
    });
    expect(theirs).toMatchObject({ status: "error" });
    expect(own).toMatchObject({ status: "error", code: "NOT_PENDING" });
  });

  test("rejecting what is over is false", async () => {
    const own = await withRuntime(toolbox, async (runtime) => {
      const { executionId } = await runtime.execute({ code: "async () => 1" });
      return runtime.reject({ executionId, seq: 0 });
    });
    expect(own).toBe(false);
  });

  test("a rejected run has the released status", async () => {
    await withRuntime(toolbox, async (runtime) => {
      const { executionId } = await runtime.execute({ code: "async () => bank.pay({})" });
      expect(await runtime.reject({ executionId, seq: 0 })).toBe(true);
      expect((await runtime.executions())[0]?.status).toBe("rejected");
    });
  });
});
