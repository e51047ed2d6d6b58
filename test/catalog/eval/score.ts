/** Scores a search against labelled intents: recall@1, recall@5, mean reciprocal rank. */

import { BLIND } from "./intents.blind.ts";
import { heldout as figmaHeldout, tuning as figmaTuning } from "./intents.figma.ts";
import { heldout as githubHeldout, tuning as githubTuning } from "./intents.github.ts";
import { heldout as readmeHeldout, tuning as readmeTuning } from "./intents.readme.ts";
import type { Intent } from "./intents.ts";
import type { SpecName } from "./specs.ts";

export const INTENTS = {
  github: { tuning: githubTuning, heldout: githubHeldout, blind: BLIND.github },
  figma: { tuning: figmaTuning, heldout: figmaHeldout, blind: BLIND.figma },
  readme: { tuning: readmeTuning, heldout: readmeHeldout, blind: BLIND.readme },
} as const satisfies Record<SpecName, Record<"tuning" | "heldout" | "blind", readonly Intent[]>>;

export interface Scores {
  readonly intents: number;
  readonly recallAt1: number;
  readonly recallAt5: number;
  /** Mean of 1/rank of the first right answer, 0 where it is not among the first 50. */
  readonly mrr: number;
}

/** Operation ids of the answer by rank. */
export type Answering = (query: string) => readonly (string | undefined)[] | Promise<readonly (string | undefined)[]>;

const MAX_RANK = 50;

export async function scoreOf(intents: readonly Intent[], answer: Answering): Promise<Scores> {
  const ranks: number[] = [];
  for (const [words, operationIds] of intents) {
    const answers = (await answer(words)).slice(0, MAX_RANK);
    ranks.push(answers.findIndex((id) => id !== undefined && operationIds.includes(id)) + 1);
  }
  const share = (within: number) => ranks.filter((rank) => rank > 0 && rank <= within).length / ranks.length;
  const mrr = ranks.reduce((sum, rank) => sum + (rank > 0 ? 1 / rank : 0), 0) / ranks.length;
  return { intents: intents.length, recallAt1: share(1), recallAt5: share(5), mrr };
}
