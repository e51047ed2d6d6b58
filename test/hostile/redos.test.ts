/** Expressions that take a power of a text's length, though nothing in them is repeated twice: a server writes them, a program sends the text. */
import { expect, test } from "vitest";
import { findViolation } from "../../src/connector/validate.ts";

const checks = (pattern: string, text: string) =>
  findViolation({ type: "object", properties: { text: { type: "string", pattern } } }, { text });

test.each([
  ["three repetitions beside each other, 2,000 letters", "^a*a*a*c$", 2_000],
  ["four of them, 250 letters", "^a*a*a*a*c$", 250],
  ["classes that overlap", "^[a-z]+[a-z0-9]*[a-z]+@$", 1_500],
  ["with nothing to hold it at the beginning", "a*a*c", 2_000],
  ["with a lower bound", "^a{1,}a{2,}a{3,}c$", 2_000],
])("%s: not matched against a text that would hold the host", (_what, pattern, letters) => {
  // Were it matched, the text would be found not to fit, seconds later; ten thousand letters would take hours.
  expect(checks(pattern, "a".repeat(letters))).toBeUndefined();
});

test.each([
  ["a mail address", "^[^@ ]+@[^@ ]+[.][^@ ]+$", "ada@example"],
  ["a path", "^/[a-z]+/[a-z]+$", "/a"],
  ["a name with parts", "^[a-z]+(-[a-z]+)?$", "a-"],
])("what people write is matched: %s", (_what, pattern, text) => {
  expect(checks(pattern, text)).toMatchObject({ path: "args.text" });
});
