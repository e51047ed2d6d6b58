/** What telemetry remembers of the runs of one Durable Object. Losing it costs a link between events, never a run. */
import type { PassReason } from "../runtime/port.ts";

/** A pass that is going on. */
export interface OpenPass {
  readonly reason: PassReason;
  readonly startedAt: number;
  loadedAt: number | undefined;
  /** Seqs of approvals that were told of before the pass ended, since somebody decided on them while it ran. */
  readonly announced: Set<number>;
}

/** A rollback that is going on. */
export interface OpenRollback {
  readonly startedAt: number;
  reverted: number;
  failed: number;
}

/** An execution from its start, or from the first pass that was seen of it, until it pauses or ends. */
export interface OpenRun {
  readonly startedAt: number;
  passes: number;
  pass: OpenPass | undefined;
}

export interface Runs {
  readonly open: Map<string, OpenRun>;
  readonly rollbacks: Map<string, OpenRollback>;
}

const known = new WeakMap<DurableObjectState, Runs>();

/** Handles are made anew for each request, so what they know of a run is kept beside the object that owns them. */
export function runsOf(ctx: DurableObjectState): Runs {
  let runs = known.get(ctx);
  if (runs === undefined) {
    runs = { open: new Map(), rollbacks: new Map() };
    known.set(ctx, runs);
  }
  return runs;
}
