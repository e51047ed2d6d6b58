/**
 * Every pair of requests at once, by two clients who saw the same, on a run that waits, on one that has an effect behind it, and on
 * one that has ended. `test/two-clients` tries histories at random, and two rollbacks at once almost never.
 */
import { describe, expect, test } from "vitest";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import { NearExecutor } from "../faults/near-executor.ts";
import { type Ledger, makeLedger } from "../faults/world.ts";
import { newPlace, runtimeIn } from "../support/runtime.ts";
import { asTold, EDITED, send } from "./client.ts";
import { BEGUN, PROGRAM, type Request, type State, settle, take, takeBoth } from "./model.ts";

type Wish = (by: string) => Request;

/** What a client may want; decisions are about call 1, or call 2 where two calls are wanted. */
const WISHES: Readonly<Record<string, Wish>> = {
  approve: (by) => ({ do: "approve", by, seq: 1, sawIt: true }),
  "approve another": (by) => ({ do: "approve", by, seq: 2, sawIt: true }),
  edit: (by) => ({ do: "edit", by, seq: 1, sawIt: true }),
  "approve unseen": (by) => ({ do: "approve", by, seq: 1, sawIt: false }),
  "reject, and end": (by) => ({ do: "reject", by, seq: 1, sawIt: true, then: "end" }),
  "reject, and go on": (by) => ({ do: "reject", by, seq: 1, sawIt: true, then: "throw" }),
  "approve all": (by) => ({ do: "approveAll", by }),
  "approve two": (by) => ({ do: "approveSeveral", by, seqs: [1, 2] }),
  "approve two, one unseen": (by) => ({ do: "approveSeveral", by, seqs: [1, 2], forged: 2 }),
  "reject two, and go on": (by) => ({ do: "rejectSeveral", by, seqs: [1, 2] }),
  cancel: () => ({ do: "cancel" }),
  expire: () => ({ do: "expire" }),
  "roll back": () => ({ do: "rollback" }),
  delete: () => ({ do: "delete" }),
  recover: () => ({ do: "recover" }),
};

/** What was decided before the two meet. */
const BEFORE: Readonly<Record<string, readonly Request[]>> = {
  "a run that waits": [],
  "a run that waits, with an effect behind it": [{ do: "approve", by: "eve", seq: 0, sawIt: true }],
  "a run that has ended": [
    { do: "approveAll", by: "eve" },
    { do: "approveAll", by: "eve" },
  ],
};

const NEAR = new NearExecutor();
const LATENCY_MS = 3;

/** How the execution stands, in words that {@link expected} has too: what is not known of a deleted run is not said. */
async function stand(runtime: CodemodeRuntimeHandle, id: string): Promise<string> {
  const execution = await runtime.execution(id);
  const calls = (execution?.log ?? []).map(({ decision, editedArgs }) =>
    decision === undefined ? "-" : `${decision.decision} by ${decision.by}${editedArgs === undefined ? "" : " edited"}`,
  );
  const pending = (await runtime.pending(id)).map(({ seq }) => seq);
  return [execution?.status ?? "deleted", ...calls, `waits: ${pending}`].join("; ");
}

function expected({ status, calls }: State): string {
  const made = status === "deleted" ? [] : calls.filter(({ state }) => state !== "absent");
  const words = made.map((call) =>
    call.state === "approved" || call.state === "rejected"
      ? `${call.state} by ${call.by}${call.state === "approved" && call.edited ? " edited" : ""}`
      : "-",
  );
  const waits = status === "paused" ? [...calls.keys()].filter((seq) => calls[seq]?.state === "pending") : [];
  return [status, ...words, `waits: ${waits}`].join("; ");
}

/** What the ledger says against a state. */
function ledgerFaults(ledger: Ledger, id: string, { status, calls }: State): string[] {
  return calls.flatMap((call, seq) => {
    const key = `${id}:${seq}`;
    const took = ledger.effects.filter((effect) => effect.key === key);
    const asked = ledger.undoing.filter((one) => one === `${key}:revert`).length;
    const faults: string[] = [];
    if (took.length > 1) faults.push(`call ${seq} took effect ${took.length} times`);
    if (took.length > 0 && call.state !== "approved") faults.push(`call ${seq} took effect and nobody approved it`);
    if (took.length === 0 && call.state === "approved" && (status === "paused" || status === "completed"))
      faults.push(`call ${seq} was approved and never ran`);
    if (asked > 1) faults.push(`call ${seq} was undone ${asked} times`);
    if (call.state === "approved" && took.length !== asked && status === "rolled_back")
      faults.push(`call ${seq} was not undone`);
    for (const { args } of took) {
      const right = call.state === "approved" && call.edited ? EDITED : { n: seq };
      if (JSON.stringify(args) !== JSON.stringify(right)) faults.push(`call ${seq} ran with ${JSON.stringify(args)}`);
    }
    return faults;
  });
}

const NAMES = Object.keys(WISHES);
const PAIRS = NAMES.flatMap((ann, index) => NAMES.slice(index).map((bob) => [ann, bob] as const));

async function meet(before: readonly Request[], ann: Wish, bob: Wish): Promise<void> {
  // Tools take a moment, so that the second request comes while the first one's are at work.
  const ledger = makeLedger(() => new Promise((resolve) => setTimeout(resolve, LATENCY_MS)));
  const options = { executor: NEAR };
  await newPlace().run(
    ledger.toolbox,
    async (runtime, ctx) => {
      const { executionId: id } = await runtime.execute({ code: PROGRAM });
      let state = BEGUN;
      for (const request of before) {
        await send(runtime, id, request, await runtime.pending(id));
        state = settle(take(state, request).state);
      }
      expect(await stand(runtime, id)).toBe(expected(state));
      const shown = await runtime.pending(id);
      const [one, other] = [ann("ann"), bob("bob")];
      const second = runtimeIn(ctx, ledger.toolbox, options);
      const answers = await Promise.all([send(runtime, id, one, shown), send(second, id, other, shown)]);
      const found = await stand(runtime, id);
      const possible = takeBoth(state, one, other).map(({ state: next, answers: [first, then] }) => ({
        next,
        told: `${asTold(one, first)} and ${asTold(other, then)}: ${expected(next)}`,
      }));
      const told = `${answers.join(" and ")}: ${found}`;
      expect(possible.map((each) => each.told)).toContain(told);
      const next = possible.find((each) => each.told === told)?.next;
      expect(next && ledgerFaults(ledger, id, next)).toEqual([]);
    },
    options,
  );
}

describe.each(Object.entries(BEFORE))("G5 %s", (_name, before) => {
  test.each(PAIRS)("%s, and at once %s: the answers and what is left are those of some order", async (ann, bob) => {
    await meet(before, WISHES[ann] as Wish, WISHES[bob] as Wish);
  });
});
