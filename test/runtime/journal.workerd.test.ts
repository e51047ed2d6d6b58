/** The journal of a live pass and the disk: whatever fails in between, what is on disk is what happened up to some moment (G1). */
import { env, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { advance, type Entry, isSettled, newEntry } from "../../src/journal/entry.ts";
import { LiveJournal } from "../../src/runtime/journal.ts";
import type { ExecutionRecord } from "../../src/store/executions.ts";
import { JournalStore, type Unwritten } from "../../src/store/store.ts";
import { newExecution } from "../support/execution.ts";
import fc from "../support/fast-check.ts";

/** A store whose next write fails when it is told to: before it did anything, or when all but the commit is done. */
class FailingStore extends JournalStore {
  fails: "before" | "after" | undefined;
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    super(storage);
    this.#storage = storage;
  }

  #guarded(write: () => void): void {
    const when = this.fails;
    this.fails = undefined;
    this.#storage.transactionSync(() => {
      if (when !== "before") write();
      if (when !== undefined) throw new Error("The disk took nothing (a test said so).");
    });
  }

  override write(execution: ExecutionRecord, unwritten: Unwritten): void {
    this.#guarded(() => super.write(execution, unwritten));
  }

  override apply(execution: ExecutionRecord, unwritten: Unwritten): void {
    this.#guarded(() => super.apply(execution, unwritten));
  }
}

/** What a pass, a decision or a rollback does to a journal. */
const MOVES = [
  "add",
  "start",
  "settle",
  "ask",
  "flush",
  "late",
  "save",
  "fail",
  "failMidway",
  "close",
  "again",
] as const;
type Move = (typeof MOVES)[number];

/** An execution, and whoever holds its journal. */
class Held {
  readonly #store: FailingStore;
  readonly #id: string;
  journal: LiveJournal;

  constructor(store: FailingStore, id: string) {
    this.#store = store;
    this.#id = id;
    const execution = store.create(newExecution({ id }));
    this.journal = new LiveJournal(store, execution, new Map());
  }

  get onDisk(): Entry[] {
    const execution = this.#store.get(this.#id);
    return execution === undefined ? [] : [...this.#store.entries(execution).values()];
  }

  make(move: Move): void {
    const { journal } = this;
    const entries = [...journal.entries.values()];
    const open = entries.find((entry) => entry.state === "started" && !isSettled(entry));
    const seq = journal.nextSeq;
    const request = { seq, kind: "call", connector: "bank", method: "pay", args: `=[${seq}]` } as const;
    switch (move) {
      case "add":
        journal.start(journal.add(newEntry(request, "started")));
        break;
      case "ask":
        journal.touch(journal.add(newEntry(request, "pending"))).askedAt = 1;
        break;
      case "start": {
        const waiting = entries.find(({ state }) => state === "pending");
        if (waiting === undefined) break;
        advance(waiting, "approved");
        journal.start(waiting);
        break;
      }
      case "settle":
        if (open !== undefined) journal.settle(open, "succeeded", true, "=1", 2);
        break;
      case "flush":
        journal.flush();
        break;
      case "late":
        journal.flushLate();
        break;
      case "save":
        journal.save();
        break;
      case "fail":
        this.#store.fails = "before";
        break;
      case "failMidway":
        this.#store.fails = "after";
        break;
      case "close":
        if (journal.execution.status !== "running") break;
        try {
          journal.close({ status: "error", error: "over", errorCode: "CANCELLED", logs: [] });
        } catch (error) {
          // The pass is interrupted then: entries are written once more, and the row is read anew.
          journal.flushLate();
          this.#reopen();
          throw error;
        }
        break;
      case "again":
        journal.flush();
        this.#reopen();
        break;
    }
  }

  #reopen(): void {
    const execution = this.#store.get(this.#id);
    if (execution !== undefined) this.journal = new LiveJournal(this.#store, execution, this.#store.entries(execution));
  }
}

const moves = fc.array(fc.constantFrom(...MOVES), { minLength: 1, maxLength: 40 });

test("an entry is written as new once and as changed from then on, also when writes fail and journals are made anew", async () => {
  await runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), (_host, { storage }) => {
    const store = new FailingStore(storage);
    let id = 0;
    fc.assert(
      fc.property(moves, (made) => {
        id += 1;
        store.fails = undefined;
        const held = new Held(store, `exec_${id}`);
        for (const move of made) {
          const before = held.onDisk;
          const fails = store.fails !== undefined;
          try {
            held.make(move);
          } catch (error) {
            // Only what the test had fail, and then nothing of it is on disk; after a failed end it is written once more.
            expect([fails, error]).toMatchObject([true, { code: "INTERRUPTED" }]);
            if (move !== "close") expect(held.onDisk).toEqual(before);
          }
        }
        store.fails = undefined;
        held.journal.flush();
        expect(held.onDisk).toEqual([...held.journal.entries.values()]);
      }),
      { numRuns: 300 },
    );
  });
});

test("what a call comes to that outlived its step moves no clock: the program is not told, and saw its own steps end before", async () => {
  await runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), (_host, { storage }) => {
    const store = new JournalStore(storage);
    const first = new LiveJournal(store, store.create(newExecution()), new Map());
    const step = first.add(newEntry({ seq: 0, kind: "step", name: "s" }, "started"));
    const pay = { seq: 1, parent: 0, kind: "call", connector: "bank", method: "pay", args: "=[]" } as const;
    first.add(newEntry(pay, "approved"));
    first.settle(step, "succeeded", true, "=1", 1_000);
    const { execution, entries } = first;
    const journal = new LiveJournal(store, execution, entries);
    const [outlived] = journal.outlived;
    if (outlived === undefined) throw new Error("Nothing outlived the step.");
    journal.start(outlived);
    journal.settle(outlived, "succeeded", true, "=2", 5_000);
    const later = journal.add(newEntry({ seq: 2, kind: "step", name: "t" }, "started"));
    // What the guest said itself: it told its program that it was this time.
    journal.settle(later, "succeeded", true, "=3", 2_000);
    expect([outlived.settledAt, later.settledAt, journal.clock]).toEqual([5_000, 2_000, 2_000]);
  });
});
