import { describe, expect, it } from "vitest";
import { buildIndex } from "../../src/catalog/build.ts";
import { searchIndex } from "../../src/catalog/search.ts";
import { type Answering, INTENTS, scoreOf } from "./eval/score.ts";
import { loadSpec } from "./eval/specs.ts";

/** What search must reach on intents that it was not tuned on; the targets are those of README.md in src/catalog. */
const LEAST = {
  github: { recallAt5: 0.9, mrr: 0.75 },
  readme: { recallAt5: 0.9, mrr: 0.8 },
} as const;

describe.each(["github", "readme"] as const)("search over %s", (name) => {
  const { description, operationOf } = loadSpec(name);
  const answer: Answering = (query) =>
    searchIndex(buildIndex({ connectors: [description] }), query, { limit: 50 }).results.map(({ method }) =>
      operationOf.get(method),
    );

  it("is asked only for operations that there are, each intent once", () => {
    const { heldout, tuning, blind } = INTENTS[name];
    const intents = [...heldout, ...tuning, ...blind];
    const operations = new Set(operationOf.values());
    expect(intents.flatMap(([, ids]) => ids).filter((id) => !operations.has(id))).toEqual([]);
    // The blind ones may say by chance what another says.
    const known = [...heldout, ...tuning];
    expect(new Set(known.map(([words]) => words)).size).toBe(known.length);
  });

  it.each(["heldout", "blind"] as const)("finds what people ask for in their own words: %s", async (set) => {
    const { recallAt5, mrr } = await scoreOf(INTENTS[name][set], answer);
    expect(recallAt5).toBeGreaterThanOrEqual(LEAST[name].recallAt5);
    expect(mrr).toBeGreaterThanOrEqual(LEAST[name].mrr);
  });

  it("answers within the budget of 2,000 tokens", () => {
    for (const [words] of INTENTS[name].heldout) {
      const { results } = searchIndex(buildIndex({ connectors: [description] }), words);
      expect(JSON.stringify(results).length).toBeLessThanOrEqual(8_001);
    }
  });
});
