/**
 * Turns what the host sees of its runs into events.
 *
 * Two see for it: the port, which the facet calls (passes, calls, reverts, ends), and the handle, which users call
 * (executions, decisions). The facet knows nothing of telemetry. What neither is told, such as which actions wait after
 * a pause, is looked up in the facet, and only then.
 */
import { type ErrorCode, isCodemodeError, isErrorCode } from "../errors.ts";
import type { DecisionRecord, ProxyToolOutput } from "../journal/public.ts";
import { nameOneAction } from "../runtime/digest.ts";
import type { PassNotice, ToolCall } from "../runtime/port.ts";
import type { DecisionRequest, RawOutcome, RawPending } from "../runtime/requests.ts";
import type { Line } from "../runtime/slots.ts";
import type { CodemodeEvent, CodemodeEventOf, CodemodeEventTable, EventCall } from "./events.ts";
import type { OpenDecision, OpenRun, Runs } from "./runs.ts";
import type { Spans } from "./spans.ts";

/** What can be looked up in the facet. */
export interface FacetLookup {
  pending(executionId: string): Promise<readonly RawPending[]>;
  /** The code of the error that an execution ended with. */
  errorCode(executionId: string): Promise<string | undefined>;
}

/** How the journal names each decision. */
const DECISIONS = {
  approve: "approved",
  reject: "rejected",
  resolve: "resolved",
} as const satisfies Record<DecisionRequest["decision"]["kind"], DecisionRecord["decision"]>;

/** What a tool throws may carry anything under `code`; only our own codes are known to be no secret. */
function safeCode(code: unknown): ErrorCode {
  return isErrorCode(code) ? code : "TOOL_ERROR";
}

function isTarget(action: RawPending, { decision, actions }: DecisionRequest): boolean {
  if (action.kind !== (decision.kind === "resolve" ? "in_doubt" : "approval")) return false;
  return actions.some(
    ({ seq = action.seq, digest = action.digest }) => seq === action.seq && nameOneAction(digest, action.digest),
  );
}

function named({ seq, connector, method }: EventCall): EventCall {
  return { seq, connector, method };
}

export class Recorder {
  readonly spans: Spans | undefined;
  readonly #emit: (event: CodemodeEvent) => void;
  readonly #runs: Runs;
  readonly #facet: FacetLookup;

  constructor(emit: (event: CodemodeEvent) => void, spans: Spans | undefined, runs: Runs, facet: FacetLookup) {
    this.#emit = emit;
    this.spans = spans;
    this.#runs = runs;
    this.#facet = facet;
  }

  // Seen by the handle

  /** Runs a new execution. Most ends are seen by the port; here are those of programs that never had a pass. */
  async execution(executionId: string, run: () => Promise<ProxyToolOutput>): Promise<ProxyToolOutput> {
    const startedAt = Date.now();
    this.#runs.open.set(executionId, { startedAt, passes: 0, pass: undefined });
    this.#tell("execution.started", executionId, startedAt, {});
    try {
      const outcome = await run();
      // An interrupted run has not ended: it goes on when it is recovered.
      if (outcome.status === "error" && outcome.code !== "INTERRUPTED" && this.#runs.open.has(executionId)) {
        this.#end(executionId, outcome.calls === undefined ? "refused" : "error", outcome.code);
      }
      return outcome;
    } catch (error) {
      if (this.#runs.open.get(executionId)?.passes === 0) {
        this.#end(executionId, "refused", isCodemodeError(error) ? error.code : "INTERRUPTED");
      }
      throw error;
    }
  }

  /** Sends a decision. It is told as soon as anything shows that it was taken, and never when it was refused. */
  async decision(request: DecisionRequest, send: () => Promise<RawOutcome>): Promise<RawOutcome> {
    const waiting = await this.#pending(request.executionId);
    const targets = waiting.filter((action) => isTarget(action, request));
    const { deciding } = this.#runs;
    const open: OpenDecision = { request, targets, tell: () => this.#decided(open) };
    deciding.push(open);
    try {
      const answer = await this.calledFor(request.executionId, send);
      if (!("refused" in answer)) this.#decided(open);
      return answer;
    } finally {
      deciding.splice(deciding.indexOf(open), 1);
    }
  }

  /** Remembers who called while `run` goes on: the facet's calls back come without their context. */
  async calledFor<T>(executionId: string, run: () => Promise<T>): Promise<T> {
    const forget = this.spans?.calledFor(executionId);
    try {
      return await run();
    } finally {
      forget?.();
    }
  }

  #decided({ request: { executionId, decision }, targets }: OpenDecision): void {
    // An action is decided once: another decision about it that is on its way will be refused.
    for (const other of this.#runs.deciding) {
      if (other.request.executionId === executionId)
        other.targets = other.targets.filter(({ seq }) => !targets.some((target) => target.seq === seq));
    }
    const at = Date.now();
    const pass = this.#runs.open.get(executionId)?.pass;
    for (const action of targets) {
      const { kind, askedAt } = action;
      if (pass !== undefined && !pass.announced.has(action.seq)) {
        pass.announced.add(action.seq);
        this.#tell("approval.requested", executionId, askedAt, { ...named(action), kind });
      }
      const waitedMs = Math.max(0, at - askedAt);
      this.#tell("approval.decided", executionId, at, {
        ...named(action),
        kind,
        decision: DECISIONS[decision.kind],
        askedAt,
        waitedMs,
      });
    }
  }

  /** The first decision about an execution (and a call) that is on its way was taken: the facet acts on it. */
  #taken(executionId: string, seq?: number): void {
    const open = this.#runs.deciding.find(
      ({ request, targets }) =>
        request.executionId === executionId && targets.some((action) => seq === undefined || action.seq === seq),
    );
    open?.tell();
  }

  // Seen by the port

  passQueued(executionId: string, { behind, ahead }: Line): void {
    // Of a run that is paused, the pass that waits for an isolate is one that a decision started.
    if (!this.#runs.open.has(executionId)) this.#taken(executionId);
    this.#tell("pass.queued", executionId, Date.now(), { behind, ahead });
  }

  passStarted({ executionId, reason, begunAt, replayed }: PassNotice): void {
    const run = this.#runs.open.get(executionId) ?? { startedAt: begunAt, passes: 0, pass: undefined };
    this.#runs.open.set(executionId, run);
    this.#passOver(executionId, run, "interrupted");
    if (reason === "decision") this.#taken(executionId);
    const startedAt = Date.now();
    run.passes += 1;
    run.pass = { reason, startedAt, loadedAt: undefined, announced: new Set() };
    this.#tell("pass.started", executionId, startedAt, { reason, replayed });
  }

  passLoaded(executionId: string): void {
    const pass = this.#runs.open.get(executionId)?.pass;
    if (pass === undefined || pass.loadedAt !== undefined) return;
    pass.loadedAt = Date.now();
    this.#tell("pass.loaded", executionId, pass.loadedAt, { durationMs: pass.loadedAt - pass.startedAt });
  }

  callStarted(call: ToolCall): (failure: unknown) => void {
    const { executionId, attempt } = call;
    this.#taken(executionId, call.seq);
    const startedAt = Date.now();
    this.#tell("call.started", executionId, startedAt, { ...named(call), attempt });
    return (failure) => {
      const at = Date.now();
      const durationMs = at - startedAt;
      const how =
        failure === undefined ? { ok: true } : { ok: false, code: safeCode(Reflect.get(Object(failure), "code")) };
      this.#tell("call.settled", executionId, at, { ...named(call), attempt, durationMs, ...how });
    };
  }

  async passEnded(executionId: string, status: CodemodeEventTable["pass.ended"]["status"]): Promise<void> {
    const run = this.#runs.open.get(executionId);
    if (run === undefined) return;
    if (status === "rejected") this.#taken(executionId);
    if (status === "paused") await this.#announce(executionId, run);
    this.#passOver(executionId, run, status);
    if (status === "paused") this.#runs.open.delete(executionId);
  }

  /** Tells of the actions that this pass asked for. Those of earlier passes wait too, and were told of then. */
  async #announce(executionId: string, { pass }: OpenRun): Promise<void> {
    if (pass === undefined) return;
    for (const action of await this.#pending(executionId)) {
      const fresh =
        action.kind === "in_doubt" ? pass.reason !== "decision" : action.askedAt >= (pass.loadedAt ?? pass.startedAt);
      if (!fresh || pass.announced.has(action.seq)) continue;
      pass.announced.add(action.seq);
      const at = action.kind === "in_doubt" ? Date.now() : action.askedAt;
      this.#tell("approval.requested", executionId, at, { ...named(action), kind: action.kind });
    }
  }

  #passOver(executionId: string, run: OpenRun, status: CodemodeEventTable["pass.ended"]["status"]): void {
    if (run.pass === undefined) return;
    const at = Date.now();
    const durationMs = at - run.pass.startedAt;
    run.pass = undefined;
    this.#tell("pass.ended", executionId, at, { status, durationMs });
  }

  async executionEnded(executionId: string, status: "completed" | "error" | "rejected"): Promise<void> {
    const code = status === "error" ? await this.#facet.errorCode(executionId).catch(() => undefined) : undefined;
    if (status === "rejected") this.#taken(executionId);
    this.#end(executionId, status, code === undefined ? undefined : safeCode(code));
  }

  #end(
    executionId: string,
    status: CodemodeEventTable["execution.ended"]["status"],
    code: ErrorCode | undefined,
  ): void {
    const run = this.#runs.open.get(executionId);
    if (run !== undefined) this.#passOver(executionId, run, "interrupted");
    this.#runs.open.delete(executionId);
    const at = Date.now();
    this.#tell("execution.ended", executionId, at, {
      status,
      ...(code !== undefined && { code }),
      ...(run !== undefined && { durationMs: at - run.startedAt }),
    });
  }

  revertStarted(call: ToolCall): (outcome: { readonly reverted: boolean; readonly error?: string }) => void {
    const { executionId } = call;
    const startedAt = Date.now();
    const known = this.#runs.rollbacks.get(executionId);
    const rollback = known ?? { startedAt, reverted: 0, failed: 0 };
    if (known === undefined) this.#runs.rollbacks.set(executionId, rollback);
    return ({ reverted, error }) => {
      // A tool without a revert was not undone, and nothing failed either: the report calls it irreversible.
      if (!reverted && error === undefined) return;
      const ok = error === undefined;
      rollback[ok ? "reverted" : "failed"] += 1;
      const at = Date.now();
      this.#tell("call.reverted", executionId, at, { ...named(call), durationMs: at - startedAt, ok });
    };
  }

  rolledBack(executionId: string): void {
    const at = Date.now();
    const { startedAt, reverted, failed } = this.#runs.rollbacks.get(executionId) ?? {
      startedAt: at,
      reverted: 0,
      failed: 0,
    };
    this.#runs.rollbacks.delete(executionId);
    this.#tell("execution.rolled_back", executionId, at, { reverted, failed, durationMs: at - startedAt });
  }

  /** Each action that waits, once: while a pass ends, the facet may list what is both live and paused twice. */
  async #pending(executionId: string): Promise<RawPending[]> {
    const listed = await this.#facet.pending(executionId).catch(() => []);
    return [...new Map(listed.map((action) => [action.seq, action])).values()];
  }

  #tell<Type extends keyof CodemodeEventTable>(
    type: Type,
    executionId: string,
    at: number,
    facts: CodemodeEventTable[Type],
  ): void {
    const event: CodemodeEventOf<Type> = { type, executionId, at, ...facts };
    this.#emit(event as CodemodeEvent);
  }
}
