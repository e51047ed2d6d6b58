/** A runtime that fails under its tool: the model reads an outcome, whatever became of the facet. */
import { expect, test } from "vitest";
import { CodemodeError } from "../../src/errors.ts";
import { makeTool } from "../../src/tool/tool.ts";

test.each([
  [new Error("The disk is full."), "INTERNAL"],
  [new CodemodeError("NEWER_JOURNAL", "A newer version wrote the journal."), "NEWER_JOURNAL"],
])("%s is answered by its code, and not thrown into the framework", async (thrown, code) => {
  const tool = makeTool(() => Promise.reject(thrown), []);
  expect(await tool.execute({ code: "async () => 1" })).toEqual({
    status: "error",
    executionId: "",
    error: `The runtime failed, and the program may have run in part: ${thrown.message}`,
    code,
  });
});
