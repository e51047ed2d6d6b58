/**
 * The shim: the only code of ours inside the isolate. It prepares the globals, runs the program, and speaks the bridge
 * protocol (`src/wire/README.md`) with the host, in turns.
 */
import { WorkerEntrypoint } from "cloudflare:workers";
import { AsyncLocalStorage } from "node:async_hooks";
import { fuel } from "#fuel";
import { modules, preludes, programs } from "#programs";
import { type Done, MAX_RESULT, type Opening } from "../../wire/messages.ts";
import { decodeValue, encodeBounded, toError } from "../../wire/values.ts";
import { installChance } from "./chance.ts";
import { type Clock, installClock, realTime } from "./clock.ts";
import { type ConsoleBuffer, installConsole } from "./console.ts";
import { describeEnd } from "./ending.ts";
import { lockBuiltins, prepareGlobals } from "./globals.ts";
import { programLine } from "./lines.ts";
import { callTool, makeCodemode, makeNamespace, namespaces } from "./namespaces.ts";
import { type Rejections, watchRejections } from "./rejections.ts";
import { Sequencer, type StepScope } from "./sequencer.ts";
import { makeTicker } from "./tick.ts";
import { installMicrotasks, installTimers } from "./timers.ts";
import { makeSignal, type Signal, takeTurns } from "./turns.ts";

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

/** What a pass works with once its globals are in place. */
interface Stage {
  readonly sequencer: Sequencer;
  readonly signal: Signal;
  readonly output: ConsoleBuffer;
  readonly rejections: Rejections;
  /** The program has sources of its own: bindings or kept globals of the developer's. */
  readonly busy: boolean;
}

/** Replaces the platform's globals by the program's, and locks them. */
function setStage(opening: Opening, surroundings: Surroundings, env: unknown): Stage {
  const signal = makeSignal();
  const clock: Clock = { now: opening.startedAt, real: realTime };
  const scopes = new AsyncLocalStorage<StepScope>();
  const sequencer = new Sequencer(opening, { clock, scopes, lineOf: programLine, onNews: signal.raise });
  const call = (connector: string, method: string, args: readonly unknown[]) =>
    callTool(sequencer, opening, connector, method, args);
  const rejections = watchRejections();
  const define = prepareGlobals(surroundings.keptGlobals);
  const output = installConsole(opening, define, signal.raise);
  installClock(clock, define);
  installChance(
    opening.seed,
    define,
    () => scopes.getStore(),
    async (algorithm, data) => {
      const bytes = await call("codemode", "digest", [algorithm, data]);
      return bytes instanceof Uint8Array ? bytes.buffer : bytes;
    },
  );
  installTimers(sequencer, define, output.report);
  installMicrotasks(define, output.report);
  if (opening.codemode) define("codemode", makeCodemode(sequencer, opening, programs));
  const found = opening.codemode ? undefined : "The description of your tool names them.";
  for (const name of opening.connectors) {
    define(
      name,
      makeNamespace(name, (method, args) => call(name, method, args), found),
    );
  }
  // Bindings that the developer gave; without any, programs do not even see the name.
  const bound = Object.keys(Object(env)).length > 0;
  if (bound) define("env", env);
  for (const prelude of preludes) prelude();
  namespaces.sealed = true;
  lockBuiltins();
  fuel.n = opening.fuel;
  fuel.onTrip = signal.raise;
  fuel.import = importModule;
  return { sequencer, signal, output, rejections, busy: bound || surroundings.keptGlobals.length > 0 };
}

/** Starts the program, and gives back how to learn of its end. */
function startProgram(opening: Opening, { signal }: Stage): () => Done | undefined {
  let done: Done | undefined;
  const end = (outcome: () => Done) => {
    try {
      done = outcome();
    } catch (error) {
      done = describeEnd(error);
    }
    signal.raise();
  };
  const input = opening.input === undefined ? undefined : decodeValue(opening.input);
  void (async () => programs.program?.(input))().then(
    (value) => end(() => ({ ok: true, value: encodeBounded(value, "The result of the program", MAX_RESULT) })),
    (error) => end(() => describeEnd(error)),
  );
  return () => (fuel.tripped ? { ...describeEnd(new Error("out of fuel")), code: "FUEL_EXHAUSTED" } : done);
}

export default class Sandbox extends WorkerEntrypoint {
  /** Runs one pass. Resolves when the host says that it is over. */
  async run(openingText: string, bridge: HostBridge, surroundings: Surroundings): Promise<void> {
    const opening: Opening = JSON.parse(openingText);
    const stage = setStage(opening, surroundings, this.env);
    const ticker = makeTicker();
    // Before the loop waits for the first time: whatever the program does happens after that.
    const done = startProgram(opening, stage);
    await takeTurns({
      sequencer: stage.sequencer,
      signal: stage.signal,
      // Looked up once: a stub makes a new object whenever it is asked for its method.
      exchange: bridge.exchange,
      answersAreTasks: true,
      tick: ticker.tick,
      done,
      // A program that catches the trip can still make a call in a straight line: it is not heard any more.
      stopped: () => fuel.tripped,
      busy: () => stage.busy,
      takeConsole() {
        if (done() !== undefined) stage.rejections.tell(stage.output.report);
        return stage.output.take();
      },
    });
    ticker.close();
  }
}
