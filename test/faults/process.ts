/** A real workerd on a real disk that can be killed and started again, and its runtime as a client sees it over HTTP. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWorker } from "../../scripts/build-worker.ts";
import { startWorkerd, type Workerd } from "../../scripts/workerd.ts";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import type { LedgerView } from "./operator.ts";
import type { Effect } from "./world.ts";

export interface LedgerRow extends Effect {
  readonly kind: "effect" | "revert";
}

export interface RealWorld extends AsyncDisposable {
  /** The runtime's methods, over HTTP; what it answers has travelled as JSON. */
  readonly runtime: CodemodeRuntimeHandle;
  ledger(): Promise<LedgerRow[]>;
  readonly view: LedgerView;
  /** Ends the process at once and starts another on the same disk. */
  killAndRestart(): Promise<void>;
  readonly pid: () => number;
}

async function post(url: string, name: string, args: unknown): Promise<unknown> {
  const response = await fetch(`${url}/${name}`, { method: "POST", body: JSON.stringify(args) });
  return response.json();
}

export async function openWorld(): Promise<RealWorld> {
  const folder = await mkdtemp(join(tmpdir(), "faults-"));
  const module = join(folder, "worker.js");
  await buildWorker(join(import.meta.dirname, "worker.ts"), module);
  const start = () => startWorkerd({ module, hostClass: "World", state: join(folder, "state") });
  // While the process is away, requests wait for the next one.
  let current: Promise<Workerd> = start();
  let live = await current;
  const call = async (name: string, args: unknown[]): Promise<unknown> => {
    const reply = await post((await current).url, name, args);
    const error: unknown = Reflect.get(Object(reply), "error");
    if (error !== undefined) throw new Error(String(error));
    return Reflect.get(Object(reply), "answer");
  };
  const runtime = new Proxy(Object.create(null), {
    get: (_target, name) =>
      typeof name === "string" && name !== "then" ? (...args: unknown[]) => call(name, args) : undefined,
  });
  const ledger = async () => (await post((await current).url, "ledger", [])) as LedgerRow[];
  return {
    runtime,
    ledger,
    view: {
      toolbox: {},
      effectOf: async (key) => (await ledger()).find((row) => row.kind === "effect" && row.key === key),
    },
    async killAndRestart() {
      current = live.kill().then(start);
      live = await current;
    },
    pid: () => live.pid,
    async [Symbol.asyncDispose]() {
      await live.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
