/** Every number of the ranking. Found on the intents for tuning in `test/catalog/eval`; README.md has what they give. */
import type { Field } from "./documents.ts";

type PerField = Readonly<Record<Field, number>>;

export const WEIGHTS = {
  /** What a word counts for by where it is. */
  fields: { name: 2.5, connector: 0.5, summary: 2.16, params: 1.5, description: 1.5, details: 0.3 } satisfies PerField,
  /** Length, in stems, at which a field counts as usual; longer ones say less with each word. */
  usualLength: { name: 4, connector: 1, summary: 6.25, params: 10, description: 40, details: 40 } satisfies PerField,
  /** BM25's k, b and d: how soon a repeated word stops counting, how much length matters, what being there is worth. */
  saturation: 0.96,
  lengthMatters: 0.7,
  presence: 0.4,
  /** The same at first sight, of what is indexed; there a document has each word once. */
  sight: { saturation: 1.2, lengthMatters: 0.7, presence: 0.5 },
  /** Documents that a word is taken to be in at least: what is met once is no better than what is met a few times. */
  leastCount: 2.4,
  /** A row of concepts.ts against the word itself: in what it adds, in answering a question, in being asked for. */
  concept: 0.34,
  conceptAnswers: 0.85,
  conceptWanted: 0.64,
  /** A word that is only like one of a method's. */
  near: 2,
  /** How much it counts that a document has many parts of the question; an exponent. */
  breadth: 1,
  /** How much the words' score counts against its corrections: an exponent, as it grows with every common word. */
  words: 0.57,
  /** What is left of a score whose method has nothing to do with the rest of the question. */
  coverageFloor: 0.35,
  precisionFloor: 0.25,
  /** A method that does what the verb says, against one whose action is another. */
  actionMatch: 1.7,
  /** A method that writes where reading was asked for, or the other way round. */
  effectConflict: 0.33,
  /** A method about the very thing that was asked for, or what is called the same; and one about something else. */
  headMatch: 1.1,
  headMiss: 0.9,
  /** A method that gives one where several were asked for, or the other way round. */
  numberConflict: 0.8,
  /** Verbs and pronouns of a question, against its nouns; and what is said beside the point. */
  verbWord: 0.8,
  pronounWord: 0.24,
  aside: 0.3,
};
