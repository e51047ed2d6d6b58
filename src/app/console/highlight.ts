/** Cuts a program into coloured words, line by line. It need not understand it: a wrong colour is only a colour. */

export interface Word {
  readonly text: string;
  readonly kind: "plain" | "comment" | "string" | "keyword" | "number" | "call";
}

/** Beyond this a program is shown without colours. */
const MAX_CHARS = 60_000;

const KEYWORDS =
  "async|await|break|case|catch|class|const|continue|default|delete|do|else|export|false|finally|for|function|if|in|instanceof|let|new|null|of|return|switch|this|throw|true|try|typeof|undefined|var|void|while|yield";

const WORDS = new RegExp(
  [
    /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))/.source,
    /(?<string>"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\[\s\S])*`?)/.source,
    `(?<keyword>(?<![\\w$.])(?:${KEYWORDS})(?![\\w$]))`,
    // Taken whether it is a call or not: looking at each of its ends for a parenthesis takes the square of its length.
    /(?<name>[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)/.source,
    /(?<number>(?<![\w$])\d[\w.]*)/.source,
  ].join("|"),
  "g",
);

function wordsOf(code: string): Word[] {
  if (code.length > MAX_CHARS) return [{ text: code, kind: "plain" }];
  const words: Word[] = [];
  let from = 0;
  for (const match of code.matchAll(WORDS)) {
    if (match.index > from) words.push({ text: code.slice(from, match.index), kind: "plain" });
    from = match.index + match[0].length;
    words.push({ text: match[0], kind: kindOf(match.groups ?? {}, code[from]) });
  }
  if (from < code.length) words.push({ text: code.slice(from), kind: "plain" });
  return words;
}

function kindOf(
  { comment, string, keyword, name }: Readonly<Record<string, string | undefined>>,
  next: string | undefined,
): Word["kind"] {
  if (comment !== undefined) return "comment";
  if (string !== undefined) return "string";
  if (keyword !== undefined) return "keyword";
  if (name === undefined) return "number";
  return next === "(" ? "call" : "plain";
}

/** The lines of a program, each as words. */
export function linesOf(code: string): Word[][] {
  const lines: Word[][] = [[]];
  for (const { text, kind } of wordsOf(code)) {
    for (const [index, part] of text.split("\n").entries()) {
      if (index > 0) lines.push([]);
      if (part !== "") lines.at(-1)?.push({ text: part, kind });
    }
  }
  return lines;
}
