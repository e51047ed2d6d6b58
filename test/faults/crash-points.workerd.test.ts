/**
 * Every crash point of every scenario: before, during and after each write, before and after each message. See
 * README.md here for what is injected and what is expected. `VITE_FAULTS=all` tries every point; the default takes a stride.
 * `VITE_FAULTS_ONLY=text` takes the scenarios that have it in their names.
 */
import { describe, expect, test } from "vitest";
import { crashFacet } from "../support/drive.ts";
import { newPlace } from "../support/runtime.ts";
import { setting } from "../support/settings.ts";
import { doubtedSeqs, effectFaults, executionView, rollbackFaults } from "./check.ts";
import { Operator, type Run } from "./operator.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { type Fault, installProbe, type Probe } from "./taps.ts";
import { type Ledger, makeLedger } from "./world.ts";

interface Trial {
  readonly run: Run;
  readonly ledger: Ledger;
  readonly probe: Probe;
}

/** A strike may cost the client more than one answer: its own request, and the retry that met the dying facet. */
const LOST_ANSWERS_PER_STRIKE = 3;

async function attempt(scenario: Scenario, strikes: readonly number[], fault: Fault, evict = false): Promise<Trial> {
  const probe: Probe = { trace: [], strikes, fault, struck: [], unfinished: new Set() };
  const ledger = makeLedger();
  const place = newPlace();
  let lost = 0;
  const operator = new Operator(place, scenario, ledger, {
    excused: () => {
      lost += 1;
      return lost <= probe.struck.length * LOST_ANSWERS_PER_STRIKE;
    },
    ...(evict && { beforeMove: () => place.run({}, (_runtime, ctx) => crashFacet(ctx)) }),
  });
  await operator.saveSnippets();
  if (scenario.snippets !== undefined) await place.run({}, (_runtime, ctx) => crashFacet(ctx));
  const uninstall = installProbe(probe);
  try {
    return {
      run: await withinLimit(operator.run(), () => `hangs after ${probe.trace.slice(-3).join(", ")}`),
      ledger,
      probe,
    };
  } finally {
    uninstall();
  }
}

/** A trial takes some 50 ms; one that takes this long waits for what never comes. */
const TRIAL_LIMIT_MS = 10_000;

async function withinLimit<T>(work: Promise<T>, describeHang: () => string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(describeHang())), TRIAL_LIMIT_MS);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** A sandbox that loses its line to the journal, without the journal dying, is a sandbox that failed. */
const SANDBOX_LINES = ["bridge.exchange before", "bridge.exchange after", "port.runPass before"];

function verdict(calm: Trial, { run, ledger, probe }: Trial): string[] {
  const faults = [...effectFaults(run, ledger), ...rollbackFaults(run, ledger)];
  for (const key of probe.unfinished)
    if (run.execution !== undefined && !run.doubts.has(key)) faults.push(`${key} was started and is not in doubt`);
  for (const key of run.doubts) if (!probe.unfinished.has(key)) faults.push(`${key} is in doubt and was never started`);
  const sandboxLost = probe.fault === "break" && probe.struck.some((name) => SANDBOX_LINES.includes(name));
  if (sandboxLost && run.execution?.errorCode === "SANDBOX_FAILED") return faults;
  const doubts = doubtedSeqs(run);
  const allowed = { doubts, ordered: doubts.size === 0 };
  try {
    expect(executionView(run.execution, allowed)).toEqual(executionView(calm.run.execution, allowed));
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
  }
  return faults;
}

/** Every so many points, so that the suite stays near a minute; a prime, so that befores and afters are both met. */
const STRIDE = 11;

const ALL = setting("FAULTS") === "all";
const ONLY = setting("FAULTS_ONLY") ?? "";

describe.each(SCENARIOS.filter(({ name }) => name.includes(ONLY)))("$name", (scenario) => {
  test("the same after an eviction before every move", async () => {
    const calm = await attempt(scenario, [], "kill");
    expect(calm.run.doubts.size).toBe(0);
    expect(effectFaults(calm.run, calm.ledger)).toEqual([]);
    expect(verdict(calm, await attempt(scenario, [], "kill", true))).toEqual([]);
  });

  test.each(["kill", "break"] as const)(
    "the same after a %s at each point",
    async (fault) => {
      const calm = await attempt(scenario, [], fault);
      const points = calm.probe.trace.length;
      const failures: string[] = [];
      let tried = 0;
      const stride = ALL ? 1 : STRIDE;
      // Each scenario and fault starts elsewhere, so that together they meet all kinds of points.
      const first = ALL ? 0 : (SCENARIOS.indexOf(scenario) * 3 + (fault === "kill" ? 0 : 5)) % STRIDE;
      for (let at = first; at < points; at += stride) {
        const name = `${fault} at point ${at} of ${points}, ${calm.probe.trace[at]}`;
        tried += 1;
        try {
          const trial = await attempt(scenario, [at], fault);
          expect(trial.probe.struck, "the fault struck").toHaveLength(1);
          failures.push(...verdict(calm, trial).map((what) => `${name}: ${what}`));
        } catch (error) {
          failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
      console.log(`${scenario.name}: ${fault} at ${tried} of ${points} points`);
      expect(failures.slice(0, 6), `${failures.length} failures`).toEqual([]);
    },
    300_000,
  );
});
