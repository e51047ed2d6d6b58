/** The tables, and the steps that bring an older database to them. A step is never edited once it was released. */
import { CodemodeError } from "../errors.ts";
import { decodeValue, encodeValue } from "../wire/values.ts";

/** Applied in order; the database remembers how many it has. */
const MIGRATIONS: readonly (string | ((sql: SqlStorage) => void))[] = [
  `
  CREATE TABLE executions (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    code TEXT NOT NULL,
    seed TEXT NOT NULL,
    connectors TEXT NOT NULL,
    snippets TEXT NOT NULL,
    passes INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    result TEXT,
    error TEXT,
    error_code TEXT,
    error_line INTEGER,
    logs TEXT
  );
  CREATE INDEX executions_by_status ON executions (status, updated_at);
  CREATE TABLE entries (
    n INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    connector TEXT NOT NULL,
    method TEXT NOT NULL,
    args TEXT NOT NULL,
    ord INTEGER,
    value TEXT,
    started_at INTEGER,
    settled_at INTEGER,
    parent INTEGER,
    line INTEGER,
    asked_at INTEGER,
    definition TEXT,
    edited TEXT,
    decision TEXT,
    PRIMARY KEY (n, seq)
  ) WITHOUT ROWID;
  CREATE TABLE snippets (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    description TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    input_schema TEXT,
    connectors TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE programs (hash TEXT PRIMARY KEY, code TEXT NOT NULL) WITHOUT ROWID;
  `,
  writeArgumentsAnew,
  // Executions of before kept none, and go on under those of today.
  "ALTER TABLE executions ADD COLUMN limits TEXT",
];

/** An instance of a class, which only the text tells from a plain object; today's text of it is the same. */
const INSTANCE = /\["Plain",\d+\]/;

function anew(text: string | null): string | null {
  if (text === null || text === "" || INSTANCE.test(text)) return text;
  try {
    return encodeValue(decodeValue(text), "Arguments");
  } catch {
    // A hostile program may have written what is no value; it must not keep the runtime from starting.
    return text;
  }
}

/**
 * From schema 2 on, plain values are written as JSON. Results of before are read as they are; arguments are compared as text
 * when a program is replayed, so those of executions that may still be replayed are written as they would be today.
 */
function writeArgumentsAnew(sql: SqlStorage): void {
  // Where a call stands in its program is asked for when a replay differs, and was shown nowhere else.
  sql.exec("ALTER TABLE entries DROP COLUMN line");
  const rows = sql.exec<{ n: number; seq: number; args: string; edited: string | null }>(
    `SELECT n, seq, args, edited FROM entries
     WHERE args <> '' AND n IN (SELECT n FROM executions WHERE status IN ('running', 'paused'))`,
  );
  for (const { n, seq, args, edited } of rows.toArray()) {
    sql.exec("UPDATE entries SET args = ?, edited = ? WHERE n = ? AND seq = ?", anew(args), anew(edited), n, seq);
  }
}

/**
 * Creates or migrates the tables. Runs in one transaction, so a database is never between two versions.
 *
 * @returns the version that was found; 0 for a database that is new to us.
 * @throws CodemodeError `NEWER_JOURNAL`, and nothing is changed: what a newer version means by a row is not known here.
 */
export function migrate(storage: DurableObjectStorage): number {
  return storage.transactionSync(() => {
    const { sql } = storage;
    sql.exec("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID");
    const [row] = sql.exec<{ value: number }>("SELECT value FROM meta WHERE key = 'schema'").toArray();
    const version = row?.value ?? 0;
    if (version > MIGRATIONS.length) {
      throw new CodemodeError(
        "NEWER_JOURNAL",
        `The journal has schema ${version}, and this version of durable-codemode knows ${MIGRATIONS.length}: a newer one wrote it. Deploy that one again.`,
        { version },
      );
    }
    for (const step of MIGRATIONS.slice(version)) {
      if (typeof step === "string") sql.exec(step);
      else step(sql);
    }
    if (version < MIGRATIONS.length) {
      sql.exec("INSERT OR REPLACE INTO meta (key, value) VALUES ('schema', ?)", MIGRATIONS.length);
    }
    return version;
  });
}

/** How many migrations this version knows; journals are kept under it. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;
