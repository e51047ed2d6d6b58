/** Memory under load is bounded: isolates are given back, and nothing else grows with the number of executions. */
import { expect, test } from "vitest";
import { openWorld } from "../faults/process.ts";
import { residentMb, runWave } from "./waves.ts";

const WAVES = 10;
const AT_ONCE = 100;

/** README.md measures about 350. An isolate that is not given back holds 2 to 3, so a thousand of them are far beyond. */
const BOUND_MB = 700;

test(`${WAVES * AT_ONCE} executions, ${AT_ONCE} at once, leave a process of less than ${BOUND_MB} MB`, async () => {
  await using world = await openWorld();
  const resident: number[] = [];
  for (let wave = 0; wave < WAVES; wave += 1) {
    expect(await runWave(world, AT_ONCE)).toBe(AT_ONCE);
    resident.push(await residentMb(world));
  }
  console.log(`resident after each ${AT_ONCE}: ${resident.map((mb) => mb.toFixed(0)).join(", ")} MB`);
  expect(Math.max(...resident)).toBeLessThan(BOUND_MB);
  expect((await world.runtime.listExecutions({ limit: 200 })).executions).toHaveLength(200);
}, 240_000);
