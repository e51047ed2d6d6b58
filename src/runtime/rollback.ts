/** Carries out a rollback: newest first, every revert attempted, each recorded before the next, so it can be taken up again. */
import { advance, type Entry } from "../journal/entry.ts";
import type { RollbackItem } from "../journal/public.ts";
import { planRollback, previewItem, type RollbackStep } from "../journal/rollback.ts";
import type { LiveJournal } from "./journal.ts";
import type { HostPort } from "./port.ts";

/** The plan, with the host's word on which tools can be reverted. */
export async function planOf(entries: ReadonlyMap<number, Entry>, port: HostPort): Promise<RollbackStep[]> {
  const calls = planRollback(entries.values(), () => true).map(({ entry }) => entry);
  const answers = await port.reversible(calls.map(({ connector, method }) => ({ connector, method })));
  const reversible = new Set(calls.filter((_, index) => answers[index] === true).map(({ seq }) => seq));
  return planRollback(entries.values(), (entry) => reversible.has(entry.seq));
}

async function revertOne(journal: LiveJournal, port: HostPort, entry: Entry): Promise<RollbackItem> {
  const { connector, method, seq } = entry;
  const { reverted, error } = await port.revert({
    executionId: journal.execution.id,
    seq,
    attempt: entry.attempt,
    connector,
    method,
    args: entry.editedArgs ?? entry.args,
    result: entry.settlement?.ok === true ? entry.settlement.value : undefined,
  });
  if (error === undefined && !reverted) return { seq, connector, method, outcome: "irreversible" };
  advance(entry, error === undefined ? "reverted" : "revert_failed");
  journal.touch(entry);
  journal.flush();
  return error === undefined
    ? { seq, connector, method, outcome: "reverted" }
    : { seq, connector, method, outcome: "failed", error };
}

export async function carryOut(
  journal: LiveJournal,
  plan: readonly RollbackStep[],
  port: HostPort,
): Promise<RollbackItem[]> {
  const items: RollbackItem[] = [];
  for (const step of plan) {
    items.push(step.plan === "revert" ? await revertOne(journal, port, step.entry) : previewItem(step));
  }
  return items;
}
