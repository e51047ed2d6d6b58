/** What a first afternoon with `createCodemodeRuntime` gets wrong: each mistake is answered with what to write instead. */
import { env } from "cloudflare:test";
import { expect, test } from "vitest";
import { CodemodeConnector } from "../src/connector/connector.ts";
import { defineConnector } from "../src/connector/define.ts";
import { createCodemodeRuntime } from "../src/handle.ts";
import type { CodemodeRuntimeHandle } from "../src/handle-types.ts";
import { DynamicWorkerExecutor } from "../src/sandbox/dynamic-worker-executor.ts";
import { completed, crashFacet, paused } from "./support/drive.ts";
import { withRuntime } from "./support/runtime.ts";
import { makeWorld } from "./support/world.ts";
import { wrong } from "./support/wrong.ts";

const executor = new DynamicWorkerExecutor({ loader: env.LOADER });
const mail = { name: "mail", tools: { unread: { readOnly: true, execute: () => ["ada"] } } };

/** Each wrong part of a set-up, the code of the error and what its message tells to do. */
const SETUPS: readonly (readonly [string, (ctx: DurableObjectState) => object, string, string])[] = [
  ["the object in place of its ctx", (ctx) => ({ ctx: { ctx } }), "INVALID_INPUT", "`ctx: this.ctx`"],
  ["a ctx that keeps nothing", () => ({ ctx: { waitUntil() {} } }), "INVALID_INPUT", "`ctx: this.ctx`"],
  [
    "a Worker of an older date, without exports",
    (ctx) => ({ ctx: { storage: ctx.storage, facets: ctx.facets } }),
    "INVALID_INPUT",
    '"compatibility_date" to 2025-11-17',
  ],
  [
    "a Worker that forgot the export",
    (ctx) => ({ ctx: { storage: ctx.storage, facets: ctx.facets, exports: {} } }),
    "INVALID_INPUT",
    'export { CodemodeRuntime } from "durable-codemode"',
  ],
  ["the loader in place of an executor", () => ({ executor: env.LOADER }), "INVALID_INPUT", "Wrap it: `new"],
  ["the executor's class", () => ({ executor: DynamicWorkerExecutor }), "INVALID_INPUT", "`new DynamicWorkerExecutor("],
  [
    "an executor that another Worker lends, as it is",
    () => ({ executor: Object.assign(() => {}, { execute: () => {}, modules: () => {} }) }),
    "INVALID_INPUT",
    "{ execute: (...given) => lent.execute(...given) }",
  ],
  ["an executor that cannot execute", () => ({ executor: {} }), "INVALID_INPUT", "must have execute"],
  ["a ctx that is forgotten", () => ({ ctx: undefined }), "INVALID_INPUT", "`ctx: this.ctx`"],
  ["an executor that is forgotten", () => ({ executor: undefined }), "INVALID_INPUT", "`new DynamicWorkerExecutor("],
  [
    "connectors that are forgotten",
    () => ({ connectors: undefined }),
    "INVALID_INPUT",
    "`connectors: [mail, tracker]`",
  ],
  ["connectors that are not awaited", () => ({ connectors: Promise.resolve([]) }), "INVALID_INPUT", "await it first"],
  [
    "a connector that is not awaited",
    () => ({ connectors: [defineConnector(mail), Promise.resolve(defineConnector(mail))] }),
    "INVALID_INPUT",
    "connectors[1] is a promise: await it first.",
  ],
  ["one connector in place of a list", () => ({ connectors: defineConnector(mail) }), "INVALID_INPUT", "a list"],
  ["connectors by name", () => ({ connectors: { mail } }), "INVALID_INPUT", "a list"],
  ["a record in place of a connector", () => ({ connectors: [mail] }), "INVALID_INPUT", "defineConnector({ name"],
  ["a function that gives a record", () => ({ connectors: [() => mail] }), "INVALID_INPUT", "defineConnector()"],
  [
    "a connector whose name() gives nothing",
    () => ({
      connectors: [
        class extends defineConnector(mail) {
          override name(): string {
            return wrong(undefined);
          }
        },
      ],
    }),
    "INVALID_NAME",
    "return one from name()",
  ],
  [
    "a connector named by a number",
    () => ({ connectors: [defineConnector({ name: wrong(5), tools: {} })] }),
    "INVALID_NAME",
    "must be a string, got number",
  ],
  [
    "a connector class without name()",
    () => {
      abstract class Nameless extends CodemodeConnector {}
      return { connectors: [Nameless] };
    },
    "INVALID_NAME",
    'name() { return "mail"; }',
  ],
  [
    "a connector class whose name is a field",
    () => ({
      connectors: [
        class extends CodemodeConnector {
          override name = wrong("mail");
          protected override tools = wrong({});
        } as never,
      ],
    }),
    "INVALID_NAME",
    'name() { return "mail"; }',
  ],
  [
    "two connectors of one name",
    () => ({ connectors: [defineConnector(mail), defineConnector(mail)] }),
    "INVALID_NAME",
    'Two connectors are named "mail". Give one of them another name.',
  ],
  ["an empty name of the runtime", () => ({ name: "" }), "INVALID_INPUT", "name must be a non-empty string"],
  ["a name that no facet may have", () => ({ name: "x".repeat(251) }), "INVALID_INPUT", "at most 200 characters"],
  ["a transform that is none", () => ({ transformResult: "short" }), "INVALID_INPUT", "must be a function"],
];

test.for(SETUPS)("%s is refused with the next step", async ([, part, code, says]) => {
  await withRuntime({}, async (_runtime, ctx) => {
    const options = { ctx, executor, connectors: [defineConnector(mail)], ...part(ctx) };
    const attempt = () => createCodemodeRuntime(wrong(options));
    expect(attempt).toThrow(says);
    expect(attempt).toThrow(expect.objectContaining({ code }));
  });
});

/** Calls with options that are misspelt, forgotten, or given without their braces. */
const CALLS: Readonly<Record<string, (runtime: CodemodeRuntimeHandle) => unknown>> = {
  "tool({ desc })": (runtime) => runtime.tool(wrong({ desc: "x" })),
  'tool("text")': (runtime) => runtime.tool(wrong("text")),
  "pending({ executionId })": (runtime) => runtime.pending(wrong({ executionId: "exec_1" })),
  "rollback()": (runtime) => runtime.rollback(wrong(undefined)),
  'rollback("exec_1")': (runtime) => runtime.rollback(wrong("exec_1")),
  "rollback({ id })": (runtime) => runtime.rollback(wrong({ id: "exec_1" })),
  "rollback({ digest: 7 })": (runtime) => runtime.rollback(wrong({ executionId: "exec_1", digest: 7 })),
  "previewRollback()": (runtime) => runtime.previewRollback(wrong(undefined)),
  "listExecutions(5)": (runtime) => runtime.listExecutions(wrong(5)),
  "listExecutions({ limt })": (runtime) => runtime.listExecutions(wrong({ limt: 1 })),
  "listExecutions(null)": (runtime) => runtime.listExecutions(wrong(null)),
  "maintain({ maxAge })": (runtime) => runtime.maintain(wrong({ maxAge: 1 })),
  "expirePaused(1000)": (runtime) => runtime.expirePaused(wrong(1000)),
  "expirePaused({ maxAge })": (runtime) => runtime.expirePaused(wrong({ maxAge: 1 })),
};

test.for(Object.keys(CALLS))("%s is refused, not read as something else", async (call) => {
  await withRuntime({}, async (runtime) => {
    await expect((async () => CALLS[call]?.(runtime))()).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

test("a program that is given without its braces is told so", async () => {
  await withRuntime({}, async (runtime) => {
    expect(await runtime.execute(wrong("async () => 1"))).toMatchObject({
      status: "error",
      code: "INVALID_INPUT",
      error: "execute takes { code }, where code is the program's text; got a string in its place.",
    });
    expect(await runtime.execute(wrong({ code: null }))).toMatchObject({
      error: expect.stringMatching(/; got null\.$/),
    });
  });
});

test("an outcome names its execution: it can be handed to rollback as it is", async () => {
  await withRuntime(makeWorld().toolbox, async (runtime) => {
    const outcome = completed(await runtime.execute({ code: "async () => 1" }));
    expect(await runtime.previewRollback(outcome)).toMatchObject({ executionId: outcome.executionId, items: [] });
    expect(await runtime.rollback(outcome)).toMatchObject({ status: "rolled_back" });
  });
});

test("args: undefined, as a screen sends it where nobody edited, approves what was asked", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
    const done = completed(await runtime.approve({ executionId, seq: 0, args: undefined }));
    expect(done.calls?.[0]).toMatchObject({ args: { to: "ada" }, state: "applied" });
    expect(done.calls?.[0]).not.toHaveProperty("editedArgs");
  });
});

test("edited arguments that are nothing to speak of are edited arguments all the same", async () => {
  const given: unknown[] = [];
  const toolbox = { bank: { pay: { requiresApproval: true, execute: (args: unknown) => given.push(args) } } };
  await withRuntime(toolbox, async (runtime) => {
    for (const args of [false, 0, "", null]) {
      const { executionId } = paused(await runtime.execute({ code: `async () => bank.pay({ to: "ada" })` }));
      completed(await runtime.approve({ executionId, seq: 0, args }));
      expect(given.at(-1)).toBe(args);
    }
  });
});

test("a call that did not succeed, as a person says, fails with their words, or with what they mean", async () => {
  const { toolbox, gate } = makeWorld();
  await withRuntime(toolbox, async (runtime, ctx) => {
    const doubtful = async (id: string) => {
      const code = `async () => slow.log({ id: "${id}" }).catch(({ code, message }) => ({ code, message }))`;
      const running = runtime.execute({ code });
      await gate.reached(id);
      await crashFacet(ctx);
      gate.open(id);
      return paused(await running).executionId;
    };
    const fail = async (executionId: string, error?: string) =>
      completed(await runtime.resolve({ executionId, seq: 0, as: "fail", ...(error !== undefined && { error }) }))
        .result;
    expect(await fail(await doubtful("a"), "the bank knows nothing")).toEqual({
      code: "TOOL_ERROR",
      message: "the bank knows nothing",
    });
    expect(await fail(await doubtful("b"))).toEqual({
      code: "TOOL_ERROR",
      message: "A person said that the call did not succeed.",
    });
  });
});
