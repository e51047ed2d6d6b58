/** What becomes of a run whose tool call is aborted: somebody presses Stop, or the client leaves. */
import { expect, test } from "vitest";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { completed, failed, paused } from "../support/drive.ts";
import { makeGate } from "../support/gate.ts";
import { withRuntime } from "../support/runtime.ts";
import { makeWorld } from "../support/world.ts";
import { wrong } from "../support/wrong.ts";

const code = `async () => { await slow.log({ id: "a" }); await slow.log({ id: "b" }); return "all"; }`;

test("with onAbort: cancel, an aborted call ends its run, which makes no further call and says in its outcome why", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const stop = new AbortController();
    const running = runtime.tool({ onAbort: "cancel" }).execute({ code }, { abortSignal: stop.signal });
    await world.gate.reached("a");
    stop.abort();
    const { executionId, code: why, error } = failed(await running);
    expect(why).toBe("CANCELLED");
    expect(error).toContain("the caller aborted it");
    expect(await runtime.execution(executionId)).toMatchObject({ status: "error", errorCode: "CANCELLED" });
    world.gate.open("a");
    expect(world.gate.begun).toEqual(["a"]);
  });
});

test("with onAbort: cancel, a call that was aborted before it began runs nothing and leaves no execution", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const abortSignal = AbortSignal.abort();
    const outcome = failed(await runtime.tool({ onAbort: "cancel" }).execute({ code }, { abortSignal }));
    expect(outcome).toMatchObject({ executionId: "", code: "CANCELLED" });
    expect(world.gate.begun).toEqual([]);
    expect(await runtime.executions()).toEqual([]);
  });
});

test("with onAbort: cancel, an abort as soon as the call was made reaches its run", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const stop = new AbortController();
    const running = runtime.tool({ onAbort: "cancel" }).execute({ code }, { abortSignal: stop.signal });
    stop.abort();
    expect(failed(await running).code).toBe("CANCELLED");
    expect(await runtime.executions()).toMatchObject([{ status: "error", errorCode: "CANCELLED" }]);
  });
});

test("with onAbort: cancel, a run that has paused waits for its decision, also while its connectors still hear of the pause", async () => {
  const gate = makeGate();
  class Slow extends CodemodeConnector {
    override name() {
      return "slow";
    }
    protected override tools() {
      return { ask: { requiresApproval: true, execute: () => "asked" } };
    }
    override async onPassEnd(_id: string, status: string) {
      await gate.pass(status);
    }
  }
  await withRuntime([Slow], async (runtime) => {
    const stop = new AbortController();
    const asking = { code: "async () => slow.ask()" };
    const running = runtime.tool({ onAbort: "cancel" }).execute(asking, { abortSignal: stop.signal });
    await gate.reached("paused");
    stop.abort();
    // By the time at which this is answered, the request to stop has come.
    await runtime.pending();
    gate.open("paused");
    const { executionId } = paused(await running);
    const going = runtime.approve({ executionId });
    await gate.openInOrder("completed");
    expect(completed(await going).result).toBe("asked");
  });
});

test("by default a run outlives the call that began it", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const stop = new AbortController();
    const running = runtime.tool().execute({ code }, { abortSignal: stop.signal });
    await world.gate.reached("a");
    stop.abort();
    // By the time at which this is answered, a request to stop would have come.
    await runtime.pending();
    world.gate.open("a");
    await world.gate.reached("b");
    world.gate.open("b");
    expect(completed(await running).result).toBe("all");
  });
});

test("an abort after the run has ended changes nothing, and a framework that gives no signal is served", async () => {
  const world = makeWorld();
  await withRuntime(world.toolbox, async (runtime) => {
    const stop = new AbortController();
    const tool = runtime.tool({ onAbort: "cancel" });
    const { executionId } = completed(await tool.execute({ code: "async () => 1" }, { abortSignal: stop.signal }));
    stop.abort();
    expect(await runtime.execution(executionId)).toMatchObject({ status: "completed" });
    for (const call of [undefined, null, {}, { abortSignal: "now" }]) {
      expect(completed(await tool.execute({ code: "async () => 2" }, call)).result).toBe(2);
    }
  });
});

test("a misspelt onAbort is refused, with what it may be", async () => {
  await withRuntime({}, async (runtime) => {
    expect(() => runtime.tool({ onAbort: wrong("stop") })).toThrow('onAbort must be one of "continue", "cancel".');
  });
});
