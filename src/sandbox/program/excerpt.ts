/** Lines and columns of a text, and the few lines around a position with a caret under it. */

/** A place in a text; both numbers count from 1, columns in UTF-16 units as editors and V8 do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const LINE_BREAK = /\r\n|[\r\n\u2028\u2029]/;
const LINES_BEFORE = 2;
const LINES_AFTER = 1;
/** A model's minified line must not fill the context window of its reader. */
const MAX_WIDTH = 120;

/** The lines of `text` without their terminators. */
export function linesOf(text: string): string[] {
  return text.split(LINE_BREAK);
}

/** Where the UTF-16 offset `offset` of `text` is. */
export function positionAt(text: string, offset: number): Position {
  const before = linesOf(text.slice(0, offset));
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Whether `a` comes after `b`. */
export function isAfter(a: Position, b: Position): boolean {
  return a.line > b.line || (a.line === b.line && a.column > b.column);
}

/**
 * The place in `original` of a place in `changed`, a text with the same lines of which some got or lost columns.
 * Exact where the line is unchanged, or unchanged before or behind the place; otherwise as near as can be said.
 */
export function originalPosition(original: string, changed: string, { line, column }: Position): Position {
  const before = linesOf(original)[line - 1] ?? "";
  const after = linesOf(changed)[line - 1] ?? "";
  const rest = after.slice(column - 1);
  if (before === after) return { line, column };
  if (rest !== "" && before.endsWith(rest)) return { line, column: before.length - rest.length + 1 };
  if (before.startsWith(after.slice(0, column - 1))) return { line, column };
  return { line, column: Math.min(column, before.length + 1) };
}

/**
 * The lines around a position, numbered, with a caret.
 *
 * @example
 * ```
 *   1 | const a = 1;
 * > 2 | const b = ;
 *     |           ^
 * ```
 */
export function excerptAt(text: string, { line, column }: Position): string {
  const lines = linesOf(text);
  const first = Math.max(1, line - LINES_BEFORE);
  const last = Math.min(lines.length, line + LINES_AFTER);
  const digits = String(last).length;
  const cut = Math.max(0, column - MAX_WIDTH + 20);
  const rows: string[] = [];
  for (let number = first; number <= last; number++) {
    const shown = lines[number - 1] ?? "";
    rows.push(`${number === line ? ">" : " "} ${String(number).padStart(digits)} | ${windowOf(shown, cut)}`.trimEnd());
    if (number === line) rows.push(`  ${" ".repeat(digits)} | ${caretUnder(shown.slice(cut, column - 1), cut)}`);
  }
  return rows.join("\n");
}

function windowOf(line: string, cut: number): string {
  const shown = line.slice(cut, cut + MAX_WIDTH);
  return `${cut > 0 ? "…" : ""}${shown}${line.length > cut + MAX_WIDTH ? "…" : ""}`;
}

/** Tabs stay tabs, so that the caret stands under its column whatever the width of a tab. */
function caretUnder(before: string, cut: number): string {
  return `${cut > 0 ? " " : ""}${before.replace(/[^\t]/g, " ")}^`;
}
