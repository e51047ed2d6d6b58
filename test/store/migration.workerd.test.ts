/** Databases that an earlier version wrote, with rows in them that only few would have: migrated, they are read as they were meant. */
import { env, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { limitsFor } from "../../src/store/kept-limits.ts";
import { JournalStore } from "../../src/store/store.ts";
import { decodeValue } from "../../src/wire/values.ts";
import written from "../journals/1/parallel-approvals-one-edited.json";
import { parseGolden, writeDump } from "../journals/dump.ts";

const { dump } = parseGolden(written);

/** The entries of the only execution, once rows were changed and the database was migrated. */
function migrated(change: (sql: SqlStorage) => void) {
  return runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), (_host, { storage }) => {
    writeDump(storage.sql, dump);
    change(storage.sql);
    const store = new JournalStore(storage);
    const [execution] = store.list(1);
    if (execution === undefined) throw new Error("The execution is gone.");
    return [...store.entries(execution).values()];
  });
}

test("arguments that a person wrote are written anew, as those of the program: equal ones have equal texts", async () => {
  const entries = await migrated(() => {});
  const edited = entries.flatMap(({ editedArgs }) => (editedArgs === undefined ? [] : [editedArgs]));
  expect(edited).toHaveLength(1);
  for (const text of [...edited, ...entries.map(({ args }) => args)]) expect(text).toMatch(/^=\[/);
  expect(edited.map(decodeValue)).toEqual([[{ n: 10 }]]);
});

test("what a hostile program wrote there that is no value stays as it is, and keeps nothing from being read", async () => {
  const garbage = ["garbage", "[[1]", '[{"__proto__":1},2]', "[[-7,4000000000,0,1],1]"];
  for (const text of garbage) {
    const entries = await migrated((sql) => sql.exec("UPDATE entries SET args = ? WHERE seq = 1", text));
    expect(entries[1]?.args).toBe(text);
    expect(entries[2]?.args).toMatch(/^=\[/);
  }
});

test("an execution of before kept no limits: it goes on under those of today", async () => {
  await runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), (_host, { storage }) => {
    writeDump(storage.sql, dump);
    const [execution] = new JournalStore(storage).list(1);
    expect(execution).toMatchObject({ limits: undefined });
    const today = { ...DEFAULT_LIMITS, maxCallsInFlight: 3 };
    expect(limitsFor({ id: "exec_1", limits: undefined }, today)).toEqual(today);
  });
});

test("a database of a newer version is refused, and nothing of it is changed", async () => {
  await runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), (_host, { storage }) => {
    new JournalStore(storage);
    storage.sql.exec("UPDATE meta SET value = value + 1");
    const before = storage.sql.exec("SELECT * FROM meta").toArray();
    expect(() => new JournalStore(storage)).toThrow(
      expect.objectContaining({ code: "NEWER_JOURNAL", message: expect.stringMatching(/a newer one wrote it/) }),
    );
    expect(storage.sql.exec("SELECT * FROM meta").toArray()).toEqual(before);
  });
});
