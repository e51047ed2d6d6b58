/**
 * Measures memory under load, in real workerd: `node test/load/measure.ts [waves] [executions per wave]`. What it printed
 * is written down in README.md; it asserts nothing, because memory depends on the machine.
 */
import { readFile } from "node:fs/promises";
import { openWorld } from "../faults/process.ts";

const [waves = 8, perWave = 100] = process.argv.slice(2).map(Number);

const PROGRAM = `async () => {
  const got = await Promise.all(Array.from({ length: 10 }, (_, n) => read.get({ n, text: "x".repeat(1_000) })));
  return [got.length, (await act.do({ n: 1 })).did];
}`;

/** Resident memory of a process, in megabytes. */
async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024;
}

await using world = await openWorld();
console.log(`before: ${(await residentMb(world.pid())).toFixed(0)} MB`);
for (let wave = 1; wave <= waves; wave += 1) {
  const started = performance.now();
  const outcomes = await Promise.all(Array.from({ length: perWave }, () => world.runtime.execute({ code: PROGRAM })));
  const completed = outcomes.filter(({ status }) => status === "completed").length;
  const ms = performance.now() - started;
  const resident = await residentMb(world.pid());
  console.log(
    `after ${wave * perWave} executions: ${resident.toFixed(0)} MB, ${completed} of ${perWave} completed, ${(ms / perWave).toFixed(1)} ms each`,
  );
}
