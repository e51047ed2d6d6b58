/**
 * The shim: the only code of ours inside the isolate. It prepares the globals, runs the program, and speaks the bridge
 * protocol (`src/wire/README.md`) with the host, in turns.
 */
import { WorkerEntrypoint } from "cloudflare:workers";
import { fuel } from "#fuel";
import { modules, preludes, programs } from "#programs";
import type { Done, Opening, Reply, Turn } from "../../wire/messages.ts";
import { decodeValue, encodeValue, toError } from "../../wire/values.ts";
import { installChance } from "./chance.ts";
import { type Clock, installClock } from "./clock.ts";
import { installConsole } from "./console.ts";
import { describeEnd } from "./ending.ts";
import { lockBuiltins, prepareGlobals } from "./globals.ts";
import { programLine } from "./lines.ts";
import { callTool, makeCodemode, makeNamespace, namespaces } from "./namespaces.ts";
import { makeSequencer } from "./sequencer.ts";
import { makeTicker } from "./tick.ts";
import { installTimers } from "./timers.ts";

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

/** Wakes the turn loop when the host answers, or when the program does something although nothing was delivered. */
function makeSignal(): { raise: () => void; lower: () => void; wait: () => Promise<void> } {
  let wake: (() => void) | undefined;
  let raised = false;
  return {
    raise() {
      raised = true;
      wake?.();
    },
    /** What was raised so far is being told to the host now. */
    lower() {
      raised = false;
    },
    wait: () =>
      new Promise((resolve) => {
        wake = resolve;
        if (raised) resolve();
      }),
  };
}

export default class Sandbox extends WorkerEntrypoint {
  /** Runs one pass. Resolves when the host says that it is over. */
  async run(openingText: string, bridge: HostBridge, surroundings: Surroundings): Promise<void> {
    const opening: Opening = JSON.parse(openingText);
    const ticker = makeTicker();
    const signal = makeSignal();
    const clock: Clock = { now: opening.startedAt };
    const sequencer = makeSequencer(opening, clock, programLine, signal.raise);
    const define = prepareGlobals(surroundings.keptGlobals);
    const output = installConsole(opening, define);
    installClock(clock, define);
    installChance(opening.seed, define, (algorithm, data) =>
      callTool(sequencer, "codemode", "digest", [algorithm, data]).then((bytes) =>
        bytes instanceof Uint8Array ? bytes.buffer : bytes,
      ),
    );
    installTimers(sequencer, define, output.report);
    if (opening.codemode) define("codemode", makeCodemode(sequencer, programs));
    for (const name of opening.connectors) {
      define(
        name,
        makeNamespace(name, (method, args) => callTool(sequencer, name, method, args)),
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
    let told = false;
    const end = (outcome: Done) => {
      done ??= outcome;
      signal.raise();
    };
    const names = [...(opening.codemode ? ["codemode"] : []), ...opening.connectors];
    const busy = bound || surroundings.keptGlobals.length > 0;
    const entry = programs.program;
    const input = opening.input === undefined ? undefined : decodeValue(opening.input);
    // A task of its own: whatever the program does happens after the loop below waits for it.
    void (async () => entry?.(input))().then(
      (value) => {
        try {
          end({ ok: true, value: encodeValue(value, "The result of the program") });
        } catch (error) {
          end(describeEnd(error, names));
        }
      },
      (error) => end(describeEnd(error, names)),
    );

    let turn = 0;
    let received = 0;
    let halted = false;
    while (!halted) {
      await ticker.tick();
      if (!fuel.tripped && sequencer.deliverNext()) continue;
      if (fuel.tripped) done = { ...describeEnd(new Error("out of fuel"), names), code: "FUEL_EXHAUSTED" };
      else if (sequencer.divergence !== undefined) done = describeDivergence(sequencer.divergence);
      signal.lower();
      const news = sequencer.take();
      // A program that catches the trip can still make a call in a straight line: it is not heard any more.
      if (fuel.tripped) news.requests = [];
      const message: Turn = {
        turn,
        received,
        ...news,
        console: output.take(),
        ...(done !== undefined && !told && { done }),
        ...(busy && { busy }),
      };
      told ||= done !== undefined;
      turn += 1;
      void bridge.exchange(JSON.stringify(message)).then(
        (text) => {
          const reply: Reply = JSON.parse(text);
          halted ||= reply.halt === true;
          received += reply.deliveries.length;
          sequencer.receive(reply.deliveries);
          signal.raise();
        },
        () => {
          // The host is gone: this pass is over, another one will replay it.
          halted = true;
          signal.raise();
        },
      );
      await signal.wait();
    }
    ticker.close();
  }
}

function describeDivergence({ message, line }: { message: string; line?: number | undefined }): Done {
  return {
    ok: false,
    value: encodeValue({ name: "CodemodeError", message, code: "DIVERGED" }, "The error"),
    code: "DIVERGED",
    ...(line !== undefined && { line }),
  };
}
