/** Parses a module with decorators, which acorn does not know: they say nothing of what a file exports, so they are passed over. */
import { type Program, parse, tokenizer } from "acorn";

const MODULE = { sourceType: "module", ecmaVersion: "latest" } as const;

/** `@`, and the name behind it, if there is one: `@logged`, `@tools.cached`; `@(anything)` has none. */
const DECORATOR = /@\s*(?:[\p{ID_Start}$_][\p{ID_Continue}$]*(?:\s*\.\s*#?[\p{ID_Start}$_][\p{ID_Continue}$]*)*)?/uy;

/** `accessor count = 0`, which came with decorators: without the word it is a field of the same name. */
const ACCESSOR = /\baccessor\s+$/;

/**
 * The program of a module. Decorators, and the word `accessor`, count as blanks: what is behind them stays where it is, so
 * positions are those of the text.
 *
 * @throws SyntaxError of acorn, for what is wrong apart from them.
 */
export function parseDecorated(code: string): Program {
  let text = code;
  for (;;) {
    try {
      return parse(text, MODULE);
    } catch (error) {
      const pos: unknown = error instanceof SyntaxError ? Reflect.get(error, "pos") : undefined;
      const unread = typeof pos === "number" ? unreadAt(text, pos) : undefined;
      if (unread === undefined) throw error;
      text = `${text.slice(0, unread.start)}${blank(text.slice(unread.start, unread.end))}${text.slice(unread.end)}`;
    }
  }
}

/** Line ends stay: a line is where it was. */
function blank(text: string): string {
  return text.replace(/[^\r\n\u2028\u2029]/g, " ");
}

/** What acorn stopped at, if it is a decorator or a member behind `accessor`. */
function unreadAt(text: string, pos: number): { readonly start: number; readonly end: number } | undefined {
  const word = ACCESSOR.exec(text.slice(0, pos));
  if (word !== null) return { start: word.index, end: pos };
  DECORATOR.lastIndex = pos;
  if (!DECORATOR.test(text)) return undefined;
  return { start: pos, end: endOfArguments(text, DECORATOR.lastIndex) };
}

/** Where the arguments of a decorator end, which begin here or after blanks; here, when it has none. */
function endOfArguments(text: string, at: number): number {
  if (!/^\s*\(/.test(text.slice(at))) return at;
  let open = 0;
  for (const { type, end } of tokenizer(text.slice(at), MODULE)) {
    if (type.label === "(") open += 1;
    if (type.label === ")") open -= 1;
    if (open === 0) return at + end;
  }
  return at;
}
