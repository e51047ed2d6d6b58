/** The Worker that writes golden journals: runs a recipe to its end and takes the database on the way. */
import { DurableObject } from "cloudflare:workers";
import { defineConnector } from "../../src/connector/define.ts";
import { createCodemodeRuntime } from "../../src/handle.ts";
import { DynamicWorkerExecutor } from "../../src/sandbox/dynamic-worker-executor.ts";
import { SCHEMA_VERSION } from "../../src/store/schema.ts";
import { doubtedSeqs, executionView } from "../faults/check.ts";
import { Operator } from "../faults/operator.ts";
import { approveFirst, type Move } from "../faults/scenarios.ts";
import { makeLedger } from "../faults/world.ts";
import { facetIn } from "../support/facet.ts";
import type { Dump, Golden, KeptMove } from "./dump.ts";
import { type GoldenRecipe, RECIPES } from "./goldens.ts";

export { TappedRuntime as CodemodeRuntime } from "../faults/taps.ts";

interface Env {
  readonly LOADER: WorkerLoader;
  readonly HOST: DurableObjectNamespace<Writer>;
}

function kept(move: Move): KeptMove {
  if (move.do === "approve") return { do: "approve", seq: move.action.seq, ...(move.args !== undefined && { args: move.args }) };
  if (move.do === "reject") return { do: "reject", seq: move.action.seq, then: move.then };
  if ("actions" in move) return { do: move.do, seqs: move.actions.map(({ seq }) => seq) };
  return { do: move.do };
}

export class Writer extends DurableObject<Env> {
  override async fetch(request: Request): Promise<Response> {
    const file = new URL(request.url).pathname.slice(1);
    const recipe = RECIPES.find((one) => one.file === file);
    return recipe === undefined ? new Response("no such recipe", { status: 404 }) : Response.json(await this.#write(recipe));
  }

  async #write({ at, limits, scenario }: GoldenRecipe): Promise<Golden> {
    let dump: Dump | undefined;
    const moves: KeptMove[] = [];
    let met = 0;
    const meet = async (what: "move" | "effect" | "revert") => {
      if (at === "end" || at.before !== what) return;
      if (met === at.n) dump = await facetIn(this.ctx).dump();
      met += 1;
    };
    const ledger = makeLedger(meet);
    const runtime = () =>
      createCodemodeRuntime({
        ctx: this.ctx,
        executor: new DynamicWorkerExecutor({ loader: this.env.LOADER }),
        connectors: Object.entries(ledger.toolbox).map(([name, tools]) => defineConnector({ name, tools })),
        ...(limits !== undefined && { limits }),
      });
    const operator = new Operator(
      { run: (_toolbox, body) => body(runtime(), this.ctx) },
      {
        ...scenario,
        person: (pending) => {
          const move = (scenario.person ?? approveFirst)(pending);
          if (dump !== undefined) moves.push(kept(move));
          return move;
        },
      },
      ledger,
      {
        excused: () => false,
        beforeMove: () => meet("move"),
      },
    );
    await operator.saveSnippets();
    const run = await operator.run();
    if (at === "end") dump = await facetIn(this.ctx).dump();
    if (dump === undefined) throw new Error(`${scenario.name} ended before its journal was taken.`);
    const { afterwards } = scenario;
    return {
      name: scenario.name,
      schemaVersion: SCHEMA_VERSION,
      dump,
      moves,
      ...(afterwards !== undefined && { afterwards }),
      outcome: executionView(run.execution, { doubts: doubtedSeqs(run), ordered: true }),
    };
  }
}

export default {
  fetch: (request, env) => env.HOST.get(env.HOST.newUniqueId()).fetch(request),
} satisfies ExportedHandler<Env>;
