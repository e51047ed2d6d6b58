/** Compares a question with documents: how well their words answer it, and how much each is about the other. */
import { type CatalogDocument, FIELDS, type Field, type Reading } from "./documents.ts";
import type { Engine } from "./engine.ts";
import type { Question } from "./question.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { WEIGHTS } from "./weights.ts";

/** BM25+ of a word that a field of some length has so many times. */
function bm25(count: number, length: number, field: Field): number {
  const { saturation, lengthMatters, presence, usualLength } = WEIGHTS;
  const relative = 1 - lengthMatters + (lengthMatters * length) / usualLength[field];
  return presence + (count * (saturation + 1)) / (count + saturation * relative);
}

/** Whether something is met for the first time since the mark changed. */
function isFirst(marks: Int32Array, at: number, mark: number): boolean {
  if (marks[at] === mark) return false;
  marks[at] = mark;
  return true;
}

/** Each concept of the question with what it is worth. */
function conceptWorths({ words }: Question, engine: Engine): ReadonlyMap<string, number> {
  const worths = new Map<string, number>();
  for (const { concepts, weight } of words) {
    // A word of many meanings says less with each.
    const share = (WEIGHTS.concept * weight) / Math.sqrt(concepts.length);
    for (const concept of concepts) worths.set(concept, share * engine.conceptWeight(concept));
  }
  return worths;
}

const NONE: readonly number[] = [];

/**
 * A question against one vocabulary. What it asks for stands in arrays by the number of a stem, so that a document is
 * compared by going once through its numbers. Make it after documents were read: reading adds to the vocabulary.
 */
export class Matcher {
  readonly #engine: Engine;
  /** By word. */
  readonly #wordWorth: Float64Array;
  readonly #share: Float64Array;
  readonly #conceptsOfWord: readonly (readonly number[])[];
  readonly #counts: Int32Array;
  readonly #wordMarks: Int32Array;
  /** By concept. */
  readonly #conceptWorth: Float64Array;
  readonly #fieldMarks: Int32Array;
  readonly #documentMarks: Int32Array;
  /** By stem: 1 + the word that it is, the concepts that it stands for, and how much it was asked for, 0 to 1. */
  readonly #wordOf: Int32Array;
  readonly #conceptsOf: (number[] | undefined)[];
  readonly #wanted: Float64Array;
  #mark = 0;

  constructor(question: Question, vocabulary: Vocabulary, engine: Engine) {
    const { words, actions } = question;
    const worths = conceptWorths(question, engine);
    const concepts = [...worths.keys()];
    const placeOf = new Map(concepts.map((concept, place) => [concept, place]));
    const ids = words.map(({ stem }) => vocabulary.idOf(stem));
    this.#engine = engine;
    this.#wordWorth = Float64Array.from(words, ({ weight }, at) => weight * engine.weight(ids[at]));
    this.#share = Float64Array.from(words, ({ weight }, at) => weight * engine.rarity(ids[at]));
    this.#conceptsOfWord = words.map((word) => word.concepts.map((concept) => placeOf.get(concept) ?? 0));
    this.#counts = new Int32Array(words.length);
    this.#wordMarks = new Int32Array(words.length);
    this.#conceptWorth = Float64Array.from(worths.values());
    this.#fieldMarks = new Int32Array(concepts.length);
    this.#documentMarks = new Int32Array(concepts.length);
    this.#wordOf = new Int32Array(vocabulary.size);
    this.#conceptsOf = new Array<number[] | undefined>(vocabulary.size);
    this.#wanted = new Float64Array(vocabulary.size);
    for (const [place, concept] of concepts.entries()) {
      for (const id of vocabulary.membersOf(concept)) {
        const list = this.#conceptsOf[id];
        if (list === undefined) this.#conceptsOf[id] = [place];
        else list.push(place);
      }
    }
    for (const concept of [...concepts, ...actions]) {
      for (const id of vocabulary.membersOf(concept)) this.#wanted[id] = WEIGHTS.conceptWanted;
    }
    for (const [place, id] of ids.entries()) {
      if (id === undefined) continue;
      this.#wordOf[id] = place + 1;
      this.#wanted[id] = 1;
    }
  }

  /** How well a document's words answer: BM25 over its fields, times how many parts of the question it has at all. */
  wordsScore({ fields }: Reading): number {
    this.#mark += 1;
    const document = this.#mark;
    let score = 0;
    let breadth = 0;
    for (const field of FIELDS) {
      this.#mark += 1;
      const ids = fields[field];
      let concepts = 0;
      for (const id of ids) {
        const word = (this.#wordOf[id] ?? 0) - 1;
        if (word >= 0) this.#counts[word] = (this.#counts[word] ?? 0) + 1;
        // What is only mentioned of a parameter stands for nothing else.
        if (field === "details") continue;
        for (const concept of this.#conceptsOf[id] ?? NONE) {
          if (isFirst(this.#fieldMarks, concept, this.#mark)) concepts += this.#conceptWorth[concept] ?? 0;
          if (isFirst(this.#documentMarks, concept, document)) breadth += 1;
        }
      }
      let sum = concepts * bm25(1, ids.length, field);
      for (let word = 0; word < this.#counts.length; word += 1) {
        const count = this.#counts[word] ?? 0;
        if (count === 0) continue;
        sum += (this.#wordWorth[word] ?? 0) * bm25(count, ids.length, field);
        if (isFirst(this.#wordMarks, word, document)) breadth += 1;
        this.#counts[word] = 0;
      }
      score += WEIGHTS.fields[field] * sum;
    }
    return score * Math.max(1, breadth) ** WEIGHTS.breadth;
  }

  /**
   * How much of the question a name and summary answer (`coverage`), and how much of them was asked for (`precision`);
   * both 0 to 1.
   */
  overlap({ about }: CatalogDocument): { readonly coverage: number; readonly precision: number } {
    this.#mark += 1;
    let told = 0;
    let wanted = 0;
    for (const id of about) {
      const rarity = this.#engine.rarity(id);
      told += rarity;
      wanted += rarity * (this.#wanted[id] ?? 0);
      const word = (this.#wordOf[id] ?? 0) - 1;
      if (word >= 0) this.#wordMarks[word] = this.#mark;
      for (const concept of this.#conceptsOf[id] ?? NONE) this.#documentMarks[concept] = this.#mark;
    }
    let asked = 0;
    let answered = 0;
    for (const [word, share] of this.#share.entries()) {
      asked += share;
      if (this.#wordMarks[word] === this.#mark) answered += share;
      else if (this.#conceptsOfWord[word]?.some((concept) => this.#documentMarks[concept] === this.#mark)) {
        answered += share * WEIGHTS.conceptAnswers;
      }
    }
    return { coverage: asked === 0 ? 0 : answered / asked, precision: told === 0 ? 0 : wanted / told };
  }
}
