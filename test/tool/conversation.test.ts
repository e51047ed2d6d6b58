/** What a tool answers is stored and sent as JSON by every framework: nothing of it may be lost on the way, or break it. */
import { expect, test } from "vitest";
import type { ProxyToolOutput, ToolLogEntry } from "../../src/journal/public.ts";
import { asData } from "../../src/tool/conversation.ts";
import { runCode } from "../../src/tool/run-code.ts";
import { makeTool, modelOutput } from "../../src/tool/tool.ts";

const loop = new Map<string, unknown>([["big", 10n]]);
loop.set("self", loop);

/** Each is `undefined`, an exception or an empty object in JSON, or a list of bytes by number. */
const KINDS = { map: new Map([["a", 1n]]), bytes: new Uint8Array(3), none: new Set<string>(), loop };
const TEXTS = { map: { a: "1" }, bytes: "(3 bytes)", none: [], loop: { big: "10", self: "(circular)" } };

const CALL: ToolLogEntry = {
  seq: 0,
  kind: "call",
  connector: "bank",
  method: "pay",
  args: KINDS,
  editedArgs: KINDS,
  result: KINDS,
  requiresApproval: true,
  state: "applied",
  attempt: 1,
};
const AS_DATA = { ...CALL, args: TEXTS, editedArgs: TEXTS, result: TEXTS };

const OUTCOMES: readonly ProxyToolOutput[] = [
  { status: "completed", executionId: "exec_1", result: KINDS, logs: [], calls: [CALL] },
  {
    status: "paused",
    executionId: "exec_1",
    pending: [
      {
        executionId: "exec_1",
        seq: 0,
        connector: "bank",
        method: "pay",
        args: KINDS,
        kind: "approval",
        digest: "d",
        askedAt: 1,
        before: [],
      },
    ],
    calls: [CALL],
  },
  { status: "error", executionId: "exec_1", error: "boom", code: "PROGRAM_ERROR", calls: [CALL] },
];

test.each(OUTCOMES)(
  "the tool's answer $status is JSON data, and reads for the model as before it was stored",
  async (outcome) => {
    const tool = makeTool(() => Promise.resolve(outcome), ["bank"]);
    const answer = await tool.execute({ code: "async () => 1" });
    const stored: unknown = JSON.parse(JSON.stringify(answer));
    expect(stored).toEqual(answer);
    expect(answer.calls).toEqual([AS_DATA]);
    expect(tool.toModelOutput({ output: stored })).toEqual(modelOutput(outcome));
  },
);

test("a result and arguments are what they say", () => {
  const [completed, paused] = OUTCOMES.map(asData);
  expect(completed).toMatchObject({ result: TEXTS });
  expect(paused).toMatchObject({ pending: [{ args: TEXTS }] });
});

test("what is plain data is not copied", () => {
  const result = [{ id: 1 }];
  const answer = asData({ status: "completed", executionId: "exec_1", result });
  expect(answer.status === "completed" && answer.result).toBe(result);
});

test("a code tool without a journal answers data, too", async () => {
  const executor = { execute: async () => ({ result: KINDS }) };
  expect(await runCode({ code: "async () => 1", executor, providers: [] })).toEqual({ result: TEXTS });
});
