/** A runtime whose every program pays `payments` times, each after an approval: enough to test what stands before one. */
import { CodemodeError } from "../../../src/errors.ts";
import type { ExecutionState, PendingAction, ProxyToolOutput } from "../../../src/journal/public.ts";
import type { RuntimeForMcp } from "../../../src/mcp.ts";
import { makeTool } from "../../../src/tool/tool.ts";

interface Decision {
  readonly seq: number | undefined;
  readonly digest: string | undefined;
  readonly reason?: string | undefined;
  readonly by?: string | undefined;
  readonly as?: string;
}

export class ScriptedRuntime implements RuntimeForMcp {
  readonly decisions: Decision[] = [];
  paid = 0;
  kind: PendingAction["kind"] = "approval";
  delayMs = 0;
  args: unknown = { amount: 100 };
  /** The runtime had no room for the arguments. */
  argsLeftOut = false;
  before: PendingAction["before"] = [];
  /** What was searched for, with the page that was asked for. */
  readonly searches: unknown[][] = [];
  #status: ExecutionState["status"] = "running";
  #digest: string | undefined;
  readonly #payments: number;
  readonly #result: unknown;

  constructor(payments: number, result?: unknown) {
    this.#payments = payments;
    this.#result = result;
  }

  /** The tool changes while somebody looks at it. */
  redefine(digest: string): void {
    this.#digest = digest;
  }

  tool() {
    return makeTool((input) => this.execute(input), ["bank"], { description: "Runs a program." });
  }

  async search(...asked: Parameters<RuntimeForMcp["search"]>) {
    this.searches.push(asked);
    const result = { path: "bank.pay", connector: "bank", method: "pay", kind: "method" as const, score: 1 };
    return { results: [result], total: 1, truncated: false };
  }

  async describe(target: string) {
    if (target !== "bank.pay") throw new CodemodeError("UNKNOWN_TARGET", `There is no "${target}".`);
    return { path: target, types: "declare const bank", kind: "method" as const };
  }

  async execute({ code }: { readonly code: string }): Promise<ProxyToolOutput> {
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    if (code === "fail") return { status: "error", executionId: "exec_1", error: "boom", code: "PROGRAM_ERROR" };
    return this.#advance();
  }

  #advance(): ProxyToolOutput {
    if (this.paid < this.#payments) {
      this.#status = "paused";
      return { status: "paused", executionId: "exec_1", pending: [this.#action()] };
    }
    this.#status = "completed";
    return { status: "completed", executionId: "exec_1", result: this.#result ?? { paid: this.paid } };
  }

  #action(): PendingAction {
    return {
      executionId: "exec_1",
      seq: this.paid,
      connector: "bank",
      method: "pay",
      args: this.args,
      kind: this.kind,
      digest: this.#digest ?? `digest-${this.paid}`,
      ...(this.argsLeftOut && { argsLeftOut: true as const }),
      askedAt: 0,
      before: this.before,
    };
  }

  async pending(): Promise<PendingAction[]> {
    return this.#status === "paused" ? [this.#action()] : [];
  }

  #take(decision: Decision): void {
    if (this.#status !== "paused") throw new CodemodeError("NOT_PENDING", "Nothing is pending.");
    const { seq, digest } = this.#action();
    if (decision.seq !== seq || decision.digest !== digest)
      throw new CodemodeError("STALE_DECISION", "Something else is pending.");
    this.decisions.push(decision);
  }

  #settle(decision: Decision): ProxyToolOutput {
    this.#take(decision);
    this.#digest = undefined;
    this.paid += 1;
    return this.#advance();
  }

  async approve({ seq, digest, reason, by }: Parameters<RuntimeForMcp["approve"]>[0]): Promise<ProxyToolOutput> {
    return this.#settle({ seq, digest, reason, by });
  }

  async resolve({ seq, digest, as, by }: Parameters<RuntimeForMcp["resolve"]>[0]): Promise<ProxyToolOutput> {
    return this.#settle({ seq, digest, as, by });
  }

  async reject({ seq, digest, reason, by }: Parameters<RuntimeForMcp["reject"]>[0]): Promise<boolean> {
    if (this.#status !== "paused") return false;
    this.#take({ seq, digest, reason, by });
    this.#status = "rejected";
    return true;
  }

  async execution(id: string): Promise<ExecutionState | null> {
    if (id !== "exec_1") return null;
    return { id, code: "", status: this.#status, log: [], passes: 1, createdAt: 0, updatedAt: 0, result: this.#result };
  }
}
