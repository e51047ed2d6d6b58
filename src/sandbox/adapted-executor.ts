/**
 * Durable passes for executors that have only `execute(code, providers)`: speaks the guest's part of the bridge protocol on
 * the host, and lends the sandbox its tools as plain functions. What that cannot promise is in this folder's README.
 *
 * Owns: the numbers of calls, given as they arrive; which steps are open. Does not own: the program, which runs in a sandbox
 * that knows nothing of replay.
 */
import { RpcTarget } from "cloudflare:workers";
import { CodemodeError } from "../errors.ts";
import { type ConsoleLine, type Done, MAX_NAME_CHARS, MAX_RESULT, type Opening } from "../wire/messages.ts";
import { encodeBounded, encodeFailure, toFailure } from "../wire/values.ts";
import { stepsAndSnippets } from "./adapted-prelude.ts";
import type { ConnectorBinding, ExecuteResult, Executor, ResolvedProvider } from "./executor.ts";
import { normalizeCode } from "./program/normalize.ts";
import { Sequencer, type StepScope, type StepScopes } from "./shim/sequencer.ts";
import { makeSignal, takeTurns } from "./shim/turns.ts";

/** Functions of the built-in connector that the host answers. `step` and `run` come with the prelude. */
const BUILTIN_METHODS = ["search", "describe"];

/** The steps that are open, innermost last: a call that arrives meanwhile is taken to be made inside of the innermost. */
class OpenSteps implements StepScopes {
  readonly #open: StepScope[] = [];

  run<T>(scope: StepScope, body: () => T): T {
    this.#open.push(scope);
    return body();
  }

  getStore(): StepScope | undefined {
    return this.#open.at(-1);
  }

  close(seq: number): void {
    const at = this.#open.findIndex((scope) => scope.seq === seq);
    if (at >= 0) this.#open.splice(at, 1);
  }
}

/** What the prelude's `step` is told: run the function and close this number, or take what was recorded. */
type StepAnswer = { readonly open: number } | { readonly value: unknown };

/** The program's requests, from the functions that the sandbox calls. */
class AdaptedGuest {
  readonly sequencer: Sequencer;
  readonly signal = makeSignal();
  readonly #opening: Opening;
  readonly #steps = new OpenSteps();
  readonly #closing = new Map<number, { outcome(): Promise<unknown>; settle(ok: boolean, value: unknown): void }>();
  readonly #halted = Promise.withResolvers<never>();
  /** Requests that the sandbox waits for: while there are none, the program is at work. */
  #waiting = 0;

  constructor(opening: Opening) {
    this.#opening = opening;
    this.sequencer = new Sequencer(opening, {
      // The sandbox has its own clock; nobody reads this one.
      clock: { now: opening.startedAt, real: Date.now },
      scopes: this.#steps,
      lineOf: () => undefined,
      onNews: this.signal.raise,
    });
    this.#halted.promise.catch(() => {});
  }

  /** The program computes, waits for something of its own, or is still on its way to where the record ends. */
  get busy(): boolean {
    return this.#waiting === 0 || this.sequencer.replaying;
  }

  /** Ends the wait of everything that the program asked for, or asks for from now on. */
  halt(): void {
    this.#halted.reject(
      new CodemodeError("CANCELLED", "The run is over for now: it waits for a person, or it ended. Do nothing more."),
    );
  }

  call(connector: string, method: string, args: readonly unknown[]): Promise<unknown> {
    if (method.length > MAX_NAME_CHARS)
      throw new CodemodeError("UNKNOWN_TOOL", `${connector} has no tool with a name that long.`);
    const encoded = encodeBounded(args, `The arguments of ${connector}.${method}`, this.#opening);
    return this.#wait(this.sequencer.request({ kind: "call", connector, method, args: encoded }));
  }

  async openStep(name: unknown): Promise<StepAnswer> {
    const label = String(name).slice(0, MAX_NAME_CHARS);
    const answer = Promise.withResolvers<StepAnswer>();
    const seq = this.sequencer.upcoming();
    const outcome = this.sequencer.step(
      label,
      () =>
        new Promise((resolve, reject) => {
          const settle = (ok: boolean, value: unknown) => (ok ? resolve(value) : reject(new Error(String(value))));
          // The step's function is called before `step` returns, and what it returns is not there yet.
          this.#closing.set(seq, { outcome: () => outcome, settle });
          answer.resolve({ open: seq });
        }),
    );
    outcome.then((value) => answer.resolve({ value }), answer.reject);
    // An open step runs in the sandbox: nobody waits for the host.
    return this.#wait(answer.promise);
  }

  /** Answers with what was recorded, so that the program sees the same on each pass. */
  async closeStep(seq: unknown, ok: unknown, value: unknown): Promise<unknown> {
    const step = this.#closing.get(Number(seq));
    if (step === undefined) throw new CodemodeError("PROTOCOL_VIOLATION", "There is no open step of that number.");
    this.#closing.delete(Number(seq));
    this.#steps.close(Number(seq));
    step.settle(ok === true, value);
    return this.#wait(step.outcome());
  }

  async #wait<T>(answer: Promise<T>): Promise<T> {
    this.#waiting += 1;
    try {
      return await Promise.race([answer, this.#halted.promise]);
    } catch (error) {
      throw shown(error);
    } finally {
      this.#waiting -= 1;
    }
  }
}

/** Some executors take an empty message for success, and most carry nothing but the message. */
function shown(error: unknown): Error {
  if (error instanceof Error && error.message !== "") return error;
  return new Error(error instanceof Error ? error.name : toFailure(error).message);
}

class CallTarget extends RpcTarget {
  readonly #call: (method: string, args: readonly unknown[]) => Promise<unknown>;

  constructor(call: (method: string, args: readonly unknown[]) => Promise<unknown>) {
    super();
    this.#call = call;
  }

  async callTool(method: string, args: unknown): Promise<unknown> {
    return this.#call(method, args === undefined ? [] : [args]);
  }
}

function connectorsOf(guest: AdaptedGuest, opening: Opening): ConnectorBinding[] {
  return opening.connectors.map((name) => ({
    name,
    binding: new CallTarget((method, args) => guest.call(name, method, args)),
  }));
}

function builtin(guest: AdaptedGuest, snippets: Readonly<Record<string, string>>): ResolvedProvider {
  const fns: Record<string, (...args: unknown[]) => Promise<unknown>> = {
    openStep: (name) => guest.openStep(name),
    closeStep: (seq, ok, value) => guest.closeStep(seq, ok, value),
    // The host checks the snippet and names it; the prelude has its text.
    startSnippet: async (...args) => guest.call("codemode", "run", args),
    step: async () => refuseWithoutPrelude("step"),
    run: async () => refuseWithoutPrelude("run"),
  };
  for (const method of BUILTIN_METHODS) fns[method] = async (...args) => guest.call("codemode", method, args);
  return { name: "codemode", fns, prelude: stepsAndSnippets(snippets) };
}

function refuseWithoutPrelude(method: string): never {
  throw new CodemodeError(
    "UNAVAILABLE",
    `codemode.${method} needs a sandbox that runs the prelude of its providers; this executor does not.`,
  );
}

/** Console lines of other executors are plain strings, with the level in front where it matters. */
function consoleLine(text: string, { maxConsoleLineChars }: Opening): ConsoleLine {
  const [, level, rest] = /^\[(warn|error)\] ([\s\S]*)$/.exec(text) ?? [];
  const kept = (rest ?? text).slice(0, maxConsoleLineChars);
  return { level: level === "warn" || level === "error" ? level : "log", text: kept };
}

/** As much as the host keeps, up to the line that is too much: all of them may be more than a message holds. */
function consoleLines(lines: readonly string[], opening: Opening): ConsoleLine[] {
  let left = opening.maxConsoleChars + opening.maxConsoleLineChars;
  const kept: ConsoleLine[] = [];
  for (const given of lines) {
    if (left < 0) break;
    const line = consoleLine(given, opening);
    left -= line.text.length + 1;
    kept.push(line);
  }
  return kept;
}

function endOf(outcome: ExecuteResult): Done {
  // Present means failed, also when it is empty.
  if (outcome.error !== undefined)
    return { ok: false, value: encodeFailure(new Error(outcome.error === "" ? "The program failed." : outcome.error)) };
  try {
    return { ok: true, value: encodeBounded(outcome.result, "The result of the program", MAX_RESULT) };
  } catch (error) {
    const { code } = toFailure(error);
    return { ok: false, value: encodeFailure(error), ...(typeof code === "string" && { code }) };
  }
}

/**
 * Makes durable passes of an executor's `execute`: connectors are given as `options.connectors`, the built-in `codemode` as
 * a provider with a prelude, as the released runtime does.
 *
 * @example
 * ```ts
 * const runPass = executor.runPass?.bind(executor) ?? adaptExecutor(executor);
 * ```
 */
export function adaptExecutor(executor: Executor): NonNullable<Executor["runPass"]> {
  return async ({ sources, opening: text }, bridge) => {
    const opening: Opening = JSON.parse(text);
    const guest = new AdaptedGuest(opening);
    const { program = "", ...snippets } = sources;
    let done: Done | undefined;
    let lines: readonly string[] = [];
    const run = async () =>
      executor.execute(normalizeCode(program), [builtin(guest, snippets)], {
        connectors: connectorsOf(guest, opening),
      });
    const execution = run()
      .then(
        (outcome) => {
          lines = outcome.logs ?? [];
          done = endOf(outcome);
        },
        (error) => {
          done = { ok: false, value: encodeFailure(error) };
        },
      )
      .finally(guest.signal.raise);
    await takeTurns({
      sequencer: guest.sequencer,
      signal: guest.signal,
      exchange: (message) => bridge.exchange(message),
      // Calls that the program makes at once arrive one by one: a moment lets them be one turn.
      tick: () => new Promise((resolve) => setTimeout(resolve, 0)),
      done: () => done,
      stopped: () => false,
      busy: () => done === undefined && guest.busy,
      takeConsole() {
        const taken = consoleLines(lines, opening);
        lines = [];
        return taken;
      },
    });
    guest.halt();
    await execution;
  };
}
