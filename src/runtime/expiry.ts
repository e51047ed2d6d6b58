/** What ends because nobody came: paused executions that nobody decided on, interrupted ones that nobody took up. */
import type { ExecutionRecord } from "../store/executions.ts";
import type { JournalStore } from "../store/store.ts";
import { LiveJournal } from "./journal.ts";
import type { HostPort } from "./port.ts";

/** Ends paused executions that nobody decided on, and running ones that could not be taken up. */
export async function expire(
  store: JournalStore,
  { maxAgeMs, isLive }: { readonly maxAgeMs: number; readonly isLive: (id: string) => boolean },
  port: HostPort,
): Promise<string[]> {
  const before = Date.now() - maxAgeMs;
  const expired: string[] = [];
  // Read anew, one by one: while the connectors heard of one, another may have been decided on.
  const due = ({ id, status }: ExecutionRecord) => {
    const execution = store.get(id);
    return execution?.status === status && execution.updatedAt <= before ? execution : undefined;
  };
  for (const found of store.withStatus("paused", before)) {
    const execution = due(found);
    if (execution === undefined) continue;
    const journal = new LiveJournal(store, execution, store.entries(execution));
    journal.close({ status: "rejected", error: "Nobody decided in time.", logs: execution.logs ?? [] });
    expired.push(execution.id);
    await port.executionEnded(execution.id, "rejected");
  }
  for (const found of store.withStatus("running", before)) {
    const execution = due(found);
    if (execution === undefined || isLive(execution.id)) continue;
    const journal = new LiveJournal(store, execution, store.entries(execution));
    journal.close({
      status: "error",
      error: "The execution was interrupted and could not be taken up in time.",
      errorCode: "INTERRUPTED",
      logs: [],
    });
    expired.push(execution.id);
    await port.executionEnded(execution.id, "error");
  }
  return expired;
}
