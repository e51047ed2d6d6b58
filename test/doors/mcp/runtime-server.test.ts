/** `codemodeMcpServer`: what a client sees of a durable run, and how its person decides. */
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test, vi } from "vitest";
import { codemodeMcpServer } from "../../../src/mcp.ts";
import { call, clientFor, linked, type Person } from "./linked.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

const approves: Person = () => ({ action: "accept", content: { decision: "approve" } });
const answers =
  (...replies: ElicitResult[]): Person =>
  () =>
    replies.shift() ?? { action: "cancel" };
const CODE = { code: "async () => 1" };

test("a decision is not lost because its reason is longer than the journal keeps", async () => {
  const runtime = new ScriptedRuntime(1);
  const content = { decision: "approve", reason: "x".repeat(20_000) };
  const client = await linked(codemodeMcpServer({ runtime }), () => ({ action: "accept", content }));
  expect((await call(client, "execute", CODE)).json).toMatchObject({ status: "completed" });
  expect(runtime.decisions).toMatchObject([{ reason: "x".repeat(10_000) }]);
});

test("an approval that the person puts off shows all that waits, not only what was asked about", async () => {
  const runtime = new ScriptedRuntime(1);
  const client = await linked(codemodeMcpServer({ runtime }), answers({ action: "cancel" }, { action: "cancel" }));
  await runtime.execute(CODE);
  const [first] = await runtime.pending();
  if (first === undefined) throw new Error("The script pays once.");
  runtime.pending = async () => [{ ...first, seq: 7, digest: "digest-7" }, first];
  const { json } = await call(client, "approve", { executionId: "exec_1", seq: 0, digest: "digest-0" });
  expect(json).toMatchObject({ status: "paused", pending: [{ seq: 0 }, { seq: 7 }] });
});

describe("without a person behind the client", () => {
  test("the tools are listed with what they do to the world", async () => {
    const client = await linked(
      codemodeMcpServer({ runtime: new ScriptedRuntime(0), name: "crm", instructions: "Be brief." }),
    );
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      "search",
      "describe",
      "pending",
      "execute",
      "resume",
      "approve",
      "reject",
    ]);
    const reads = tools.filter(({ annotations }) => annotations?.readOnlyHint === true).map(({ name }) => name);
    expect(reads).toEqual(["search", "describe", "pending"]);
    const destroys = tools.filter(({ annotations }) => annotations?.destructiveHint === true).map(({ name }) => name);
    expect(destroys).toEqual(["approve", "reject"]);
    expect(tools.find(({ name }) => name === "execute")?.description).toBe("Runs a program.");
    expect(client.getServerVersion()).toMatchObject({ name: "crm" });
    expect(client.getInstructions()).toBe("Be brief.");
  });

  test("a description of one's own has the place of the runtime's", async () => {
    const client = await linked(codemodeMcpServer({ runtime: new ScriptedRuntime(0), description: "Ours." }));
    const { tools } = await client.listTools();
    expect(tools.find(({ name }) => name === "execute")?.description).toBe("Ours.");
  });

  test.for([{ maxResultChars: 0 }, { heartbeatMs: Number.NaN }, { askTimeoutMs: -1 }])("%j is refused", (given) => {
    const [option] = Object.keys(given);
    const refused = { code: "INVALID_INPUT", message: expect.stringContaining(String(option)) };
    expect(() => codemodeMcpServer({ runtime: new ScriptedRuntime(0), ...given })).toThrow(
      expect.objectContaining(refused),
    );
  });

  test("search and describe answer with their whole shape, as JSON text too", async () => {
    const client = await linked(codemodeMcpServer({ runtime: new ScriptedRuntime(0) }));
    const found = await call(client, "search", { query: "pay", limit: 5 });
    expect(found.json).toMatchObject({ total: 1, results: [{ path: "bank.pay" }] });
    expect(JSON.parse(found.text)).toEqual(found.json);
    expect((await call(client, "describe", { target: "bank.pay" })).json).toMatchObject({
      types: "declare const bank",
    });
    expect(await call(client, "describe", { target: "nothing" })).toMatchObject({
      isError: true,
      json: { code: "UNKNOWN_TARGET" },
    });
  });

  test("search asks for the page, and of the connector, that the client asks for", async () => {
    const runtime = new ScriptedRuntime(0);
    const client = await linked(codemodeMcpServer({ runtime }));
    await call(client, "search", { query: "pay" });
    await call(client, "search", { query: "pay", limit: 5, offset: 10, connector: "bank" });
    expect(runtime.searches).toEqual([
      ["pay", {}],
      ["pay", { limit: 5, offset: 10, connector: "bank" }],
    ]);
  });

  test("a run that completes gives its result, a failed one its code", async () => {
    const client = await linked(codemodeMcpServer({ runtime: new ScriptedRuntime(0) }));
    expect(await call(client, "execute", CODE)).toMatchObject({
      isError: false,
      json: { status: "completed", executionId: "exec_1", result: { paid: 0 } },
    });
    expect(await call(client, "execute", { code: "fail" })).toMatchObject({
      isError: true,
      json: { status: "error", code: "PROGRAM_ERROR", error: "boom" },
    });
  });

  test("a paused run is told as such, with the digest and what to do; nothing runs until it is decided", async () => {
    const runtime = new ScriptedRuntime(1);
    const client = await linked(codemodeMcpServer({ runtime }));
    const paused = await call(client, "execute", CODE);
    expect(paused).toMatchObject({
      isError: false,
      json: {
        status: "paused",
        pending: [
          {
            executionId: "exec_1",
            seq: 0,
            tool: "bank.pay",
            digest: "digest-0",
            args: { amount: 100 },
            kind: "approval",
          },
        ],
        next: expect.stringContaining("call approve or reject"),
      },
    });
    expect(await call(client, "resume", { executionId: "exec_1" })).toMatchObject({ json: { status: "paused" } });
    expect(runtime.paid).toBe(0);
    expect((await call(client, "pending", {})).json).toMatchObject({
      pending: [{ tool: "bank.pay", digest: "digest-0" }],
    });
  });

  test("approve goes on with exactly the action that it names", async () => {
    const runtime = new ScriptedRuntime(2);
    const client = await linked(codemodeMcpServer({ runtime }));
    await call(client, "execute", CODE);
    const wrong = { executionId: "exec_1", seq: 0, digest: "digest-of-something-else" };
    expect(await call(client, "approve", wrong)).toMatchObject({ isError: true, json: { code: "STALE_DECISION" } });
    expect(await call(client, "approve", { ...wrong, seq: 9 })).toMatchObject({
      isError: true,
      json: { code: "NOT_PENDING" },
    });
    expect(runtime.paid).toBe(0);
    expect(await call(client, "reject", wrong)).toMatchObject({ isError: true, json: { code: "STALE_DECISION" } });
    expect(runtime.decisions).toEqual([]);
    const next = await call(client, "approve", { executionId: "exec_1", seq: 0, digest: "digest-0", reason: "fine" });
    expect(next.json).toMatchObject({ status: "paused", pending: [{ seq: 1 }] });
    expect(runtime.decisions).toEqual([
      expect.objectContaining({ seq: 0, digest: "digest-0", reason: "fine", by: "mcp" }),
    ]);
    const done = await call(client, "approve", { executionId: "exec_1", seq: 1, digest: "digest-1" });
    expect(done.json).toMatchObject({ status: "completed", result: { paid: 2 } });
  });

  test("G5 what is not shown whole is not approved; pending shows one action whole, and rejecting needs no more", async () => {
    const runtime = new ScriptedRuntime(2);
    runtime.args = { text: "x".repeat(30_000), amount: 100 };
    const client = await linked(codemodeMcpServer({ runtime }));
    const named = { executionId: "exec_1", seq: 0 };
    const digest = "unseen:digest-0";
    const inPart = { pending: [{ ...named, digest, argsLeftOut: true, next: expect.stringContaining("pending") }] };
    expect((await call(client, "execute", CODE)).json).toMatchObject(inPart);
    expect((await call(client, "pending", {})).json).toMatchObject(inPart);
    expect(await call(client, "approve", { ...named, digest })).toMatchObject({
      isError: true,
      json: { code: "STALE_DECISION", error: expect.stringContaining("pending") },
    });
    expect(runtime.decisions).toEqual([]);
    expect(await call(client, "pending", { seq: 0 })).toMatchObject({ isError: true, json: { code: "INVALID_INPUT" } });
    const { pending } = (await call(client, "pending", named)).json;
    expect(pending).toMatchObject([{ ...named, digest: "digest-0", args: runtime.args }]);
    expect(pending).not.toMatchObject([{ argsLeftOut: true }]);
    expect((await call(client, "approve", { ...named, digest: "digest-0" })).json).toMatchObject({ status: "paused" });
    expect((await call(client, "reject", { ...named, seq: 1, digest: "unseen:digest-1" })).json).toMatchObject({
      code: "REJECTED",
    });
  });

  test("however many wait, what is shown of them keeps to the budget, and each names itself", async () => {
    const runtime = new ScriptedRuntime(1);
    runtime.args = { text: "x".repeat(5_000) };
    const look = { connector: "bank", method: "look", state: "applied" } as const;
    runtime.before = Array.from({ length: 100 }, (_, seq) => ({ ...look, seq, args: { n: seq } }));
    await runtime.execute(CODE);
    const [first] = await runtime.pending();
    if (first === undefined) throw new Error("The script pays once.");
    const waiting = Array.from({ length: 100 }, (_, seq) => ({ ...first, seq, digest: `digest-${seq}` }));
    runtime.pending = async () => waiting;
    const client = await linked(codemodeMcpServer({ runtime, maxResultChars: 50_000 }));
    for (const [name, args] of [
      ["resume", { executionId: "exec_1" }],
      ["pending", {}],
    ] as const) {
      const { json, text } = await call(client, name, args);
      expect(json.pending).toHaveLength(100);
      expect(json.pending).toMatchObject(waiting.map(({ seq }) => ({ seq, digest: `unseen:digest-${seq}` })));
      // Names, digests and sentences come to some 500 characters each; arguments and what was before them to the budget each.
      expect(text.length).toBeLessThan(100 * 500 + 2 * 50_000);
    }
  });

  test("arguments that are too much for JSON are left out, and what waits beside them is still listed", async () => {
    const runtime = new ScriptedRuntime(1);
    const list = Array(1_100).fill(0);
    runtime.args = Array(1_000).fill(list);
    const client = await linked(codemodeMcpServer({ runtime }));
    expect(await call(client, "execute", CODE)).toMatchObject({
      isError: false,
      json: { pending: [{ digest: "unseen:digest-0", argsLeftOut: true }] },
    });
  });

  test("reject ends the run", async () => {
    const runtime = new ScriptedRuntime(1);
    const client = await linked(codemodeMcpServer({ runtime }));
    await call(client, "execute", CODE);
    const rejected = await call(client, "reject", {
      executionId: "exec_1",
      seq: 0,
      digest: "digest-0",
      reason: "too much",
    });
    expect(rejected.json).toMatchObject({
      status: "error",
      code: "REJECTED",
      error: expect.stringContaining("too much"),
    });
    expect(runtime.paid).toBe(0);
    expect(runtime.decisions).toEqual([{ seq: 0, digest: "digest-0", reason: "too much", by: "mcp" }]);
    expect((await call(client, "resume", { executionId: "exec_1" })).json).toMatchObject({ status: "rejected" });
  });

  test.for([
    ["approve", "run"],
    ["reject", "fail"],
  ] as const)("%s of what is in doubt says that it is to %s", async ([name, as]) => {
    const runtime = new ScriptedRuntime(1);
    runtime.kind = "in_doubt";
    const client = await linked(codemodeMcpServer({ runtime }));
    await call(client, "execute", CODE);
    await call(client, name, { executionId: "exec_1", seq: 0, digest: "digest-0" });
    expect(runtime.decisions).toEqual([{ seq: 0, digest: "digest-0", as, by: "mcp" }]);
  });

  test("resume of an execution that does not exist is an error with its code", async () => {
    const client = await linked(codemodeMcpServer({ runtime: new ScriptedRuntime(0) }));
    expect(await call(client, "resume", { executionId: "exec_0" })).toMatchObject({
      isError: true,
      json: { code: "NOT_FOUND" },
    });
  });

  test('with decisions: "person", approve and reject are not offered and the run says where to decide', async () => {
    const client = await linked(codemodeMcpServer({ runtime: new ScriptedRuntime(1), decisions: "person" }));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["search", "describe", "pending", "execute", "resume"]);
    expect((await call(client, "execute", CODE)).json).toMatchObject({
      next: expect.stringContaining("in the application"),
    });
  });

  test("a result that is too long is cut inside; the text is valid JSON and the status is whole", async () => {
    const runtime = new ScriptedRuntime(
      0,
      Array.from({ length: 5_000 }, (_, id) => ({ id, text: "x".repeat(50) })),
    );
    const client = await linked(codemodeMcpServer({ runtime, maxResultChars: 2_000 }));
    const { text } = await call(client, "execute", CODE);
    expect(text.length).toBeLessThan(3_000);
    expect(JSON.parse(text)).toMatchObject({ status: "completed", executionId: "exec_1" });
    expect(text).toContain("--- TRUNCATED ---");
  });

  test("values that JSON has no form for are readable", async () => {
    const runtime = new ScriptedRuntime(0, {
      when: new Date(0),
      big: 10n,
      bytes: new Uint8Array(3),
      nothing: undefined,
    });
    const client = await linked(codemodeMcpServer({ runtime }));
    expect((await call(client, "execute", CODE)).json.result).toEqual({
      when: "1970-01-01T00:00:00.000Z",
      big: "10",
      bytes: "(3 bytes)",
    });
  });
});

describe("with a person behind the client", () => {
  test("the person is asked there and then, action by action, and the run goes on in the same call", async () => {
    const forms: string[] = [];
    const runtime = new ScriptedRuntime(3);
    const client = await linked(codemodeMcpServer({ runtime }), (form) => {
      forms.push(form.message);
      return { action: "accept", content: { decision: "approve", reason: `ok ${forms.length}` } };
    });
    expect((await call(client, "execute", CODE)).json).toMatchObject({ status: "completed", result: { paid: 3 } });
    expect(forms).toHaveLength(3);
    expect(forms[0]).toContain("bank.pay");
    expect(forms[0]).toContain('"amount": 100');
    expect(runtime.decisions.map(({ seq, digest, reason }) => [seq, digest, reason])).toEqual([
      [0, "digest-0", "ok 1"],
      [1, "digest-1", "ok 2"],
      [2, "digest-2", "ok 3"],
    ]);
  });

  test("a rejection ends the run with the person's reason", async () => {
    const runtime = new ScriptedRuntime(2);
    const person = answers(
      { action: "accept", content: { decision: "approve" } },
      { action: "accept", content: { decision: "reject", reason: "once is enough" } },
    );
    const outcome = await call(await linked(codemodeMcpServer({ runtime }), person), "execute", CODE);
    expect(outcome).toMatchObject({
      isError: true,
      json: { code: "REJECTED", error: expect.stringContaining("once is enough") },
    });
    expect(runtime.paid).toBe(1);
  });

  test.each<[string, Person]>([
    ["declines", () => ({ action: "decline" })],
    ["declines after a choice", () => ({ action: "decline", content: { decision: "approve" } })],
    ["closes the form after a choice", () => ({ action: "cancel", content: { decision: "approve" } })],
    ["closes the form", () => ({ action: "cancel" })],
    ["cannot be shown it", () => Promise.reject(new Error("no screen"))],
    ["answers something else", () => ({ action: "accept", content: { decision: "maybe" } })],
  ])("a person who %s leaves the run paused, and resume asks again", async (_title, person) => {
    const runtime = new ScriptedRuntime(1);
    let first = true;
    const client = await linked(codemodeMcpServer({ runtime }), (form, signal) => {
      if (!first) return approves(form, signal);
      first = false;
      return person(form, signal);
    });
    expect((await call(client, "execute", CODE)).json).toMatchObject({
      status: "paused",
      next: expect.stringContaining("Call resume"),
    });
    expect(runtime.paid).toBe(0);
    expect((await call(client, "resume", { executionId: "exec_1" })).json).toMatchObject({ status: "completed" });
  });

  test("a model that calls approve does not approve: its person is asked", async () => {
    const runtime = new ScriptedRuntime(1);
    const person = answers({ action: "decline" }, { action: "accept", content: { decision: "reject" } });
    const client = await linked(codemodeMcpServer({ runtime }), person);
    await call(client, "execute", CODE);
    const approval = await call(client, "approve", { executionId: "exec_1", seq: 0, digest: "digest-0" });
    expect(approval).toMatchObject({ isError: true, json: { code: "REJECTED" } });
    expect(runtime.paid).toBe(0);
  });

  test("a model that calls reject has rejected: nobody need confirm that nothing runs", async () => {
    const runtime = new ScriptedRuntime(1);
    const person = answers({ action: "decline" }, { action: "accept", content: { decision: "approve" } });
    const client = await linked(codemodeMcpServer({ runtime }), person);
    await call(client, "execute", CODE);
    const rejected = await call(client, "reject", { executionId: "exec_1", seq: 0, digest: "digest-0" });
    expect(rejected).toMatchObject({ isError: true, json: { code: "REJECTED" } });
    expect(runtime.paid).toBe(0);
  });

  test.for(["approve", "reject"])(
    "what somebody else decided while the form was open is over: %s does nothing",
    async (decision) => {
      const runtime = new ScriptedRuntime(1);
      const client = await linked(codemodeMcpServer({ runtime }), async () => {
        await runtime.approve({ executionId: "exec_1", seq: 0, digest: "digest-0", by: "ann" });
        return { action: "accept", content: { decision } };
      });
      expect(await call(client, "execute", CODE)).toMatchObject({ isError: false, json: { status: "completed" } });
      expect(runtime.decisions).toMatchObject([{ by: "ann" }]);
    },
  );

  /** A client whose person sees forms and answers none; `closed` resolves when the form was taken away. */
  async function unanswered(runtime: ScriptedRuntime, askTimeoutMs: number, shown = () => {}) {
    const closed = Promise.withResolvers<void>();
    const server = codemodeMcpServer({ runtime, askTimeoutMs });
    const client = await linked(server, (_form, signal) => {
      signal.addEventListener("abort", () => closed.resolve(), { once: true });
      shown();
      return new Promise(() => undefined);
    });
    // The SDK's client takes no cancellation of a server's request with the number 0, which is the first.
    await server.server.ping();
    return { client, closed: closed.promise };
  }

  test("a form that nobody answers in time is closed, and the run stays paused", async () => {
    const runtime = new ScriptedRuntime(1);
    const { client, closed } = await unanswered(runtime, 5);
    const { json } = await call(client, "execute", CODE);
    expect(json).toMatchObject({ status: "paused", next: expect.stringContaining("Call resume") });
    await closed;
    expect(runtime.decisions).toEqual([]);
  });

  test("a form is closed when the client gives up the call that shows it", async () => {
    const runtime = new ScriptedRuntime(1);
    const abort = new AbortController();
    const { client, closed } = await unanswered(runtime, 60_000, () => abort.abort());
    const given = client.callTool({ name: "execute", arguments: CODE }, undefined, { signal: abort.signal });
    await expect(given).rejects.toThrow("aborted");
    await closed;
    expect(runtime.decisions).toEqual([]);
  });

  test("a form belongs to the call that is running, so that a client hears it on that call's stream", async () => {
    const [near, far] = InMemoryTransport.createLinkedPair();
    const send = vi.spyOn(far, "send");
    const client = clientFor(approves);
    await codemodeMcpServer({ runtime: new ScriptedRuntime(1) }).connect(far);
    await client.connect(near);
    const asked = vi.spyOn(near, "send");
    await call(client, "execute", CODE);
    const [request] = asked.mock.calls.map(([message]) => message);
    const form = send.mock.calls.find(([message]) => Reflect.get(message, "method") === "elicitation/create");
    expect(form?.[1]).toMatchObject({ relatedRequestId: Reflect.get(Object(request), "id") });
  });

  test("a form says what the run has done, and not what it has not", async () => {
    const runtime = new ScriptedRuntime(1);
    const states = ["applied", "pending", "error", "applied"] as const;
    runtime.before = states.map((state, seq) => ({ seq, connector: "bank", method: `m${seq}`, state }));
    const forms: string[] = [];
    const client = await linked(codemodeMcpServer({ runtime }), ({ message }) => {
      forms.push(message);
      return { action: "cancel" };
    });
    await call(client, "execute", CODE);
    expect(forms).toEqual([expect.stringMatching(/Already done: bank\.m0, bank\.m3$/)]);
  });

  test("what changed while the form was open is shown again instead of decided", async () => {
    const runtime = new ScriptedRuntime(1);
    const digests: string[] = [];
    const client = await linked(codemodeMcpServer({ runtime }), async (form) => {
      if (digests.length === 0) runtime.redefine("digest-new");
      digests.push(form.message);
      return { action: "accept", content: { decision: "approve" } };
    });
    expect((await call(client, "execute", CODE)).json).toMatchObject({ status: "completed", result: { paid: 1 } });
    expect(digests).toHaveLength(2);
    expect(runtime.decisions.map(({ digest }) => digest)).toEqual(["digest-new"]);
  });

  test("G5 a form shows the arguments whole, or does not offer to run the action", async () => {
    const runtime = new ScriptedRuntime(2);
    const tail = "the end of it";
    runtime.args = { text: `${"x".repeat(30_000)}${tail}` };
    const offered: unknown[] = [];
    const client = await linked(codemodeMcpServer({ runtime }), ({ message, ...form }) => {
      const { properties } = "requestedSchema" in form ? form.requestedSchema : { properties: {} };
      offered.push([message.includes(tail), Reflect.get(Object(Reflect.get(properties, "decision")), "enum")]);
      runtime.args = { text: `${"x".repeat(60_000)}${tail}` };
      return { action: "accept", content: { decision: "approve" } };
    });
    expect((await call(client, "execute", CODE)).json).toMatchObject({ status: "paused", pending: [{ seq: 1 }] });
    expect(offered).toEqual([
      [true, ["approve", "reject"]],
      [false, ["reject"]],
    ]);
    expect(runtime.paid).toBe(1);
  });

  test("G5 a form of an action whose arguments were left out does not offer to run it", async () => {
    const runtime = new ScriptedRuntime(1);
    runtime.args = undefined;
    runtime.argsLeftOut = true;
    const offered: unknown[] = [];
    const client = await linked(codemodeMcpServer({ runtime }), ({ message, ...form }) => {
      const { properties } = "requestedSchema" in form ? form.requestedSchema : { properties: {} };
      offered.push(Reflect.get(Object(Reflect.get(properties, "decision")), "enum"));
      expect(message).toContain("Not all of the arguments are shown here");
      return { action: "accept", content: { decision: "approve" } };
    });
    expect((await call(client, "execute", CODE)).json).toMatchObject({ status: "paused" });
    expect({ offered, paid: runtime.paid }).toEqual({ offered: [["reject"]], paid: 0 });
  });

  test("what is in doubt is asked about as such", async () => {
    const runtime = new ScriptedRuntime(1);
    runtime.kind = "in_doubt";
    const client = await linked(codemodeMcpServer({ runtime }), (form) => {
      expect(form.message).toContain("not known whether this ran");
      return { action: "accept", content: { decision: "run" } };
    });
    expect((await call(client, "execute", CODE)).json).toMatchObject({ status: "completed" });
    expect(runtime.decisions).toMatchObject([{ as: "run", digest: "digest-0" }]);
  });
});

describe("progress", () => {
  test("a client that asks for it hears that the run is alive and what it waits for", async () => {
    const heard: { progress: number; message?: string | undefined }[] = [];
    const runtime = new ScriptedRuntime(1);
    runtime.delayMs = 60;
    const client = await linked(codemodeMcpServer({ runtime, heartbeatMs: 10 }), approves);
    await call(client, "execute", CODE, (progress) => heard.push(progress));
    expect(heard.length).toBeGreaterThan(3);
    expect(heard.map(({ progress }) => progress)).toEqual(heard.map((_, index) => index));
    expect(heard.some(({ message }) => message?.startsWith("waiting for a decision about bank.pay"))).toBe(true);
  });
});
