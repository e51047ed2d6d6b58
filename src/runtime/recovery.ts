/**
 * Takes up what a process left behind when it died, or a pass when it lost its host: executions that are `running` on disk and
 * have no live pass, and rollbacks that were claimed and are not under way.
 *
 * Owns: whether there may be any. Nothing looks for them by itself: the next use of the runtime does.
 */
import type { ExecutionRecord } from "../store/executions.ts";
import type { JournalStore } from "../store/store.ts";
import { LiveJournal } from "./journal.ts";
import type { HostPort } from "./port.ts";
import type { HostSettings, RawExecution } from "./requests.ts";
import type { Rollbacks } from "./rollbacks.ts";
import { keep, type Runs } from "./runs.ts";
import { missingConnectors } from "./show.ts";

export class Recovery {
  readonly #store: JournalStore;
  readonly #runs: Runs;
  readonly #rollbacks: Rollbacks;
  #sought = false;

  constructor(store: JournalStore, runs: Runs, rollbacks: Rollbacks) {
    this.#store = store;
    this.#runs = runs;
    this.#rollbacks = rollbacks;
  }

  /** Something was interrupted: the next use takes it up. */
  interrupted(): void {
    this.#sought = false;
  }

  /**
   * On the first use after a start, and after an interruption, takes up in the background whatever there is. Answers when that
   * is done; nothing when there was no need to look.
   */
  once(settings: HostSettings, port: HostPort): Promise<unknown> | undefined {
    if (this.#sought) return undefined;
    const { kept, release } = keep(port);
    const taken = [...this.#takeUp(settings, kept), ...this.#rollbacks.all()];
    return Promise.allSettled(taken).finally(release);
  }

  /** Takes up every interrupted execution and rollback, and answers how the executions ended or paused. */
  async all(settings: HostSettings, port: HostPort): Promise<RawExecution[]> {
    const outcomes = await Promise.all(this.#takeUp(settings, port));
    await Promise.allSettled(this.#rollbacks.all());
    return outcomes;
  }

  /**
   * What lacks a connector here is left as it is: another part of the host may have it, and the run or the undoing goes on
   * when that one comes. What never goes on is expired.
   */
  #takeUp(settings: HostSettings, port: HostPort): Promise<RawExecution>[] {
    const running = this.#store.withStatus("running");
    const rolling = this.#store.withStatus("rolling_back");
    const ready = (execution: ExecutionRecord) => missingConnectors(execution, settings) === undefined;
    this.#sought = [...running, ...rolling].every(
      (execution) => this.#runs.get(execution.id) !== undefined || ready(execution),
    );
    for (const { id } of rolling.filter(ready)) void this.#rollbacks.begin(id, settings, port).catch(() => {});
    return running.flatMap((execution) => {
      const live = this.#runs.get(execution.id);
      if (live !== undefined) return [live.outcome];
      if (!ready(execution)) return [];
      const journal = new LiveJournal(this.#store, execution, this.#store.entries(execution));
      return [this.#runs.goOn(journal, settings, port)];
    });
  }
}
