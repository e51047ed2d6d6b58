/**
 * What fuel does not count: time and memory inside of one builtin. Bounded sizes, so that the machine is not frozen; the
 * table that this prints is the one in `SECURITY.md`. Where the platform enforces `limits.cpuMs`, it ends these too.
 */
import { afterAll, expect, test } from "vitest";
import { attack } from "./programs.ts";

/** Each completes, although it did far more work than its fuel says. */
const GAPS: Readonly<Record<string, string>> = {
  "regular expression, backtracking: /^(a+)+$/ on 24 letters": `return /^(a+)+$/.test("a".repeat(24) + "b")`,
  "the same on 26 letters": `return /^(a+)+$/.test("a".repeat(26) + "b")`,
  "the same on 28 letters": `return /^(a+)+$/.test("a".repeat(28) + "b")`,
  "array method on an array-like of 10 million": `Array.prototype.forEach.call({ length: 1e7 }, Math.abs); return 1`,
  "the same of 40 million": `Array.prototype.forEach.call({ length: 4e7 }, Math.abs); return 1`,
  "thenables that resolve each other by builtins, 200 thousand": `
    let next = 1;
    for (let i = 0; i < 2e5; i++) { const own = [next]; own.then = [].forEach.bind([next]); next = own }
    await next; return 1`,
  "sorting 2 million numbers": `return new Float64Array(2e6).map((_, i) => 0).fill(1).sort().length`,
  "BigInt: 3 to the power of 3 million": `return (3n ** 3_000_000n > 0n)`,
  "JSON.stringify of 20 arrays, each twice in the next": `let a = [1]; for (let i = 0; i < 20; i++) a = [a, a]; return JSON.stringify(a).length`,
  "replaceAll on 20 million letters": `return "a".repeat(2e7).replaceAll("a", "b").length`,
  "heap: 40 strings of 5 million, each its own": `const all = []; for (let i = 0; i < 40; i++) all.push("x".repeat(5e6 - 1) + i); return all.map((t) => t.indexOf("y")).length`,
  "off heap: 40 buffers of 5 MB": `const all = []; for (let i = 0; i < 40; i++) all.push(new Uint8Array(5e6).fill(i)); return all.length`,
};

const rows: string[] = [];

test.each(Object.entries(GAPS))(
  "%s runs to its end, uncounted",
  async (name, body) => {
    const started = Date.now();
    const outcome = await attack(`async () => { ${body} }`);
    rows.push(`| ${name} | ${Date.now() - started} |`);
    expect(outcome.error).toBeUndefined();
    expect((await attack("async () => 1")).result).toBe(1);
  },
  60_000,
);

afterAll(() => {
  console.log(["| one builtin | ms, isolate included |", "|---|---|", ...rows].join("\n"));
});
