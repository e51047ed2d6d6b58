/** The demo Worker's HTTP door, by hand: what a person types with `curl`, and what another site's page may not send. */
import { expect, test } from "vitest";
import { answer } from "../../src/app/api.ts";
import { EventStreams } from "../../src/app/events.ts";
import { CodemodeError } from "../../src/errors.ts";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";

const HERE = "http://127.0.0.1:8787";

/** A runtime that keeps what it was called with and answers one thing. */
function told(answers: unknown = "ok") {
  const calls: unknown[][] = [];
  const runtime = new Proxy(
    {},
    {
      get:
        (_target, method) =>
        async (...args: unknown[]) => {
          calls.push([method, ...args]);
          if (answers instanceof Error) throw answers;
          return answers;
        },
    },
  ) as CodemodeRuntimeHandle;
  return { runtime, calls };
}

async function ask(
  runtime: CodemodeRuntimeHandle,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const init = body === undefined ? { headers } : { method: "POST", body, headers };
  const response = await answer(runtime, new Request(`${HERE}${path}`, init), new EventStreams());
  return { status: response.status, body: await response.json() };
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const JSON_TYPE = { "content-type": "application/json" };

test("a program is the body, or the code of a JSON body", async () => {
  const { runtime, calls } = told();
  await ask(runtime, "/execute", "async () => 1", FORM);
  await ask(runtime, "/execute", '{ "code": "async () => 2" }', JSON_TYPE);
  expect(calls).toEqual([
    ["execute", { code: "async () => 1" }],
    ["execute", { code: "async () => 2" }],
  ]);
});

test("a body whose type says JSON in other letters is JSON, too", async () => {
  const { runtime, calls } = told();
  await ask(runtime, "/execute", '{ "code": "async () => 2" }', { "content-type": "Application/JSON" });
  expect(calls).toEqual([["execute", { code: "async () => 2" }]]);
});

test("a page of the history has as many as a whole number says", async () => {
  const { runtime } = told();
  expect(await ask(runtime, "/executions?limit=-1")).toMatchObject({
    status: 400,
    body: { error: expect.stringMatching(/^limit must be a whole number\. GET \/executions takes/) },
  });
});

test("a decision is JSON, also where curl calls it a form", async () => {
  const { runtime, calls } = told();
  await ask(runtime, "/approve", '{ "executionId": "exec_1", "seq": 0 }', FORM);
  expect(calls).toEqual([["approve", { executionId: "exec_1", seq: 0 }]]);
});

test("a decision about several actions takes what GET /pending gives, and sends on what names them", async () => {
  const { runtime, calls } = told([{ executionId: "exec_1", seq: 2, before: [], args: { n: 1 }, digest: "d2" }]);
  const { body: shown } = await ask(runtime, "/pending?id=exec_1");
  calls.length = 0;
  const body = JSON.stringify({ executionId: "exec_1", actions: shown, by: "ann" });
  await ask(runtime, "/approve", body, JSON_TYPE);
  await ask(runtime, "/reject", '{ "executionId": "e", "actions": [{ "seq": 0, "digest": "d" }], "then": "throw" }');
  const named = [{ executionId: "exec_1", seq: 2, digest: "d2" }];
  expect(calls).toEqual([
    ["approve", { executionId: "exec_1", actions: named, by: "ann" }],
    ["reject", { executionId: "e", actions: [{ seq: 0, digest: "d" }], then: "throw" }],
  ]);
});

test.for([
  ["/approve", "exec_1", /^The body must be JSON: .*POST \/approve takes \{ executionId, seq\?/],
  ["/approve", '"exec_1"', /^The body must be an object\. POST \/approve takes/],
  ["/approve", "{}", /^executionId is missing\. POST \/approve takes/],
  ["/approve", '{ "executionId": 1 }', /^executionId: expected string, got 1\. POST \/approve takes/],
  ["/approve", '{ "executionId": "e", "sq": 1 }', /^sq is not known\. POST \/approve takes/],
  [
    "/approve",
    '{ "executionId": "e", "actions": [{ "seq": 1 }] }',
    /^actions\.0\.digest is missing\. .*actions: \[\{ seq, /,
  ],
  ["/approve", '{ "executionId": "e", "actions": [], "args": {} }', /^args is not known\. POST \/approve takes/],
  ["/approve", '{ "executionId": "e", "actions": {} }', /^actions: expected Array, got Object\. POST \/approve takes/],
  ["/rollback", '{ "executionId": "e", "digst": "d" }', /^digst is not known\. POST \/rollback takes/],
  ["/cancel", '{ "executionId": "e", "seq": 1 }', /^seq is not known\. POST \/cancel takes/],
  ["/approve", '{ "executionId": "" }', /^executionId must not be empty\. POST \/approve takes/],
  ["/approve", '{ "executionId": "e", "seq": 1.5 }', /^seq must be a whole number\. POST/],
  ["/reject", '{ "executionId": "e", "seq": -1 }', /^seq must be 0 or more\. POST/],
  ["/reject", '{ "executionId": "e", "actions": [], "seq": 1 }', /^seq is not known\. POST \/reject takes/],
  ["/reject", '{ "executionId": "e", "seq": 0, "then": "stop" }', /^then: expected \("end" \| "throw"\), got "stop"\./],
  [
    "/resolve",
    '{ "executionId": "e", "seq": 0, "as": "done" }',
    /^as: expected \("ran" \| "run" \| "fail"\), got "done"/,
  ],
] as const)("%s with %s is refused with what the route takes", async ([path, body, says]) => {
  const { runtime, calls } = told();
  const refused = await ask(runtime, path, body, JSON_TYPE);
  expect(refused).toMatchObject({ status: 400, body: { code: "INVALID_INPUT", error: expect.stringMatching(says) } });
  expect(calls).toEqual([]);
});

test("a page of another site can send nothing, one of this Worker's own can", async () => {
  const { runtime, calls } = told();
  for (const headers of [{ origin: "https://evil.example" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }]) {
    expect(await ask(runtime, "/approve", '{ "executionId": "exec_1" }', headers)).toMatchObject({
      status: 403,
      body: { error: expect.stringContaining("another site") },
    });
  }
  expect(calls).toEqual([]);
  await ask(runtime, "/approve", '{ "executionId": "exec_1" }', { origin: HERE, "sec-fetch-site": "same-origin" });
  expect(calls).toHaveLength(1);
});

test("an execution that does not exist is not found", async () => {
  const { runtime } = told(null);
  expect(await ask(runtime, "/execution?id=exec_9")).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
});

test("a route that does not exist is answered with those that do", async () => {
  const { runtime } = told();
  expect(await ask(runtime, "/")).toMatchObject({ status: 200, body: { routes: expect.any(Object) } });
  expect(await ask(runtime, "/execute")).toMatchObject({
    status: 404,
    body: { error: "There is no GET /execute, only POST /execute.", routes: expect.any(Object) },
  });
  expect(await ask(runtime, "/nothing")).toMatchObject({
    status: 404,
    body: { error: "There is no GET /nothing. These are all routes." },
  });
});

test("an error of the runtime keeps its code", async () => {
  const { runtime } = told(new CodemodeError("STALE_DECISION", "Look at pending() again."));
  expect(await ask(runtime, "/pending")).toEqual({
    status: 400,
    body: { error: "Look at pending() again.", code: "STALE_DECISION" },
  });
});

test("values that JSON does not have are readable", async () => {
  const result = [3n, new Map([["a", 1]]), new Set([1]), new Uint8Array(3), new ArrayBuffer(2), new TypeError("no")];
  const { runtime } = told({ result });
  expect(await ask(runtime, "/execution?id=exec_1")).toMatchObject({
    body: {
      result: [
        "(bigint) 3",
        { "(Map)": [["a", 1]] },
        { "(Set)": [1] },
        "(bytes) 3 in Uint8Array: 00 00 00",
        "(bytes) 2 in ArrayBuffer: 00 00",
        "(Error) TypeError: no",
      ],
    },
  });
});

test.for([
  ["/executions", "listExecutions", {}],
  ["/executions?status=error", "listExecutions", { status: "error" }],
  ["/executions?limit=5&cursor=17", "listExecutions", { limit: 5, cursor: "17" }],
  ["/pending", "pending", undefined],
  ["/pending?id=exec_1", "pending", "exec_1"],
  ["/describe?target=accounts.get", "describe", "accounts.get"],
] as const)("GET %s asks the runtime for %s", async ([path, method, argument]) => {
  const { runtime, calls } = told([]);
  await ask(runtime, path);
  expect(calls).toEqual([[method, argument]]);
});

test.for(["?limit=many", "?limit=-1", "?page=2", "?status=failed"])("GET /executions%s is refused", async (query) => {
  const { runtime, calls } = told();
  expect(await ask(runtime, `/executions${query}`)).toMatchObject({ status: 400, body: { code: "INVALID_INPUT" } });
  expect(calls).toEqual([]);
});

test("a program is saved under a name, and the saved ones are listed", async () => {
  const { runtime, calls } = told([]);
  await ask(runtime, "/snippets", '{ "name": "owing", "executionId": "exec_1", "description": "Who owes" }', JSON_TYPE);
  await ask(runtime, "/snippets");
  await ask(runtime, "/snippets/delete", '{ "name": "owing" }', JSON_TYPE);
  expect(calls).toEqual([
    ["saveSnippet", "owing", { executionId: "exec_1", description: "Who owes" }],
    ["snippets"],
    ["deleteSnippet", "owing"],
  ]);
});

test("answers are never taken for anything but JSON", async () => {
  const { runtime } = told({ result: "<script>alert(1)</script>" });
  const response = await answer(runtime, new Request(`${HERE}/execution?id=exec_1`), new EventStreams());
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
});

test("who watches hears of events and of requests that may have changed something, not of reads", async () => {
  const { runtime } = told([]);
  const streams = new EventStreams();
  const watching = await answer(runtime, new Request(`${HERE}/events`), streams);
  expect(watching.headers.get("content-type")).toBe("text/event-stream");
  await answer(runtime, new Request(`${HERE}/pending`), streams);
  streams.tell({ type: "execution.started", executionId: "exec_1", at: 5 });
  await answer(
    runtime,
    new Request(`${HERE}/cancel`, { method: "POST", body: '{ "executionId": "exec_1" }' }),
    streams,
  );
  const reader = watching.body?.getReader();
  const lines: string[] = [];
  for (let n = 0; n < 3; n += 1) lines.push(new TextDecoder().decode((await reader?.read())?.value));
  await reader?.cancel();
  expect(lines).toEqual([
    "retry: 1000\n\n",
    'event: run\ndata: {"type":"execution.started","executionId":"exec_1","at":5}\n\n',
    "event: changed\ndata: {}\n\n",
  ]);
});

test("a watcher that went is forgotten, and the others still hear", async () => {
  const streams = new EventStreams();
  const [first, second] = [streams.open(), streams.open()];
  await first.body?.cancel();
  streams.changed();
  const reader = second.body?.getReader();
  await reader?.read();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("event: changed\ndata: {}\n\n");
  await reader?.cancel();
});

test("a watcher that reads no more is let go of, and the others still hear", async () => {
  const streams = new EventStreams();
  const [lazy, eager] = [streams.open(), streams.open()];
  const reader = eager.body?.getReader();
  await reader?.read();
  for (let n = 0; n < 2_000; n += 1) {
    streams.changed();
    await reader?.read();
  }
  // What had come until then, and the end; without it, this would wait for ever.
  const heard = await lazy.text();
  expect(heard.split("event: changed").length - 1).toBeLessThan(1_100);
  streams.changed();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("event: changed\ndata: {}\n\n");
  await reader?.cancel();
});

test.for(["/pending", "/in-doubt"])("%s says of each action the last calls before it, not all", async (path) => {
  const before = Array.from({ length: 99 }, (_, seq) => ({ seq, connector: "a", method: `m${seq}`, state: "applied" }));
  const { runtime } = told([{ executionId: "exec_1", seq: 99, before }]);
  const last = before.slice(-5).map((call) => ({ ...call, times: 1 }));
  expect((await ask(runtime, path)).body).toEqual([{ executionId: "exec_1", seq: 99, before: last, earlier: 94 }]);
});

test.for([
  ["/execute", '{ "code": "async () => 1" }'],
  ["/approve", '{ "executionId": "exec_1" }'],
  ["/resolve", '{ "executionId": "exec_1", "seq": 0, "as": "run" }'],
] as const)("so does the outcome of %s", async ([path, body]) => {
  const { runtime } = told({ status: "paused", executionId: "exec_1", pending: [{ seq: 2, before: [] }] });
  expect((await ask(runtime, path, body, JSON_TYPE)).body).toMatchObject({ pending: [{ seq: 2, earlier: 2 }] });
});

test("calls in doubt are asked for by their own route", async () => {
  const { runtime, calls } = told([]);
  expect(await ask(runtime, "/in-doubt")).toEqual({ status: 200, body: [] });
  expect(calls).toEqual([["inDoubt"]]);
});
