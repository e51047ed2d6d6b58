/** How many requests a program may have open at once: the host counts as the guest does, and a replay as the first pass did (G3, G10). */
import { expect, test } from "vitest";
import { completed, evict, paused } from "../support/drive.ts";
import { newPlace, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";

/** Programs that end with as many requests open at once as they may have. */
test.each([
  [
    "a timer that was cleared is open no longer for the calls that come with it",
    3,
    `async () => {
    const timer = setTimeout(() => {}, 1e6);
    await Promise.all([bank.see({ n: 0 }), bank.see({ n: 1 })]);
    clearTimeout(timer);
    return Promise.all([bank.see({ n: 2 }), bank.see({ n: 3 }), bank.see({ n: 4 })]);
  }`,
  ],
  [
    "timers that were cleared are open no longer for calls that have no room in one message with the news of it",
    8,
    `async () => {
    const timers = [1, 2].map(() => setTimeout(() => {}, 1e6));
    await bank.see({ n: 0 });
    timers.forEach(clearTimeout);
    return Promise.all(Array.from({ length: 8 }, (_, n) => bank.put({ n, text: "x".repeat(950_000) })));
  }`,
  ],
  [
    "to clear a timer that was refused takes nothing from the call that got its number",
    3,
    `async () => {
    const timer = setTimeout(() => {}, 1e6);
    const calls = [bank.see({ n: 0 }), bank.see({ n: 1 })];
    const refused = setTimeout(() => {}, 1e6);
    clearTimeout(timer);
    calls.push(bank.see({ n: 2 }));
    clearTimeout(refused);
    return Promise.all(calls);
  }`,
  ],
  [
    "a step that has ended is open no longer for the calls that come with its end",
    2,
    `async () => {
    await codemode.step("first", async () => { await bank.see({ n: 0 }); });
    return Promise.all([bank.see({ n: 1 }), bank.see({ n: 2 })]);
  }`,
  ],
])("%s", async (_what, maxCallsInFlight, code) => {
  await withRuntime(
    makeWorld().toolbox,
    async (runtime) => expect(completed(await runtime.execute({ code })).result).toHaveLength(maxCallsInFlight),
    { limits: { maxCallsInFlight } },
  );
});

test("what was refused because a step had calls open is refused on replay, where the step's function does not run", async () => {
  const world = makeWorld();
  const place = newPlace();
  const options = { limits: { maxCallsInFlight: 4 } };
  const code = `async () => {
    const read = (n) => codemode.step("s" + n, () => bank.see({ n })).then(() => "read", (error) => error.code);
    const first = await Promise.all([1, 2, 3].map(read));
    const then = await Promise.all([4, 5].map(read));
    await bank.pay({ to: first.join() });
    return [...first, ...then];
  }`;
  const told = ["read", "read", "TOO_MANY_CALLS_IN_FLIGHT", "read", "read"];
  const { executionId } = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code }), options));
  await evict(place);
  const done = await place.run(world.toolbox, (runtime) => runtime.approve({ executionId }), options);
  expect(completed(done).result).toEqual(told);
});
