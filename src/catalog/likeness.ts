/** Looks for words that nothing contains: as beginnings of other words, and as other words misspelt. The search is a library's. */
import MiniSearch from "minisearch";
import type { CatalogDocument } from "./documents.ts";
import type { Vocabulary } from "./vocabulary.ts";

const LIKENESS = {
  combineWith: "OR",
  prefix: (term: string) => term.length >= 3,
  fuzzy: (term: string) => (term.length >= 4 ? 0.25 : false),
  weights: { prefix: 0.5, fuzzy: 0.4 },
} as const;

/** The library's index of what is indexed of the documents. */
export function indexForLikeness(
  documents: readonly CatalogDocument[],
  vocabulary: Vocabulary,
): MiniSearch<CatalogDocument> {
  const index = new MiniSearch<CatalogDocument>({
    fields: ["terms"],
    // Words come split and stemmed, so that the index and the question cannot differ in how: the text of a document is its
    // position, whose terms are known. A question is given as its terms, one by one.
    extractField: (document) => String(document.id),
    tokenize: (text, field) =>
      field === "terms" ? (documents[Number(text)]?.indexed ?? []).map((id) => vocabulary.stemOf(id)) : [text],
    processTerm: (term) => term,
  });
  index.addAll(documents);
  return index;
}

/** Documents that have words like these, by position, with the library's scores. */
export function findAlike(index: MiniSearch<CatalogDocument>, stems: readonly string[]): ReadonlyMap<number, number> {
  const found = index.search({ ...LIKENESS, queries: [...stems] });
  return new Map(found.map(({ id, score }) => [Number(id), score]));
}
