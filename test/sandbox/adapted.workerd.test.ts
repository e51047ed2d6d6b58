/** Executors that only have `execute(code, providers)`, in the durable runtime: what they still get. */
import { env } from "cloudflare:test";
import { DynamicWorkerExecutor as ReleasedExecutor } from "@cloudflare/codemode";
import { describe, expect, test } from "vitest";
import type { ProxyToolOutput } from "../../src/journal/public.ts";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import type { ExecuteResult, Executor, ResolvedProvider } from "../../src/sandbox/executor.ts";
import { newPlace, type Place, type Toolbox } from "../support/runtime.ts";

/** The least that an executor can be. */
function minimal(): Executor {
  const inner = new DynamicWorkerExecutor({ loader: env.LOADER });
  return { execute: (code, providers, options) => inner.execute(code, providers, options) };
}

/** The class as `@cloudflare/codemode` releases it: what a project passes that changes one import only. */
function released(): Executor {
  const inner = new ReleasedExecutor({ loader: env.LOADER });
  return {
    execute: (code, providers, options): Promise<ExecuteResult> =>
      inner.execute(code, isList(providers) ? [...providers] : providers, {
        connectors: [...(options?.connectors ?? [])],
      }),
  };
}

type Providers = Parameters<Executor["execute"]>[1];

function isList(providers: Providers): providers is readonly ResolvedProvider[] {
  return Array.isArray(providers);
}

interface World {
  readonly toolbox: Toolbox;
  readonly done: unknown[];
}

function makeWorld(): World {
  const done: unknown[] = [];
  const record = (name: string) => (args: unknown) => {
    done.push([name, args]);
    return { name, args };
  };
  return {
    done,
    toolbox: {
      data: {
        read: { readOnly: true, execute: record("read") },
        save: { requiresApproval: true, execute: record("save") },
        fail: { execute: () => Promise.reject(new TypeError("no such row")) },
        empty: { execute: () => Promise.reject(new Error("")) },
        odd: { execute: () => ({ __proto__: null, when: "x", list: [1, [2]] }) },
      },
    },
  };
}

/** Runs a program, approving all that is pending until it ends; each pass is another one of the sandbox. */
async function drive(
  world: World,
  executor: () => Executor,
  code: string,
  place: Place = newPlace(),
): Promise<{ outcome: ProxyToolOutput; pauses: number }> {
  let pauses = 0;
  const outcome = await place.run(
    world.toolbox,
    async (runtime) => {
      let current = await runtime.execute({ code });
      while (current.status === "paused" && pauses < 10) {
        pauses += 1;
        current = await runtime.approve({ executionId: current.executionId });
      }
      return current;
    },
    { executor: executor(), limits: { ...DEFAULT_LIMITS, maxProgramMs: 5_000 } },
  );
  return { outcome, pauses };
}

describe.each([
  ["an executor with nothing but execute", minimal],
  ["the released DynamicWorkerExecutor", released],
] as const)("%s", (_name, executor) => {
  test("runs a program with its tools, in parallel and in sequence", async () => {
    const world = makeWorld();
    const { outcome } = await drive(
      world,
      executor,
      `async () => {
      const all = await Promise.all([1, 2, 3].map((id) => data.read({ id })));
      const last = await data.read({ id: all.length + 1 });
      console.log("read", all.length); console.warn("be careful"); console.error("really"); console.log("no [warn] at all");
      return [...all, last].map((one) => one.args.id);
    }`,
    );
    expect(outcome).toMatchObject({
      status: "completed",
      result: [1, 2, 3, 4],
      logs: ["read 3", "[warn] be careful", "[error] really", "no [warn] at all"],
    });
    expect(outcome.calls).toHaveLength(4);
  });

  test("pauses for an approval, replays what was done, and runs each effect once", async () => {
    const world = makeWorld();
    const { outcome, pauses } = await drive(
      world,
      executor,
      `async () => {
      const first = await data.read({ n: 1 });
      const saved = await data.save({ n: first.args.n + 1 });
      const second = await data.read({ n: 3 });
      const again = await data.save({ n: 4 });
      return [first, saved, second, again].map((one) => one.args.n);
    }`,
    );
    expect(outcome).toMatchObject({ status: "completed", result: [1, 2, 3, 4] });
    expect(pauses).toBe(2);
    expect(world.done).toEqual([
      ["read", { n: 1 }],
      ["save", { n: 2 }],
      ["read", { n: 3 }],
      ["save", { n: 4 }],
    ]);
  });

  test("shows several pending actions of one moment together", async () => {
    const world = makeWorld();
    const { outcome, pauses } = await drive(
      world,
      executor,
      "async () => (await Promise.all([1, 2, 3].map((n) => data.save({ n })))).length",
    );
    expect(outcome).toMatchObject({ status: "completed", result: 3 });
    expect(pauses).toBe(1);
    expect(world.done).toHaveLength(3);
  });

  test("a program that swallows the pause does nothing more, and its result does not count", async () => {
    const world = makeWorld();
    await newPlace().run(
      world.toolbox,
      async (runtime) => {
        const outcome = await runtime.execute({
          code: `async () => { try { await data.save({ n: 1 }) } catch {} try { await data.read({ after: true }) } catch {} return "swallowed" }`,
        });
        expect(outcome).toMatchObject({ status: "paused", pending: [{ method: "save" }] });
        expect(world.done).toEqual([]);
      },
      { executor: executor() },
    );
  });

  test("a pause ends what the sandbox waits for", async () => {
    const ended = Promise.withResolvers<void>();
    const inner = executor();
    const outcome = await newPlace().run(
      makeWorld().toolbox,
      (runtime) => runtime.execute({ code: "async () => data.save({ n: 1 })" }),
      { executor: { execute: (...given) => inner.execute(...given).finally(ended.resolve) } },
    );
    expect(outcome.status).toBe("paused");
    await ended.promise;
  });

  test("runs a step once, replays its value and its failure, and skips the calls inside of it", async () => {
    const world = makeWorld();
    const { outcome } = await drive(
      world,
      executor,
      `async () => {
      const value = await codemode.step("make", async () => (await data.read({ inside: true })).args.inside);
      const failed = await codemode.step("break", () => { throw new Error("it broke") }).catch((error) => error.message);
      await data.save({ n: 1 });
      return [value, failed];
    }`,
    );
    expect(outcome).toMatchObject({ status: "completed", result: [true, "it broke"] });
    expect(world.done).toEqual([
      ["read", { inside: true }],
      ["save", { n: 1 }],
    ]);
  });

  test("waits while the program waits for something of its own, also between calls", async () => {
    const world = makeWorld();
    const { outcome } = await drive(
      world,
      executor,
      `async () => {
      const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
      await pause();
      const { args } = await data.read({ n: 1 });
      await pause();
      await codemode.step("rest", pause);
      await pause();
      return args.n;
    }`,
    );
    expect(outcome).toMatchObject({ status: "completed", result: 1 });
  });

  test("replays what the program asks for later than what it still waits for", async () => {
    const read = Promise.withResolvers<string>();
    const world = makeWorld();
    const data = {
      ...world.toolbox.data,
      slow: { execute: () => read.promise },
      read: { readOnly: true, execute: () => read.resolve("slow") },
    };
    const { outcome } = await drive(
      { ...world, toolbox: { data } },
      executor,
      `async () => {
      const slow = data.slow({});
      await new Promise((resolve) => setTimeout(resolve, 50));
      await data.read({});
      await data.save({});
      return slow;
    }`,
    );
    expect(outcome).toMatchObject({ status: "completed", result: "slow" });
  });

  test("refuses a tool by a name that is too long, and cuts that of a step", async () => {
    const { outcome } = await drive(
      makeWorld(),
      executor,
      `async () => [
      await data["x".repeat(2_000)]({}).catch((error) => error.message),
      await codemode.step("x".repeat(2_000), () => "made"),
    ]`,
    );
    expect(outcome).toMatchObject({
      status: "completed",
      result: [expect.stringContaining("has no tool with a name that long"), "made"],
    });
  });

  test("failures of tools reach the program with their sentence, on every pass, also an empty one", async () => {
    const world = makeWorld();
    const { outcome } = await drive(
      world,
      executor,
      `async () => {
      const one = await data.fail({}).catch((error) => error.message);
      const two = await data.empty({}).catch((error) => error instanceof Error && error.message !== "");
      const three = await data.nothing({}).catch((error) => error.message);
      await data.save({});
      return [one, two, three.includes("There is no tool data.nothing")];
    }`,
    );
    expect(outcome).toMatchObject({ status: "completed", result: ["no such row", true, true] });
  });

  test("failures of the program end the run with the sentence", async () => {
    const world = makeWorld();
    expect(
      (await drive(world, executor, `async () => { await data.read({}); throw new Error("mine") }`)).outcome,
    ).toMatchObject({
      status: "error",
      error: expect.stringContaining("mine"),
    });
    expect((await drive(world, executor, `async () => { throw new Error("") }`)).outcome.status).toBe(
      executor === released ? "completed" : "error",
    );
  });

  test("searches, describes and runs saved snippets in the same sandbox", async () => {
    const world = makeWorld();
    await newPlace().run(
      world.toolbox,
      async (runtime) => {
        const saved = await runtime.execute({
          code: "async (input) => (await data.read({ from: input?.name })).args.from",
        });
        await runtime.saveSnippet("greet", { executionId: saved.executionId, description: "Reads a name" });
        const outcome = await runtime.execute({
          code: `async () => {
            const found = await codemode.search("read");
            const types = await codemode.describe("data.read");
            return [found.results.length > 0, typeof types.types, await codemode.run("greet", { name: "ada" })];
          }`,
        });
        expect(outcome).toMatchObject({ status: "completed", result: [true, "string", "ada"] });
      },
      { executor: executor() },
    );
  });

  test("another program on replay is a divergence, with both calls named", async () => {
    const world = makeWorld();
    const code = `async () => { globalThis.runs = await data.read({ at: Math.random() }); await data.save({}) }`;
    const { outcome } = await drive(world, executor, code);
    // Chance is the sandbox's own there: this is what the reduced guarantees cost.
    expect(outcome).toMatchObject({ status: "error", code: "DIVERGED" });
    expect(world.done.filter((call) => Array.isArray(call) && call[0] === "save")).toEqual([]);
  });

  test("also after a wait of its own", async () => {
    const code = `async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await data.read({ at: Math.random() });
      await data.save({});
    }`;
    const { outcome } = await drive(makeWorld(), executor, code);
    expect(outcome).toMatchObject({ status: "error", code: "DIVERGED" });
  });
});

test("an executor that runs no prelude has no steps and no snippets, and says so", async () => {
  const { execute } = minimal();
  const bare: Executor = {
    execute: (code, providers, options) =>
      execute(code, isList(providers) ? providers.map(({ name, fns }) => ({ name, fns })) : providers, options),
  };
  for (const call of ['step("a")', 'run("a")']) {
    const { outcome } = await drive(makeWorld(), () => bare, `async () => codemode.${call}`);
    const error = expect.stringContaining("needs a sandbox that runs the prelude of its providers");
    expect(outcome).toMatchObject({ status: "error", error });
  }
});

test("what was printed is told once, also where a call goes on after the end", async () => {
  const ended = Promise.withResolvers<string>();
  const execute: Executor["execute"] = async (_code, _providers, options) => {
    for (const { binding } of options?.connectors ?? []) void binding.callTool("late", {});
    return { result: 1, logs: ["once"] };
  };
  const executor: Executor = { execute: (...given) => execute(...given).finally(() => ended.resolve("late")) };
  const world = { done: [], toolbox: { data: { late: { execute: () => ended.promise } } } };
  const { outcome } = await drive(world, () => executor, "async () => 1");
  expect(outcome).toMatchObject({ status: "completed", result: 1, logs: ["once"] });
  expect(outcome.calls).toHaveLength(1);
});

test("of a line that no message carries its beginning is kept", async () => {
  const execute = async () => ({ result: 1, logs: ["x".repeat(40_000_000)] });
  const { outcome } = await drive(makeWorld(), () => ({ execute }), "async () => 1");
  expect(outcome).toMatchObject({ status: "completed", result: 1, logs: [expect.stringMatching(/^x{1000}/)] });
});

describe("an executor that fails", () => {
  test.each([
    ["rejects", async () => Promise.reject(new Error("the sandbox is gone")), "the sandbox is gone"],
    ["answers with an empty error", async () => ({ result: 1, error: "" }), "The program failed."],
    [
      "answers with what cannot be written",
      async () => ({ result: () => 1 }),
      "The result of the program cannot be recorded",
    ],
  ] as const)("%s, and the run ends with an error that says so", async (_name, execute, message) => {
    const { outcome } = await drive(makeWorld(), () => ({ execute }), "async () => 1");
    expect(outcome).toMatchObject({ status: "error", error: expect.stringContaining(message) });
  });

  test("never answers, and the watchdog ends the run", async () => {
    const outcome = await newPlace().run({}, (runtime) => runtime.execute({ code: "async () => 1" }), {
      executor: { execute: () => new Promise(() => {}) },
      limits: { ...DEFAULT_LIMITS, maxProgramMs: 100 },
    });
    expect(outcome).toMatchObject({ status: "error", code: "TIMEOUT" });
  });
});
