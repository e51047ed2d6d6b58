/** What a tool's author may have meant: slips and contradictions are refused before a program can call the tool. */
import { describe, expect, test } from "vitest";
import { z } from "zod";
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

describe("a rule that is of a wrong type", () => {
  test.each(["requiresApproval", "needsApproval"])("is refused as %s: it could be read as asking nobody", (name) => {
    for (const given of ["true", "false", "", 1, 0, Number.NaN, null, {}, Promise.resolve(false)]) {
      expect(() => ruleOf({ execute, [name]: given }), String(given)).toThrow(
        expect.objectContaining({
          code: "INVALID_TOOL",
          message: expect.stringContaining(`mail.send: ${name} is true, false or a function of the arguments, not `),
        }),
      );
    }
    expect(ruleOf({ execute, [name]: undefined })).toBe(false);
  });

  test.each(["undo", null, true])("is refused as revert: %o", (revert) => {
    expect(() => ruleOf({ execute, revert })).toThrow("mail.send: revert is a function, not ");
  });
});

describe("what others call execute", () => {
  test.each(["handler", "run", "invoke", "exec", "excecute", "exectue"])(
    "%s is refused where there is no execute",
    (key) => {
      expect(() => ruleOf({ inputSchema: {}, [key]: execute })).toThrow(
        expect.objectContaining({
          code: "INVALID_TOOL",
          message: `mail.send: "${key}" means nothing, so no program could call the tool. Write "execute".`,
        }),
      );
      expect(ruleOf({ [key]: execute, execute })).toBe(false);
    },
  );

  test.each([
    [Promise.resolve(execute), "object"],
    ["send", "string"],
    [true, "boolean"],
  ])("is told to be a function: %o", (given, kind) => {
    expect(() => ruleOf({ execute: given })).toThrow(
      `mail.send: execute is a function, not ${kind}. Write execute: (args) => ...`,
    );
  });

  test.each([
    {},
    { description: "asks the person in the browser", onInputAvailable: execute, toModelOutput: execute },
    { execute: undefined, type: "provider", args: {} },
    { handler: "send.ts" },
  ])("but a tool that runs elsewhere has none: %o", (tool) => {
    expect(ruleOf(tool)).toBe(false);
  });
});

describe("what others call inputSchema", () => {
  test.each(["parameters", "input_schema", "schema", "params"])(
    "%s is refused where there is no inputSchema",
    (key) => {
      expect(() => ruleOf({ execute, [key]: { type: "object" } })).toThrow(
        expect.objectContaining({
          code: "INVALID_TOOL",
          message: `mail.send: "${key}" means nothing, so nothing would check the arguments. Write "inputSchema".`,
        }),
      );
      expect(ruleOf({ execute, [key]: {}, inputSchema: {} })).toBe(false);
    },
  );

  test("but a text of that name is anybody's", () => {
    expect(ruleOf({ execute, schema: "mail" })).toBe(false);
  });
});

describe("fields without an object around them", () => {
  test.each([
    ["one", "inputSchema", { to: z.string() }, "check nothing"],
    ["two, one called type", "inputSchema", { to: z.string(), type: z.string().optional() }, "check nothing"],
    ["one", "outputSchema", { id: z.number() }, "describe nothing"],
  ])("are refused (%s as %s)", (_title, name, fields, loss) => {
    expect(() => ruleOf({ execute, [name]: fields })).toThrow(
      expect.objectContaining({
        code: "INVALID_TOOL",
        message: `mail.send: ${name} has fields and is no schema, so it would ${loss}. Wrap it: z.object({ ... }).`,
      }),
    );
  });

  test.each<[string, unknown]>([
    ["an empty schema", {}],
    ["a JSON Schema", { type: "object", properties: { to: { type: "string" } } }],
    ["a Zod schema", z.object({ to: z.string() })],
    ["a JSON Schema that Zod made", z.toJSONSchema(z.object({ to: z.string() }))],
    ["a JSON Schema around one that Zod made", { not: z.toJSONSchema(z.string()) }],
    ["a function that gives a schema", () => z.object({ to: z.string() })],
    ["none", undefined],
  ])("but %s is not such a thing", (_title, inputSchema) => {
    expect(ruleOf({ execute, inputSchema })).toBe(false);
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
