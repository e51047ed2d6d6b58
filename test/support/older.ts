/** Executions as a version wrote them that did not keep their limits. */
import { facetIn } from "./facet.ts";

/** Takes from all executions of a runtime the limits that they keep. None of them may have a live pass. */
export async function forgetLimits(ctx: DurableObjectState): Promise<void> {
  const facet = facetIn(ctx);
  const { schema, tables } = await facet.dump();
  const { executions } = tables;
  if (executions === undefined) throw new Error("There are no executions.");
  const at = executions.columns.indexOf("limits");
  const rows = executions.rows.map((row) => row.with(at, null));
  await facet.restore({ schema, tables: { ...tables, executions: { ...executions, rows } } });
}
