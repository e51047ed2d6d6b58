/** Tools that never say whether a person must be asked: the call fails in words, in bounded time, and is never performed (G5, G8). */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { toolSetConnector } from "../../connectors/toolset/index.ts";
import type { CodemodeConnector } from "../../src/connector/connector.ts";
import { defineConnector } from "../../src/connector/define.ts";
import type { ConnectorTools } from "../../src/connector/types.ts";
import { HostCapabilities } from "../../src/host-port.ts";
import { type Entry, newEntry } from "../../src/journal/entry.ts";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { LiveJournal } from "../../src/runtime/journal.ts";
import { Pass } from "../../src/runtime/pass.ts";
import type { ToolCall } from "../../src/runtime/port.ts";
import type { JournalStore } from "../../src/store/store.ts";
import { encodeValue } from "../../src/wire/values.ts";
import { executionRecord } from "../support/execution.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ctx = {} as unknown as ExecutionContext;
const executor = { execute: async () => ({ result: undefined }) };
const never = () => new Promise<never>(() => {});

function shop(tools: ConnectorTools | (() => Promise<ConnectorTools>)): CodemodeConnector {
  return new (defineConnector({ name: "shop", tools }))(ctx, {});
}

const ARGS = encodeValue([{}], "The arguments");
const PAY: ToolCall = { executionId: "exec_1", seq: 0, attempt: 1, connector: "shop", method: "pay", args: ARGS };

/** What the host says of one call, once so much time has passed. */
async function assessedAfter(ms: number, connector: CodemodeConnector): Promise<unknown> {
  const said = vi.fn();
  void new HostCapabilities([connector], executor).assess([PAY]).then(([assessment]) => said(assessment));
  await vi.advanceTimersByTimeAsync(ms);
  return said.mock.calls[0]?.[0];
}

const STUCK: readonly (readonly [string, () => CodemodeConnector])[] = [
  ["requiresApproval", () => shop({ pay: { requiresApproval: never, execute: () => 1 } })],
  [
    "needsApproval",
    () => toolSetConnector(ctx, { name: "shop", tools: { pay: { needsApproval: never, execute: () => 1 } } }),
  ],
];

test.each(STUCK)(
  "a %s function that never answers is given 30 seconds, and the failure says what to mend",
  async (_title, make) => {
    expect(await assessedAfter(29_999, make())).toBeUndefined();
    const assessment = await assessedAfter(30_000, make());
    expect(assessment).toMatchObject({
      kind: "failed",
      code: "TIMEOUT",
      message: expect.stringMatching(
        /^shop\.pay was not run: its requiresApproval .*within 30 seconds\. .*or set requiresApproval: true/,
      ),
    });
    expect(vi.getTimerCount()).toBe(0);
  },
);

test("tools, a schema or a description that never come are given a minute", async () => {
  const inputSchema = { "~standard": { version: 1, vendor: "mine", validate: never } };
  const undescribed = shop({ pay: { execute: () => 1 } });
  undescribed.describe = never;
  for (const connector of [shop(never), shop({ pay: { inputSchema, execute: () => 1 } }), undescribed]) {
    expect(await assessedAfter(59_999, connector)).toBeUndefined();
    expect(await assessedAfter(60_000, connector)).toMatchObject({
      kind: "failed",
      code: "TIMEOUT",
      message: expect.stringMatching(/^shop\.pay .*was not run.*within 60 seconds/),
    });
    await vi.advanceTimersByTimeAsync(60_000);
  }
  expect(vi.getTimerCount()).toBe(0);
});

test("a tool that fails as it is asked about a call fails the call, which is named", async () => {
  const requiresApproval = () => Promise.reject(new Error("no line to the directory"));
  expect(await assessedAfter(0, shop({ pay: { requiresApproval, execute: () => 1 } }))).toEqual({
    kind: "failed",
    code: "TOOL_ERROR",
    message: "shop.pay: no line to the directory",
  });
});

test("a predicate is told of which call of which execution it is asked", async () => {
  const asked: unknown[] = [];
  const requiresApproval = (_args: unknown, context: unknown) => asked.push(context) === 0;
  const host = new HostCapabilities([shop({ pay: { requiresApproval, execute: () => 1 } })], executor);
  await host.assess([PAY, { ...PAY, seq: 7 }]);
  expect(asked).toEqual([0, 7].map((seq) => expect.objectContaining({ executionId: "exec_1", seq })));
});

test("a connector that is gone since the run began has no tools: nothing is performed, and nothing breaks", async () => {
  const host = new HostCapabilities([], executor);
  expect(await host.assess([PAY])).toEqual([{ kind: "unknown", near: [] }]);
  expect(JSON.parse(await host.perform(JSON.stringify(PAY)))).toMatchObject({
    ok: false,
    value: expect.stringContaining("MISSING_CONNECTOR"),
  });
});

test("of arguments that a tool does not take as much is said as one answer about all calls carries, and where they are, too", async () => {
  const inputSchema = { type: "object" as const, additionalProperties: { type: "number" as const } };
  const host = new HostCapabilities([shop({ pay: { inputSchema, execute: () => 1 } })], executor);
  const args = encodeValue([{ ["n".repeat(20_000)]: "no number" }], "The arguments");
  const calls = Array.from({ length: 600 }, (_, seq) => ({ ...PAY, seq, args }));
  // A sentence of 3,000,000 characters is cut to a 600th, and says so.
  const most = 5_000 + "... (cut)".length;
  for (const assessment of await host.assess(calls)) {
    if (assessment.kind !== "invalid") throw new Error(`The call is ${assessment.kind}.`);
    expect([assessment.message.length, assessment.path.length]).toEqual([most, most]);
  }
});

/** A pass over a journal that is kept nowhere, and what its guest would be answered. */
function makePass(connector: CodemodeConnector, maxProgramMs: number, entries = new Map<number, Entry>()) {
  const store = { write: () => {}, apply: () => {} } as unknown as JournalStore;
  const execution = executionRecord({ connectors: ["shop"] });
  const journal = new LiveJournal(store, execution, entries);
  const port = new HostCapabilities([connector], executor);
  const builtin = { execution, snippets: [], connectors: ["shop"], port };
  const pass = new Pass(journal, { ...DEFAULT_LIMITS, maxProgramMs }, builtin);
  pass.begin();
  let turn = 0;
  const exchange = (more: object, received = 0) => {
    const text = JSON.stringify({ turn, received, ...more });
    turn += 1;
    return pass.exchange(text).then((reply): unknown => JSON.parse(reply));
  };
  return { execution, entries, pass, exchange };
}

const REQUEST = { seq: 0, kind: "call", connector: "shop", method: "pay", args: ARGS } as const;

test("G8 the program's own time stands still while a tool is asked, and the call that failed is its to catch", async () => {
  const execute = vi.fn();
  const { exchange, execution, entries } = makePass(shop({ pay: { requiresApproval: never, execute } }), 1_000);
  const reply = exchange({ requests: [REQUEST] });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await reply).toMatchObject({
    deliveries: [{ seq: 0, ok: false, value: expect.stringContaining("shop.pay was not run") }],
  });
  expect(execution.status).toBe("running");
  expect(entries.get(0)).toMatchObject({ state: "failed" });
  void exchange({ done: { ok: true, value: "1" } }, 1);
  await vi.advanceTimersByTimeAsync(0);
  expect(execution.status).toBe("completed");
  expect(execute).not.toHaveBeenCalled();
});

test("G8 after a tool was asked the program's time goes on", async () => {
  const { exchange, execution } = makePass(shop({ pay: { requiresApproval: never, execute: () => 1 } }), 1_000);
  void exchange({ requests: [REQUEST] });
  // The guest has its answer, and is never heard of again.
  await vi.advanceTimersByTimeAsync(30_999);
  expect(execution.status).toBe("running");
  await vi.advanceTimersByTimeAsync(1);
  expect(execution).toMatchObject({ status: "error", errorCode: "TIMEOUT", error: expect.stringContaining("1000 ms") });
});

test("G5 what was approved is not performed either where its tool no longer says whether a person must be asked", async () => {
  const execute = vi.fn();
  const entry = newEntry(REQUEST, "approved");
  const tools = { pay: { requiresApproval: never, execute } };
  const { exchange, entries } = makePass(shop(tools), 1_000, new Map([[0, entry]]));
  const reply = exchange({ requests: [REQUEST] });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await reply).toMatchObject({ deliveries: [{ seq: 0, ok: false }] });
  expect(entries.get(0)).toMatchObject({ state: "failed" });
  expect(execute).not.toHaveBeenCalled();
});

test("G8 a run that is cancelled while a tool is asked is over at once, and its sandbox is let go", async () => {
  const execute = vi.fn();
  const { exchange, execution, pass } = makePass(shop({ pay: { requiresApproval: never, execute } }), 1_000);
  const reply = exchange({ requests: [REQUEST] });
  await vi.advanceTimersByTimeAsync(5_000);
  pass.cancel("enough");
  await vi.advanceTimersByTimeAsync(0);
  expect(await reply).toMatchObject({ halt: true });
  expect(execution).toMatchObject({ status: "error", errorCode: "CANCELLED" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(execute).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
