/** One run in the iframe sandbox, seen from the page: serves the program's calls, watches the time, answers once. */
import { CodemodeError } from "../errors.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import type { ExecuteResult } from "../sandbox/executor.ts";
import { KeptConsole } from "../sandbox/report.ts";
import { Watchdog } from "../sandbox/watchdog.ts";
import { decodeValue, encodeValue } from "../wire/values.ts";
import { CallGate } from "./bounds.ts";
import { type Frame, openFrame } from "./frame.ts";
import { parseToPage, type ToGuest, type ToPage, toGuestFailure } from "./messages.ts";
import type { HostNamespace } from "./namespaces.ts";

/** What a run needs. */
export interface IframeRun {
  /** Source of an async arrow function. */
  readonly program: string;
  readonly namespaces: ReadonlyMap<string, HostNamespace>;
  readonly csp: string;
  /** Milliseconds of the program's own time; the sandbox has as long to start. */
  readonly timeoutMs: number;
}

type Call = Extract<ToPage, { type: "call" }>;
type Done = Extract<ToPage, { type: "done" }>;

async function perform(namespaces: IframeRun["namespaces"], call: Call): Promise<string> {
  const namespace = namespaces.get(call.namespace);
  if (namespace === undefined) {
    throw new CodemodeError("UNKNOWN_TOOL", `There is no "${call.namespace}" in this sandbox.`);
  }
  const args = decodeValue(call.args);
  const result = await namespace.call(call.method, Array.isArray(args) ? args : [args]);
  return encodeValue(result, `The result of ${call.namespace}.${call.method}`);
}

function resultOf(message: Done, logs: string[]): ExecuteResult {
  if (!message.ok) return { result: undefined, error: message.failure.message || message.failure.name, logs };
  try {
    return { result: decodeValue(message.value), logs };
  } catch {
    return { result: undefined, error: "The sandbox answered with something that is not a value.", logs };
  }
}

/** A run from its start to its one answer. */
class Session {
  readonly #run: IframeRun;
  readonly #answer: (result: ExecuteResult) => void;
  readonly #frame: Frame;
  readonly #log = new KeptConsole(DEFAULT_LIMITS);
  readonly #gate = new CallGate();
  #watchdog: Watchdog;
  #begun = false;
  #ended = false;

  constructor(run: IframeRun, answer: (result: ExecuteResult) => void) {
    this.#run = run;
    this.#answer = answer;
    const silent = `nothing was heard of it for ${run.timeoutMs} ms`;
    this.#watchdog = new Watchdog(run.timeoutMs, () => this.#notStarted(silent));
    this.#frame = openFrame(run.csp, (why) => this.#notStarted(why));
    this.#watchdog.run();
    this.#frame.port.onmessage = ({ data }: { readonly data: unknown }) => this.#receive(parseToPage(data));
    const namespaces = [...run.namespaces.values()].map(({ name, methods, prelude }) => ({
      name,
      methods,
      ...(prelude !== undefined && { prelude }),
    }));
    const { maxConsoleChars, maxConsoleLineChars } = DEFAULT_LIMITS;
    this.#send({ type: "run", program: run.program, namespaces, maxConsoleChars, maxConsoleLineChars });
  }

  #send(message: ToGuest): void {
    if (!this.#ended) this.#frame.port.postMessage(message);
  }

  #receive(message: ToPage | undefined): void {
    if (this.#ended) return;
    if (message === undefined) this.#fail("The sandbox sent what no honest program sends; the run was ended.");
    else if (message.type === "failed") this.#notStarted(message.message);
    else if (message.type === "started") this.#begin();
    else if (message.type === "console") this.#log.keep(message.lines);
    else if (message.type === "call") void this.#serve(message);
    else this.#end(resultOf(message, this.#log.lines));
  }

  /** Once: a program that says again that it starts gets no more time. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const { timeoutMs } = this.#run;
    const says = `Execution timed out: the program used more than ${timeoutMs} ms of its own time.`;
    this.#watchdog.dispose();
    this.#watchdog = new Watchdog(timeoutMs, () => this.#fail(says));
    this.#watchdog.run();
  }

  /** The program's time stops while the page works for it. */
  async #serve(call: Call): Promise<void> {
    this.#watchdog.stop();
    try {
      this.#gate.enter();
      this.#send({ type: "settled", id: call.id, ok: true, value: await perform(this.#run.namespaces, call) });
    } catch (thrown) {
      this.#send({ type: "settled", id: call.id, ok: false, failure: toGuestFailure(thrown) });
    } finally {
      this.#gate.leave();
      if (this.#gate.idle && !this.#ended) this.#watchdog.run();
    }
  }

  #notStarted(why: string): void {
    this.#fail(
      `The sandbox did not start: ${why}. The page's own Content-Security-Policy applies to it, too: it must allow inline scripts, 'unsafe-eval' and worker-src blob:.`,
    );
  }

  #fail(error: string): void {
    this.#end({ result: undefined, error, logs: this.#log.lines });
  }

  #end(result: ExecuteResult): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#watchdog.dispose();
    this.#frame.remove();
    this.#answer(result);
  }
}

/** Runs a program to its end. Never rejects; the sandbox is gone when it resolves. */
export function runInIframe(run: IframeRun): Promise<ExecuteResult> {
  return new Promise((resolve) => {
    new Session(run, resolve);
  });
}
