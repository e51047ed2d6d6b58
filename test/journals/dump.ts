/** A facet's database as data: the tables as they were declared, and their rows, so that any version can load any other's. */
import * as v from "valibot";

const Cell = v.nullable(v.union([v.string(), v.number()]));

const DumpShape = v.object({
  /** Statements that make the tables and indices, in order. */
  schema: v.array(v.string()),
  tables: v.record(v.string(), v.object({ columns: v.array(v.string()), rows: v.array(v.array(Cell)) })),
});

export type Dump = v.InferOutput<typeof DumpShape>;

/** Tables that the platform keeps for itself. */
const FOREIGN = /^(_cf_|sqlite_)/;

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

function declared(sql: SqlStorage): { readonly name: string; readonly type: string; readonly sql: string | null }[] {
  return sql
    .exec<{ name: string; type: string; sql: string | null }>(
      "SELECT name, type, sql FROM sqlite_master ORDER BY type DESC, name",
    )
    .toArray()
    .filter(({ name }) => !FOREIGN.test(name));
}

export function readDump(sql: SqlStorage): Dump {
  const tables: Dump["tables"] = {};
  const schema: string[] = [];
  for (const { name, type, sql: statement } of declared(sql)) {
    if (statement !== null) schema.push(statement);
    if (type !== "table") continue;
    const cursor = sql.exec(`SELECT * FROM ${quoted(name)}`);
    const rows = [...cursor.raw()].map((row) => v.parse(v.array(Cell), row));
    tables[name] = { columns: cursor.columnNames, rows };
  }
  return { schema, tables };
}

export function writeDump(sql: SqlStorage, dump: Dump): void {
  for (const { name, type } of declared(sql)) if (type === "table") sql.exec(`DROP TABLE ${quoted(name)}`);
  for (const statement of dump.schema) sql.exec(statement);
  for (const [name, { columns, rows }] of Object.entries(dump.tables)) {
    const insert = `INSERT INTO ${quoted(name)} (${columns.map(quoted).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;
    for (const row of rows) sql.exec(insert, ...row);
  }
}

const MoveShape = v.object({
  do: v.picklist(["approve", "approveAll", "approveSeveral", "reject", "rejectSeveral", "cancel", "expire", "rollback", "delete"]),
  seq: v.optional(v.number()),
  seqs: v.optional(v.array(v.number())),
  args: v.optional(v.unknown()),
  then: v.optional(v.picklist(["end", "throw"])),
});

/** A move as it is kept: the action by its seq, several by theirs. */
export type KeptMove = v.InferOutput<typeof MoveShape>;

const GoldenShape = v.object({
  name: v.string(),
  /** Version of the schema that wrote it. */
  schemaVersion: v.number(),
  dump: DumpShape,
  /** What a person did after the journal was taken. */
  moves: v.array(MoveShape),
  afterwards: v.optional(v.picklist(["rollback", "delete"])),
  /** How the execution ended, without ids and times. */
  outcome: v.unknown(),
});

export type Golden = v.InferOutput<typeof GoldenShape>;

/** @throws when a file is no golden journal. */
export function parseGolden(value: unknown): Golden {
  return v.parse(GoldenShape, value);
}
