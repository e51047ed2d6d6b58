/** Finding entries in a journal, and telling the calls of one tool apart. */
import { expect, test } from "vitest";
import { foundIn, gistOf, givenTo, statesOf } from "../../src/app/console/find.ts";
import { entryLooks } from "../../src/app/console/words.ts";
import { entry } from "./entry.ts";

const log = [
  entry(0, { args: { id: 7 } }),
  entry(1, {
    args: { id: 8, text: "Looked at" },
    method: "note",
    decision: {
      decision: "resolved",
      at: 2,
      by: "Bob",
      reason: "it is in the books",
      previous: { decision: "approved", at: 1, by: "Ada" },
    },
  }),
  entry(2, { args: { id: 9 }, state: "error", error: { name: "RangeError", message: "There is no account 9." } }),
  entry(3, { kind: "step", connector: "codemode", method: "total" }),
];

test.for([
  ["", "any", [0, 1, 2, 3]],
  ["  ", "any", [0, 1, 2, 3]],
  ["accounts.get", "any", [0, 2]],
  ["NOTE looked", "any", [1]],
  ["note missing", "any", []],
  ["ada", "any", [1]],
  ["bob books", "any", [1]],
  ["there account", "any", [2]],
  ["step total", "any", [3]],
  ['"id":8', "any", [1]],
  ["id: 8", "any", [1]],
  ["id: 8, text:", "any", [1]],
  ["", "error", [2]],
  ["get", "applied", [0]],
] as const)("%j with the status %s finds %j", ([words, state, found]) => {
  expect(foundIn(log, { words, state }).map(({ seq }) => seq)).toEqual(found);
});

test("edited arguments are found as those that were asked for, also beyond what a row says of them", () => {
  const text = `${"x".repeat(100)} asked`;
  const edited = [entry(0, { args: { text }, editedArgs: { text: `${"x".repeat(100)} edited` } })];
  const found = (words: string) => foundIn(edited, { words, state: "any" }).length;
  expect([found("asked"), found("edited"), found("neither")]).toEqual([1, 1, 0]);
});

test("nothing wanted is the journal itself: nothing is drawn anew for it", () => {
  expect(foundIn(log, { words: "", state: "any" })).toBe(log);
});

test("each status is there with how often it is", () => {
  expect(statesOf(log, entryLooks("running"))).toEqual([
    { state: "applied", times: 3, label: "done" },
    { state: "error", times: 1, label: "failed" },
  ]);
});

test("a status is called as the run that it is in leaves it", () => {
  const open = [entry(0, { state: "pending" }), entry(1, { state: "approved" })];
  const labels = (status: "paused" | "error") => statesOf(open, entryLooks(status)).map(({ label }) => label);
  expect(labels("paused")).toEqual(["needs approval", "approved"]);
  expect(labels("error")).toEqual(["not decided", "not run"]);
});

test("a snippet that ran is told from others by its name and its input; edited arguments are those that ran", () => {
  const builtin = (args: unknown) => givenTo(entry(0, { connector: "codemode", method: "run", args }));
  expect(builtin(["owing", { above: 5 }])).toBe('"owing", above: 5');
  expect(builtin("owing")).toBe('"owing"');
  expect(givenTo(entry(0, { args: { id: 7 }, editedArgs: { id: 8 } }))).toBe("id: 8");
  expect(givenTo(entry(0, { args: ["a", "b"] }))).toBe("[2]");
});

test.for([
  [undefined, ""],
  [{}, ""],
  [{ id: 7, text: "looked at", on: true, none: null }, 'id: 7, text: "looked at", on: true, none: null'],
  [{ a: 1, b: 2, c: 3, d: 4, e: 5 }, "a: 1, b: 2, c: 3, d: 4"],
  [{ to: ["a", "b"], with: { x: 1 } }, "to: [2], with: {…}"],
  [{ long: "x".repeat(1_000_000) }, `long: "${"x".repeat(40)}…"`],
  [{ text: "two\nlines" }, 'text: "two\\nlines"'],
  [{ ["n".repeat(1_000_000)]: 1 }, `${"n".repeat(160)} …: 1`],
  [[1, 2], "[2]"],
  [{ at: "(Date) 2026", said: "(text) (Date) 2026" }, 'at: (Date) 2026, said: "(Date) 2026"'],
  ["text", '"text"'],
] as const)("arguments are told apart by a few words: %#", ([args, gist]) => {
  expect(gistOf(args)).toBe(gist);
});
