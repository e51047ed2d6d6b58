/** A deploy that changes `limits` while a run waits: the run goes on under those with which it began (G3). */
import { describe, expect, test } from "vitest";
import type { Limits } from "../../src/limits.ts";
import { completed, crashFacet, evict, failed, paused } from "../support/drive.ts";
import { forgetLimits } from "../support/older.ts";
import { newPlace } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { startAndAbandon } from "./abandon.ts";

const PAY = `await bank.pay({ to: "ada" })`;

/** What three calls at once gave: the code of those that were refused. */
const THREE = `(await Promise.allSettled([1, 2, 3].map((n) => bank.see({ n })))).map(({ value, reason }) => value ?? reason.code)`;

/** What a call with so many characters gave. */
const sent = (chars: number) => `await bank.see({ text: "x".repeat(${chars}) }).catch((error) => error.code)`;

/** A program that does the same before and after a pause. */
const twice = (what: string) => `async () => { const before = ${what}; ${PAY}; return [before, ${what}]; }`;

interface Change {
  readonly what: string;
  readonly begun: Partial<Limits>;
  readonly deployed: Partial<Limits>;
  readonly code: string;
  readonly result: unknown;
}

const SEEN = "see done";
const REFUSED = "TOO_MANY_CALLS_IN_FLIGHT";

const CHANGES: readonly Change[] = [
  {
    what: "maxCallsInFlight was lowered",
    begun: {},
    deployed: { maxCallsInFlight: 1 },
    code: twice(THREE),
    result: [[SEEN, SEEN, SEEN], [SEEN, SEEN, SEEN]], // biome-ignore format: one for each time
  },
  {
    what: "maxCallsInFlight was raised, and the program had caught the old one",
    begun: { maxCallsInFlight: 2 },
    deployed: {},
    code: twice(THREE),
    result: [[SEEN, SEEN, REFUSED], [SEEN, SEEN, REFUSED]], // biome-ignore format: one for each time
  },
  {
    what: "maxValueBytes was lowered",
    begun: {},
    deployed: { maxValueBytes: 100 },
    code: twice(sent(500)),
    result: [SEEN, SEEN],
  },
  {
    what: "maxValueBytes was raised, and the program had caught the old one",
    begun: { maxValueBytes: 100 },
    deployed: {},
    code: twice(sent(500)),
    result: ["VALUE_TOO_LARGE", "VALUE_TOO_LARGE"],
  },
  {
    what: "maxCalls was lowered",
    begun: {},
    deployed: { maxCalls: 1 },
    code: twice(THREE),
    result: [[SEEN, SEEN, SEEN], [SEEN, SEEN, SEEN]], // biome-ignore format: one for each time
  },
  {
    what: "maxJournalChars was lowered",
    begun: {},
    deployed: { maxJournalChars: 100 },
    code: twice(sent(500)),
    result: [SEEN, SEEN],
  },
  {
    what: "fuel was lowered",
    begun: {},
    deployed: { fuel: 100 },
    code: `async () => { let n = 0; while (n < 1_000) n += 1; ${PAY}; return n; }`,
    result: 1_000,
  },
  {
    what: "maxProgramBytes was lowered",
    begun: {},
    deployed: { maxProgramBytes: 20 },
    code: twice(sent(1)),
    result: [SEEN, SEEN],
  },
];

test.each(CHANGES)(
  "G3 a paused run ends as if nothing had changed: $what",
  async ({ begun, deployed, code, result }) => {
    const world = makeWorld();
    const place = newPlace();
    const { executionId } = paused(
      await place.run(world.toolbox, (runtime) => runtime.execute({ code }), { limits: begun }),
    );
    await evict(place);
    const outcome = await place.run(world.toolbox, (runtime) => runtime.approve({ executionId }), { limits: deployed });
    expect(completed(outcome).result).toEqual(result);
    expect(world.calls().filter((call) => call.startsWith("pay("))).toHaveLength(1);
  },
);

test("G3 a run whose process died is taken up under the limits with which it began", async () => {
  const world = makeWorld();
  const code = `async () => [${THREE}, await slow.see({ id: "x" }), ${THREE}]`;
  const place = newPlace();
  await place.run(world.toolbox, (_runtime, ctx) => startAndAbandon(world, ctx, code, ["x"]));
  const limits = { maxCallsInFlight: 1, maxCalls: 1 };
  const [outcome] = await place.run(
    world.toolbox,
    (runtime) => {
      const recovering = runtime.recover();
      void world.gate.openInOrder("x");
      return recovering;
    },
    { limits },
  );
  const three = [SEEN, SEEN, SEEN];
  expect(outcome).toMatchObject({ status: "completed", result: [three, "x", three] });
});

test("the console of a paused run is kept as it was begun: a lowered limit does not cut what a person was shown", async () => {
  const world = makeWorld();
  const place = newPlace();
  const code = `async () => { for (let i = 0; i < 10; i++) console.log("line " + i); ${PAY}; }`;
  const pause = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code })));
  const { executionId, logs } = pause;
  const limits = { maxConsoleChars: 10, maxConsoleLineChars: 3 };
  const outcome = await place.run(world.toolbox, (runtime) => runtime.approve({ executionId }), { limits });
  expect(logs).toHaveLength(10);
  expect(completed(outcome).logs).toEqual(logs);
});

test("what a person writes is measured by the limit of the run that it is for", async () => {
  const world = makeWorld();
  const place = newPlace();
  const code = `async () => ${PAY}`;
  const edited = { to: "x".repeat(500) };
  const { executionId } = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code })));
  const outcome = await place.run(world.toolbox, (runtime) => runtime.approve({ executionId, seq: 0, args: edited }), {
    limits: { maxValueBytes: 100 },
  });
  expect(completed(outcome).result).toBe("pay done");
  expect(world.seen.map(({ args }) => args)).toEqual([edited]);
});

test("G8 times are those of the deploy: they protect the host, and no replay counts them", async () => {
  const world = makeWorld();
  const place = newPlace();
  const code = `async () => { ${PAY}; await new Promise((resolve) => setTimeout(resolve, 600_000)); }`;
  const { executionId } = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code })));
  const limits = { maxProgramMs: 50 };
  const outcome = await place.run(world.toolbox, (runtime) => runtime.approve({ executionId }), { limits });
  expect(failed(outcome).code).toBe("TIMEOUT");
});

describe("a run of a version that kept no limits", () => {
  test("goes on under those of the deploy", async () => {
    const world = makeWorld();
    const place = newPlace();
    const { executionId } = paused(
      await place.run(world.toolbox, (runtime) => runtime.execute({ code: `async () => [${PAY}, ${THREE}]` })),
    );
    const outcome = await place.run(
      world.toolbox,
      async (runtime, ctx) => {
        await forgetLimits(ctx);
        await crashFacet(ctx);
        return runtime.approve({ executionId });
      },
      { limits: { maxCallsInFlight: 2 } },
    );
    expect(completed(outcome).result).toEqual(["pay done", [SEEN, SEEN, REFUSED]]);
  });
});

test("the limits that a run keeps are the host's affair, and nobody is shown them", async () => {
  const world = makeWorld();
  await newPlace().run(world.toolbox, async (runtime) => {
    const outcome = await runtime.execute({ code: "async () => 1" });
    expect(outcome).not.toHaveProperty("limits");
    const [shown, ...others] = await runtime.executions();
    expect([shown?.id, others]).toEqual([outcome.executionId, []]);
    expect(shown).not.toHaveProperty("limits");
  });
});
