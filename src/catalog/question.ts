/** Reads what a person or a model asks for: its words and their weights, what its verb wants, what it is about. */
import { conceptsOf, effectOf, isAction, isVerb, meantBy, QUESTION_WORDS } from "./concepts.ts";
import { readThing, type Thing } from "./phrase.ts";
import { WEIGHTS } from "./weights.ts";
import { isStopWord, splitWords, stemOf } from "./words.ts";

const PRONOUNS: ReadonlySet<string> = new Set("me my mine myself i our us who someone somebody person".split(" "));

/** A first word that no table knows is a verb when one of these follows ("star a repository", "reply to …"), unless it is a plural ("reactions to …"). */
const AFTER_VERB: ReadonlySet<string> = new Set(
  "a an the my our this that these on to for another someone somebody two".split(" "),
);

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
