import { describe, expect, it } from "vitest";
import { truncateResponse, truncateResult } from "../src/truncate.ts";
import fc from "./support/fast-check.ts";

const MARKER = "--- TRUNCATED ---";

/** Markers count as content, but no part is shrunk below 96 characters: budgets from here on are kept exactly. */
const LEAST_EXACT_BUDGET = 100;

describe("truncateResponse", () => {
  it("gives a text within the budget back as it is", () => {
    expect(truncateResponse("short")).toBe("short");
    expect(truncateResponse("x".repeat(24_000))).toHaveLength(24_000);
  });

  it("cuts at the budget and says how much there was", () => {
    const text = truncateResponse("x".repeat(40_000), { maxTokens: 1_000 });
    expect(text.startsWith(`${"x".repeat(4_000)}\n\n${MARKER}\n`)).toBe(true);
    expect(text).toContain("10,000 tokens");
    expect(text).toContain("1,000");
  });

  it("never leaves half of a surrogate pair", () => {
    expect(truncateResponse("😀😀", { maxChars: 3 }).startsWith("😀\n")).toBe(true);
  });

  it("refuses a budget that is negative or no number", () => {
    for (const maxChars of [-1, Number.NaN]) {
      expect(() => truncateResponse("x", { maxChars })).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
    }
  });
});

describe("truncateResult", () => {
  const sizeOf = (value: unknown) => JSON.stringify(value).length;

  it("gives the same reference within the budget, and for what has no JSON", () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    for (const value of [{ a: 1 }, [1], undefined, 5n, loop, () => 1]) expect(truncateResult(value)).toBe(value);
  });

  it("cuts the largest value of an object and keeps the others whole", () => {
    const result = truncateResult({ id: 7, body: "x".repeat(5_000), tags: ["a", "b"] }, { maxChars: 400 });
    expect(result).toEqual({
      id: 7,
      body: expect.stringMatching(/^x{200,} --- TRUNCATED --- \d+ more chars$/),
      tags: ["a", "b"],
    });
  });

  it("keeps the first items of a list whole and counts the others", () => {
    const items = Array.from({ length: 100 }, (_, n) => ({ n, name: `item ${n}` }));
    const result = truncateResult(items, { maxChars: 400 });
    expect(Array.isArray(result) && result.slice(0, 5)).toEqual(items.slice(0, 5));
    expect(Array.isArray(result) && result.at(-1)).toMatch(/^--- TRUNCATED --- \d+ more items$/);
  });

  it("shows the beginning of the only item of a list", () => {
    expect(truncateResult(["x".repeat(5_000)], { maxChars: 400 })).toEqual([
      expect.stringMatching(/^x{300,} --- TRUNCATED --- \d+ more chars$/),
    ]);
  });

  it("names keys that it had to leave out", () => {
    const wide = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`key${n}`, "x".repeat(50)]));
    const result = truncateResult(wide, { maxChars: 500 });
    expect(result).toMatchObject({ [MARKER]: expect.stringMatching(/^\d+ keys omitted: key/) });
  });

  it("cuts a string as a text", () => {
    expect(truncateResult("y".repeat(50), { maxChars: 10 })).toBe(truncateResponse("y".repeat(50), { maxChars: 10 }));
  });

  it("keeps a key named __proto__ a key", () => {
    const value: unknown = JSON.parse(`{"__proto__":{"a":"${"x".repeat(500)}"},"b":1}`);
    expect(Object.keys(Object(truncateResult(value, { maxChars: 200 })))).toContain("__proto__");
  });

  it("shows markers, stays within the budget, and keeps the kind of every value, whatever it is given", () => {
    const values = fc.oneof(
      fc.jsonValue({ maxDepth: 6 }),
      fc.array(fc.jsonValue({ maxDepth: 3 }), { minLength: 20 }),
      fc.dictionary(fc.string(), fc.string({ minLength: 30, unit: "binary" }), { minKeys: 5 }),
    );
    fc.assert(
      fc.property(values, fc.integer({ min: LEAST_EXACT_BUDGET, max: 2_000 }), (value, maxChars) => {
        const result = truncateResult(value, { maxChars });
        if (typeof value === "string") return;
        if (sizeOf(value) <= maxChars) {
          expect(result).toBe(value);
          return;
        }
        expect(sizeOf(result)).toBeLessThanOrEqual(maxChars);
        expect(JSON.stringify(result)).toContain(MARKER);
        expect(Array.isArray(result)).toBe(Array.isArray(value));
        expect(hasNewHalfPair(JSON.stringify(result), JSON.stringify(value))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

describe("truncateResult of a Map or a Set", () => {
  /** The length that counts: a Map as the list of its entries, a Set as the list of its items. */
  const asJson = (value: unknown): string =>
    JSON.stringify(value, (_key, part: unknown) => (part instanceof Map || part instanceof Set ? [...part] : part));

  it("gives the same reference within the budget", () => {
    for (const value of [new Map([["a", 1]]), new Set([1, 2]), { rows: new Map([[1, new Set(["x"])]]) }]) {
      expect(truncateResult(value)).toBe(value);
      expect(truncateResult(value, { maxChars: asJson(value).length })).toBe(value);
    }
  });

  it("cuts the largest value of a Map and keeps the others whole", () => {
    const rows = new Map<unknown, unknown>([
      [7, "seven"],
      ["body", "x".repeat(5_000)],
      [{ id: 1 }, [true]],
    ]);
    expect(truncateResult(rows, { maxChars: 400 })).toEqual(
      new Map<unknown, unknown>([
        [7, "seven"],
        ["body", expect.stringMatching(/^x{200,} --- TRUNCATED --- \d+ more chars$/)],
        [{ id: 1 }, [true]],
      ]),
    );
  });

  it("names entries of a Map that it had to leave out", () => {
    const wide = new Map(Array.from({ length: 200 }, (_, n): [string, string] => [`key${n}`, "x".repeat(50)]));
    const result = truncateResult(wide, { maxChars: 500 });
    expect(result).toBeInstanceOf(Map);
    expect((result as Map<unknown, unknown>).get(MARKER)).toMatch(/^\d+ keys omitted: key/);
    expect(wide.size).toBe(200);
  });

  it("keeps the first items of a Set whole and counts the others", () => {
    const result = truncateResult(new Set(Array.from({ length: 1_000 }, (_, n) => n)), { maxChars: 200 });
    expect(result).toBeInstanceOf(Set);
    const items = [...(result as Set<unknown>)];
    expect(items.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(items.at(-1)).toMatch(/^--- TRUNCATED --- \d+ more items$/);
  });

  it("looks into those that stand within other values, and into what they hold", () => {
    const value = { note: "y", found: [new Map([["log", ["z".repeat(5_000)]]])], tags: new Set(["a"]) };
    expect(truncateResult(value, { maxChars: 400 })).toEqual({
      note: "y",
      found: [new Map([["log", [expect.stringMatching(/^z{100,} --- TRUNCATED --- /)]]])],
      tags: new Set(["a"]),
    });
  });

  it("gives back what has no JSON within them", () => {
    const loop = new Map<string, unknown>();
    loop.set("self", loop);
    for (const value of [loop, new Set([5n])]) expect(truncateResult(value, { maxChars: 0 })).toBe(value);
  });

  it("reads every other value as JSON does", () => {
    const odd = {
      at: new Date(0),
      left: undefined,
      run: () => 1,
      list: [undefined, Number.NaN, Symbol("s")],
      own: { toJSON: (key: string) => `mine ${key}` },
      boxed: [Object("s"), Object(1), Object(false)],
      bytes: Uint8Array.of(1, 2),
      nothing: null,
      zero: -0,
      cut: "x".repeat(2_000),
    };
    const { cut: _cut, ...rest } = odd;
    expect(truncateResult(odd, { maxChars: 800 })).toEqual({
      ...JSON.parse(JSON.stringify(rest)),
      cut: expect.stringContaining(MARKER),
    });
  });

  it("stays within the budget and keeps the kind, whatever they hold", () => {
    const parts = fc.jsonValue({ maxDepth: 3 });
    const values = fc.oneof(
      fc.array(fc.tuple(parts, parts), { minLength: 5 }).map((entries) => new Map(entries)),
      fc.array(parts, { minLength: 20 }).map((items) => new Set(items)),
      fc.array(
        fc.array(fc.tuple(fc.string(), fc.string({ minLength: 30 })), { minLength: 3 }).map((of) => new Map(of)),
        {
          minLength: 3,
        },
      ),
    );
    fc.assert(
      fc.property(values, fc.integer({ min: LEAST_EXACT_BUDGET, max: 2_000 }), (value, maxChars) => {
        const result = truncateResult(value, { maxChars });
        if (asJson(value).length <= maxChars) {
          expect(result).toBe(value);
          return;
        }
        expect(asJson(result).length).toBeLessThanOrEqual(maxChars);
        expect(asJson(result)).toContain(MARKER);
        expect(Object.getPrototypeOf(result)).toBe(Object.getPrototypeOf(value));
      }),
      { numRuns: 300 },
    );
  });
});

/** JSON escapes a lone surrogate, so one that was cut out of a pair shows as an escape that was not there before. */
function hasNewHalfPair(after: string, before: string): boolean {
  return /\\ud[89a-f]/.test(after) && !/\\ud[89a-f]/.test(before);
}
