/**
 * `CodemodeRuntime`: the Durable Object facet that owns the journal and drives every run.
 *
 * Owns: the database, and through `runs.ts` the live passes. Does not own: connectors and executor, which the host lends
 * for one request at a time. Nothing in memory matters after the process dies: what is `running` on disk with no
 * live pass is taken up again.
 */
import { DurableObject } from "cloudflare:workers";
import { type CodemodeError, isCodemodeError } from "../errors.ts";
import type { RollbackReport } from "../journal/public.ts";
import { leavesSomething, previewItem } from "../journal/rollback.ts";
import { isTerminal } from "../journal/states.ts";
import { randomSeed } from "../sandbox/direct-run.ts";
import type { CompiledProgram } from "../sandbox/program/compile.ts";
import { releasedSnippets } from "../store/released.ts";
import { type ExecutionRecord, JournalStore, type SnippetRecord } from "../store/store.ts";
import { exceedsBytes } from "../wire/values.ts";
import { AnswerBudget } from "./answer.ts";
import { applyDecision, decisionTargets, resolveAfterEnd } from "./decisions.ts";
import { contentHash } from "./digest.ts";
import { cancelledEnd } from "./endings.ts";
import { expire } from "./expiry.ts";
import { LiveJournal } from "./journal.ts";
import type { HostPort } from "./port.ts";
import type {
  DecisionRequest,
  HostSettings,
  RawExecution,
  RawOutcome,
  RawPending,
  Refusal,
  ShownExecution,
} from "./requests.ts";
import { carryOut, planOf } from "./rollback.ts";
import { keep, Runs } from "./runs.ts";
import { missingConnectors, notFound, pendingOf, show, showAll, shownExecution } from "./show.ts";

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
  readonly #rollbacks = new Map<string, Promise<RollbackReport | Refusal>>();
  #interruptedSought = false;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env as Cloudflare.Env);
    this.#store = new JournalStore(ctx.storage);
    // What was interrupted is taken up by the next use.
    this.#runs = new Runs(this.#store, () => {
      this.#interruptedSought = false;
    });
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
      snippets: Object.fromEntries(this.#store.snippets().map(({ name, hash }) => [name, hash])),
      createdAt: Date.now(),
    });
    const journal = new LiveJournal(this.#store, execution, new Map());
    if (program instanceof Error) {
      journal.close({
        status: "error",
        error: program.message,
        errorCode: program.code,
        errorLine: lineOf(program),
        logs: [],
      });
      return show(journal);
    }
    return this.#runs.run(journal, settings, port);
  }

  // Decisions

  /** A person's decision. When it lets the execution go on, runs the next pass and answers with its outcome. */
  async decide(request: DecisionRequest, settings: HostSettings, port: HostPort): Promise<RawOutcome> {
    this.#recoverOnce(settings, port);
    const invalid = await this.#checkEdit(request, settings, port);
    if (invalid !== undefined) return invalid;
    await this.#runs.left(request.executionId);
    // From here on one synchronous step: nothing can change between the look and the write.
    const journal = this.#runs.journal(request.executionId);
    if (journal === undefined) return notFound(request.executionId);
    const { execution } = journal;
    const live = this.#runs.get(execution.id);
    if (isTerminal(execution.status)) return resolveAfterEnd(journal, request) ?? show(journal);
    if (execution.status !== "paused" && (execution.status !== "running" || live === undefined)) {
      return {
        refused: "NOT_PENDING",
        message: `${execution.id} is ${execution.status}; nothing waits for a decision. Nothing changed.`,
      };
    }
    const refusal = missingConnectors(execution, settings);
    const ends = request.decision.kind === "reject" && request.decision.then === "end";
    if (refusal !== undefined && !ends) return refusal;
    const targets = decisionTargets(journal, request);
    if (!Array.isArray(targets)) return targets;
    applyDecision(journal, targets, request);
    if (live !== undefined) {
      if (ends) live.pass.rejected();
      else live.pass.decided();
      return live.outcome;
    }
    if (ends) return this.#endRejected(journal, port);
    execution.status = "running";
    execution.passes += 1;
    execution.updatedAt = Date.now();
    journal.save();
    return this.#runs.run(new LiveJournal(this.#store, execution, journal.entries), settings, port);
  }

  /** Arguments that a person wrote are checked like the program's own. */
  async #checkEdit(
    { executionId, decision }: DecisionRequest,
    { limits }: HostSettings,
    port: HostPort,
  ): Promise<Refusal | undefined> {
    if (decision.kind !== "approve" || decision.args === undefined) return undefined;
    if (decision.seq === undefined)
      return { refused: "INVALID_INPUT", message: "Edited arguments need the seq of one action. Nothing changed." };
    const entry = this.#runs.journal(executionId)?.entries.get(decision.seq);
    if (entry === undefined)
      return { refused: "NOT_FOUND", message: `${executionId} has no call ${decision.seq}. Nothing changed.` };
    const { connector, method, seq, attempt } = entry;
    if (exceedsBytes(decision.args, limits.maxValueBytes)) {
      return {
        refused: "VALUE_TOO_LARGE",
        message: `The edited arguments of ${connector}.${method} are over ${limits.maxValueBytes} bytes. Nothing changed.`,
      };
    }
    const [assessment] = await port.assess([{ executionId, seq, attempt, connector, method, args: decision.args }]);
    if (assessment?.kind === "invalid" || assessment?.kind === "failed") {
      return {
        refused: "INVALID_ARGUMENTS",
        message: `The edited arguments of ${connector}.${method} do not fit: ${assessment.message.replace(/\.$/, "")}. Nothing changed.`,
      };
    }
    return undefined;
  }

  async #endRejected(journal: LiveJournal, port: HostPort): Promise<RawExecution> {
    const { execution } = journal;
    journal.close({ status: "rejected", logs: execution.logs ?? [] });
    await port.executionEnded(execution.id, "rejected");
    return show(journal);
  }

  /** Ends a run. Answers whether there was one to end. */
  async cancel(id: string, reason: string | undefined, settings: HostSettings, port: HostPort): Promise<boolean> {
    this.#recoverOnce(settings, port);
    await this.#runs.left(id);
    const live = this.#runs.get(id);
    if (live !== undefined) {
      live.pass.cancel(reason);
      await live.outcome.catch(() => {});
      return true;
    }
    const journal = this.#runs.journal(id);
    if (journal === undefined || isTerminal(journal.execution.status) || journal.execution.status === "rolling_back")
      return false;
    journal.close({ ...cancelledEnd(reason), logs: journal.execution.logs ?? [] });
    await port.executionEnded(id, "error");
    return true;
  }

  // Recovery

  /** On the first use after a start, whatever the last process left behind is taken up in the background. */
  #recoverOnce(settings: HostSettings, port: HostPort): void {
    if (this.#interruptedSought) return;
    const { kept, release } = keep(port);
    const taken = [...this.#takeUp(settings, kept), ...this.#rollbacks.values()];
    this.ctx.waitUntil(Promise.allSettled(taken).finally(release));
  }

  /**
   * What lacks a connector here is left as it is: another part of the host may have it, and the run or the undoing goes on
   * when that one comes. What never goes on is expired.
   */
  #takeUp(settings: HostSettings, port: HostPort): Promise<RawExecution>[] {
    const running = this.#store.withStatus("running");
    const rolling = this.#store.withStatus("rolling_back");
    const ready = (execution: ExecutionRecord) => missingConnectors(execution, settings) === undefined;
    this.#interruptedSought = [...running, ...rolling].every(
      (execution) => this.#runs.get(execution.id) !== undefined || ready(execution),
    );
    for (const execution of rolling.filter(ready)) void this.#rollBack(execution.id, port).catch(() => {});
    return running.flatMap((execution) => {
      const live = this.#runs.get(execution.id);
      if (live !== undefined) return [live.outcome];
      if (!ready(execution)) return [];
      const journal = new LiveJournal(this.#store, execution, this.#store.entries(execution));
      execution.passes += 1;
      journal.save();
      return [this.#runs.run(journal, settings, port)];
    });
  }

  /** Takes up every interrupted execution and rollback, and answers how the executions ended or paused. */
  async recover(settings: HostSettings, port: HostPort): Promise<RawExecution[]> {
    const outcomes = await Promise.all(this.#takeUp(settings, port));
    await Promise.allSettled(this.#rollbacks.values());
    return outcomes;
  }

  // Rollback

  async previewRollback(id: string, port: HostPort): Promise<RollbackReport | Refusal> {
    const journal = this.#runs.journal(id);
    if (journal === undefined) return notFound(id);
    const items = (await planOf(journal.entries, port)).map(previewItem);
    return { executionId: id, status: journal.execution.status, items };
  }

  /** Undoes an execution, or what an earlier rollback could not undo. Two that ask at once get the same rollback. */
  async rollback(id: string, settings: HostSettings, port: HostPort): Promise<RollbackReport | Refusal> {
    this.#recoverOnce(settings, port);
    const running = this.#rollbacks.get(id);
    if (running !== undefined) return running;
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
    const refusal = missingConnectors(journal.execution, settings);
    if (refusal !== undefined) return refusal;
    return this.#rollBack(id, port);
  }

  #rollBack(id: string, port: HostPort): Promise<RollbackReport | Refusal> {
    const known = this.#rollbacks.get(id);
    if (known !== undefined) return known;
    const report = this.#undo(id, port).finally(() => this.#rollbacks.delete(id));
    // It stays claimed on the disk, and is taken up by the next use.
    report.catch(() => {
      this.#interruptedSought = false;
    });
    this.#rollbacks.set(id, report);
    return report;
  }

  async #undo(id: string, port: HostPort): Promise<RollbackReport | Refusal> {
    const journal = this.#runs.journal(id);
    if (journal === undefined) return notFound(id);
    const { execution } = journal;
    // Claimed on disk before the first revert: after a crash it is taken up, not started anew.
    execution.status = "rolling_back";
    journal.doubt(this.#runs.performs(id));
    journal.save();
    const items = await carryOut(journal, await planOf(journal.entries, port), port);
    execution.status = "rolled_back";
    execution.updatedAt = Date.now();
    journal.save();
    await port.executionEnded(id, "rolled_back");
    return { executionId: id, status: execution.status, items };
  }

  // Reading

  async pending(id: string | undefined, settings: HostSettings, port: HostPort): Promise<RawPending[]> {
    this.#recoverOnce(settings, port);
    const paused = id === undefined ? this.#store.withStatus("paused") : [this.#store.get(id)];
    // A pass that is over may still be leaving; what it left waiting is on the disk already.
    const live = [...this.#runs.all()].filter(
      ({ pass }) => !pass.over && (id === undefined || pass.journal.execution.id === id),
    );
    return new AnswerBudget().waiting([
      ...live.flatMap(({ pass }) => pendingOf(pass.journal.execution, pass.journal.entries.values())),
      ...paused.flatMap((execution) =>
        execution?.status === "paused" ? pendingOf(execution, this.#store.entries(execution).values()) : [],
      ),
    ]);
  }

  /** Calls in doubt, whether their execution waits for a person or has ended without one. */
  async inDoubt(settings: HostSettings, port: HostPort): Promise<RawPending[]> {
    this.#recoverOnce(settings, port);
    const journals = this.#store.withOpenCalls().map(({ id }) => this.#runs.journal(id));
    return new AnswerBudget().waiting(
      journals.flatMap((journal) =>
        journal === undefined
          ? []
          : pendingOf(journal.execution, journal.entries.values(), ({ state }) => state === "in_doubt"),
      ),
    );
  }

  async get(id: string): Promise<RawExecution | undefined> {
    const journal = this.#runs.journal(id);
    return journal === undefined ? undefined : show(journal);
  }

  /** The outcome of an execution: of its live pass where there is one. */
  async outcome(id: string, settings: HostSettings, port: HostPort): Promise<RawOutcome> {
    this.#recoverOnce(settings, port);
    const live = this.#runs.get(id);
    if (live !== undefined) return live.outcome;
    return (await this.get(id)) ?? notFound(id);
  }

  async list(limit: number, beforeN?: number): Promise<ShownExecution[]> {
    const budget = new AnswerBudget();
    return this.#store.list(limit, beforeN).map((execution) => budget.row(shownExecution(execution)));
  }

  /** The newest executions with their journals: `WholeExecution`s as JSON. */
  async listWhole(limit: number): Promise<string> {
    return showAll(this.#runs.newest(limit));
  }

  // Retention

  async delete(id: string, port: HostPort): Promise<boolean> {
    const live = this.#runs.get(id);
    if (live !== undefined) {
      live.pass.cancel("deleted");
      await live.outcome.catch(() => {});
    }
    // What is being undone is undone to its end: a journal that goes meanwhile could not say what was.
    await this.#rollbacks.get(id)?.catch(() => {});
    const execution = this.#store.get(id);
    if (execution === undefined) return false;
    this.#store.delete(execution);
    if (execution.status === "paused") await port.executionEnded(id, "rejected");
    return true;
  }

  async prune(keep: number): Promise<number> {
    return this.#store.prune(keep);
  }

  /** Ends paused executions that nobody decided on, and running ones that could not be taken up. */
  async expire(maxAgeMs: number, port: HostPort): Promise<string[]> {
    return expire(this.#store, { maxAgeMs, isLive: (id) => this.#runs.get(id) !== undefined }, port);
  }

  /** Epoch milliseconds at which the execution that waits longest was last touched. */
  async oldestPaused(): Promise<number | undefined> {
    return this.#store.oldest("paused");
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
      hash: contentHash(code),
    };
    this.#store.saveSnippet(record);
    return record;
  }

  /** A project that came from the released package keeps its snippets. In the turn that made the tables, so once. */
  #takeOverSnippets(sql: SqlStorage): void {
    for (const snippet of releasedSnippets(sql)) {
      this.#store.saveSnippet({ ...snippet, hash: contentHash(snippet.code) });
    }
  }

  async snippets(): Promise<SnippetRecord[]> {
    return this.#store.snippets();
  }

  async deleteSnippet(name: string): Promise<boolean> {
    return this.#store.deleteSnippet(name);
  }
}

function lineOf(error: CodemodeError): number | undefined {
  return typeof error.data.line === "number" ? error.data.line : undefined;
}
