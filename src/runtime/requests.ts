/** What the handle asks of the facet, and what the facet answers: plain data, values as encoded text. */
import type { ErrorCode } from "../errors.ts";
import type { Entry } from "../journal/entry.ts";
import type { PendingAction } from "../journal/public.ts";
import type { Limits } from "../limits.ts";
import type { ExecutionRecord } from "../store/executions.ts";

/** The host's settings, sent with every request: the facet keeps none of them. */
export interface HostSettings {
  /** Names of the connectors that are configured now. */
  readonly connectors: readonly string[];
  readonly limits: Limits;
  readonly maxExecutions: number;
  /** Modules that programs may `import()`. */
  readonly modules: readonly string[];
}

/** An action that waits, with its arguments still encoded. */
export type RawPending = Omit<PendingAction, "args"> & { readonly args: string };

/** An execution as it may be shown: without what only the engine needs, its secret seed above all. */
export type ShownExecution = Omit<ExecutionRecord, "seed" | "snippets" | "limits">;

/** An entry as it may be shown; flags that are not set are left out. */
export type ShownEntry = Pick<
  Entry,
  "seq" | "parent" | "kind" | "connector" | "method" | "args" | "editedArgs" | "state" | "attempt" | "order" | "settlement"
  | "askedAt" | "startedAt" | "settledAt" | "decision"
> & { readonly approval: true | undefined; readonly ephemeral: true | undefined }; // biome-ignore format: a list of names

/** An execution with its journal, as it is copied to the host. */
export interface RawHistory {
  readonly execution: ShownExecution;
  /** The entries as JSON: one text is copied over RPC in a fraction of the time that a thousand objects take. */
  readonly entries: string;
}

/** Where an execution stands, with its journal. */
export interface RawExecution extends RawHistory {
  readonly pending: readonly RawPending[];
}

/** An execution with its journal, before it is copied to the host, or read there. */
export interface History {
  readonly execution: ShownExecution;
  readonly entries: readonly ShownEntry[];
}

/** The entries that the facet answered. */
export function entriesOf({ entries }: RawHistory): ShownEntry[] {
  return JSON.parse(entries);
}

/** A request that changed nothing, and why. */
export interface Refusal {
  readonly refused: ErrorCode;
  readonly message: string;
  /** Of the calls that a decision names: those on which it could not be taken. */
  readonly seqs?: readonly number[];
}

export type RawOutcome = RawExecution | Refusal;

/** What a person says about the actions that a decision names. `args` is an encoded array. */
export type Decision =
  | { readonly kind: "approve"; readonly args?: string | undefined }
  | { readonly kind: "reject"; readonly then: "end" | "throw" }
  | {
      readonly kind: "resolve";
      readonly as: "ran" | "run" | "fail";
      /** Encoded result or failure. */
      readonly value?: string | undefined;
    };

/** How a decision names what it is about: one call by its seq, and else all that waits and is shown by that digest, or by any. */
export interface NamedAction {
  readonly seq?: number | undefined;
  readonly digest?: string | undefined;
}

export interface DecisionRequest {
  readonly executionId: string;
  /** All of these or none. */
  readonly actions: readonly NamedAction[];
  readonly decision: Decision;
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
}
