/** Saved programs: each text once, under its hash, for as long as a snippet or a run that goes on needs it. */
import * as v from "valibot";
import { CALLS_NOTHING } from "./executions.ts";
import type { PassedOver } from "./passed-over.ts";

export interface SnippetRecord {
  readonly name: string;
  readonly hash: string;
  readonly description: string;
  readonly savedAt: number;
  /** JSON text. */
  readonly inputSchema: string | undefined;
  readonly connectors: readonly string[];
  readonly code: string;
}

/** For SQL: UTF-8 bytes of a snippet. Each text by itself, as one of all three may be longer than a value may be. */
const STORED_BYTES = ["p.code", "s.description", "COALESCE(s.input_schema, '')"]
  .map((text) => `LENGTH(CAST(${text} AS BLOB))`)
  .join(" + ");

export class SnippetStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly #passedOver: PassedOver;

  constructor(storage: DurableObjectStorage, passedOver: PassedOver) {
    this.#storage = storage;
    this.#passedOver = passedOver;
    this.#sql = storage.sql;
  }

  save(snippet: SnippetRecord): void {
    this.#storage.transactionSync(() => {
      this.#sql.exec("INSERT OR IGNORE INTO programs (hash, code) VALUES (?, ?)", snippet.hash, snippet.code);
      this.#sql.exec(
        "INSERT OR REPLACE INTO snippets (name, hash, description, saved_at, input_schema, connectors) VALUES (?, ?, ?, ?, ?, ?)",
        snippet.name,
        snippet.hash,
        snippet.description,
        snippet.savedAt,
        snippet.inputSchema ?? null,
        JSON.stringify(snippet.connectors),
      );
      this.dropUnused();
    });
  }

  /** UTF-8 bytes of all snippets as they are listed, were this one saved: each with its program, and without the one that it replaces. */
  bytesWith({ name, code, description, inputSchema = "" }: SnippetRecord): number {
    const { others } = this.#sql
      .exec<{ others: number }>(
        `SELECT COALESCE(SUM(${STORED_BYTES}), 0) AS others FROM snippets s JOIN programs p ON p.hash = s.hash WHERE s.name <> ?`,
        name,
      )
      .one();
    return others + new TextEncoder().encode(code + description + inputSchema).byteLength;
  }

  /** By name: those that can be read. */
  all(): SnippetRecord[] {
    return this.#sql
      .exec("SELECT s.*, p.code FROM snippets s JOIN programs p ON p.hash = s.hash ORDER BY s.name")
      .toArray()
      .flatMap((row) => {
        try {
          return snippetOf(row);
        } catch (error) {
          this.#passedOver.snippet(String(row.name), error);
          return [];
        }
      });
  }

  delete(name: string): boolean {
    return this.#storage.transactionSync(() => {
      const existed = this.#sql.exec("DELETE FROM snippets WHERE name = ?", name).rowsWritten > 0;
      if (existed) this.dropUnused();
      return existed;
    });
  }

  /** The code of pinned snippets, also of those that were saved anew or deleted since. */
  codes(hashes: Iterable<string>): Map<string, string> {
    const programs = new Map<string, string>();
    for (const hash of hashes) {
      const [row] = this.#sql.exec<{ code: string }>("SELECT code FROM programs WHERE hash = ?", hash).toArray();
      if (row !== undefined) programs.set(hash, row.code);
    }
    return programs;
  }

  /**
   * A program stays while a snippet names it or an execution that can still run has pinned it: while its hash is in the text that
   * says what that one pinned, be that text of a newer version's making.
   */
  dropUnused(): void {
    this.#sql.exec(`DELETE FROM programs WHERE hash NOT IN (SELECT hash FROM snippets) AND NOT EXISTS (
      SELECT 1 FROM executions WHERE n IN (SELECT n FROM executions WHERE status NOT IN (${CALLS_NOTHING}))
      AND instr(snippets, programs.hash) > 0)`);
  }
}

const SnippetRow = v.object({
  name: v.string(),
  hash: v.string(),
  description: v.string(),
  saved_at: v.number(),
  input_schema: v.nullable(v.string()),
  connectors: v.string(),
  code: v.string(),
});

function snippetOf(raw: unknown): SnippetRecord {
  const row = v.parse(SnippetRow, raw);
  // It is parsed where it is needed; here only whether it can be.
  if (row.input_schema !== null) JSON.parse(row.input_schema);
  return {
    name: row.name,
    hash: row.hash,
    description: row.description,
    savedAt: row.saved_at,
    inputSchema: row.input_schema ?? undefined,
    connectors: v.parse(v.array(v.string()), JSON.parse(row.connectors)),
    code: row.code,
  };
}
