/** Runs the demo's Worker for use by hand, with its state on disk, until you stop it. */
import { join } from "node:path";
import { buildWorker } from "./build-worker.ts";
import { startWorkerd } from "./workerd.ts";

const FOLDER = join(import.meta.dirname, "..", ".demo");
const module = join(FOLDER, "worker.js");
const port = Number(process.env.PORT ?? 8787);

await buildWorker(join(import.meta.dirname, "..", "src", "app", "worker.ts"), module);
const worker = await startWorkerd({ module, hostClass: "Desk", state: join(FOLDER, "by-hand"), port });
process.stdout.write(`Listening at ${worker.url}

  curl ${worker.url}/
  curl ${worker.url}/execute -d 'async () => (await accounts.list({})).length'
  curl ${worker.url}/execute -d 'async () => accounts.set_credit({ id: 1, credit: 500 })'
  curl ${worker.url}/pending

Stop with Ctrl-C; what is paused is there again at the next start.
`);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await worker.stop();
    process.exit(0);
  });
}
