/**
 * The inverted index: a library's, over what methods are called, what they are about and what they take. It says which
 * documents are worth reading; how good they are is said by rank.ts.
 */
import MiniSearch from "minisearch";
import type { CatalogDocument } from "./documents.ts";
import type { Question } from "./question.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { WEIGHTS } from "./weights.ts";

/** Positions of documents with the library's scores, the best first. */
export type Found = ReadonlyMap<number, number>;

const NOTHING: Found = new Map();

/** Words that are nowhere may be the beginning of one, or misspelt. */
const NEAR = {
  prefix: (term: string) => term.length >= 3,
  fuzzy: (term: string) => (term.length >= 4 ? 0.25 : false),
  weights: { prefix: 0.5, fuzzy: 0.4 },
};

/** What is only mentioned in a long text says little: such documents come after those that are about a word. */
const MENTION_SCORE = 0.1;

function libraryIndex(documents: readonly CatalogDocument[], vocabulary: Vocabulary): MiniSearch<CatalogDocument> {
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

export class Engine {
  readonly #documents: readonly CatalogDocument[];
  readonly #vocabulary: Vocabulary;
  readonly #index: MiniSearch<CatalogDocument>;
  /** Stems below this number are in the library's index; those above are only in long texts. */
  readonly #indexed: number;
  /** By stem: documents that are about it, and documents that have it anywhere in the library's index. */
  readonly #aboutCounts: Int32Array;
  readonly #counts: Int32Array;
  readonly #conceptCounts = new Map<string, number>();

  constructor(documents: readonly CatalogDocument[], vocabulary: Vocabulary) {
    this.#documents = documents;
    this.#vocabulary = vocabulary;
    this.#indexed = vocabulary.size;
    this.#aboutCounts = new Int32Array(this.#indexed);
    this.#counts = new Int32Array(this.#indexed);
    for (const { about, indexed } of documents) {
      for (const id of about) this.#aboutCounts[id] = (this.#aboutCounts[id] ?? 0) + 1;
      for (const id of indexed) this.#counts[id] = (this.#counts[id] ?? 0) + 1;
    }
    this.#index = libraryIndex(documents, vocabulary);
  }

  /** How rare a stem is among names and summaries: common words say little. */
  rarity(id: number | undefined): number {
    const count = id === undefined ? 0 : (this.#aboutCounts[id] ?? 0);
    return Math.log(1 + this.#documents.length / (1 + count));
  }

  /** BM25's weight of a stem. One that is only in long texts counts as rare, but not as unique. */
  weight(id: number | undefined): number {
    return this.#weight(id === undefined ? 0 : (this.#counts[id] ?? 0));
  }

  /** The same of a concept: of all that stands for it together. */
  conceptWeight(concept: string): number {
    return this.#weight(this.#conceptCount(concept));
  }

  #weight(count: number): number {
    const least = Math.max(count, WEIGHTS.leastCount);
    return Math.log(1 + Math.max(0, this.#documents.length - least + 0.5) / (least + 0.5));
  }

  /** Documents that are about a concept. */
  #conceptCount(concept: string): number {
    const known = this.#conceptCounts.get(concept);
    if (known !== undefined) return known;
    const members = new Uint8Array(this.#indexed);
    for (const id of this.#vocabulary.membersOf(concept)) if (id < this.#indexed) members[id] = 1;
    let count = 0;
    for (const { about } of this.#documents) if (about.some((id) => members[id] === 1)) count += 1;
    this.#conceptCounts.set(concept, count);
    return count;
  }

  #isIndexed(stem: string): boolean {
    const id = this.#vocabulary.idOf(stem);
    return id !== undefined && id < this.#indexed;
  }

  /** Documents that have a word of the question, or one that stands for the same. */
  candidates({ words }: Question): Found {
    const boosts = new Map<string, number>();
    for (const { concepts, weight } of words) {
      for (const concept of concepts) {
        for (const id of this.#vocabulary.membersOf(concept)) {
          if (id < this.#indexed)
            boosts.set(this.#vocabulary.stemOf(id), (WEIGHTS.concept * weight) / Math.sqrt(concepts.length));
        }
      }
    }
    for (const { stem, weight } of words) if (this.#isIndexed(stem)) boosts.set(stem, weight);
    if (boosts.size === 0) return NOTHING;
    const found = this.#index.search(
      { combineWith: "OR", queries: [...boosts.keys()] },
      { boostTerm: (term) => boosts.get(term) ?? 1 },
    );
    return new Map(found.map(({ id, score }) => [Number(id), score]));
  }

  /** Documents of words that the library's index does not have: mentions in long texts, and words that are like them. */
  strays({ words }: Question): { readonly mentions: Found; readonly near: Found } {
    const unknown = words.map(({ stem }) => stem).filter((stem) => !this.#isIndexed(stem));
    if (unknown.length === 0) return { mentions: NOTHING, near: NOTHING };
    for (const document of this.#documents) document.read();
    const nowhere = unknown.filter((stem) => this.#vocabulary.idOf(stem) === undefined);
    const near = nowhere.length === 0 ? [] : this.#index.search({ combineWith: "OR", queries: nowhere }, NEAR);
    return { mentions: this.#mentions(unknown), near: new Map(near.map(({ id, score }) => [Number(id), score])) };
  }

  #mentions(stems: readonly string[]): Found {
    const wanted = new Set(stems.flatMap((stem) => this.#vocabulary.idOf(stem) ?? []));
    if (wanted.size === 0) return NOTHING;
    const found = new Map<number, number>();
    for (const document of this.#documents) {
      const { description, details } = document.read().fields;
      const has = (stem: number) => wanted.has(stem);
      if (description.some(has) || details.some(has)) found.set(document.id, MENTION_SCORE);
    }
    return found;
  }
}
