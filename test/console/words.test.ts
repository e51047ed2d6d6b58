/** Times, names and programs in a few words. */
import { expect, test } from "vitest";
import {
  ago,
  clockTimes,
  count,
  ENTRY_LOOKS,
  entryLooks,
  entryName,
  errorName,
  headline,
  isOver,
  RUN_LOOKS,
  runLook,
  span,
  titleOf,
  waited,
} from "../../src/app/console/words.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.for([
  [-5, "0 ms"],
  [0, "0 ms"],
  [999, "999 ms"],
  [SECOND, "1.0 s"],
  [1_250, "1.2 s"],
  [9_999, "9.9 s"],
  [12_345, "12 s"],
  [59_999, "59 s"],
  [MINUTE, "1 min"],
  [HOUR - 1, "59 min"],
  [HOUR, "1 h"],
  [2 * HOUR + MINUTE, "2 h 1 min"],
  [2 * HOUR + 5 * MINUTE, "2 h 5 min"],
  [DAY, "1 d"],
  [3 * DAY + 4 * HOUR, "3 d 4 h"],
] as const)("%s ms is %s", ([ms, words]) => {
  expect(span(ms)).toBe(words);
});

test("an age and a wait are whole seconds, also where clocks differ", () => {
  expect([ago(1_000, 0), ago(0, 1_999), ago(0, 2_000), ago(0, 90_000)]).toEqual([
    "just now",
    "just now",
    "2 s ago",
    "1 min ago",
  ]);
  expect([waited(1_000, 0), waited(0, 1_500), waited(0, 61_000)]).toEqual(["0 s", "1 s", "1 min"]);
});

test("times of one day name the day once, those of two days both", () => {
  const noon = new Date(2026, 10, 21, 12, 0, 0, 5).getTime();
  const day = (at: number) => new Date(at).toLocaleDateString(undefined, { dateStyle: "medium" });
  const [asked = "", started = "", settled = "", ...none] = clockTimes([
    ["asked", noon],
    ["started", noon + 2 * DAY],
    ["cancelled", undefined],
    ["settled", noon + 2 * DAY + 30],
  ]);
  expect([asked.includes(day(noon)), started.includes(day(noon + 2 * DAY)), settled.includes(day(noon))]).toEqual([
    true,
    true,
    false,
  ]);
  expect(settled).toMatch(/^settled 12.00.00.035$/);
  expect(none).toEqual([]);
});

test("one is not many", () => {
  expect([count(0, "call"), count(1, "call"), count(2, "call"), count(1_234, "entry", "entries")]).toEqual([
    "0 calls",
    "1 call",
    "2 calls",
    "1,234 entries",
  ]);
});

test("an entry is named by what it does", () => {
  expect(entryName({ kind: "call", connector: "accounts", method: "get" })).toBe("accounts.get");
  expect(entryName({ kind: "step", connector: "__step", method: "total" })).toBe("step total");
  expect(entryName({ kind: "timer", connector: "__timer", method: "1500" })).toBe("timer 1.5 s");
});

test.for([
  ["async () => 1", "1"],
  ["async () => { // what it is about\n  return 1;\n}", "what it is about"],
  ["async () => accounts.get({ id: 1 })", "accounts.get({ id: 1 })"],
  ["async () => {\n\n  // Read all accounts.\n  return 1;\n}", "Read all accounts."],
  ["async (): Promise<number> => {\n  const n = 4;\n  return n;\n}", "const n = 4;"],
  ["```ts\nconst n: number = 4;\nn + 1\n```", "const n: number = 4;"],
  ["async () => { return 3; }", "return 3;"],
  ["async (input) => { const id = input.id; return id; }", "const id = input.id; return id;"],
  ["async () => { if (one) { two(); }\n  return 3;\n}", "if (one) { two(); }"],
  ["//\n", "//"],
  ["  \n", "(an empty program)"],
] as const)("%j is about %j", ([code, line]) => {
  expect(headline(code)).toBe(line);
});

test("a run that somebody ended did not fail", () => {
  expect(runLook({ status: "error", errorCode: "CANCELLED" }).label).toBe("Cancelled");
  expect(runLook({ status: "error", errorCode: "PROGRAM_ERROR" }).label).toBe("Failed");
  expect(runLook({ status: "rolled_back", errorCode: "CANCELLED" }).label).toBe("Rolled back");
});

test("what stands differently is called differently, and what was open when its run ended waits for nobody", () => {
  for (const looks of [RUN_LOOKS, ENTRY_LOOKS, entryLooks("error")]) {
    const labels = Object.values(looks).map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
  }
  expect([entryLooks("paused").pending.label, entryLooks("error").pending.label]).toEqual([
    "needs approval",
    "not decided",
  ]);
});

test("what a run does by itself is over, but where it runs or waits", () => {
  const statuses = ["running", "paused", "completed", "error", "rejected", "rolling_back", "rolled_back"] as const;
  expect(statuses.filter((status) => !isOver(status))).toEqual(["running", "paused"]);
});

test("an error of the page is told by its name alone", () => {
  expect([errorName(new TypeError("secret")), errorName("secret")]).toEqual(["TypeError", "Error"]);
});

test("a title is short, whatever a program, an error or a step is called", () => {
  const long = "x".repeat(1_000_000);
  expect(titleOf("one\ntwo")).toBe("one");
  for (const title of [
    titleOf(long),
    headline(long),
    headline(`// ${long}`),
    headline("\n".repeat(1_000_000)),
    entryName({ kind: "step", connector: "__step", method: long }),
  ]) {
    expect(title.length).toBeLessThan(200);
  }
});
