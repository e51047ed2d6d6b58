/** The check of arguments against JSON Schema: what it refuses, and what it leaves to the tool's backend. */
import type { JSONSchema7 } from "json-schema";
import { describe, expect, test } from "vitest";
import { findViolation } from "../../src/connector/validate.ts";

const OPEN: JSONSchema7 = {
  type: "object",
  properties: {
    state: { type: "string" },
    page: { type: "integer" },
    tags: { type: "array", items: { type: ["string", "null"] } },
    filter: { type: "object", properties: { by: { type: "string" } }, required: ["by"], additionalProperties: false },
  },
  required: ["state"],
  additionalProperties: false,
};

describe("a member that is undefined", () => {
  test("is absent, as in the JSON that is sent", () => {
    const args = { state: "open", page: undefined, misspelt: undefined, filter: { by: "x", and: undefined } };
    expect(findViolation(OPEN, args)).toBeUndefined();
    expect(Object.keys(args)).toEqual(["state", "page", "misspelt", "filter"]);
  });

  test("does not count as one that is required", () => {
    expect(findViolation(OPEN, { state: undefined })).toMatchObject({ message: expect.stringContaining('"state"') });
    expect(findViolation(OPEN, { state: "open", filter: { by: undefined } })).toMatchObject({ path: "args.filter" });
  });

  test("of a list is null, so that the others keep their places", () => {
    expect(findViolation(OPEN, { state: "open", tags: ["a", undefined] })).toBeUndefined();
    expect(findViolation(OPEN, { state: "open", tags: [undefined, 5] })).toMatchObject({ path: "args.tags[1]" });
  });

  test("leaves what is no plain object as it is", () => {
    const bytes = Uint8Array.of(1);
    const schema = { type: "object", properties: { file: { format: "binary" }, at: { type: "object" } } } as const;
    expect(findViolation(schema, { file: bytes, at: new Date(0), none: undefined })).toBeUndefined();
  });

  test("is found in a value that holds itself", () => {
    const args: Record<string, unknown> = { state: undefined };
    args.self = args;
    expect(findViolation({ type: "object", required: ["state"] }, args)).toMatchObject({ path: "args" });
  });
});

describe("a format", () => {
  test.each([
    ["uri", "/relative"],
    ["email", "ü@example"],
    ["date-time", "2026-01-02T03:04:05"],
    ["time", "10:00"],
  ])("is a note, as JSON Schema has it: %s takes %s", (format, text) => {
    const schema = { type: "object", properties: { at: { type: "string", format } } } as const;
    expect(findViolation(schema, { at: text })).toBeUndefined();
    expect(findViolation(schema, { at: 5 })).toMatchObject({ path: "args.at" });
    expect(schema.properties.at.format).toBe(format);
  });

  test("may be the name of a property", () => {
    const schema = { type: "object", properties: { format: { type: "string", const: "csv" } } } as const;
    expect(findViolation(schema, { format: "json" })).toMatchObject({ path: "args.format" });
  });
});
