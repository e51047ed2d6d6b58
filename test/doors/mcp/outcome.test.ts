/** How the end of a run reads for an MCP client. */
import { expect, test } from "vitest";
import { outcomeReply, shownWhole, stateOf } from "../../../src/mcp/outcome.ts";

const completed = { status: "completed", executionId: "exec_1" } as const;

test("a program that returned nothing is told so, and that what it did is done", () => {
  expect(outcomeReply({ ...completed, result: undefined }, 1_000, "telling").structuredContent).toEqual({
    ...completed,
    result: null,
    note: "The program returned nothing. What it called took place: do not repeat it to see a value.",
  });
});

test("a result of null is a result", () => {
  expect(outcomeReply({ ...completed, result: null }, 1_000, "telling").structuredContent).toEqual({
    ...completed,
    result: null,
  });
});

test("of a program that printed nothing no lines are shown", () => {
  for (const state of [
    { ...completed, result: 1, logs: [] },
    { ...completed, result: 1 },
  ]) {
    expect(outcomeReply(state, 1_000, "telling").structuredContent).toEqual({ ...completed, result: 1 });
  }
});

test("what a program printed is shown beside its result, cut to its share", () => {
  const logs = Array.from({ length: 500 }, (_, line) => `line ${line}`);
  const { structuredContent } = outcomeReply({ ...completed, result: 1, logs }, 1_000, "telling");
  const shown = JSON.stringify(structuredContent?.logs);
  expect(shown).toContain("line 0");
  expect(shown.length).toBeLessThanOrEqual(250);
});

test("texts of a result are in the outcome, and not once more beside it", () => {
  const image = { type: "image" as const, data: "AQID", mimeType: "image/png" };
  const result = { content: [{ type: "text", text: "Here it is" }, image] };
  const { content } = outcomeReply({ ...completed, result }, 1_000, "telling");
  expect(content).toEqual([{ type: "text", text: expect.stringContaining("Here it is") }, image]);
});

test("nor is the text of an embedded resource", () => {
  const resource = { type: "resource", resource: { uri: "file:///log.txt", text: "y".repeat(1_000_000) } };
  const { content } = outcomeReply({ ...completed, result: { content: [resource] } }, 1_000, "telling");
  expect(content).toEqual([{ type: "text", text: expect.stringContaining("file:///log.txt") }]);
});

test("a run whose result cannot be shown has completed all the same", () => {
  const result = new Map([["ids", Array.from({ length: 1_000_001 }, (_, id) => id)]]);
  const { isError, structuredContent } = outcomeReply({ ...completed, result }, 1_000, "telling");
  expect({ isError, ...structuredContent }).toEqual({
    ...completed,
    result: expect.stringMatching(/^\(The result is too large to be shown\./),
  });
});

const execution = { id: "exec_1", code: "", log: [], passes: 1, createdAt: 0, updatedAt: 0 };

test.for([undefined, ""])("a run that failed with %s for a sentence has one all the same", (error) => {
  const failed = { ...execution, status: "error", ...(error !== undefined && { error }) } as const;
  expect(stateOf(failed, [])).toMatchObject({ error: "The program failed.", code: "PROGRAM_ERROR" });
});

test("an execution that somebody comes back to reads like its outcome, with what it printed or without", () => {
  const executionId = "exec_1";
  const printed: readonly { logs?: string[] }[] = [{ logs: ["one"] }, {}];
  for (const logs of printed) {
    const known = { ...execution, ...logs };
    const of = (state: Parameters<typeof stateOf>[0]) => stateOf(state, []);
    expect(of({ ...known, status: "completed", result: 5 })).toStrictEqual({ ...completed, result: 5, ...logs });
    expect(of({ ...known, status: "paused" })).toStrictEqual({ status: "paused", executionId, pending: [], ...logs });
    const told = { error: "too long", code: "TIMEOUT" };
    const failed = { ...known, status: "error", error: told.error, errorCode: "TIMEOUT" } as const;
    expect(of(failed)).toStrictEqual({ status: "error", executionId, ...told, ...logs });
    expect(of({ ...known, status: "running" })).toStrictEqual({ status: "running", executionId });
  }
});

const action = { executionId: "exec_1", connector: "bank", method: "pay", kind: "approval", askedAt: 0 } as const;

test("of many actions that wait none is cut where all fit; where they do not, each is cut to its share", () => {
  const digests = (...chars: readonly number[]) => {
    const pending = chars.map((count, seq) => {
      return { ...action, seq, digest: `digest-${seq}`, before: [], args: { text: "x".repeat(count) } };
    });
    const state = { status: "paused", executionId: "exec_1", pending } as const;
    const { structuredContent } = outcomeReply(state, 24_000, "telling");
    expect(structuredContent).toMatchObject({ pending: pending.map(({ seq }) => ({ seq })) });
    return JSON.stringify(structuredContent).match(/unseen:digest-\d+/g)?.length ?? 0;
  };
  const short = Array<number>(30).fill(100);
  const long = Array<number>(10).fill(3_000);
  expect(digests(...short, ...long.slice(0, 2))).toBe(0);
  expect(digests(...short, ...long)).toBe(10);
  // No one takes more than a quarter, and each is shown so much, however many there are.
  expect(digests(5_900)).toBe(0);
  expect(digests(6_100)).toBe(1);
  expect(digests(...Array<number>(1_000).fill(150))).toBe(0);
  expect(digests(...Array<number>(1_000).fill(250))).toBe(1_000);
});

test("an action of which the runtime left the arguments out cannot be approved by what is shown", () => {
  const shown = shownWhole({ ...action, seq: 0, digest: "unseen:digest", before: [], args: null, argsLeftOut: true });
  expect(shown).toMatchObject({ digest: "unseen:digest", argsLeftOut: true });
  expect(shown.next).toContain("Approve it in the application");
});
