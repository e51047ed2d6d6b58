/** One run without a journal: what `execute(code, providers)` does with a sandbox that speaks the bridge protocol. */
import { CodemodeError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import type { Done, Opening, Request, Turn } from "../wire/messages.ts";
import { MAX_MESSAGE_CHARS, WIRE_VERSION } from "../wire/messages.ts";
import { parseTurn } from "../wire/parse-turn.ts";
import { decodeValue, encodeBounded, encodeFailure, toFailure } from "../wire/values.ts";
import type { Program } from "./advice.ts";
import type { Bridge, ExecuteResult } from "./executor.ts";
import { Mailbox } from "./mailbox.ts";
import { failureMessage, KeptConsole } from "./report.ts";
import { Timers } from "./timers.ts";
import { Watchdog } from "./watchdog.ts";

/** Calls one function of a namespace by its name. */
export type NamespaceCall = (method: string, args: readonly unknown[]) => Promise<unknown>;

/** By namespace. A map, so that no name can reach a prototype. */
type Namespaces = ReadonlyMap<string, NamespaceCall>;

/** 32 bytes in hex: the chance of one execution. */
export function randomSeed(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The opening of a run that nothing was recorded of. */
export function freshOpening(parts: {
  readonly connectors: readonly string[];
  readonly codemode: boolean;
  readonly limits: Limits;
}): Opening {
  return {
    version: WIRE_VERSION,
    executionId: "direct",
    startedAt: Date.now(),
    seed: randomSeed(),
    fuel: parts.limits.fuel,
    maxCallsInFlight: parts.limits.maxCallsInFlight,
    // Nothing is recorded, so a value may be as large as one message.
    maxValueBytes: MAX_MESSAGE_CHARS,
    maxConsoleChars: parts.limits.maxConsoleChars,
    maxConsoleLineChars: parts.limits.maxConsoleLineChars,
    connectors: parts.connectors,
    codemode: parts.codemode,
    recorded: [],
    skip: [],
    nextOrder: 0,
    known: 0,
  };
}

/** What one run may use. */
export type DirectLimits = Pick<
  Limits,
  "maxCalls" | "maxCallsInFlight" | "maxConsoleChars" | "maxConsoleLineChars" | "maxProgramMs"
>;

/** The host's end of the bridge for one run: performs what is asked, remembers nothing. */
export class DirectRun implements Bridge {
  readonly #functions: Namespaces;
  readonly #limits: DirectLimits;
  readonly #program: Program;
  readonly #mailbox = new Mailbox();
  readonly #watchdog: Watchdog;
  readonly #console: KeptConsole;
  readonly #end = Promise.withResolvers<ExecuteResult>();
  readonly #timers = new Timers((seq) => this.#settle(seq, true));
  /** What each function gave last, for the words about a program that took it for something else. */
  readonly #returned = new Map<string, unknown>();
  #nextSeq = 0;
  #nextTurn = 0;
  #nextOrder = 0;
  #working = 0;
  #busy = false;
  #over = false;
  #done: Done | undefined;

  constructor(program: Program, functions: Namespaces, limits: DirectLimits) {
    this.#program = program;
    this.#functions = functions;
    this.#limits = limits;
    this.#console = new KeptConsole(limits);
    this.#watchdog = new Watchdog(limits.maxProgramMs, () =>
      this.#fail(`Execution timed out after ${limits.maxProgramMs} ms of the program's own time.`),
    );
    this.#watchdog.run();
  }

  /** Resolves when the program has ended, was stopped, or the sandbox died. */
  get result(): Promise<ExecuteResult> {
    return this.#end.promise;
  }

  /** The sandbox is gone. */
  lost(error: unknown): void {
    this.#fail(toFailure(error).message || "The sandbox died.");
  }

  async exchange(text: string): Promise<string> {
    if (!this.#over) {
      try {
        this.#accept(parseTurn(text));
      } catch (error) {
        this.lost(error);
      }
    }
    const reply = this.#mailbox.take();
    this.#look();
    return reply;
  }

  #accept(turn: Turn): void {
    if (turn.turn !== this.#nextTurn) throw violation("skipped or repeated a turn");
    this.#nextTurn += 1;
    this.#mailbox.acknowledge(turn);
    this.#busy = turn.busy === true;
    this.#console.keep(turn.console);
    this.#timers.clear(turn.cleared);
    for (const request of turn.requests) this.#open(request);
    // `codemode.step` needs a journal, so no step was opened that could settle.
    if (turn.settled.length > 0) throw violation("settled a step that it has not opened");
    this.#done ??= turn.done;
  }

  #open(request: Request): void {
    if (request.seq !== this.#nextSeq) throw violation("skipped or repeated a call");
    this.#nextSeq += 1;
    const { maxCalls, maxCallsInFlight } = this.#limits;
    if (this.#nextSeq > maxCalls)
      throw new CodemodeError("TOO_MANY_CALLS", `The program made more than ${maxCalls} calls. Work in smaller parts.`);
    if (this.#working + this.#timers.size >= maxCallsInFlight) throw violation("has more calls open than it may");
    if (request.kind === "step") throw violation("opened a step without a journal");
    if (request.kind === "call") void this.#perform(request.seq, request.connector, request.method, request.args);
    else this.#timers.arm(request.seq, request.ms);
  }

  async #perform(seq: number, namespace: string, method: string, args: string): Promise<void> {
    this.#working += 1;
    let outcome: { ok: boolean; value: string };
    try {
      const call = this.#functions.get(namespace);
      if (call === undefined) throw new CodemodeError("UNKNOWN_TOOL", `There is no namespace "${namespace}".`);
      const given = decodeValue(args);
      const value = await call(method, Array.isArray(given) ? given : [given]);
      outcome = {
        ok: true,
        value: encodeBounded(value, `The result of ${namespace}.${method}`, { maxValueBytes: MAX_MESSAGE_CHARS }),
      };
      this.#returned.set(`${namespace}.${method}`, value);
    } catch (error) {
      outcome = { ok: false, value: encodeFailure(error) };
    }
    this.#working -= 1;
    this.#settle(seq, outcome.ok, outcome.value);
  }

  #settle(seq: number, ok: boolean, value?: string): void {
    this.#mailbox.post({ order: this.#nextOrder, seq, at: Date.now(), ok, ...(value !== undefined && { value }) });
    this.#nextOrder += 1;
    this.#look();
  }

  /** Ends the run when the program has ended, or when nothing can ever wake it. */
  #look(): void {
    if (this.#over) return;
    const waits = this.#mailbox.guestWaits;
    // Timers and what the sandbox waits for by itself are the program's own time; what the host does is not.
    if (waits && this.#working > 0) this.#watchdog.stop();
    else this.#watchdog.run();
    if (this.#over || !waits || this.#working > 0 || this.#mailbox.askIfOpen()) return;
    if (this.#done !== undefined) this.#finish(this.#done);
    else if (this.#timers.size === 0 && !this.#busy) {
      this.#fail(
        "The program waits for something that nothing will ever resolve. Check for a promise that is never settled.",
      );
    }
  }

  #finish(done: Done): void {
    if (!done.ok) {
      const returned = () => Array.from(this.#returned, ([call, value]) => ({ call, value: () => value }));
      this.#fail(failureMessage(done, { ...this.#program, returned }));
      return;
    }
    try {
      this.#conclude({ result: decodeValue(done.value), logs: this.#console.lines });
    } catch (error) {
      this.#fail(`The program's result cannot be read: ${toFailure(error).message}`);
    }
  }

  #fail(error: string): void {
    this.#conclude({ result: undefined, error, logs: this.#console.lines });
  }

  #conclude(result: ExecuteResult): void {
    this.#over = true;
    this.#watchdog.dispose();
    this.#timers.clearAll();
    this.#end.resolve(result);
    this.#mailbox.halt();
  }
}

function violation(what: string): CodemodeError {
  return new CodemodeError("PROTOCOL_VIOLATION", `The sandbox ${what}.`);
}
