/** Texts that unfold beyond measure are refused; what merely shares, nests or loops is not. */
import { describe, expect, test } from "vitest";
import { assertBounded, MAX_UNFOLDED_CHARS } from "../../src/wire/expansion.ts";
import { decodeValue, encodeValue } from "../../src/wire/values.ts";

const roundTrip = (value: unknown) => decodeValue(encodeValue(value, "The value"));

describe("refused", () => {
  test.each([
    ["an array that says it has four thousand million holes", "[[-7,4000000000,0,1],1]"],
    ["a length that is no number", '[[-7,"x",0,1],1]'],
    [
      "twenty-five arrays, each twice in the one before",
      JSON.stringify([...Array.from({ length: 25 }, (_, i) => [i + 1, i + 1]), 1]),
    ],
    ["the same with objects", JSON.stringify([...Array.from({ length: 25 }, (_, i) => ({ a: i + 1, b: i + 1 })), 1])],
    ["a text of a million characters, a hundred times", JSON.stringify([Array(100).fill(1), "x".repeat(1_000_000)])],
    [
      "holes that a part which nothing refers to seems to take away again",
      "[[1],[-7,4000000000],[3],[-7,-4000000000]]",
    ],
    ["holes behind a reference inside of another part", '[["Plain",[1]],[-7,4000000000]]'],
    [
      "twenty-five arrays, each twice in the one before, behind such references",
      JSON.stringify([
        ...Array.from({ length: 25 }, (_, i) => [
          [2 * i + 1, 2 * i + 1],
          ["Plain", [2 * i + 2]],
        ]).flat(),
        1,
      ]),
    ],
    ["a text twice in a loop", JSON.stringify([[1], [0, 2, 2], [3], "x".repeat(MAX_UNFOLDED_CHARS / 2)])],
    [
      "hundreds of thousands of the same hundreds of thousands, in one pass",
      JSON.stringify([Array(300_000).fill(1), Array(300_000).fill(2), 1]),
    ],
    [
      "an object with a long key, a thousand times",
      JSON.stringify([Array(1_000).fill(1), { ["k".repeat(50_000)]: -1 }]),
    ],
    ["one without a prototype", JSON.stringify([Array(1_000).fill(1), ["null", "k".repeat(50_000), -1]])],
    ["a long number", JSON.stringify([Array(1_000).fill(1), ["BigInt", "9".repeat(50_000)]])],
    ["bytes", JSON.stringify([Array(1_000).fill(1), ["Uint8Array", 2], ["ArrayBuffer", "A".repeat(50_000)]])],
  ])("%s", (_name, text) => {
    expect(() => decodeValue(text)).toThrow("the value unfolds to more than");
  });

  test("a nesting so deep that reading it overflows, with an error and not with a crash", () => {
    const text = JSON.stringify([...Array.from({ length: 200_000 }, (_, i) => [i + 1]), 1]);
    expect(() => decodeValue(text)).toThrow(RangeError);
  });
});

describe("kept", () => {
  test("a record that a thousand others share", () => {
    const shared = { name: "shared", tags: ["a", "b"] };
    const value = Array.from({ length: 1_000 }, (_, id) => ({ id, shared }));
    expect(roundTrip(value)).toEqual(value);
  });

  test("cycles, also through shared parts", () => {
    const a: Record<string, unknown> = { n: 1 };
    const b = { a, list: [a, a] };
    a.b = b;
    expect(roundTrip(b)).toEqual(b);
  });

  test("an array with a few holes, and a long one of numbers", () => {
    const holes: unknown[] = [1];
    holes[10] = 2;
    expect(roundTrip(holes)).toEqual(holes);
    const long = Array.from({ length: 200_000 }, (_, i) => i);
    expect(roundTrip(long)).toEqual(long);
  });
});

describe("as large as may be, and not one more", () => {
  const text = (chars: number) => "x".repeat(chars);
  test.each<[string, number, (most: number) => unknown[]]>([
    ["a text", MAX_UNFOLDED_CHARS - 8, (most) => [text(most)]],
    ["a text in an array", MAX_UNFOLDED_CHARS - 16, (most) => [[1], text(most)]],
    ["a text under a key", MAX_UNFOLDED_CHARS - 18, (most) => [{ ab: 1 }, text(most)]],
    ["a text that is a part itself", MAX_UNFOLDED_CHARS - 14, (most) => [["BigInt", text(most)]]],
    ["a text that is there twice", (MAX_UNFOLDED_CHARS - 24) / 2, (most) => [[1, 1], text(most)]],
    ["a part that is there twice", (MAX_UNFOLDED_CHARS - 8) / 2, (most) => [[1, 1], [2], text(most - 16)]],
    ["holes", (MAX_UNFOLDED_CHARS - 8) / 8, (most) => [[-7, most]]],
  ])("%s", (_name, most, flat) => {
    expect(() => assertBounded(flat(most))).not.toThrow();
    expect(() => assertBounded(flat(most + 1))).toThrow("the value unfolds to more than");
  });
});
