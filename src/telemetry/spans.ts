/**
 * Turns events into OpenTelemetry spans: execution > pass > load, calls; approval wait; rollback > revert.
 *
 * A span cannot outlive its process, and a run can. So a run has one execution span for each stretch between its start,
 * its pauses and its end. A stretch after a pause is linked to the one before it and to the waits that ended it, where
 * this process still knows them; `codemode.execution.id` names the run on all of them, for ever.
 */
import {
  type Attributes,
  type Context,
  context,
  type Link,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { CodemodeEvent, CodemodeEventOf, EventCall } from "./events.ts";

const SCOPE = "durable-codemode";

/** The spans of one run that have not ended, and what the next stretch of it will be linked to. */
interface Trace {
  execution: Span | undefined;
  pass: Span | undefined;
  rollback: Span | undefined;
  /** By seq and attempt: an interrupted call may still be on its way when it is made again. */
  readonly calls: Map<string, Span>;
  before: SpanContext | undefined;
  waits: SpanContext[];
}

export type Traces = Map<string, Trace>;

const known = new WeakMap<DurableObjectState, Traces>();

function tracesOf(ctx: DurableObjectState): Traces {
  let traces = known.get(ctx);
  if (traces === undefined) {
    traces = new Map();
    known.set(ctx, traces);
  }
  return traces;
}

/** The tracer of the SDK that is registered, or nothing. Without an SDK, the API hands out tracers that do nothing. */
function registeredTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider ? provider.getDelegateTracer(SCOPE) : provider.getTracer(SCOPE);
}

/** Spans for the runs of one Durable Object, where an SDK is registered. */
export function spansOf(ctx: DurableObjectState): Spans | undefined {
  const tracer = registeredTracer();
  return tracer === undefined ? undefined : new Spans(tracer, tracesOf(ctx));
}

/** Names by the conventions for generative AI where they have one, by ours under `codemode.` otherwise. */
function callAttributes(executionId: string, { seq, connector, method }: EventCall): Attributes {
  return {
    "gen_ai.tool.name": `${connector}.${method}`,
    "gen_ai.tool.call.id": `${executionId}:${seq}`,
    "codemode.execution.id": executionId,
    "codemode.call.seq": seq,
  };
}

function end(span: Span | undefined, at: number, failed: string | undefined, attributes: Attributes = {}): void {
  if (span === undefined) return;
  span.setAttributes(attributes);
  if (failed !== undefined) {
    span.setAttribute("error.type", failed);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end(new Date(at));
}

/** A pass that pauses or that a person ends has not failed. */
function failureOf(status: string, code?: string): string | undefined {
  return status === "error" || status === "interrupted" || status === "refused" ? (code ?? status) : undefined;
}

interface AttemptedCall {
  readonly seq: number;
  readonly attempt: number;
}

function keyOf({ seq, attempt }: AttemptedCall): string {
  return `${seq}:${attempt}`;
}

/** Whether nothing of a run will be needed again. What waits for a person keeps its links. */
function isOver({ execution, pass, rollback, calls, before, waits }: Trace): boolean {
  const open = execution ?? pass ?? rollback ?? before;
  return open === undefined && calls.size === 0 && waits.length === 0;
}

export class Spans {
  readonly #tracer: Tracer;
  readonly #traces: Traces;
  readonly #callers = new Map<string, Context>();

  constructor(tracer: Tracer, traces: Traces) {
    this.#tracer = tracer;
    this.#traces = traces;
  }

  /** What begins for this execution from now on belongs to the span that is active now. Answers how to forget it. */
  calledFor(executionId: string): () => void {
    const caller = context.active();
    this.#callers.set(executionId, caller);
    return () => {
      if (this.#callers.get(executionId) === caller) this.#callers.delete(executionId);
    };
  }

  /** Runs a tool with its call's span as the active one, so that spans which the tool makes lie under it. */
  insideCall<T>(call: AttemptedCall & { readonly executionId: string }, run: () => T): T {
    const span = this.#traces.get(call.executionId)?.calls.get(keyOf(call));
    return span === undefined ? run() : context.with(trace.setSpan(context.active(), span), run);
  }

  /** Takes one event. */
  readonly take = (event: CodemodeEvent): void => {
    const found = this.#traces.get(event.executionId) ?? {
      execution: undefined,
      pass: undefined,
      rollback: undefined,
      calls: new Map(),
      before: undefined,
      waits: [],
    };
    this.#traces.set(event.executionId, found);
    this.#record(found, event);
    if (isOver(found)) this.#traces.delete(event.executionId);
  };

  #record(run: Trace, event: CodemodeEvent): void {
    const { at } = event;
    switch (event.type) {
      case "execution.started":
        run.execution = this.#start("codemode.execution", event, context.active());
        return;
      case "pass.queued":
        run.execution?.addEvent("codemode.pass.queued", { "codemode.pass.ahead": event.ahead }, new Date(at));
        return;
      case "pass.started":
        run.execution ??= this.#resume(run, event);
        run.pass = this.#start("codemode.pass", event, run.execution, {
          "codemode.pass.reason": event.reason,
          "codemode.pass.replayed": event.replayed,
        });
        return;
      case "pass.loaded":
        end(this.#start("codemode.load", { ...event, at: at - event.durationMs }, run.pass), at, undefined);
        return;
      case "pass.ended":
        end(run.pass, at, failureOf(event.status), { "codemode.pass.status": event.status });
        run.pass = undefined;
        if (event.status === "paused") this.#pause(run, at);
        return;
      case "call.started":
        run.calls.set(keyOf(event), this.#startCall(event, run.pass ?? run.execution));
        return;
      case "call.settled":
        end(run.calls.get(keyOf(event)), at, event.ok ? undefined : (event.code ?? "TOOL_ERROR"));
        run.calls.delete(keyOf(event));
        return;
      case "approval.requested":
        (run.pass ?? run.execution)?.addEvent(
          "codemode.approval.requested",
          callAttributes(event.executionId, event),
          new Date(at),
        );
        return;
      case "approval.decided":
        this.#wait(run, event);
        return;
      case "call.reverted":
        this.#reverted(run, event);
        return;
      case "execution.ended":
        if (run.before !== undefined || run.waits.length > 0) run.execution ??= this.#resume(run, event);
        end(run.execution, at, failureOf(event.status, event.code), { "codemode.execution.status": event.status });
        run.execution = undefined;
        run.before = undefined;
        return;
      case "execution.rolled_back":
        run.rollback ??= this.#startRollback(event, at - event.durationMs);
        end(run.rollback, at, event.failed > 0 ? "revert_failed" : undefined, {
          "codemode.rollback.reverted": event.reverted,
          "codemode.rollback.failed": event.failed,
        });
        run.rollback = undefined;
        run.before = undefined;
        return;
    }
  }

  #start(
    name: string,
    event: Pick<CodemodeEvent, "executionId" | "at">,
    parent: Span | Context | undefined,
    attributes: Attributes = {},
    links: Link[] = [],
  ): Span {
    const under =
      parent === undefined ? ROOT_CONTEXT : "spanContext" in parent ? trace.setSpan(ROOT_CONTEXT, parent) : parent;
    return this.#tracer.startSpan(
      name,
      {
        startTime: new Date(event.at),
        attributes: { "codemode.execution.id": event.executionId, ...attributes },
        links,
      },
      under,
    );
  }

  #caller(executionId: string): Context {
    return this.#callers.get(executionId) ?? ROOT_CONTEXT;
  }

  /** A further stretch of a run that this process did not start, or that was paused. */
  #resume(run: Trace, event: CodemodeEvent): Span {
    const links = [run.before, ...run.waits].flatMap((to) => (to === undefined ? [] : [{ context: to }]));
    run.waits = [];
    return this.#start(
      "codemode.execution",
      event,
      this.#caller(event.executionId),
      { "codemode.execution.resumed": true },
      links,
    );
  }

  #pause(run: Trace, at: number): void {
    run.before = run.execution?.spanContext();
    end(run.execution, at, undefined, { "codemode.execution.status": "paused" });
    run.execution = undefined;
  }

  #startCall(event: CodemodeEventOf<"call.started">, parent: Span | undefined): Span {
    return this.#start(`execute_tool ${event.connector}.${event.method}`, event, parent, {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.type": "function",
      ...callAttributes(event.executionId, event),
      "codemode.call.attempt": event.attempt,
    });
  }

  /** The time that a person took, in the trace that asked. A trace of its own where that one is not known any more. */
  #wait(run: Trace, event: CodemodeEventOf<"approval.decided">): void {
    const asked = run.execution?.spanContext() ?? run.before;
    const parent = asked === undefined ? undefined : trace.setSpanContext(ROOT_CONTEXT, asked);
    const span = this.#start("codemode.approval", { ...event, at: event.askedAt }, parent, {
      ...callAttributes(event.executionId, event),
      "codemode.approval.kind": event.kind,
      "codemode.approval.decision": event.decision,
    });
    end(span, event.at, undefined);
    if (run.execution === undefined) run.waits.push(span.spanContext());
  }

  #startRollback(event: CodemodeEvent, at: number): Span {
    return this.#start("codemode.rollback", { ...event, at }, this.#caller(event.executionId));
  }

  #reverted(run: Trace, event: CodemodeEventOf<"call.reverted">): void {
    const startedAt = event.at - event.durationMs;
    run.rollback ??= this.#startRollback(event, startedAt);
    const span = this.#start(
      `codemode.revert ${event.connector}.${event.method}`,
      { ...event, at: startedAt },
      run.rollback,
      callAttributes(event.executionId, event),
    );
    end(span, event.at, event.ok ? undefined : "revert_failed");
  }
}
