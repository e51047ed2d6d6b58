/** A run whose facet dies under it: how often the handle asks the next one for the outcome, and what it says in the end. */
import { expect, test } from "vitest";
import { createCodemodeRuntime } from "../../src/handle.ts";
import { wrong } from "../support/wrong.ts";

/** A runtime whose facet dies under a run, and then answers as the test says: the n-th time that it is asked for the outcome. */
function makeDying(outcome: (times: number) => Promise<unknown>) {
  let times = 0;
  const facet = {
    execute: async () => {
      throw new Error("The facet died.");
    },
    outcome: () => {
      times += 1;
      return outcome(times);
    },
  };
  const ctx = { storage: {}, facets: { get: () => facet }, exports: { CodemodeRuntime: class {} } };
  const executor = { execute: async () => ({ result: undefined }) };
  const runtime = createCodemodeRuntime({ ctx: wrong(ctx), executor, connectors: [] });
  return { run: () => runtime.execute({ code: "async () => 1" }), times: () => times };
}

const ENDED = { execution: { status: "error", errorCode: "TIMEOUT" }, entries: "[]", pending: [] };

test("its outcome is asked for again, three times at most", async () => {
  const { run, times } = makeDying(async (nth) => {
    if (nth < 3) throw new Error(`It died again (${nth}).`);
    return ENDED;
  });
  expect(await run()).toMatchObject({ status: "error", code: "TIMEOUT" });
  expect(times()).toBe(3);
});

test("where it dies each time, the last death is what the caller hears", async () => {
  const { run, times } = makeDying(async (nth) => {
    throw new Error(`It died again (${nth}).`);
  });
  await expect(run()).rejects.toThrow("It died again (3).");
  expect(times()).toBe(3);
});

test("where the next one knows nothing of the run, what ended the request is what the caller hears", async () => {
  const { run, times } = makeDying(async () => ({ refused: "NOT_FOUND", message: "There is no such execution." }));
  await expect(run()).rejects.toThrow("The facet died.");
  expect(times()).toBe(1);
});
