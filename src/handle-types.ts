/** The public shape of a runtime: what `createCodemodeRuntime` takes and the handle that it gives. */
import type { DescribeOutput, SearchOptions, SearchOutput } from "./catalog/contract.ts";
import type { CodemodeConnector } from "./connector/connector.ts";
import type { AnyConnectorClass } from "./connector/define.ts";
import type { ReleasedConnector } from "./connector/foreign.ts";
import type {
  ExecutionState,
  ExecutionStatus,
  ExecutionSummary,
  PendingAction,
  ProxyToolInput,
  ProxyToolOutput,
  RollbackPreview,
  RollbackReport,
  SaveSnippetOptions,
  Snippet,
} from "./journal/public.ts";
import type { Limits } from "./limits.ts";
import type { Executor } from "./sandbox/executor.ts";
import type { CodemodeEventListener } from "./telemetry/events.ts";
import type { CodemodeRuntimeToolOptions, CodemodeTool } from "./tool/tool.ts";

/** Reshapes the result that the model sees; the journal keeps the whole one, as far as it has room. */
export type TransformResult = (result: unknown) => unknown;

/** What `createCodemodeRuntime` takes. */
export interface CreateCodemodeRuntimeOptions {
  /** The `ctx` of the Agent or Durable Object that owns the runtime. */
  readonly ctx: DurableObjectState;
  /** What runs programs: `new DynamicWorkerExecutor({ loader: env.LOADER })`, or one of your own. */
  readonly executor: Executor;
  /** Instances, or classes that the runtime makes instances of; also instances of the released package's base class. */
  readonly connectors: readonly (CodemodeConnector | AnyConnectorClass | ReleasedConnector)[];
  /** Durable identity of the runtime: executions and snippets belong to it. Default `"default"`. */
  readonly name?: string;
  /** Terminal executions kept. Default 50. Beyond it also those of which a call may have taken effect, until `resolve` says so. */
  readonly maxExecutions?: number;
  /** Reshapes a completed result before the model gets it; the journal keeps the whole one, as far as it has room. */
  readonly transformResult?: TransformResult;
  /** Limits to lower or raise; see `Limits`. */
  readonly limits?: Partial<Limits>;
  /**
   * Hears of everything that happens to runs: passes, calls, approvals, ends. Called in the order of events, before the
   * outcome is there; never with arguments, results or programs. What it throws changes nothing.
   *
   * @example
   * ```ts
   * onEvent: (event) => {
   *   if (event.type === "call.settled") {
   *     this.env.METRICS.writeDataPoint({
   *       indexes: [event.connector],
   *       blobs: [event.method, event.ok ? "ok" : (event.code ?? "")],
   *       doubles: [event.durationMs],
   *     });
   *   }
   * },
   * ```
   */
  readonly onEvent?: CodemodeEventListener;
}

/** Who decides, and in which execution. */
interface Decision {
  /** From the outcome, or from {@link CodemodeRuntimeHandle.pending}. */
  readonly executionId: string;
  /** Who decided, as `"ada@example.com"`; kept in the journal. At most 10,000 characters, as `reason`. */
  readonly by?: string;
  /** Why; kept in the journal, and given to a program that catches a rejection. */
  readonly reason?: string;
}

/** A decision about one action. */
interface OnOne extends Decision {
  /** The action's, as it was shown: the decision counts only while exactly that waits. */
  readonly digest?: string;
  readonly actions?: never;
}

/** One decision about several actions of an execution: it holds for all of them, or for none. */
interface OnSeveral extends Decision {
  /**
   * The actions as {@link CodemodeRuntimeHandle.pending} shows them, or only the `seq` and the `digest` of each: these two count. What
   * else an action says is passed over, its `args` too: they are edited of one action, by its `seq`. Each once, and at most
   * `limits.maxCallsInFlight`.
   */
  readonly actions: readonly Pick<PendingAction, "seq" | "digest">[];
  readonly seq?: never;
  readonly digest?: never;
  readonly args?: never;
}

/** What {@link CodemodeRuntimeHandle.approve} takes. */
export type CodemodeApproveOptions =
  | OnSeveral
  | (OnOne & {
      /** The action's number in the journal. Default: everything of the execution that is pending now. */
      readonly seq?: number;
      /** Arguments to run instead of the program's; needs `seq`. Checked against the tool's schema. */
      readonly args?: unknown;
    });

/** What {@link CodemodeRuntimeHandle.reject} takes. */
export type CodemodeRejectOptions = (
  | Omit<OnSeveral, "args">
  | (OnOne & {
      /** The action's number in the journal. */
      readonly seq: number;
    })
) & {
  /** `"end"` (default) ends the execution; `"throw"` lets the program catch the rejection and go on. */
  readonly then?: "end" | "throw";
};

/**
 * What {@link CodemodeRuntimeHandle.resolve} takes: how a call ended that may or may not have run. `ran`: it took effect, with this
 * result. `run`: it did not, and is to run. `fail`: it did not, and the program hears of an error.
 */
export type CodemodeResolveOptions = Omit<OnOne, "actions"> & {
  /** The call's number in the journal. */
  readonly seq: number;
} & (
    | { readonly as: "ran"; readonly result: unknown }
    | { readonly as: "run" }
    | { readonly as: "fail"; readonly error?: string }
  );

/** What {@link CodemodeRuntimeHandle.rollback} takes; an outcome or a preview will do, too. */
export interface CodemodeRollbackOptions {
  readonly executionId: string;
  /** Of the preview that somebody decided on: where the run has gone on since, nothing is undone. */
  readonly digest?: string | undefined;
}

/** What {@link CodemodeRuntimeHandle.maintain} and {@link CodemodeRuntimeHandle.expirePaused} take. */
export interface CodemodeExpireOptions {
  /** Milliseconds since the last change, beyond which a run is given up. Default 24 hours. */
  readonly maxAgeMs?: number;
}

/**
 * A runtime, as its host holds it. Misspelt options, and ids that are no text, are refused with `INVALID_INPUT`, and nothing
 * is written.
 */
export interface CodemodeRuntimeHandle {
  /**
   * The one tool for the model: for the AI SDK, TanStack AI, or any framework that reads Standard Schema.
   *
   * A run outlives the loop that asked for it: when that is aborted (a client leaves, somebody presses Stop), the run goes on and
   * its outcome is in the history. {@link cancel} ends it, and so does an abort with `onAbort: "cancel"`. What a tool call answered
   * with stays in the conversation as it was: a run that paused and was approved later is looked up with {@link execution}, not
   * in its messages.
   *
   * @example
   * ```ts
   * streamText({ model, messages, tools: { codemode: runtime.tool() } });
   * ```
   */
  tool(options?: CodemodeRuntimeToolOptions): CodemodeTool;
  /**
   * Runs a program until it completes, fails, or waits for a person. A program that fails is an outcome, not an exception: look
   * at `status`.
   *
   * Do not await it inside of `blockConcurrencyWhile()` or an Agent's `onStart()`: until these have ended, the object takes no calls,
   * also not those of its own facet, and both wait for each other.
   *
   * @example
   * ```ts
   * const outcome = await runtime.execute({ code: "async () => (await github.issues_list({})).length" });
   * if (outcome.status === "completed") console.log(outcome.result);
   * ```
   */
  execute(input: ProxyToolInput): Promise<ProxyToolOutput>;
  /** What programs get from `codemode.search`: methods and snippets, best first. An empty query lists everything. */
  search(query: string, options?: SearchOptions): Promise<SearchOutput>;
  /**
   * What programs get from `codemode.describe`: the types of a connector, a method (`"github.issues_list"`) or a snippet.
   *
   * @throws CodemodeError `UNKNOWN_TARGET`, with near names.
   */
  describe(target: string): Promise<DescribeOutput>;
  /**
   * What waits for a person: of one execution, or of all. Empty also for an id that does not exist. Where there is more than one
   * answer can hold, the last ones are shown without their arguments (`argsLeftOut`): of one execution more is shown than of all.
   *
   * Of all: an execution that cannot be read is left as it is, and `console.warn` says which it is.
   *
   * @throws CodemodeError `NEWER_JOURNAL` when the one that is asked for cannot be read.
   */
  pending(executionId?: string): Promise<PendingAction[]>;
  /**
   * Every call that may or may not have taken effect, also of executions that have ended: those wait for nobody, so `pending()`
   * does not list them. `resolve` says how one ended; a rollback then undoes it, if it ran. What cannot be read is left out, as by
   * {@link pending}.
   *
   * @example
   * ```ts
   * for (const { executionId, seq, connector, method } of await runtime.inDoubt()) {
   *   await notify(`Did ${connector}.${method} take effect? It is call ${seq} of ${executionId}.`);
   * }
   * ```
   */
  inDoubt(): Promise<PendingAction[]>;
  /**
   * Lets what waits run, and answers the outcome of the run as it goes on. Without `seq`: everything that is pending now. With
   * `actions`: those, in one decision and one pass, or none of them. A decision that comes too late or means something else changes
   * nothing; its outcome is an error with the code `NOT_PENDING`, `STALE_DECISION`, `NOT_FOUND`, `INVALID_ARGUMENTS` (edited `args`)
   * or `NEWER_JOURNAL` (the execution cannot be read).
   *
   * An action that was shown without its arguments (`argsLeftOut`), in a list of one execution or of all, runs only by the digest that it is
   * shown whole with, which `pending(executionId)` gives, if need be once others are decided; any other approval of it is `STALE_DECISION`.
   *
   * Of several `actions` the refusal names those on which the decision cannot be taken; the others wait as before.
   *
   * @example
   * ```ts
   * for (const { executionId, seq, digest } of await runtime.pending()) {
   *   await runtime.approve({ executionId, seq, digest, by: "ada@example.com" });
   * }
   * const actions = (await runtime.pending(executionId)).filter(({ kind }) => kind === "approval");
   * await runtime.approve({ executionId, actions, by: "ada@example.com" });
   * ```
   */
  approve(options: CodemodeApproveOptions): Promise<ProxyToolOutput>;
  /**
   * Refuses one action, or by `actions` several, all or none: the run ends, or with `then: "throw"` the program catches each rejection
   * and goes on.
   *
   * @returns true when it was rejected; false when it, or of several actions each, was no longer pending, and nothing changed.
   * @throws CodemodeError `STALE_DECISION` when a `digest` names something else than what is pending, `NOT_PENDING` or `NOT_FOUND` when
   * some of several actions wait and others do not (`data.seqs` are those others, and nothing changed), `NEWER_JOURNAL` when the execution
   * cannot be read.
   * @example
   * ```ts
   * await runtime.reject({ executionId, seq, digest, by: "ada@example.com", reason: "over the limit", then: "throw" });
   * const actions = (await runtime.pending(executionId)).filter(({ kind }) => kind === "approval");
   * await runtime.reject({ executionId, actions, reason: "not today" });
   * ```
   */
  reject(options: CodemodeRejectOptions): Promise<boolean>;
  /**
   * Settles a call that a crash or the end of its run left in doubt (`kind: "in_doubt"` in `pending()` and `inDoubt()`): it ran and this
   * was its result, it did not and is to run, or it failed. Answers the outcome of the run as it goes on.
   *
   * Of an execution that has ended, only `as: "ran"` and `as: "fail"`: nothing is called any more, but a rollback then knows whether
   * there is something to undo. What cannot be taken changes nothing; its outcome is an error with a code of {@link approve}, or
   * `INTERRUPTED` when it could not be written after the end: say it again.
   *
   * @example
   * ```ts
   * await runtime.resolve({ executionId, seq, digest, as: "ran", result: { id: 7 } });
   * await runtime.resolve({ executionId, seq, digest, as: "run" });
   * await runtime.resolve({ executionId, seq, digest, as: "fail", error: "The bank has no such payment." });
   * ```
   */
  resolve(options: CodemodeResolveOptions): Promise<ProxyToolOutput>;
  /**
   * Ends a run and its isolate; what ran stays. False when it was over already, or there is none of that id.
   *
   * @throws CodemodeError `NEWER_JOURNAL` when it cannot be read, `INTERRUPTED` when its end could not be written: it goes on then, and
   * can be cancelled again.
   */
  cancel(options: { readonly executionId: string; readonly reason?: string }): Promise<boolean>;
  /**
   * Undoes what a run did, newest first, by its tools' `revert`, and ends it if it waits. Once more: tries again what failed.
   * With the `digest` of a preview it undoes the calls that this showed, or nothing.
   *
   * @throws CodemodeError `NOT_FOUND`, `MISSING_CONNECTOR`, `NEWER_JOURNAL` (it cannot be read), `ILLEGAL_TRANSITION` (it is running: cancel
   * it first), `STALE_DECISION` (it has gone on since the preview).
   * @example
   * ```ts
   * const { items, digest } = await runtime.previewRollback({ executionId });
   * if (await isRight(items)) await runtime.rollback({ executionId, digest });
   * ```
   */
  rollback(options: CodemodeRollbackOptions): Promise<RollbackReport>;
  /**
   * What {@link rollback} would do now, also of a run that is still running; changes nothing.
   *
   * @throws CodemodeError `NOT_FOUND`, `MISSING_CONNECTOR`, `NEWER_JOURNAL` (it cannot be read).
   */
  previewRollback(options: Pick<CodemodeRollbackOptions, "executionId">): Promise<RollbackPreview>;
  /**
   * Takes up every run that a crash interrupted, and answers their outcomes when all of them have ended or paused. {@link maintain}
   * does it, too. One that cannot be read is left as it is, and `console.warn` says which it is.
   */
  recover(): Promise<ProxyToolOutput[]>;
  /**
   * Gives up runs that have waited for too long, for a person or to be taken up, and answers their ids when their connectors have
   * heard of it. {@link maintain} does it, too. One that cannot be read is left as it is, and `console.warn` says which it is.
   */
  expirePaused(options?: CodemodeExpireOptions): Promise<string[]>;
  /**
   * Everything that must happen from time to time: recovers, expires and prunes. Call it from `alarm()`, a schedule, or (not
   * awaited) an Agent's `onStart()`.
   *
   * It takes up what was interrupted, and what is overdue and cannot be taken up expires. Expiring and pruning wait for no run. The
   * answer comes when the runs that were taken up have ended or paused, which takes as long as their tools do. What cannot be read is
   * left as it is, and `console.warn` says which it is; when it is overdue, `next` is an hour later, so that it is tried again.
   *
   * @example
   * ```ts
   * override async alarm() {
   *   const { next } = await this.runtime.maintain();
   *   if (next !== undefined) await this.ctx.storage.setAlarm(next);
   * }
   * ```
   */
  maintain(options?: CodemodeExpireOptions): Promise<MaintainReport>;
  /**
   * The history with whole journals, newest first. For screens use {@link listExecutions}, which reads far less.
   *
   * An execution that cannot be read is left out; where only its calls cannot be, it is there with an empty log. `console.warn` says
   * which it is. Also where there is more than one answer holds, tens of thousands of calls, the oldest have an empty log: ask for them
   * by `execution`.
   */
  executions(limit?: number): Promise<ExecutionState[]>;
  /**
   * A page of the history without journals, newest first. An execution that cannot be read is left out, and `console.warn` says which
   * it is; others fill the page.
   *
   * @example
   * ```ts
   * const first = await runtime.listExecutions({ limit: 20 });
   * const second = first.cursor === undefined ? undefined : await runtime.listExecutions({ cursor: first.cursor });
   * const failed = await runtime.listExecutions({ status: "error" });
   * ```
   */
  listExecutions(
    options?: ListExecutionsOptions,
  ): Promise<{ readonly executions: ExecutionSummary[]; readonly cursor?: string }>;
  /**
   * One execution with its whole journal, or null.
   *
   * @throws CodemodeError `NEWER_JOURNAL` when it cannot be read: nothing guesses what another version wrote.
   */
  execution(id: string): Promise<ExecutionState | null>;
  /**
   * Forgets an execution and its journal, also one that waits for a person, or that cannot be read. A run that goes on is ended first;
   * what is being undone is undone to its end first, also after a crash, unless it cannot be taken up here. False when there is none
   * of that id.
   */
  deleteExecution(id: string): Promise<boolean>;
  /**
   * Forgets all ended executions but the newest `keep` (default `maxExecutions`), and but those of which a tool is still at a call or
   * a call is in doubt (see {@link inDoubt}); answers how many went. `deleteExecution` forgets those too.
   */
  pruneExecutions(keep?: number): Promise<number>;
  /**
   * Keeps the program of an execution under a name, for `codemode.run(name, input)`. A name that is taken is replaced; runs that
   * have begun keep the one that they began with.
   *
   * @throws CodemodeError `INVALID_NAME`, `NOT_FOUND`, `SYNTAX_ERROR` (its program does not parse), `NEWER_JOURNAL` (the
   * execution cannot be read), `INVALID_SCHEMA`, `VALUE_TOO_LARGE` (the schema), `PROGRAM_TOO_LARGE` (every run carries all
   * snippets: with descriptions and input schemas they may come to 4,000,000 bytes together).
   * @example
   * ```ts
   * await runtime.saveSnippet("owing", { executionId, description: "Accounts that owe more than an amount" });
   * ```
   */
  saveSnippet(name: string, options: SaveSnippetOptions): Promise<Snippet>;
  /** All saved snippets. One that cannot be read is left out, and `console.warn` says which it is: save it anew, or delete it. */
  snippets(): Promise<Snippet[]>;
  /** Forgets a snippet. False when there is none of that name. */
  deleteSnippet(name: string): Promise<boolean>;
}

/** Which page of the history {@link CodemodeRuntimeHandle.listExecutions} gives. */
export interface ListExecutionsOptions {
  /** Rows of a page. Default 20, at most 200. */
  readonly limit?: number;
  /** From the page before, which was of the same {@link status}. */
  readonly cursor?: string;
  /** Only executions of this status; all, where none is named. One that was cancelled has `"error"`, with the code `CANCELLED`. */
  readonly status?: ExecutionStatus;
}

/** What the maintenance did, and when it wants to be called again. */
export interface MaintainReport {
  /** Runs that a crash had interrupted, and that have ended or paused since. */
  readonly recovered: readonly string[];
  readonly expired: readonly string[];
  readonly pruned: number;
  /**
   * Epoch milliseconds of the next thing to do, for `setAlarm`; absent when nothing waits: no run for a person or to be taken up, and
   * none whose rollback was cut off.
   */
  readonly next?: number;
}
