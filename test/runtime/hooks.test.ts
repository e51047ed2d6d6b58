/** The connectors' hooks at the ends of runs: one that hangs holds neither its run nor the other connectors (G8). */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CodemodeConnector } from "../../src/connector/connector.ts";
import { HostCapabilities } from "../../src/host-port.ts";

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
