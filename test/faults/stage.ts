/**
 * Where trials take place: one Durable Object, on which one trial runs after the other, each with a database of its own. Several
 * stages at once keep the machine busy while tools and timers take their time.
 */
import { env, runInDurableObject } from "cloudflare:test";
import type { Executor } from "../../src/sandbox/executor.ts";
import { turn } from "../support/drive.ts";
import { type Place, runtimeIn } from "../support/runtime.ts";
import { Operator, type Run } from "./operator.ts";
import type { Scenario } from "./scenarios.ts";
import { type Fault, installProbe, makeProbe, type Probe } from "./taps.ts";
import type { Ledger } from "./world.ts";

const FACET = "codemode:default";

export interface Stage {
  /** The object, for {@link installProbe}. */
  readonly id: string;
  /** The runtime of the trial at hand. */
  readonly place: Pick<Place, "run">;
  /** Ends the facet as a crash would: what is not on disk is gone. */
  evict(): Promise<void>;
  /** Ends the facet and deletes its database. */
  clear(): Promise<void>;
}

function stageIn(ctx: DurableObjectState): Stage {
  return {
    id: ctx.id.toString(),
    place: {
      run: (toolbox, body, options = {}) => body(runtimeIn(ctx, toolbox, options), ctx),
    },
    async evict() {
      await turn();
      ctx.facets.abort(FACET, new Error("The process died (a test ended it)."));
    },
    async clear() {
      await turn();
      ctx.facets.delete(FACET);
    },
  };
}

/** Runs something on a stage of its own. */
export function onStage<T>(body: (stage: Stage) => Promise<T>): Promise<T> {
  return runInDurableObject(env.PLACES.get(env.PLACES.newUniqueId()), (_instance, ctx) => body(stageIn(ctx)));
}

/**
 * Works through a list on several stages at once, each item on the next stage that is free.
 *
 * @returns the answers, in the order of the items.
 */
export async function onStages<T, A>(
  count: number,
  items: readonly T[],
  work: (stage: Stage, item: T) => Promise<A>,
): Promise<A[]> {
  const answers: A[] = [];
  let next = 0;
  const lane = (stage: Stage): Promise<void> => {
    const index = next;
    const item = items[index];
    if (item === undefined) return Promise.resolve();
    next += 1;
    return work(stage, item).then((answer) => {
      answers[index] = answer;
      return lane(stage);
    });
  };
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, () => onStage(lane)));
  return answers;
}

/** What befalls a run of a scenario. */
export interface Disturbance {
  readonly strikes: readonly number[];
  readonly fault: Probe["fault"];
  /** The facet dies before every move of the person. */
  readonly evictions?: boolean;
  /** What runs the programs. Default: isolates. */
  readonly executor?: Executor;
}

export const CALM: Disturbance = { strikes: [], fault: "kill" satisfies Fault };

/** A run of a scenario, and all that is known of it. */
export interface Trial {
  readonly run: Run;
  readonly ledger: Ledger;
  readonly probe: Probe;
}

/** A strike may cost the client more than one answer: its own request, and the retry that met the dying facet. */
const LOST_ANSWERS_PER_STRIKE = 3;

/** Runs a scenario on a cleared stage. */
export async function tryOut(
  stage: Stage,
  scenario: Scenario,
  ledger: Ledger,
  { strikes, fault, evictions = false, executor }: Disturbance,
): Promise<Trial> {
  await stage.clear();
  const probe = makeProbe({ strikes, fault });
  let lost = 0;
  const options = executor === undefined ? {} : { executor };
  const place: Stage["place"] = { run: (toolbox, body) => stage.place.run(toolbox, body, options) };
  const operator = new Operator(place, scenario, ledger, {
    excused: () => {
      lost += 1;
      return lost <= probe.struck.length * LOST_ANSWERS_PER_STRIKE;
    },
    ...(evictions && { beforeMove: stage.evict }),
  });
  if (scenario.snippets !== undefined) {
    await operator.saveSnippets();
    await stage.evict();
  }
  const uninstall = installProbe(probe, stage.id);
  try {
    const run = await withinLimit(operator.run(), () => `hangs after ${probe.trace.slice(-3).join(", ")}`);
    return { run, ledger, probe };
  } finally {
    uninstall();
  }
}

/** A trial takes some 50 ms, and longer beside others; one that takes this long waits for what never comes. */
const TRIAL_LIMIT_MS = 20_000;

async function withinLimit<T>(work: Promise<T>, describeHang: () => string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(describeHang())), TRIAL_LIMIT_MS);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
