/** The public shape of a runtime: what `createCodemodeRuntime` takes and the handle that it gives. */
import type { DescribeOutput, SearchOptions, SearchOutput } from "./catalog/contract.ts";
import type { CodemodeConnector } from "./connector/connector.ts";
import type { ConnectorClass } from "./connector/define.ts";
import type { ReleasedConnector } from "./connector/foreign.ts";
import type {
  ExecutionState,
  ExecutionSummary,
  PendingAction,
  ProxyToolInput,
  ProxyToolOutput,
  RollbackReport,
  SaveSnippetOptions,
  Snippet,
} from "./journal/public.ts";
import type { Limits } from "./limits.ts";
import type { Executor } from "./sandbox/executor.ts";
import type { CodemodeEventListener } from "./telemetry/events.ts";
import type { CodemodeTool } from "./tool/tool.ts";

/** Reshapes the result that the model sees; the journal keeps the whole one. */
export type TransformResult = (result: unknown) => unknown;

export interface CreateCodemodeRuntimeOptions {
  /** The `ctx` of the Agent or Durable Object that owns the runtime. */
  readonly ctx: DurableObjectState;
  readonly executor: Executor;
  /** Instances, or classes that the runtime makes instances of; also instances of the released package's base class. */
  readonly connectors: readonly (CodemodeConnector | ConnectorClass | ReleasedConnector)[];
  /** Durable identity of the runtime: executions and snippets belong to it. Default `"default"`. */
  readonly name?: string;
  /** Terminal executions kept. Default 50. */
  readonly maxExecutions?: number;
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

export interface CodemodeRuntimeToolOptions {
  /** Replaces the whole description. */
  readonly description?: string;
  /** One line per connector for the default description, by connector name. */
  readonly connectorHints?: Readonly<Record<string, string>>;
}

/** Without `seq`: everything that is pending now. With `digest`: only if exactly that is still pending. */
export interface CodemodeApproveOptions {
  readonly executionId: string;
  readonly seq?: number;
  readonly digest?: string;
  readonly by?: string;
  readonly reason?: string;
  /** Arguments to run instead of the program's; needs `seq`. Checked against the tool's schema. */
  readonly args?: unknown;
}

export interface CodemodeRejectOptions {
  readonly executionId: string;
  readonly seq: number;
  readonly digest?: string;
  readonly by?: string;
  readonly reason?: string;
  /** `"end"` (default) ends the execution; `"throw"` lets the program catch the rejection and go on. */
  readonly then?: "end" | "throw";
}

/** How a person settles a call that may or may not have run. */
export type CodemodeResolveOptions = {
  readonly executionId: string;
  readonly seq: number;
  readonly digest?: string;
  readonly by?: string;
  readonly reason?: string;
} & (
  | { readonly as: "ran"; readonly result: unknown }
  | { readonly as: "run" }
  | { readonly as: "fail"; readonly error?: string }
);

export interface CodemodeRollbackOptions {
  readonly executionId: string;
}

export interface CodemodeExpireOptions {
  /** Milliseconds since the last change, beyond which a run is given up. Default 24 hours. */
  readonly maxAgeMs?: number;
}

export interface CodemodeRuntimeHandle {
  /** The one tool for the model. */
  tool(options?: CodemodeRuntimeToolOptions): CodemodeTool;
  execute(input: ProxyToolInput): Promise<ProxyToolOutput>;
  search(query: string, options?: SearchOptions): Promise<SearchOutput>;
  describe(target: string): Promise<DescribeOutput>;
  pending(executionId?: string): Promise<PendingAction[]>;
  approve(options: CodemodeApproveOptions): Promise<ProxyToolOutput>;
  /** True when the action was rejected; false when it was no longer pending, and nothing changed. */
  reject(options: CodemodeRejectOptions): Promise<boolean>;
  resolve(options: CodemodeResolveOptions): Promise<ProxyToolOutput>;
  cancel(options: { readonly executionId: string; readonly reason?: string }): Promise<boolean>;
  rollback(options: CodemodeRollbackOptions): Promise<RollbackReport>;
  previewRollback(options: CodemodeRollbackOptions): Promise<RollbackReport>;
  recover(): Promise<ProxyToolOutput[]>;
  expirePaused(options?: CodemodeExpireOptions): Promise<string[]>;
  maintain(options?: CodemodeExpireOptions): Promise<MaintainReport>;
  executions(limit?: number): Promise<ExecutionState[]>;
  listExecutions(
    options?: ListExecutionsOptions,
  ): Promise<{ readonly executions: ExecutionSummary[]; readonly cursor?: string }>;
  execution(id: string): Promise<ExecutionState | null>;
  deleteExecution(id: string): Promise<boolean>;
  pruneExecutions(keep?: number): Promise<number>;
  saveSnippet(name: string, options: SaveSnippetOptions): Promise<Snippet>;
  snippets(): Promise<Snippet[]>;
  deleteSnippet(name: string): Promise<boolean>;
}

export interface ListExecutionsOptions {
  /** Rows of a page. Default 20, at most 200. */
  readonly limit?: number;
  /** From the page before. */
  readonly cursor?: string;
}

/** What the maintenance did, and when it wants to be called again. */
export interface MaintainReport {
  readonly recovered: readonly string[];
  readonly expired: readonly string[];
  readonly pruned: number;
  /** Epoch milliseconds of the next thing to do, for `setAlarm`; absent when nothing waits. */
  readonly next?: number;
}
