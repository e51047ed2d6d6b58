/**
 * Reads the little grammar that API summaries and people's requests share: a verb first, then what it is about, then
 * what that belongs to ("list the commits of a pull request": list, commits, pull request).
 */
import { isVerb } from "./concepts.ts";
import { splitWords, stemOf } from "./words.ts";

/** Before the thing itself: articles, pronouns and such, which also say whether one or several are meant. */
const ONE = new Set("a an one single this that specific particular".split(" "));
const SEVERAL = new Set("all every these those some many several multiple any".split(" "));
const DETERMINERS = new Set([
  ...ONE,
  ...SEVERAL,
  ..."the my our your their his her its us me new latest last recent open who which what whose how many much of".split(
    " ",
  ),
]);

/** After the thing itself: what follows says where it is, whose it is, or what happens to it. */
const ENDS_THING = new Set(
  (
    "of for in to from by with on using at that which who whose into within inside under over between via through " +
    "is are was were has have can do does did we i you they as if when where about without and or so it be still " +
    "belonging associated"
  ).split(" "),
);

/** What a sentence or a name is about, apart from its verb. */
export interface Thing {
  /** Stem of the last word of the thing: `commit` of "the failed commits of …". */
  readonly head: string | undefined;
  /** Several of them are meant, or one, or there is no telling. */
  readonly number: "one" | "several" | undefined;
}

function isPlural(word: string): boolean {
  return word.length > 3 && word.endsWith("s") && !/(ss|us|is|ews)$/.test(word);
}

/** Reads the first thing that a text names. */
export function readThing(text: string): Thing {
  const words = splitWords(text);
  let at = 0;
  let determiner: string | undefined;
  // The first word may be a verb or a question; determiners may follow it, or begin.
  if (words[0] !== undefined && isVerb(words[0]) && words.length > 1) at = 1;
  for (let word = words[at]; word !== undefined && DETERMINERS.has(word); word = words[at]) {
    determiner = word;
    at += 1;
  }
  const thing: string[] = [];
  for (const word of words.slice(at)) {
    if (ENDS_THING.has(word) || DETERMINERS.has(word) || (thing.length > 0 && word.length > 4 && word.endsWith("ed")))
      break;
    thing.push(word);
  }
  const last = thing.at(-1);
  if (last === undefined) return { head: undefined, number: undefined };
  const several = isPlural(last) || (determiner !== undefined && SEVERAL.has(determiner));
  return { head: stemOf(last), number: several ? "several" : "one" };
}
