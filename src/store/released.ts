/** Reads what the released package left in the same database: its facet has the same name, and its tables are its own. */
import * as v from "valibot";
import type { SnippetRecord } from "./snippets.ts";

/** A snippet as the released package keeps it. */
const Row = v.object({
  name: v.string(),
  description: v.string(),
  code: v.string(),
  savedAt: v.number(),
  inputSchema: v.nullable(v.string()),
  connectors: v.nullable(v.pipe(v.string(), v.parseJson(), v.array(v.string()))),
});

/** Its snippets; none where it never was. A row that cannot be read is left where it is. */
export function releasedSnippets(sql: SqlStorage): Omit<SnippetRecord, "hash">[] {
  const [table] = sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'cm_snippets'").toArray();
  if (table === undefined) return [];
  return sql
    .exec(
      `SELECT name, description, code, saved_at AS savedAt, input_schema AS inputSchema, connectors FROM cm_snippets`,
    )
    .toArray()
    .flatMap((raw) => {
      const row = v.safeParse(Row, raw);
      if (!row.success) return [];
      const { inputSchema, connectors, ...snippet } = row.output;
      return [{ ...snippet, inputSchema: inputSchema ?? undefined, connectors: connectors ?? [] }];
    });
}
