/** Secrets in what comes back, spelling by spelling: each is one that some server writes. */
import { describe, expect, test } from "vitest";
import { redactorOf } from "../../../connectors/openapi/redact.ts";

const SECRET = `to+k/e n"<&>é`;
const redactor = redactorOf([SECRET]);

describe("a secret", () => {
  test.for([
    ["as it is", SECRET],
    ["in JSON", String.raw`to+k/e n\"<&>é`],
    ["in JSON whose slashes are escaped, as PHP writes it", String.raw`to+k\/e n\"<&>é`],
    ["percent-encoded", "to%2Bk%2Fe%20n%22%3C%26%3E%C3%A9"],
    ["as a form has it", "to%2Bk%2Fe+n%22%3C%26%3E%C3%A9"],
    ["in HTML", "to+k/e n&quot;&lt;&amp;&gt;é"],
  ] as const)("%s is taken out of a text, everywhere", ([, spelling]) => {
    expect(redactor.text(`You sent ${spelling}, and ${spelling}.`)).toBe("You sent [redacted], and [redacted].");
  });

  test("is taken out of JSON where it is a text, part of one, a name or a number, and nothing else is", () => {
    const given = { said: [`Bearer ${SECRET}`, "Bearer"], [SECRET]: { pin: 123456, count: 1234567 }, none: null };
    expect(redactorOf([SECRET, "123456"]).json(given)).toEqual({
      said: ["Bearer [redacted]", "Bearer"],
      "[redacted]": { pin: "[redacted]", count: 1234567 },
      none: null,
    });
  });

  test("is blanked in bytes each time that it is there, and their length stays", () => {
    const bytes = redactorOf(["key-1"]).bytes(new TextEncoder().encode("<key-1><key-2><key-1>"));
    expect(new TextDecoder().decode(bytes)).toBe("<*****><key-2><*****>");
  });

  test("that holds another is taken out whole", () => {
    expect(redactorOf(["abcd", "abcdefgh"]).text("abcdefgh abcd")).toBe("[redacted] [redacted]");
  });

  test("of four characters is one, a shorter text is not", () => {
    expect(redactorOf(["abcd", "xyz"]).text("abcd xyz")).toBe("[redacted] xyz");
  });
});

test("JSON that is too deep to be looked through is refused, and not shown as it is", () => {
  let deep: unknown = "leaf";
  for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
  expect(() => redactor.json(deep)).toThrow(expect.objectContaining({ code: "REQUEST_REFUSED" }));
});

test("without secrets an answer is the same object", () => {
  const given = { text: "as it is" };
  expect(redactorOf([]).json(given)).toBe(given);
});
