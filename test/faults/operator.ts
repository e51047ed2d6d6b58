/**
 * A person at the approval queue who looks before each move, tries again when an answer was lost, and settles what is
 * in doubt by looking into the ledger. Knows nothing of faults.
 */
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import type { ExecutionState, PendingAction } from "../../src/journal/public.ts";
import type { Place } from "../support/runtime.ts";
import { approveFirst, type Move, type Scenario } from "./scenarios.ts";
import type { Effect, Ledger } from "./world.ts";

/** What came of a scenario. */
export interface Run {
  /** As it is on disk at the end; absent once it was deleted. */
  readonly execution: ExecutionState | undefined;
  /** Idempotency keys that a person approved, with the arguments, before the approval was sent. */
  readonly approved: ReadonlyMap<string, unknown>;
  /** Keys that were found in doubt. */
  readonly doubts: ReadonlySet<string>;
}

/** A move that takes this many rounds is stuck. */
const MAX_ROUNDS = 80;

/** What the person needs of the world: its tools, and whether an effect took place. */
export type LedgerView = Pick<Ledger, "toolbox"> & {
  effectOf(key: string): Promise<Effect | undefined>;
  unlock?(): void;
};

const keyOf = ({ executionId, seq }: PendingAction): string => `${executionId}:${seq}`;

export class Operator {
  readonly #place: Pick<Place, "run">;
  readonly #scenario: Scenario;
  readonly #ledger: LedgerView;
  /** Whether an error is the fault that the test injected, so that the person tries again. */
  readonly #excused: (error: unknown) => boolean;
  readonly #approved = new Map<string, unknown>();
  readonly #doubts = new Set<string>();
  readonly #before: (() => Promise<void>) | undefined;
  #recover = false;

  constructor(
    place: Pick<Place, "run">,
    scenario: Scenario,
    ledger: LedgerView,
    options: { readonly excused: (error: unknown) => boolean; readonly beforeMove?: () => Promise<void> },
  ) {
    this.#place = place;
    this.#scenario = scenario;
    this.#ledger = ledger;
    this.#excused = options.excused;
    this.#before = options.beforeMove;
  }

  async saveSnippets(): Promise<void> {
    for (const [name, code] of Object.entries(this.#scenario.snippets ?? {})) {
      await this.#place.run(this.#ledger.toolbox, async (runtime) => {
        // What the program does without its input does not matter: only its text is wanted.
        const { executionId } = await runtime.execute({ code });
        await runtime.saveSnippet(name, { executionId, inputSchema: { type: "object" } });
        await runtime.deleteExecution(executionId);
      });
    }
  }

  async run(): Promise<Run> {
    let id: string | undefined;
    let execution: ExecutionState | undefined;
    for (let round = 0; ; round += 1) {
      if (round > MAX_ROUNDS) throw new Error(`${this.#scenario.name} never ended: ${JSON.stringify(execution)}`);
      const found = await this.#attempt(async (runtime) => {
        if (this.#recover) await runtime.recover();
        this.#recover = false;
        const [only, ...others] = await runtime.executions();
        if (others.length > 0) throw new Error(`${this.#scenario.name} began more than once.`);
        return only ?? null;
      });
      if (found === undefined) continue;
      execution = found ?? undefined;
      id ??= execution?.id;
      if (execution === undefined) {
        // Deleted, or a beginning that was lost and never happened.
        if (id !== undefined) break;
        await this.#attempt((runtime) => runtime.execute({ code: this.#scenario.code }));
      } else if (execution.status === "running" || execution.status === "rolling_back") this.#recover = true;
      else if (execution.status === "paused") await this.#decide(execution.id);
      else if (!(await this.#finish(execution))) break;
    }
    return { execution, approved: this.#approved, doubts: this.#doubts };
  }

  /** What is done after the end. Answers whether there is more to do. */
  async #finish({ id, status, log }: ExecutionState): Promise<boolean> {
    const { afterwards, unlocks } = this.#scenario;
    if (afterwards === undefined) return false;
    if (afterwards === "rollback" && status === "rolled_back") {
      if (unlocks === undefined || log.every(({ state }) => state !== "revert_failed")) return false;
      this.#ledger.unlock?.();
    }
    await this.#move({ do: afterwards }, id);
    return true;
  }

  async #decide(id: string): Promise<void> {
    await this.#before?.();
    const pending = await this.#attempt((runtime) => runtime.pending(id));
    if (pending === undefined) return;
    const doubt = pending.find(({ kind }) => kind === "in_doubt");
    if (doubt !== undefined) return this.#resolve(doubt);
    const move = (this.#scenario.person ?? approveFirst)(pending);
    if (move.do === "approve") this.#approved.set(keyOf(move.action), move.args ?? move.action.args);
    if (move.do === "approveSeveral") for (const action of move.actions) this.#approved.set(keyOf(action), action.args);
    if (move.do === "approveAll") for (const action of pending) this.#approved.set(keyOf(action), action.args);
    await this.#move(move, id);
  }

  async #resolve(doubt: PendingAction): Promise<void> {
    this.#doubts.add(keyOf(doubt));
    const { executionId, seq, digest } = doubt;
    const effect = await this.#attempt(async () => (await this.#ledger.effectOf(keyOf(doubt))) ?? null);
    if (effect === undefined) return;
    await this.#attempt((runtime) =>
      runtime.resolve({
        executionId,
        seq,
        digest,
        by: "operator",
        ...(effect === null ? { as: "run" } : { as: "ran", result: effect.result }),
      }),
    );
  }

  async #move(move: Move, executionId: string): Promise<void> {
    await this.#attempt<unknown>((runtime) => {
      switch (move.do) {
        case "approve": {
          const { seq, digest } = move.action;
          return runtime.approve({
            executionId,
            seq,
            digest,
            by: "operator",
            ...(move.args !== undefined && { args: move.args }),
          });
        }
        case "approveAll":
          return runtime.approve({ executionId, by: "operator" });
        case "approveSeveral":
          return runtime.approve({ executionId, actions: move.actions, by: "operator" });
        case "rejectSeveral":
          return runtime.reject({ executionId, actions: move.actions, then: "throw", by: "operator" });
        case "reject": {
          const { seq, digest } = move.action;
          return runtime.reject({ executionId, seq, digest, then: move.then, by: "operator" });
        }
        case "cancel":
          return runtime.cancel({ executionId });
        case "expire":
          return runtime.expirePaused({ maxAgeMs: 0 });
        case "rollback":
          return runtime.rollback({ executionId });
        case "delete":
          return runtime.deleteExecution(executionId);
      }
    });
  }

  /** One call of the runtime; nothing when the fault lost it, and then the runtime is asked to recover. */
  async #attempt<T>(call: (runtime: CodemodeRuntimeHandle) => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#place.run(this.#ledger.toolbox, (runtime) => call(runtime));
    } catch (error) {
      if (!this.#excused(error)) throw error;
      this.#recover = true;
      return undefined;
    }
  }
}
