/** What the page knows of a program that was sent. */
import { expect, test } from "vitest";
import { isOnItsWay } from "../../src/app/console/state.ts";

test("a program is on its way until there is an answer, or a reason why there is none", () => {
  const sent = { code: "1", at: 0 };
  const outcome = { status: "paused", executionId: "exec_1" } as const;
  expect([
    isOnItsWay(undefined),
    isOnItsWay(sent),
    isOnItsWay({ ...sent, outcome }),
    isOnItsWay({ ...sent, problem: { code: "UNREACHABLE", message: "No answer." } }),
  ]).toEqual([false, true, false, false]);
});
