/** A guest that keeps more open than it may: each kind of request counts with the host until it is over, whatever the guest says (G7, G10). */
import { expect, test } from "vitest";
import type { Request } from "../../src/wire/messages.ts";
import { call, EMPTY, withForgedPass } from "./guest.ts";

const MAX = 5;

const KINDS: Readonly<Record<string, (seq: number) => Request>> = {
  "calls that wait for a person": (seq) => call(seq, "ask", [{ seq }]),
  "calls that run": (seq) => call(seq, "slow", [{ seq }]),
  steps: (seq) => ({ kind: "step", seq, name: "s" }),
  timers: (seq) => ({ kind: "timer", seq, ms: 1e6 }),
};

/** So many turns, each with one request. */
async function ask(request: (seq: number) => Request, turns: number, send: (turn: unknown) => Promise<unknown>) {
  for (let turn = 0; turn < turns; turn += 1) {
    // Busy, so that no turn is taken for the last.
    void send({ ...EMPTY, turn, busy: true, requests: [request(turn)] });
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

test.each(Object.entries(KINDS))("%s: as many as may be open at once, and not one more", async (_kind, request) => {
  await withForgedPass(
    async ({ send, pass }) => {
      await ask(request, MAX, send);
      expect(pass.over).toBe(false);
      pass.cancel(undefined);
    },
    { maxCallsInFlight: MAX },
  );
  await withForgedPass(
    async ({ send, over, performed, entry }) => {
      await ask(request, MAX + 1, send);
      expect(await over()).toMatchObject({ status: "error", errorCode: "PROTOCOL_VIOLATION" });
      expect(entry(MAX)).toBeUndefined();
      expect(performed.length).toBeLessThanOrEqual(MAX);
    },
    { maxCallsInFlight: MAX },
  );
});
