/** Runs the demo's Worker for use by hand, with its state on disk, until you stop it. */
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { buildWorker } from "./build-worker.ts";
import { startWorkerd } from "./workerd.ts";

const FOLDER = join(import.meta.dirname, "..", ".demo");
const module = join(FOLDER, "worker.js");
const DEFAULT_PORT = 8787;

function leave(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}

function portOf(text = String(DEFAULT_PORT)): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  return leave(`PORT must be a number from 0 (any free port) to 65535, got ${JSON.stringify(text)}.`);
}

/** Asked before the build, and in words: workerd itself would end with a stack of addresses. */
async function checkFree(port: number): Promise<void> {
  const probe = createServer().listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
  } catch (error) {
    if (Reflect.get(Object(error), "code") !== "EADDRINUSE") throw error;
    leave(`Port ${port} is taken, perhaps by another start. Stop that, or choose another port: PORT=0 npm start`);
  }
  probe.close();
  await once(probe, "close");
}

const port = portOf(process.env.PORT);
await checkFree(port);
await buildWorker(join(import.meta.dirname, "..", "src", "app", "worker.ts"), module);
const worker = await startWorkerd({ module, hostClass: "Desk", state: join(FOLDER, "by-hand"), port });
process.stdout.write(`Open ${worker.url} in a browser: run programs there, watch them, decide on what waits.

Or by hand:

  curl ${worker.url}/
  curl ${worker.url}/execute -d 'async () => (await accounts.list({})).length'
  curl ${worker.url}/execute -d 'async () => accounts.set_credit({ id: 1, credit: 500 })'
  curl ${worker.url}/pending
  curl ${worker.url}/approve -d '{ "executionId": "exec_..." }'

It has no log-in and is reached from this machine only.
Stop with Ctrl-C; what is paused is there again at the next start.
`);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await worker.stop();
    process.exit(0);
  });
}
