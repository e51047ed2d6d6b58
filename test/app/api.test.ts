/** The demo Worker's HTTP door, by hand: what a person types with `curl`, and what another site's page may not send. */
import { expect, test } from "vitest";
import { answer } from "../../src/app/api.ts";
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
  const response = await answer(runtime, new Request(`${HERE}${path}`, init));
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

test("a decision is JSON, also where curl calls it a form", async () => {
  const { runtime, calls } = told();
  await ask(runtime, "/approve", '{ "executionId": "exec_1", "seq": 0 }', FORM);
  expect(calls).toEqual([["approve", { executionId: "exec_1", seq: 0 }]]);
});

test.for([
  ["/approve", "exec_1", /^The body must be JSON: .*POST \/approve takes \{ executionId, seq\?/],
  ["/approve", '"exec_1"', /^The body must be an object\. POST \/approve takes/],
  ["/approve", "{}", /^executionId is missing\. POST \/approve takes/],
  ["/approve", '{ "executionId": 1 }', /^executionId: expected string, got 1\. POST \/approve takes/],
  ["/approve", '{ "executionId": "e", "sq": 1 }', /^sq is not known\. POST \/approve takes/],
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
  expect(await ask(runtime, "/pending")).toMatchObject({
    body: { result: ["3n", [["a", 1]], [1], "(3 bytes)", "(2 bytes)", "TypeError: no"] },
  });
});
