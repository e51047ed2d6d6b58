/** Runs a program through all its pauses, in a fresh facet each time, so that each pass replays from the disk. */

import { expect } from "vitest";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import type { PendingAction, ProxyToolOutput } from "../../src/journal/public.ts";
import { newPlace, type Place, type TestOptions, type Toolbox } from "./runtime.ts";

export type Completed = Extract<ProxyToolOutput, { status: "completed" }>;
export type Paused = Extract<ProxyToolOutput, { status: "paused" }>;
export type Failed = Extract<ProxyToolOutput, { status: "error" }>;

export function completed(outcome: ProxyToolOutput): Completed {
  if (outcome.status === "completed") return outcome;
  throw new Error(`Expected a completed run, got ${JSON.stringify(outcome)}`);
}

export function paused(outcome: ProxyToolOutput): Paused {
  if (outcome.status === "paused") return outcome;
  throw new Error(`Expected a paused run, got ${JSON.stringify(outcome)}`);
}

export function failed(outcome: ProxyToolOutput): Failed {
  if (outcome.status === "error") return outcome;
  throw new Error(`Expected a failed run, got ${JSON.stringify(outcome)}`);
}

/** A turn of the event loop of its own: an object that is ended inside of a call that it made takes all of workerd with it. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Ends the facet as a crash would: what is not on disk is gone. */
export async function crashFacet(ctx: DurableObjectState, name = "default"): Promise<void> {
  await turn();
  ctx.facets.abort(`codemode:${name}`, new Error("The process died (a test ended it)."));
}

/** Ends the facet of a place while nothing of it runs. */
export function evict(place: Place): Promise<void> {
  return place.run({}, (_runtime, ctx) => crashFacet(ctx));
}

/** Reads again and again, one message after the other, until what is awaited is there. */
export async function eventually<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let reads = 0; reads < 500; reads += 1) {
    const value = await read();
    if (holds(value)) return value;
  }
  throw new Error(`It never came to that: ${JSON.stringify(await read())}`);
}

/** What a run waits for a person with while it goes on: the first such action, as soon as there is one. */
export async function firstPending(runtime: CodemodeRuntimeHandle): Promise<PendingAction> {
  const [action] = await eventually(
    () => runtime.pending(),
    ({ length }) => length > 0,
  );
  if (action === undefined) throw new Error("Nothing waits.");
  return action;
}

export interface DriveOptions {
  readonly place?: Place;
  readonly options?: TestOptions;
  /** What the test does while each pass runs: opens gates, in the order it wants. */
  readonly during?: readonly (() => Promise<void> | void)[];
  /** Called while the execution is paused, before it is approved. */
  readonly between?: (pause: Paused, index: number) => Promise<void> | void;
}

/** How a driven run went. */
export interface Driven {
  readonly outcome: Completed;
  readonly pauses: readonly Paused[];
  readonly place: Place;
}

/** Approves whatever is pending, after an eviction each time, until the execution completes. */
export async function driveToEnd(toolbox: Toolbox, code: string, drive: DriveOptions = {}): Promise<Driven> {
  const { place = newPlace(), options = {}, during = [], between } = drive;
  const pauses: Paused[] = [];
  const pass = (start: (runtime: CodemodeRuntimeHandle) => Promise<ProxyToolOutput>, index: number) =>
    place.run(
      toolbox,
      async (runtime) => {
        const running = start(runtime);
        await during[index]?.();
        return running;
      },
      options,
    );
  let outcome = await pass((runtime) => runtime.execute({ code }), 0);
  while (outcome.status === "paused") {
    const pause = outcome;
    pauses.push(pause);
    await between?.(pause, pauses.length - 1);
    await evict(place);
    outcome = await pass((runtime) => runtime.approve({ executionId: pause.executionId }), pauses.length);
  }
  const done = completed(outcome);
  // Nothing was started twice, whatever the number of passes.
  for (const call of done.calls ?? []) {
    if (call.kind === "call" && call.ephemeral !== true)
      expect(call, `${call.connector}.${call.method}`).toMatchObject({ attempt: 1 });
  }
  return { outcome: done, pauses, place };
}
