/** How the outcome of a run reads for the model. */
import { expect, test } from "vitest";
import { modelOutput } from "../../src/tool/tool.ts";

const completed = { status: "completed", executionId: "exec_1", logs: [], calls: [] };

test("a program that returned nothing is told so, and that what it did is done", () => {
  expect(modelOutput({ ...completed, result: undefined }).value).toEqual({
    status: "completed",
    executionId: "exec_1",
    logs: [],
    note: "The program returned nothing. What it called took place: do not repeat it to see a value.",
  });
});

test.each([null, false, 0, "", {}, []])("a result of %j is a result", (result) => {
  expect(modelOutput({ ...completed, result }).value).toEqual({
    status: "completed",
    executionId: "exec_1",
    logs: [],
    result,
  });
});

test("of a failed run there is an error, and no note", () => {
  const failed = { status: "error", executionId: "exec_1", error: "boom", code: "PROGRAM_ERROR" };
  expect(modelOutput(failed).value).toEqual(failed);
});

test("a result larger than a journal keeps is shown in part, in its own shape, and says so", () => {
  const result = { page: new Map([["text", "x".repeat(5_000_000)]]), total: 5n };
  const { value } = modelOutput({ ...completed, result });
  expect(value).toMatchObject({
    result: { page: { text: expect.stringMatching(/^x{100}.*TRUNCATED/s) }, total: "5" },
  });
  expect(JSON.stringify(value).length).toBeLessThan(1_001_000);
});
