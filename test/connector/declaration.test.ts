/** What a tool's author may have meant: slips and contradictions are refused before a program can call the tool. */
import { describe, expect, test } from "vitest";
import { approvalRuleOf } from "../../src/connector/declaration.ts";

const execute = () => 1;

function ruleOf(tool: unknown): unknown {
  return Reflect.apply(approvalRuleOf, undefined, ["mail", "send", tool]);
}

describe("a name that almost is a policy", () => {
  test.each([
    ["requireApproval", "requiresApproval"],
    ["requiredApproval", "requiresApproval"],
    ["requires_approval", "requiresApproval"],
    ["needApproval", "needsApproval"],
    ["readonly", "readOnly"],
    ["read_only", "readOnly"],
    ["idempotant", "idempotent"],
    ["reply", "replay"],
    ["reverts", "revert"],
  ])("%s is refused, and %s is named", (slip, name) => {
    expect(() => ruleOf({ execute, [slip]: true })).toThrow(
      expect.objectContaining({
        code: "INVALID_TOOL",
        message: `mail.send: "${slip}" means nothing, and would be ignored. Write "${name}".`,
      }),
    );
  });

  test("is told also of a tool that cannot run", () => {
    expect(() => ruleOf({ requireApproval: true })).toThrow(expect.objectContaining({ code: "INVALID_TOOL" }));
  });

  test.each([
    "type",
    "title",
    "strict",
    "providerOptions",
    "inputExamples",
    "onInputAvailable",
    "toModelOutput",
    "experimental_toToolResultContent",
    "supportsDeferredResults",
    "metadata",
    "annotations",
  ])("but %s is a framework's own, and means nothing here", (key) => {
    expect(ruleOf({ execute, [key]: true })).toBe(false);
  });
});

test.each([
  [null, "null"],
  [execute, "a function"],
  ["send", "a string"],
])("what is no tool is refused: %o", (tool, kind) => {
  expect(() => ruleOf(tool)).toThrow(`mail.send: a tool is an object, not ${kind}. Write { execute: (args) => ... }.`);
});

test.each([
  [{ replay: "reexecute", requiresApproval: true }, "cannot need approval"],
  [{ replay: "reexecute", needsApproval: () => false }, "cannot need approval"],
  [{ replay: "reexecute", revert: execute }, "nothing to revert"],
  [{ readOnly: true, revert: execute }, "nothing to revert"],
])("what contradicts itself is refused: %o", (tool, sentence) => {
  expect(() => ruleOf({ execute, ...tool })).toThrow(
    expect.objectContaining({ code: "INVALID_TOOL", message: expect.stringContaining(sentence) }),
  );
});

test("requiresApproval comes before the AI SDK's needsApproval, and without either nobody is asked", () => {
  expect(ruleOf({ execute, requiresApproval: false, needsApproval: true })).toBe(false);
  expect(ruleOf({ execute, needsApproval: true })).toBe(true);
  expect(ruleOf({ execute })).toBe(false);
});
