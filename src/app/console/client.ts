/** The console's way to the public HTTP API: requests out, parsed answers in. There is no other door. */
import * as v from "valibot";
import {
  type Action,
  ActionsSchema,
  DescribedSchema,
  ErrorSchema,
  FoundSchema,
  type Outcome,
  OutcomeSchema,
  type Report,
  ReportSchema,
  RunSchema,
  type RunStatus,
  RunsSchema,
  SettingsSchema,
  SnippetSchema,
  SnippetsSchema,
} from "./schemas.ts";

/** The API refused a request, or could not answer it. `status` is that of HTTP; 0 where nothing answered at all. */
export class RequestFailed extends Error {
  readonly code: string;
  readonly status: number;

  constructor(message: string, code: string, status: number) {
    super(message);
    this.name = "RequestFailed";
    this.code = code;
    this.status = status;
  }
}

/** Why a request was refused or had no answer, as it is shown. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

export function problemOf(error: unknown): Problem {
  if (error instanceof RequestFailed) return { code: error.code, message: error.message };
  return { code: "INTERNAL", message: error instanceof Error ? error.message : String(error) };
}

export function isUnreachable(error: unknown): boolean {
  return error instanceof RequestFailed && error.status === 0;
}

/** What a person decided about one action; sent with the digest of what that person saw. */
export type Verdict =
  | { readonly kind: "approve"; readonly args?: unknown }
  | { readonly kind: "reject"; readonly then: "end" | "throw"; readonly reason: string }
  | { readonly kind: "ran"; readonly result: unknown }
  | { readonly kind: "run" }
  | { readonly kind: "fail"; readonly error: string };

/** What is asked for again by itself is so after this time. */
export const AGAIN_MS = 2_000;

/** What was to change something may have done so, though its answer was lost. */
function withoutAnswer({ method }: RequestInit): RequestFailed {
  const unknown = ": it is not known whether this was done. Look before you do it again";
  return new RequestFailed(`The Worker did not answer${method === "POST" ? unknown : ""}.`, "UNREACHABLE", 0);
}

/** The status and the whole of the text. */
async function answerOf(path: string, init: RequestInit) {
  try {
    const response = await fetch(path, init);
    return { response, text: await response.text() };
  } catch {
    throw withoutAnswer(init);
  }
}

async function ask<T>(schema: v.GenericSchema<unknown, T>, path: string, body?: unknown): Promise<T> {
  const sent = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const init = body === undefined ? { headers: { accept: "application/json" } } : sent;
  const { response, text } = await answerOf(path, init);
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new RequestFailed(`The Worker answered ${response.status} and no JSON.`, "UNREADABLE", response.status);
  }
  if (!response.ok) {
    const said = v.safeParse(ErrorSchema, answer);
    const { error, code = "" } = said.success ? said.output : { error: `The Worker answered ${response.status}.` };
    throw new RequestFailed(error, code, response.status);
  }
  const parsed = v.safeParse(schema, answer);
  if (parsed.success) return parsed.output;
  const where = v.getDotPath(parsed.issues[0]) ?? "the whole";
  throw new RequestFailed(`${path} answered what this page does not know (${where}). Reload it.`, "UNREADABLE", 200);
}

const query = (values: Readonly<Record<string, string>>) => new URLSearchParams(values).toString();

/** A page of the list of runs: of one status, or of all. */
interface RunsWanted {
  readonly limit?: number;
  readonly cursor?: string | undefined;
  readonly status?: RunStatus | undefined;
}

/** Where the API has what the page shows; a person can read it there as it is. A list as long as one answer may be. */
export const paths = {
  pending: (id?: string) => (id === undefined ? "/pending" : `/pending?${query({ id })}`),
  runs: ({ limit = 200, cursor, status }: RunsWanted = {}) =>
    `/executions?${query({ limit: String(limit), ...(cursor !== undefined && { cursor }), ...(status !== undefined && { status }) })}`,
  run: (id: string) => `/execution?${query({ id })}`,
  settings: "/settings",
  snippets: "/snippets",
} as const;

export const client = {
  pending: (id?: string) => ask(ActionsSchema, paths.pending(id)),
  inDoubt: () => ask(ActionsSchema, "/in-doubt"),
  runs: (wanted: RunsWanted) => ask(RunsSchema, paths.runs(wanted)),
  run: (id: string) => ask(RunSchema, paths.run(id)),
  settings: () => ask(SettingsSchema, paths.settings),
  search: (q: string) => ask(FoundSchema, `/search?${query({ q })}`),
  describe: (target: string) => ask(DescribedSchema, `/describe?${query({ target })}`),
  execute: (code: string) => ask(OutcomeSchema, "/execute", { code }),
  cancel: (executionId: string, by: string) =>
    ask(v.boolean(), "/cancel", { executionId, reason: `by ${by || "a person without a name"}, in the console` }),
  previewRollback: (id: string) => ask(ReportSchema, `/rollback?${query({ id })}`),
  /** By the preview that was on the screen. */
  rollback: ({ executionId, digest }: Report) => ask(ReportSchema, "/rollback", { executionId, digest }),
  snippets: () => ask(SnippetsSchema, paths.snippets),
  saveSnippet: (snippet: { readonly name: string; readonly executionId: string; readonly description: string }) =>
    ask(SnippetSchema, paths.snippets, snippet),
  deleteSnippet: (name: string) => ask(v.boolean(), "/snippets/delete", { name }),
  approve: (decision: object) => ask(OutcomeSchema, "/approve", decision),
  reject: (decision: object) => ask(v.boolean(), "/reject", decision),
  resolve: (decision: object) => ask(OutcomeSchema, "/resolve", decision),
};

/**
 * Sends one decision about exactly the action that was shown; answers how the run went on, where the API says it.
 *
 * @throws RequestFailed with the code of the refusal, when nothing changed.
 */
export async function decide(action: Action, verdict: Verdict, by: string): Promise<Outcome | undefined> {
  const { executionId, seq, digest } = action;
  const shown = { executionId, seq, digest, ...(by !== "" && { by }) };
  if (verdict.kind === "reject") {
    const { then, reason } = verdict;
    if (await client.reject({ ...shown, then, ...(reason !== "" && { reason }) })) return undefined;
    throw new RequestFailed("It no longer waits for a decision.", "NOT_PENDING", 200);
  }
  const outcome = await (verdict.kind === "approve"
    ? client.approve({ ...shown, ...("args" in verdict && { args: verdict.args }) })
    : client.resolve({ ...shown, ...resolution(verdict) }));
  return taken(outcome);
}

/**
 * Sends one decision about several actions of one run, exactly as they were shown; answers how the run went on.
 *
 * @throws RequestFailed with the code of the refusal, when nothing changed: one that no longer fits is enough.
 */
export async function approveSeveral(executionId: string, actions: readonly Action[], by: string): Promise<Outcome> {
  const shown = actions.map(({ seq, digest }) => ({ seq, digest }));
  return taken(await client.approve({ executionId, actions: shown, ...(by !== "" && { by }) }));
}

/** An outcome with a journal is the run's own; without one, the decision was refused. */
function taken(outcome: Outcome): Outcome {
  if (outcome.status === "error" && outcome.calls === undefined) {
    throw new RequestFailed(outcome.error, outcome.code, 200);
  }
  return outcome;
}

function resolution(verdict: Extract<Verdict, { kind: "ran" | "run" | "fail" }>): object {
  if (verdict.kind === "ran") return { as: "ran", result: verdict.result };
  if (verdict.kind === "run") return { as: "run" };
  return { as: "fail", ...(verdict.error !== "" && { error: verdict.error }) };
}
