/** The contestants as processes: each its own workerd with its own disk, so that none carries the garbage of another. */
import { mkdir, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { CONTESTANTS, type Contestant } from "../../test/bench/cases.ts";
import type { Command } from "../../test/bench/host.ts";
import { buildWorker } from "../build-worker.ts";
import { startWorkerd, type Workerd } from "../workerd.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** A contestant that takes commands. */
export interface Server {
  readonly name: Contestant;
  readonly state: string;
  /** Sends one command to the object of that name. The time is that of the whole request, seen from outside. */
  ask(object: string, command: Command): Promise<{ readonly answer: unknown; readonly ms: number }>;
  stop(): Promise<void>;
}

/** Connections are kept, but not longer than workerd keeps them when it is idle (5 s). */
const agent = new Agent({ keepAlive: true, timeout: 2_000 });

function send(url: string, body: string): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function post(url: string, command: Command): Promise<{ answer: unknown; ms: number }> {
  const body = JSON.stringify(command);
  const started = performance.now();
  const { status, text } = await send(url, body);
  const ms = performance.now() - started;
  if (status !== 200) throw new Error(`${url} answered ${status}: ${text.slice(0, 500)}`);
  return { answer: JSON.parse(text), ms };
}

function serverOf(name: Contestant, state: string, workerd: Workerd): Server {
  return {
    name,
    state,
    ask: (object, command) => post(`${workerd.url}/${object}`, command),
    stop: () => workerd.stop(),
  };
}

/** Builds and starts all contestants in a folder, which is emptied first. */
export async function startServers(folder: string): Promise<Server[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return Promise.all(
    CONTESTANTS.map(async (name) => {
      const module = join(folder, `${name}.js`);
      const state = join(folder, `state-${name}`);
      await buildWorker(join(ROOT, "test", "bench", `${name}.ts`), module);
      return serverOf(name, state, await startWorkerd({ module, hostClass: "Host", state }));
    }),
  );
}
