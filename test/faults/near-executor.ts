/**
 * A sandbox without walls: the shim's own sequencer and turns, in the isolate of the test instead of one of its own, which is
 * more than half the time of a short pass. What the programs of the fault suites can see is given to them as parameters.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Bridge, ExecuteResult, Executor, PassRequest } from "../../src/sandbox/executor.ts";
import { callTool, makeCodemode, makeNamespace } from "../../src/sandbox/shim/namespaces.ts";
import { Sequencer, type StepScope } from "../../src/sandbox/shim/sequencer.ts";
import { makeTicker } from "../../src/sandbox/shim/tick.ts";
import { makeSignal, takeTurns } from "../../src/sandbox/shim/turns.ts";
import { type ConsoleLine, type Done, MAX_RESULT, type Opening } from "../../src/wire/messages.ts";
import { decodeValue, encodeBounded, encodeFailure } from "../../src/wire/values.ts";
import { chanceOf } from "../support/chance.ts";

type Program = (input?: unknown) => Promise<unknown>;

/** Chance from the seed, for each step a sequence of its own, as the shim has it; nothing depends on how good it is. */
function programChance(seed: string, steps: AsyncLocalStorage<StepScope>): () => number {
  const sequences = new Map<number, () => number>();
  return () => {
    const step = steps.getStore()?.seq ?? -1;
    const next = sequences.get(step) ?? chanceOf(Number.parseInt(seed.slice(0, 8), 16) ^ (step * 2_654_435_761));
    sequences.set(step, next);
    return next();
  };
}

/** Timers by the number of their request, which is what the program holds. */
function timersOf(sequencer: Sequencer) {
  const setTimeout = (fire: (value: unknown) => void, ms: number, value: unknown) => {
    const { seq, promise } = sequencer.timer(ms);
    void promise.then(() => fire(value));
    return seq;
  };
  return {
    setTimeout,
    clearTimeout: (seq: number) => sequencer.clear(seq),
    scheduler: { wait: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms, undefined)) },
  };
}

/** All names that a program of the language uses. */
function globalsOf(
  opening: Opening,
  sequencer: Sequencer,
  clock: { now: number },
  random: () => number,
  programs: Record<string, Program>,
  lines: ConsoleLine[],
) {
  const connectors = opening.connectors.map((name) => [
    name,
    makeNamespace(name, (method, args) => callTool(sequencer, opening, name, method, args)),
  ]);
  return {
    codemode: makeCodemode(sequencer, opening, programs),
    console: { log: (...parts: unknown[]) => lines.push({ level: "log", text: parts.map(String).join(" ") }) },
    Math: { random },
    Date: { now: () => clock.now },
    performance: { now: () => clock.now - opening.startedAt },
    crypto: { randomUUID: () => String(random()) },
    ...timersOf(sequencer),
    ...Object.fromEntries(connectors),
  };
}

export class NearExecutor implements Executor {
  async execute(): Promise<ExecuteResult> {
    return { result: undefined, error: "Only durable runs." };
  }

  async runPass({ sources, opening: text }: PassRequest, bridge: Bridge): Promise<void> {
    const opening: Opening = JSON.parse(text);
    const steps = new AsyncLocalStorage<StepScope>();
    const clock = { now: opening.startedAt, real: Date.now };
    const signal = makeSignal();
    const sequencer = new Sequencer(opening, {
      clock,
      scopes: steps,
      lineOf: () => undefined,
      onNews: signal.raise,
    });
    const programs: Record<string, Program> = {};
    const lines: ConsoleLine[] = [];
    const globals = globalsOf(opening, sequencer, clock, programChance(opening.seed, steps), programs, lines);
    for (const [name, source] of Object.entries(sources))
      programs[name] = new Function(...Object.keys(globals), `return (${source});`)(...Object.values(globals));
    let done: Done | undefined;
    const end = (outcome: Done) => {
      done = outcome;
      signal.raise();
    };
    const input = opening.input === undefined ? undefined : decodeValue(opening.input);
    const ticker = makeTicker();
    void (async () => programs.program?.(input))().then(
      (value) => end({ ok: true, value: encodeBounded(value, "The result of the program", MAX_RESULT) }),
      (error) => end({ ok: false, value: encodeFailure(error) }),
    );
    await takeTurns({
      sequencer,
      signal,
      exchange: (message) => bridge.exchange(message),
      answersAreTasks: true,
      tick: ticker.tick,
      done: () => done,
      stopped: () => false,
      busy: () => false,
      takeConsole: () => lines.splice(0),
    });
    ticker.close();
  }
}
