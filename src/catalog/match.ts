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
function isFirst(marks: number[], at: number, mark: number): boolean {
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

/** A stem that the question asks for. */
interface AskedStem {
  /** How much, 0 to 1. */
  wanted: number;
  /** Which word of the question it is. */
  word: number | undefined;
  /** Which concepts of the question it stands for. */
  readonly concepts: number[];
}

/** Stems that a question asks for, by number. Most stems it does not. */
function askedStems(
  { actions }: Question,
  vocabulary: Vocabulary,
  { ids, concepts }: { ids: readonly (number | undefined)[]; concepts: readonly string[] },
): readonly (AskedStem | undefined)[] {
  const stems = new Array<AskedStem | undefined>(vocabulary.size);
  const asked = (id: number): AskedStem => {
    const stem = stems[id] ?? { wanted: WEIGHTS.conceptWanted, word: undefined, concepts: [] };
    stems[id] = stem;
    return stem;
  };
  concepts.forEach((concept, place) => {
    for (const id of vocabulary.membersOf(concept)) asked(id).concepts.push(place);
  });
  for (const action of actions) vocabulary.membersOf(action).forEach(asked);
  ids.forEach((id, word) => {
    if (id !== undefined) Object.assign(asked(id), { wanted: 1, word });
  });
  return stems;
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}

/**
 * A question against one vocabulary. What it asks for stands in arrays by the number of a stem, so that a document is
 * compared by going once through its numbers. Make it after documents were read: reading adds to the vocabulary.
 */
export class Matcher {
  readonly #engine: Engine;
  /** By word. */
  readonly #wordWorth: readonly number[];
  readonly #share: readonly number[];
  readonly #conceptsOfWord: readonly (readonly number[])[];
  readonly #counts: number[];
  readonly #wordMarks: number[];
  /** By concept. */
  readonly #conceptWorth: readonly number[];
  readonly #fieldMarks: number[];
  readonly #documentMarks: number[];
  /** By stem. */
  readonly #asked: readonly (AskedStem | undefined)[];
  #mark = 0;

  constructor(question: Question, vocabulary: Vocabulary, engine: Engine) {
    const { words } = question;
    const worths = conceptWorths(question, engine);
    const concepts = [...worths.keys()];
    const ids = words.map(({ stem }) => vocabulary.idOf(stem));
    this.#engine = engine;
    this.#wordWorth = words.map(({ weight }, at) => weight * engine.weight(ids[at]));
    this.#share = words.map(({ weight }, at) => weight * engine.rarity(ids[at]));
    this.#conceptsOfWord = words.map((word) => word.concepts.map((concept) => concepts.indexOf(concept)));
    this.#counts = zeros(words.length);
    this.#wordMarks = zeros(words.length);
    this.#conceptWorth = [...worths.values()];
    this.#fieldMarks = zeros(concepts.length);
    this.#documentMarks = zeros(concepts.length);
    this.#asked = askedStems(question, vocabulary, { ids, concepts });
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
      for (let at = 0; at < ids.length; at += 1) {
        const asked = this.#asked[ids[at] ?? 0];
        if (asked === undefined) continue;
        const { word } = asked;
        if (word !== undefined) this.#counts[word] = (this.#counts[word] ?? 0) + 1;
        // What is only mentioned of a parameter stands for nothing else.
        if (field === "details") continue;
        for (const concept of asked.concepts) {
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
    for (let at = 0; at < about.length; at += 1) {
      const id = about[at] ?? 0;
      const rarity = this.#engine.rarity(id);
      told += rarity;
      const stem = this.#asked[id];
      if (stem === undefined) continue;
      wanted += rarity * stem.wanted;
      if (stem.word !== undefined) this.#wordMarks[stem.word] = this.#mark;
      for (const concept of stem.concepts) this.#documentMarks[concept] = this.#mark;
    }
    let asked = 0;
    let answered = 0;
    for (let word = 0; word < this.#share.length; word += 1) {
      const share = this.#share[word] ?? 0;
      asked += share;
      if (this.#wordMarks[word] === this.#mark) answered += share;
      else if (this.#conceptsOfWord[word]?.some((concept) => this.#documentMarks[concept] === this.#mark)) {
        answered += share * WEIGHTS.conceptAnswers;
      }
    }
    return { coverage: asked === 0 ? 0 : answered / asked, precision: told === 0 ? 0 : wanted / told };
  }
}
