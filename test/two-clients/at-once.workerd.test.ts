/** Requests that meet while another waits for the host: each case was found by looking where the facet awaits. */
import { expect, test } from "vitest";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import type { ConnectorTools, ExecutionEndStatus, PassEndStatus } from "../../src/connector/types.ts";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import { completed, eventually, paused } from "../support/drive.ts";
import { type Gate, makeGate } from "../support/gate.ts";
import { withRuntime } from "../support/runtime.ts";

/** Names at which the connector waits until the test opens them. */
type Held = (name: string) => boolean;

interface Scene {
  readonly runtime: CodemodeRuntimeHandle;
  readonly gate: Gate;
}

function play<T>(held: Held, body: (scene: Scene) => Promise<T>): Promise<T> {
  const gate = makeGate();
  const wait = (name: string) => (held(name) ? gate.pass(name) : Promise.resolve());
  class Desk extends CodemodeConnector {
    override name(): string {
      return "desk";
    }
    protected override tools(): ConnectorTools {
      return {
        do: {
          requiresApproval: true,
          execute: async ({ n }: { n: string }) => {
            await wait(`do ${n}`);
            return n;
          },
          revert: async ({ n }: { n: string }) => {
            await wait(`undo ${n}`);
          },
        },
      };
    }
    override async onPassEnd(_id: string, status: PassEndStatus): Promise<void> {
      await wait(`pass ${status}`);
    }
    override async disposeExecution(_id: string, status: ExecutionEndStatus): Promise<void> {
      await wait(`end ${status}`);
    }
  }
  return withRuntime([Desk], (runtime) => body({ gate, runtime }));
}

const one = (n: string) => ({ code: `async () => desk.do({ n: ${JSON.stringify(n)} })` });

/** An execution of one action that was approved, and whose tool is at it until the gate opens. */
async function beginDoing({ runtime, gate }: Scene) {
  const { executionId } = paused(await runtime.execute(one("first")));
  const approving = runtime.approve({ executionId });
  await gate.reached("do first");
  return { executionId, approving };
}

/** An execution of one action whose rollback is under way: its tool is undoing it, until the gate opens. */
async function beginUndoing({ runtime, gate }: Scene) {
  const { executionId } = paused(await runtime.execute(one("first")));
  completed(await runtime.approve({ executionId }));
  const rollingBack = runtime.rollback({ executionId });
  await gate.reached("undo first");
  return { executionId, rollingBack };
}

test("what has expired can no longer be approved while its connector still hears of it", async () => {
  await play(
    (name) => name === "end rejected",
    async ({ runtime, gate }) => {
      const { executionId } = paused(await runtime.execute(one("first")));
      const expiring = runtime.expirePaused({ maxAgeMs: 0 });
      await gate.reached("end rejected");
      expect(await runtime.approve({ executionId })).toMatchObject({ code: "NOT_PENDING" });
      gate.open("end rejected");
      expect(await expiring).toEqual([executionId]);
      expect(await runtime.execution(executionId)).toMatchObject({ status: "rejected", log: [{ state: "pending" }] });
    },
  );
});

test("an action is listed once while the pass that asked for it is leaving", async () => {
  await play(
    (name) => name === "pass paused",
    async ({ runtime, gate }) => {
      const running = runtime.execute(one("first"));
      await gate.reached("pass paused");
      const pending = await runtime.pending();
      gate.open("pass paused");
      expect(pending).toEqual(paused(await running).pending);
    },
  );
});

test("a deletion waits for the rollback that is under way, and then takes place", async () => {
  await play(
    (name) => name === "undo first",
    async ({ runtime, gate }) => {
      const { executionId, rollingBack } = await beginUndoing({ runtime, gate });
      const deleting = runtime.deleteExecution(executionId);
      await runtime.pending();
      gate.open("undo first");
      expect(await rollingBack).toMatchObject({ status: "rolled_back", items: [{ outcome: "reverted" }] });
      expect(await deleting).toBe(true);
      expect(await runtime.execution(executionId)).toBe(null);
    },
  );
});

test("what is being undone can no longer be cancelled, and is undone to its end", async () => {
  await play(
    (name) => name === "undo first",
    async ({ runtime, gate }) => {
      const { executionId, rollingBack } = await beginUndoing({ runtime, gate });
      expect(await runtime.cancel({ executionId })).toBe(false);
      expect(await runtime.execution(executionId)).toMatchObject({ status: "rolling_back" });
      gate.open("undo first");
      expect(await rollingBack).toMatchObject({ status: "rolled_back", items: [{ outcome: "reverted" }] });
    },
  );
});

test("a deletion of a live run is answered once its connectors have heard of its end", async () => {
  await play(
    (name) => name === "do first" || name === "pass error",
    async ({ runtime, gate }) => {
      const { executionId, approving } = await beginDoing({ runtime, gate });
      let answered = false;
      const deleting = runtime.deleteExecution(executionId).finally(() => {
        answered = true;
      });
      await gate.reached("pass error");
      for (let reads = 0; reads < 20; reads += 1) await runtime.executions();
      expect(answered).toBe(false);
      gate.open("pass error");
      expect(await deleting).toBe(true);
      expect(await runtime.execution(executionId)).toBeNull();
      expect(await approving).toMatchObject({ status: "error", code: "CANCELLED" });
      gate.open("do first");
    },
  );
});

test("a rollback while the pass that ended is leaving: what its tool is still at is no doubt yet", async () => {
  await play(
    (name) => name === "do first" || name === "pass error",
    async ({ runtime, gate }) => {
      const { executionId, approving } = await beginDoing({ runtime, gate });
      const cancelling = runtime.cancel({ executionId });
      await gate.reached("pass error");
      const rolling = runtime.rollback({ executionId });
      await runtime.pending();
      gate.open("pass error");
      expect(await cancelling).toBe(true);
      const { items } = await rolling;
      expect(items).toMatchObject([{ seq: 0, outcome: "in_doubt" }]);
      expect((await runtime.execution(executionId))?.log).toMatchObject([{ state: "executing" }]);
      gate.open("do first");
      await approving;
      const late = await eventually(
        () => runtime.execution(executionId),
        (found) => found?.log[0]?.state === "applied",
      );
      expect(late).toMatchObject({ status: "rolled_back", log: [{ result: "first" }] });
    },
  );
});
