/** The journal as its users see it: executions, calls, pending actions and outcomes, under the released package's names. */
import type { ErrorCode } from "../errors.ts";

/** Where an execution stands. `rolling_back` is seen only while a rollback runs or after one was interrupted. */
export type ExecutionStatus =
  | "running"
  | "paused"
  | "completed"
  | "error"
  | "rejected"
  | "rolling_back"
  | "rolled_back";

/**
 * Where one call stands. `executing`: it was started and has not ended. `in_doubt`: it was started, and nobody knows how it
 * ended; until a person says so (`resolve`), also when the execution has ended.
 */
export type ToolLogEntryState =
  | "pending"
  | "approved"
  | "executing"
  | "in_doubt"
  | "applied"
  | "error"
  | "rejected"
  | "reverted"
  | "revert_failed";

/** A failure as it was recorded, and as the program caught it. */
export interface FailureRecord {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}

/** What a person decided about one call, and when. Times are epoch milliseconds. */
export interface DecisionRecord {
  readonly decision: "approved" | "rejected" | "resolved";
  readonly at: number;
  readonly by?: string;
  readonly reason?: string;
  /** The decision before it on the same call: who had approved what was then left in doubt, and another resolved. */
  readonly previous?: DecisionRecord;
}

/** One line of an execution's journal: a call, a step or a timer. */
export interface ToolLogEntry {
  readonly seq: number;
  /** The `seq` of the step inside of whose function it was asked for; absent outside of steps. */
  readonly parent?: number;
  readonly kind: "call" | "step" | "timer";
  readonly connector: string;
  readonly method: string;
  readonly args: unknown;
  /** The arguments that a person put in the place of `args`; these are what ran. */
  readonly editedArgs?: unknown;
  /** Present once applied, never for an ephemeral entry. */
  readonly result?: unknown;
  readonly error?: FailureRecord;
  readonly requiresApproval: boolean;
  /** The tool is `replay: "reexecute"`: its result is not kept. */
  readonly ephemeral?: boolean;
  readonly state: ToolLogEntryState;
  /** How often the tool was started. */
  readonly attempt: number;
  /** Position in the order of delivery, from 0; absent until settled. */
  readonly order?: number;
  /** Epoch milliseconds. */
  readonly askedAt?: number;
  readonly startedAt?: number;
  readonly settledAt?: number;
  /** The last decision on it; those before are its `previous`. */
  readonly decision?: DecisionRecord;
}

/** One durable run with its whole journal. */
export interface ExecutionState {
  readonly id: string;
  readonly code: string;
  readonly status: ExecutionStatus;
  readonly log: ToolLogEntry[];
  /** A note in its place, where it was too large to be kept: only who waited for the outcome got it. */
  readonly result?: unknown;
  readonly error?: string;
  readonly errorCode?: ErrorCode;
  /** The line of `code` that the error is about, from 1; absent where it is about none. */
  readonly errorLine?: number;
  /** The console of the last pass. A step that ended in an earlier one does not run again, so what it printed then is not among it. */
  readonly logs?: string[];
  /** Names of the connectors that it was started with. */
  readonly connectors?: string[];
  /** How many passes it took so far. */
  readonly passes: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** An execution without its journal: what a list shows. */
export type ExecutionSummary = Omit<ExecutionState, "log" | "result" | "logs"> & { readonly calls: number };

/**
 * What the released package's facet answered about a call. Nothing here takes or gives it: the facet decides and records in
 * one step, and has no method that another could call with it.
 *
 * @deprecated Read `ToolLogEntry` of `execution.log` instead.
 */
export type ToolDecision =
  | { kind: "replay"; result: unknown }
  | { kind: "execute"; seq: number }
  | { kind: "pause"; seq: number };

/** One action that waits for a person. */
export interface PendingAction {
  readonly executionId: string;
  readonly seq: number;
  readonly connector: string;
  readonly method: string;
  /** Of a call in doubt that a person had edited: the arguments that it ran with. */
  readonly args: unknown;
  /** There is more that waits than one answer can hold, and `args` is only a note that says so. */
  readonly argsLeftOut?: true;
  /**
   * `approval`: not run yet. `in_doubt`: the process died while it ran, or its run ended and its tool stopped in the middle. It may or
   * may not have taken effect.
   */
  readonly kind: "approval" | "in_doubt";
  /**
   * Names exactly what is shown: connector, method, arguments and the tool's definition. Hand it back with the
   * decision, and a decision about anything else changes nothing. Where the arguments are left out, it can only reject:
   * what runs was seen.
   */
  readonly digest: string;
  /** When it was asked, in epoch milliseconds. */
  readonly askedAt: number;
  /** What the execution did before, oldest first. */
  readonly before: readonly {
    readonly seq: number;
    readonly connector: string;
    readonly method: string;
    readonly state: ToolLogEntryState;
  }[];
}

/** What `execute`, `approve` and the model's tool answer. Absence is never success: look at `status`. */
export type ProxyToolOutput =
  | { status: "completed"; executionId: string; result: unknown; logs?: string[]; calls?: ToolLogEntry[] }
  | { status: "paused"; executionId: string; pending: PendingAction[]; logs?: string[]; calls?: ToolLogEntry[] }
  | {
      status: "error";
      executionId: string;
      error: string;
      /** Compare this, not the sentence. */
      code: ErrorCode;
      /** Line of the program, where known. */
      line?: number;
      logs?: string[];
      calls?: ToolLogEntry[];
    };

/** What the model sends. */
export interface ProxyToolInput {
  readonly code: string;
}

/** A saved program that others can run by name. */
export interface Snippet {
  readonly name: string;
  readonly description: string;
  readonly code: string;
  /** Epoch milliseconds. */
  readonly savedAt: number;
  /** JSON Schema of the input of `codemode.run(name, input)`. */
  readonly inputSchema?: unknown;
  /** Names of the connectors that its execution had. */
  readonly connectors?: string[];
}

/** What `saveSnippet` takes beside the name. */
export interface SaveSnippetOptions {
  /** What the program is for, in a sentence that search finds it by. At most 10,000 characters. */
  readonly description?: string;
  /** JSON Schema of its input, which each run is checked against. */
  readonly inputSchema?: unknown;
  /** The execution whose program is saved. */
  readonly executionId: string;
}

/** What a rollback did, or would do, with one entry. */
export interface RollbackItem {
  readonly seq: number;
  readonly connector: string;
  readonly method: string;
  /**
   * `reverted`, `would_revert`: undone, or would be tried. `failed`: its revert threw; another rollback tries it again.
   * `irreversible`: it has no revert. `in_doubt`: nobody knows whether it ran.
   */
  readonly outcome: "reverted" | "would_revert" | "failed" | "irreversible" | "in_doubt";
  readonly error?: string;
}

/**
 * The report of a rollback, or of what one would do, newest entry first. Reads, steps and timers are not listed: they
 * changed nothing. A further rollback leaves alone what was undone, and tries again what `failed`.
 */
export interface RollbackReport {
  readonly executionId: string;
  readonly status: ExecutionStatus;
  readonly items: readonly RollbackItem[];
}

/** What a rollback would do. */
export interface RollbackPreview extends RollbackReport {
  /** Names the calls that a rollback looks at, and what became of each: a rollback by it undoes what was shown, or nothing. */
  readonly digest: string;
}
