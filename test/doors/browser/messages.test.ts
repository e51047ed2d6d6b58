/** The page's parser of what a sandbox sends: only known messages pass, and only their known fields. */
import { describe, expect, it } from "vitest";
import { parseToPage } from "../../../src/browser/messages.ts";

describe("parseToPage", () => {
  it.each([
    [{ type: "started" }],
    [{ type: "failed", message: "no Worker" }],
    [{ type: "console", lines: [{ level: "log", text: "a" }] }],
    [{ type: "call", id: 0, namespace: "a", method: "b", args: "[]" }],
    [{ type: "done", ok: true, value: "[1]" }],
    [{ type: "done", ok: false, failure: { name: "Error", message: "" } }],
    [{ type: "done", ok: false, failure: { name: "Error", message: "x", code: "E" } }],
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
    [{ type: "call", id: 0, namespace: "a", method: "b", args: [] }],
    [{ type: "console", lines: "a" }],
    [{ type: "done" }],
    [{ type: "done", ok: true }],
    [{ type: "done", ok: 1, value: "[1]" }],
    [{ type: "done", ok: true, value: { length: 1 } }],
    [{ type: "done", ok: false, failure: "x" }],
    [{ type: "done", ok: false, failure: { name: "Error" } }],
  ])("refuses anything else: %j", (message) => {
    expect(parseToPage(message)).toBeUndefined();
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
