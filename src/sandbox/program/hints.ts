/** What a model most likely did wrong when its text does not parse, as a table: the first row that applies speaks. */
import { tokenizer } from "acorn";
import type { Position } from "./excerpt.ts";
import { linesOf, positionAt } from "./excerpt.ts";

/** What is known about a text that does not parse. */
export interface Failure extends Position {
  /** The parser's own words. */
  readonly message: string;
}

interface Circumstance {
  /** The program, with what surrounds it blanked. */
  readonly source: string;
  /** Its first part: patterns are not run over a megabyte of hostile text. */
  readonly head: string;
  /** The line of the error. */
  readonly line: string;
  /** The character before the error. */
  readonly before: string;
  /** What stands at the error, to the end of its line. */
  readonly rest: string;
  readonly message: string;
  /** What is wrong with a bracket, in words. */
  readonly bracket: string | undefined;
}

const HEAD_CHARS = 4_000;
const LINE_CHARS = 1_000;

const PYTHON =
  /^[ \t]*(?:(?:async )?def \w+ ?\(|elif |from [\w.]+ import |import \w+(?: as \w+)?[ \t]*$|for \w+ in .+:[ \t]*$|(?:if|while|with|class) [^({]+:[ \t]*$|try:[ \t]*$|except\b.*:[ \t]*$|print ["'])/m;
const PROSE = /^\s*(?:[A-Z][\w',-]*|I)(?: [\w'",.()-]+){3,}/;
/** `Here's the code:` */
const INTRODUCTION = /^\s*[A-Z][\w']*(?:[ ,!.][^\r\n{}()[\];=]{0,300})?:[ \t]*(?:[\r\n]|$)/;
/** What a program never begins with: a tag on a line of its own, a comment of HTML, character data. */
const MARKUP = /^<(?:[\w-]+>[ \t]*[\r\n]|!)/;
const ONLY_PROGRAM = "This looks like prose: send only the program, or put it in one ```ts fence.";

const HINTS: readonly {
  readonly applies: (at: Circumstance) => boolean;
  /** Absent where the circumstance itself has the words. */
  readonly say?: string;
}[] = [
  {
    applies: ({ head, source }) =>
      !/[\r\n]/.test(source.trim()) && /\\n/.test(head) && !/["'`]/.test(head.split("\\n")[0] ?? ""),
    say: "The text has \\n where line breaks belong: send the program, not an escaped string.",
  },
  {
    applies: ({ line }) => /&(?:lt|gt|amp|quot|#39);/.test(line),
    say: "The text has HTML entities (&lt; &gt; &amp;): send the characters themselves.",
  },
  {
    applies: ({ line }) => /[“”‘’]/.test(line),
    say: "The text has typographic quotes: use \" ' or `.",
  },
  {
    applies: ({ head }) => PYTHON.test(head),
    say: "This looks like Python: send JavaScript or TypeScript only.",
  },
  {
    applies: ({ rest, line }) => rest.startsWith("@") || /^[ \t]*@\w/.test(line),
    say: "Decorators are not supported: call the function yourself.",
  },
  {
    applies: ({ head }) => INTRODUCTION.test(head),
    say: ONLY_PROGRAM,
  },
  {
    applies: ({ head }) => MARKUP.test(head),
    say: "The text begins with markup: send the program itself.",
  },
  {
    applies: ({ line }) => /^\s*`{3}/.test(line),
    say: "This line is a fence: send one program in one fence; in a template literal write \\` for a backtick.",
  },
  {
    applies: ({ before, rest }) => /["']/.test(before) && /^\w/.test(rest),
    say: "A quote inside of a string ends it: write \\' or \\\", or use a `template`.",
  },
  {
    applies: ({ line, message }) => /<\/[A-Za-z>]|<[A-Za-z][\w.]*[^<>]*\/>/.test(line) || message.includes("JSX"),
    say: "JSX is not supported: build a string or object.",
  },
  {
    applies: ({ bracket }) => bracket !== undefined,
  },
  {
    applies: ({ message }) => /unterminated template/i.test(message),
    say: "A template literal is never closed; inside one, write \\` for a backtick and \\${ for a literal ${.",
  },
  {
    applies: ({ message }) => /unterminated string/i.test(message),
    say: "A string ends at its line: write \\n for a line break, or use a `template`.",
  },
  {
    applies: ({ rest }) => /^(?:import|export)\b/.test(rest),
    say: "The sandbox has no modules: use the connectors, which are globals, and return the result.",
  },
  {
    applies: ({ message }) => /already been declared/.test(message),
    say: "All top-level names share one scope: rename one of them.",
  },
  {
    applies: ({ message }) => /await/.test(message),
    say: "Mark the function around it async.",
  },
  {
    applies: ({ head, line, rest }) => [head, line, rest].some((text) => PROSE.test(text)),
    say: ONLY_PROGRAM,
  },
];

/** Advice about a failure at a place of `source`, where there is any. */
export function hintFor(source: string, failure: Failure): string | undefined {
  const line = linesOf(source)[failure.line - 1] ?? "";
  const circumstance: Circumstance = {
    source,
    head: source.trimStart().slice(0, HEAD_CHARS),
    line: line.slice(Math.max(0, failure.column - LINE_CHARS), failure.column + LINE_CHARS),
    before: line.charAt(failure.column - 2),
    rest: line.slice(failure.column - 1, failure.column + LINE_CHARS),
    message: failure.message,
    bracket: mismatchIn(source),
  };
  const hint = HINTS.find(({ applies }) => applies(circumstance));
  return hint && (hint.say ?? circumstance.bracket);
}

/** What each closes, or the end of it: `{` and `${`. */
const CLOSES: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "${" };

interface Bracket {
  readonly label: string;
  readonly offset: number;
}

function neverClosed(source: string, { label, offset }: Bracket): string {
  return `The "${label}" opened at ${placeOf(source, offset)} is never closed; perhaps the program was cut off.`;
}

function placeOf(source: string, offset: number): string {
  const { line, column } = positionAt(source, offset);
  return `line ${line}, column ${column}`;
}

/** The first bracket that does not match, as far as the text has tokens at all. */
function mismatchIn(source: string): string | undefined {
  const open: Bracket[] = [];
  try {
    for (const token of tokenizer(source, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true })) {
      const label = token.type.label;
      if (/^[([{$]/.test(label)) open.push({ label, offset: token.start });
      const closes = CLOSES[label];
      if (closes === undefined) continue;
      const opener = open.pop();
      if (opener === undefined) return `The "${label}" at ${placeOf(source, token.start)} closes nothing.`;
      if (!closes.includes(opener.label)) return neverClosed(source, opener);
    }
  } catch {
    return undefined;
  }
  const innermost = open.at(-1);
  return innermost && neverClosed(source, innermost);
}
