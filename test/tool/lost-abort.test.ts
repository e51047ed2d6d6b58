/** An abort that its facet does not live to see: the request to end the run must not be lost with it. */
import { expect, test, vi } from "vitest";
import { createCodemodeRuntime } from "../../src/handle.ts";
import { wrong } from "../support/wrong.ts";

/** A runtime whose facet dies as it is asked to cancel, so often; a run of it ends when it was asked in vain, or cancelled. */
function makeDying(deaths: number) {
  const asked: string[] = [];
  const over = Promise.withResolvers<void>();
  const facet = {
    execute: async ({ id }: { readonly id: string }) => {
      await over.promise;
      return { execution: { id, status: "error", errorCode: "CANCELLED" }, entries: "[]", pending: [] };
    },
    stop: async (id: string) => {
      asked.push(id);
      if (asked.length <= deaths) throw new Error("The process died.");
      over.resolve();
    },
  };
  const ctx = { storage: {}, facets: { get: () => facet }, exports: { CodemodeRuntime: class {} } };
  const executor = { execute: async () => ({ result: undefined }) };
  const warned = vi.spyOn(console, "warn").mockImplementation(() => over.resolve());
  return { runtime: createCodemodeRuntime({ ctx: wrong(ctx), executor, connectors: [] }), asked, over, warned };
}

test.each([
  ["dies as it hears of it: the next one is asked", 1, 0],
  ["dies each time: that is said", 2, 1],
])("the facet %s", async (_what, deaths, warnings) => {
  const { runtime, asked, warned } = makeDying(deaths);
  const stop = new AbortController();
  const running = runtime.tool({ onAbort: "cancel" }).execute({ code: "async () => 1" }, { abortSignal: stop.signal });
  stop.abort();
  const { executionId } = await running;
  expect(asked).toEqual([executionId, executionId]);
  expect(warned).toHaveBeenCalledTimes(warnings);
  warned.mockRestore();
});

test("an abort after the run has ended asks the facet for nothing: a signal may live much longer than the run", async () => {
  const { runtime, asked, over, warned } = makeDying(0);
  const stop = new AbortController();
  const running = runtime.tool({ onAbort: "cancel" }).execute({ code: "async () => 1" }, { abortSignal: stop.signal });
  over.resolve();
  await running;
  stop.abort();
  expect(asked).toEqual([]);
  warned.mockRestore();
});
