/**
 * Random programs: undisturbed, paused at every approval, evicted before every decision, and crashed; the result, the
 * effects and the journal must be the same. `VITE_SEED` and `VITE_PATH_OF_FAILURE` (printed by a failure) run one again,
 * `VITE_SOAK=<programs>` runs more of them.
 */

import { expect, test } from "vitest";
import type { ExecutionState } from "../../src/journal/public.ts";
import { effectFaults } from "../faults/check.ts";
import { NearExecutor } from "../faults/near-executor.ts";
import { approveFirst, type Scenario } from "../faults/scenarios.ts";
import { CALM, type Disturbance, onStage, type Stage, type Trial, tryOut } from "../faults/stage.ts";
import type { Fault } from "../faults/taps.ts";
import { type Ledger, makeLedger } from "../faults/world.ts";
import fc from "../support/fast-check.ts";
import type { Toolbox } from "../support/runtime.ts";
import { numericSetting, seedSetting, setting } from "../support/settings.ts";
import { programs, SNIPPETS, sourceOf } from "./language.ts";

const SEED = seedSetting();
/** Each program is run four times, and crashed in the last. */
const PROGRAMS = numericSetting("SOAK", 2_000);
const PATH = setting("PATH_OF_FAILURE");
/** So many programs run at once, each on a stage of its own; a path leads to one of them. */
const LANES = PATH === undefined ? numericSetting("LANES", 6) : 1;
/** Lanes have seeds of their own, far from those of the lanes beside them. */
const seedOf = (lane: number) => SEED + lane * 1_000_003;
const MS_PER_PROGRAM = 5_000;
/** Of so many programs some run in an isolate, and some crash in the middle of an effect. */
const ENOUGH = 200;
const NEAR = new NearExecutor();

/** The person refuses what says `no`, and lets the program go on; approves the rest one by one, or all that there is. */
const persons = (together: boolean): Required<Scenario>["person"] => {
  return (pending) => {
    const refused = pending.find(({ args }) => Reflect.get(Object(args), "no") === true);
    if (refused !== undefined) return { do: "reject", action: refused, then: "throw" };
    return together ? { do: "approveAll" } : approveFirst(pending);
  };
};

/** The same tools without approval; one that a person would refuse fails with the words of the refusal. */
function unasked(toolbox: Toolbox): Toolbox {
  const tools = Object.entries(toolbox.ask ?? {}).map(([name, tool]) => {
    const { execute } = tool;
    const answer: typeof execute = (args: unknown, context) => {
      if (Reflect.get(Object(args), "no") !== true) return execute?.(args, context);
      throw new Error(`ask.${name} was rejected by operator`);
    };
    return [name, { ...tool, requiresApproval: false, execute: answer }] as const;
  });
  return { ...toolbox, ask: Object.fromEntries(tools) };
}

/** A sandbox may lose its line twice in a row, which its run outlives; the third time the whole facet goes with it. */
function faultAt(fault: Fault): (name: string) => Fault {
  let lines = 0;
  return (name) => {
    if (name.startsWith("bridge.") || name.startsWith("port.runPass")) lines += 1;
    return lines > 2 ? "kill" : fault;
  };
}

/** A tool takes up to so many milliseconds, by its arguments. */
const MAX_LATENCY_MS = 3;

/** A program, and in which manner it is run. */
interface Case {
  readonly code: string;
  readonly together: boolean;
  /** Each run of the program in an isolate of its own, as in production; the others share the isolate of the test. */
  readonly walled: boolean;
  readonly places: readonly number[];
  readonly fault: Fault;
}

const cases: fc.Arbitrary<Case> = fc.record({
  code: programs.map(sourceOf),
  together: fc.boolean(),
  walled: fc.nat({ max: 4 }).map((n) => n === 0),
  places: fc.array(fc.nat({ max: 9_999 }), { minLength: 1, maxLength: 3 }),
  fault: fc.constantFrom("kill", "break"),
});

function attempt(
  stage: Stage,
  { code, together, walled }: Case,
  asked: boolean,
  disturbance: Disturbance,
): Promise<Trial> {
  let calls = 0;
  const ledger = makeLedger(async () => {
    calls += 1;
    const latency = (calls * 7) % (MAX_LATENCY_MS + 1);
    if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
  });
  const snippets = code.includes("codemode.run(") ? { snippets: SNIPPETS } : {};
  const scenario: Scenario = { name: "a random program", code, ...snippets, person: persons(together) };
  return tryOut(stage, scenario, asked ? ledger : { ...ledger, toolbox: unasked(ledger.toolbox) }, {
    ...disturbance,
    ...(!walled && { executor: NEAR }),
  });
}

/**
 * The journal without numbers and order, which concurrent calls may get in another order after a crash. Whether a timer
 * that the program did not wait for had fired by its end is a matter of time.
 */
function journalOf(execution: ExecutionState | undefined): string[] {
  const lines = (execution?.log ?? []).map(({ kind, connector, method, args, result, error, state, ephemeral }) => {
    const ending = { state, ...(kind === "call" && { result, error: error?.message, ephemeral }) };
    return JSON.stringify({ kind, connector, method, args, ...(kind !== "timer" && ending) });
  });
  return lines.sort();
}

const effectsOf = (ledger: Ledger): string[] =>
  ledger.effects.map(({ tool, args }) => `${tool} ${JSON.stringify(args)}`).sort();

function outcomeOf({ run, ledger }: Trial) {
  const { execution } = run;
  return { status: execution?.status, result: execution?.result, error: execution?.error, effects: effectsOf(ledger) };
}

/** What the runs of all programs came to. */
const sums = { programs: 0, walled: 0, calls: 0, strikes: 0, doubts: 0 };

/** Runs one program undisturbed and in each of the ways in which it may be disturbed. */
async function compare(stage: Stage, one: Case): Promise<void> {
  const { code, places, fault } = one;
  const free = await attempt(stage, one, false, CALM);
  const paused = await attempt(stage, one, true, CALM);
  const evicted = await attempt(stage, one, true, { ...CALM, evictions: true });
  const at = places.map((place) => place % paused.probe.trace.length);
  const crashed = await attempt(stage, one, true, { strikes: at, fault: faultAt(fault) });
  sums.programs += 1;
  if (one.walled) sums.walled += 1;
  sums.calls += paused.run.execution?.log.length ?? 0;
  sums.strikes += crashed.probe.struck.length;
  sums.doubts += crashed.run.doubts.size;

  const expected = outcomeOf(free);
  expect(expected.status, code).toBe("completed");
  const because = (how: string) => `${how}; struck at ${crashed.probe.struck.join(", ")} (${at.join(", ")}); ${code}`;
  for (const [how, trial] of Object.entries({ paused, evicted, crashed })) {
    expect(outcomeOf(trial), because(how)).toEqual(expected);
    expect(effectFaults(trial.run, trial.ledger), because(how)).toEqual([]);
    expect(journalOf(trial.run.execution), because(how)).toEqual(journalOf(paused.run.execution));
  }
}

test(
  `${PROGRAMS} random programs come to the same end however they are disturbed`,
  async () => {
    console.log(`random programs: seed ${SEED}, ${PROGRAMS} programs, ${LANES} at once`);
    const lane = (stage: Stage, index: number) =>
      fc.assert(
        fc.asyncProperty(cases, (one) => compare(stage, one)),
        {
          seed: seedOf(index),
          numRuns: Math.ceil(PROGRAMS / LANES),
          ...(PATH !== undefined && { path: PATH }),
          interruptAfterTimeLimit: PROGRAMS * MS_PER_PROGRAM,
        },
      );
    await Promise.all(Array.from({ length: LANES }, (_, index) => onStage((stage) => lane(stage, index))));
    const { programs: ran, walled, calls, strikes, doubts } = sums;
    console.log(
      `random programs: ${ran} programs (${walled} in isolates), ${calls} calls, ${strikes} faults struck, ${doubts} calls in doubt`,
    );
    // Programs that nothing disturbed would say nothing. Of a few programs none may have come to be in doubt.
    if (PATH === undefined && PROGRAMS >= ENOUGH)
      expect(Math.min(ran, walled, calls, strikes, doubts)).toBeGreaterThan(0);
  },
  PROGRAMS * MS_PER_PROGRAM,
);
