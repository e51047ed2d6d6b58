/** Postings: the score of documents at first sight is that of the library that finds misspelt words, so that both can be compared. */

import MiniSearch from "minisearch";
import { expect, it } from "vitest";
import { documentsOf } from "../../src/catalog/documents.ts";
import { Postings } from "../../src/catalog/postings.ts";
import { Vocabulary } from "../../src/catalog/vocabulary.ts";
import type { ConnectorDescription } from "../../src/connector/types.ts";
import fc from "../support/fast-check.ts";

const WORDS = ["issue", "label", "commit", "branch", "team", "secret", "runner"] as const;

const METHODS = fc.uniqueArray(fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 5 }), {
  minLength: 1,
  maxLength: 20,
  selector: (words) => words.join("_"),
});

/** Methods that are called by these words. */
function described(methods: readonly (readonly string[])[]): ConnectorDescription {
  const entries = methods.map((words) => [words.join("_"), { inputSchema: { type: "object" as const } }] as const);
  return { name: "github", descriptors: Object.fromEntries(entries) };
}

it("scores as the library does what has some of the stems that are asked for", () => {
  fc.assert(
    fc.property(
      METHODS,
      fc.dictionary(fc.constantFrom(...WORDS), fc.double({ min: 0.1, max: 3, noNaN: true })),
      (methods, asked) => {
        const vocabulary = new Vocabulary();
        const documents = documentsOf([described(methods)], [], vocabulary);
        const library = new MiniSearch({ fields: ["text"], processTerm: (term) => term });
        library.addAll(
          documents.map(({ id, indexed }) => ({ id, text: indexed.map((stem) => vocabulary.stemOf(stem)).join(" ") })),
        );
        const weights = new Map<number, number>();
        const boosts = new Map<string, number>();
        for (const [word, weight] of Object.entries(asked)) {
          for (const id of vocabulary.read(word)) {
            weights.set(id, weight);
            boosts.set(vocabulary.stemOf(id), weight);
          }
        }
        // Words that no method has were given numbers by asking: an index is made for those that it has.
        const scores = new Postings(documents, vocabulary.size).scores(weights);
        const theirs = library.search(
          { combineWith: "OR", queries: [...boosts.keys()] },
          { boostTerm: (term) => boosts.get(term) ?? 1 },
        );
        const expected = documents.map(({ id }) => theirs.find((found) => found.id === id)?.score ?? 0);
        expect(scores.length).toBe(expected.length);
        for (const [at, score] of expected.entries()) expect(scores[at]).toBeCloseTo(score, 9);
      },
    ),
  );
});
