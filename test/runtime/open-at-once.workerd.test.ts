/** How many requests a program may have open at once: the host counts as the guest does, and a replay as the first pass did (G3, G10). */
import { expect, test } from "vitest";
import { completed, evict, paused } from "../support/drive.ts";
import { newPlace, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";

test("a timer that was cleared is open no longer for the calls that come with it", async () => {
  const code = `async () => {
    const timer = setTimeout(() => {}, 1e6);
    await Promise.all([bank.see({ n: 0 }), bank.see({ n: 1 })]);
    clearTimeout(timer);
    return Promise.all([bank.see({ n: 2 }), bank.see({ n: 3 }), bank.see({ n: 4 })]);
  }`;
  const limits = { maxCallsInFlight: 3 };
  await withRuntime(
    makeWorld().toolbox,
    async (runtime) => expect(completed(await runtime.execute({ code })).result).toHaveLength(3),
    { limits },
  );
});

test("timers that were cleared are open no longer for calls that have no room in one message with the news of it", async () => {
  const code = `async () => {
    const timers = [1, 2].map(() => setTimeout(() => {}, 1e6));
    await bank.see({ n: 0 });
    timers.forEach(clearTimeout);
    return Promise.all(Array.from({ length: 8 }, (_, n) => bank.put({ n, text: "x".repeat(950_000) })));
  }`;
  const limits = { maxCallsInFlight: 8 };
  await withRuntime(
    makeWorld().toolbox,
    async (runtime) => expect(completed(await runtime.execute({ code })).result).toHaveLength(8),
    { limits },
  );
});

test("to clear a timer that was refused takes nothing from the call that got its number", async () => {
  const code = `async () => {
    const timer = setTimeout(() => {}, 1e6);
    const calls = [bank.see({ n: 0 }), bank.see({ n: 1 })];
    const refused = setTimeout(() => {}, 1e6);
    clearTimeout(timer);
    calls.push(bank.see({ n: 2 }));
    clearTimeout(refused);
    return Promise.all(calls);
  }`;
  const limits = { maxCallsInFlight: 3 };
  await withRuntime(
    makeWorld().toolbox,
    async (runtime) => expect(completed(await runtime.execute({ code })).result).toHaveLength(3),
    { limits },
  );
});

test("a step that has ended is open no longer for the calls that come with its end", async () => {
  const code = `async () => {
    await codemode.step("first", async () => { await bank.see({ n: 0 }); });
    return Promise.all([bank.see({ n: 1 }), bank.see({ n: 2 })]);
  }`;
  const limits = { maxCallsInFlight: 2 };
  await withRuntime(
    makeWorld().toolbox,
    async (runtime) => expect(completed(await runtime.execute({ code })).result).toHaveLength(2),
    { limits },
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
