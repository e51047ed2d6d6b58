/** Carries out a rollback: newest first, every revert attempted, each recorded before the next, so it can be taken up again. */
import { inTime } from "../connector/in-time.ts";
import { advance, argsOf, type Entry } from "../journal/entry.ts";
import type { RollbackItem } from "../journal/public.ts";
import { planRollback, previewItem, type RollbackStep } from "../journal/rollback.ts";
import type { Limits } from "../limits.ts";
import { charsOfEach, cutMessage } from "../wire/values.ts";
import type { LiveJournal } from "./journal.ts";
import type { HostPort } from "./port.ts";

/** The plan, with the host's word on which tools can be reverted. */
export async function planOf(entries: ReadonlyMap<number, Entry>, port: HostPort): Promise<RollbackStep[]> {
  const calls = planRollback(entries.values(), () => true).map(({ entry }) => entry);
  const answers = await port.reversible(calls.map(({ connector, method }) => ({ connector, method })));
  const reversible = new Set(calls.filter((_, index) => answers[index] === true).map(({ seq }) => seq));
  return planRollback(entries.values(), (entry) => reversible.has(entry.seq));
}

type Revert = Parameters<HostPort["revert"]>[0];

/** What the tool says, within the time that a call of it may take: nothing may wait for ever, and another rollback tries again. */
function revertInTime(revert: Revert, port: HostPort, maxToolMs: number): ReturnType<HostPort["revert"]> {
  return inTime(maxToolMs, port.revert(revert), () => {
    // A host that is gone has no tools left to tell.
    void port.abort(revert.executionId, "not undone in time").catch(() => {});
    const name = `${revert.connector}.${revert.method} (call ${revert.seq})`;
    const error = `${name} was not undone within ${maxToolMs} ms, and may be yet. See how it stands, then roll back again.`;
    return { reverted: false, error };
  });
}

async function revertOne(journal: LiveJournal, port: HostPort, entry: Entry, maxToolMs: number): Promise<RollbackItem> {
  const { connector, method, seq } = entry;
  const revert = {
    executionId: journal.execution.id,
    seq,
    attempt: entry.attempt,
    connector,
    method,
    args: argsOf(entry),
    result: entry.settlement?.ok === true ? entry.settlement.value : undefined,
  };
  const { reverted, error } = await revertInTime(revert, port, maxToolMs);
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
  { maxToolMs }: Limits,
): Promise<RollbackItem[]> {
  const items: RollbackItem[] = [];
  for (const step of plan) {
    const item = step.plan === "revert" ? await revertOne(journal, port, step.entry, maxToolMs) : previewItem(step);
    items.push(inBrief(item, plan.length));
  }
  return items;
}

/** What a tool said of its revert, as long as a report about so many of them can carry. */
function inBrief(item: RollbackItem, items: number): RollbackItem {
  return item.error === undefined ? item : { ...item, error: cutMessage(item.error, charsOfEach(items)) };
}
