/** What the HTTP API answers, as the console takes it: every answer is parsed here before anything else sees it. */
import * as v from "valibot";

/** The rows of a list that this page knows, and how many it does not: one of those must not hide all others. */
export interface Rows<T> {
  readonly rows: readonly T[];
  readonly unknown: number;
}

function rowsOf<T>(row: v.GenericSchema<unknown, T>) {
  return v.pipe(
    v.array(v.unknown()),
    v.transform((all): Rows<T> => {
      const rows = all.map((one) => v.safeParse(row, one)).flatMap(({ success, output }) => (success ? [output] : []));
      return { rows, unknown: all.length - rows.length };
    }),
  );
}

const RunStatus = v.picklist(["running", "paused", "completed", "error", "rejected", "rolling_back", "rolled_back"]);
const EntryState = v.picklist([
  "pending",
  "approved",
  "executing",
  "in_doubt",
  "applied",
  "error",
  "rejected",
  "reverted",
  "revert_failed",
]);
const text = v.exactOptional(v.string());
const time = v.exactOptional(v.number());

export interface Decision {
  readonly decision: "approved" | "rejected" | "resolved";
  readonly at: number;
  readonly by?: string;
  readonly reason?: string;
  readonly previous?: Decision;
}

const DecisionSchema: v.GenericSchema<unknown, Decision> = v.object({
  decision: v.picklist(["approved", "rejected", "resolved"]),
  at: v.number(),
  by: text,
  reason: text,
  previous: v.exactOptional(v.lazy(() => DecisionSchema)),
});

const EntrySchema = v.object({
  seq: v.number(),
  parent: v.exactOptional(v.number()),
  kind: v.picklist(["call", "step", "timer"]),
  connector: v.string(),
  method: v.string(),
  args: v.exactOptional(v.unknown()),
  editedArgs: v.exactOptional(v.unknown()),
  result: v.exactOptional(v.unknown()),
  error: v.exactOptional(v.object({ name: v.string(), message: v.string(), code: text })),
  requiresApproval: v.boolean(),
  ephemeral: v.exactOptional(v.boolean()),
  state: EntryState,
  attempt: v.number(),
  order: v.exactOptional(v.number()),
  askedAt: time,
  startedAt: time,
  settledAt: time,
  decision: v.exactOptional(DecisionSchema),
});

const shared = {
  id: v.string(),
  code: v.string(),
  status: RunStatus,
  error: text,
  errorCode: text,
  errorLine: v.exactOptional(v.number()),
  connectors: v.exactOptional(v.array(v.string())),
  passes: v.number(),
  createdAt: v.number(),
  updatedAt: v.number(),
};
const SummarySchema = v.object({ ...shared, calls: v.number() });

export const RunSchema = v.pipe(
  v.object({
    ...shared,
    log: rowsOf(EntrySchema),
    result: v.exactOptional(v.unknown()),
    logs: v.exactOptional(v.array(v.string())),
  }),
  v.transform(({ log: { rows, unknown }, ...run }) => ({ ...run, log: rows, unknown })),
);

export const RunsSchema = v.pipe(
  v.object({ executions: rowsOf(SummarySchema), cursor: text }),
  v.transform(({ executions: { rows, unknown }, ...page }) => ({ ...page, executions: rows, unknown })),
);

const ActionSchema = v.object({
  executionId: v.string(),
  seq: v.number(),
  connector: v.string(),
  method: v.string(),
  args: v.exactOptional(v.unknown()),
  argsLeftOut: v.exactOptional(v.literal(true)),
  kind: v.picklist(["approval", "in_doubt"]),
  digest: v.string(),
  askedAt: v.number(),
  before: v.array(
    v.object({ seq: v.number(), connector: v.string(), method: v.string(), state: EntryState, times: v.number() }),
  ),
  earlier: v.number(),
});
export const ActionsSchema = rowsOf(ActionSchema);

/** `calls` is absent where the request was refused and nothing changed: then the error is about the request, not the run. */
const told = {
  executionId: v.string(),
  logs: v.exactOptional(v.array(v.string())),
  calls: v.exactOptional(v.array(v.unknown())),
};
export const OutcomeSchema = v.variant("status", [
  v.object({ status: v.literal("completed"), ...told, result: v.exactOptional(v.unknown()) }),
  v.object({ status: v.literal("paused"), ...told }),
  v.object({
    status: v.literal("error"),
    ...told,
    error: v.string(),
    code: v.string(),
    line: v.exactOptional(v.number()),
  }),
]);

export const ReportSchema = v.object({
  executionId: v.string(),
  status: RunStatus,
  items: v.array(
    v.object({
      seq: v.number(),
      connector: v.string(),
      method: v.string(),
      outcome: v.picklist(["reverted", "would_revert", "failed", "irreversible", "in_doubt"]),
      error: text,
    }),
  ),
  /** Of a preview. */
  digest: text,
});

export const FoundSchema = v.object({
  results: v.array(
    v.object({
      path: v.string(),
      kind: v.picklist(["method", "snippet"]),
      description: text,
      signature: text,
      requiresApproval: v.exactOptional(v.boolean()),
    }),
  ),
  total: v.number(),
});

export const DescribedSchema = v.object({ description: text });
export const SnippetSchema = v.object({
  name: v.string(),
  description: v.string(),
  code: v.string(),
  savedAt: v.number(),
  connectors: v.array(v.string()),
  inputSchema: v.exactOptional(v.unknown()),
});
export const SnippetsSchema = rowsOf(SnippetSchema);
export const SettingsSchema = v.object({ keepsPausedMs: v.number() });
export const ErrorSchema = v.object({ error: v.string(), code: text });
/** What the page takes from an event; `behind` and `ahead` are those of `pass.queued`. */
export const EventSchema = v.object({
  executionId: text,
  type: text,
  behind: v.exactOptional(v.array(v.string())),
  ahead: v.exactOptional(v.number()),
});

export type RunStatus = v.InferOutput<typeof RunStatus>;
export type EntryState = v.InferOutput<typeof EntryState>;
export type Entry = v.InferOutput<typeof EntrySchema>;
export type Run = v.InferOutput<typeof RunSchema>;
export type Summary = v.InferOutput<typeof SummarySchema>;
export type Action = v.InferOutput<typeof ActionSchema>;
export type Outcome = v.InferOutput<typeof OutcomeSchema>;
export type Report = v.InferOutput<typeof ReportSchema>;
export type Heard = v.InferOutput<typeof EventSchema>;
export type Snippet = v.InferOutput<typeof SnippetSchema>;
export type Found = v.InferOutput<typeof FoundSchema>;
