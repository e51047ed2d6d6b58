/** Makes a long history quickly: copies of one execution that really ran, row by row, in the database itself. */

/** Copies rows of a table `copies` times; `change` gives SQL for columns that must differ, with `k.i` counting from 1. */
export function copyRows(
  sql: SqlStorage,
  copy: {
    readonly table: string;
    readonly where: string;
    readonly copies: number;
    readonly change: Record<string, string>;
    readonly leave?: readonly string[];
  },
): void {
  const columns = sql
    .exec<{ name: string }>("SELECT name FROM pragma_table_info(?)", copy.table)
    .toArray()
    .map(({ name }) => name)
    .filter((name) => !copy.leave?.includes(name));
  const values = columns.map((name) => copy.change[name] ?? `source.${name}`);
  sql.exec(
    `WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < ?)
     INSERT INTO ${copy.table} (${columns.join(", ")})
     SELECT ${values.join(", ")} FROM k, ${copy.table} source WHERE ${copy.where}`,
    copy.copies,
  );
}
