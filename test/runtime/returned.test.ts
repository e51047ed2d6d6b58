/** What is said of a run's calls to a program that took their results for something else: only of calls that gave something, as the program got them. */
import { expect, test } from "vitest";
import { type Entry, newEntry } from "../../src/journal/entry.ts";
import { returnedIn } from "../../src/runtime/returned.ts";

const call = (seq: number, own: Partial<Entry>): Entry => ({
  ...newEntry({ seq, kind: "call", connector: "bank", method: `m${seq}`, args: "=[]" }, "started"),
  ...own,
});

const gave = (seq: number, order: number): Entry => call(seq, { order, settlement: { ok: true, value: `=${seq}` } });

test("results are there in the order in which the program got them, and nothing else is", () => {
  const entries = [
    gave(0, 2),
    gave(1, 0),
    call(2, { order: 1, settlement: { ok: false, value: "=2" } }),
    call(3, {}),
    call(4, { order: 3, settlement: { ok: true } }),
    { ...newEntry({ seq: 5, kind: "step", name: "s" }, "started"), order: 4, settlement: { ok: true, value: "=5" } },
  ];
  const returned = returnedIn(new Map(entries.map((entry) => [entry.seq, entry])));
  expect(returned.map(({ call: name, value }) => [name, value()])).toEqual([
    ["bank.m1", 1],
    ["bank.m0", 0],
  ]);
});
