/**
 * Real `SIGKILL` of real workerd on a real disk, at random moments of a few scenarios. The seed is printed;
 * `VITE_SEED=<seed>` runs the same moments again, `VITE_KILLS=<n>` kills more often per scenario.
 */
import { describe, expect, test } from "vitest";
import { chanceOf } from "../support/chance.ts";
import { numericSetting, seedSetting } from "../support/settings.ts";
import { doubtedSeqs, effectFaults, executionView, rollbackFaults } from "./check.ts";
import { Operator, type Run } from "./operator.ts";
import { openWorld, type RealWorld } from "./process.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";

const SEED = seedSetting();
const ROUNDS = numericSetting("KILLS", 4);

/** Scenarios whose tools the fault Worker has. */
const NAMES = [
  "sequential effects",
  "parallel effects",
  "sequential approvals",
  "two chains",
  "calls inside of steps",
  "a rejection that the program catches",
  "rolled back while it waits",
  "reads that are run again on every pass",
];

/** Kills come within this time after the program was sent, and again after each restart. A run takes some 60 to 150 ms. */
const KILL_WITHIN_MS = 120;
const KILLS_PER_RUN = 2;

async function attempt(world: RealWorld, scenario: Scenario, delays: readonly number[]): Promise<Run> {
  let lost = 0;
  const operator = new Operator(
    { run: (_toolbox, body) => body(world.runtime, {} as DurableObjectState) },
    scenario,
    world.view,
    {
      // A dead process takes its answers with it, and what was sent to it while it died.
      excused: () => {
        lost += 1;
        return delays.length > 0 && lost <= 10 * delays.length;
      },
    },
  );
  const running = operator.run();
  for (const delay of delays) {
    await new Promise((resolve) => setTimeout(resolve, delay));
    await world.killAndRestart();
  }
  return running;
}

async function judge(world: RealWorld, calm: Run, run: Run): Promise<string[]> {
  const rows = (await world.ledger()).filter(({ key }) => key.startsWith(`${run.execution?.id}:`));
  const ledger = {
    ...world.view,
    effects: rows.filter(({ kind }) => kind === "effect"),
    reverts: rows.filter(({ kind }) => kind === "revert"),
  };
  const faults = [...effectFaults(run, ledger), ...rollbackFaults(run, ledger)];
  for (const { seq, state, connector } of run.execution?.log ?? []) {
    const took = ledger.effects.some(({ key }) => key.endsWith(`:${seq}`));
    if (["act", "ask"].includes(connector) && state === "applied" && !took)
      faults.push(`call ${seq} is recorded and is not in the ledger`);
  }
  const doubts = doubtedSeqs(run);
  const allowed = { doubts, ordered: doubts.size === 0 };
  try {
    expect(executionView(run.execution, allowed)).toEqual(executionView(calm.execution, allowed));
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
  }
  return faults;
}

describe("G6 a killed process", () => {
  test.each(NAMES)("%s: the same result and journal, and no effect twice, whenever it is killed", async (name) => {
    const scenario = SCENARIOS.find((one) => one.name === name);
    if (scenario === undefined) throw new Error(`There is no scenario "${name}".`);
    const chance = chanceOf(SEED + NAMES.indexOf(name));
    await using world = await openWorld();
    const calm = await attempt(world, scenario, []);
    await world.runtime.deleteExecution(calm.execution?.id ?? "");
    let doubts = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const delays = Array.from({ length: KILLS_PER_RUN }, () => Math.floor(chance() * KILL_WITHIN_MS));
      const run = await attempt(world, scenario, delays);
      doubts += run.doubts.size;
      expect(
        await judge(world, calm, run),
        `seed ${SEED}, round ${round}, killed after ${delays.join(" and ")} ms`,
      ).toEqual([]);
      await world.runtime.deleteExecution(run.execution?.id ?? "");
    }
    console.log(`${name}: seed ${SEED}, ${ROUNDS * KILLS_PER_RUN} kills, ${doubts} calls in doubt, all resolved`);
  });
});
