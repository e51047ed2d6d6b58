/** An OpenTelemetry SDK of forty lines, registered through the API as a real one is: it keeps every span that ended. */
import {
  type Attributes,
  type Context,
  type ContextManager,
  INVALID_SPANID,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanOptions,
  type SpanStatus,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";

/** A span as the test reads it. Times are epoch milliseconds. */
export interface RecordedSpan {
  readonly name: string;
  readonly context: SpanContext;
  readonly parentId: string;
  readonly attributes: Attributes;
  readonly links: readonly Link[];
  readonly events: string[];
  readonly startedAt: number;
  endedAt: number | undefined;
  status: SpanStatus;
}

function timeOf(time: unknown): number {
  if (time instanceof Date) return time.getTime();
  throw new Error(`A span's time must be given, as a date; got ${String(time)}.`);
}

function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

function recording(recorded: RecordedSpan, ended: (span: RecordedSpan) => void): Span {
  const span: Span = {
    spanContext: () => recorded.context,
    setAttribute: (key, value) => span.setAttributes({ [key]: value }),
    setAttributes(attributes) {
      Object.assign(recorded.attributes, attributes);
      return span;
    },
    addEvent(name) {
      recorded.events.push(name);
      return span;
    },
    addLink: () => span,
    addLinks: () => span,
    setStatus(status) {
      recorded.status = status;
      return span;
    },
    updateName: () => span,
    end(time) {
      if (recorded.endedAt !== undefined) throw new Error(`${recorded.name} ended twice.`);
      recorded.endedAt = timeOf(time);
      ended(recorded);
    },
    isRecording: () => recorded.endedAt === undefined,
    recordException: () => {},
  };
  return span;
}

export interface Recording {
  /** Spans that ended, in the order of their starts. */
  spans(): RecordedSpan[];
  /** Spans that have not ended. */
  readonly open: Set<RecordedSpan>;
  clear(): void;
}

/** Registers the SDK. What it recorded is forgotten with `clear`. */
export function registerRecording(): Recording {
  let ended: RecordedSpan[] = [];
  const open = new Set<RecordedSpan>();
  const tracer: Pick<Tracer, "startSpan"> = {
    startSpan(name: string, options: SpanOptions = {}, context?: Context) {
      const parent = context === undefined ? undefined : trace.getSpanContext(context);
      const recorded: RecordedSpan = {
        name,
        context: { traceId: parent?.traceId ?? randomHex(16), spanId: randomHex(8), traceFlags: TraceFlags.SAMPLED },
        parentId: parent?.spanId ?? INVALID_SPANID,
        attributes: { ...options.attributes },
        links: options.links ?? [],
        events: [],
        startedAt: timeOf(options.startTime),
        endedAt: undefined,
        status: { code: SpanStatusCode.UNSET },
      };
      open.add(recorded);
      return recording(recorded, (span) => {
        open.delete(span);
        ended.push(span);
      });
    },
  };
  const startActiveSpan = () => {
    throw new Error("Not needed by the tests.");
  };
  trace.setGlobalTracerProvider({ getTracer: () => ({ ...tracer, startActiveSpan }) });
  return {
    spans: () => [...ended].sort((a, b) => a.startedAt - b.startedAt),
    open,
    clear: () => {
      ended = [];
      open.clear();
    },
  };
}

/** What the API asks of a context manager, but for how it keeps the active context. */
export abstract class Contexts implements ContextManager {
  abstract active(): Context;
  /** Runs the body with another context in the place of the active one. */
  protected abstract during<T>(next: Context, body: () => T): T;
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    next: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ) {
    return this.during(next, () => fn.apply(thisArg, args));
  }
  bind<T>(_context: Context, target: T): T {
    return target;
  }
  enable() {
    return this;
  }
  disable() {
    return this;
  }
}

/** Keeps the active context while synchronous code runs; real ones follow promises too. */
export class Stack extends Contexts {
  #active: Context = ROOT_CONTEXT;
  override active() {
    return this.#active;
  }
  protected override during<T>(next: Context, body: () => T): T {
    const before = this.#active;
    this.#active = next;
    try {
      return body();
    } finally {
      this.#active = before;
    }
  }
}
