/**
 * Ranks the methods of an index for what a person or a model asked.
 *
 * The inverted index finds candidates by their names, summaries and parameters. The best of them at first sight are then read
 * whole: how well their words answer the question (BM25 over fields, long texts too), corrected by three questions, because
 * short sentences about APIs share most of their words: how much of what was asked is in the method's name and summary
 * (`coverage`), how much of the name and summary was asked for (`precision`: `repos_delete` before
 * `repos_delete_deploy_key` for "delete a repo"), and does the method do what the verb says (`grammar`).
 */
import { conceptsOf } from "./concepts.ts";
import type { CatalogDocument, Reading } from "./documents.ts";
import type { Engine } from "./engine.ts";
import { Matcher } from "./match.ts";
import { type Question, readQuestion } from "./question.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { WEIGHTS } from "./weights.ts";

/** Candidates that are read; the rest keep their order behind them. More than this changed no result that mattered. */
const MAX_READ = 60;

/** What rank needs of an index. */
export interface Searchable {
  readonly documents: readonly CatalogDocument[];
  readonly vocabulary: Vocabulary;
  readonly engine: () => Engine;
}

/** A method that writes where reading was asked for, or the other way round. */
function effectFactor(question: Question, document: CatalogDocument): number {
  const conflicts =
    question.effect !== undefined && document.of.effect !== undefined && question.effect !== document.of.effect;
  return conflicts ? WEIGHTS.effectConflict : 1;
}

function grammarFactor(question: Question, reading: Reading): number {
  const matches = [...question.actions].some((action) => reading.actions.has(action));
  const { head, number } = question.thing;
  const sameNumber = number === undefined || reading.number === undefined || number === reading.number;
  return (
    (matches ? WEIGHTS.actionMatch : 1) *
    headFactor(head, reading) *
    (sameNumber || question.effect === "write" ? 1 : WEIGHTS.numberConflict)
  );
}

function headFactor(head: string | undefined, { heads }: Reading): number {
  if (head === undefined) return 1;
  if (heads.has(head)) return WEIGHTS.headMatch;
  const concepts = conceptsOf(head);
  const alike = [...heads].some((theirs) => conceptsOf(theirs).some((concept) => concepts.includes(concept)));
  return alike ? WEIGHTS.headMatch : WEIGHTS.headMiss;
}

/** A document with how good it is. */
export interface Ranked {
  readonly document: CatalogDocument;
  readonly score: number;
}

function byScore(a: Ranked, b: Ranked): number {
  return b.score - a.score || a.document.id - b.document.id;
}

/** The score of a document whose words have a score, by what its name and summary alone say of the question. */
function atFirstSight(words: number, question: Question, document: CatalogDocument, matcher: Matcher): number {
  const { coverage, precision } = matcher.overlap(document);
  const { coverageFloor, precisionFloor } = WEIGHTS;
  return (
    words ** WEIGHTS.words *
    (coverageFloor + (1 - coverageFloor) * coverage) *
    (precisionFloor + (1 - precisionFloor) * precision) *
    effectFactor(question, document)
  );
}

/** What was not read stays behind what was, in its own order. */
function behind(ranked: readonly Ranked[], unread: readonly Ranked[]): Ranked[] {
  const least = ranked.reduce((lowest, { score }) => Math.min(lowest, score), Number.POSITIVE_INFINITY);
  const best = unread[0]?.score ?? 1;
  return unread.map(({ document, score }) => ({ document, score: least * (score / best) }));
}

/** All matches of a question. */
export class Ranking {
  /** Best first; equal scores in the order of paths. */
  readonly #read: readonly Ranked[];
  /** In no order: seldom does anybody look at them. */
  readonly #unread: readonly Ranked[];

  constructor(read: readonly Ranked[], unread: readonly Ranked[]) {
    this.#read = read;
    this.#unread = unread;
  }

  get total(): number {
    return this.#read.length + this.#unread.length;
  }

  /** In order: `count` of them at least, where there are so many. */
  first(count: number): readonly Ranked[] {
    if (count <= this.#read.length) return this.#read;
    return [...this.#read, ...behind(this.#read, this.#unread.toSorted(byScore))];
  }
}

/** Parts candidates into those that are worth reading, best first, and the rest. */
function bestOf(candidates: readonly Ranked[]): readonly [best: Ranked[], rest: Ranked[]] {
  // Numbers are sorted faster than candidates: only those that may be among the best are put in order.
  const scores = new Float64Array(candidates.map(({ score }) => score)).sort();
  const least = scores[scores.length - MAX_READ] ?? 0;
  const best: Ranked[] = [];
  const rest: Ranked[] = [];
  for (const candidate of candidates) (candidate.score >= least ? best : rest).push(candidate);
  best.sort(byScore);
  return [best.slice(0, MAX_READ), [...best.slice(MAX_READ), ...rest]];
}

/** Ranks all documents that match and that are asked for. */
export function rank(query: string, index: Searchable, allows: (document: CatalogDocument) => boolean): Ranking {
  const question = readQuestion(query);
  const engine = index.engine();
  const { mentions, near } = engine.strays(question);
  const sketch = new Matcher(question, index.vocabulary, engine);
  const scores = engine.scores(question);
  const candidates: Ranked[] = [];
  for (const document of index.documents) {
    const words = scores[document.id] || near.get(document.id) || mentions.get(document.id);
    if (words === undefined || !allows(document)) continue;
    candidates.push({ document, score: atFirstSight(words, question, document, sketch) });
  }
  const [best, rest] = bestOf(candidates);
  const known = index.vocabulary.size;
  const read = best.map(({ document }) => ({ document, reading: document.read() }));
  // Reading may have added to the vocabulary.
  const matcher = index.vocabulary.size === known ? sketch : new Matcher(question, index.vocabulary, engine);
  const ranked = read.map(({ document, reading }): Ranked => {
    const words = matcher.wordsScore(reading) + WEIGHTS.near * (near.get(document.id) ?? 0);
    const score = atFirstSight(words, question, document, matcher) * grammarFactor(question, reading);
    return { document, score };
  });
  return new Ranking(ranked.sort(byScore), rest);
}
