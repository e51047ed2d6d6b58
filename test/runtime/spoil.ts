/** Rows as no version that is known here wrote them; each puts them on the disk and starts the facet anew. */
import { crashFacet } from "../support/drive.ts";
import { facetIn } from "../support/facet.ts";

type Cells = Readonly<Record<string, string | number | null>>;

/** Puts cells into the rows of a table that have others. */
async function spoil(ctx: DurableObjectState, name: string, where: Cells, put: Cells): Promise<void> {
  const facet = facetIn(ctx);
  const dump = await facet.dump();
  const table = dump.tables[name];
  if (table === undefined) throw new Error(`There is no table ${name}.`);
  const at = (column: string) => table.columns.indexOf(column);
  const found = table.rows.filter((row) => Object.entries(where).every(([column, cell]) => row[at(column)] === cell));
  if (found.length === 0) throw new Error(`No row of ${name} has ${JSON.stringify(where)}.`);
  for (const row of found) for (const [column, cell] of Object.entries(put)) row[at(column)] = cell;
  await facet.restore(dump);
  await crashFacet(ctx);
}

export function spoilExecution(ctx: DurableObjectState, executionId: string, put: Cells): Promise<void> {
  return spoil(ctx, "executions", { id: executionId }, put);
}

export function spoilSnippet(ctx: DurableObjectState, name: string, put: Cells): Promise<void> {
  return spoil(ctx, "snippets", { name }, put);
}

/** Spoils what is recorded of an execution's calls; its own row stays as it is. */
export async function spoilEntries(ctx: DurableObjectState, executionId: string): Promise<void> {
  const { executions } = (await facetIn(ctx).dump()).tables;
  const row = executions?.rows.find((cells) => cells[executions.columns.indexOf("id")] === executionId);
  const n = row?.[Number(executions?.columns.indexOf("n"))];
  await spoil(ctx, "entries", { n: n ?? null }, { decision: "[]" });
}
