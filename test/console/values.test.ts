/** Values as text that a person can judge, and JSON that a person types. */
import { expect, test } from "vitest";
import { editableJson, hasStandIn, jsonOf, parseJson, piecesOf, rowsOf } from "../../src/app/console/values.ts";

test.for([
  ["a right-to-left override", "pay \u202e001", "U+202E"],
  ["a zero-width space", "a\u200bb", "U+200B"],
  ["an isolate", "\u2066x", "U+2066"],
  ["a control character", "a\u0000b", "U+0000"],
  ["an escape sequence", "\u001b[31m", "U+001B"],
  ["a carriage return, which would overwrite a line", "a\rb", "U+000D"],
  ["a soft hyphen", "pass\u00adword", "U+00AD"],
  ["a Hangul filler, drawn as nothing", "a\u3164", "U+3164"],
  ["a tag character", "a\u{e0041}", "U+E0041"],
  ["a line separator", "a\u2028b", "U+2028"],
  ["half of a character", "a\ud800", "U+D800"],
  ["a character that each font draws as it likes", "a\ue000", "U+E000"],
] as const)("%s is shown by its number", ([, text, number]) => {
  const hidden = piecesOf(text).filter((piece) => piece.hidden);
  expect(hidden).toEqual([{ text: number, hidden: true }]);
});

test("what is around a character that does not show is all there", () => {
  const pieces = [
    ["a", false],
    ["U+E0041", true],
    ["b", false],
    ["U+200B", true],
    ["c", false],
  ] as const;
  expect(piecesOf("a\u{e0041}b\u200bc")).toEqual(pieces.map(([text, hidden]) => ({ text, hidden })));
});

test("what can be seen is left as it is, in any script", () => {
  for (const text of ["", "plain", "two\n\tlines", "Grüße 你好 שלום", "❤\u{fe0f}", "<img onerror=alert(1)>"]) {
    expect(piecesOf(text)).toEqual(text === "" ? [] : [{ text, hidden: false }]);
  }
});

test("an editor shows hidden characters as escapes that mean the same", () => {
  const value = { to: "a\u202eb", tag: "\u{e0041}", lone: "\ud800" };
  const text = editableJson(value);
  expect(text).toContain("a\\u202eb");
  expect(text).toContain("\\udb40\\udc41");
  expect(piecesOf(text).every((piece) => !piece.hidden)).toBe(true);
  expect(JSON.parse(text)).toEqual(value);
  expect(editableJson(undefined)).toBe("null");
});

test("named arguments are rows: what is short on its line, long values as blocks", () => {
  const long = "x".repeat(81);
  const wide = Array.from({ length: 3 }, () => "x".repeat(30));
  expect(rowsOf({ id: 7, to: "ada", flags: {}, none: null, tags: ["a"], wide, note: "one\ntwo", long })).toEqual([
    { name: "id", text: "7", shape: "line", kind: "other" },
    { name: "to", text: "ada", shape: "line", kind: "string" },
    { name: "flags", text: "{}", shape: "line", kind: "other" },
    { name: "none", text: "null", shape: "line", kind: "other" },
    { name: "tags", text: '["a"]', shape: "line", kind: "other" },
    { name: "wide", text: JSON.stringify(wide, undefined, 2), shape: "block", kind: "other" },
    { name: "note", text: "one\ntwo", shape: "block", kind: "string" },
    { name: "long", text: long, shape: "block", kind: "string" },
  ]);
});

test.for(["1", "-0.5", "null", "true", "[1]", "{}", '"quoted"', " 7 "])(
  "a text that reads as another value is in quotes: %s",
  (text) => {
    expect(rowsOf({ text })).toMatchObject([{ text: JSON.stringify(text) }]);
  },
);

test("a text that can only be text is as it is", () => {
  for (const text of ["ada", "undefined", "1 EUR", "[note]", "2026-11-21", ""]) {
    expect(rowsOf({ text })).toMatchObject([{ text, kind: "string" }]);
  }
});

test("arguments without names are no table", () => {
  for (const args of [[1, 2], "text", 7, null, undefined]) expect(rowsOf(args)).toBeUndefined();
});

test("a value that JSON does not have is called what it is", () => {
  expect(jsonOf(undefined)).toBe("undefined");
  expect(jsonOf({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
});

test.for([
  [{ id: 7, to: "ada", at: "2026-11-21", text: "3 bytes, 5n" }, false],
  [{ text: "(text) (Date) 2026-11-21", "(text) (Map)": 1 }, false],
  [{ file: ["(bytes) 3 in Uint8Array: 01 02 03"] }, true],
  [{ cents: "(bigint) 12345678901234567890" }, true],
  [{ share: "(number) NaN" }, true],
  [{ at: "(Date) 2026-11-21T00:00:00.000Z" }, true],
  [{ tags: { "(Set)": [] } }, true],
  [{ knot: { self: "(circular) a value that contains itself" } }, true],
  [{ deep: "(nested) more than 100 deep: not shown" }, true],
  [undefined, false],
] as const)("a value that JSON does not have is known by its word: %j", ([args, is]) => {
  expect(hasStandIn(args)).toBe(is);
});

test("a Date is no text on a card, and a text that says it were one is in quotes", () => {
  expect(
    rowsOf({
      date: "(Date) 2026-11-21T00:00:00.000Z",
      text: "2026-11-21T00:00:00.000Z",
      feigned: "(text) (Date) 2026-11-21",
      tags: { "(Set)": ["a"] },
      none: "(undefined)",
      "(text) (Map)": "(text) (Date)\nand more",
    }),
  ).toEqual([
    { name: "date", text: "(Date) 2026-11-21T00:00:00.000Z", shape: "line", kind: "other" },
    { name: "text", text: "2026-11-21T00:00:00.000Z", shape: "line", kind: "string" },
    { name: "feigned", text: '"(Date) 2026-11-21"', shape: "line", kind: "string" },
    { name: "tags", text: '(Set) ["a"]', shape: "line", kind: "other" },
    { name: "none", text: "(undefined)", shape: "line", kind: "other" },
    { name: "(Map)", text: "(text) (Date)\nand more", shape: "block", kind: "string" },
  ]);
});

test("an edit begins with the nearest that JSON has, and leaves marked what has none", () => {
  const shown = {
    at: "(Date) 2026-11-21T00:00:00.000Z",
    map: { "(Map)": [["a", { "(Set)": [1] }]] },
    text: "(text) (Date) x",
    none: "(undefined)",
    "(text) (Set)": ["(bigint) 5", "(undefined)"],
    from: "(URL) https://example.com/",
    query: "(URLSearchParams) a=1",
    more: { "(Set)": [1], beside: 2 },
    odd: { "(Set)": 1 },
  };
  expect(JSON.parse(editableJson(shown))).toEqual({
    at: "2026-11-21T00:00:00.000Z",
    map: [["a", [1]]],
    text: "(Date) x",
    "(Set)": ["(bigint) 5", null],
    from: "https://example.com/",
    query: "a=1",
    more: { "(Set)": [1], beside: 2 },
    odd: { "(Set)": 1 },
  });
});

test("typed JSON is its value, or the place of its fault", () => {
  expect(parseJson('{ "id": 1 }')).toEqual({ ok: true, value: { id: 1 } });
  expect(parseJson("null")).toEqual({ ok: true, value: null });
  expect(parseJson(" ")).toEqual({ ok: false, message: "Empty: type a JSON value, such as null." });
  expect(parseJson('{\n  "id": 1 2\n}')).toMatchObject({
    message: expect.stringMatching(/^Not JSON yet, line 2, column 11: .*[^.]\.$/),
  });
  const fault = parseJson('{\n  "id": oops\n}');
  expect(fault).toMatchObject({ ok: false, message: expect.stringMatching(/^Not JSON yet.*[^.]\.$/s) });
});

test.for([
  [
    "9007199254740993",
    "9007199254740993 cannot be kept: it would become 9007199254740992. Type it as text, in quotes.",
  ],
  ['{ "a": [1, -9007199254740993] }', /^-9007199254740993 cannot be kept/],
  ['{ "a": 1e999 }', /^1e999 cannot be kept: it would become Infinity/],
] as const)("a typed number that would silently become another one is refused: %s", ([text, message]) => {
  expect(parseJson(text)).toEqual({
    ok: false,
    message: typeof message === "string" ? message : expect.stringMatching(message),
  });
});

test.for([
  '{ "id": 1, "id": 2 }',
  '[{ "a": { "x": 1, "y": { "x": 1 }, "x" : 2 } }]',
  '{ "a\\u0062": 1, "ab": 1 }',
] as const)("a name that is there twice is refused: the first would silently go: %s", (text) => {
  expect(parseJson(text)).toEqual({
    ok: false,
    message: "A name is there twice in one object: only the last of its values would be kept.",
  });
});

test("names that are in several objects, and what looks like a name in a text, are taken", () => {
  const text = '[{ "a": 1, "b": { "a": 2 } }, { "a": "a: \\"a\\": \\"b\\": 1" }, "a", {}]';
  expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
});

test("numbers that are kept, and digits in a text, are taken", () => {
  const text = '[9007199254740992, 9007199254740994, 0.1, -0.0, 1e21, "9007199254740993 \\" 1e999", 1E-7]';
  expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
});

test("a text of ten million characters is JSON as any other", () => {
  expect(parseJson(JSON.stringify({ text: "x".repeat(10_000_000) }))).toMatchObject({ ok: true });
});
