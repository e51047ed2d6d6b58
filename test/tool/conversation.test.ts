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

/** As the model read them before there was any other reader. */
const FORMS: Readonly<Record<string, readonly [unknown, unknown]>> = {
  "a URL": [new URL("https://example.com/a?b=c"), "https://example.com/a?b=c"],
  "the parameters of a URL": [new URLSearchParams("a=1&b=2"), "a=1&b=2"],
  "a boxed number": [Object(5), 5],
  "a boxed text": [Object("ab"), "ab"],
  "a boxed bigint": [Object(5n), "5"],
  "what says its own JSON": [
    new (class Money {
      toJSON = () => 12n;
    })(),
    "12",
  ],
};

test.each(Object.entries(FORMS))(
  "%s stays what it says, in the answer and for the model",
  async (_kind, [value, form]) => {
    const outcome: ProxyToolOutput = {
      status: "completed",
      executionId: "exec_1",
      result: [value],
      calls: [{ ...CALL, args: { value }, editedArgs: undefined, result: value }],
    };
    const answer = asData(outcome);
    expect(answer).toMatchObject({ result: [form], calls: [{ args: { value: form }, result: form }] });
    expect(modelOutput(outcome).value).toMatchObject({ result: [form] });
  },
);

/** Twelve records, each with a list of the others: there are more than a thousand million ways through them. */
function friends(): unknown {
  const all = Array.from({ length: 12 }, (_, id) => ({ id, others: [] as unknown[] }));
  for (const one of all) one.others = all.filter((other) => other !== one);
  return all;
}

const unwilling = {
  get shut() {
    throw new Error("not now");
  },
};

test.each([
  ["is endless as text", friends(), expect.stringContaining("too large to be shown")],
  ["does not let itself be read", unwilling, "(not now)"],
])("a result that %s is left out with a note: the run has completed all the same", async (_what, result, note) => {
  const outcome: ProxyToolOutput = {
    status: "completed",
    executionId: "exec_1",
    result,
    calls: [{ ...CALL, args: result, editedArgs: undefined, result }],
  };
  const answer = await makeTool(() => Promise.resolve(outcome), []).execute({ code: "async () => 1" });
  expect(answer).toMatchObject({ status: "completed", executionId: "exec_1", result: note });
  expect(answer.calls).toMatchObject([{ args: note, result: note }]);
  expect(modelOutput(outcome).value).toMatchObject({ status: "completed", result: note });
  const executor = { execute: async () => ({ result }) };
  expect(await runCode({ code: "async () => 1", executor, providers: [] })).toEqual({ result: note });
});
