/**
 * `CodemodeRuntime`: the Durable Object facet that owns the journal and drives every run.
 *
 * Owns: the database, and through `runs.ts`, `rollbacks.ts` and `recovery.ts` what is under way. Does not own: connectors and
 * executor, which the host lends for one request at a time. Nothing in memory matters after the process dies: what is `running`
 * on disk with no live pass is taken up again.
 */
import { DurableObject } from "cloudflare:workers";
import { type CodemodeError, isCodemodeError } from "../errors.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Entry } from "../journal/entry.ts";
import type { ExecutionStatus, RollbackPreview, RollbackReport } from "../journal/public.ts";
import { isTerminal } from "../journal/states.ts";
import { MAX_SNIPPETS_BYTES } from "../limits.ts";
import { randomSeed } from "../sandbox/direct-run.ts";
import type { CompiledProgram } from "../sandbox/program/compile.ts";
import { releasedSnippets } from "../store/released.ts";
import type { SnippetRecord } from "../store/snippets.ts";
import { JournalStore } from "../store/store.ts";
import { AnswerBudget } from "./answer.ts";
import { cancelledEnd, thrownEnd } from "./endings.ts";
import { expire } from "./expiry.ts";
import { LiveJournal } from "./journal.ts";
import type { HostPort } from "./port.ts";
import { Recovery } from "./recovery.ts";
import type {
  DecisionRequest,
  HostSettings,
  RawHistory,
  RawOutcome,
  RawPending,
  Refusal,
  ShownExecution,
} from "./requests.ts";
import { Rollbacks } from "./rollbacks.ts";
import { Runs } from "./runs.ts";
import { notFound, show, showAll, showHistory, shownExecution, showWaiting, tooManySnippets } from "./show.ts";
import { checkWritten, takeDecision } from "./take-decision.ts";

/** What one maintenance did, and what is left. */
interface Maintained {
  readonly recovered: readonly string[];
  readonly expired: readonly string[];
  readonly pruned: number;
  readonly oldestWaiting: number | undefined;
}

/**
 * The durable part of a runtime. Export it from your Worker's entry (the Vite plugin does); everything else about it is
 * done by `createCodemodeRuntime`.
 *
 * @example
 * ```ts
 * export { CodemodeRuntime } from "durable-codemode";
 * ```
 */
export class CodemodeRuntime extends DurableObject {
  readonly #store: JournalStore;
  readonly #runs: Runs;
  readonly #rollbacks: Rollbacks;
  readonly #recovery: Recovery;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env as Cloudflare.Env);
    this.#store = new JournalStore(ctx.storage);
    const onInterrupted = () => this.#recovery.interrupted();
    this.#runs = new Runs(this.#store, onInterrupted);
    this.#rollbacks = new Rollbacks(this.#runs, onInterrupted);
    this.#recovery = new Recovery(this.#store, this.#runs, this.#rollbacks);
    if (this.#store.isNew) this.#takeOverSnippets(ctx.storage.sql);
  }

  // Runs

  /** Begins an execution and runs it until it ends or pauses. */
  async execute(
    request: { readonly id: string; readonly code: string },
    settings: HostSettings,
    port: HostPort,
  ): Promise<RawOutcome> {
    this.#recoverOnce(settings, port);
    const code = request.code;
    let program: CompiledProgram | CodemodeError;
    try {
      program = this.#runs.compile(code, settings);
    } catch (error) {
      if (!isCodemodeError(error)) throw error;
      if (error.code !== "SYNTAX_ERROR") return { refused: error.code, message: error.message };
      program = error;
    }
    this.#store.prune(settings.maxExecutions);
    const execution = this.#store.create({
      id: request.id,
      code,
      seed: randomSeed(),
      connectors: settings.connectors,
      snippets: Object.fromEntries(this.#store.snippets.all().map(({ name, hash }) => [name, hash])),
      limits: settings.limits,
      createdAt: Date.now(),
    });
    const journal = new LiveJournal(this.#store, execution, new Map());
    if (program instanceof Error) return this.#refuse(journal, program);
    return this.#runs.run(journal, "start", settings, port);
  }

  /** A program that does not parse ends where it began. What the disk does not let end goes on, as far as to the same end. */
  #refuse(journal: LiveJournal, error: CodemodeError): RawOutcome {
    try {
      journal.close({ ...thrownEnd(error), logs: [] });
    } catch (failure) {
      this.#recovery.interrupted();
      throw failure;
    }
    return show(journal);
  }

  // Decisions

  /** A person's decision. When it lets the execution go on, runs the next pass and answers with its outcome. */
  async decide(request: DecisionRequest, settings: HostSettings, port: HostPort): Promise<RawOutcome> {
    this.#recoverOnce(settings, port);
    try {
      const invalid = await checkWritten(this.#runs, request, settings, port);
      if (invalid !== undefined) return invalid;
      await this.#runs.left(request.executionId);
      // What went on may have been interrupted meanwhile: a decision about it is made on the run that takes its place.
      this.#recoverOnce(settings, port);
      return await takeDecision(this.#runs, request, settings, port);
    } catch (error) {
      if (!isCodemodeError(error) || error.code !== "NEWER_JOURNAL") throw error;
      return { refused: error.code, message: error.message };
    }
  }

  /** Ends a run. Answers whether there was one to end. */
  async cancel(id: string, reason: string | undefined, settings: HostSettings, port: HostPort): Promise<boolean> {
    this.#recoverOnce(settings, port);
    await this.#runs.left(id);
    const live = this.#runs.get(id);
    if (live !== undefined) {
      live.pass.cancel(reason);
      // A run whose end the disk did not take has not ended: it will be taken up.
      await live.outcome.catch((error) => {
        if (live.pass.interrupted) throw error;
      });
      return true;
    }
    const journal = this.#runs.journal(id);
    if (journal === undefined || isTerminal(journal.execution.status) || journal.execution.status === "rolling_back")
      return false;
    journal.close({ ...cancelledEnd(reason), logs: journal.execution.logs ?? [] });
    await port.executionEnded(id, "error");
    return true;
  }

  /** Ends a run whose caller has left. One that has paused waits for its decision, also when its last pass is still leaving. */
  async stop(id: string, reason: string, settings: HostSettings, port: HostPort): Promise<void> {
    await this.#runs.left(id);
    if (this.#store.get(id)?.status !== "paused") await this.cancel(id, reason, settings, port);
  }

  // Recovery

  /** On the first use after a start, whatever the last process left behind is taken up in the background. */
  #recoverOnce(settings: HostSettings, port: HostPort): void {
    const recovering = this.#recovery.once(settings, port);
    if (recovering !== undefined) this.ctx.waitUntil(recovering);
  }

  /** Takes up every interrupted execution and rollback, and answers which executions have ended or paused since. */
  async recover(settings: HostSettings, port: HostPort): Promise<string[]> {
    return [...(await this.#recovery.all(settings, port)).recovered];
  }

  // Rollback

  async previewRollback(id: string, settings: HostSettings, port: HostPort): Promise<RollbackPreview | Refusal> {
    return this.#rollbacks.preview(id, settings, port);
  }

  /** Undoes an execution, or what an earlier rollback could not undo. Two that ask at once get the same rollback. */
  async rollback(
    id: string,
    digest: string | undefined,
    settings: HostSettings,
    port: HostPort,
  ): Promise<RollbackReport | Refusal> {
    this.#recoverOnce(settings, port);
    return this.#rollbacks.rollBack(id, digest, settings, port);
  }

  // Reading

  async pending(id: string | undefined, settings: HostSettings, port: HostPort): Promise<RawPending[]> {
    this.#recoverOnce(settings, port);
    // A pass that is over may still be leaving; what it left waiting is on the disk already.
    const live = [...this.#runs.all()].filter(
      ({ pass }) => !pass.over && (id === undefined || pass.journal.execution.id === id),
    );
    const paused = id === undefined ? this.#runs.journals(this.#store.idsWithStatus("paused")) : this.#paused(id);
    return this.#waiting([live.map(({ pass }) => pass.journal), paused]);
  }

  /** Who asks of one execution hears why it cannot be read. */
  #paused(id: string): LiveJournal[] {
    const journal = this.#store.get(id)?.status === "paused" ? this.#runs.journal(id) : undefined;
    return journal === undefined ? [] : [journal];
  }

  /** Calls in doubt, whether their execution waits for a person or has ended without one. */
  async inDoubt(settings: HostSettings, port: HostPort): Promise<RawPending[]> {
    this.#recoverOnce(settings, port);
    const open = this.#store.withOpenCalls().map(({ id }) => id);
    return this.#waiting([this.#runs.journals(open)], ({ state }) => state === "in_doubt");
  }

  #waiting(groups: readonly Iterable<LiveJournal>[], waits?: (entry: Entry) => boolean): RawPending[] {
    const budget = new AnswerBudget();
    const shown: RawPending[] = [];
    for (const journals of groups) {
      for (const journal of journals) shown.push(...showWaiting(journal, budget, waits));
    }
    return shown;
  }

  async get(id: string): Promise<RawHistory | undefined> {
    const journal = this.#runs.journal(id);
    return journal === undefined ? undefined : showHistory(journal);
  }

  /** The outcome of an execution: of its live pass where there is one. */
  async outcome(id: string, settings: HostSettings, port: HostPort): Promise<RawOutcome> {
    this.#recoverOnce(settings, port);
    const live = this.#runs.get(id);
    if (live !== undefined) return live.outcome;
    const journal = this.#runs.journal(id);
    return journal === undefined ? notFound(id) : show(journal);
  }

  async list(limit: number, beforeN?: number, status?: ExecutionStatus): Promise<ShownExecution[]> {
    const budget = new AnswerBudget();
    return this.#store.list(limit, beforeN, status).map((execution) => budget.row(shownExecution(execution)));
  }

  /** The newest executions with their journals: `History`s as JSON. */
  async listWhole(limit: number): Promise<string> {
    return showAll(this.#runs.newest(limit));
  }

  // Retention

  async delete(id: string, settings: HostSettings, port: HostPort): Promise<boolean> {
    // A rollback that a crash broke off, too.
    this.#recoverOnce(settings, port);
    // Whoever waits here too may come first and let it go on: nothing may still be done when its journal goes.
    for (let end = this.#ending(id); end !== undefined; end = this.#ending(id)) await end.catch(() => {});
    const status = this.#store.delete(id);
    if (status === "paused") await port.executionEnded(id, "rejected");
    else if (status === "running" || status === "rolling_back") await port.executionEnded(id, "error");
    return status !== undefined;
  }

  /** What is still done of an execution that is to be deleted. What is being undone is undone to its end. */
  #ending(id: string): Promise<unknown> | undefined {
    const live = this.#runs.get(id);
    live?.pass.cancel("deleted");
    return live?.outcome ?? this.#rollbacks.get(id);
  }

  async prune(keep: number): Promise<number> {
    return this.#store.prune(keep);
  }

  /** Ends paused executions that nobody decided on, and running ones that cannot be taken up: this use, too, takes up the others. */
  async expire(maxAgeMs: number, settings: HostSettings, port: HostPort): Promise<string[]> {
    this.#recoverOnce(settings, port);
    return expire({ store: this.#store, runs: this.#runs, port }, maxAgeMs);
  }

  /**
   * Takes up what was interrupted, and in the same step expires what else is overdue: what can be taken up has a live pass by then.
   * The runs that were taken up are waited for last, since one may go on for hours; those that were in vain expire after all.
   */
  async maintain(maxAgeMs: number, settings: HostSettings, port: HostPort): Promise<Maintained> {
    const place = { store: this.#store, runs: this.#runs, port };
    const expireAndPrune = async () => {
      const expired = await expire(place, maxAgeMs);
      return { expired, pruned: this.#store.prune(settings.maxExecutions) };
    };
    const [{ recovered, inVain }, { expired, pruned }] = await Promise.all([
      this.#recovery.all(settings, port),
      expireAndPrune(),
    ]);
    const late = await expire(place, maxAgeMs, (id) => inVain.includes(id));
    return { recovered, expired: [...expired, ...late], pruned, oldestWaiting: this.#oldestWaiting() };
  }

  /** Epoch milliseconds at which the execution was last touched that waits longest: for a person, to be taken up, or to be undone. */
  #oldestWaiting(): number | undefined {
    const live = Array.from(this.#runs.all(), ({ pass }) => pass.journal.execution.id);
    const { ids } = this.#rollbacks;
    const oldest = [
      this.#store.oldest("paused"),
      this.#store.oldest("running", live),
      this.#store.oldest("rolling_back", ids),
    ].filter((at) => at !== undefined);
    return oldest.length === 0 ? undefined : Math.min(...oldest);
  }

  // Snippets

  async saveSnippet(
    snippet: Omit<SnippetRecord, "hash" | "code" | "connectors"> & { readonly executionId: string },
  ): Promise<SnippetRecord | Refusal> {
    const execution = this.#store.get(snippet.executionId);
    if (execution === undefined) return notFound(snippet.executionId);
    if (execution.errorCode === "SYNTAX_ERROR") {
      return {
        refused: "SYNTAX_ERROR",
        message: `The program of ${execution.id} does not parse, so it can be no snippet. Nothing changed.`,
      };
    }
    const { code, connectors } = execution;
    const { name, description, savedAt, inputSchema } = snippet;
    const record: SnippetRecord = {
      name,
      description,
      savedAt,
      inputSchema,
      connectors,
      code,
      hash: fingerprint(code),
    };
    const bytes = this.#store.snippets.bytesWith(record);
    if (bytes > MAX_SNIPPETS_BYTES) return tooManySnippets(bytes);
    this.#store.snippets.save(record);
    return record;
  }

  /** A project that came from the released package keeps its snippets. In the turn that made the tables, so once. */
  #takeOverSnippets(sql: SqlStorage): void {
    for (const snippet of releasedSnippets(sql)) {
      this.#store.snippets.save({ ...snippet, hash: fingerprint(snippet.code) });
    }
  }

  async snippets(): Promise<SnippetRecord[]> {
    return this.#store.snippets.all();
  }

  async deleteSnippet(name: string): Promise<boolean> {
    return this.#store.snippets.delete(name);
  }
}
