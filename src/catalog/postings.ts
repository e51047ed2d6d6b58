/**
 * Which documents have a stem in what is indexed of them, and BM25+ over that: how well each answers some stems at first sight.
 *
 * Counting loops here and in documents.ts and vocabulary.ts: the first search runs them over thousands of documents in code that
 * the engine has not optimised yet, where each step of an iterator is an object.
 */
import type { CatalogDocument } from "./documents.ts";
import { WEIGHTS } from "./weights.ts";

/** By stem: how many of these lists have it. Each has it once at most. */
export function countStems(lists: readonly (readonly number[])[], stems: number): Int32Array {
  const counts = new Int32Array(stems);
  lists.forEach((list) => {
    for (let at = 0; at < list.length; at += 1) {
      const id = list[at] ?? 0;
      counts[id] = (counts[id] ?? 0) + 1;
    }
  });
  return counts;
}

/** Documents by stem, one list behind the other: an index of thousands is a few arrays. */
export class Postings {
  /** Where a stem's documents begin; those of the next begin where its own end. */
  readonly #starts: Int32Array;
  readonly #documents: Int32Array;
  /** By document: what having a stem is worth in it. Long ones say less with each. */
  readonly #worths: Float64Array;

  constructor(documents: readonly CatalogDocument[], stems: number) {
    const counts = countStems(
      documents.map(({ indexed }) => indexed),
      stems,
    );
    this.#starts = new Int32Array(stems + 1);
    let total = 0;
    for (let id = 0; id < stems; id += 1) {
      total += counts[id] ?? 0;
      this.#starts[id + 1] = total;
    }
    const ends = this.#starts.slice();
    this.#documents = new Int32Array(total);
    this.#worths = new Float64Array(documents.length);
    const { saturation, lengthMatters, presence } = WEIGHTS.sight;
    const usual = total / documents.length;
    documents.forEach(({ indexed }, document) => {
      for (let at = 0; at < indexed.length; at += 1) {
        const id = indexed[at] ?? 0;
        const end = ends[id] ?? 0;
        this.#documents[end] = document;
        ends[id] = end + 1;
      }
      const relative = 1 - lengthMatters + (lengthMatters * indexed.length) / usual;
      this.#worths[document] = presence + (saturation + 1) / (1 + saturation * relative);
    });
  }

  /** How many documents have a stem. */
  count(id: number): number {
    return (this.#starts[id + 1] ?? 0) - (this.#starts[id] ?? 0);
  }

  /** By document: the score of the stems that it has, each with its weight, times how many it has. 0 where it has none. */
  scores(weights: ReadonlyMap<number, number>): Float64Array {
    const scores = new Float64Array(this.#worths.length);
    const matches = new Uint16Array(this.#worths.length);
    for (const [id, weight] of weights) {
      const count = this.count(id);
      const worth = weight * Math.log(1 + (scores.length - count + 0.5) / (count + 0.5));
      const end = this.#starts[id + 1] ?? 0;
      for (let at = this.#starts[id] ?? 0; at < end; at += 1) {
        const document = this.#documents[at] ?? 0;
        scores[document] = (scores[document] ?? 0) + worth * (this.#worths[document] ?? 0);
        matches[document] = (matches[document] ?? 0) + 1;
      }
    }
    for (let at = 0; at < scores.length; at += 1) scores[at] = (scores[at] ?? 0) * (matches[at] ?? 0);
    return scores;
  }
}
