/** What the console sends to the API, and what it makes of each answer. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { approveSeveral, client, decide, paths, problemOf, type Verdict } from "../../src/app/console/client.ts";
import type { Action } from "../../src/app/console/schemas.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

const action: Action = {
  executionId: "exec_1",
  seq: 3,
  connector: "a",
  method: "b",
  kind: "approval",
  digest: "d3",
  askedAt: 0,
  before: [],
  earlier: 0,
};

const completed = { status: "completed", executionId: "exec_1", calls: [] };

/** Has the API answer; what it was asked. */
function answering(answer: unknown, status = 200) {
  const asked: { readonly path: string; readonly body?: unknown }[] = [];
  vi.stubGlobal("fetch", async (path: string, { body }: RequestInit) => {
    asked.push(typeof body === "string" ? { path, body: JSON.parse(body) } : { path });
    return new Response(typeof answer === "string" ? answer : JSON.stringify(answer), { status });
  });
  return asked;
}

/** Why it was refused, or had no answer. */
const refusalOf = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (error: unknown) => problemOf(error),
  );

describe("a decision", () => {
  const shown = { executionId: "exec_1", seq: 3, digest: "d3", by: "Ada" };

  test.for<readonly [Verdict, string, unknown, unknown]>([
    [{ kind: "approve" }, "/approve", {}, completed],
    [{ kind: "approve", args: { id: 1 } }, "/approve", { args: { id: 1 } }, completed],
    [{ kind: "approve", args: null }, "/approve", { args: null }, completed],
    [{ kind: "reject", then: "end", reason: "" }, "/reject", { then: "end" }, true],
    [{ kind: "reject", then: "throw", reason: "no" }, "/reject", { then: "throw", reason: "no" }, true],
    [{ kind: "ran", result: null }, "/resolve", { as: "ran", result: null }, completed],
    [{ kind: "run" }, "/resolve", { as: "run" }, completed],
    [{ kind: "fail", error: "" }, "/resolve", { as: "fail" }, completed],
    [{ kind: "fail", error: "None." }, "/resolve", { as: "fail", error: "None." }, completed],
  ])("%j goes to %s with the digest of what was shown, and who decided", async ([verdict, path, more, answer]) => {
    const asked = answering(answer);
    await decide(action, verdict, "Ada");
    expect(asked).toEqual([{ path, body: { ...shown, ...Object(more) } }]);
  });

  test("about several actions goes as one, with the digest of each, and who decided", async () => {
    const asked = answering(completed);
    await approveSeveral("exec_1", [action, { ...action, seq: 4, digest: "d4" }], "Ada");
    const actions = [
      { seq: 3, digest: "d3" },
      { seq: 4, digest: "d4" },
    ];
    expect(asked).toEqual([{ path: "/approve", body: { executionId: "exec_1", actions, by: "Ada" } }]);
  });

  test("of somebody without a name says none", async () => {
    const asked = answering(completed);
    await decide(action, { kind: "approve" }, "");
    await approveSeveral("exec_1", [action], "");
    expect(asked.map(({ body }) => Object.hasOwn(Object(body), "by"))).toEqual([false, false]);
  });

  test("that was taken answers how the run went on, also where it ended with an error", async () => {
    const failed = { status: "error", executionId: "exec_1", calls: [], error: "Broken.", code: "PROGRAM_ERROR" };
    answering(failed);
    expect(await decide(action, { kind: "approve" }, "")).toEqual(failed);
    expect(await approveSeveral("exec_1", [action], "")).toEqual(failed);
  });

  test("that was refused is no outcome of the run", async () => {
    answering({ status: "error", executionId: "exec_1", error: "Has changed.", code: "STALE_DECISION" });
    const refused = { code: "STALE_DECISION", message: "Has changed." };
    expect(await refusalOf(decide(action, { kind: "approve" }, ""))).toEqual(refused);
    expect(await refusalOf(decide(action, { kind: "run" }, ""))).toEqual(refused);
    expect(await refusalOf(approveSeveral("exec_1", [action], ""))).toEqual(refused);
  });

  test("to reject what no longer waits is refused", async () => {
    answering(false);
    expect(await refusalOf(decide(action, { kind: "reject", then: "end", reason: "" }, ""))).toMatchObject({
      code: "NOT_PENDING",
    });
  });
});

describe("what else is sent", () => {
  test("ends a run by its id, and says who did", async () => {
    const asked = answering(true);
    await client.cancel("exec_1", "Ada");
    await client.cancel("exec_1", "");
    expect(asked.map(({ body }) => body)).toEqual([
      { executionId: "exec_1", reason: "by Ada, in the console" },
      { executionId: "exec_1", reason: "by a person without a name, in the console" },
    ]);
  });

  test("undoes what a preview showed", async () => {
    const report = { executionId: "exec_1", status: "rolled_back" as const, items: [] };
    const asked = answering(report);
    await client.rollback({ ...report, digest: "d" });
    expect(asked).toEqual([{ path: "/rollback", body: { executionId: "exec_1", digest: "d" } }]);
  });
});

test("a path says which run, which page and which status", () => {
  expect([
    paths.pending(),
    paths.pending("a&b"),
    paths.run("a&b"),
    paths.runs(),
    paths.runs({ limit: 25, cursor: "c", status: "error" }),
  ]).toEqual([
    "/pending",
    "/pending?id=a%26b",
    "/execution?id=a%26b",
    "/executions?limit=200",
    "/executions?limit=25&cursor=c&status=error",
  ]);
});

describe("where nothing answered", () => {
  test("what was to change something is not known, and what was only asked for is not there", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    expect(await refusalOf(client.execute("1"))).toEqual({
      code: "UNREACHABLE",
      message: "The Worker did not answer: it is not known whether this was done. Look before you do it again.",
    });
    expect(await refusalOf(client.pending())).toEqual({
      code: "UNREACHABLE",
      message: "The Worker did not answer.",
    });
  });

  test("an answer that breaks off is none", async () => {
    vi.stubGlobal("fetch", async () => {
      const body = new ReadableStream({ pull: (controller) => controller.error(new TypeError("terminated")) });
      return new Response(body);
    });
    expect(await refusalOf(client.execute("1"))).toMatchObject({ code: "UNREACHABLE" });
  });
});

test.for([
  [500, "broken", "UNREADABLE", "The Worker answered 500 and no JSON."],
  [400, { error: "No such run.", code: "NOT_FOUND" }, "NOT_FOUND", "No such run."],
  [413, { error: "Too large." }, "", "Too large."],
  [502, { no: "error" }, "", "The Worker answered 502."],
  [200, { no: "list" }, "UNREADABLE", "/pending answered what this page does not know (the whole). Reload it."],
] as const)("an answer of %d and %j is %s", async ([status, answer, code, message]) => {
  answering(answer, status);
  expect(await refusalOf(client.pending())).toEqual({ code, message });
});
