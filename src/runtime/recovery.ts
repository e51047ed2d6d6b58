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

/** A run that was taken up, and how it will have ended or paused. */
interface TakenUp {
  readonly id: string;
  readonly outcome: Promise<RawExecution>;
}

/** What became of the runs that were taken up, by id. */
export interface Recovered {
  /** They have ended or paused since. */
  readonly recovered: readonly string[];
  /** They could not be taken up, or were interrupted again, and are left to the next use. */
  readonly inVain: readonly string[];
}

export class Recovery {
  readonly #store: JournalStore;
  readonly #runs: Runs;
  readonly #rollbacks: Rollbacks;
  #sought = false;
  readonly #goingOn = new Set<TakenUp>();
  /** Rollbacks that were taken up and are under way. */
  readonly #undoing = new Set<Promise<unknown>>();

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
    const taken = [...this.#takeUp(settings, kept).map(({ outcome }) => outcome), ...this.#undoing];
    return Promise.allSettled(taken).finally(release);
  }

  /**
   * Takes up every interrupted execution and rollback: before it is awaited for the first time, each that can be has a live pass.
   * Answers when all of them have come to something, by id alone: one answer may have no room for how they did.
   */
  async all(settings: HostSettings, port: HostPort): Promise<Recovered> {
    const taken = this.#takeUp(settings, port);
    const outcomes = await Promise.allSettled(taken.map(({ outcome }) => outcome));
    await Promise.allSettled(this.#undoing);
    const those = (status: "fulfilled" | "rejected") =>
      taken.flatMap(({ id }, at) => (outcomes[at]?.status === status ? [id] : []));
    return { recovered: those("fulfilled"), inVain: those("rejected") };
  }

  /**
   * What lacks a connector here is left as it is: another part of the host may have it, and the run or the undoing goes on
   * when that one comes. What never goes on is expired.
   *
   * @returns all executions that were taken up and still go on. Nobody waits for what was never interrupted, undoing included.
   */
  #takeUp(settings: HostSettings, port: HostPort): TakenUp[] {
    const lost = this.#store.withStatus("running").filter(({ id }) => this.#runs.get(id) === undefined);
    const rolling = this.#store.withStatus("rolling_back").filter(({ id }) => this.#rollbacks.get(id) === undefined);
    const ready = (execution: ExecutionRecord) => missingConnectors(execution, settings) === undefined;
    this.#sought = [...lost, ...rolling].every(ready);
    for (const { id } of rolling.filter(ready)) this.#undo(id, settings, port);
    for (const execution of lost.filter(ready)) this.#goOn(execution, settings, port);
    return [...this.#goingOn];
  }

  #undo(id: string, settings: HostSettings, port: HostPort): void {
    const undone = this.#rollbacks
      .begin(id, settings, port)
      .catch((error) => this.#store.passedOver.execution(id, error))
      .finally(() => this.#undoing.delete(undone));
    this.#undoing.add(undone);
  }

  #goOn(execution: ExecutionRecord, settings: HostSettings, port: HostPort): void {
    const taken: TakenUp = { id: execution.id, outcome: this.#begin(execution, settings, port) };
    this.#goingOn.add(taken);
    const end = () => this.#goingOn.delete(taken);
    taken.outcome.then(end, end);
  }

  /** One whose journal cannot be read or written now keeps no other from being taken up, and is tried again by the next use. */
  async #begin(execution: ExecutionRecord, settings: HostSettings, port: HostPort): Promise<RawExecution> {
    let outcome: Promise<RawExecution>;
    try {
      const journal = new LiveJournal(this.#store, execution, this.#store.entries(execution));
      outcome = this.#runs.goOn(journal, "recovery", settings, port);
    } catch (error) {
      this.#sought = false;
      this.#store.passedOver.execution(execution.id, error);
      throw error;
    }
    return outcome;
  }
}
