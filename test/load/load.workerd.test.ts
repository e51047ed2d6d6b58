/** Hundreds of executions at once: the queue for isolates is kept, and nothing is lost or mixed up. */
import { env } from "cloudflare:test";
import { expect, test } from "vitest";
import { MAX_LOADED_SANDBOXES } from "../../src/limits.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import type { Bridge, Executor, PassRequest } from "../../src/sandbox/executor.ts";
import { makeLedger } from "../faults/world.ts";
import { completed, paused } from "../support/drive.ts";
import { newPlace, withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";

/** Counts sandboxes in flight, and writes down whose turn came when. */
class CountingExecutor implements Executor {
  readonly #inner = new DynamicWorkerExecutor({ loader: env.LOADER });
  readonly begun: string[] = [];
  now = 0;
  most = 0;

  execute(...args: Parameters<Executor["execute"]>) {
    return this.#inner.execute(...args);
  }

  async runPass(request: PassRequest, bridge: Bridge): Promise<void> {
    this.now += 1;
    this.most = Math.max(this.most, this.now);
    const opening: unknown = JSON.parse(request.opening);
    this.begun.push(String(Reflect.get(Object(opening), "executionId")));
    try {
      await this.#inner.runPass(request, bridge);
    } finally {
      this.now -= 1;
    }
  }
}

const programOf = (who: number) => `async () => {
  const mine = ${who};
  const [got, done] = await Promise.all([read.get({ mine }), act.do({ mine })]);
  const asked = await ask.do({ mine, after: done.of.mine });
  return [got.got.mine, done.of.mine, asked.of.mine, mine];
}`;

const AT_ONCE = 300;
const OBJECTS = 40;
const PER_OBJECT = 10;

test(`${AT_ONCE} executions at once in one runtime: at most ${MAX_LOADED_SANDBOXES} sandboxes, first come first served, nothing mixed up`, async () => {
  const executor = new CountingExecutor();
  const ledger = makeLedger();
  const options = { executor, maxExecutions: 1_000 };
  await newPlace().run(
    ledger.toolbox,
    async (runtime) => {
      const numbers = Array.from({ length: AT_ONCE }, (_, who) => who);
      const waiting = await Promise.all(numbers.map((who) => runtime.execute({ code: programOf(who) })));
      const ids = waiting.map((outcome) => paused(outcome).executionId);
      expect(new Set(ids).size).toBe(AT_ONCE);
      expect(executor.most).toBe(MAX_LOADED_SANDBOXES);
      // A fair queue: sandboxes began in the order in which the executions were written.
      const { executions } = await runtime.listExecutions({ limit: 200 });
      expect(executions.map(({ id }) => id)).toEqual([...executor.begun].reverse().slice(0, 200));

      const done = await Promise.all(ids.map((executionId) => runtime.approve({ executionId })));
      expect(done.map((outcome) => completed(outcome).result)).toEqual(numbers.map((who) => [who, who, who, who]));
      expect(done.map(({ executionId }) => executionId)).toEqual(ids);
      expect(executor.most).toBe(MAX_LOADED_SANDBOXES);
      expect(executor.now).toBe(0);
      for (const [who, outcome] of done.entries()) {
        expect(completed(outcome).calls?.map(({ args }) => Reflect.get(Object(args), "mine"))).toEqual([who, who, who]);
      }
    },
    options,
  );
  expect(ledger.effects).toHaveLength(2 * AT_ONCE);
  expect(new Set(ledger.effects.map(({ key }) => key)).size).toBe(2 * AT_ONCE);
}, 240_000);

test(`${OBJECTS} objects with ${PER_OBJECT} executions each: each object keeps its own queue and its own journal`, async () => {
  const ledger = makeLedger();
  const most = await Promise.all(
    Array.from({ length: OBJECTS }, (_, object) => {
      const executor = new CountingExecutor();
      return newPlace().run(
        ledger.toolbox,
        async (runtime) => {
          const numbers = Array.from({ length: PER_OBJECT }, (_unused, index) => object * 1_000 + index);
          const outcomes = await Promise.all(
            numbers.map(async (who) => {
              const { executionId } = paused(await runtime.execute({ code: programOf(who) }));
              return completed(await runtime.approve({ executionId })).result;
            }),
          );
          expect(outcomes).toEqual(numbers.map((who) => [who, who, who, who]));
          expect(await runtime.executions()).toHaveLength(PER_OBJECT);
          return executor.most;
        },
        { executor },
      );
    }),
  );
  expect(Math.max(...most)).toBeLessThanOrEqual(MAX_LOADED_SANDBOXES);
  expect(ledger.effects).toHaveLength(2 * OBJECTS * PER_OBJECT);
}, 240_000);

test("a list that is read while runs in the middle of it are live has each one's own calls", async () => {
  const { gate, toolbox } = makeWorld();
  const code = (who: number) =>
    `async () => { await bank.log({ to: "${who} a" }); ${who % 2 === 0 ? `await bank.log({ to: "${who} c" }); await slow.log({ id: "${who}" });` : ""} await bank.log({ to: "${who} b" }); }`;
  await withRuntime(toolbox, async (runtime) => {
    const running: Promise<unknown>[] = [];
    for (let who = 0; who < 6; who += 1) {
      const run = runtime.execute({ code: code(who) });
      running.push(run);
      await (who % 2 === 0 ? gate.reached(String(who)) : run);
    }
    const texts = (await runtime.executions()).map(({ log }) => log.map(({ args }) => Object.values(Object(args))[0]));
    const whole = Array.from({ length: 6 }, (_, who) =>
      who % 2 === 0 ? [`${who} a`, `${who} c`, `${who}`] : [`${who} a`, `${who} b`],
    );
    expect(texts).toEqual(whole.reverse());
    for (const who of [0, 2, 4]) gate.open(String(who));
    await Promise.all(running);
  });
});
