/** The journal on disk: what is written is what is read, and what is illegal is not written at all. */
import { env, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { type Entry, newEntry } from "../../src/journal/entry.ts";
import { ENTRY_TRANSITIONS, type EntryState } from "../../src/journal/states.ts";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import type { ExecutionRecord } from "../../src/store/executions.ts";
import { limitsFor } from "../../src/store/kept-limits.ts";
import { JournalStore, type Unwritten } from "../../src/store/store.ts";
import { newExecution } from "../support/execution.ts";
import fc from "../support/fast-check.ts";

function withStore<T>(body: (store: JournalStore, storage: DurableObjectStorage) => T): Promise<T> {
  return runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), (_host, { storage }) =>
    body(new JournalStore(storage), storage),
  );
}

let lastId = 0;

function begin(
  store: JournalStore,
  more: { readonly snippets?: Record<string, string>; readonly status?: ExecutionRecord["status"] } = {},
): ExecutionRecord {
  lastId += 1;
  const { snippets = {} } = more;
  const execution = store.create(newExecution({ id: `exec_${lastId}`, snippets, createdAt: 1_000 + lastId }));
  if (more.status !== undefined && more.status !== "running") {
    execution.status = more.status;
    store.apply(execution, added());
  }
  return execution;
}

const added = (...entries: Entry[]): Unwritten => ({ added: new Set(entries), changed: new Set() });
const changed = (...entries: Entry[]): Unwritten => ({ added: new Set(), changed: new Set(entries) });

const call = (seq: number, args = "[]") =>
  newEntry({ seq, kind: "call", connector: "bank", method: "pay", args, line: 3, parent: 0 }, "started");

const times = fc.option(fc.nat(Number.MAX_SAFE_INTEGER), { nil: undefined });
const text = fc.string({ unit: "grapheme", maxLength: 200 });

const entries: fc.Arbitrary<Entry> = fc
  .record({
    kind: fc.constantFrom("call" as const, "step" as const, "timer" as const),
    seq: fc.nat(10_000),
    parent: fc.option(fc.nat(10_000), { nil: undefined }),
    line: fc.option(fc.nat(10_000), { nil: undefined }),
    name: text,
    args: text,
    state: fc.constantFrom(...(Object.keys(ENTRY_TRANSITIONS) as EntryState[])),
  })
  .chain(({ kind, seq, parent, line, name, args, state }) => {
    const numbered = { seq, parent, line };
    const request =
      kind === "call"
        ? ({ ...numbered, kind, connector: name, method: name, args } as const)
        : kind === "step"
          ? ({ ...numbered, kind, name } as const)
          : ({ ...numbered, kind, ms: seq } as const);
    return fc
      .record({
        editedArgs: fc.option(text, { nil: undefined }),
        approval: fc.boolean(),
        readOnly: fc.boolean(),
        repeatable: fc.boolean(),
        shownInPart: fc.boolean(),
        definition: text,
        order: times,
        settlement: fc.option(fc.oneof(fc.record({ ok: fc.boolean() }), fc.record({ ok: fc.boolean(), value: text })), {
          nil: undefined,
        }),
        attempt: fc.nat(100),
        askedAt: times,
        startedAt: times,
        settledAt: times,
        decision: fc.option(
          fc.oneof(
            fc.record({
              decision: fc.constantFrom("approved" as const, "rejected" as const, "resolved" as const),
              at: fc.nat(),
            }),
            fc.record({ decision: fc.constant("rejected" as const), at: fc.nat(), by: text, reason: text }),
            fc.record({
              decision: fc.constant("resolved" as const),
              at: fc.nat(),
              previous: fc.record({ decision: fc.constant("approved" as const), at: fc.nat(), by: text }),
            }),
          ),
          { nil: undefined },
        ),
      })
      .map((rest): Entry => ({ ...newEntry(request, state), ...rest, ephemeral: false }));
  });

test("all entries that can be made are read back as they were written, one or many at once, in the order of their numbers", async () => {
  await withStore((store) => {
    fc.assert(
      fc.property(fc.uniqueArray(entries, { selector: ({ seq }) => seq, minLength: 1, maxLength: 30 }), (written) => {
        const execution = begin(store);
        store.write(execution, added(...written));
        const inOrder = written.toSorted((a, b) => a.seq - b.seq);
        expect([...store.entries(execution).values()]).toEqual(inOrder);
      }),
      { numRuns: 100 },
    );
  });
});

test("a change of an entry changes what may change, and its request stays what it was", async () => {
  await withStore((store) => {
    const execution = begin(store);
    const entry = call(0, "[1]");
    store.write(execution, added(entry));
    const settled: Entry = {
      ...entry,
      args: "[2]",
      method: "steal",
      state: "succeeded",
      order: 0,
      settlement: { ok: true, value: "[5]" },
      attempt: 1,
      settledAt: 9,
    };
    store.write(execution, changed(settled));
    expect(store.entries(execution).get(0)).toEqual({ ...settled, args: "[1]", method: "pay" });
  });
});

test("an entry that is on disk is not written as a new one, and nothing that comes with it is", async () => {
  await withStore((store) => {
    const execution = begin(store);
    store.write(execution, added(call(1, "[1]")));
    expect(() => store.write(execution, added(call(0), call(1, "[2]"), call(2)))).toThrow(/UNIQUE/);
    expect([...store.entries(execution).values()]).toEqual([call(1, "[1]")]);
  });
});

test("where a call cannot be begun, the end of the one before it is on disk, and nothing else that was to be changed with it", async () => {
  await withStore((store) => {
    const execution = begin(store);
    const [ends, begins, other] = [call(0), { ...call(1), state: "approved" as const }, call(2)];
    store.write(execution, added(ends, begins, other));
    const ended: Entry = {
      ...ends,
      state: "succeeded",
      order: 0,
      settlement: { ok: true, value: "[5]" },
      settledAt: 9,
    };
    const begun: Entry = { ...begins, state: "started", attempt: 1, startedAt: 10 };
    const known = added(call(2));
    expect(() => store.write(execution, { ...known, changed: new Set([begun]) })).toThrow(/UNIQUE/);
    expect(() => store.write(execution, { ...known, changed: new Set([ended, begun]) })).toThrow(/UNIQUE/);
    expect([...store.entries(execution).values()]).toEqual([ends, begins, other]);
    expect(() => store.write(execution, { ...known, changed: new Set([ended]) })).toThrow(/UNIQUE/);
    expect([...store.entries(execution).values()]).toEqual([ended, begins, other]);
  });
});

test("the result of an ephemeral call is never on disk", async () => {
  await withStore((store, storage) => {
    const execution = begin(store);
    const secret = {
      ...call(0),
      ephemeral: true,
      state: "succeeded" as const,
      order: 0,
      settlement: { ok: true, value: '["a large secret"]' },
    };
    store.write(execution, added(secret));
    expect(store.entries(execution).get(0)?.settlement).toEqual({ ok: true });
    expect(JSON.stringify(storage.sql.exec("SELECT * FROM entries").toArray())).not.toContain("secret");
  });
});

test("an execution keeps its limits but for the times, whatever those of today are", async () => {
  await withStore((store) => {
    const times = { maxProgramMs: 1, maxToolMs: 2, cpuMs: 3 };
    const { limits } = begin(store);
    const today = Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((name) => [name, 7]));
    expect(limitsFor({ id: "exec_1", limits }, { ...DEFAULT_LIMITS, ...today, ...times })).toEqual({
      ...DEFAULT_LIMITS,
      ...times,
    });
  });
});

test("limits that an older version did not keep yet are those of today", () => {
  expect(limitsFor({ id: "exec_1", limits: "[5,6]" }, DEFAULT_LIMITS)).toEqual({
    ...DEFAULT_LIMITS,
    maxProgramBytes: 5,
    maxValueBytes: 6,
  });
});

test("an execution is read back as it was written, with all that an end adds", async () => {
  await withStore((store) => {
    const execution = begin(store, { snippets: { report: "hash" } });
    expect(store.get(execution.id)).toEqual(execution);
    Object.assign(execution, {
      status: "error",
      passes: 3,
      calls: 2,
      updatedAt: 5_000,
      error: "no",
      errorCode: "DIVERGED",
      errorLine: 7,
      logs: ["one", "zwei ✓"],
      result: "[1]",
    });
    store.apply(execution, added(call(0)));
    expect(store.get(execution.id)).toEqual(execution);
    expect(store.get("exec_of_nobody")).toBeUndefined();
  });
});

test("an illegal change of status is refused, and nothing of its transaction is written", async () => {
  await withStore((store) => {
    for (const [from, to] of [
      ["completed", "running"],
      ["rejected", "paused"],
      ["error", "completed"],
      ["running", "rolled_back"],
      ["paused", "completed"],
    ] as const) {
      const execution = begin(store, { status: from });
      const before = store.get(execution.id);
      execution.status = to;
      execution.error = "must not be written";
      expect(() => store.apply(execution, added(call(0))), `${from} to ${to}`).toThrow(
        expect.objectContaining({ code: "ILLEGAL_TRANSITION" }),
      );
      expect(store.get(execution.id)).toEqual(before);
      expect(store.entries(execution).size).toBe(0);
    }
  });
});

test("a stale copy of an execution cannot bring it back from its end", async () => {
  await withStore((store) => {
    const execution = begin(store);
    const stale = store.get(execution.id);
    execution.status = "completed";
    store.apply(execution, added());
    if (stale === undefined) throw new Error("The execution was not written.");
    stale.status = "paused";
    expect(() => store.apply(stale, added())).toThrow(expect.objectContaining({ code: "ILLEGAL_TRANSITION" }));
    expect(store.get(execution.id)?.status).toBe("completed");
  });
});

test("entries of an execution that was deleted meanwhile are not written", async () => {
  await withStore((store, storage) => {
    const execution = begin(store);
    store.write(execution, added(call(0)));
    store.delete(execution.id);
    const ended: Entry = { ...call(0), state: "succeeded", order: 0 };
    store.write(execution, { ...added(call(1)), changed: new Set([ended]) });
    expect(storage.sql.exec("SELECT COUNT(*) AS rows FROM entries").one()).toEqual({ rows: 0 });
  });
});

test("prune removes the oldest that ended and nothing that may go on", async () => {
  await withStore((store) => {
    const statuses = ["completed", "paused", "error", "running", "rejected", "completed"] as const;
    const all = statuses.map((status) => begin(store, { status }));
    for (const execution of all) store.write(execution, added(call(0)));
    expect(store.prune(2)).toBe(2);
    expect(store.list(10).map(({ status }) => status)).toEqual(["completed", "rejected", "running", "paused"]);
    expect(store.prune(2)).toBe(0);
    expect(store.prune(0)).toBe(2);
    expect(store.list(10).map(({ id }) => store.entries(store.get(id) ?? all[0] ?? begin(store)).size)).toEqual([1, 1]);
  });
});

test("prune leaves what ended with a call of a kind, in a state or with a flag that is not known here: it may be open", async () => {
  await withStore((store, storage) => {
    const [kind, state, flag, known] = [1, 2, 3, 4].map(() => begin(store, { status: "completed" }));
    for (const execution of [kind, state, flag, known])
      if (execution !== undefined) store.write(execution, added({ ...call(0), state: "succeeded" }));
    storage.sql.exec("UPDATE entries SET flags = flags | 4096 WHERE n = ?", flag?.n);
    storage.sql.exec("UPDATE entries SET kind = 99 WHERE n = ?", kind?.n);
    storage.sql.exec("UPDATE entries SET state = 99 WHERE n = ?", state?.n);
    expect(store.prune(0)).toBe(1);
    expect(store.list(10).map(({ id }) => id)).toEqual([flag?.id, state?.id, kind?.id]);
  });
});

test("list goes from the newest to the oldest, page by page, and by status", async () => {
  await withStore((store) => {
    const all = Array.from({ length: 7 }, (_, i) => begin(store, { status: i % 2 === 0 ? "paused" : "running" }));
    const newest = all.map(({ id }) => id).reverse();
    const seen: string[] = [];
    for (let page = store.list(3); page.length > 0; page = store.list(3, page.at(-1)?.n))
      seen.push(...page.map(({ id }) => id));
    expect(seen).toEqual(newest);
    expect(store.withStatus("paused").map(({ id }) => id)).toEqual(newest.filter((_, i) => i % 2 === 0));
    expect(store.withStatus("paused", 0)).toEqual([]);
    expect(store.idsWithStatus("paused")).toEqual(newest.filter((_, i) => i % 2 === 0));
    expect(store.oldest("paused")).toBe(all[0]?.updatedAt);
    expect(store.oldest("paused", [String(all[0]?.id)])).toBe(all[2]?.updatedAt);
    expect(store.oldest("completed")).toBeUndefined();
  });
});

const snippet = (hash: string) => ({
  name: "report",
  hash,
  description: "",
  savedAt: 1,
  inputSchema: undefined,
  connectors: [],
  code: `code of ${hash}`,
});

test("a program stays as long as a snippet names it or an execution that can go on has pinned it", async () => {
  await withStore((store) => {
    store.snippets.save(snippet("one"));
    const pinning = begin(store, { snippets: { report: "one" }, status: "paused" });
    store.snippets.save(snippet("two"));
    expect([...store.snippets.codes(["one", "two"])]).toEqual([
      ["one", "code of one"],
      ["two", "code of two"],
    ]);
    expect(store.snippets.all()).toEqual([snippet("two")]);
    const running = begin(store, { snippets: { report: "two" } });
    pinning.status = "rejected";
    store.apply(pinning, added());
    store.snippets.save(snippet("three"));
    // Were it dropped while its run is live, a crash would leave the run without it.
    expect([...store.snippets.codes(["one", "two", "three"]).keys()]).toEqual(["two", "three"]);
    running.status = "completed";
    store.apply(running, added());
    expect(store.prune(0)).toBe(2);
    expect([...store.snippets.codes(["one", "two", "three"]).keys()]).toEqual(["three"]);
    expect(store.snippets.delete("report")).toBe(true);
    expect(store.snippets.delete("report")).toBe(false);
    expect(store.snippets.codes(["three"]).size).toBe(0);
  });
});

test("a program stays that an execution has pinned which a newer version wrote, also where it says so in its own way", async () => {
  await withStore((store, storage) => {
    store.snippets.save(snippet("pin_one"));
    store.snippets.save(snippet("pin_two"));
    const one = begin(store, { snippets: { report: "pin_one" } });
    storage.sql.exec("INSERT INTO programs (hash, code) VALUES ('pin_one', 'of one')");
    storage.sql.exec("UPDATE executions SET status = 'frozen', snippets = '{report=pin_one' WHERE id = ?", one.id);
    store.snippets.save(snippet("pin_three"));
    expect([...store.snippets.codes(["pin_one", "pin_two", "pin_three"]).keys()]).toEqual(["pin_one", "pin_three"]);
    storage.sql.exec("UPDATE executions SET status = 'completed' WHERE id = ?", one.id);
    expect(store.prune(0)).toBe(1);
    expect([...store.snippets.codes(["pin_one", "pin_three"]).keys()]).toEqual(["pin_three"]);
  });
});

test("an execution is deleted with its entries, whatever is in its row, and says what it was", async () => {
  await withStore((store, storage) => {
    const [paused, frozen] = [begin(store, { status: "paused" }), begin(store)];
    store.write(frozen, added(call(0)));
    storage.sql.exec("UPDATE executions SET status = 'frozen', connectors = '[' WHERE id = ?", frozen.id);
    expect(store.delete(frozen.id)).toBe("frozen");
    expect(store.delete(frozen.id)).toBeUndefined();
    expect(storage.sql.exec("SELECT COUNT(*) AS rows FROM entries").one()).toEqual({ rows: 0 });
    expect(store.list(10).map(({ id }) => id)).toEqual([paused.id]);
  });
});

test("opening a database again changes nothing, and a row of a newer version is not guessed at", async () => {
  await withStore((store, storage) => {
    const execution = begin(store);
    store.write(execution, added(call(0)));
    expect(new JournalStore(storage).entries(execution)).toEqual(store.entries(execution));
    storage.sql.exec("UPDATE entries SET state = 99");
    expect(() => store.entries(execution)).toThrow(new RegExp(`${execution.id} cannot be read.*newer version`));
  });
});

test.each([
  ["a flag", "flags = flags | 4096", "newer version"],
  ["a word on who decided", `decision = '{"decision":"approved","at":1,"onBehalfOf":"bob"}'`, "onBehalfOf"],
])(
  "%s that a newer version added to an entry is not passed over: to write the entry would be to lose it",
  async (_what, set, why) => {
    await withStore((store, storage) => {
      const execution = begin(store, { status: "paused" });
      store.write(execution, added(call(0)));
      storage.sql.exec(`UPDATE entries SET ${set}`);
      expect(() => store.entries(execution)).toThrow(new RegExp(`${execution.id} cannot be read.*${why}`));
    });
  },
);

test.each([
  ["status = 'frozen'", "a string where one of running, paused"],
  ["connectors = '[1]'", "a list where a list of texts"],
  ["connectors = '{}'", "an object where a list of texts"],
  ["snippets = '[]'", "a list where texts by name"],
  [`snippets = '{"report":1}'`, "an object where texts by name"],
  ["logs = 'null'", "null where a list of texts"],
])("an execution's row with %s is not guessed at", async (set, why) => {
  await withStore((store, storage) => {
    const { id } = begin(store);
    storage.sql.exec(`UPDATE executions SET ${set}`);
    expect(() => store.get(id)).toThrow(new RegExp(`${id} cannot be read.*${why}`));
  });
});

test("a change of what is not on disk is not lost in silence, unless its execution is gone", async () => {
  await withStore((store) => {
    const execution = begin(store);
    store.write(execution, added(call(0)));
    expect(() => store.write(execution, changed(call(0), call(1)))).toThrow("is not on disk");
    expect(() => store.write(execution, added(call(2), call(0)))).toThrow("UNIQUE");
    // All of a write, or nothing of it.
    expect([...store.entries(execution).keys()]).toEqual([0]);
    store.delete(execution.id);
    store.write(execution, changed(call(0)));
    store.write(execution, added(call(1)));
    expect(store.entries(execution).size).toBe(0);
  });
});

test("executions with an open call are found on every look: also one that was going on at the last, or has begun since", async () => {
  await withStore((store, storage) => {
    const found = () => store.withOpenCalls().map(({ n }) => n);
    const ends = (execution: ExecutionRecord, status: ExecutionRecord["status"], ...entries: Entry[]) => {
      execution.status = status;
      store.apply(execution, changed(...entries));
    };
    const settled = { ...call(0), state: "succeeded" } as const;
    const [left, quiet, going] = [begin(store), begin(store), begin(store)];
    for (const one of [left, quiet]) store.write(one, added(call(0)));
    ends(left, "error");
    ends(quiet, "completed", settled);
    expect(found()).toEqual([left.n]);
    // Nothing was open in it at the last look.
    store.write(going, added(call(0)));
    expect(found()).toEqual([going.n, left.n]);
    ends(going, "error");
    const late = begin(store);
    store.write(late, added(call(0)));
    expect(found()).toEqual([late.n, going.n, left.n]);
    store.write(left, changed(settled));
    store.delete(late.id);
    expect(found()).toEqual([going.n]);
    ends(left, "rolling_back");
    ends(left, "rolled_back");
    expect(found()).toEqual([going.n]);
    const last = begin(store, { status: "paused" });
    expect(found()).toEqual([going.n]);
    store.write(last, added(call(0)));
    expect(found()).toEqual([last.n, going.n]);
    expect(new JournalStore(storage).withOpenCalls().map(({ n }) => n)).toEqual([last.n, going.n]);
  });
});
