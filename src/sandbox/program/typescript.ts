/** Erases TypeScript: what is left is JavaScript on the same lines, or the place where the text is neither. */
import { getFormattedTokens, transform } from "sucrase";
import { type Position, positionAt } from "./excerpt.ts";
import type { Failure } from "./hints.ts";
import { MeteredText } from "./metered-text.ts";
import { failureOf } from "./syntax-error.ts";

export type Erased = { readonly ok: true; readonly code: string } | { readonly ok: false; readonly failure: Failure };

/** Imports stay, used or not, so that they are refused by name instead of vanishing. */
const OPTIONS = { transforms: ["typescript" as const], disableESTransforms: true, keepUnusedImports: true };

/** Some of the eraser's work grows with the square of the text; models write a hundredth of this. */
const MAX_TYPESCRIPT_CHARS = 100_000;

/**
 * The JavaScript of a TypeScript text.
 *
 * Hazard: the eraser drops `namespace X { … }` with its contents and says nothing; {@link droppedNamespace} finds those.
 */
export function eraseTypes(source: string): Erased {
  if (source.length > MAX_TYPESCRIPT_CHARS) return { ok: false, failure: TOO_LONG };
  try {
    // A String object is no `string` to the type checker; the eraser only calls its methods.
    const metered = new MeteredText(source) as unknown as string;
    return { ok: true, code: transform(metered, OPTIONS).code };
  } catch (error) {
    return { ok: false, failure: failureOf(source, error) };
  }
}

const TOO_LONG: Failure = {
  line: 1,
  column: 1,
  message: `TypeScript is accepted up to ${MAX_TYPESCRIPT_CHARS} characters; longer programs must be JavaScript`,
};

interface Token extends Position {
  readonly label: string;
  readonly raw: string;
  readonly erased: boolean;
}

/** `1:1-1:8   declare declare   10   0   isType …`: the eraser's public listing of its tokens, one row each. */
const ROW = /^(\d+):(\d+)-\d+:\d+ +(\S+) +(\S+)(.*)$/;

/** Where a `namespace` or `module` block that is not ambient begins; its code would vanish. */
export function droppedNamespace(source: string, erased: string): Position | undefined {
  // Listing the tokens is costly, and only a word that is gone can have been such a block.
  if (namespaceWords(source) === namespaceWords(erased)) return undefined;
  const tokens = tokensOf(source);
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (isAmbientBlock(tokens, at)) at = endOfBlock(tokens, at);
    else if (token !== undefined && isNamespace(tokens, at)) return placeOf(source, token);
  }
  return undefined;
}

/** After each end of a line that the eraser's listing counts. U+2028 and U+2029 end lines of a program, and none of the listing. */
const LISTED_LINE_START = /(?<=\n|\r(?!\n))/;

/** Where a token of the listing is among the lines of the program. */
function placeOf(source: string, { line, column }: Position): Position {
  const before = source
    .split(LISTED_LINE_START)
    .slice(0, line - 1)
    .join("");
  return positionAt(source, before.length + column - 1);
}

function namespaceWords(text: string): number {
  return text.match(/\b(?:namespace|module)\b/g)?.length ?? 0;
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  for (const row of getFormattedTokens(source, OPTIONS).split("\n")) {
    const [, line, column, label = "", raw = "", flags = ""] = ROW.exec(row) ?? [];
    if (line !== undefined) {
      tokens.push({ line: Number(line), column: Number(column), label, raw, erased: / isType /.test(flags) });
    }
  }
  return tokens;
}

function isAmbientBlock(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at + 1]?.raw ?? "";
  return tokens[at]?.label === "declare" && ["namespace", "module", "global"].includes(next);
}

function isNamespace(tokens: readonly Token[], at: number): boolean {
  const [before, token, name, after] = [tokens[at - 1], tokens[at], tokens[at + 1], tokens[at + 2]];
  return (
    token?.label === "name" &&
    token.erased &&
    (token.raw === "namespace" || token.raw === "module") &&
    (name?.label === "name" || name?.label === "string") &&
    (after?.label === "{" || after?.label === ".") &&
    before?.raw !== "asserts"
  );
}

function endOfBlock(tokens: readonly Token[], from: number): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    const label = tokens[at]?.label;
    if (label === "{" || label === "${") depth++;
    if (label === "}" && --depth === 0) return at;
  }
  return tokens.length;
}
