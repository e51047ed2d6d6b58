/** Regular expressions of schemas: those that could hold the host are not matched, all others are. */
import { describe, expect, test } from "vitest";
import { matchableChars, mayExplode } from "../../src/connector/patterns.ts";
import { findViolation } from "../../src/connector/validate.ts";

describe("an expression that may take for ever", () => {
  test.each([
    "^(a+)+$",
    "^(a|aa)+$",
    "(?:x*)*y",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "((a+)b?)*c",
    "(\\w+\\s?){10,}$",
    "^(?:(?:a?){20,30})+$",
    "(a|b|ab)*c",
    "(?<word>\\w+)*$",
  ])("%s is found", (pattern) => {
    expect(mayExplode(pattern)).toBe(true);
  });

  test.each([
    "^[a-z0-9]+(-[a-z0-9]{1})$",
    "^\\d{4}-\\d{2}-\\d{2}$",
    "^(GET|POST)$",
    "^[\\w.+*-]+@[a-z.]+$",
    "^\\(+\\)+$",
    "^(?:abc){3,5}$",
    "^#[0-9a-fA-F]{6}$",
    "[(+)]+",
    "^(a+)$",
    "^(a+)?$",
  ])("%s is not one", (pattern) => {
    expect(mayExplode(pattern)).toBe(false);
  });
});

describe("the length to which a text is matched", () => {
  test("is the smaller, the more repetitions may share it", () => {
    const lengths = ["^[a-z]{2,8}$", "^a+$", "a+", "^a+b+$", "^a*b*c*$", "a*b*c*", "^\\+\\*[*+]$"].map(matchableChars);
    expect(lengths).toEqual([10_000, 10_000, 7_071, 7_071, 368, 84, 10_000]);
  });

  test("leaves what is checked every day checked", () => {
    const uuid = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
    expect(matchableChars(uuid)).toBe(10_000);
    const slug = { type: "object", properties: { at: { type: "string", pattern: "^[a-z]+(-[a-z]+)?$" } } } as const;
    expect(findViolation(slug, { at: "a".repeat(4_000) })).toBeUndefined();
    expect(findViolation(slug, { at: `${"a".repeat(4_000)}!` })).toMatchObject({ path: "args.at" });
  });
});

describe("a check", () => {
  const schema = (pattern: string) =>
    ({
      type: "object",
      properties: { text: { type: "string", pattern }, n: { type: "integer" } },
    }) as const;

  test("with a hostile schema and a hostile text ends, and still checks the rest", () => {
    const hostile = schema("^(a+)+$");
    const text = `${"a".repeat(60)}!`;
    expect(findViolation(hostile, { text })).toBeUndefined();
    expect(findViolation(hostile, { text, n: "x" })).toMatchObject({ path: "args.n" });
  });

  test("matches what is harmless, in texts of a length at which it ends", () => {
    const quadratic = schema("^\\s*(.*?)\\s*$x");
    expect(findViolation(schema("^[a-z]+$"), { text: "A" })).toMatchObject({ path: "args.text" });
    expect(findViolation(quadratic, { text: " ".repeat(1_000_000) })).toBeUndefined();
    expect(findViolation(quadratic, { text: "short" })).toMatchObject({ path: "args.text" });
  });

  test("of keys is as careful, and refuses nothing that a dropped expression allowed", () => {
    const keyed = {
      type: "object",
      patternProperties: { "^(a+)+$": { type: "string" }, "^n": { type: "number" } },
      additionalProperties: false,
    } as const;
    expect(findViolation(keyed, { [`${"a".repeat(60)}!`]: 1, aaa: "x" })).toBeUndefined();
    expect(findViolation(keyed, { n1: "x" })).toMatchObject({ path: "args.n1" });
  });

  test("leaves the schema as it is for everybody else", () => {
    const hostile = schema("^(a+)+$");
    findViolation(hostile, { text: "a" });
    expect(hostile.properties.text.pattern).toBe("^(a+)+$");
  });
});
