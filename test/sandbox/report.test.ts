/** What is kept of a console: never more than its limits, in characters and in bytes as they are stored. */
import { expect, test } from "vitest";
import { KeptConsole } from "../../src/sandbox/report.ts";

const FULL = "[warn] (console limit reached; later output is not kept)";
const LIMITS = { maxConsoleChars: 900, maxConsoleLineChars: 100 };
const log = (text: string) => ({ level: "log", text }) as const;
const stored = (lines: readonly string[]) => new TextEncoder().encode(JSON.stringify(lines)).byteLength;

test("lines are kept as they come, with their level where it matters", () => {
  const kept = new KeptConsole(LIMITS, 10_000);
  kept.keep([log("one"), { level: "error", text: "two" }]);
  kept.keep([{ level: "debug", text: "three" }]);
  expect(kept.lines).toEqual(["one", "[error] two", "three"]);
});

test.each([["x"], ["é"], ['"'], ["\u0001"], ["\ud800"]])(
  "lines full of %j stay within their bytes, and the last says that there were more",
  (char) => {
    const kept = new KeptConsole({ maxConsoleChars: 1e6, maxConsoleLineChars: 1e6 }, 5_000);
    for (let line = 0; line < 1_000; line += 1) kept.keep([log(char.repeat(50))]);
    expect(stored(kept.lines)).toBeLessThanOrEqual(5_000 + 1);
    expect(kept.lines.at(-1)).toBe(FULL);
    expect(kept.lines.filter((line) => line === FULL)).toHaveLength(1);
    expect(kept.lines.length).toBeGreaterThan(10);
  },
);

test("a sandbox that keeps no limit itself is cut at the characters, too, and a short line does not slip in behind", () => {
  const kept = new KeptConsole(LIMITS);
  kept.keep([log("x".repeat(900)), log("x".repeat(500)), log("y")]);
  expect(kept.lines).toEqual(["x".repeat(900), FULL]);
});
