/** The journal on disk: SQL and nothing else. What a row means is decided above; here it is written and read. */
import { type Entry, isSettled } from "../journal/entry.ts";
import type { ExecutionStatus } from "../journal/public.ts";
import { recordedChars } from "../journal/room.ts";
import { assertExecutionTransition } from "../journal/states.ts";
import { number } from "./cells.ts";
import { type ExecutionRecord, GOING_ON, recordOf, SELECT_EXECUTIONS, statusOf, TERMINAL } from "./executions.ts";
import { type KeptLimits, writeKept } from "./kept-limits.ts";
import { PassedOver, unreadable } from "./passed-over.ts";
import {
  CHANGING_COLUMNS,
  changingValues,
  EFFECT,
  ENTRY_COLUMNS,
  entryOf,
  entryValues,
  OPEN_CALL,
  UNKNOWN,
} from "./rows.ts";
import { migrate } from "./schema.ts";
import { SnippetStore } from "./snippets.ts";

export type NewExecution = Pick<ExecutionRecord, "id" | "code" | "seed" | "connectors" | "snippets" | "createdAt"> & {
  readonly limits: KeptLimits;
};

/** Rows of one statement, at most: it takes a hundred bindings, and a good part of its cost is not the rows. */
const ROWS_AT_ONCE = Math.floor(100 / ENTRY_COLUMNS.length);

/**
 * An execution may have been deleted meanwhile: then there is nothing that its entries could belong to. `OR FAIL`: the transaction
 * is what undoes a failure, so no statement has to keep a copy of each page for that, which it would do in a file.
 */
function insertOf(rows: number): string {
  const row = `(${ENTRY_COLUMNS.map(() => "?").join(", ")})`;
  return `INSERT OR FAIL INTO entries (${ENTRY_COLUMNS.join(", ")}) SELECT * FROM (VALUES ${Array(rows).fill(row).join(", ")})
    WHERE EXISTS (SELECT 1 FROM executions WHERE n = ?1)`;
}

/** For one row, for two, and so on. */
const INSERTS = Array.from({ length: ROWS_AT_ONCE }, (_, at) => insertOf(at + 1));

const UPDATE = `UPDATE OR FAIL entries SET ${CHANGING_COLUMNS.map((column) => `${column} = ?`).join(", ")} WHERE n = ? AND seq = ?`;

const SELECT_ENTRIES = `SELECT ${ENTRY_COLUMNS.join(", ")} FROM entries
  WHERE n BETWEEN ? AND ? ORDER BY n, seq`;

/** A page of the history, newest first. Of one status, its numbers are found first, in an index, and then the rows. */
const SELECT_PAGE = `${SELECT_EXECUTIONS} WHERE n < ?1 ORDER BY n DESC LIMIT ?2`;
const SELECT_PAGE_OF_STATUS = `${SELECT_EXECUTIONS} WHERE n IN
  (SELECT n FROM executions WHERE status = ?3 AND n < ?1 ORDER BY n DESC LIMIT ?2) ORDER BY n DESC`;

/** The lowest and the highest number; executions that are listed together mostly have all in between. */
function spanOf(executions: readonly ExecutionRecord[]): [number, number] {
  let [low, high] = [Number.MAX_SAFE_INTEGER, 0];
  for (const { n } of executions) {
    low = Math.min(low, n);
    high = Math.max(high, n);
  }
  return [low, high];
}

/** Entries that are not on disk as they are in memory. */
export interface Unwritten {
  /** Of which nothing is on disk. */
  readonly added: ReadonlySet<Entry>;
  /** Of which something else is. */
  readonly changed: ReadonlySet<Entry>;
}

/**
 * Whether a statement that fails need undo no other. That is so for one row, and for the end of a call before the beginning of the
 * next: the end is true whatever comes of what is after it. To be able to undo two statements would cost more than the second.
 */
function isTrueInPart({ added, changed }: Unwritten): boolean {
  if (added.size + changed.size === 1) return true;
  return added.size === 1 && changed.size === 1 && Array.from(changed).every(isSettled);
}

export class JournalStore {
  /** The database was opened by this package for the first time. */
  readonly isNew: boolean;
  readonly snippets: SnippetStore;
  readonly passedOver = new PassedOver();
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  /** Executions that have ended and have no open call, as far as anybody looked: those up to a number, but for some. */
  #closed: { readonly upTo: number; readonly but: readonly number[] } = { upTo: 0, but: [] };

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.isNew = migrate(storage) === 0;
    this.snippets = new SnippetStore(storage, this.passedOver);
  }

  create(execution: NewExecution): ExecutionRecord {
    this.#sql.exec(
      `INSERT INTO executions (id, status, code, seed, connectors, snippets, limits, passes, calls, created_at, updated_at)
       VALUES (?, 'running', ?, ?, ?, ?, ?, 1, 0, ?, ?)`,
      execution.id,
      execution.code,
      execution.seed,
      JSON.stringify(execution.connectors),
      JSON.stringify(execution.snippets),
      writeKept(execution.limits),
      execution.createdAt,
      execution.createdAt,
    );
    const created = this.get(execution.id);
    if (created === undefined) throw new Error(`The execution ${execution.id} was not written.`);
    return created;
  }

  /** @throws CodemodeError `NEWER_JOURNAL` when its row is not one that this or an earlier version wrote. */
  get(id: string): ExecutionRecord | undefined {
    const [row] = Array.from(this.#sql.exec(`${SELECT_EXECUTIONS} WHERE id = ?`, id).raw());
    if (row === undefined) return undefined;
    try {
      return recordOf(row);
    } catch (error) {
      throw unreadable(id, error);
    }
  }

  /** Of those that can be read. */
  #executions(where: string, ...bindings: (string | number)[]): ExecutionRecord[] {
    return this.#readable(this.#sql.exec(`${SELECT_EXECUTIONS} ${where}`, ...bindings).raw());
  }

  /** One whose row cannot be read keeps no other from being found. */
  #readable(rows: Iterable<readonly unknown[]>): ExecutionRecord[] {
    const found: ExecutionRecord[] = [];
    for (const row of rows) {
      const execution = this.passedOver.attempt(String(row[1]), () => recordOf(row));
      if (execution !== undefined) found.push(execution);
    }
    return found;
  }

  /** @throws CodemodeError `NEWER_JOURNAL` as {@link get} does. */
  entries(execution: ExecutionRecord): Map<number, Entry> {
    return this.entriesOf([execution])?.get(execution.n) ?? new Map();
  }

  /** The entries of several executions in one query, by `n`; nothing where they hold more than `maxChars`. Throws as {@link entries} does. */
  entriesOf(
    executions: readonly ExecutionRecord[],
    maxChars: number = Number.POSITIVE_INFINITY,
  ): Map<number, Map<number, Entry>> | undefined {
    const found = new Map(executions.map(({ n }) => [n, new Map<number, Entry>()]));
    const [first, last] = spanOf(executions);
    let left = maxChars;
    for (const row of this.#sql.exec(SELECT_ENTRIES, first, last).raw()) {
      const entries = found.get(number(row[0]));
      if (entries === undefined) continue;
      try {
        const entry = entryOf(row);
        left -= recordedChars(entry);
        if (left < 0) return undefined;
        entries.set(entry.seq, entry);
      } catch (error) {
        throw unreadable(String(executions.find(({ n }) => n === row[0])?.id), error);
      }
    }
    return found;
  }

  /** Writes entries and the execution's row in one transaction, and refuses an illegal change of status. */
  apply(execution: ExecutionRecord, unwritten: Unwritten): void {
    this.#storage.transactionSync(() => {
      this.#write(execution, unwritten);
      const [row] = this.#sql
        .exec<{ status: string }>("SELECT status FROM executions WHERE n = ?", execution.n)
        .toArray();
      const from = statusOf(row?.status);
      if (from !== execution.status) assertExecutionTransition(from, execution.status);
      this.#sql.exec(
        `UPDATE executions SET status = ?, passes = ?, calls = ?, updated_at = ?, result = ?, error = ?, error_code = ?,
         error_line = ?, logs = ? WHERE n = ?`,
        execution.status,
        execution.passes,
        execution.calls,
        execution.updatedAt,
        execution.result ?? null,
        execution.error ?? null,
        execution.errorCode ?? null,
        execution.errorLine ?? null,
        execution.logs === undefined ? null : JSON.stringify(execution.logs),
        execution.n,
      );
    });
  }

  /** Writes entries only: the execution's row does not change with every call. All of them, or what was true before the rest. */
  write(execution: ExecutionRecord, unwritten: Unwritten): void {
    const write = () => this.#write(execution, unwritten);
    if (isTrueInPart(unwritten)) write();
    else this.#storage.transactionSync(write);
  }

  /** What changed comes first: it happened before what is new. */
  #write({ n }: ExecutionRecord, { added, changed }: Unwritten): void {
    for (const entry of changed) {
      const { rowsWritten } = this.#sql.exec(UPDATE, ...changingValues(entry), n, entry.seq);
      if (rowsWritten === 0) this.#assertDeleted(n, entry);
    }
    const rows = Array.from(added, (entry) => entryValues(n, entry));
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      const some = rows.slice(at, at + ROWS_AT_ONCE);
      this.#sql.exec(INSERTS[some.length - 1] ?? insertOf(some.length), ...some.flat());
    }
  }

  /** What becomes of a call must not be lost in silence: there is no row for it only where the whole execution is gone. */
  #assertDeleted(n: number, { seq }: Entry): void {
    if (this.#sql.exec("SELECT 1 FROM executions WHERE n = ?", n).toArray().length > 0)
      throw new Error(`Entry ${seq} has changed, and is not on disk: a bug of ours.`);
  }

  /** Newest first, of all or of one status: as many as there are that can be read, up to the limit. */
  list(limit: number, beforeN = Number.MAX_SAFE_INTEGER, status?: ExecutionStatus): ExecutionRecord[] {
    const found: ExecutionRecord[] = [];
    let below = beforeN;
    // One query, unless a row of it cannot be read: then another takes its place.
    while (found.length < limit) {
      const wanted = limit - found.length;
      const rows = [...this.#page(below, wanted, status)];
      found.push(...this.#readable(rows));
      if (rows.length < wanted) break;
      below = number(rows.at(-1)?.[0]);
    }
    return found;
  }

  #page(below: number, limit: number, status: ExecutionStatus | undefined): Iterable<readonly unknown[]> {
    if (status === undefined) return this.#sql.exec(SELECT_PAGE, below, limit).raw();
    return this.#sql.exec(SELECT_PAGE_OF_STATUS, below, limit, status).raw();
  }

  withStatus(status: ExecutionStatus, updatedBefore = Number.MAX_SAFE_INTEGER): ExecutionRecord[] {
    return this.#executions("WHERE status = ? AND updated_at <= ? ORDER BY n DESC", status, updatedBefore);
  }

  /** The ids of executions of that status, newest first: together their rows may be larger than memory. */
  idsWithStatus(status: ExecutionStatus): string[] {
    const rows = this.#sql.exec<{ id: string }>("SELECT id FROM executions WHERE status = ? ORDER BY n DESC", status);
    return rows.toArray().map(({ id }) => id);
  }

  /**
   * Executions with a call that was started and has not settled, newest first. The first time it looks at every entry, but at no
   * value; after that no more at those of executions that had ended without one, because there no call starts any more.
   */
  withOpenCalls(): Pick<ExecutionRecord, "n" | "id">[] {
    const { upTo, but } = this.#closed;
    const found = this.#sql
      .exec<{ n: number; id: string }>(
        `SELECT n, id FROM executions WHERE n IN (SELECT n FROM entries WHERE n > ?1 AND ${OPEN_CALL}
          UNION SELECT n FROM entries WHERE n IN (SELECT value FROM json_each(?2)) AND ${OPEN_CALL}) ORDER BY n DESC`,
        upTo,
        JSON.stringify(but),
      )
      .toArray();
    const goingOn = this.#sql.exec<{ n: number }>(`SELECT n FROM executions WHERE status IN (${GOING_ON})`).toArray();
    const [newest] = this.#sql.exec<{ n: number | null }>("SELECT MAX(n) AS n FROM executions").toArray();
    this.#closed = { upTo: newest?.n ?? 0, but: [...found, ...goingOn].map(({ n }) => n) };
    return found;
  }

  /** When the execution of that status which has waited longest was last touched; one whose row cannot be read waits, too. */
  oldest(status: ExecutionStatus, besides: readonly string[] = []): number | undefined {
    const [row] = this.#sql
      .exec<{ at: number }>(
        `SELECT updated_at AS at FROM executions WHERE status = ? AND id NOT IN (SELECT value FROM json_each(?))
         ORDER BY updated_at LIMIT 1`,
        status,
        JSON.stringify(besides),
      )
      .toArray();
    return row?.at;
  }

  /** Also one whose row cannot be read. Answers the status that it had, where there was one of that id. */
  delete(id: string): string | undefined {
    return this.#storage.transactionSync(() => {
      const [row] = this.#sql
        .exec<{ n: number; status: string }>("SELECT n, status FROM executions WHERE id = ?", id)
        .toArray();
      if (row !== undefined) this.#delete(row.n);
      return row?.status;
    });
  }

  /**
   * Removes all terminal executions but the newest `keep`, and but those of which an effect has not been settled: a tool is still
   * at it, somebody has to say what became of it, or only a newer version knows. Answers how many it removed.
   */
  prune(keep: number): number {
    // Numbers only grow, so a history that spans no more of them cannot hold more: no need to count it.
    const [row] = this.#sql
      .exec<{ span: number | null }>(
        "SELECT (SELECT MAX(n) FROM executions) - (SELECT MIN(n) FROM executions) + 1 AS span",
      )
      .toArray();
    if ((row?.span ?? 0) <= keep) return 0;
    return this.#storage.transactionSync(() => {
      const rows = this.#sql
        .exec<{ n: number }>(
          `SELECT n FROM (SELECT n FROM executions WHERE status IN (${TERMINAL}) ORDER BY n DESC LIMIT -1 OFFSET ?) ended
           WHERE NOT EXISTS (SELECT 1 FROM entries WHERE entries.n = ended.n AND ((${OPEN_CALL} AND ${EFFECT}) OR ${UNKNOWN}))`,
          keep,
        )
        .toArray();
      for (const { n } of rows) this.#delete(n);
      if (rows.length > 0) this.snippets.dropUnused();
      return rows.length;
    });
  }

  #delete(n: number): void {
    this.#sql.exec("DELETE FROM entries WHERE n = ?", n);
    this.#sql.exec("DELETE FROM executions WHERE n = ?", n);
  }
}
