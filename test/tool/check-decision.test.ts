/** Checks of what hosts give: a limit that is said to be undefined is the default, not no limit. */
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, HIGHEST_LIMITS } from "../../src/limits.ts";
import { checkOptions } from "../../src/options.ts";
import { checkDecision, checkLimits } from "../../src/tool/check-decision.ts";
import { schemaText } from "../../src/tool/check-snippet.ts";

const APPROVE = { own: ["args"], needed: [], mostActions: 3 };
const REJECT = { own: ["then"], needed: ["seq"], mostActions: 3 };
const RESOLVE = { own: ["as"], needed: ["seq", "as"] };

test("a limit that is undefined is the default: without fuel a program would never end", () => {
  const given = { fuel: undefined, maxCalls: 5 } as never;
  expect(checkLimits(given)).toEqual({ ...DEFAULT_LIMITS, maxCalls: 5 });
});

test("a seq that is undefined is not all that waits: a screen that lost its action approves nothing", () => {
  expect(() => checkDecision("approve", { executionId: "exec_1", seq: undefined }, APPROVE)).toThrow(
    "approve was given a seq that is undefined. Give one that pending() shows, or leave it out to decide on all that waits.",
  );
  expect(() => checkDecision("approve", { executionId: "exec_1" }, APPROVE)).not.toThrow();
});

test("a reason of ten thousand characters is kept, a longer one refused", () => {
  const given = (length: number) => ({ executionId: "exec_1", reason: "x".repeat(length) });
  expect(checkDecision("approve", given(10_000), APPROVE)).toMatchObject(given(10_000));
  expect(() => checkDecision("approve", given(10_001), APPROVE)).toThrow("reason must be a string of at most 10000");
});

describe("the actions of one decision", () => {
  const action = (seq: number) => ({ seq, digest: `d${seq}` });
  const shown = (seq: number) => ({
    ...action(seq),
    executionId: "exec_1",
    connector: "bank",
    method: "pay",
    args: { to: "ada" },
    kind: "approval",
    askedAt: 5,
    before: [],
  });

  test("are taken as pending() shows them, or by seq and digest alone: only these two are sent", () => {
    const given = { executionId: "exec_1", actions: [shown(1), action(2)], by: "ann" };
    expect(checkDecision("approve", given, APPROVE)).toEqual({
      executionId: "exec_1",
      actions: [action(1), action(2)],
      by: "ann",
    });
    expect(checkDecision("reject", { ...given, then: "throw" }, REJECT).actions).toEqual([action(1), action(2)]);
  });

  test("one by its seq is a list of one, and nothing named is one name that fits all", () => {
    const executionId = "exec_1";
    expect(checkDecision("approve", { executionId, ...action(1) }, APPROVE).actions).toEqual([action(1)]);
    expect(checkDecision("approve", { executionId }, APPROVE).actions).toEqual([{}]);
  });

  test.each([
    [{ actions: [] }, "approve needs actions to be a list of at least one that pending() shows: [{ seq, digest }]."],
    [{ actions: shown(1) }, "approve needs actions to be a list"],
    [{ actions: "all" }, "approve needs actions to be a list"],
    [{ actions: undefined }, "approve was given actions that are undefined. Give those that pending() shows"],
    [{ actions: [action(1)], seq: 1 }, "approve takes actions or seq, not both. Name the action in the list"],
    [{ actions: [action(1)], digest: "d1" }, "approve takes actions or digest, not both. Name the action in the list"],
    [{ actions: [action(1)], args: {} }, "not both. Arguments are edited of one action, by { executionId, seq, digest"],
    [{ actions: [action(1)], seq: undefined }, "approve was given a seq that is undefined."],
    [
      { actions: [action(1), action(2), action(1)] },
      "approve was given call 1 twice in actions. Name each action once.",
    ],
    [{ actions: [1, 2, 3, 4].map(action) }, "approve takes at most 3 actions at once"],
    [{ actions: [{ seq: 1 }] }, 'actions[0] needs the option "digest".'],
    [{ actions: [action(1), { digest: "d" }] }, 'actions[1] needs the option "seq".'],
    [{ actions: [{ ...action(1), digest: "" }] }, "actions[0].digest must be a non-empty string"],
    [
      { actions: [action(1), { seq: 2, digest: "d".repeat(201) }] },
      "actions[1].digest must be one that pending() shows: it has 201 characters.",
    ],
    [{ actions: [{ ...action(1), seq: 1.5 }] }, "actions[0].seq must be a whole number"],
    [
      { actions: [{ ...action(1), editedArgs: {} }] },
      'actions[0] has no option "editedArgs". It takes executionId, seq',
    ],
    [{ actions: [null] }, "actions[0] takes an options object, { seq, digest }, got null."],
    [{ actions: Array(2) }, "actions[0] takes an options object, { seq, digest }, got undefined."],
    [{ actions: [shown(1), { ...shown(2), executionId: "exec_2" }] }, "actions[1] is of exec_2, not of exec_1."],
    [{ action: [action(1)] }, 'approve has no option "action". It takes executionId, seq, actions, digest'],
  ])("are refused by what to write instead: %o", (named, says) => {
    expect(() => checkDecision("approve", { executionId: "exec_1", ...named }, APPROVE)).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT", message: expect.stringContaining(says) }),
    );
  });

  test("take the place of the seq that a rejection needs; a doubt is settled one by one", () => {
    const executionId = "exec_1";
    expect(() => checkDecision("reject", { executionId }, REJECT)).toThrow('reject needs the option "seq".');
    const doubts = { executionId, actions: [action(1)], as: "run" };
    expect(() => checkDecision("resolve", doubts, RESOLVE)).toThrow('resolve has no option "actions".');
  });
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
