/**
 * Random programs: undisturbed, paused at every approval, evicted before every decision, and crashed; the result, the
 * effects and the journal must be the same. `VITE_SEED` and `VITE_PATH_OF_FAILURE` (printed by a failure) run one again,
 * `VITE_SOAK=<programs>` runs more of them.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ExecutionState } from "../../src/journal/public.ts";
import { effectFaults } from "../faults/check.ts";
import { Operator, type Run } from "../faults/operator.ts";
import { approveFirst, type Scenario } from "../faults/scenarios.ts";
import { type Fault, installProbe, type Probe } from "../faults/taps.ts";
import { type Ledger, makeLedger } from "../faults/world.ts";
import { evict } from "../support/drive.ts";
import { newPlace, type Toolbox } from "../support/runtime.ts";
import { numericSetting, seedSetting, setting } from "../support/settings.ts";
import { programs, SNIPPETS, sourceOf } from "./language.ts";

const SEED = seedSetting();
/** Each program is run four times, and crashed in the last. */
const PROGRAMS = numericSetting("SOAK", 200);
const MS_PER_PROGRAM = 5_000;

interface Trial {
  readonly run: Run;
  readonly ledger: Ledger;
  readonly probe: Probe;
}

/** The person refuses what says `no`, and lets the program go on; approves the rest one by one. */
const person: Scenario["person"] = (pending) => {
  const refused = pending.find(({ args }) => Reflect.get(Object(args), "no") === true);
  return refused === undefined ? approveFirst(pending) : { do: "reject", action: refused, then: "throw" };
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

interface Manner {
  readonly asked: boolean;
  readonly evicted: boolean;
  readonly strikes: readonly number[];
  readonly fault: Fault;
}

/** A sandbox that loses its line fails, as the fault suite shows; here the whole facet goes with it. */
const faultAt =
  (fault: Fault) =>
  (name: string): Fault =>
    name.startsWith("bridge.") || name.startsWith("port.runPass") ? "kill" : fault;

/** A tool takes up to so many milliseconds, by its arguments. */
const MAX_LATENCY_MS = 3;

async function attempt(code: string, { asked, evicted, strikes, fault }: Manner): Promise<Trial> {
  let calls = 0;
  const ledger = makeLedger(async () => {
    calls += 1;
    const latency = (calls * 7) % (MAX_LATENCY_MS + 1);
    if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
  });
  const probe: Probe = { trace: [], strikes, fault: faultAt(fault), struck: [], unfinished: new Set() };
  const place = newPlace();
  const snippets = code.includes("codemode.run(") ? SNIPPETS : {};
  const scenario: Scenario = { name: "a random program", code, snippets, ...(person && { person }) };
  const toolbox = asked ? ledger.toolbox : unasked(ledger.toolbox);
  let lost = 0;
  const operator = new Operator(
    place,
    scenario,
    { toolbox, effectOf: ledger.effectOf },
    {
      excused: () => {
        lost += 1;
        return lost <= probe.struck.length * 3;
      },
      ...(evicted && { beforeMove: () => evict(place) }),
    },
  );
  await operator.saveSnippets();
  await evict(place);
  const uninstall = installProbe(probe);
  try {
    return { run: await operator.run(), ledger, probe };
  } finally {
    uninstall();
  }
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

test(
  `${PROGRAMS} random programs come to the same end however they are disturbed`,
  async () => {
    console.log(`random programs: seed ${SEED}, ${PROGRAMS} programs`);
    let calls = 0;
    let strikes = 0;
    let doubts = 0;
    const path = setting("PATH_OF_FAILURE");
    await fc.assert(
      fc.asyncProperty(
        programs,
        fc.array(fc.nat({ max: 9_999 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom<Fault>("kill", "break"),
        async (program, places, fault) => {
          const code = sourceOf(program);
          const calm = { strikes: [], fault };
          const free = await attempt(code, { ...calm, asked: false, evicted: false });
          const paused = await attempt(code, { ...calm, asked: true, evicted: false });
          const evicted = await attempt(code, { ...calm, asked: true, evicted: true });
          const points = paused.probe.trace.length;
          const at = places.map((place) => place % points);
          const crashed = await attempt(code, { asked: true, evicted: false, strikes: at, fault });
          calls += paused.run.execution?.log.length ?? 0;
          strikes += crashed.probe.struck.length;
          doubts += crashed.run.doubts.size;

          const expected = outcomeOf(free);
          expect(expected.status, code).toBe("completed");
          const because = (how: string) =>
            `${how}; struck at ${crashed.probe.struck.join(", ")} (${at.join(", ")}); ${code}`;
          expect(outcomeOf(paused), because("paused")).toEqual(expected);
          expect(outcomeOf(evicted), because("evicted")).toEqual(expected);
          expect(outcomeOf(crashed), because("crashed")).toEqual(expected);
          for (const { run, ledger } of [paused, evicted, crashed]) expect(effectFaults(run, ledger), code).toEqual([]);
          expect(journalOf(evicted.run.execution), because("evicted")).toEqual(journalOf(paused.run.execution));
          expect(journalOf(crashed.run.execution), because("crashed")).toEqual(journalOf(paused.run.execution));
        },
      ),
      {
        seed: SEED,
        numRuns: PROGRAMS,
        ...(path !== undefined && { path }),
        interruptAfterTimeLimit: PROGRAMS * MS_PER_PROGRAM,
      },
    );
    console.log(`random programs: ${calls} calls, ${strikes} faults struck, ${doubts} calls in doubt`);
  },
  PROGRAMS * MS_PER_PROGRAM,
);
