/** What a guest is told of its record at first: as much as one message carries, and of the rest enough to ask for it again. */
import { expect, test } from "vitest";
import { MAX_MESSAGE_CHARS, type Recorded } from "../../src/wire/messages.ts";
import { fitRecorded } from "../../src/wire/opening.ts";

const record = (seq: number, key: string, value?: string): Recorded => ({
  seq,
  key,
  order: seq,
  at: seq,
  ok: true,
  ...(value !== undefined && { value }),
});

const many = (count: number, key: string, value?: string) =>
  Array.from({ length: count }, (_, seq) => record(seq, `${key}${seq}`, value));

const sizeOf = (records: readonly Recorded[]) => JSON.stringify(records).length;

test("a record that fits is told as it is", () => {
  const all = [
    ...many(3, "call\nbank\nsee\n", "=1"),
    record(3, "timer\n5"),
    record(4, `step\n${"s".repeat(1_000)}`, "=2"),
  ];
  expect(fitRecorded(all)).toEqual(all);
});

test("values without room are asked for again, under keys that are whole", () => {
  const all = many(10, "call\nbank\nsee\n", "v".repeat(1_000_000));
  const told = fitRecorded(all);
  expect(told.map(({ ephemeral }) => ephemeral === true)).toEqual([...Array(6).fill(false), ...Array(4).fill(true)]);
  expect(told.map(({ value }) => value === undefined)).toEqual(told.map(({ ephemeral }) => ephemeral === true));
  expect(told.map(({ key }) => key)).toEqual(all.map(({ key }) => key));
  expect(told.some(({ cut }) => cut)).toBe(false);
});

test("keys without room are cut, and the host compares those; what is small behind them has room", () => {
  const told = fitRecorded([...many(9, "k".repeat(900_000), "=1"), record(9, "call\nbank\nsee\n=[]", "=2")]);
  expect(told.map(({ cut }) => cut === true)).toEqual([...Array(7).fill(false), true, true, false]);
  expect(told.filter(({ cut }) => cut).map(({ key, value, ephemeral }) => [key, value, ephemeral])).toEqual(
    Array(2).fill(["k".repeat(100), undefined, true]),
  );
  expect(told.at(9)).toEqual(record(9, "call\nbank\nsee\n=[]", "=2"));
});

test("ten thousand records of any size stay within one message", () => {
  for (const [key, value] of [
    ["k".repeat(5_000), "v"],
    ["k", "v".repeat(5_000)],
    ["k".repeat(3_000), "v".repeat(3_000)],
  ] as const)
    expect(sizeOf(fitRecorded(many(10_000, key, value)))).toBeLessThan(MAX_MESSAGE_CHARS);
});
