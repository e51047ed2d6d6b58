/** Counts what a run of ours costs apart from time: isolate loads, messages, bytes and transactions. */
import { RpcTarget } from "cloudflare:workers";
import { HostCapabilities } from "../../src/host-port.ts";
import type { HostPort } from "../../src/runtime/port.ts";
import type { Bridge, Executor } from "../../src/sandbox/executor.ts";
import { JournalStore } from "../../src/store/store.ts";

/** One run's counts. Bytes are those of texts, which are nearly all that travels. */
export interface Counts {
  readonly loads: number;
  /** Turns of the guest, each a message from the isolate to the facet and one back. */
  readonly turns: number;
  /** Messages from the facet to the host, by what they ask for. */
  readonly host: Partial<Record<keyof HostPort, number>>;
  /** From the isolate to the facet, and back. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** What the guest is told before it starts. */
  readonly bytesOpening: number;
  /** Transactions of the store that write. */
  readonly transactions: number;
}

const PORT: readonly (keyof HostPort)[] = [
  "assess",
  "perform",
  "consult",
  "runPass",
  "abort",
  "passEnded",
  "executionEnded",
];

/** The store's methods that write in the course of a run; `prune` is left out, it mostly finds nothing to do. */
const WRITES = ["create", "write", "apply"] as const;

/** Calls `before` whenever one of the methods is called, until the answer is called. */
function tap(prototype: object, names: readonly string[], before: (name: string) => void): () => void {
  const restores = names.map((name) => {
    const original: unknown = Reflect.get(prototype, name);
    if (typeof original !== "function") throw new Error(`There is no ${name} to count.`);
    const counted = function (this: unknown, ...args: unknown[]): unknown {
      before(name);
      return Reflect.apply(original, this, args);
    };
    Object.defineProperty(prototype, name, { value: counted, configurable: true, writable: true });
    return () => Object.defineProperty(prototype, name, { value: original, configurable: true, writable: true });
  });
  return () => {
    for (const restore of restores) restore();
  };
}

/** Stands between the isolate and the facet. */
class CountingBridge extends RpcTarget implements Bridge {
  readonly #bridge: Bridge;
  readonly #seen: (up: string, down: string) => void;
  constructor(bridge: Bridge, seen: (up: string, down: string) => void) {
    super();
    this.#bridge = bridge;
    this.#seen = seen;
  }
  async exchange(message: string): Promise<string> {
    const reply = await this.#bridge.exchange(message);
    this.#seen(message, reply);
    return reply;
  }
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

/** Counts everything that happens while `body` runs with the executor that it is given. One at a time. */
export async function counting(executor: Executor, body: (executor: Executor) => Promise<unknown>): Promise<Counts> {
  const host: Partial<Record<string, number>> = {};
  let [loads, turns, bytesUp, bytesDown, bytesOpening, transactions] = [0, 0, 0, 0, 0, 0];
  const counted: Executor = {
    execute: (...given) => executor.execute(...given),
    async runPass(request, bridge) {
      loads += 1;
      bytesOpening += bytesOf(request.opening);
      const between = new CountingBridge(bridge, (up, down) => {
        turns += 1;
        bytesUp += bytesOf(up);
        bytesDown += bytesOf(down);
      });
      await executor.runPass?.(request, between);
    },
  };
  const untap = [
    tap(HostCapabilities.prototype, PORT, (name) => {
      host[name] = (host[name] ?? 0) + 1;
    }),
    tap(JournalStore.prototype, WRITES, () => {
      transactions += 1;
    }),
  ];
  try {
    await body(counted);
  } finally {
    for (const end of untap) end();
  }
  return { loads, turns, host, bytesUp, bytesDown, bytesOpening, transactions };
}
