/** What every method of a handle needs to ask the facet: the facet itself, what the host lends it, and how outcomes come back. */
import { CodemodeError } from "../errors.ts";
import type { TransformResult } from "../handle-types.ts";
import type { ProxyToolOutput } from "../journal/public.ts";
import type { CodemodeRuntime } from "../runtime/facet.ts";
import type { HostPort } from "../runtime/port.ts";
import type { HostSettings, RawExecution, RawOutcome, Refusal } from "../runtime/requests.ts";
import type { Recorder } from "../telemetry/recorder.ts";
import { outcomeView } from "../view.ts";

/** The facet as a stub: its methods, with what they answer copied over RPC. */
export type Facet = Fetcher & CodemodeRuntime;

/** The host's side of one runtime. */
export interface Host {
  /** Asked for anew with each request: a stub of a facet that has died since is dead for good. */
  readonly facet: () => Facet;
  readonly settings: HostSettings;
  readonly port: HostPort;
  /** Where somebody watches. */
  readonly recorder: Recorder | undefined;
  readonly transformResult: TransformResult | undefined;
}

/** A facet that dies, or loses its sandbox, each time that a run is taken up has a cause that one more try does not mend. */
const MAX_TAKEN_UP = 3;

/** The facet of that name. A Durable Object exports its class, or has forgotten to. */
export function facetOf(ctx: DurableObjectState, name: string): Facet {
  const exported: unknown = Reflect.get(ctx.exports, "CodemodeRuntime");
  if (exported === undefined) {
    throw new CodemodeError(
      "INVALID_INPUT",
      'The Worker does not export CodemodeRuntime. Add `export { CodemodeRuntime } from "durable-codemode"` to its entry file, or use the Vite plugin.',
    );
  }
  // The platform's types do not know which class an export is.
  return ctx.facets.get(`codemode:${name}`, () => ({ class: exported as DurableObjectClass })) as unknown as Facet;
}

/** What the platform says where the export is no Durable Object's class, or that of another package. */
const WRONG_CLASS = /^Incorrect type for the 'class' field|^The RPC receiver does not implement/;

/** The platform names neither the export nor what it should be. */
function explained(error: unknown): unknown {
  if (!(error instanceof Error && WRONG_CLASS.test(error.message))) return error;
  return new CodemodeError(
    "INVALID_INPUT",
    'The CodemodeRuntime that the Worker exports is not this package\'s. Write `export { CodemodeRuntime } from "durable-codemode"` in its entry file; for Cloudflare\'s Vitest plugin say also `additionalExports: { CodemodeRuntime: "DurableObject" }`.',
  );
}

export function unwrap<T extends object>(answer: T | Refusal): T {
  if ("refused" in answer) throw new CodemodeError(answer.refused, answer.message);
  return answer;
}

/** The outcome as the caller sees it, with a completed result shaped for the model. */
export async function show(host: Host, raw: RawOutcome, executionId: string): Promise<ProxyToolOutput> {
  const outcome = outcomeView(raw, executionId);
  if (outcome.status !== "completed" || host.transformResult === undefined) return outcome;
  try {
    return { ...outcome, result: await host.transformResult(outcome.result) };
  } catch (error) {
    // The run is complete and recorded: a faulty transform must not turn it into a failure.
    console.warn("codemode: transformResult threw; the result is given as it is.", error);
    return outcome;
  }
}

/** The outcome of an execution whose pass was lost: it is taken up again, as often as it may be. */
async function takeUp(host: Host, executionId: string, error: unknown, tries = MAX_TAKEN_UP): Promise<RawExecution> {
  const answer = host.facet().outcome(executionId, host.settings, host.port);
  const raw = await answer.catch((again: unknown) => {
    if (tries === 1) throw again;
    return takeUp(host, executionId, again, tries - 1);
  });
  if ("refused" in raw) throw error;
  return raw;
}

/** Runs a request; when the facet or its sandbox died under it, the execution's outcome is the answer. */
export async function settle(
  host: Host,
  executionId: string,
  request: () => Promise<RawOutcome>,
): Promise<ProxyToolOutput> {
  try {
    return await show(host, await request(), executionId);
  } catch (error) {
    const taken = takeUp(host, executionId, error).catch((last: unknown) => {
      throw explained(last);
    });
    return show(host, await taken, executionId);
  }
}
