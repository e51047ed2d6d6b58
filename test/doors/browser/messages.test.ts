/** The page's parser of what a sandbox sends: only known messages pass, and only their known fields. */
import { describe, expect, it } from "vitest";
import { parseToPage, toGuestFailure } from "../../../src/browser/messages.ts";

describe("parseToPage", () => {
  it.each([
    [{ type: "started" }],
    [{ type: "failed", message: "no Worker" }],
    [{ type: "console", lines: [{ level: "log", text: "a" }] }],
    [{ type: "call", id: 0, namespace: "a", method: "b", args: "[]" }],
    [{ type: "done", ok: true, value: "[1]" }],
    [{ type: "done", ok: false, failure: { name: "Error", message: "" } }],
    [{ type: "done", ok: false, failure: { name: "Error", message: "x", code: "E" } }],
    [{ type: "done", ok: false, failure: { name: "Error", message: "x", code: 7 } }],
  ])("passes an honest message: %j", (message) => {
    expect(parseToPage(message)).toEqual(message);
  });

  it.each([
    [undefined],
    [null],
    ["done"],
    [[]],
    [{}],
    [{ type: "settled", id: 0, ok: true, value: "[1]" }],
    [{ type: "call", id: "0", namespace: "a", method: "b", args: "[]" }],
    [{ type: "call", id: 0, namespace: {}, method: "b", args: "[]" }],
    [{ type: "call", id: 0, namespace: "a", method: {}, args: "[]" }],
    [{ type: "call", id: 0, namespace: "a", method: "b", args: [] }],
    [{ type: "console", lines: "a" }],
    [{ type: "done" }],
    [{ type: "done", ok: true }],
    [{ type: "done", ok: 1, value: "[1]" }],
    [{ type: "done", ok: true, value: { length: 1 } }],
    [{ type: "done", ok: false, failure: "x" }],
    [{ type: "done", ok: false, failure: { name: "Error" } }],
    [{ type: "done", ok: false, failure: { message: "x" } }],
  ])("refuses anything else: %j", (message) => {
    expect(parseToPage(message)).toBeUndefined();
  });

  it("makes a text of why the Worker failed, whatever was sent, and no code of what is none", () => {
    expect(parseToPage({ type: "failed", message: { length: 1 } })).toEqual({
      type: "failed",
      message: "[object Object]",
    });
    expect(parseToPage({ type: "done", ok: false, failure: { name: "Error", message: "x", code: {} } })).toEqual({
      type: "done",
      ok: false,
      failure: { name: "Error", message: "x" },
    });
  });

  it("drops fields that it does not know, and console lines of no known level", () => {
    expect(parseToPage({ type: "done", ok: true, value: "[1]", error: "x", logs: [] })).toEqual({
      type: "done",
      ok: true,
      value: "[1]",
    });
    expect(
      parseToPage({
        type: "console",
        lines: [
          { level: "log", text: 1 },
          { level: "__proto__", text: "a" },
        ],
      }),
    ).toEqual({
      type: "console",
      lines: [],
    });
  });
});

it("a failure crosses with its name, message and code, and with nothing else that was thrown", () => {
  const thrown = Object.assign(new TypeError("no"), { code: "E_NO", data: { secret: 1 }, cause: "why" });
  expect(toGuestFailure(thrown)).toEqual({ name: "TypeError", message: "no", code: "E_NO" });
  expect(toGuestFailure(new Error("no"))).toEqual({ name: "Error", message: "no" });
});
