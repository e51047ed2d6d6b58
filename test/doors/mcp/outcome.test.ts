/** How the end of a run reads for an MCP client. */
import { expect, test } from "vitest";
import { outcomeReply, stateOf } from "../../../src/mcp/outcome.ts";

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

test.for([undefined, ""])("a run that failed with %s for a sentence has one all the same", (error) => {
  const execution = {
    id: "exec_1",
    code: "",
    status: "error" as const,
    log: [],
    passes: 1,
    createdAt: 0,
    updatedAt: 0,
  };
  expect(stateOf({ ...execution, ...(error !== undefined && { error }) }, [])).toMatchObject({
    status: "error",
    error: "The program failed.",
    code: "PROGRAM_ERROR",
  });
});

test("of many actions that wait none is cut where all fit; where they do not, each is cut to its share", () => {
  const action = { executionId: "exec_1", connector: "bank", method: "pay", kind: "approval", askedAt: 0 } as const;
  const waiting = (long: number) =>
    Array.from({ length: 40 }, (_, seq) => {
      const text = "x".repeat(seq < long ? 3_000 : 100);
      return { ...action, seq, digest: `digest-${seq}`, before: [], args: { text } };
    });
  const digests = (long: number) => {
    const { structuredContent } = outcomeReply(
      { status: "paused", executionId: "exec_1", pending: waiting(long) },
      24_000,
      "telling",
    );
    expect(structuredContent).toMatchObject({ pending: waiting(long).map(({ seq }) => ({ seq })) });
    return JSON.stringify(structuredContent).match(/unseen:digest-\d+/g)?.length ?? 0;
  };
  expect(digests(0)).toBe(0);
  expect(digests(2)).toBe(0);
  expect(digests(10)).toBe(10);
});
