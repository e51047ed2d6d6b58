import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildWorker } from "../../scripts/build-worker.ts";
import { startWorkerd } from "../../scripts/workerd.ts";

/** The platform says "not disposed" once in a process, in the log of whoever uses the runtime. */
test.for([
  ["a run", "async () => [await memory.collect(), await memory.collect()]", { result: ["collected", "collected"] }],
  [
    "a run that is approved and rolled back",
    "async () => [await memory.ask(), await memory.collect()]",
    { result: ["asked", "collected"], items: [{ outcome: "reverted" }, { outcome: "irreversible" }] },
  ],
] as const)(
  "garbage that is collected in the middle of %s makes the platform warn of nothing",
  async ([, code, expected]) => {
    const folder = await mkdtemp(join(tmpdir(), "codemode-garbage-"));
    const module = join(folder, "worker.js");
    await buildWorker(join(import.meta.dirname, "collecting.ts"), module);
    let said = "";
    const workerd = await startWorkerd({
      module,
      hostClass: "Host",
      state: join(folder, "state"),
      v8Flags: ["--expose-gc"],
      onError: (text) => {
        said += text;
      },
    });
    const outcome: unknown = await (await fetch(workerd.url, { method: "POST", body: code })).json();
    await workerd.stop();
    await rm(folder, { recursive: true });
    expect(outcome).toMatchObject({ status: "completed", ...expected });
    expect(said).toBe("");
  },
);
