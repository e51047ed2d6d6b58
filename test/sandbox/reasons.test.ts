/** What is behind an error is told with it: a program's own words are often only that something failed. */
import { describe, expect, test } from "vitest";
import { failureMessage } from "../../src/sandbox/report.ts";
import { encodeFailure } from "../../src/wire/values.ts";

const PROGRAM = { source: "async () => 1", globals: ["bank"] };
const told = (thrown: unknown) => failureMessage({ ok: false, value: encodeFailure(thrown) }, PROGRAM);
const because = (message: string, cause: unknown) => new Error(message, { cause });

function circular(): Error {
  const error = new Error("could not sync");
  error.cause = error;
  return error;
}

describe("the cause of an error is told", () => {
  test.each([
    ["an error", because("could not sync", new Error("disk is full")), "could not sync. Cause: disk is full"],
    ["a text", because("could not sync", "disk is full"), "could not sync. Cause: disk is full"],
    [
      "a cause with a cause",
      because("a", because("b", because("c", because("d", new Error("e"))))),
      "a. Cause: b. Cause: c. Cause: d",
    ],
    ["beside a sentence that ends", because("No.", new Error("Full.")), "No. Cause: Full."],
  ])("%s", (_kind, thrown, message) => expect(told(thrown)).toBe(message));

  test.each([
    [
      "its words are there already",
      because("could not sync: disk is full", new Error("disk is full")),
      "could not sync: disk is full",
    ],
    ["it has no words", because("could not sync", new Error("")), "could not sync"],
    ["it is an object as text", because("could not sync", new Error(String({}))), "could not sync"],
    ["it leads in a circle", circular(), "could not sync"],
    ["it is no error and no text", because("could not sync", { disk: "full" }), "could not sync"],
    ["nothing but a text was thrown", "disk is full", "disk is full"],
    ["nothing but an object was thrown", { disk: "full" }, '(thrown) {"disk":"full"}'],
  ])("but not where %s", (_why, thrown, message) => expect(told(thrown)).toBe(message));

  test("after the advice on the error itself", () => {
    const thrown = new ReferenceError("fetch is not defined", { cause: new Error("offline") });
    expect(told(thrown)).toMatch(/^fetch is not defined: the sandbox has no network; .*\. Cause: offline$/);
  });
});

describe("the errors that an error collects are told", () => {
  test("of Promise.any, each with its cause", async () => {
    const rejected = [Promise.reject(new Error("first reason")), Promise.reject(because("second", new Error("why")))];
    const thrown: unknown = await Promise.any(rejected).catch((error: unknown) => error);
    expect(told(thrown)).toBe("All promises were rejected: (1) first reason; (2) second. Cause: why");
  });

  test("the first of many, and how many there are", () => {
    const errors = Array.from({ length: 12 }, (_, index) => new Error(`reason ${index}`));
    expect(told(new AggregateError(errors, "All failed."))).toBe(
      "All failed: (1) reason 0; (2) reason 1; (3) reason 2; (4) reason 3; (5) reason 4; and 7 more",
    );
  });

  test("once, where all say the same", () => {
    const errors = Array.from({ length: 3 }, () => new Error("the same"));
    expect(told(new AggregateError(errors, "All failed"))).toBe("All failed: the same (3 times)");
  });
});

test("what a hostile program puts there is bounded, and nothing of it is run", () => {
  const long = "x".repeat(90_000);
  expect(told(because("a", new Error(long))).length).toBeLessThan(1_000);
  expect(told(new AggregateError([long, 5, null, { name: 1 }, () => 1], "b")).length).toBeLessThan(1_000);
  const forged = {
    ok: false,
    value: '={"name":"AggregateError","message":"m","errors":{"length":4294967295},"cause":[]}',
  };
  expect(failureMessage(forged, PROGRAM)).toBe("m");
});
