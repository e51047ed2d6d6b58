/** The calls of one pass: what is held of their results, and what goes to the program. */
import { expect, test } from "vitest";
import { newEntry } from "../../src/journal/entry.ts";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { Calls } from "../../src/runtime/calls.ts";
import { LiveJournal } from "../../src/runtime/journal.ts";
import type { JournalStore } from "../../src/store/store.ts";
import type { Delivery } from "../../src/wire/messages.ts";
import { executionRecord } from "../support/execution.ts";

test("of results that are not recorded the program gets each, and memory holds the newest alone", async () => {
  const journal = new LiveJournal({ write: () => {} } as unknown as JournalStore, executionRecord({}), new Map());
  const heard: Delivery[] = [];
  const calls = new Calls(journal, async ({ seq }) => ({ ok: seq !== 2, value: `"${seq}"` }), DEFAULT_LIMITS, {
    settled: (delivery) => heard.push(delivery),
    answered: () => {},
    tookTooLong: () => {},
    hostLost: (error) => expect.unreachable(String(error)),
  });
  for (let seq = 0; seq < 4; seq += 1) {
    const entry = journal.add(newEntry({ seq, kind: "call", connector: "t", method: "read", args: "[]" }, "started"));
    entry.ephemeral = seq > 0;
    journal.start(entry);
    await calls.make(entry);
  }
  expect(heard.map(({ ok, value }) => [ok, value])).toEqual([
    [true, '"0"'],
    [true, '"1"'],
    [false, '"2"'],
    [true, '"3"'],
  ]);
  const held = [...journal.entries.values()].map(({ settlement }) => settlement);
  expect(held).toEqual([{ ok: true, value: '"0"' }, { ok: true }, { ok: false }, { ok: true, value: '"3"' }]);
});
