/**
 * Every crash point of every scenario: before, during and after each write, before and after each message. See
 * README.md here for what is injected and what is expected. `VITE_FAULTS_ONLY=text` takes the scenarios that have it in
 * their names; `VITE_FAULTS=twice` tries pairs of points.
 */
import { describe, expect, test } from "vitest";
import { setting } from "../support/settings.ts";
import { doubtedSeqs, effectFaults, executionView, rollbackFaults, undoneAgain } from "./check.ts";
import { NearExecutor } from "./near-executor.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { CALM, type Disturbance, onStage, onStages, type Stage, type Trial, tryOut } from "./stage.ts";
import type { Fault } from "./taps.ts";
import { makeLedger } from "./world.ts";

/** So many trials at once. */
const STAGES = 4;
const NEAR = new NearExecutor();

const attempt = (stage: Stage, scenario: Scenario, disturbance: Disturbance) =>
  tryOut(stage, scenario, makeLedger(), disturbance);

function verdict(calm: Trial, { run, ledger, probe }: Trial): string[] {
  const faults = [...effectFaults(run, ledger), ...rollbackFaults(run, ledger)];
  for (const key of probe.unfinished)
    if (run.execution !== undefined && !run.doubts.has(key)) faults.push(`${key} was started and is not in doubt`);
  for (const key of run.doubts) if (!probe.unfinished.has(key)) faults.push(`${key} is in doubt and was never started`);
  for (const key of probe.forgotten) faults.push(`the end of ${key} was not kept although a later call left after it`);
  const again = undoneAgain(ledger);
  if (again.length > probe.struck.length) faults.push(`${again} were undone again after ${probe.struck.length} faults`);
  const doubts = doubtedSeqs(run);
  const allowed = { doubts, ordered: doubts.size === 0 };
  try {
    expect(executionView(run.execution, allowed)).toEqual(executionView(calm.run.execution, allowed));
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
  }
  return faults;
}

/** Every point is struck while the sandbox is in the isolate of the test; every so many also while it has one of its own. */
const STRIDE = 11;

const TWICE = setting("FAULTS") === "twice";
const ONLY = setting("FAULTS_ONLY") ?? "";

/** What is struck, one after the other. */
type Strikes = Required<Omit<Disturbance, "evictions" | "executor">> & Pick<Disturbance, "executor">;

/** Each point once, with either fault; and a part of them once more, in an isolate. */
function singles(points: number, salt: number): Strikes[] {
  const faults: readonly Fault[] = ["kill", "break"];
  return faults.flatMap((fault) =>
    Array.from({ length: points }, (_, at) => at).flatMap((at): Strikes[] => [
      { strikes: [at], fault, executor: NEAR },
      ...((at + salt * 3 + (fault === "kill" ? 0 : 5)) % STRIDE === 0 ? [{ strikes: [at], fault }] : []),
    ]),
  );
}

/** How far from the first point the second is: in the recovery, mostly. */
const GAPS = [1, 2, 3, 5, 8, 13];

/** A second fault some points after the first; which gap comes with which point differs from scenario to scenario. */
function pairs(points: number, salt: number): Strikes[] {
  const faults: readonly Fault[] = ["kill", "break"];
  return faults.flatMap((fault, which) =>
    Array.from({ length: points }, (_, at): Strikes => {
      // Befores and afters alternate, so the gap must not follow the point's parity.
      const gap = GAPS[(at + Math.floor(at / GAPS.length) + salt + which) % GAPS.length] ?? 1;
      return { strikes: [at, at + gap], fault, executor: NEAR };
    }),
  );
}

const sums = { points: 0, faults: 0 };

describe.each(SCENARIOS.filter(({ name }) => name.includes(ONLY)))("$name", (scenario) => {
  test("the same after an eviction before every move", () =>
    onStage(async (stage) => {
      const calm = await attempt(stage, scenario, CALM);
      expect(calm.run.doubts.size).toBe(0);
      expect(effectFaults(calm.run, calm.ledger)).toEqual([]);
      expect(verdict(calm, await attempt(stage, scenario, { ...CALM, evictions: true }))).toEqual([]);
    }));

  test(`the same after ${TWICE ? "two faults" : "a fault at each point"}`, async () => {
    const [calm, near] = await onStage(
      async (stage) =>
        [await attempt(stage, scenario, CALM), await attempt(stage, scenario, { ...CALM, executor: NEAR })] as const,
    );
    const points = calm.probe.trace.length;
    // Where the sandbox is makes no difference to what is written and sent.
    expect(near.probe.trace).toEqual(calm.probe.trace);
    const salt = SCENARIOS.indexOf(scenario);
    const plan = (TWICE ? pairs : singles)(points, salt);
    const failures = await onStages(STAGES, plan, async (stage, strikes) => {
      const where = strikes.strikes.map((at) => `${at} (${calm.probe.trace[at]})`).join(" and ");
      const name = `${String(strikes.fault)} at ${where} of ${points}${strikes.executor === undefined ? ", in an isolate" : ""}`;
      try {
        const trial = await attempt(stage, scenario, strikes);
        if (!TWICE) expect(trial.probe.struck, "the fault struck").toHaveLength(1);
        return verdict(calm, trial).map((what) => `${name}, struck ${trial.probe.struck.join(" and ")}: ${what}`);
      } catch (error) {
        return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
      }
    });
    sums.points += points;
    sums.faults += plan.length;
    console.log(
      `${scenario.name}: ${points} points, ${plan.length} runs (all so far: ${sums.points} points, ${sums.faults} runs)`,
    );
    expect(failures.flat().slice(0, 6), `${failures.flat().length} failures`).toEqual([]);
  }, 600_000);
});
