/**
 * Ranks the methods of an index for what a person or a model asked.
 *
 * The inverted index finds candidates and says how well the words match (BM25 over fields). Three questions then
 * correct it, because short sentences about APIs share most of their words: how much of what was asked is in the
 * method's name and summary (`coverage`), how much of the name and summary was asked for (`precision`: `repos_delete`
 * before `repos_delete_deploy_key` for "delete a repo"), and does the method do what the verb says (`action`).
 */
import type MiniSearch from "minisearch";
import { conceptsOf, effectOf, isAction, isVerb, meantBy, QUESTION_WORDS } from "./concepts.ts";
import type { CatalogDocument, Field } from "./documents.ts";
import { readThing, type Thing } from "./phrase.ts";
import { isStopWord, splitWords, stemOf } from "./words.ts";

/** Weights, found on the tuning half of `test/catalog/eval`; README.md has the numbers. */
export const WEIGHTS = {
  fields: { name: 1.6, connector: 0.5, summary: 2.7, params: 1.2, description: 1.5, details: 0.3 } satisfies Record<
    Field,
    number
  >,
  /** A row of concepts.ts against the word itself. */
  concept: 0.3,
  /** What is left of a score whose method has nothing to do with the rest of the question. */
  coverageFloor: 0.35,
  precisionFloor: 0.25,
  /** A method that does what the verb says, against one whose action is another. */
  actionMatch: 1.7,
  /** A method that writes where reading was asked for, or the other way round. */
  effectConflict: 0.5,
  /** A method about the very thing that was asked for, or what is called the same; and one about something else. */
  headMatch: 1.1,
  headMiss: 0.9,
  /** A method that gives one where several were asked for, or the other way round. */
  numberConflict: 0.8,
  /** How much the index's own score counts: an exponent, as it is a sum that grows with every common word. */
  engine: 0.57,
  /** Verbs and pronouns of a question, against its nouns. */
  verbWord: 0.8,
  pronounWord: 0.2,
  aside: 0.3,
  /** Words that are not in the vocabulary may be the beginning of one, or misspelt. */
  prefix: 0.5,
  fuzzy: 0.4,
};

const PRONOUNS: ReadonlySet<string> = new Set("me my mine myself i our us who someone somebody person".split(" "));

/** A first word that no table knows is a verb when one of these follows ("star a repository", "reply to …"), unless it is a plural ("reactions to …"). */
const AFTER_VERB: ReadonlySet<string> = new Set(
  "a an the my our this that these on to for another someone somebody two".split(" "),
);

/** Candidates that are ranked in earnest; the rest keep their order behind them. */
const MAX_CANDIDATES = 300;

/** One word of the question. */
interface AskedWord {
  readonly stem: string;
  readonly concepts: readonly string[];
  readonly weight: number;
}

export interface Question {
  readonly words: readonly AskedWord[];
  /** What the first verb asks for. */
  readonly actions: ReadonlySet<string>;
  readonly effect: "read" | "write" | undefined;
  readonly thing: Thing;
}

/** How rare a stem or concept is among names and summaries: common words say little. */
export type Rarity = (term: string) => number;

/** What follows one of these says when or why, not what. */
const CIRCUMSTANCE: ReadonlySet<string> = new Set("when whenever if because while after before so".split(" "));

function weightOf(word: string, concepts: readonly string[], first: boolean): number {
  if (PRONOUNS.has(word)) return WEIGHTS.pronounWord;
  return first && concepts.some(isAction) ? WEIGHTS.verbWord : 1;
}

/** Reads a question: its words, and what its verb asks for. */
export function readQuestion(query: string): Question {
  const said = splitWords(query);
  const all = meantBy(said);
  const kept = all.filter((word) => !isStopWord(word) && !(QUESTION_WORDS.has(word) && word !== "who"));
  const words = new Map<string, AskedWord>();
  const circumstance = all.findIndex((word, at) => at > 1 && CIRCUMSTANCE.has(word));
  const aside = new Set(circumstance < 0 ? [] : all.slice(circumstance));
  for (const [at, word] of (kept.length > 0 ? kept : all).entries()) {
    const stem = stemOf(word);
    const concepts = conceptsOf(stem);
    if (!words.has(stem))
      words.set(stem, {
        stem,
        concepts,
        weight: weightOf(word, concepts, at === 0) * (aside.has(word) ? WEIGHTS.aside : 1),
      });
  }
  const asks = said[0] !== undefined && QUESTION_WORDS.has(said[0]);
  const [first] = words.values();
  const [begins = ""] = all;
  const orders = !asks && !/s$/.test(said[0] ?? "s") && AFTER_VERB.has(said[1] ?? "");
  const verbs = (asks ? ["~list", "~get", "~check"] : isVerb(begins) ? (first?.concepts ?? []) : []).filter(isAction);
  const effects = new Set(verbs.map(effectOf));
  const [effect] = effects;
  return {
    words: [...words.values()],
    actions: new Set(verbs),
    effect: verbs.length === 0 ? (orders ? "write" : "read") : effects.size === 1 ? effect : undefined,
    thing: readThing(all.join(" ")),
  };
}

/** How much of the question the method's name and summary answer, and the other way round; both 0 to 1. */
function overlap(question: Question, document: CatalogDocument, rarity: Rarity) {
  const theirConcepts = new Set(document.about.flatMap(conceptsOf));
  const theirs = new Set(document.about);
  let asked = 0;
  let answered = 0;
  for (const { stem, concepts, weight: share } of question.words) {
    const weight = rarity(stem) * share;
    asked += weight;
    if (theirs.has(stem)) answered += weight;
    else if (concepts.some((concept) => theirConcepts.has(concept))) answered += weight * 0.7;
  }
  const askedStems = new Set(question.words.map(({ stem }) => stem));
  const askedConcepts = new Set(question.words.flatMap(({ concepts }) => concepts));
  let told = 0;
  let wanted = 0;
  for (const stem of document.about) {
    const weight = rarity(stem);
    told += weight;
    if (askedStems.has(stem)) wanted += weight;
    else if (conceptsOf(stem).some((concept) => askedConcepts.has(concept) || question.actions.has(concept)))
      wanted += weight * 0.8;
  }
  return { coverage: asked === 0 ? 0 : answered / asked, precision: told === 0 ? 0 : wanted / told };
}

function actionFactor(question: Question, document: CatalogDocument): number {
  const matches = [...question.actions].some((action) => document.actions.has(action));
  const conflicts =
    question.effect !== undefined && document.effect !== undefined && question.effect !== document.effect;
  const { head, number } = question.thing;
  const sameNumber = number === undefined || document.number === undefined || number === document.number;
  return (
    (matches ? WEIGHTS.actionMatch : 1) *
    (conflicts ? WEIGHTS.effectConflict : 1) *
    headFactor(head, document) *
    (sameNumber || question.effect === "write" ? 1 : WEIGHTS.numberConflict)
  );
}

function headFactor(head: string | undefined, document: CatalogDocument): number {
  if (head === undefined) return 1;
  if (document.heads.has(head)) return WEIGHTS.headMatch;
  const concepts = conceptsOf(head);
  const alike = [...document.heads].some((theirs) => conceptsOf(theirs).some((concept) => concepts.includes(concept)));
  return alike ? WEIGHTS.headMatch : WEIGHTS.headMiss;
}

function queryOf(question: Question, knows: (term: string) => boolean) {
  const weights = new Map(question.words.map(({ stem, weight }) => [stem, weight] as const));
  const exact = question.words.map(({ stem }) => stem).filter(knows);
  const unknown = question.words.map(({ stem }) => stem).filter((stem) => !knows(stem));
  const concepts = [...new Set(question.words.flatMap((word) => word.concepts))];
  const boosts = new Map(
    question.words.flatMap((word) => {
      // A word of many meanings says less with each.
      const share = (WEIGHTS.concept * word.weight) / Math.sqrt(word.concepts.length);
      return word.concepts.map((concept) => [concept, share] as const);
    }),
  );
  return {
    combineWith: "OR",
    queries: [
      { queries: exact, boostTerm: (term: string) => weights.get(term) ?? 1 },
      { queries: concepts, boostTerm: (term: string) => boosts.get(term) ?? 1 },
      // Only words that nothing contains: a known word that also begins a longer one means itself.
      {
        queries: unknown,
        prefix: (term: string) => term.length >= 3,
        fuzzy: (term: string) => (term.length >= 4 ? 0.25 : false),
      },
    ].filter(({ queries }) => queries.length > 0),
  } as const;
}

export interface Ranked {
  readonly document: CatalogDocument;
  readonly score: number;
}

export interface Searchable {
  readonly documents: readonly CatalogDocument[];
  readonly engine: MiniSearch<CatalogDocument>;
  readonly rarity: Rarity;
  readonly knows: (term: string) => boolean;
}

/** All matches, best first; equal scores in the order of paths. */
export function rank(query: string, index: Searchable, allows: (document: CatalogDocument) => boolean): Ranked[] {
  const question = readQuestion(query);
  const found = index.engine.search(queryOf(question, index.knows), {
    boost: WEIGHTS.fields,
    weights: { prefix: WEIGHTS.prefix, fuzzy: WEIGHTS.fuzzy },
  });
  const ranked: Ranked[] = [];
  for (const [place, { id, score }] of found.entries()) {
    const document = index.documents[Number(id)];
    if (document === undefined || !allows(document)) continue;
    if (place >= MAX_CANDIDATES) {
      ranked.push({
        document,
        score: score ** WEIGHTS.engine * WEIGHTS.coverageFloor * WEIGHTS.precisionFloor * WEIGHTS.effectConflict,
      });
      continue;
    }
    const { coverage, precision } = overlap(question, document, index.rarity);
    const correction =
      (WEIGHTS.coverageFloor + (1 - WEIGHTS.coverageFloor) * coverage) *
      (WEIGHTS.precisionFloor + (1 - WEIGHTS.precisionFloor) * precision);
    ranked.push({ document, score: score ** WEIGHTS.engine * correction * actionFactor(question, document) });
  }
  return ranked.sort((a, b) => b.score - a.score || a.document.id - b.document.id);
}
