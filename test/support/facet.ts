/** The facet itself, for tests of what no handle asks of it. */
import type { TappedRuntime } from "../faults/taps.ts";

/** The facet of the runtime that has no name of its own. */
export function facetIn(ctx: DurableObjectState): TappedRuntime {
  return ctx.facets.get("codemode:default", () => ({
    class: Reflect.get(ctx.exports, "CodemodeRuntime"),
  })) as unknown as TappedRuntime;
}
