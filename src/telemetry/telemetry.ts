/** Whether anybody watches a runtime: a recorder if so, and otherwise nothing at all. */
import { CodemodeError } from "../errors.ts";
import { emitterOf } from "./emit.ts";
import type { CodemodeEventListener } from "./events.ts";
import { type FacetLookup, Recorder } from "./recorder.ts";
import { runsOf } from "./runs.ts";
import { spansOf } from "./spans.ts";

/**
 * The recorder for a runtime, or `undefined` where neither a listener is given nor an OpenTelemetry SDK is registered.
 * Register the SDK before the runtime is made.
 *
 * @throws CodemodeError `INVALID_INPUT` for a listener that is no function.
 */
export function makeRecorder(
  ctx: DurableObjectState,
  onEvent: CodemodeEventListener | undefined,
  facet: FacetLookup,
): Recorder | undefined {
  if (onEvent !== undefined && typeof onEvent !== "function") {
    throw new CodemodeError("INVALID_INPUT", "onEvent must be a function that takes an event.", { option: "onEvent" });
  }
  const spans = spansOf(ctx);
  const emit = emitterOf({ "the OpenTelemetry tracer": spans?.take, onEvent });
  return emit === undefined ? undefined : new Recorder(emit, spans, runsOf(ctx), facet);
}
