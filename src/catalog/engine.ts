/**
 * The inverted index: over what methods are called, what they are about and what they take. It says which documents are
 * worth reading; how good they are is said by rank.ts.
 */
import type MiniSearch from "minisearch";
import type { CatalogDocument } from "./documents.ts";
import { findAlike, indexForLikeness } from "./likeness.ts";
import { countStems, Postings } from "./postings.ts";
import type { Question } from "./question.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { WEIGHTS } from "./weights.ts";

/** Positions of documents with their scores. */
export type Found = ReadonlyMap<number, number>;

const NOTHING: Found = new Map();

/** What is only mentioned in a long text says little: such documents come after those that are about a word. */
const MENTION_SCORE = 0.1;

export class Engine {
  readonly #documents: readonly CatalogDocument[];
  readonly #vocabulary: Vocabulary;
  readonly #postings: Postings;
  /** Made when a word that nothing contains is first asked for. */
  #likeness: MiniSearch<CatalogDocument> | undefined;
  /** Stems below this number are in the index; those above are only in long texts. */
  readonly #indexed: number;
  /** By stem: how rare it is among names and summaries. */
  readonly #rarities: Float64Array;
  readonly #conceptCounts = new Map<string, number>();

  constructor(documents: readonly CatalogDocument[], vocabulary: Vocabulary) {
    this.#documents = documents;
    this.#vocabulary = vocabulary;
    this.#indexed = vocabulary.size;
    this.#postings = new Postings(documents, vocabulary.size);
    const counts = countStems(
      documents.map(({ about }) => about),
      vocabulary.size,
    );
    this.#rarities = new Float64Array(counts.length);
    counts.forEach((count, id) => {
      this.#rarities[id] = this.#rarityOf(count);
    });
  }

  #rarityOf(count: number): number {
    return Math.log(1 + this.#documents.length / (1 + count));
  }

  /** How rare a stem is among names and summaries: common words say little. */
  rarity(id: number | undefined): number {
    return (id === undefined ? undefined : this.#rarities[id]) ?? this.#rarityOf(0);
  }

  /** BM25's weight of a stem. One that is only in long texts counts as rare, but not as unique. */
  weight(id: number | undefined): number {
    return this.#weight(id === undefined ? 0 : this.#postings.count(id));
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
    const isMember = (id: number) => members[id] === 1;
    this.#documents.forEach(({ about }) => {
      if (about.some(isMember)) count += 1;
    });
    this.#conceptCounts.set(concept, count);
    return count;
  }

  #isIndexed(id: number | undefined): id is number {
    return id !== undefined && id < this.#indexed;
  }

  /** By position: how well documents answer that have a word of the question, or one that stands for the same; 0 for others. */
  scores({ words }: Question): Float64Array {
    const weights = new Map<number, number>();
    for (const { concepts, weight } of words) {
      for (const concept of concepts) {
        for (const id of this.#vocabulary.membersOf(concept)) {
          if (this.#isIndexed(id)) weights.set(id, (WEIGHTS.concept * weight) / Math.sqrt(concepts.length));
        }
      }
    }
    for (const { stem, weight } of words) {
      const id = this.#vocabulary.idOf(stem);
      if (this.#isIndexed(id)) weights.set(id, weight);
    }
    return this.#postings.scores(weights);
  }

  /** Documents of words that the index does not have: mentions in long texts, and words that are like them. */
  strays({ words }: Question): { readonly mentions: Found; readonly near: Found } {
    const unknown = words.map(({ stem }) => stem).filter((stem) => !this.#isIndexed(this.#vocabulary.idOf(stem)));
    if (unknown.length === 0) return { mentions: NOTHING, near: NOTHING };
    for (const document of this.#documents) document.read();
    const nowhere = unknown.filter((stem) => this.#vocabulary.idOf(stem) === undefined);
    return { mentions: this.#mentions(unknown), near: nowhere.length === 0 ? NOTHING : this.#alike(nowhere) };
  }

  #alike(stems: readonly string[]): Found {
    this.#likeness ??= indexForLikeness(this.#documents, this.#vocabulary);
    return findAlike(this.#likeness, stems);
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
