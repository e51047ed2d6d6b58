/** The host's port with somebody watching: every capability as it is, and the recorder told of it. */
import { RpcTarget } from "cloudflare:workers";
import type { ExecutionEndStatus, PassEndStatus } from "../connector/types.ts";
import type { Findable, HostPort, PassNotice, ToolCall, ToolOutcome } from "../runtime/port.ts";
import type { Line } from "../runtime/slots.ts";
import { BridgeTarget } from "../sandbox/bridge-target.ts";
import type { Bridge, PassRequest } from "../sandbox/executor.ts";
import { decodeValue } from "../wire/values.ts";
import type { Recorder } from "./recorder.ts";

/** A failure as the program gets it, to read its code. */
function failureOf({ ok, value }: ToolOutcome): unknown {
  if (ok) return undefined;
  try {
    return decodeValue(value) ?? {};
  } catch {
    return {};
  }
}

export class ObservedPort extends RpcTarget implements HostPort {
  readonly #port: HostPort;
  readonly #recorder: Recorder;

  constructor(port: HostPort, recorder: Recorder) {
    super();
    this.#port = port;
    this.#recorder = recorder;
  }

  assess(calls: readonly ToolCall[]) {
    return this.#port.assess(calls);
  }

  async perform(text: string): Promise<string> {
    const call: ToolCall = JSON.parse(text);
    const settled = this.#recorder.callStarted(call);
    const perform = () => this.#port.perform(text);
    const outcome = await (this.#recorder.spans?.insideCall(call, perform) ?? perform());
    settled(failureOf(JSON.parse(outcome)));
    return outcome;
  }

  async revert(call: ToolCall & { readonly result: string | undefined }) {
    const settled = this.#recorder.revertStarted(call);
    const outcome = await this.#port.revert(call);
    settled(outcome);
    return outcome;
  }

  reversible(tools: readonly { readonly connector: string; readonly method: string }[]) {
    return this.#port.reversible(tools);
  }

  consult(method: string, args: string, findable: Findable) {
    return this.#port.consult(method, args, findable);
  }

  async runPass(request: PassRequest, bridge: Bridge, notice: PassNotice): Promise<string | undefined> {
    this.#recorder.passStarted(notice);
    // The sandbox's first message is the first sign of life that a loaded isolate gives.
    const watched = new BridgeTarget({
      exchange: (message) => {
        this.#recorder.passLoaded(notice.executionId);
        return bridge.exchange(message);
      },
    });
    return this.#port.runPass(request, watched, notice);
  }

  async passQueued(executionId: string, line: Line): Promise<void> {
    this.#recorder.passQueued(executionId, line);
  }

  abort(executionId: string, reason: string) {
    return this.#port.abort(executionId, reason);
  }

  async passEnded(executionId: string, status: PassEndStatus): Promise<void> {
    await this.#recorder.passEnded(executionId, status);
    if (status !== "paused") await this.#recordEnd(executionId, status);
    return this.#port.passEnded(executionId, status);
  }

  async executionEnded(executionId: string, status: ExecutionEndStatus): Promise<void> {
    await this.#recordEnd(executionId, status);
    return this.#port.executionEnded(executionId, status);
  }

  async #recordEnd(executionId: string, status: ExecutionEndStatus): Promise<void> {
    if (status === "rolled_back") this.#recorder.rolledBack(executionId);
    else await this.#recorder.executionEnded(executionId, status);
  }
}
