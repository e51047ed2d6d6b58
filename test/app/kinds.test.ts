/** A value that JSON does not have says its kind, and no text of a program can pass for one. */
import { expect, test } from "vitest";
import { mark, markedText, plainText } from "../../src/app/kinds.ts";

test("what is marked is read as its kind and the rest", () => {
  expect(mark("Date", "1970-01-01T00:00:00.000Z")).toBe("(Date) 1970-01-01T00:00:00.000Z");
  expect(markedText("(Date) 1970-01-01T00:00:00.000Z")).toEqual({ kind: "Date", text: "1970-01-01T00:00:00.000Z" });
  expect(markedText(mark("undefined"))).toEqual({ kind: "undefined", text: "" });
  expect(markedText(mark("Error", "two\nlines"))).toEqual({ kind: "Error", text: "two\nlines" });
});

test.for(["", "2026-11-22", "(draft) a note", "(Dates) x", "see (Date) x", " (Date) x"])(
  "a text that could not be taken for another kind is as it is: %j",
  (text) => {
    expect(plainText(text)).toBe(text);
    expect(markedText(text)).toBeUndefined();
  },
);

test.for(["(Date) 2026-11-22", "(Date)", "(Set)x", "(text) a", "(text) (Date) a", "(undefined)"])(
  "a text that could be is marked as a text, and read as itself: %j",
  (text) => {
    expect(plainText(text)).toBe(`(text) ${text}`);
    expect(markedText(plainText(text))).toEqual({ kind: "text", text });
  },
);
