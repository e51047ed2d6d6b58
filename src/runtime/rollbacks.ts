/**
 * The rollbacks that are under way: an execution has one at a time, and whoever asks meanwhile gets the same report.
 *
 * Owns: which they are. Does not own: what is undone, and in which order (`rollback.ts`, `journal/rollback.ts`).
 */
import type { RollbackPreview, RollbackReport } from "../journal/public.ts";
import { leavesSomething, previewItem } from "../journal/rollback.ts";
import { rollbackDigest } from "./digest.ts";
import type { HostPort } from "./port.ts";
import type { HostSettings, Refusal } from "./requests.ts";
import { carryOut, planOf } from "./rollback.ts";
import type { Runs } from "./runs.ts";
import { missingConnectors, notFound } from "./show.ts";

type Report = Promise<RollbackReport | Refusal>;

function goneOn(id: string): Refusal {
  return {
    refused: "STALE_DECISION",
    message: `${id} has gone on since its rollback was previewed. Nothing was undone. Look at what it would do now.`,
  };
}

export class Rollbacks {
  readonly #runs: Runs;
  readonly #onInterrupted: () => void;
  readonly #underWay = new Map<string, Report>();

  /** @param onInterrupted called when one broke off: it stays claimed on the disk, and someone must take it up again. */
  constructor(runs: Runs, onInterrupted: () => void) {
    this.#runs = runs;
    this.#onInterrupted = onInterrupted;
  }

  get(id: string): Report | undefined {
    return this.#underWay.get(id);
  }

  /** The executions that are being undone. */
  get ids(): string[] {
    return [...this.#underWay.keys()];
  }

  /** What {@link rollBack} would do now. */
  async preview(id: string, settings: HostSettings, port: HostPort): Promise<RollbackPreview | Refusal> {
    const journal = this.#runs.journal(id);
    if (journal === undefined) return notFound(id);
    const { status } = journal.execution;
    const digest = rollbackDigest(id, journal.entries.values());
    const plan = await planOf(journal.entries, port);
    const isDone = status === "rolled_back" && !leavesSomething(plan);
    const refusal = isDone ? undefined : missingConnectors(journal.execution, settings);
    return refusal ?? { executionId: id, status, items: plan.map(previewItem), digest };
  }

  /**
   * Undoes an execution, or what an earlier rollback could not undo.
   *
   * @param digest of the preview that it is to be the rollback of; absent for whatever there is.
   */
  async rollBack(id: string, digest: string | undefined, settings: HostSettings, port: HostPort): Report {
    await this.#runs.left(id);
    const underWay = this.#underWay.get(id);
    if (underWay !== undefined) return underWay;
    const journal = this.#runs.journal(id);
    if (journal === undefined) return notFound(id);
    const { status } = journal.execution;
    if (status === "running") {
      return { refused: "ILLEGAL_TRANSITION", message: `${id} is still running. Cancel it first, then roll it back.` };
    }
    if (status === "rolled_back") {
      const plan = await planOf(journal.entries, port);
      if (!leavesSomething(plan)) return { executionId: id, status, items: plan.map(previewItem) };
    }
    if (digest !== undefined && digest !== this.#digestOf(id)) return goneOn(id);
    return missingConnectors(journal.execution, settings) ?? this.begin(id, settings, port);
  }

  /** As the execution stands now: while connectors were asked, somebody may have said what became of a call. */
  #digestOf(id: string): string {
    return rollbackDigest(id, this.#runs.journal(id)?.entries.values() ?? []);
  }

  /** Begins the rollback of an execution, or takes up the one that was claimed before; answers the one that is under way. */
  begin(id: string, settings: HostSettings, port: HostPort): Report {
    const underWay = this.#underWay.get(id);
    if (underWay !== undefined) return underWay;
    const report = this.#undo(id, settings, port).finally(() => this.#underWay.delete(id));
    report.catch(this.#onInterrupted);
    this.#underWay.set(id, report);
    return report;
  }

  async #undo(id: string, { limits }: HostSettings, port: HostPort): Report {
    const journal = this.#runs.journal(id);
    if (journal === undefined) return notFound(id);
    const { execution } = journal;
    // Claimed on disk before the first revert: after a crash it is taken up, not started anew.
    execution.status = "rolling_back";
    journal.doubt(this.#runs.performs(id));
    journal.save();
    const items = await carryOut(journal, await planOf(journal.entries, port), port, limits);
    execution.status = "rolled_back";
    execution.updatedAt = Date.now();
    journal.save();
    await port.executionEnded(id, "rolled_back");
    return { executionId: id, status: execution.status, items };
  }
}
