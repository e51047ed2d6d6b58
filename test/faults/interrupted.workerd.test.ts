/** A pass that was interrupted while the facet lives on: nothing of it may reach into the run that takes its place. */
import { expect, test } from "vitest";
import { completed, eventually, paused } from "../support/drive.ts";
import { newPlace } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { installProbe, type Probe } from "./taps.ts";

const probeAt = (name: string, ...occurrences: readonly number[]): Probe => {
  const trace: string[] = [];
  let met = 0;
  // The trace is counted by name, so that the test does not depend on how many other messages there are.
  const strikes: number[] = [];
  const push = trace.push.bind(trace);
  trace.push = (...names) => {
    const length = push(...names);
    if (names[0] === name) {
      met += 1;
      if (occurrences.includes(met)) strikes.push(length - 1);
    }
    return length;
  };
  return { trace, strikes, fault: "break", struck: [], unfinished: new Set() };
};

const BOTH = `async () => Promise.all([slow.log({ id: "first" }), bank.log({ to: "second" })])`;

test("G6 a call of an interrupted pass that ends late changes nothing in the run that took its place", async () => {
  const world = makeWorld();
  const probe = probeAt("port.perform after", 1);
  const uninstall = installProbe(probe);
  try {
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
      for (let reads = 0; reads < 20; reads += 1) expect((await read())?.log.map(({ state }) => state)).toEqual(["in_doubt", "in_doubt"]);
      paused(await runtime.resolve({ executionId, seq: 0, as: "ran", result: "said by a person" }));
      const done = completed(await runtime.resolve({ executionId, seq: 1, as: "ran", result: "and this" }));
      expect(done.result).toEqual(["said by a person", "and this"]);
      expect(done.calls?.map(({ order }) => order)).toEqual([0, 1]);
      expect(world.calls()).toHaveLength(2);
    });
  } finally {
    uninstall();
  }
});

test("a decision on a live pass that could not be written did not happen, and can be made again", async () => {
  const world = makeWorld();
  const code = `async () => Promise.all([slow.log({ id: "open" }), bank.pay({ to: "ada" })])`;
  const place = newPlace();
  const probe = probeAt("write before", 5, 6);
  const uninstall = installProbe(probe);
  try {
    await place.run(world.toolbox, async (runtime) => {
      const running = runtime.execute({ code });
      await world.gate.reached("open");
      const [action] = await eventually(() => runtime.pending(), (pending) => pending.length > 0);
      const { executionId, seq, digest } = action ?? { executionId: "", seq: -1, digest: "" };
      const struckBefore = [...probe.struck];
      // The approval is the next write of the facet, and the disk refuses it, also when it is tried once more.
      const answer = await runtime.approve({ executionId, seq, digest });
      expect(struckBefore).toEqual([]);
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
  } finally {
    uninstall();
  }
});

test("a search whose answer is lost interrupts the run, which is then taken up", async () => {
  const probe = probeAt("port.consult after", 1);
  const uninstall = installProbe(probe);
  try {
    await newPlace().run(makeWorld().toolbox, async (runtime) => {
      const done = completed(await runtime.execute({ code: `async () => (await codemode.search("pay")).total > 0` }));
      expect(probe.struck).toHaveLength(1);
      expect(done.result).toBe(true);
    });
  } finally {
    uninstall();
  }
});
