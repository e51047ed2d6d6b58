/** What telemetry remembers of the runs of one Durable Object. Losing it costs a link between events, never a run. */
import type { PassReason } from "../runtime/port.ts";
import type { DecisionRequest, RawPending } from "../runtime/requests.ts";

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

/** A decision on its way, with the actions that it is about. */
export interface OpenDecision {
  readonly request: DecisionRequest;
  /** Those that no decision was told of yet. */
  targets: readonly RawPending[];
  /** Tells of it, to whom the handle tells that sent it: another handle's pass may be what shows that it was taken. */
  readonly tell: () => void;
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
  readonly deciding: OpenDecision[];
}

const known = new WeakMap<DurableObjectState, Runs>();

/** Handles are made anew for each request, so what they know of a run is kept beside the object that owns them. */
export function runsOf(ctx: DurableObjectState): Runs {
  let runs = known.get(ctx);
  if (runs === undefined) {
    runs = { open: new Map(), rollbacks: new Map(), deciding: [] };
    known.set(ctx, runs);
  }
  return runs;
}
