/** Ten thousand executions in the history: what a page, a look and a new run read does not grow with it. */
import { runInDurableObject } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import { newEntry } from "../../src/journal/entry.ts";
import { JournalStore } from "../../src/store/store.ts";
import { completed, evict } from "../support/drive.ts";
import { newExecution } from "../support/execution.ts";
import { facetIn } from "../support/facet.ts";
import { newPlace, type Place } from "../support/runtime.ts";

const HISTORY = 10_000;
const PAGE = 20;

/** A store over storage that counts the rows which SQLite visits. */
interface Counted {
  readonly store: JournalStore;
  /** Rows read by one use of the store. */
  reads(use: (store: JournalStore) => unknown): number;
}

function counted(ctx: DurableObjectState): Counted {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  const sql = new Proxy(ctx.storage.sql, {
    get(target, key) {
      if (key !== "exec") return Reflect.get(target, key, target);
      return (query: string, ...bindings: unknown[]) => {
        const cursor = target.exec(query, ...bindings);
        cursors.push(cursor);
        return cursor;
      };
    },
  });
  const storage = new Proxy(ctx.storage, {
    get(target, key) {
      if (key === "sql") return sql;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const store = new JournalStore(storage);
  return {
    store,
    reads(use) {
      cursors.length = 0;
      use(store);
      return cursors.reduce((sum, cursor) => sum + cursor.rowsRead, 0);
    },
  };
}

function fill(store: JournalStore): void {
  for (let n = 0; n < HISTORY; n += 1) {
    const execution = store.create(newExecution({ id: `exec_${n}`, connectors: [], createdAt: n }));
    execution.status = "completed";
    const request = { seq: 0, kind: "call", connector: "bank", method: "pay", args: "[]" } as const;
    store.apply(execution, { added: new Set([newEntry(request, "succeeded")]), changed: new Set() });
  }
}

let place: Place;

beforeAll(async () => {
  place = newPlace();
  await runInDurableObject(place.stub, async (_instance, ctx) => fill(counted(ctx).store));
}, 240_000);

const inHistory = <T>(body: (history: Counted) => T): Promise<T> =>
  runInDurableObject(place.stub, async (_instance, ctx) => body(counted(ctx)));

test("a page reads its own rows, wherever in the history it is", async () => {
  await inHistory(({ reads }) => {
    expect(reads((store) => store.list(PAGE))).toBeLessThanOrEqual(PAGE + 1);
    expect(reads((store) => store.list(PAGE, HISTORY / 2))).toBeLessThanOrEqual(PAGE + 1);
    expect(reads((store) => store.list(PAGE, 5))).toBeLessThanOrEqual(PAGE + 1);
  });
});

test("a page of one status reads its own rows, and of others of that status their places in the index, to sort them", async () => {
  await inHistory(({ store, reads }) => {
    expect(reads((store) => store.list(PAGE, undefined, "error"))).toBeLessThanOrEqual(2);
    expect(reads((store) => store.list(PAGE, undefined, "completed"))).toBeLessThanOrEqual(2 * (HISTORY + PAGE));
    expect(store.list(2, undefined, "completed").map(({ id }) => id)).toEqual([
      `exec_${HISTORY - 1}`,
      `exec_${HISTORY - 2}`,
    ]);
  });
});

test("looking for what is paused or interrupted, and for the oldest that waits, reads none of the history", async () => {
  await inHistory(({ reads }) => {
    expect(reads((store) => store.idsWithStatus("paused"))).toBeLessThanOrEqual(2);
    expect(reads((store) => store.withStatus("running"))).toBeLessThanOrEqual(2);
    expect(reads((store) => store.oldest("paused"))).toBeLessThanOrEqual(2);
  });
});

test("looking again for calls that are open reads none of the history that has ended", async () => {
  await inHistory(({ store, reads }) => {
    expect(store.withOpenCalls()).toEqual([]);
    expect(reads((store) => store.withOpenCalls())).toBeLessThanOrEqual(10);
  });
});

test("one execution is read by its id alone", async () => {
  await inHistory(({ reads }) => {
    expect(reads((store) => store.get("exec_7000"))).toBeLessThanOrEqual(2);
  });
});

test("retention, which each new run asks for, counts nothing while the history is within its limit", async () => {
  await inHistory(({ reads }) => {
    expect(reads((store) => store.prune(HISTORY))).toBeLessThanOrEqual(5);
  });
});

test("all pages together give each execution once, newest first, and a new run does not mind the history", async () => {
  const dump = await runInDurableObject(place.stub, async (_instance, ctx) => {
    const rows = ctx.storage.sql.exec("SELECT * FROM executions ORDER BY n");
    const cells = [...rows.raw()];
    return { columns: rows.columnNames, rows: cells as (string | number | null)[][] };
  });
  const host = newPlace();
  await host.run({}, async (_runtime, ctx) => {
    const facet = facetIn(ctx);
    const empty = await facet.dump();
    await facet.restore({ schema: empty.schema, tables: { ...empty.tables, executions: dump } });
  });
  await evict(host);
  await host.run(
    {},
    async (runtime) => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await runtime.listExecutions({ limit: 200, ...(cursor !== undefined && { cursor }) });
        seen.push(...page.executions.map(({ id }) => id));
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(seen).toEqual(Array.from({ length: HISTORY }, (_, index) => `exec_${HISTORY - 1 - index}`));
      const outcome = completed(await runtime.execute({ code: "async () => 2" }));
      expect((await runtime.listExecutions({ limit: 1 })).executions).toMatchObject([{ id: outcome.executionId }]);
    },
    { maxExecutions: 20_000 },
  );
}, 240_000);
