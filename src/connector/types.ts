/** What a connector author writes and what the runtime passes to it: the types of the connector contract. */
import type { JSONSchema7 } from "json-schema";
import type { ErrorCode } from "../errors.ts";
import type { DecisionRecord } from "../journal/public.ts";

/**
 * What a tool is told about the call that it serves.
 *
 * `executionId` and `idempotencyKey` are the same on every attempt of the call, also after a crash, so a tool that
 * passes the key on to its backend cannot act twice. `signal` aborts when the execution ends before the tool has
 * answered: it is cancelled, rejected, out of time or over another limit.
 */
export interface ToolExecuteContext {
  /** The execution this call belongs to; stable across pauses and restarts. */
  readonly executionId: string;
  /** Position of the call in the execution's journal, from 0. */
  readonly seq: number;
  /** `<executionId>:<seq>`, or `<executionId>:<seq>:revert` in a revert: pass it to backends that take one. */
  readonly idempotencyKey: string;
  /** 1 for the first attempt; higher after a crash or when a person decided to run an in-doubt call. */
  readonly attempt: number;
  /** Aborts when nobody waits for the call any longer. */
  readonly signal: AbortSignal;
  /** What a person decided that let it run: who, when and why; absent where nobody was asked, and in a revert. */
  readonly decision?: DecisionRecord;
}

/** Whether to ask a person first: always, never, or by the arguments of this call. */
export type ApprovalRule =
  | boolean
  // biome-ignore lint/suspicious/noExplicitAny: as a tool's `execute`, it states its own type; the schema is what checks it.
  | ((args: any, context: { readonly executionId: string; readonly seq: number }) => boolean | Promise<boolean>);

/**
 * One tool of a connector: documentation, schema, policy, effect and undo in one place.
 *
 * A schema is a JSON Schema, a Zod 4 or other Standard Schema that can give its JSON Schema, or an AI SDK
 * `jsonSchema()`; an AI SDK `ToolSet` can be returned from `tools()` as it is.
 *
 * @example
 * ```ts
 * const deleteIssue: ConnectorTool = {
 *   description: "Delete an issue for good",
 *   inputSchema: { type: "object", properties: { number: { type: "integer" } }, required: ["number"] },
 *   requiresApproval: true,
 *   execute: (args, { idempotencyKey }) => api.delete(args, { headers: { "Idempotency-Key": idempotencyKey } }),
 * };
 * ```
 */
export interface ConnectorTool {
  readonly description?: string | undefined;
  /** Schema of the single argument. Checked before a person is asked and before the tool runs. Default: anything. */
  readonly inputSchema?: unknown;
  /** Schema of the result; becomes the type that the model sees. */
  readonly outputSchema?: unknown;
  /** Ask a person before running. Default: run at once. */
  readonly requiresApproval?: ApprovalRule | undefined;
  /** The AI SDK's name for the same; used when `requiresApproval` is absent. */
  readonly needsApproval?: ApprovalRule | undefined;
  /**
   * What replay does with a settled call: `"log"` (default) gives the recorded result; `"reexecute"` records none and
   * runs the tool again on every pass. Only for reads with large results; excludes `requiresApproval`.
   */
  readonly replay?: "log" | "reexecute" | undefined;
  /** The tool changes nothing: safe to repeat after a crash, and recorded without waiting for the disk. */
  readonly readOnly?: boolean | undefined;
  /**
   * Running twice with one idempotency key is the same as once: after a crash it is repeated by itself, and in doubt only where its run
   * has ended.
   */
  readonly idempotent?: boolean | undefined;
  /** Other names under which programs may call the tool: found by their exact text, listed nowhere. */
  readonly aliases?: readonly string[] | undefined;
  /** Calls that show how the tool is used, as source text; shown by `describe`. */
  readonly examples?: readonly string[] | undefined;
  /** The effect. A generator's last value is the result. Absent: the tool is left out. */
  // biome-ignore lint/suspicious/noExplicitAny: a tool states its own argument type; the schema is what checks it.
  readonly execute?: ((args: any, context: ToolExecuteContext) => unknown) | undefined;
  /** Undo one applied call, given its arguments and its result. */
  // biome-ignore lint/suspicious/noExplicitAny: as for `execute`.
  readonly revert?: ((args: any, result: any, context: ToolExecuteContext) => unknown) | undefined;
}

/** The tools of a connector by name. */
export type ConnectorTools = Readonly<Record<string, ConnectorTool>>;

/** How an execution ended for good; `paused` is not an end. */
export type ExecutionEndStatus = "completed" | "error" | "rejected" | "rolled_back";

/** How one pass ended: an end of the execution, or a pause. */
export type PassEndStatus = ExecutionEndStatus | "paused";

/** Policy facts of a tool as `search`, `describe` and approval screens show them. */
export interface ToolAnnotations {
  /** True also when a predicate decides by the arguments. */
  readonly requiresApproval?: boolean;
  readonly replay?: "log" | "reexecute";
  readonly readOnly?: boolean;
  readonly idempotent?: boolean;
  /** The tool has a `revert`. */
  readonly reversible?: boolean;
}

/** Schema and documentation of one tool, in plain JSON Schema. */
export interface JsonSchemaToolDescriptor {
  description?: string;
  inputSchema: JSONSchema7;
  outputSchema?: JSONSchema7;
  /** Calls that show the use, as source text. */
  examples?: readonly string[];
}

/** Tools by name, as `generateTypesFromJsonSchema` takes them. */
export type JsonSchemaToolDescriptors = Record<string, JsonSchemaToolDescriptor>;

/** All that is known of a connector without calling it. */
export interface ConnectorDescription {
  readonly name: string;
  readonly instructions?: string;
  readonly descriptors: JsonSchemaToolDescriptors;
  readonly annotations?: Readonly<Record<string, ToolAnnotations>>;
  /** Other names that programs may call tools by, each with the tool's own. */
  readonly aliases?: Readonly<Record<string, string>>;
}

/** What the connector says of one call before anything happens: nothing was run, no person was asked. */
export type Assessment =
  | { readonly kind: "unknown"; readonly near: readonly string[] }
  | { readonly kind: "invalid"; readonly message: string; readonly path: string }
  /** The connector could not tell: its declaration contradicts itself, a predicate threw, a server has no list. */
  | { readonly kind: "failed"; readonly message: string; readonly code: ErrorCode }
  | {
      readonly kind: "valid";
      /** The tool's own name, where an alias was called. */
      readonly method: string;
      readonly policy: CallPolicy;
    };

/** The policy of one call, with the predicate already answered. */
export interface CallPolicy {
  readonly approval: boolean;
  /** Safe to perform again after a crash. */
  readonly repeatable: boolean;
  /** Changes nothing, so its record need not be on disk before it leaves. */
  readonly readOnly: boolean;
  readonly replay: "log" | "reexecute";
  /** A person may be asked, so each call is assessed by its arguments; otherwise the answer holds for every call of the tool. */
  readonly perCall: boolean;
  /** Fingerprint of the tool's definition: an approval given for another definition does not hold. Empty where none is ever needed. */
  readonly definition: string;
}
