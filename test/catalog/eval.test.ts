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
    const intents = [...INTENTS[name].heldout, ...INTENTS[name].tuning];
    const known = new Set(operationOf.values());
    expect(intents.flatMap(([, ids]) => ids).filter((id) => !known.has(id))).toEqual([]);
    expect(new Set(intents.map(([words]) => words)).size).toBe(intents.length);
  });

  it("finds what people ask for in their own words", async () => {
    const { recallAt5, mrr } = await scoreOf(INTENTS[name].heldout, answer);
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
