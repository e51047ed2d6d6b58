/** What the host lends to the facet: its connectors and its executor, behind one capability. */
import type { Assessment, ExecutionEndStatus, PassEndStatus } from "../connector/types.ts";
import type { DecisionRecord } from "../journal/public.ts";
import type { Bridge, PassRequest } from "../sandbox/executor.ts";
import type { Line } from "./slots.ts";

/** One call on its way to a tool. `args` is the encoded array of arguments. */
export interface ToolCall {
  readonly executionId: string;
  readonly seq: number;
  readonly attempt: number;
  readonly connector: string;
  readonly method: string;
  readonly args: string;
  /** A person's, that let it run. */
  readonly decision?: DecisionRecord | undefined;
}

/** How a tool ended: an encoded value, or an encoded failure. */
export interface ToolOutcome {
  readonly ok: boolean;
  readonly value: string;
  /** The tool did what it was asked for, whatever the program sees. Absent: as `ok` says. */
  readonly applied?: boolean;
  /** The tool stopped in the middle because it was told of the run's end: nobody knows what it did. */
  readonly gaveUp?: boolean;
}

/** A snippet as the catalog lists it. */
export interface SnippetEntry {
  readonly name: string;
  readonly description: string;
  readonly inputSchema?: unknown;
  readonly connectors: readonly string[];
  /** Its source, where it is asked for by name. */
  readonly code?: string;
}

/** What a run may find: the snippets that it pinned, and what is there of the connectors that it began with. */
export interface Findable {
  readonly snippets: readonly SnippetEntry[];
  readonly connectors: readonly string[];
}

/** Why a pass begins: the execution is new, a person decided, or an earlier pass was interrupted. */
export type PassReason = "start" | "decision" | "recovery";

/** What the facet says of a pass to whoever watches (`telemetry/observed-port.ts`); to run it takes none of this. */
export interface PassNotice {
  readonly executionId: string;
  readonly reason: PassReason;
  /** When the execution began, in epoch milliseconds. */
  readonly begunAt: number;
  /** Settlements of earlier passes that the program is given back. */
  readonly replayed: number;
}

/**
 * The host's capabilities. Every method settles; one that rejects means that the host itself is gone, and the pass is
 * interrupted, not failed.
 */
export interface HostPort {
  /** What each call's tool says of it. Runs nothing but approval predicates. */
  assess(calls: readonly ToolCall[]): Promise<Assessment[]>;
  /**
   * Runs a tool: takes a {@link ToolCall} and answers a {@link ToolOutcome}, as JSON. The line makes of each object a disposable
   * one, which costs several times as much as a text, and this is what crosses it for every call.
   */
  perform(call: string): Promise<string>;
  /** Runs a tool's revert; answers whether there was one, or the error it ended with. */
  revert(
    call: ToolCall & { readonly result: string | undefined },
  ): Promise<{ readonly reverted: boolean; readonly error?: string }>;
  /** Whether each tool can be reverted. */
  reversible(tools: readonly { readonly connector: string; readonly method: string }[]): Promise<boolean[]>;
  /** `codemode.search`, `codemode.describe`: encoded arguments in, encoded answer out. */
  consult(method: string, args: string, findable: Findable): Promise<ToolOutcome>;
  /** Runs one pass in the executor's sandbox. Answers when that has left; why, in words, when it could not run or died. */
  runPass(request: PassRequest, bridge: Bridge, notice: PassNotice): Promise<string | undefined>;
  /** Hears that a pass waits for an isolate, and behind whom. */
  passQueued(executionId: string, line: Line): Promise<void>;
  /** Tells tools that nobody waits for them any longer. */
  abort(executionId: string, reason: string): Promise<void>;
  /** Lets connectors release what belongs to a pass and, unless it paused, to the execution. Never rejects. */
  passEnded(executionId: string, status: PassEndStatus): Promise<void>;
  /** The same for an execution that ends without a pass. */
  executionEnded(executionId: string, status: ExecutionEndStatus): Promise<void>;
}
