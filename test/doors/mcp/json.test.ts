/** What programs return as JSON that a model can read. */
import { describe, expect, test } from "vitest";
import { isCodemodeError } from "../../../src/errors.ts";
import { shownValue } from "../../../src/mcp/json.ts";
import { resolveReferences } from "../../../src/mcp/references.ts";
import { readable } from "../../../src/tool/conversation.ts";

describe("values without a form in JSON", () => {
  const cyclic: Record<string, unknown> = { name: "loop" };
  cyclic.self = cyclic;
  const shared = { id: 1 };
  test.each<[string, unknown, unknown]>([
    ["a bigint", 12345678901234567890n, "12345678901234567890"],
    ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["no date", new Date(Number.NaN), "(invalid date)"],
    ["a map by text", new Map([["a", 1n]]), { a: "1" }],
    ["a map by something else", new Map([[1, "a"]]), [[1, "a"]]],
    ["a set", new Set([1, 2]), [1, 2]],
    ["bytes", { data: new Uint8Array(5) }, { data: "(5 bytes)" }],
    ["an error", new RangeError("too far"), "RangeError: too far"],
    ["a cycle", cyclic, { name: "loop", self: "(circular)" }],
    ["the same object twice", [shared, shared], [{ id: 1 }, { id: 1 }]],
  ])("%s", (_title, value, shown) => {
    expect(readable(value)).toEqual(shown);
  });

  test("a value that is endless as text is refused in time", () => {
    let value: unknown = "leaf";
    for (let depth = 0; depth < 40; depth += 1) value = [value, value];
    try {
      readable(value);
      expect.unreachable();
    } catch (error) {
      expect(isCodemodeError(error) && error.code).toBe("VALUE_TOO_LARGE");
    }
  });

  test("a long value is cut inside and stays JSON", () => {
    const value = { items: Array.from({ length: 5_000 }, (_, id) => ({ id, text: "x".repeat(50) })), total: 5_000 };
    const text = JSON.stringify(shownValue(value, 2_000));
    expect(text.length).toBeLessThanOrEqual(2_000);
    expect(JSON.parse(text)).toMatchObject({ total: 5_000 });
  });
});

describe("references", () => {
  test("are resolved where they stand, through other references, with escapes", () => {
    const spec = {
      paths: { "/a": { schema: { $ref: "#/components/A" } }, "/b": { $ref: "#/paths/~1a" } },
      components: { A: { items: { $ref: "#/components/B" } }, B: { type: "string" } },
    };
    expect(resolveReferences(spec)).toMatchObject({
      paths: { "/a": { schema: { items: { type: "string" } } }, "/b": { schema: { items: { type: "string" } } } },
    });
  });

  test("that lead back to themselves end, and those that lead nowhere stay", () => {
    const spec = { Node: { next: { $ref: "#/Node" } }, lost: { $ref: "#/Nothing" }, far: { $ref: "other.json#/X" } };
    expect(resolveReferences(spec)).toEqual({
      Node: { next: { next: { $circular: "#/Node" } } },
      lost: { $ref: "#/Nothing" },
      far: { $ref: "other.json#/X" },
    });
  });

  test("that double at each level cost no more than the document", () => {
    const levels = Array.from({ length: 60 }, (_, level) => [
      `L${level}`,
      { a: { $ref: `#/L${level + 1}` }, b: { $ref: `#/L${level + 1}` } },
    ]);
    const resolved = resolveReferences({ ...Object.fromEntries(levels), L60: { type: "null" } });
    expect(resolved).toHaveProperty("L0.a.b.a.b.a.b");
  });
});
