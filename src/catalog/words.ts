/** Turns names and sentences into comparable words: split, lower-cased, without accents, stemmed. */
import { stemmer } from "stemmer";

/** Words that say nothing of what is wanted. Question words and pronouns that do are in concepts.ts. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "a an and are as at be been but by can could do does did done for from had has have having he her him his if in " +
    "into is it its just let may might must of on onto or our ours out over please shall she should so some such " +
    "than that the their them then there these they this those to under up upon us via want was we were will with " +
    "within would you your yours am s t re ve ll d m here now also any anything something thing need needs like " +
    "right own really like try actually just currently given specified specifies provided used using use when where whether not no only more most other another"
  ).split(" "),
);

/** `listPullRequests`, `pulls/create`, `APIKeys`, `repo's` into lower-case words; one letter or many, none dropped. */
export function splitWords(text: string): string[] {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/(\p{Lu}{2,})s\b/gu, "$1")
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .replace(/(\p{L})['’](s|t|re|ve|ll|d|m)\b/gu, "$1")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}

const stems = new Map<string, string>();

/** A vocabulary of this size holds several large API descriptions; beyond it words are stemmed afresh. */
const MAX_REMEMBERED_STEMS = 20_000;

/** The stem by which forms of one word (`lists`, `listed`, `listing`) are the same. */
export function stemOf(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const stem = /^\p{N}/u.test(word) ? word : stemmer(word);
  if (stems.size < MAX_REMEMBERED_STEMS) stems.set(word, stem);
  return stem;
}
