/**
 * Two clients decide on one execution, each by what it saw last, one after the other and both at once, while the facet
 * dies now and then. `VITE_SEED`, `VITE_PATH_OF_FAILURE` and `VITE_REPLAY_PATH` (seed, path and replayPath of a failure) run
 * one again.
 */

import { expect, test } from "vitest";
import type { ToolExecuteContext } from "../../src/connector/types.ts";
import type { CodemodeRuntimeHandle } from "../../src/handle-types.ts";
import type { PendingAction } from "../../src/journal/public.ts";
import { type Ledger, makeLedger } from "../faults/world.ts";
import { evict } from "../support/drive.ts";
import fc from "../support/fast-check.ts";
import { newPlace, type Place, runtimeIn, type Toolbox } from "../support/runtime.ts";
import { numericSetting, seedSetting, setting } from "../support/settings.ts";
import { asTold, EDITED, send } from "./client.ts";
import { type Answer, BEGUN, PROGRAM, type Request, type State, settle, take, takeBoth } from "./model.ts";

const SEED = seedSetting();
const RUNS = numericSetting("SOAK", 150);
const MS_PER_RUN = 4_000;

interface Model {
  state: State;
}

/** Where the calls are made: while it is locked, what they did cannot be undone. */
interface Desk {
  readonly toolbox: Toolbox;
  locked: boolean;
}

function makeDesk({ toolbox: { ask } }: Ledger): Desk {
  const call = ask?.do;
  if (call?.revert === undefined) throw new Error("The ledger has no ask.do that can be undone.");
  const { revert } = call;
  const desk = {
    locked: false,
    toolbox: {
      ask: {
        do: {
          ...call,
          revert: (args: unknown, result: unknown, context: ToolExecuteContext) => {
            if (desk.locked) throw new Error("The desk is locked.");
            return revert(args, result, context);
          },
        },
      },
    },
  };
  return desk;
}

interface Real {
  readonly place: Place;
  readonly ledger: Ledger;
  readonly desk: Desk;
  readonly id: string;
  /** What each client saw last. */
  readonly seen: Map<string, readonly PendingAction[]>;
}

/** What a client means to do; made into a request by what it saw. */
type Intent =
  | { readonly do: "approve" | "edit" | "wrong"; readonly seq: number }
  | { readonly do: "reject"; readonly seq: number; readonly then: "end" | "throw" }
  | {
      readonly do: "approveSeveral" | "rejectSeveral";
      readonly seqs: readonly number[];
      readonly forged?: number | undefined;
    }
  | { readonly do: "approveAll" | "cancel" | "expire" | "rollback" | "delete" | "recover" };

function digestFor(real: Real, client: string, seq: number): string | undefined {
  return real.seen.get(client)?.find((action) => action.seq === seq)?.digest;
}

/** The request as the model sees it; nothing when the client has never seen what it would decide on. */
function requestOf(real: Real, by: string, intent: Intent): Request | undefined {
  if ("seqs" in intent) {
    const hasSeenAll = intent.seqs.every((seq) => digestFor(real, by, seq) !== undefined);
    return hasSeenAll ? { ...intent, by } : undefined;
  }
  if (!("seq" in intent)) return intent.do === "approveAll" ? { do: "approveAll", by } : { do: intent.do };
  if (digestFor(real, by, intent.seq) === undefined) return undefined;
  if (intent.do === "wrong") return { do: "approve", by, seq: intent.seq, sawIt: false };
  if (intent.do === "reject") return { ...intent, by, sawIt: true };
  return { do: intent.do, by, seq: intent.seq, sawIt: true };
}

/** The request as it is sent: with what that client saw. */
function ask(real: Real, runtime: CodemodeRuntimeHandle, by: string, request: Request): Promise<Answer> {
  return send(runtime, real.id, request, real.seen.get(by) ?? []);
}

/** Everything that can be read of the execution, checked against the model and the ledger. */
async function look(real: Real, runtime: CodemodeRuntimeHandle, state: State, because: string): Promise<string[]> {
  const faults: string[] = [];
  const execution = await runtime.execution(real.id);
  const { effects, reverts } = real.ledger;
  const counts = (list: readonly { key: string }[], seq: number, end = "") =>
    list.filter(({ key }) => key === `${real.id}:${seq}${end}`).length;
  if ((execution?.status ?? "deleted") !== state.status)
    faults.push(`status ${execution?.status ?? "deleted"} instead of ${state.status}`);
  for (const [seq, call] of state.calls.entries()) {
    const took = counts(effects, seq);
    const undone = counts(reverts, seq, ":revert");
    if (took > 1) faults.push(`call ${seq} took effect ${took} times`);
    if (undone > 1) faults.push(`call ${seq} was undone ${undone} times`);
    if (call.state !== "approved" && took > 0) faults.push(`call ${seq} took effect and nobody approved it`);
    if (call.state === "approved" && took === 0 && (state.status === "paused" || state.status === "completed"))
      faults.push(`call ${seq} was approved and never ran`);
    const undoes = call.state === "approved" && call.undone;
    if (undone !== (undoes ? took : 0))
      faults.push(`call ${seq} took effect ${took} times and was undone ${undone} times`);
    const args = effects.find(({ key }) => key === `${real.id}:${seq}`)?.args;
    if (
      took > 0 &&
      call.state === "approved" &&
      JSON.stringify(args) !== JSON.stringify(call.edited ? EDITED : { n: seq })
    )
      faults.push(`call ${seq} ran with ${JSON.stringify(args)}`);
    const entry = execution?.log[seq];
    if (execution === null || call.state === "absent") continue;
    const decision = call.state === "pending" ? undefined : call.state;
    if (entry?.decision?.decision !== decision)
      faults.push(`call ${seq}: ${entry?.decision?.decision} is recorded instead of ${decision}`);
    if ("by" in call && entry?.decision?.by !== call.by)
      faults.push(`call ${seq}: decided by ${entry?.decision?.by}, recorded so, instead of ${call.by}`);
    const done = state.status !== "rolled_back" ? "applied" : undoes ? "reverted" : "revert_failed";
    if ((entry?.state === done) !== took > 0)
      faults.push(`call ${seq} is ${entry?.state}, and took effect ${took} times`);
  }
  const pending = await runtime.pending(real.id);
  const waits = [...state.calls.keys()].filter(
    (seq) => state.status === "paused" && state.calls[seq]?.state === "pending",
  );
  if (pending.map(({ seq }) => seq).join() !== waits.join())
    faults.push(`${pending.map(({ seq }) => seq)} wait instead of ${waits}`);
  return faults.map((fault) => `${because}: ${fault}`);
}

type Command = fc.AsyncCommand<Model, Real>;

class Looks implements Command {
  readonly by: string;
  constructor(by: string) {
    this.by = by;
  }
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    const pending = await real.place.run(real.desk.toolbox, (runtime) => runtime.pending(real.id));
    real.seen.set(this.by, pending);
    const waits = [...model.state.calls.keys()].filter(
      (seq) => model.state.status === "paused" && model.state.calls[seq]?.state === "pending",
    );
    expect(pending.map(({ seq }) => seq)).toEqual(waits);
  }
  toString = () => `${this.by} looks`;
}

class Does implements Command {
  readonly by: string;
  readonly intent: Intent;
  constructor(by: string, intent: Intent) {
    this.by = by;
    this.intent = intent;
  }
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    const request = requestOf(real, this.by, this.intent);
    if (request === undefined) return;
    const expected = take(model.state, request);
    await real.place.run(real.desk.toolbox, async (runtime) => {
      expect(await ask(real, runtime, this.by, request), String(this)).toBe(asTold(request, expected.answer));
      model.state = settle(expected.state);
      expect(await look(real, runtime, model.state, String(this))).toEqual([]);
    });
  }
  toString = () => `${this.by} ${JSON.stringify(this.intent)}`;
}

/** What was really sent: of a pair, one client may not have seen what its decision would be about. */
const sent = { pairs: 0 };

class BothDo implements Command {
  readonly intents: readonly [Intent, Intent];
  constructor(ann: Intent, bob: Intent) {
    this.intents = [ann, bob];
  }
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    const [one, other] = [requestOf(real, "ann", this.intents[0]), requestOf(real, "bob", this.intents[1])];
    if (one === undefined || other === undefined) return;
    sent.pairs += 1;
    await real.place.run(real.desk.toolbox, async (runtime, ctx) => {
      const second = runtimeIn(ctx, real.desk.toolbox);
      const answers = await Promise.all([ask(real, runtime, "ann", one), ask(real, second, "bob", other)]);
      const faults: string[] = [];
      for (const possible of takeBoth(model.state, one, other)) {
        const told = [asTold(one, possible.answers[0]), asTold(other, possible.answers[1])];
        const found =
          told.join() === answers.join()
            ? await look(real, runtime, possible.state, told.join(" and "))
            : [`answers ${told.join(" and ")}`];
        faults.push(...found);
        if (found.length > 0) continue;
        model.state = possible.state;
        return;
      }
      expect.fail(
        `${String(this)} were answered ${answers.join(" and ")}, which no order of them explains: ${faults.join("; ")}`,
      );
    });
  }
  toString = () => `both at once ${JSON.stringify(this.intents)}`;
}

/** Rolls back while the desk is locked, so that nothing is undone which was not before; and at once again when it is open. */
class RollsBackInVain extends Does {
  readonly again: boolean;
  constructor(by: string, again: boolean) {
    super(by, { do: "rollback" });
    this.again = again;
  }
  override async run(model: Model, real: Real): Promise<void> {
    const lock = (locked: boolean) => {
      model.state = { ...model.state, locked };
      real.desk.locked = locked;
    };
    lock(true);
    await super.run(model, real);
    lock(false);
    if (this.again) await super.run(model, real);
  }
  override toString = () => `${this.by} rolls back in vain${this.again ? ", and again" : ""}`;
}

class Crash implements Command {
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    await evict(real.place);
    await real.place.run(real.desk.toolbox, async (runtime) => {
      expect(await look(real, runtime, model.state, "after a crash")).toEqual([]);
    });
  }
  toString = () => "the facet dies";
}

const seqs = fc.integer({ min: 0, max: 3 });
const intents: fc.Arbitrary<Intent> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom("approve" as const, "edit" as const, "wrong" as const), seq: seqs }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("reject" as const),
      seq: seqs,
      then: fc.constantFrom("end" as const, "throw" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("approveAll" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("approveSeveral" as const, "rejectSeveral" as const),
      seqs: fc.uniqueArray(seqs, { minLength: 1, maxLength: 3 }),
      forged: fc.option(seqs, { nil: undefined, freq: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "cancel" as const,
        "expire" as const,
        "rollback" as const,
        "delete" as const,
        "recover" as const,
      ),
    }),
  },
);
const clients = fc.constantFrom("ann", "bob");

async function begin(): Promise<{ model: Model; real: Real }> {
  const place = newPlace();
  const ledger = makeLedger();
  const desk = makeDesk(ledger);
  const outcome = await place.run(desk.toolbox, (runtime) => runtime.execute({ code: PROGRAM }));
  const pending = outcome.status === "paused" ? outcome.pending : [];
  expect(pending).toHaveLength(3);
  const seen = new Map([
    ["ann", pending],
    ["bob", pending],
  ]);
  return { model: { state: BEGUN }, real: { place, ledger, desk, id: outcome.executionId, seen } };
}

test(
  `G5 ${RUNS} histories of two clients: every answer is true, and no decision is lost, doubled or misapplied`,
  async () => {
    console.log(`two clients: seed ${SEED}, ${RUNS} histories`);
    const path = setting("PATH_OF_FAILURE");
    const replayPath = setting("REPLAY_PATH");
    const commands = fc.commands(
      [
        clients.map((by) => new Looks(by)),
        fc.tuple(clients, intents).map(([by, intent]) => new Does(by, intent)),
        fc.tuple(intents, intents).map(([ann, bob]) => new BothDo(ann, bob)),
        fc.tuple(intents, intents).map(([ann, bob]) => new BothDo(ann, bob)),
        fc.tuple(clients, fc.boolean()).map(([by, again]) => new RollsBackInVain(by, again)),
        fc.constant(new Crash()),
      ],
      // How a history was shortened depends on what of it was done, so the path alone does not lead there again.
      { maxCommands: 12, ...(replayPath !== undefined && { replayPath }) },
    );
    await fc.assert(
      fc.asyncProperty(commands, async (history) => {
        await fc.asyncModelRun(begin, history);
      }),
      { seed: SEED, numRuns: RUNS, ...(path !== undefined && { path }) },
    );
    console.log(`two clients: ${sent.pairs} pairs of requests at once`);
    if (path === undefined) expect(sent.pairs).toBeGreaterThan(0);
  },
  RUNS * MS_PER_RUN,
);
