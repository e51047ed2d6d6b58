/** One run without a journal: what `execute(code, providers)` does with a sandbox that speaks the bridge protocol. */
import { CodemodeError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import type { ConsoleLine, Done, Opening, Request, Turn } from "../wire/messages.ts";
import { WIRE_VERSION } from "../wire/messages.ts";
import { parseTurn } from "../wire/parse-turn.ts";
import { decodeValue, encodeFailure, encodeValue, isFailure } from "../wire/values.ts";
import type { Bridge, ExecuteResult } from "./executor.ts";
import { Mailbox } from "./mailbox.ts";
import { Watchdog } from "./watchdog.ts";

/** Host functions by namespace and name. Maps, so that no name can reach a prototype. */
export type HostFunctions = ReadonlyMap<string, (method: string, args: readonly unknown[]) => Promise<unknown>>;

/** Console lines as the released package gives them: one string each, with the level where it is not plain output. */
export function formatConsole(lines: readonly ConsoleLine[]): string[] {
  return lines.map(({ level, text }) => (level === "warn" || level === "error" ? `[${level}] ${text}` : text));
}

/** The sentence of a failed end; never empty, because absence of a sentence must not read as success. */
export function failureMessage(done: Done): string {
  if (done.code === "FUEL_EXHAUSTED") return FUEL_MESSAGE;
  const failure = decodeValue(done.value);
  if (!isFailure(failure)) return "The program failed.";
  return failure.message === "" ? failure.name : failure.message;
}

export const FUEL_MESSAGE =
  "The program ran too many loop iterations and function calls, and was stopped. Look for a loop that never ends, or do less in one run.";

function randomSeed(): string {
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
    maxConsoleChars: parts.limits.maxConsoleChars,
    maxConsoleLineChars: parts.limits.maxConsoleLineChars,
    connectors: parts.connectors,
    codemode: parts.codemode,
    recorded: [],
    skip: [],
    nextOrder: 0,
  };
}

/** The host's end of the bridge for one run: performs what is asked, remembers nothing. */
export class DirectRun implements Bridge {
  readonly #functions: HostFunctions;
  readonly #mailbox = new Mailbox();
  readonly #watchdog: Watchdog;
  readonly #console: ConsoleLine[] = [];
  readonly #end = Promise.withResolvers<ExecuteResult>();
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #nextSeq = 0;
  #nextTurn = 0;
  #nextOrder = 0;
  #working = 0;
  #busy = false;
  #done: Done | undefined;

  constructor(functions: HostFunctions, timeoutMs: number) {
    this.#functions = functions;
    this.#watchdog = new Watchdog(timeoutMs, () =>
      this.#fail(`Execution timed out after ${timeoutMs} ms of the program's own time.`),
    );
    this.#watchdog.run();
  }

  /** Resolves when the program has ended, was stopped, or the sandbox died. */
  get result(): Promise<ExecuteResult> {
    return this.#end.promise;
  }

  /** The sandbox is gone. */
  lost(error: unknown): void {
    this.#fail(error instanceof Error ? error.message : String(error));
  }

  async exchange(text: string): Promise<string> {
    this.#watchdog.stop();
    let received = 0;
    try {
      const turn = parseTurn(text);
      received = turn.received;
      this.#accept(turn);
    } catch (error) {
      this.lost(error);
    }
    const reply = this.#mailbox.take(received);
    this.#look();
    const answer = await reply;
    this.#watchdog.run();
    return answer;
  }

  #accept(turn: Turn): void {
    if (turn.turn !== this.#nextTurn) throw new CodemodeError("PROTOCOL_VIOLATION", "The sandbox skipped a turn.");
    this.#nextTurn += 1;
    this.#busy ||= turn.busy === true;
    this.#console.push(...turn.console);
    for (const request of turn.requests) this.#open(request);
    for (const { seq, ok, value } of turn.settled) this.#settle(seq, ok, value);
    for (const seq of turn.cleared) {
      clearTimeout(this.#timers.get(seq));
      this.#timers.delete(seq);
    }
    this.#done ??= turn.done;
  }

  #open(request: Request): void {
    if (request.seq !== this.#nextSeq) throw new CodemodeError("PROTOCOL_VIOLATION", "The sandbox skipped a call.");
    this.#nextSeq += 1;
    if (request.kind === "timer") {
      const timer = setTimeout(() => {
        this.#timers.delete(request.seq);
        this.#settle(request.seq, true);
      }, request.ms);
      this.#timers.set(request.seq, timer);
    } else if (request.kind === "call")
      void this.#perform(request.seq, request.connector, request.method, request.args);
  }

  async #perform(seq: number, namespace: string, method: string, args: string): Promise<void> {
    this.#working += 1;
    let outcome: { ok: boolean; value: string };
    try {
      const call = this.#functions.get(namespace);
      if (call === undefined) throw new CodemodeError("UNKNOWN_TOOL", `There is no namespace "${namespace}".`);
      const given = decodeValue(args);
      const value = await call(method, Array.isArray(given) ? given : [given]);
      outcome = { ok: true, value: encodeValue(value, `The result of ${namespace}.${method}`) };
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
    if (!this.#mailbox.guestWaits || this.#working > 0) return;
    if (this.#done !== undefined) this.#finish(this.#done);
    else if (this.#timers.size === 0 && !this.#busy) {
      this.#fail(
        "The program waits for something that nothing will ever resolve. Check for a promise that is never settled.",
      );
    }
  }

  #finish(done: Done): void {
    const logs = formatConsole(this.#console);
    this.#conclude(
      done.ok ? { result: decodeValue(done.value), logs } : { result: undefined, error: failureMessage(done), logs },
    );
  }

  #fail(error: string): void {
    this.#conclude({ result: undefined, error, logs: formatConsole(this.#console) });
  }

  #conclude(result: ExecuteResult): void {
    this.#watchdog.dispose();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#end.resolve(result);
    this.#mailbox.halt();
  }
}
