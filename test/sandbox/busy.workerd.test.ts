/** Durable runs in a sandbox that has sources of its own, a network or bindings: what is not replayed must not break the rest. */
import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { createCodemodeRuntime } from "../../src/handle.ts";
import type { ProxyToolOutput } from "../../src/journal/public.ts";
import { DEFAULT_LIMITS, type Limits } from "../../src/limits.ts";
import { BridgeTarget } from "../../src/sandbox/bridge-target.ts";
import type { Bridge, PassRequest } from "../../src/sandbox/executor.ts";
import { executorWith } from "../hostile/programs.ts";
import { eventually, paused } from "../support/drive.ts";
import { connectorsOf, newPlace, type Toolbox } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";

const limits = { ...DEFAULT_LIMITS, maxProgramMs: 3_000 };

/** Made inside of the object that uses it: a Fetcher belongs to the request that asked for it. */
const outbound = (): Fetcher => Reflect.get(exports, "default");

test.each([
  [
    "a network",
    () => executorWith({ globalOutbound: outbound() }),
    "await (await fetch('https://example.com')).text()",
  ],
  ["bindings", () => executorWith({ bindings: { TEXT: "tests only" } }), "env.TEXT"],
])("a program with %s pauses for approval, and replays after it", async (_name, executor, source) => {
  const saved: unknown[] = [];
  const toolbox: Toolbox = {
    data: {
      read: { readOnly: true, execute: () => "row" },
      save: { requiresApproval: true, execute: (args: unknown) => saved.push(args) },
    },
  };
  await newPlace().run(toolbox, async (_runtime, ctx) => {
    const runtime = createCodemodeRuntime({ ctx, executor: executor(), connectors: connectorsOf(toolbox), limits });
    const code = `async () => { const text = ${source}; const row = await data.read({}); await data.save({ text, row }); return [text, row] }`;
    const outcome = await runtime.execute({ code });
    expect(outcome).toMatchObject({ status: "paused", pending: [{ method: "save" }] });
    expect(await runtime.approve({ executionId: outcome.executionId })).toMatchObject({
      status: "completed",
      result: ["tests only", "row"],
    });
    expect(saved).toEqual([{ text: "tests only", row: "row" }]);
  });
});

test("a program that asks for something else on replay after its network answered has diverged", async () => {
  const toolbox: Toolbox = {
    data: { read: { readOnly: true, execute: () => "row" }, save: { requiresApproval: true, execute: () => "saved" } },
  };
  await newPlace().run(toolbox, async (_runtime, ctx) => {
    const runtimeWith = (TEXT: string) => {
      const executor = executorWith({ globalOutbound: outbound(), bindings: { TEXT } });
      return createCodemodeRuntime({ ctx, executor, connectors: connectorsOf(toolbox), limits });
    };
    const code = `async () => { await fetch("https://example.com"); await data.read({ of: env.TEXT }); await data.save({}) }`;
    const { executionId } = await runtimeWith("one").execute({ code });
    expect(await runtimeWith("other").approve({ executionId })).toMatchObject({ status: "error", code: "DIVERGED" });
  });
});

/** Runs a program that has a network, which answers again and again for some milliseconds in `net(ms)`. */
function runWithNetwork(toolbox: Toolbox, body: string, more: Partial<Limits>): Promise<ProxyToolOutput> {
  return newPlace().run(toolbox, (_runtime, ctx) => {
    const executor = executorWith({ globalOutbound: outbound() });
    const connectors = connectorsOf(toolbox);
    const runtime = createCodemodeRuntime({ ctx, executor, connectors, limits: { ...limits, ...more } });
    const net = 'const net = async (times) => { while (times-- > 0) await fetch("https://example.com") };';
    return runtime.execute({ code: `${net}\nasync () => { ${body} }` });
  });
}

const asking: Toolbox = { data: { save: { requiresApproval: true, execute: () => "saved" } } };

test.each([
  ["beside what it waits for", "void net(1).then(() => { for (;;) {} }); await new Promise(() => {})"],
  ["in what nothing of it awaits", "await new Promise(async () => { await net(1); for (;;) {} })"],
])("a program that runs out of fuel %s is told so at once", async (_where, body) => {
  const outcome = await runWithNetwork({}, body, { fuel: 100_000 });
  expect(outcome).toMatchObject({ status: "error", code: "FUEL_EXHAUSTED" });
});

test.each([
  ["its time is up", "await net(1); console.log('got it'); await new Promise(() => {})", "error"],
  ["it pauses", "void net(1).then(() => console.log('got it')); await data.save({})", "paused"],
])("what a program printed after its network answered is kept where %s", async (_when, body, status) => {
  expect(await runWithNetwork(asking, body, {})).toMatchObject({ status, logs: ["got it"] });
});

test("a program that goes on printing while it waits for a person pauses when its time is up", async () => {
  const body = "void (async () => { for (;;) { await net(50); console.log('still here') } })(); await data.save({})";
  const outcome = await runWithNetwork(asking, body, { maxProgramMs: 1_500 });
  expect(outcome).toMatchObject({ status: "paused", pending: [{ method: "save" }] });
});

test("a program whose time is up while it waits for a person is not told to hurry", async () => {
  expect(await runWithNetwork(asking, "await data.save({})", { maxProgramMs: 500 })).toMatchObject({
    status: "paused",
  });
});

test("a program that hears nothing of what a person let run goes on waiting for its own", async () => {
  const world = makeWorld();
  const options = { executor: executorWith({ bindings: { any: 1 } }), limits: { ...limits, maxProgramMs: 2_000 } };
  await newPlace().run(
    world.toolbox,
    async (runtime) => {
      const { executionId, pending } = paused(
        await runtime.execute({
          code: `async () => {
            const later = Promise.withResolvers();
            await codemode.step("s", () => { later.promise.then(() => bank.pay({ to: "ada" })) });
            later.resolve();
            await slow.pay({ id: "x" });
            await new Promise(() => {});
          }`,
        }),
      );
      const [slow = -1, bank = -1] = pending.map(({ seq }) => seq);
      const running = runtime.approve({ executionId, seq: slow });
      await world.gate.openInOrder("x");
      await eventually(
        () => runtime.execution(executionId),
        (history) => history?.log.find(({ seq }) => seq === slow)?.state === "applied",
      );
      expect(await runtime.approve({ executionId, seq: bank })).toMatchObject({ status: "error", code: "TIMEOUT" });
      expect(await running).toMatchObject({ status: "error", code: "TIMEOUT" });
    },
    options,
  );
});

test("a program whose network fails on replay has diverged, and is told over what", async () => {
  const toolbox: Toolbox = { data: { ...asking.data, read: { readOnly: true, execute: () => "row" } } };
  await newPlace().run(toolbox, async (_runtime, ctx) => {
    const runtimeWith = (status: number) => {
      const executor = executorWith({ globalOutbound: outbound(), bindings: { status } });
      return createCodemodeRuntime({ ctx, executor, connectors: connectorsOf(toolbox), limits });
    };
    const code = `async () => {
      if (env.status !== 200) throw new Error("the server said " + env.status);
      await data.read({});
      await data.save({});
    }`;
    const { executionId } = await runtimeWith(200).execute({ code });
    expect(await runtimeWith(500).approve({ executionId })).toMatchObject({
      status: "error",
      code: "DIVERGED",
      error: expect.stringMatching(
        /data\.read\(\{\}\); now it is not made, because the program failed: the server said 500 \(line 2\)/,
      ),
      line: 2,
    });
  });
});

test("a program that only waits for its network costs no turns meanwhile", async () => {
  let turns = 0;
  const executor = new (class {
    readonly #inner = executorWith({ bindings: { any: 1 } });
    execute = this.#inner.execute.bind(this.#inner);
    runPass(request: PassRequest, bridge: Bridge): Promise<void> {
      const exchange = (text: string) => {
        turns += 1;
        return bridge.exchange(text);
      };
      const counted = new BridgeTarget({ exchange });
      return this.#inner.runPass(request, counted);
    }
  })();
  const outcome = await newPlace().run(
    { t: { slow: { execute: () => new Promise((resolve) => setTimeout(resolve, 100, "slow")) } } },
    (runtime) =>
      runtime.execute({
        code: "async () => { const a = t.slow({}); await new Promise((go) => setTimeout(go, 5)); const b = t.slow({}); return [await a, await b] }",
      }),
    { executor },
  );
  expect(outcome).toMatchObject({ status: "completed", result: ["slow", "slow"] });
  expect(turns).toBeLessThan(10);
});
