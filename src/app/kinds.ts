/**
 * How the API writes what JSON does not have: as a text that begins with a word for its kind, `(Date) 2026-11-22T00:00:00.000Z`.
 * A text of a program that begins like that is itself marked, `(text) (Date) …`: none can pass for another kind.
 */

const KINDS = [
  "text",
  "undefined",
  "number",
  "bigint",
  "Date",
  "RegExp",
  "URL",
  "URLSearchParams",
  "Error",
  "bytes",
  "Map",
  "Set",
  "circular",
  "nested",
] as const;

export type Kind = (typeof KINDS)[number];

/** A text that says its kind. */
interface Marked {
  readonly kind: Kind;
  /** What follows the word. */
  readonly text: string;
}

const MARK = new RegExp(`^\\((?:${KINDS.join("|")})\\)`);

export function mark(kind: Kind, text = ""): string {
  return text === "" ? `(${kind})` : `(${kind}) ${text}`;
}

/** A text as it is, but for one that would be read as marked. */
export function plainText(text: string): string {
  return MARK.test(text) ? mark("text", text) : text;
}

/** What a text of the API stands for; undefined where it is only a text. */
export function markedText(text: string): Marked | undefined {
  const word = MARK.exec(text)?.[0];
  const kind = KINDS.find((one) => mark(one) === word);
  return word === undefined || kind === undefined ? undefined : { kind, text: text.slice(word.length + 1) };
}
