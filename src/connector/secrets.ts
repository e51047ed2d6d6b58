/** Takes out of the words of a failure what may be a secret, where nobody can say which texts are. */

/** What may be a secret in the words of a failure, each with what is shown in its place. Rather too much than too little. */
const SECRETS: readonly (readonly [pattern: RegExp, shown: string])[] = [
  // Users, paths and queries of addresses: some servers have their key in the path.
  [/\b([a-z][a-z\d+.-]*:\/\/)(?:[^\s/?#"'<>]*@)?([^\s/?#"'<>]+)[/?#][^\s"'<>]*/gi, "$1$2/…"],
  [/\b([a-z][a-z\d+.-]*:\/\/)[^\s/?#"'<>]*@/gi, "$1"],
  [/\b((?:proxy-)?authorization"?\s*[:=]\s*)(?:"[^"]*"?|(?:(?:basic|bearer|digest|token)\s+)?[^\s,;}]+)/gi, "$1…"],
  [/\b(basic|bearer)\s+[^\s,;}]+/gi, "$1 …"],
  [/\b(\w*(?:api[-_]?key|cookie|passw(?:or)?d|secret|token)"?\s*[:=]\s*)(?:"[^"]*"?|[^\s,;}]+)/gi, "$1…"],
  [/(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{24,}/gi, "…"],
];

/** A reason is a sentence or two; a server that answers with a book must not have all of it searched. */
const MAX_CHARS = 2_000;

/** The text, or its beginning, without what looks like a credential: addresses are cut to their host. */
export function withoutSecrets(text: string): string {
  // Not within a word: half of a secret would not look like one.
  const line = text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS).replace(/(?<!\S)\S+$/, "")}…`;
  return SECRETS.reduce((clean, [pattern, shown]) => clean.replace(pattern, shown), line);
}
