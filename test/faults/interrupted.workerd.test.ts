/** A pass that was interrupted while the facet lives on: nothing of it may reach into the run that takes its place. */
import { expect, onTestFinished, test, vi } from "vitest";
import { call, DONE, EMPTY, withForgedPass } from "../hostile/guest.ts";
import { startAndAbandon } from "../runtime/abandon.ts";
import { completed, crashFacet, eventually, failed, firstPending, paused, turn } from "../support/drive.ts";
import { newPlace, type Toolbox } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { installProbe, makeProbe, type Probe } from "./taps.ts";

interface Trap {
  readonly probe: Probe;
  /** @param spared how many messages come through before it breaks one. */
  arm(spared?: number): void;
}

/** Breaks messages of a name, so many of them, from the moment at which it is armed to the end of the test. */
function setTrap(name: string, times: number): Trap {
  const trace: string[] = [];
  const strikes: number[] = [];
  let spares = 0;
  let left = 0;
  const push = trace.push.bind(trace);
  trace.push = (reached) => {
    const length = push(reached);
    if (reached !== name) return length;
    if (spares > 0) spares -= 1;
    else if (left > 0) {
      left -= 1;
      strikes.push(length - 1);
    }
    return length;
  };
  const probe = makeProbe({ trace, strikes, fault: "break" });
  onTestFinished(installProbe(probe));
  return {
    probe,
    arm(spared = 0) {
      spares = spared;
      left = times;
    },
  };
}

const BOTH = `async () => Promise.all([slow.log({ id: "first" }), bank.log({ to: "second" })])`;

test("G6 a call of an interrupted pass that ends late changes nothing in the run that took its place", async () => {
  const world = makeWorld();
  const { probe, arm } = setTrap("port.perform after", 1);
  arm();
  await newPlace().run(world.toolbox, async (runtime) => {
    // The second call's answer is lost while the first is still with its tool; both were started.
    const stopped = paused(await runtime.execute({ code: BOTH }));
    expect(probe.struck).toEqual(["port.perform after"]);
    const { executionId, pending } = stopped;
    expect(pending.map(({ seq, kind }) => [seq, kind])).toEqual([
      [0, "in_doubt"],
      [1, "in_doubt"],
    ]);
    world.gate.open("first", "late");
    const read = () => runtime.execution(executionId);
    for (let reads = 0; reads < 20; reads += 1)
      expect((await read())?.log.map(({ state }) => state)).toEqual(["in_doubt", "in_doubt"]);
    paused(await runtime.resolve({ executionId, seq: 0, as: "ran", result: "said by a person" }));
    const done = completed(await runtime.resolve({ executionId, seq: 1, as: "ran", result: "and this" }));
    expect(done.result).toEqual(["said by a person", "and this"]);
    expect(done.calls?.map(({ order }) => order)).toEqual([0, 1]);
    expect(world.calls()).toHaveLength(2);
  });
});

test("a decision on a live pass that could not be written did not happen, and can be made again", async () => {
  const world = makeWorld();
  const code = `async () => Promise.all([slow.log({ id: "open" }), bank.pay({ to: "ada" })])`;
  const place = newPlace();
  const { probe, arm } = setTrap("write before", 2);
  await place.run(world.toolbox, async (runtime) => {
    const running = runtime.execute({ code });
    await world.gate.reached("open");
    const { executionId, seq, digest } = await firstPending(runtime);
    // The approval is the next write of the facet, and the disk refuses it, also when it is tried once more.
    arm();
    const answer = await runtime.approve({ executionId, seq, digest });
    expect(probe.struck).toEqual(["write before", "write before"]);
    expect(answer.status).toBe("paused");
    expect(world.calls()).toEqual(['slow.log({"id":"open"})']);
    const again = paused(await running);
    expect(again.pending.map(({ seq: at, kind }) => [at, kind])).toEqual([
      [0, "in_doubt"],
      [1, "approval"],
    ]);
    await runtime.approve({ executionId, seq, digest });
    const done = completed(await runtime.resolve({ executionId, seq: 0, as: "ran", result: "open" }));
    expect(done.result).toEqual(["open", "pay done"]);
  });
});

test("a decision that is still being looked at when its pass is interrupted holds for the run that takes its place", async () => {
  const world = makeWorld();
  const looks = [() => world.gate.pass("look")];
  const desk: Toolbox[string] = {
    sign: {
      // At what the person wrote it looks long, the first time.
      requiresApproval: async ({ n }: { n: number }) => n === 1 || (await looks.pop()?.()) !== n,
      execute: ({ n }: { n: number }) => n,
    },
  };
  const toolbox = { ...world.toolbox, desk };
  const { probe, arm } = setTrap("port.perform after", 1);
  await newPlace().run(toolbox, async (runtime, ctx) => {
    const code = `async () => Promise.all([slow.see({ id: "open" }), desk.sign({ n: 1 })])`;
    // Nobody waits for the run, so nobody takes it up when it is interrupted again.
    await startAndAbandon({ ...world, toolbox }, ctx, code, ["open"]);
    await runtime.pending();
    await world.gate.reached("open");
    const { executionId, seq, digest } = await firstPending(runtime);
    const approving = runtime.approve({ executionId, seq, digest, args: { n: 2 } });
    await world.gate.reached("look");
    arm();
    world.gate.open("open");
    while (probe.struck.length === 0) await turn();
    world.gate.open("look");
    expect(await Promise.race([approving, world.gate.reached("open")])).toBeUndefined();
    world.gate.open("open");
    expect(completed(await approving).result).toEqual(["open", 2]);
  });
});

test("what is said of a call after its run has ended, and could not be written, is answered so, and can be said again", async () => {
  const world = makeWorld();
  const { probe, arm } = setTrap("write before", 1);
  await newPlace().run(world.toolbox, async (runtime, ctx) => {
    const running = runtime.execute({ code: `async () => slow.log({ id: "open" })` });
    await world.gate.reached("open");
    await crashFacet(ctx);
    world.gate.open("open");
    const { executionId, pending } = paused(await running);
    await runtime.cancel({ executionId });
    const [{ seq } = { seq: -1 }] = pending;
    arm();
    const said = { executionId, seq, as: "ran", result: "open" } as const;
    expect(failed(await runtime.resolve(said))).toMatchObject({
      code: "INTERRUPTED",
      error: expect.stringContaining("Nothing changed"),
    });
    expect(probe.struck).toEqual(["write before"]);
    expect((await runtime.inDoubt()).map((call) => call.seq)).toEqual([seq]);
    await runtime.resolve(said);
    expect(await runtime.inDoubt()).toEqual([]);
  });
});

test("a rejection on a live pass whose end could not be written did not happen, and the action waits as before", async () => {
  const world = makeWorld();
  const code = `async () => Promise.all([slow.see({ id: "open" }), bank.pay({ to: "ada" })])`;
  const { arm } = setTrap("write before", 1);
  await newPlace().run(world.toolbox, async (runtime) => {
    const running = runtime.execute({ code });
    await world.gate.reached("open");
    const { executionId, seq, digest } = await firstPending(runtime);
    // The end is refused by the disk; the entries, which are tried once more by themselves, are not.
    arm();
    await expect(runtime.reject({ executionId, seq, digest })).rejects.toMatchObject({ code: "INTERRUPTED" });
    while (world.gate.begun.length < 2) await turn();
    world.gate.open("open");
    const again = paused(await running);
    expect(again.pending).toMatchObject([{ seq, digest, kind: "approval" }]);
    expect(again.calls?.[seq]).not.toHaveProperty("decision");
    expect(await runtime.reject({ executionId, seq, digest })).toBe(true);
    expect((await runtime.execution(executionId))?.status).toBe("rejected");
  });
});

test("a cancellation that could not be written is not answered as one that took place", async () => {
  const world = makeWorld();
  const { arm } = setTrap("write before", 2);
  await newPlace().run(world.toolbox, async (runtime) => {
    const running = runtime.execute({ code: `async () => slow.see({ id: "x" })` });
    await world.gate.reached("x");
    const [execution] = await runtime.executions();
    const executionId = String(execution?.id);
    arm();
    await expect(runtime.cancel({ executionId })).rejects.toMatchObject({ code: "INTERRUPTED" });
    // It goes on, and can still be cancelled.
    while (world.gate.begun.length < 2) await turn();
    expect(await runtime.cancel({ executionId })).toBe(true);
    expect(await running).toMatchObject({ status: "error", code: "CANCELLED" });
  });
});

test("a program that does not parse, and whose end could not be written, is taken up and ends", async () => {
  const { probe, arm } = setTrap("write before", 1);
  await newPlace().run({}, async (runtime) => {
    await runtime.executions();
    // What begins it is written; its end, in the same step, is not.
    arm(1);
    const outcome = await runtime.execute({ code: "async () => {\n  return 1 +;\n}" });
    expect(probe.struck).toEqual(["write before"]);
    expect(outcome).toMatchObject({ status: "error", code: "SYNTAX_ERROR", line: 2 });
    expect(await runtime.executions()).toMatchObject([{ status: "error", errorCode: "SYNTAX_ERROR", errorLine: 2 }]);
  });
});

test("a run that the disk does not let go on keeps no other from being taken up, and is tried again by the next use", async () => {
  const world = makeWorld();
  const place = newPlace();
  const { probe, arm } = setTrap("write before", 1);
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  onTestFinished(() => warn.mockRestore());
  await place.run(world.toolbox, async (runtime, ctx) => {
    const outcomes = ["x", "y"].map((id) => runtime.execute({ code: `async () => slow.see({ id: "${id}" })` }));
    await world.gate.reached("x", "y");
    // A fresh facet looks after its tables first; its next write is that a run goes on.
    arm(1);
    await crashFacet(ctx);
    const given = await Promise.race(outcomes);
    expect(given).toMatchObject({ status: "error", code: "INTERRUPTED" });
    expect(probe.struck).toEqual(["write before"]);
    await runtime.pending();
    while (world.gate.begun.length < 4) await turn();
    await world.gate.openInOrder("x", "y");
    await Promise.all(outcomes);
    const executions = await eventually(
      () => runtime.executions(),
      (all) => all.every(({ status }) => status === "completed"),
    );
    expect(executions.map(({ result }) => result).sort()).toEqual(["x", "y"]);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/could not be written: .* The next use tries again\.$/)]]);
  });
});

test.each([
  ["made before", `const paying = bank.log({ to: "ada" }); void slow.see({ id: "read" }); await paying;`],
  ["makes at its end", `await bank.log({ to: "ada" }); void slow.see({ id: "read" });`],
])(
  "G6 an effect whose end is known is not in doubt while a read that the program %s and did not wait for goes on",
  async (_when, body) => {
    const world = makeWorld();
    const code = `async () => { ${body} return "end"; }`;
    await newPlace().run(world.toolbox, async (runtime, ctx) => {
      const running = runtime.execute({ code });
      await world.gate.reached("read");
      await eventually(
        () => runtime.executions(),
        ([execution]) => execution?.log[0]?.state === "applied",
      );
      // The program was told, and has said that it is done.
      for (let turns = 0; turns < 20; turns += 1) await turn();
      await crashFacet(ctx);
      world.gate.open("read");
      // The handle finds a fresh facet, which takes the run up: it reads again, and asks nobody about the effect.
      await world.gate.openInOrder("read");
      expect(completed(await running).result).toBe("end");
      expect(world.calls().filter((call) => call.startsWith("log"))).toHaveLength(1);
    });
  },
);

test("G6 an effect whose end is known is on the disk while a program that said its end waits for a person", async () => {
  await withForgedPass(async ({ send, entry, pass }) => {
    const busy = true;
    await send({ ...EMPTY, busy, requests: [call(0, "free"), call(1, "ask")] });
    expect(entry(0)?.state).toBe("started");
    // Sent before the delivery came: the host cannot conclude yet. Were the process to die now, nobody is to be asked about it.
    void send({ ...EMPTY, busy, turn: 1, done: DONE });
    expect(pass.over).toBe(false);
    expect(entry(0)?.state).toBe("succeeded");
    void send({ ...EMPTY, busy, turn: 2, received: 1 });
    await pass.ended;
    expect(entry(1)?.state).toBe("pending");
  });
});

test("a search whose answer is lost interrupts the run, which is then taken up", async () => {
  const { probe, arm } = setTrap("port.consult after", 1);
  arm();
  await newPlace().run(makeWorld().toolbox, async (runtime) => {
    const done = completed(await runtime.execute({ code: `async () => (await codemode.search("pay")).total > 0` }));
    expect(probe.struck).toHaveLength(1);
    expect(done.result).toBe(true);
  });
});

test("a rollback that lost its host midway is taken up by the next use of the runtime, whatever it is used for", async () => {
  const world = makeWorld();
  const { arm } = setTrap("port.revert before", 1);
  await newPlace().run(world.toolbox, async (runtime) => {
    const code = `async () => { await bank.log({ n: 1 }); await bank.log({ n: 2 }); }`;
    const { executionId } = completed(await runtime.execute({ code }));
    arm();
    await expect(runtime.rollback({ executionId })).rejects.toThrow("A test struck at port.revert before.");
    expect(await runtime.execution(executionId)).toMatchObject({ status: "rolling_back" });
    await runtime.pending();
    await eventually(
      () => runtime.execution(executionId),
      (found) => found?.status === "rolled_back",
    );
    expect(world.calls().slice(2)).toEqual(['undo log({"n":2})', 'undo log({"n":1})']);
  });
});
