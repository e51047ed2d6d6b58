/** The demo's view of the Worker's HTTP API. */
import * as v from "valibot";

const Decision = v.looseObject({ decision: v.string(), by: v.optional(v.string()), reason: v.optional(v.string()) });
const CallSchema = v.looseObject({
  seq: v.number(),
  connector: v.string(),
  method: v.string(),
  args: v.optional(v.unknown()),
  editedArgs: v.optional(v.unknown()),
  state: v.string(),
  attempt: v.number(),
  requiresApproval: v.boolean(),
  startedAt: v.optional(v.number()),
  settledAt: v.optional(v.number()),
  decision: v.optional(Decision),
});
const PendingSchema = v.looseObject({
  executionId: v.string(),
  seq: v.number(),
  connector: v.string(),
  method: v.string(),
  args: v.unknown(),
  kind: v.picklist(["approval", "in_doubt"]),
  digest: v.string(),
  before: v.array(v.looseObject({ seq: v.number(), method: v.string() })),
});
const calls = v.optional(v.array(CallSchema), []);
const OutcomeSchema = v.variant("status", [
  v.looseObject({ status: v.literal("completed"), executionId: v.string(), result: v.unknown(), calls }),
  v.looseObject({ status: v.literal("paused"), executionId: v.string(), pending: v.array(PendingSchema), calls }),
  v.looseObject({ status: v.literal("error"), executionId: v.string(), error: v.string(), code: v.string(), calls }),
]);
const EffectSchema = v.object({ key: v.string(), what: v.string(), id: v.number() });
const ReportSchema = v.looseObject({
  items: v.array(v.looseObject({ seq: v.number(), connector: v.string(), method: v.string(), outcome: v.string() })),
});
const ExecutionSchema = v.looseObject({
  id: v.string(),
  status: v.string(),
  error: v.optional(v.string()),
  log: v.array(CallSchema),
  result: v.optional(v.unknown()),
});

export type Call = v.InferOutput<typeof CallSchema>;
export type Pending = v.InferOutput<typeof PendingSchema>;
export type Outcome = v.InferOutput<typeof OutcomeSchema>;
export type Effect = v.InferOutput<typeof EffectSchema>;

export class Client {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async #json(path: string, init?: RequestInit): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  #send(path: string, body: unknown): Promise<unknown> {
    return this.#json(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  /** A request whose answer is an outcome; `/reject` answers with a boolean, and then the outcome is read. */
  async post(path: string, body: { readonly executionId?: string; readonly [key: string]: unknown }): Promise<Outcome> {
    const answer = await this.#send(path, body);
    if (typeof answer === "boolean") return this.outcome(String(body.executionId));
    return v.parse(OutcomeSchema, answer);
  }

  async pending(): Promise<Pending[]> {
    return v.parse(v.array(PendingSchema), await this.#json("/pending"));
  }

  async effects(): Promise<Effect[]> {
    return v.parse(v.array(EffectSchema), await this.#json("/effects"));
  }

  async recover(): Promise<void> {
    await this.#send("/recover", {});
  }

  async rollback(executionId: string) {
    return v.parse(ReportSchema, await this.#send("/rollback", { executionId }));
  }

  async execution(executionId: string) {
    return v.parse(ExecutionSchema, await this.#json(`/execution?id=${executionId}`));
  }

  /** Where an execution stands, as an outcome. */
  async outcome(executionId: string): Promise<Outcome> {
    const { status, log, result, error } = await this.execution(executionId);
    if (status === "completed") return { status, executionId, result, calls: log };
    if (status === "paused") {
      const pending = (await this.pending()).filter((action) => action.executionId === executionId);
      return { status, executionId, pending, calls: log };
    }
    return { status: "error", executionId, error: error ?? status, code: status, calls: log };
  }
}
