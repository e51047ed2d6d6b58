/** Prints how well search finds what people ask for, ours and the released one: `node scripts/eval-search.ts`. */
import { buildIndex } from "../src/catalog/build.ts";
import { searchIndex } from "../src/catalog/search.ts";
import { releasedSearch } from "../test/catalog/eval/released.ts";
import { type Answering, INTENTS, scoreOf } from "../test/catalog/eval/score.ts";
import { loadSpec, SPEC_NAMES } from "../test/catalog/eval/specs.ts";

const rows: string[] = [
  "| API | operations | intents | search | recall@1 | recall@5 | MRR |",
  "|---|--:|---|---|--:|--:|--:|",
];

for (const name of SPEC_NAMES) {
  const { description, operationOf, document } = loadSpec(name);
  const index = buildIndex({ connectors: [description] });
  const searches: Readonly<Record<string, Answering>> = {
    ours: (query) => searchIndex(index, query, { limit: 50 }).results.map(({ method }) => operationOf.get(method)),
    released: await releasedSearch(name, document, operationOf.values()),
  };
  for (const part of ["tuning", "heldout", "blind"] as const) {
    for (const [search, answer] of Object.entries(searches)) {
      const { intents, recallAt1, recallAt5, mrr } = await scoreOf(INTENTS[name][part], answer);
      const numbers = [recallAt1, recallAt5, mrr].map((share) => share.toFixed(2));
      rows.push(`| ${name} | ${operationOf.size} | ${intents} ${part} | ${search} | ${numbers.join(" | ")} |`);
    }
  }
}

console.log(rows.join("\n"));
