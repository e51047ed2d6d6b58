/**
 * Measures memory under load, in real workerd: `node test/load/measure.ts [waves] [executions per wave]`. What it printed
 * is written down in README.md; `memory.process.test.ts` asserts a bound that is far above it.
 */
import { openWorld } from "../faults/process.ts";
import { residentMb, runWave } from "./waves.ts";

const [waves = 8, perWave = 100] = process.argv.slice(2).map(Number);

await using world = await openWorld();
console.log(`before: ${(await residentMb(world)).toFixed(0)} MB`);
for (let wave = 1; wave <= waves; wave += 1) {
  const started = performance.now();
  const completed = await runWave(world, perWave);
  const ms = performance.now() - started;
  console.log(
    `after ${wave * perWave} executions: ${(await residentMb(world)).toFixed(0)} MB, ${completed} of ${perWave} completed, ${(ms / perWave).toFixed(1)} ms each`,
  );
}
