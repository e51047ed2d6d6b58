/**
 * Parses what a model sent, as a whole, before anything else is done with it: as JavaScript first, so that no valid
 * program is ever touched by the eraser of types; then as TypeScript. What is neither is a `SYNTAX_ERROR`.
 */
import { type Program, parse, type Token, tokenizer } from "acorn";
import { isAfter, originalPosition, positionAt } from "./excerpt.ts";
import { programText } from "./fences.ts";
import { type Failure, hintFor } from "./hints.ts";
import { failureOf, syntaxError } from "./syntax-error.ts";
import { droppedNamespace, eraseTypes } from "./typescript.ts";

/** A program that parsed. */
export interface ParsedProgram {
  /** What the model sent. */
  readonly text: string;
  /** JavaScript on the same lines; the offsets of `tree` are offsets of this. */
  readonly source: string;
  readonly tree: Program;
  /** Every identifier, keyword-like name and property name of the program, with escapes decoded. */
  readonly names: ReadonlySet<string>;
}

type Attempt =
  | ({ readonly ok: true } & Omit<ParsedProgram, "text">)
  /** `failure` is a place in `source`. */
  | { readonly ok: false; readonly source: string; readonly failure: Failure };

/** Makes `async function () {}` and `{ "a": 1 }`, which are no statements, a program. It adds columns, never lines. */
const AS_EXPRESSION = "export default ";

/**
 * Parses a model's text.
 *
 * @throws CodemodeError `SYNTAX_ERROR` with line and column in `text`.
 */
export function parseProgram(text: string): ParsedProgram {
  const source = programText(text);
  let furthest: Failure | undefined;
  for (const attempt of attempts(text, source)) {
    if (attempt.ok) return { text, source: attempt.source, tree: attempt.tree, names: attempt.names };
    // Who read furthest understood most; of equals, the JavaScript parser's words are the better ones.
    if (furthest === undefined || isAfter(attempt.failure, furthest)) furthest = attempt.failure;
  }
  const failure = furthest ?? { line: 1, column: 1, message: "There is nothing in the fence" };
  throw syntaxError(text, failure, hintFor(source, failure));
}

/** None of a text that has a fence and nothing in it: to run nothing is not what was meant. */
function* attempts(text: string, source: string): Generator<Attempt> {
  if (source.trim() === "" && text.includes("```")) return;
  const expression = asExpression(source);
  const statements = parseModule(source);
  if (expression !== undefined && isObjectLike(statements))
    yield inOriginal(source, oneExpression(parseModule(expression)));
  yield statements;
  if (expression !== undefined) yield inOriginal(source, oneExpression(parseModule(expression)));
  yield inOriginal(source, parseTypeScript(text, source));
  if (expression !== undefined) yield inOriginal(source, oneExpression(parseTypeScript(text, expression)));
}

/** Parses an ES module that may also `return` and `await` at its top level. */
export function parseModule(source: string): Attempt {
  const names = new Set<string>();
  let htmlComment: number | undefined;
  try {
    const tree = parse(source, {
      ecmaVersion: "latest",
      sourceType: "module",
      allowReturnOutsideFunction: true,
      allowHashBang: false,
      onToken: (token) => {
        if (token.type.label === "name") names.add(nameOf(token));
        if (isHtmlComment(source, token)) htmlComment ??= token.start;
      },
    });
    if (htmlComment === undefined) return { ok: true, source, tree, names };
    const message = "HTML comments are not allowed in modules";
    return { ok: false, source, failure: { ...positionAt(source, htmlComment), message } };
  } catch (error) {
    return { ok: false, source, failure: failureOf(source, error) };
  }
}

/** V8 refuses `<!--` in every module, though the language reads it as operators there. */
function isHtmlComment(source: string, { start, type }: Token): boolean {
  return type.label === "</>/<=/>=" && source.startsWith("<!--", start);
}

/** A name token's value has its escapes decoded, so no spelling of a name is missed. The parser's types leave it out. */
function nameOf(token: Token): string {
  const value: unknown = Reflect.get(token, "value");
  if (typeof value !== "string") throw new TypeError("A name token has no value");
  return value;
}

function parseTypeScript(text: string, source: string): Attempt {
  const erased = eraseTypes(source);
  if (!erased.ok) return { ...erased, source };
  const dropped = droppedNamespace(source, erased.code);
  if (dropped !== undefined) {
    const failure = { ...dropped, message: "namespace and module blocks are not supported" };
    throw syntaxError(text, failure, "Use an object instead: const name = { … };");
  }
  return parseModule(erased.code);
}

/** The text as one expression, when it begins like one that a statement cannot begin with. */
function asExpression(source: string): string | undefined {
  try {
    const { start } = tokenizer(source, { ecmaVersion: "latest", sourceType: "module" }).getToken();
    if (!/^(?:\{|(?:async\s+)?function\s*\*?\s*[(<])/.test(source.slice(start, start + 1_000))) return undefined;
    return source.slice(0, start) + AS_EXPRESSION + source.slice(start);
  } catch {
    return undefined;
  }
}

/** `{ a: 1 }` is a block with a label in it to a parser, and an object to everybody else. */
function isObjectLike(attempt: Attempt): boolean {
  if (!attempt.ok) return false;
  const [block, ...others] = attempt.tree.body;
  if (block?.type !== "BlockStatement" || others.length > 0) return false;
  const [labelled, ...more] = block.body;
  return labelled?.type === "LabeledStatement" && labelled.body.type === "ExpressionStatement" && more.length === 0;
}

/** Refuses what reads as an expression and more: `export default a; b` is two statements. */
function oneExpression(attempt: Attempt): Attempt {
  if (!attempt.ok) return attempt;
  const [, second] = attempt.tree.body.filter(({ type }) => type !== "EmptyStatement");
  if (second === undefined) return attempt;
  const failure = { ...positionAt(attempt.source, second.start), message: "Unexpected token" };
  return { ok: false, source: attempt.source, failure };
}

/** A failure in a changed text, told as one in the text that it was made from. */
function inOriginal(original: string, attempt: Attempt): Attempt {
  if (attempt.ok) return attempt;
  const place = originalPosition(original, attempt.source, attempt.failure);
  return { ...attempt, failure: { ...attempt.failure, ...place } };
}
