/** Saved programs: each text once, under its hash, for as long as a snippet or a run that goes on needs it. */
import * as v from "valibot";

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

export class SnippetStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
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

  /** By name. */
  all(): SnippetRecord[] {
    return this.#sql
      .exec("SELECT s.*, p.code FROM snippets s JOIN programs p ON p.hash = s.hash ORDER BY s.name")
      .toArray()
      .map(snippetOf);
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

  /** A program stays while a snippet names it or an execution that can still run has pinned it. */
  dropUnused(): void {
    this.#sql.exec(`DELETE FROM programs WHERE hash NOT IN (SELECT hash FROM snippets) AND hash NOT IN (
      SELECT pin.value FROM executions e, json_each(e.snippets) pin WHERE e.status IN ('running', 'paused'))`);
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
