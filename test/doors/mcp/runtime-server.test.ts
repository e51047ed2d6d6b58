/** `codemodeMcpServer`: what a client sees of a durable run, and how its person decides. */
import type { ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test } from "vitest";
import { codemodeMcpServer } from "../../../src/mcp.ts";
import { call, linked, type Person } from "./linked.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

const approves: Person = () => ({ action: "accept", content: { decision: "approve" } });
const answers =
  (...replies: ElicitResult[]): Person =>
  () =>
    replies.shift() ?? { action: "cancel" };
const CODE = { code: "async () => 1" };

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
    expect(tools.find(({ name }) => name === "execute")?.description).toBe("Runs a program.");
    expect(client.getServerVersion()).toMatchObject({ name: "crm" });
    expect(client.getInstructions()).toBe("Be brief.");
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
    expect((await call(client, "resume", { executionId: "exec_1" })).json).toMatchObject({ status: "rejected" });
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
    ["closes the form", () => ({ action: "cancel" })],
    ["cannot be shown it", () => Promise.reject(new Error("no screen"))],
    ["answers something else", () => ({ action: "accept", content: { decision: "maybe" } })],
  ])("a person who %s leaves the run paused, and resume asks again", async (_title, person) => {
    const runtime = new ScriptedRuntime(1);
    let first = true;
    const client = await linked(codemodeMcpServer({ runtime }), (form) => {
      if (!first) return approves(form);
      first = false;
      return person(form);
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
