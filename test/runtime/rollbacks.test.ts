/** A rollback by the digest of its preview, while somebody says what became of a call that the preview showed in doubt. */
import { expect, test } from "vitest";
import { type Entry, newEntry } from "../../src/journal/entry.ts";
import { rollbackDigest } from "../../src/runtime/digest.ts";
import { LiveJournal } from "../../src/runtime/journal.ts";
import type { HostPort } from "../../src/runtime/port.ts";
import type { HostSettings } from "../../src/runtime/requests.ts";
import { Rollbacks } from "../../src/runtime/rollbacks.ts";
import type { Runs } from "../../src/runtime/runs.ts";
import type { JournalStore } from "../../src/store/store.ts";
import { executionRecord } from "../support/execution.ts";

const pay = (seq: number, own: Partial<Entry>): [number, Entry] => [
  seq,
  {
    ...newEntry({ seq, kind: "call", connector: "bank", method: "pay", args: "=[]" }, "started"),
    readOnly: false,
    ...own,
  },
];

test("is refused where that was said while connectors were asked what can be undone", async () => {
  const failed = pay(0, { state: "revert_failed", order: 0 });
  let onDisk = new Map([failed, pay(1, { state: "in_doubt" })]);
  const shown = rollbackDigest("exec_1", onDisk.values());
  const execution = executionRecord({ status: "rolled_back", connectors: ["bank"] });
  const runs = {
    left: async () => undefined,
    journal: () => new LiveJournal({} as unknown as JournalStore, execution, onDisk),
  } as unknown as Runs;
  const port = {
    reversible: async () => {
      onDisk = new Map([failed, pay(1, { state: "succeeded", order: 1 })]);
      return [true, true];
    },
  } as unknown as HostPort;
  const settings = { connectors: ["bank"] } as unknown as HostSettings;
  const rollbacks = new Rollbacks(runs, () => undefined);
  expect(await rollbacks.rollBack("exec_1", shown, settings, port)).toMatchObject({ refused: "STALE_DECISION" });
  expect(rollbacks.ids).toEqual([]);
});
