/**
 * The shim: the only code of ours inside the isolate. It prepares the globals, runs the program, and speaks the bridge
 * protocol (`src/wire/README.md`) with the host, in turns.
 */
import { WorkerEntrypoint } from "cloudflare:workers";
import { AsyncLocalStorage } from "node:async_hooks";
import { fuel } from "#fuel";
import { modules, preludes, programs } from "#programs";
import type { Done, Opening } from "../../wire/messages.ts";
import { decodeValue, encodeBounded, toError } from "../../wire/values.ts";
import { installChance } from "./chance.ts";
import { type Clock, installClock, realTime } from "./clock.ts";
import { installConsole } from "./console.ts";
import { describeEnd } from "./ending.ts";
import { lockBuiltins, prepareGlobals } from "./globals.ts";
import { programLine } from "./lines.ts";
import { callTool, makeCodemode, makeNamespace, namespaces } from "./namespaces.ts";
import { makeSequencer, type StepScope } from "./sequencer.ts";
import { makeTicker } from "./tick.ts";
import { installTimers } from "./timers.ts";
import { makeSignal, takeTurns } from "./turns.ts";

interface HostBridge {
  exchange(message: string): Promise<string>;
}

/** What the executor was configured with beyond the bare sandbox. */
export interface Surroundings {
  /** Platform globals to keep although replay cannot repeat what they do: `fetch`, where the developer gave a network. */
  readonly keptGlobals: readonly string[];
}

/** `import()` in a program: only what the executor's options name, from memory, so that it settles in program order. */
function importModule(specifier: unknown): Promise<unknown> {
  const name = String(specifier);
  if (Object.hasOwn(modules, name)) return Promise.resolve(modules[name]);
  return Promise.reject(
    toError({
      name: "CodemodeError",
      code: "UNAVAILABLE",
      message: `The sandbox has no module "${name}". Use the connectors, or plain JavaScript.`,
    }),
  );
}

export default class Sandbox extends WorkerEntrypoint {
  /** Runs one pass. Resolves when the host says that it is over. */
  async run(openingText: string, bridge: HostBridge, surroundings: Surroundings): Promise<void> {
    const opening: Opening = JSON.parse(openingText);
    const signal = makeSignal();
    const clock: Clock = { now: opening.startedAt, real: realTime };
    const steps = new AsyncLocalStorage<StepScope>();
    const sequencer = makeSequencer(opening, clock, steps, programLine, signal.raise);
    const define = prepareGlobals(surroundings.keptGlobals);
    const output = installConsole(opening, define);
    installClock(clock, define);
    installChance(
      opening.seed,
      define,
      () => steps.getStore(),
      (algorithm, data) =>
        callTool(sequencer, opening, "codemode", "digest", [algorithm, data]).then((bytes) =>
          bytes instanceof Uint8Array ? bytes.buffer : bytes,
        ),
    );
    installTimers(sequencer, define, output.report);
    if (opening.codemode) define("codemode", makeCodemode(sequencer, opening, programs));
    for (const name of opening.connectors) {
      define(
        name,
        makeNamespace(name, (method, args) => callTool(sequencer, opening, name, method, args)),
      );
    }
    // Bindings that the developer gave; without any, programs do not even see the name.
    const bound = Object.keys(Object(this.env)).length > 0;
    if (bound) define("env", this.env);
    for (const prelude of preludes) prelude();
    namespaces.sealed = true;
    lockBuiltins();
    fuel.n = opening.fuel;
    fuel.import = importModule;

    let done: Done | undefined;
    const names = [...(opening.codemode ? ["codemode"] : []), ...opening.connectors];
    const end = (outcome: () => Done) => {
      try {
        done = outcome();
      } catch (error) {
        done = describeEnd(error, names);
      }
      signal.raise();
    };
    const busy = bound || surroundings.keptGlobals.length > 0;
    const entry = programs.program;
    const input = opening.input === undefined ? undefined : decodeValue(opening.input);
    const ticker = makeTicker();
    // A task of its own: whatever the program does happens after the loop below waits for it.
    void (async () => entry?.(input))().then(
      (value) => end(() => ({ ok: true, value: encodeBounded(value, "The result of the program", opening) })),
      (error) => end(() => describeEnd(error, names)),
    );
    await takeTurns({
      sequencer,
      signal,
      // Looked up once: a stub makes a new object whenever it is asked for its method.
      exchange: bridge.exchange,
      answersAreTasks: true,
      tick: ticker.tick,
      done: () => (fuel.tripped ? { ...describeEnd(new Error("out of fuel"), names), code: "FUEL_EXHAUSTED" } : done),
      // A program that catches the trip can still make a call in a straight line: it is not heard any more.
      stopped: () => fuel.tripped,
      busy: () => busy,
      takeConsole: output.take,
    });
    ticker.close();
  }
}
