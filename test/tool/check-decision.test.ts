/** Checks of what hosts give: a limit that is said to be undefined is the default, not no limit. */
import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { checkOptions } from "../../src/options.ts";
import { checkLimits } from "../../src/tool/check-decision.ts";

test("a limit that is undefined is the default: without fuel a program would never end", () => {
  const given = { fuel: undefined, maxCalls: 5 } as never;
  expect(checkLimits(given)).toEqual({ ...DEFAULT_LIMITS, maxCalls: 5 });
});

test("who forgets the braces is shown what belongs between them", () => {
  expect(() => checkOptions("rollback", "exec_1", ["executionId"], ["executionId"])).toThrow(
    'rollback takes an options object, { executionId }, got "exec_1".',
  );
});
