/** How the end of a run reads for an MCP client. */
import { expect, test } from "vitest";
import { outcomeReply } from "../../../src/mcp/outcome.ts";

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
