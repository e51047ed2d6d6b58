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

/** Short forms that are written for a longer word; both are the same word in names and questions. */
const SHORT_FORMS: Readonly<Record<string, string>> = {
  admin: "administrator",
  admins: "administrators",
  app: "application",
  apps: "applications",
  auth: "authentication",
  config: "configuration",
  configs: "configurations",
  db: "database",
  dev: "developer",
  devs: "developers",
  env: "environment",
  envs: "environments",
  id: "identifier",
  ids: "identifiers",
  info: "information",
  lang: "language",
  msg: "message",
  org: "organization",
  orgs: "organizations",
  perms: "permissions",
  pic: "picture",
  pics: "pictures",
  pr: "pull",
  prs: "pulls",
  ref: "reference",
  refs: "references",
  repo: "repository",
  repos: "repositories",
  spec: "specification",
  var: "variable",
  vars: "variables",
};

/**
 * What stands between white space and ASCII marks, but for the apostrophe: a few words at most. The engine's matcher goes through a
 * text sooner than a loop does that was not optimised yet.
 */
const CHUNK = /[A-Za-z0-9'\u0080-\uffff]+/g;

/** A word as sentences have it: nothing in it to split. */
const PLAIN_WORD = /^[A-Za-z]?[a-z0-9]*$/;

/** Letters of which none is an accented one, or of a script without spaces. */
const ASCII = /^[\0-\x7f]*$/;

/** Without the marks of Latin letters; what is left of marks makes other letters in other scripts. */
function withoutAccents(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC");
}

function splitChunk(chunk: string): string[] {
  if (PLAIN_WORD.test(chunk)) return [chunk.toLowerCase()];
  const isAscii = ASCII.test(chunk);
  const words = (isAscii ? chunk : withoutAccents(chunk))
    .replace(/(\p{Lu}{2,})s\b/gu, "$1")
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .replace(/(\p{L})['’](s|t|re|ve|ll|d|m)\b/gu, "$1")
    .split(isAscii ? /[^a-z0-9]+/ : /[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "");
  return isAscii ? words : words.flatMap((word) => (UNSPACED.test(word) ? pairsOf(word) : [word]));
}

/** Scripts that put no space between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Where nothing says what a word is, any two letters side by side are one. */
function pairsOf(text: string): string[] {
  const letters = text.match(/[^\p{M}]\p{M}*/gu) ?? [];
  const pairs = letters.slice(1).map((letter, at) => `${letters[at] ?? ""}${letter}`);
  return pairs.length > 0 ? pairs : letters;
}

/** What a chunk says. */
interface Chunk {
  readonly words: readonly string[];
  /** Of the words that say something. */
  readonly stems: readonly string[];
}

const chunks = new Map<string, Chunk>();
const stems = new Map<string, string>();

/** A vocabulary of this size holds several large API descriptions; beyond it words are read afresh. */
const MAX_REMEMBERED = 20_000;

function readChunk(text: string): Chunk {
  const known = chunks.get(text);
  if (known !== undefined) return known;
  const words = splitChunk(text);
  const chunk = { words, stems: words.filter((word) => !isStopWord(word)).map(stemOf) };
  if (chunks.size < MAX_REMEMBERED) chunks.set(text, chunk);
  return chunk;
}

/** Calls back with each chunk of a text, in order. */
export function eachChunk(text: string, tell: (chunk: string) => void): void {
  const found = text.match(CHUNK) ?? [];
  for (let at = 0; at < found.length; at += 1) tell(found[at] ?? "");
}

/** `listPullRequests`, `pulls/create`, `APIKeys`, `repo's` into lower-case words; one letter or many, none dropped. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  eachChunk(text, (chunk) => words.push(...readChunk(chunk).words));
  return words;
}

/** The stems of a text's words, in order, without those that say nothing. */
export function stemsOf(text: string): string[] {
  const found: string[] = [];
  eachChunk(text, (chunk) => found.push(...stemsOfChunk(chunk)));
  return found;
}

/** The same of one chunk. */
export function stemsOfChunk(chunk: string): readonly string[] {
  return readChunk(chunk).stems;
}

export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}

/** The stem by which forms of one word (`lists`, `listed`, `listing`) are the same. */
export function stemOf(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const whole = Object.hasOwn(SHORT_FORMS, word) ? (SHORT_FORMS[word] ?? word) : word;
  const stem = /^\p{N}/u.test(whole) ? whole : stemmer(whole);
  if (stems.size < MAX_REMEMBERED) stems.set(word, stem);
  return stem;
}
