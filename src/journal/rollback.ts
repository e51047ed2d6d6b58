/** What a rollback does with each entry, newest first: planned before anything is undone. */
import type { Entry } from "./entry.ts";
import type { RollbackItem } from "./public.ts";

/** An entry that a rollback has to look at, and what it means to do. */
export interface RollbackStep {
  readonly entry: Entry;
  readonly plan: "revert" | "irreversible" | "in_doubt" | "done";
}

/** Entries that changed something outside: not steps, timers or reads, and not what never ran. */
function hadEffect(entry: Entry): boolean {
  return entry.kind === "call" && !entry.readOnly && entry.connector !== "codemode";
}

/**
 * The plan of a rollback.
 *
 * @param reversible whether the tool of an entry has a `revert`.
 */
export function planRollback(entries: Iterable<Entry>, reversible: (entry: Entry) => boolean): RollbackStep[] {
  const steps: RollbackStep[] = [];
  for (const entry of entries) {
    if (!hadEffect(entry)) continue;
    if (entry.state === "reverted") steps.push({ entry, plan: "done" });
    else if (entry.state === "started" || entry.state === "in_doubt") steps.push({ entry, plan: "in_doubt" });
    else if (entry.state === "succeeded" || entry.state === "revert_failed") {
      steps.push({ entry, plan: reversible(entry) ? "revert" : "irreversible" });
    }
  }
  return steps.sort(({ entry: a }, { entry: b }) => newestFirst(a, b));
}

/**
 * By the order in which effects took place, which for parallel calls is not the order of their seqs. A call that outlived its step
 * shares the place of what settled before it.
 */
function newestFirst(a: Entry, b: Entry): number {
  const byOrder = (b.order ?? b.seq) - (a.order ?? a.seq);
  return byOrder || (b.settledAt ?? 0) - (a.settledAt ?? 0) || b.seq - a.seq;
}

/**
 * Whether an execution that was rolled back is rolled back again: a revert failed, or something that can be undone was not,
 * such as a call that settled only afterwards.
 */
export function leavesSomething(plan: readonly RollbackStep[]): boolean {
  return plan.some((step) => step.plan === "revert" || step.entry.state === "revert_failed");
}

const OUTCOMES = {
  revert: "would_revert",
  irreversible: "irreversible",
  in_doubt: "in_doubt",
  done: "reverted",
} as const satisfies Record<RollbackStep["plan"], RollbackItem["outcome"]>;

/** How a plan reads before it is carried out. */
export function previewItem({ entry, plan }: RollbackStep): RollbackItem {
  return { seq: entry.seq, connector: entry.connector, method: entry.method, outcome: OUTCOMES[plan] };
}
