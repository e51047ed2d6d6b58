/**
 * Programs of every shape, paused and evicted, must go on as if nothing had happened.
 *
 * The programs hand what they observed so far to `hold.here(seen)`, a tool that needs approval. On replay the engine
 * compares its arguments with the recorded ones, kinds included, so a program that observed anything else diverges.
 */
import { describe, expect, test } from "vitest";
import { completed, driveToEnd, evict, paused } from "../support/drive.ts";
import { makeGate } from "../support/gate.ts";
import { newPlace, type Toolbox } from "../support/runtime.ts";
import { makeFailing } from "../support/world.ts";

/** A world of gated reads and effects, and a tool that pauses. Counts how often each call ran. */
function makeWorld() {
  const gate = makeGate();
  const ran = new Map<string, number>();
  const count = (name: string) => ran.set(name, (ran.get(name) ?? 0) + 1);
  const toolbox: Toolbox = {
    slow: {
      read: {
        readOnly: true,
        execute: ({ id }: { id: string }) => {
          count(`read ${id}`);
          return gate.pass(id);
        },
      },
      write: {
        execute: ({ id }: { id: string }) => {
          count(`write ${id}`);
          return gate.pass(id);
        },
      },
    },
    fast: {
      get: {
        readOnly: true,
        execute: ({ id }: { id: string }) => {
          count(`get ${id}`);
          return `got ${id}`;
        },
      },
      put: {
        execute: ({ id }: { id: string }) => {
          count(`put ${id}`);
          return `put ${id}`;
        },
      },
    },
    hold: {
      here: {
        requiresApproval: true,
        execute: (seen: unknown) => {
          count("here");
          return seen;
        },
      },
    },
  };
  return { gate, ran, toolbox, once: () => [...ran.values()].every((times) => times === 1) };
}

const PRELUDE = `const seen = []; const note = (name) => (value) => { seen.push([name, value]); return value; };
const noted = (name, promise) => promise.then((value) => note(name)(value), (error) => { note(name + " failed")(error.message); throw error; });`;

describe("G3 parallel programs", () => {
  test.each([
    ["abc", ["a", "b", "c"]],
    ["cba", ["c", "b", "a"]],
    ["bac", ["b", "a", "c"]],
    ["cab", ["c", "a", "b"]],
  ])("Promise.all of calls that settle in the order %s replays in that order", async (_, order) => {
    const world = makeWorld();
    const code = `async () => { ${PRELUDE}
      const all = await Promise.all(["a", "b", "c"].map((id) => noted(id, slow.read({ id }))));
      await hold.here({ seen, all });
      return { seen, all };
    }`;
    const { outcome } = await driveToEnd(world.toolbox, code, { during: [() => world.gate.openInOrder(...order)] });
    expect(outcome.result).toEqual({ seen: order.map((id) => [id, id]), all: ["a", "b", "c"] });
    expect(world.ran.get("here")).toBe(1);
    expect([...world.ran]).toEqual(expect.arrayContaining(order.map((id) => [`read ${id}`, 1])));
  });

  test("Promise.race replays the same winner, also when the loser settles before the pause", async () => {
    const world = makeWorld();
    const code = `async () => { ${PRELUDE}
      const winner = await Promise.race([noted("a", slow.read({ id: "a" })), noted("b", slow.write({ id: "b" }))]);
      await fast.put({ id: winner });
      await slow.read({ id: "c" });
      await hold.here({ seen, winner });
      await hold.here({ again: seen });
      return { seen, winner };
    }`;
    const { outcome, pauses } = await driveToEnd(world.toolbox, code, {
      during: [
        async () => {
          await world.gate.reached("a", "b");
          world.gate.open("b");
          await world.gate.reached("c");
          world.gate.open("a");
          world.gate.open("c");
        },
      ],
    });
    expect(outcome.result).toEqual({
      seen: [
        ["b", "b"],
        ["a", "a"],
      ],
      winner: "b",
    });
    expect(pauses).toHaveLength(2);
    expect(Object.fromEntries(world.ran)).toEqual({ "read a": 1, "write b": 1, "put b": 1, "read c": 1, here: 2 });
  });

  test("Promise.race whose loser is still out when the program waits for a person", async () => {
    const world = makeWorld();
    const code = `async () => { ${PRELUDE}
      const loser = noted("late", slow.read({ id: "late" }));
      const winner = await Promise.race([loser, slow.read({ id: "soon" })]);
      const held = await hold.here({ winner, seen });
      return { winner, held, late: await loser, seen };
    }`;
    // The pass may pause only when nothing is on its way: the late call settles after the program began to wait.
    const { outcome } = await driveToEnd(world.toolbox, code, {
      during: [
        async () => {
          await world.gate.reached("late", "soon");
          world.gate.open("soon");
          world.gate.open("late");
        },
      ],
    });
    expect(outcome.result).toMatchObject({ winner: "soon", held: { winner: "soon", seen: [] }, late: "late" });
    expect(world.once()).toBe(true);
  });

  test("Promise.any replays its failures and its winner, and an AggregateError of all", async () => {
    const world = makeWorld();
    const code = `async () => { ${PRELUDE}
      const winner = await Promise.any(["a", "b", "c"].map((id) => noted(id, slow.read({ id }))));
      let all;
      try { await Promise.any(["d", "e"].map((id) => slow.read({ id }))); } catch (error) { all = error; }
      const told = { seen, winner, name: all.name, errors: all.errors.map((e) => [e.name, e.message, e.code]) };
      await hold.here(told);
      return told;
    }`;
    const { outcome } = await driveToEnd(world.toolbox, code, {
      during: [
        async () => {
          await world.gate.reached("a", "b", "c");
          world.gate.fail("b", new RangeError("b is out"));
          world.gate.open("c");
          world.gate.fail("a", new Error("a is down"));
          await world.gate.reached("d", "e");
          world.gate.fail("e", Object.assign(new TypeError("e"), { code: "E_E" }));
          world.gate.fail("d", new Error("d"));
        },
      ],
    });
    expect(outcome.result).toMatchObject({
      winner: "c",
      name: "AggregateError",
      errors: [
        ["Error", "d", undefined],
        ["TypeError", "e", "E_E"],
      ],
    });
    expect(world.once()).toBe(true);
  });

  test("Promise.allSettled replays values and reasons in their places", async () => {
    const world = makeWorld();
    const code = `async () => { ${PRELUDE}
      const settled = await Promise.allSettled(["a", "b", "c"].map((id) => noted(id, slow.write({ id }))));
      await hold.here({ seen, settled });
      return { seen, settled };
    }`;
    const { outcome } = await driveToEnd(world.toolbox, code, {
      during: [
        async () => {
          await world.gate.reached("a", "b", "c");
          world.gate.open("c", new Date(3));
          world.gate.fail("a", new SyntaxError("no"));
          world.gate.open("b", undefined);
        },
      ],
    });
    expect(outcome.result).toMatchObject({
      seen: [
        ["c", new Date(3)],
        ["a failed", "no"],
        ["b", "b"],
      ],
      settled: [
        { status: "rejected", reason: { name: "SyntaxError" } },
        { status: "fulfilled" },
        { status: "fulfilled", value: new Date(3) },
      ],
    });
    expect(world.once()).toBe(true);
  });

  test("three chains that interleave replay their interleaving, before and after every pause", async () => {
    const world = makeWorld();
    const code = `async () => { ${PRELUDE}
      const chain = async (name, length) => {
        for (let i = 1; i <= length; i++) await noted(name + i, slow.read({ id: name + i }));
        await hold.here({ name, seen: seen.map(([id]) => id) });
        await noted(name + "!", fast.put({ id: name + "!" }));
        return name;
      };
      const names = await Promise.all([chain("a", 2), chain("b", 3), chain("c", 1)]);
      return { names, seen: seen.map(([id]) => id) };
    }`;
    const { gate } = world;
    const { outcome, pauses } = await driveToEnd(world.toolbox, code, {
      during: [
        async () => {
          await gate.reached("a1", "b1", "c1");
          gate.open("b1");
          await gate.reached("b2");
          gate.open("b2");
          await gate.reached("b3");
          gate.open("c1");
          gate.open("a1");
          await gate.reached("a2", "b3");
          gate.open("b3");
          gate.open("a2");
        },
      ],
    });
    expect(pauses).toHaveLength(1);
    expect(pauses[0]?.pending.map(({ args }) => args)).toEqual([
      { name: "c", seen: ["b1", "b2", "c1"] },
      { name: "b", seen: ["b1", "b2", "c1", "a1", "b3"] },
      { name: "a", seen: ["b1", "b2", "c1", "a1", "b3", "a2"] },
    ]);
    expect(outcome.result).toMatchObject({ names: ["a", "b", "c"] });
    expect([...world.ran].filter(([name]) => name !== "here").every(([, times]) => times === 1)).toBe(true);
    expect(world.ran.get("here")).toBe(3);
  });

  test("microtasks between two settlements run to their end before the next one, on every pass", async () => {
    const world = makeWorld();
    const code = `async () => { ${PRELUDE}
      const deep = async (name, depth) => { for (let i = 0; i < depth; i++) await null; seen.push(name + depth); };
      await Promise.all(["a", "b", "c"].map(async (id, index) => { await slow.read({ id }); seen.push(id); await deep(id, 50 * (3 - index)); }));
      await hold.here({ seen });
      return seen;
    }`;
    const { outcome } = await driveToEnd(world.toolbox, code, {
      during: [() => world.gate.openInOrder("a", "b", "c")],
    });
    expect(outcome.result).toEqual(["a", "a150", "b", "b100", "c", "c50"]);
  });

  test("async generators and for await replay", async () => {
    const world = makeWorld();
    const code = `async () => {
      const seen = [];
      async function* pages() { for (let i = 0; i < 4; i++) yield await fast.get({ id: "p" + i }); }
      for await (const page of pages()) { seen.push(page); if (seen.length === 2) await hold.here({ seen }); }
      return seen;
    }`;
    const { outcome } = await driveToEnd(world.toolbox, code);
    expect(outcome.result).toEqual(["got p0", "got p1", "got p2", "got p3"]);
    expect(world.once()).toBe(true);
  });
});

describe("pauses", () => {
  test("any number of pauses: every call before, between and after runs once", async () => {
    const world = makeWorld();
    const code = `async () => {
      const seen = [];
      for (let round = 0; round < 6; round++) {
        seen.push(...await Promise.all([fast.get({ id: "r" + round }), fast.put({ id: "w" + round })]));
        await hold.here({ round, seen });
      }
      return seen;
    }`;
    const { outcome, pauses } = await driveToEnd(world.toolbox, code);
    expect(pauses).toHaveLength(6);
    expect(outcome.result).toHaveLength(12);
    expect(Object.fromEntries(world.ran)).toEqual({
      here: 6,
      ...Object.fromEntries(
        [0, 1, 2, 3, 4, 5].flatMap((round) => [
          [`get r${round}`, 1],
          [`put w${round}`, 1],
        ]),
      ),
    });
  });

  test("branches run on while another waits for a person", async () => {
    const world = makeWorld();
    const code = `async () => {
      const held = hold.here({ who: "first" });
      const others = [];
      for (let i = 0; i < 3; i++) others.push(await fast.put({ id: "o" + i }));
      return { others, held: await held };
    }`;
    const { outcome, pauses } = await driveToEnd(world.toolbox, code, {
      between: () => expect(Object.fromEntries(world.ran)).toEqual({ "put o0": 1, "put o1": 1, "put o2": 1 }),
    });
    expect(pauses).toHaveLength(1);
    expect(outcome.result).toEqual({ others: ["put o0", "put o1", "put o2"], held: { who: "first" } });
    expect(world.once()).toBe(true);
  });

  test("calls that nobody awaits run once and are in the journal, before and after a pause", async () => {
    const world = makeWorld();
    const code = `async () => {
      fast.put({ id: "unawaited before" });
      await hold.here({});
      fast.put({ id: "unawaited after" });
      return "done";
    }`;
    const { outcome } = await driveToEnd(world.toolbox, code);
    expect(Object.fromEntries(world.ran)).toEqual({ "put unawaited before": 1, here: 1, "put unawaited after": 1 });
    expect(outcome.calls?.map(({ state }) => state)).toEqual(["applied", "applied", "applied"]);
  });

  test("an action that nobody awaits still needs approval, and the program's result waits for it", async () => {
    const world = makeWorld();
    const { outcome, pauses } = await driveToEnd(
      world.toolbox,
      `async () => { hold.here({ unawaited: true }); return "done"; }`,
      {
        between: () => expect(world.ran.size).toBe(0),
      },
    );
    expect(pauses).toHaveLength(1);
    expect(outcome.result).toBe("done");
    expect(Object.fromEntries(world.ran)).toEqual({ here: 1 });
  });

  test("a call that fails and that nobody awaits does not end the run", async () => {
    const { bad } = makeFailing(() => new Error("nobody listens"));
    const { outcome } = await driveToEnd({ bad }, `async () => { bad.fail(); return "fine"; }`);
    expect(outcome.result).toBe("fine");
    expect(outcome.calls?.[0]).toMatchObject({ state: "error", error: { message: "nobody listens" } });
  });
});

describe("timers", () => {
  test("timers fire in the recorded order among themselves and among calls", async () => {
    const world = makeWorld();
    const code = `async () => { ${PRELUDE}
      const timer = (ms, name) => new Promise((resolve) => setTimeout(resolve, ms, name)).then(note("timer"));
      await Promise.all([timer(30, "30"), timer(1, "1"), timer(15, "15"), noted("call", fast.get({ id: "x" }))]);
      const order = seen.map(([kind, value]) => value);
      await hold.here({ order });
      await timer(1, "after");
      await hold.here({ seen });
      return order;
    }`;
    const { outcome } = await driveToEnd(world.toolbox, code);
    const order = outcome.result as string[];
    expect(order.filter((name) => name !== "got x")).toEqual(["1", "15", "30"]);
    expect(order).toHaveLength(4);
  });

  test("an interval replays its rounds, and clearing it ends it", async () => {
    const world = makeWorld();
    const code = `async () => {
      let rounds = 0;
      await new Promise((resolve) => { const id = setInterval(() => { rounds += 1; if (rounds === 3) { clearInterval(id); resolve(); } }, 1); });
      await hold.here({ rounds });
      await new Promise((resolve) => setTimeout(resolve, 5));
      return rounds;
    }`;
    const { outcome } = await driveToEnd(world.toolbox, code);
    expect(outcome.result).toBe(3);
  });

  test("a cleared timeout never fires, on no pass", async () => {
    const world = makeWorld();
    const code = `async () => {
      const seen = [];
      const id = setTimeout(() => seen.push("cleared"), 1);
      clearTimeout(id);
      const late = setTimeout(() => seen.push("late"), 60_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await hold.here({ seen });
      clearTimeout(late);
      await fast.get({ id: "x" });
      return seen;
    }`;
    const { outcome } = await driveToEnd(world.toolbox, code);
    expect(outcome.result).toEqual([]);
  });

  test("AbortSignal.timeout aborts at the same place on every pass", async () => {
    const world = makeWorld();
    const code = `async () => {
      const seen = [];
      const signal = AbortSignal.timeout(2);
      signal.addEventListener("abort", () => {
        seen.push(signal.reason.name);
      });
      await fast.get({ id: "x" });
      seen.push(signal.aborted);
      await new Promise((resolve) => setTimeout(resolve, 20));
      seen.push(signal.aborted);
      await hold.here({ seen });
      return seen;
    }`;
    const { outcome } = await driveToEnd(world.toolbox, code);
    expect((outcome.result as unknown[]).slice(-2)).toEqual(["TimeoutError", true]);
  });

  test("a timer that was open when the run paused is armed again", async () => {
    const world = makeWorld();
    const code = `async () => {
      const slept = new Promise((resolve) => setTimeout(resolve, 60_000, "never"));
      const first = await Promise.race([hold.here({}), slept]);
      return first;
    }`;
    const { outcome, pauses } = await driveToEnd(world.toolbox, code);
    expect(pauses).toHaveLength(1);
    expect(outcome.result).toEqual({});
  });
});

describe("steps", () => {
  test("a step runs its function once, whatever it calls inside", async () => {
    const world = makeWorld();
    const code = `async () => {
      const total = await codemode.step("sum", async () => {
        const [a, b] = await Promise.all([fast.get({ id: "in1" }), fast.put({ id: "in2" })]);
        return { a, b, at: new Date(5), uuid: crypto.randomUUID() };
      });
      await hold.here({ total });
      const after = await codemode.step("after", () => Math.random());
      await hold.here({ total, after });
      return { total, after, random: Math.random() };
    }`;
    const { outcome, pauses } = await driveToEnd(world.toolbox, code);
    expect(pauses).toHaveLength(2);
    expect(outcome.result).toMatchObject({ total: { a: "got in1", b: "put in2", at: new Date(5) } });
    expect(Object.fromEntries(world.ran)).toEqual({ "get in1": 1, "put in2": 1, here: 2 });
  });

  test("steps in parallel, with calls inside that settle crosswise, replay", async () => {
    const world = makeWorld();
    const code = `async () => { ${PRELUDE}
      const [x, y, z] = await Promise.all([
        noted("x", codemode.step("x", async () => [await slow.read({ id: "x1" }), await slow.write({ id: "x2" })])),
        noted("y", codemode.step("y", async () => [await slow.read({ id: "y1" })])),
        noted("z", fast.get({ id: "z" })),
      ]);
      await hold.here({ seen, x, y, z });
      return { seen, x, y, z };
    }`;
    const { gate } = world;
    const { outcome } = await driveToEnd(world.toolbox, code, {
      during: [
        async () => {
          await gate.reached("x1", "y1");
          gate.open("x1");
          await gate.reached("x2");
          gate.open("y1");
          gate.open("x2");
        },
      ],
    });
    expect(outcome.result).toMatchObject({ x: ["x1", "x2"], y: ["y1"], z: "got z" });
    expect(world.once()).toBe(true);
  });

  test("a step inside a step, and an approval inside a step", async () => {
    const world = makeWorld();
    const code = `async () => {
      const value = await codemode.step("outer", async () => {
        const inner = await codemode.step("inner", async () => fast.get({ id: "deep" }));
        const held = await hold.here({ inner });
        return { inner, held, again: await fast.put({ id: "after" }) };
      });
      await hold.here({ value });
      return value;
    }`;
    const { outcome, pauses } = await driveToEnd(world.toolbox, code);
    expect(pauses).toHaveLength(2);
    expect(outcome.result).toEqual({ inner: "got deep", held: { inner: "got deep" }, again: "put after" });
    expect(Object.fromEntries(world.ran)).toEqual({ "get deep": 1, here: 2, "put after": 1 });
  });

  test("G2 a step that throws throws the same error on every pass", async () => {
    const world = makeWorld();
    const code = `async () => {
      let runs = 0, caught;
      try { await codemode.step("bad", () => { runs++; throw Object.assign(new RangeError("no"), { code: "E_NO" }); }); } catch (error) { caught = error; }
      const told = { name: caught.name, message: caught.message, code: caught.code, isRange: caught instanceof RangeError };
      await hold.here(told);
      return { told, runs };
    }`;
    const { outcome } = await driveToEnd(world.toolbox, code);
    expect(outcome.result).toEqual({
      told: { name: "RangeError", message: "no", code: "E_NO", isRange: true },
      runs: 0,
    });
  });
});

describe("recorded values", () => {
  test("G2 the stacks of errors are the same on every pass, and show the program's frames alone", async () => {
    const { bad } = makeFailing(() => new TypeError("not today"));
    const { toolbox } = makeWorld();
    const code = `async () => {
      const stacks = [new Error("first").stack];
      try { await bad.fail({}); } catch (error) { stacks.push(error.stack); }
      stacks.push((await fast.echo(new RangeError("a value"))).stack);
      await new Promise((resolve) => setTimeout(resolve, 1));
      try { (function named() { null.x; })(); } catch (error) { stacks.push(error.stack); }
      try { bad.fail.call(null, () => {}).catch((error) => stacks.push(error.stack)); await null; } catch {}
      await hold.here(stacks);
      return stacks;
    }`;
    const fast = { echo: { readOnly: true, execute: (value: unknown) => value } };
    const { outcome } = await driveToEnd({ ...toolbox, bad, fast }, code);
    expect(outcome.result).toEqual([
      "Error: first\n    at program.js:2\n    at Object.default [as program] (program.js:10)",
      "TypeError: not today",
      "RangeError: a value",
      expect.stringMatching(/^TypeError: .*\n {4}at named \(program\.js:6\)\n {4}at program\.js:6$/),
      expect.stringMatching(/^CodemodeError: .*\n {4}at program\.js:7$/),
    ]);
  });

  test("G2 errors that the program caught before a pause are caught again, with their class, code and cause", async () => {
    const cause = new Error("root", { cause: 7n });
    const { bad, ran } = makeFailing(() => Object.assign(new TypeError("not today", { cause }), { code: "E_TODAY" }));
    const code = `async () => {
      const tell = (e) => ({ name: e.name, message: e.message, code: e.code, isType: e instanceof TypeError, cause: e.cause.message, root: e.cause.cause });
      let told;
      try { await bad.fail({}); } catch (error) { told = tell(error); }
      await hold.here(told);
      return told;
    }`;
    const { outcome } = await driveToEnd({ ...makeWorld().toolbox, bad }, code);
    expect(outcome.result).toEqual({
      name: "TypeError",
      message: "not today",
      code: "E_TODAY",
      isType: true,
      cause: "root",
      root: 7n,
    });
    expect(ran()).toBe(1);
  });

  test("G1 values keep their kind on the first pass, on every replay, and in the result", async () => {
    const shared = { n: 1 };
    const cyclic: Record<string, unknown> = { shared, again: shared };
    cyclic.self = cyclic;
    const value = {
      date: new Date(5),
      map: new Map([[{ key: 1 }, new Set([1n])]]),
      re: /a+/gi,
      big: 2n ** 70n,
      bytes: new Uint8Array([1, 2, 3]),
      floats: new Float64Array([0.5, Number.NaN]),
      nothing: undefined,
      nan: Number.NaN,
      zero: -0,
      error: new RangeError("kept", { cause: "why" }),
      cyclic,
    };
    const toolbox: Toolbox = { ...makeWorld().toolbox, kinds: { get: { readOnly: true, execute: () => value } } };
    const code = `async () => {
      const v = await kinds.get({});
      const kinds_ = {
        date: v.date instanceof Date && v.date.getTime(), map: v.map instanceof Map && [...v.map.values()][0] instanceof Set,
        re: v.re instanceof RegExp && v.re.flags, big: typeof v.big, bytes: v.bytes instanceof Uint8Array && v.bytes.length,
        floats: v.floats instanceof Float64Array && Number.isNaN(v.floats[1]), nothing: "nothing" in v && v.nothing === undefined,
        nan: Number.isNaN(v.nan), zero: Object.is(v.zero, -0), error: v.error instanceof RangeError && v.error.cause,
        shared: v.cyclic.shared === v.cyclic.again, self: v.cyclic.self === v.cyclic,
      };
      await hold.here(kinds_);
      await hold.here({ v });
      return { kinds: kinds_, v };
    }`;
    const { outcome } = await driveToEnd(toolbox, code);
    const result = outcome.result as { kinds: unknown; v: typeof value };
    expect(result.kinds).toEqual({
      date: 5, map: true, re: "gi", big: "bigint", bytes: 3, floats: true, nothing: true, nan: true, zero: true, error: "why", shared: true, self: true,
    }); // biome-ignore format: one line per kind would hide the list
    expect(result.v).toEqual(value);
    expect(result.v.error).toBeInstanceOf(RangeError);
    expect(result.v.cyclic.self).toBe(result.v.cyclic);
  });

  test("what the program does to a value after it sent it changes nothing", async () => {
    const world = makeWorld();
    const code = `async () => {
      const args = { id: "sent", list: [1] };
      const sent = fast.put(args);
      args.id = "changed"; args.list.push(2);
      await sent;
      await hold.here(args);
      return args;
    }`;
    const { outcome } = await driveToEnd(world.toolbox, code);
    expect(outcome.calls?.[0]?.args).toEqual({ id: "sent", list: [1] });
    expect(Object.fromEntries(world.ran)).toEqual({ "put sent": 1, here: 1 });
  });

  test('replay: "reexecute" runs the read on every pass and records no result', async () => {
    let ran = 0;
    const toolbox: Toolbox = {
      ...makeWorld().toolbox,
      big: {
        read: {
          replay: "reexecute",
          execute: () => {
            ran += 1;
            return { text: "same" };
          },
        },
      },
    };
    const code = `async () => {
      const { text } = await big.read({});
      await hold.here({ text });
      await hold.here({ text, second: true });
      return text;
    }`;
    const { outcome, pauses } = await driveToEnd(toolbox, code);
    expect(outcome.result).toBe("same");
    expect(pauses).toHaveLength(2);
    expect(ran).toBe(3);
    expect(outcome.calls?.[0]).toMatchObject({ ephemeral: true, state: "applied" });
    expect(outcome.calls?.[0]).not.toHaveProperty("result");
  });

  test("a read that reexecutes keeps its place among parallel calls", async () => {
    const world = makeWorld();
    const toolbox: Toolbox = { ...world.toolbox, big: { read: { replay: "reexecute", execute: () => "big" } } };
    const code = `async () => { ${PRELUDE}
      await Promise.all([noted("a", slow.read({ id: "a" })), noted("big", big.read({})), noted("b", slow.read({ id: "b" }))]);
      await hold.here({ seen });
      return seen.map(([name]) => name);
    }`;
    const { outcome } = await driveToEnd(toolbox, code, { during: [() => world.gate.openInOrder("b", "a")] });
    expect((outcome.result as string[]).filter((name) => name !== "big")).toEqual(["b", "a"]);
  });
});

describe("G4 time and chance", () => {
  test("Date, performance.now, Math.random and crypto give the same values on every pass", async () => {
    const world = makeWorld();
    const code = `async () => {
      const observe = async () => ({
        now: Date.now(), date: new Date(), text: Date(), perf: performance.now(), random: Math.random(), uuid: crypto.randomUUID(),
        bytes: crypto.getRandomValues(new Uint8Array(16)), words: crypto.getRandomValues(new Uint32Array(3)),
        hash: new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode("abc"))),
        intl: new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "long", timeZone: "UTC" }).format(),
      });
      const first = await observe();
      await fast.get({ id: "x" });
      const second = await observe();
      await hold.here({ first, second });
      const third = await observe();
      await hold.here({ first, second, third });
      return { first, second, third };
    }`;
    const { outcome } = await driveToEnd(world.toolbox, code);
    const { first, second, third } = outcome.result as Record<string, Record<string, unknown>>;
    expect(first?.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set([first?.random, second?.random, third?.random]).size).toBe(3);
    expect(new Set([first?.uuid, second?.uuid, third?.uuid]).size).toBe(3);
    expect(Number(second?.now)).toBeGreaterThanOrEqual(Number(first?.now));
    expect(Number(third?.now)).toBeGreaterThanOrEqual(Number(second?.now));
    const expected = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode("abc")));
    expect(first?.hash).toEqual(expected);
    expect(third?.hash).toEqual(expected);
  });

  test("G4 no two steps draw the same chances, nor what is drawn outside of them", async () => {
    const code = `async () => {
      const draw = () => [Math.random(), crypto.randomUUID()];
      const before = draw();
      const steps = [await codemode.step("a", draw), await codemode.step("b", draw)];
      await hold.here({ before, steps });
      return [...before, ...steps.flat(), ...draw()];
    }`;
    const { outcome } = await driveToEnd(makeWorld().toolbox, code);
    expect(new Set(outcome.result as unknown[]).size).toBe(8);
  });

  test("two executions of one program draw different chances", async () => {
    const place = newPlace();
    const draw = () =>
      place.run({}, (runtime) => runtime.execute({ code: "async () => [Math.random(), crypto.randomUUID()]" }));
    const drawn = [completed(await draw()), completed(await draw())].flatMap(({ result }) => result);
    expect(new Set(drawn).size).toBe(4);
  });

  test("the clock never runs backwards, and moves to when a call settled", async () => {
    const world = makeWorld();
    const code = `async () => {
      const times = [Date.now()];
      for (let i = 0; i < 3; i++) { await fast.get({ id: "t" + i }); times.push(Date.now()); }
      await new Promise((resolve) => setTimeout(resolve, 20));
      times.push(Date.now());
      await hold.here({ times });
      times.push(Date.now());
      return times;
    }`;
    const { outcome } = await driveToEnd(world.toolbox, code);
    const times = outcome.result as number[];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(Number(times[4]) - Number(times[3])).toBeGreaterThanOrEqual(19);
  });
});

test("G3 names that were cut in the middle of an emoji are the same names on every pass", async () => {
  const world = makeWorld();
  const code = `async () => {
    const title = "Invoice 🧾 of May".slice(0, 9);
    const step = await codemode.step(title, () => title);
    const tool = await fast[title]({ title }).catch((error) => error.code);
    await hold.here({ step, tool });
    return [step, tool];
  }`;
  const place = newPlace();
  const { executionId } = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code })));
  await evict(place);
  const outcome = await place.run(world.toolbox, (runtime) => runtime.approve({ executionId }));
  expect(outcome).toMatchObject({ status: "completed", result: ["Invoice \ud83e", "UNKNOWN_TOOL"] });
});

describe("built-in tools", () => {
  const SNIPPET = `async (input) => { const got = await fast.get({ id: input.id }); return { got, version: 1, random: Math.random() }; }`;

  async function placeWithSnippet(toolbox: Toolbox, code: string) {
    const place = newPlace();
    await place.run(toolbox, async (runtime) => {
      const { executionId } = await runtime.execute({ code: code.replace("input.id", "(input?.id ?? 'none')") });
      await runtime.saveSnippet("fetch_one", { executionId, description: "gets one" });
    });
    return place;
  }

  test("a snippet is pinned: saving another under its name while a run is paused changes nothing", async () => {
    const world = makeWorld();
    const place = await placeWithSnippet(world.toolbox, SNIPPET);
    world.ran.clear();
    const code = `async () => {
      const one = await codemode.run("fetch_one", { id: "one" });
      await hold.here({ one });
      const two = await codemode.run("fetch_one", { id: "two" });
      await hold.here({ one, two });
      return { one, two };
    }`;
    const { outcome } = await driveToEnd(world.toolbox, code, {
      place,
      between: () =>
        place.run(world.toolbox, async (runtime) => {
          const { executionId } = await runtime.execute({ code: `async () => ({ version: 2 })` });
          await runtime.saveSnippet("fetch_one", { executionId });
        }),
    });
    expect(outcome.result).toMatchObject({ one: { got: "got one", version: 1 }, two: { got: "got two", version: 1 } });
    expect(Object.fromEntries(world.ran)).toEqual({ "get one": 1, "get two": 1, here: 2 });
  });

  test("a snippet that was deleted while a run is paused still runs in it", async () => {
    const world = makeWorld();
    const place = await placeWithSnippet(world.toolbox, SNIPPET);
    const code = `async () => { await hold.here({}); return (await codemode.run("fetch_one", { id: "two" })).version; }`;
    const { outcome } = await driveToEnd(world.toolbox, code, {
      place,
      between: () =>
        place.run(world.toolbox, async (runtime) => expect(await runtime.deleteSnippet("fetch_one")).toBe(true)),
    });
    expect(outcome.result).toBe(1);
  });

  test("an approval inside a snippet pauses the run, and the snippet goes on after it", async () => {
    const world = makeWorld();
    const place = newPlace();
    await place.run(world.toolbox, async (runtime) => {
      const first = paused(
        await runtime.execute({
          code: `async (input) => { const held = await hold.here({ input }); return { held, after: await fast.put({ id: "snippet" }) }; }`,
        }),
      );
      await runtime.saveSnippet("held", { executionId: first.executionId });
      await runtime.reject({ executionId: first.executionId, seq: 0 });
    });
    const { outcome, pauses } = await driveToEnd(world.toolbox, `async () => codemode.run("held", { x: 1 })`, {
      place,
    });
    expect(pauses[0]?.pending).toMatchObject([{ connector: "hold", method: "here", args: { input: { x: 1 } } }]);
    expect(outcome.result).toEqual({ held: { input: { x: 1 } }, after: "put snippet" });
    expect(world.once()).toBe(true);
  });

  test("search and describe are recorded: other tools on a later pass change no replay", async () => {
    const world = makeWorld();
    const place = newPlace();
    const code = `async () => {
      const found = await codemode.search("get");
      const told = await codemode.describe("fast.get");
      await hold.here({ found, told });
      return { found, told };
    }`;
    const outcome = paused(await place.run(world.toolbox, (runtime) => runtime.execute({ code })));
    await evict(place);
    const later: Toolbox = {
      ...world.toolbox,
      fast: { ...world.toolbox.fast, get_everything: { description: "get and get", readOnly: true, execute: () => 1 } },
    };
    const done = await place.run(later, (runtime) => runtime.approve({ executionId: outcome.executionId }));
    expect(done).toMatchObject({ status: "completed" });
    expect(JSON.stringify(done)).not.toContain("get_everything");
  });
});

test("G9 a program that differs on replay is impossible to write with what the sandbox offers", async () => {
  const world = makeWorld();
  const code = `async () => {
    const path = Math.random() < 0.5 ? "low" : "high";
    const tick = Date.now() % 2 ? "odd" : "even";
    await fast.put({ id: path + tick + crypto.randomUUID() });
    const order = [];
    await Promise.all([1, 2, 3, 4].map(async (n) => { await fast.get({ id: String(n) }); order.push(n); }));
    await hold.here({ order, path, tick });
    return order.length;
  }`;
  const { outcome } = await driveToEnd(world.toolbox, code);
  expect(outcome.result).toBe(4);
  expect(world.once()).toBe(true);
});

test("G4 chance that is drawn inside of a step does not shift what is drawn outside of it", async () => {
  const world = makeWorld();
  const code = `async () => {
    const before = Math.random();
    const inside = await codemode.step("s", () => [Math.random(), crypto.randomUUID()]);
    const outside = [Math.random(), crypto.randomUUID()];
    await fast.put({ id: "x", before, inside, outside });
    await hold.here({ before, inside, outside });
    return [before, inside, outside];
  }`;
  const { outcome, pauses } = await driveToEnd(world.toolbox, code);
  const [before, inside, outside] = outcome.result as unknown[];
  expect(pauses[0]?.pending[0]?.args).toEqual({ before, inside, outside });
});

test("G4 two steps at once that draw chance give the same on every pass", async () => {
  const world = makeWorld();
  const code = `async () => {
    const drawn = await Promise.all(["a", "b"].map((name) => codemode.step(name, async () => { await slow.read({ id: name }); return Math.random(); })));
    await hold.here({ drawn: String(drawn) + Math.random() });
    return drawn;
  }`;
  const { outcome } = await driveToEnd(world.toolbox, code, { during: [() => world.gate.openInOrder("b", "a")] });
  expect(outcome.result).toHaveLength(2);
});
