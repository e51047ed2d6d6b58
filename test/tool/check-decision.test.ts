/** Checks of what hosts give: a limit that is said to be undefined is the default, not no limit. */
import { expect, test } from "vitest";
import { DEFAULT_LIMITS, HIGHEST_LIMITS } from "../../src/limits.ts";
import { checkOptions } from "../../src/options.ts";
import { checkDecision, checkLimits } from "../../src/tool/check-decision.ts";
import { schemaText } from "../../src/tool/check-snippet.ts";

test("a limit that is undefined is the default: without fuel a program would never end", () => {
  const given = { fuel: undefined, maxCalls: 5 } as never;
  expect(checkLimits(given)).toEqual({ ...DEFAULT_LIMITS, maxCalls: 5 });
});

test("a seq that is undefined is not all that waits: a screen that lost its action approves nothing", () => {
  expect(() => checkDecision("approve", { executionId: "exec_1", seq: undefined }, [], [])).toThrow(
    "approve was given a seq that is undefined. Give one that pending() shows, or leave it out to decide on all that waits.",
  );
  expect(() => checkDecision("approve", { executionId: "exec_1" }, [], [])).not.toThrow();
});

test("who forgets the braces is shown what belongs between them", () => {
  expect(() => checkOptions("rollback", "exec_1", ["executionId"], ["executionId"])).toThrow(
    'rollback takes an options object, { executionId }, got "exec_1".',
  );
});

test.each(Object.entries(HIGHEST_LIMITS))(
  "%s can be raised so far, and no further: it says how far, and why",
  (name, { most, why }) => {
    expect(checkLimits({ [name]: most })).toEqual({ ...DEFAULT_LIMITS, [name]: most });
    expect(() => checkLimits({ [name]: most + 1 })).toThrow(
      expect.objectContaining({
        code: "INVALID_INPUT",
        message: `limits.${name} can be at most ${most}, got ${most + 1}: ${why}.`,
        data: { option: `limits.${name}` },
      }),
    );
  },
);

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "5"])("a limit of %s is no limit", (value) => {
  for (const name of Object.keys(DEFAULT_LIMITS))
    expect(() => checkLimits({ [name]: value as never })).toThrow(/limits\.\w+ (must be|can be at most)/);
});

test("the schema of a snippet's input is counted in bytes, as it is stored", () => {
  const schema = (chars: number) => ({ type: "string", description: "é".repeat(chars) });
  expect(schemaText(schema(400), 1_000)).toContain("é");
  expect(() => schemaText(schema(600), 1_000)).toThrow(expect.objectContaining({ code: "VALUE_TOO_LARGE" }));
});
