/**
 * Ticks whose messages are on their way before anybody takes them: none may resolve while a microtask is left, however many
 * were sent ahead, however few were taken, and whatever a program does between two deliveries (G3).
 */
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { makeTicker } from "../../src/sandbox/shim/tick.ts";
import { completed, evict, paused } from "../support/drive.ts";
import { newPlace, type Toolbox, withRuntime } from "../support/runtime.ts";
import { executorWith } from "./programs.ts";

/** A chain of so many microtasks; says when it is done. */
function chain(hops: number): { done: boolean } {
  const state = { done: false };
  void (async () => {
    for (let hop = 0; hop < hops; hop += 1) await undefined;
    state.done = true;
  })();
  return state;
}

/** A task of its own, after which messages that nobody waited for have come and gone. */
const task = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("a tick", () => {
  test("comes after all microtasks, whether its message was sent for it or before", async () => {
    const ticker = makeTicker();
    // 300 in a row: more than are ever ahead, so both kinds are among them.
    for (let n = 0; n < 300; n += 1) {
      const state = chain((n * 37) % 2_000);
      await ticker.tick();
      expect(state.done, `tick ${n}`).toBe(true);
    }
    ticker.close();
  });

  test("comes after microtasks that begin while it is waited for, and those that these begin", async () => {
    const ticker = makeTicker();
    for (let n = 0; n < 50; n += 1) {
      const states: { done: boolean }[] = [];
      const tick = ticker.tick();
      void Promise.resolve().then(async () => {
        for (let more = 0; more < 20; more += 1) {
          states.push(chain(more * 30));
          await undefined;
        }
      });
      await tick;
      expect(states.map(({ done }) => done)).toEqual(Array(20).fill(true));
    }
    ticker.close();
  });

  test("comes once for each that is taken, also after messages that nobody took", async () => {
    const ticker = makeTicker();
    let taken = 0;
    for (let round = 0; round < 40; round += 1) {
      for (let n = 0; n < round % 7; n += 1) {
        await ticker.tick();
        taken += 1;
      }
      await task();
      const state = chain(500);
      await ticker.tick();
      taken += 1;
      expect(state.done, `round ${round}`).toBe(true);
    }
    expect(taken).toBe(40 + Array.from({ length: 40 }, (_, round) => round % 7).reduce((a, b) => a + b));
    ticker.close();
  });

  test("of one ticker is no tick of another", async () => {
    const [one, other] = [makeTicker(), makeTicker()];
    for (let n = 0; n < 20; n += 1) await one.tick();
    let came = false;
    const waits = other.tick().then(() => {
      came = true;
    });
    await undefined;
    expect(came).toBe(false);
    await waits;
    // Closed while messages are on their way, and closed without ever having ticked.
    one.close();
    other.close();
    makeTicker().close();
    await task();
  });
});

const toolbox: Toolbox = {
  read: {
    get: {
      readOnly: true,
      execute: async (args: { readonly n: number; readonly id: number }) => {
        if ((args.n + args.id) % 3 === 0) await new Promise((resolve) => setTimeout(resolve, args.id));
        return args;
      },
    },
  },
  ask: { do: { requiresApproval: true, execute: (args: unknown) => args } },
};

/** What a program does between a delivery and its next call; a tick that came too soon would take it for silence. */
const BETWEEN: Readonly<Record<string, string>> = {
  "hundreds of microtasks": `for (let hop = 0; hop < 300 * (id + 1); hop++) await undefined;`,
  "a computation, and then microtasks": `for (let k = 0; k < 20_000; k++) Math.sqrt(k); for (let hop = 0; hop < 40; hop++) await undefined;`,
  "promises in promises": `const deep = async (left) => { if (left > 0) await deep(left - 1); }; await deep(60);`,
  "async generators": `for await (const x of (async function* () { for (let k = 0; k < 30; k++) yield k; })()) ;`,
  "steps inside of the chain": `await codemode.step("s" + id, async () => { for (let hop = 0; hop < 50; hop++) await undefined; return n; });`,
  "queued microtasks": `await new Promise((go) => { let left = 200; const hop = () => (left-- > 0 ? queueMicrotask(hop) : go()); hop(); });`,
  "events of an abort": `const abort = new AbortController(); const heard = new Promise((go) => abort.signal.addEventListener("abort", () => { void (async () => { for (let hop = 0; hop < 60; hop++) await undefined; go(); })(); })); abort.abort(); await heard;`,
};

const program = (between: string) => `async () => {
  const order = [];
  const chain = async (id) => {
    for (let n = 0; n < 12; n++) {
      const got = await read.get({ id, n });
      order.push(got.id + "." + got.n);
      ${between}
    }
  };
  await Promise.all([0, 1, 2].map(chain));
  await ask.do({ order });
  await Promise.all([3, 4].map(chain));
  await ask.do({ order });
  return order;
}`;

describe("a program between two deliveries", () => {
  test.each(Object.entries(BETWEEN))("%s: is replayed as it was, twice", async (_name, between) => {
    const place = newPlace();
    const first = paused(await place.run(toolbox, (runtime) => runtime.execute({ code: program(between) })));
    const { executionId } = first;
    await evict(place);
    const second = paused(await place.run(toolbox, (runtime) => runtime.approve({ executionId })));
    await evict(place);
    const outcome = completed(await place.run(toolbox, (runtime) => runtime.approve({ executionId })));
    const orders = [first, second].map(({ pending }) => Reflect.get(Object(pending[0]?.args), "order"));
    expect(orders[0]).toHaveLength(36);
    expect(orders[1]).toHaveLength(60);
    expect(orders[1].slice(0, 36)).toEqual(orders[0]);
    expect(outcome.result).toEqual(orders[1]);
  });

  test("in a sandbox that has sources of its own, too", async () => {
    const executor = executorWith({ bindings: { any: 1 } });
    const limits = { ...DEFAULT_LIMITS, maxProgramMs: 10_000 };
    const code = program(String(BETWEEN["hundreds of microtasks"]));
    await withRuntime(
      toolbox,
      async (runtime) => {
        const { executionId } = paused(await runtime.execute({ code }));
        paused(await runtime.approve({ executionId }));
        expect(completed(await runtime.approve({ executionId })).result).toHaveLength(60);
      },
      { executor, limits },
    );
  });

  test("that ends while ticks are on their way ends once, and its isolate leaves", async () => {
    const code = `async () => { for (let n = 0; n < 20; n++) await codemode.step("s", () => n); return "end"; }`;
    let left = 0;
    const inner = executorWith();
    const executor = {
      execute: inner.execute.bind(inner),
      runPass: async (...given: Parameters<typeof inner.runPass>) => {
        await inner.runPass(...given);
        left += 1;
      },
    };
    await withRuntime(
      {},
      async (runtime) => {
        const outcomes = await Promise.all(Array.from({ length: 24 }, () => runtime.execute({ code })));
        expect(outcomes.map((outcome) => completed(outcome).result)).toEqual(Array(24).fill("end"));
      },
      { executor },
    );
    expect(left).toBe(24);
  });
});
