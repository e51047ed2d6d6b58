/** Turns that no message to the host carries, or that would have it ask its tools without end: the host is asked nothing, and the run ends (G7, G8). */
import { expect, test } from "vitest";
import type { Bridge, Executor } from "../../src/sandbox/executor.ts";
import { failed } from "../support/drive.ts";
import { withRuntime } from "../support/runtime.ts";

/** A sandbox that sends one turn, whatever its program is. */
function sending(requests: readonly string[]): Executor & { readonly passes: () => number } {
  let passes = 0;
  return {
    passes: () => passes,
    execute: async () => ({ result: undefined }),
    async runPass(_request: unknown, bridge: Bridge) {
      passes += 1;
      await bridge.exchange(`{"turn":0,"received":0,"requests":[${requests.join(",")}]}`);
    },
  };
}

/** As JSON, in which a letter that takes two bytes is escaped: the message to the host is twice as long as that from the sandbox. */
const ask = (seq: number, args: string) =>
  `{"kind":"call","seq":${seq},"connector":"desk","method":"ask","args":"${args}"}`;

test.each([
  ["arguments of twenty million letters", [ask(0, `=[\\"\\u0100${"x".repeat(20_000_000)}\\"]`)]],
  ["three hundred thousand calls at once", Array.from({ length: 300_000 }, (_, seq) => ask(seq, ""))],
])("%s", async (_name, requests) => {
  let asked = 0;
  const requiresApproval = () => {
    asked += 1;
    return true;
  };
  const executor = sending(requests);
  await withRuntime(
    { desk: { ask: { requiresApproval, execute: () => "answered" } } },
    async (runtime) => {
      const { code } = failed(await runtime.execute({ code: "async () => 1" }));
      expect(code).toBe("PROTOCOL_VIOLATION");
      expect(await runtime.recover()).toEqual([]);
      expect(executor.passes()).toBe(1);
      expect(asked).toBe(0);
    },
    { executor },
  );
});
