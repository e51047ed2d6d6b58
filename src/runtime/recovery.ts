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
  /** How the executions that were taken up will have ended or paused. */
  readonly #goingOn = new Set<Promise<RawExecution>>();

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

  /**
   * Takes up every interrupted execution and rollback, and answers which executions have ended or paused since: one answer may have
   * no room for how all of them did. Those that could not be taken up, or were interrupted again, are left to the next use.
   */
  async all(settings: HostSettings, port: HostPort): Promise<string[]> {
    const outcomes = await Promise.allSettled(this.#takeUp(settings, port));
    await Promise.allSettled(this.#rollbacks.all());
    return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value.execution.id] : []));
  }

  /**
   * What lacks a connector here is left as it is: another part of the host may have it, and the run or the undoing goes on
   * when that one comes. What never goes on is expired.
   *
   * @returns all executions that were taken up and still go on. Nobody waits for those that were never interrupted.
   */
  #takeUp(settings: HostSettings, port: HostPort): Promise<RawExecution>[] {
    const lost = this.#store.withStatus("running").filter(({ id }) => this.#runs.get(id) === undefined);
    const rolling = this.#store.withStatus("rolling_back");
    const ready = (execution: ExecutionRecord) => missingConnectors(execution, settings) === undefined;
    this.#sought = [...lost, ...rolling].every(ready);
    for (const { id } of rolling.filter(ready))
      this.#rollbacks.begin(id, settings, port).catch((error) => this.#runs.passOver(id, error));
    for (const execution of lost.filter(ready)) this.#goOn(execution, settings, port);
    return [...this.#goingOn];
  }

  #goOn(execution: ExecutionRecord, settings: HostSettings, port: HostPort): void {
    const outcome = this.#begin(execution, settings, port);
    this.#goingOn.add(outcome);
    const end = () => this.#goingOn.delete(outcome);
    outcome.then(end, end);
  }

  /** One whose journal cannot be read or written now keeps no other from being taken up, and is tried again by the next use. */
  async #begin(execution: ExecutionRecord, settings: HostSettings, port: HostPort): Promise<RawExecution> {
    let outcome: Promise<RawExecution>;
    try {
      const journal = new LiveJournal(this.#store, execution, this.#store.entries(execution));
      outcome = this.#runs.goOn(journal, "recovery", settings, port);
    } catch (error) {
      this.#sought = false;
      this.#runs.passOver(execution.id, error);
      throw error;
    }
    return outcome;
  }
}
