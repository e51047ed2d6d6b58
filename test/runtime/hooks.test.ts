/** What connectors hear at the ends of runs: a hook that hangs holds neither its run nor the other connectors (G8), and an abort is of one pass. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { defineConnector } from "../../src/connector/define.ts";
import { HostCapabilities } from "../../src/host-port.ts";
import { encodeValue } from "../../src/wire/values.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Writes down what its hooks hear, and may never come back from them. */
class Hooked extends CodemodeConnector {
  readonly #name: string;
  readonly #heard: string[];
  readonly #hangs: boolean;

  constructor(name: string, heard: string[], hangs: boolean) {
    super({} as ExecutionContext, {});
    this.#name = name;
    this.#heard = heard;
    this.#hangs = hangs;
  }

  override name(): string {
    return this.#name;
  }

  protected override tools() {
    return {};
  }

  override async onPassEnd(_id: string, status: string): Promise<void> {
    await this.#hear(`end ${status}`);
  }

  override async disposeExecution(_id: string, status: string): Promise<void> {
    await this.#hear(`dispose ${status}`);
  }

  async #hear(what: string): Promise<void> {
    this.#heard.push(`${this.#name}: ${what}`);
    if (this.#hangs) await new Promise(() => {});
  }
}

const executor = { execute: async () => ({ result: undefined }) };

test("a run is over although a hook never comes back, each connector has heard of it, and no timer is left", async () => {
  const heard: string[] = [];
  const host = new HostCapabilities([new Hooked("stuck", heard, true), new Hooked("good", heard, false)], executor);
  const over: string[] = [];
  void host.passEnded("exec_1", "paused").then(() => over.push("paused"));
  await vi.advanceTimersByTimeAsync(60_000);
  void host.passEnded("exec_1", "completed").then(() => over.push("completed"));
  await vi.advanceTimersByTimeAsync(60_000);
  void host.executionEnded("exec_2", "rejected").then(() => over.push("rejected"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(over).toEqual(["paused", "completed", "rejected"]);
  expect(heard.filter((line) => line.startsWith("good"))).toEqual([
    "good: end paused",
    "good: end completed",
    "good: dispose completed",
    "good: dispose rejected",
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a hook that fails, at once or later, keeps nothing from the other connectors", async () => {
  const heard: string[] = [];
  const fails = (name: string, hook: () => Promise<void>) =>
    Object.assign(new Hooked(name, heard, false), { onPassEnd: hook, disposeExecution: hook });
  const atOnce = fails("atOnce", () => {
    throw new Error("no console to write to");
  });
  const later = fails("later", async () => Promise.reject(new Error("no disk")));
  const host = new HostCapabilities([atOnce, later, new Hooked("good", heard, false)], executor);
  await host.passEnded("exec_1", "completed");
  await host.executionEnded("exec_2", "rejected");
  expect(heard).toEqual(["good: end completed", "good: dispose completed", "good: dispose rejected"]);
});

test("an undoing that begins before its aborted pass has left has a signal that nobody has aborted", async () => {
  const signals: AbortSignal[] = [];
  const keep = ({ signal }: { readonly signal: AbortSignal }) => void signals.push(signal);
  const pay = {
    execute: (_args: unknown, context: { readonly signal: AbortSignal }) => keep(context),
    revert: (_args: unknown, _result: unknown, context: { readonly signal: AbortSignal }) => keep(context),
  };
  const shop = defineConnector({ name: "shop", tools: { pay } });
  const host = new HostCapabilities([new shop({} as ExecutionContext, {})], executor);
  const args = encodeValue([{}], "The arguments");
  const call = { executionId: "exec_1", seq: 0, attempt: 1, connector: "shop", method: "pay", args };
  await host.perform(JSON.stringify(call));
  await host.abort("exec_1", "cancelled");
  expect(await host.revert({ ...call, result: undefined })).toEqual({ reverted: true });
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});
