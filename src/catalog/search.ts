/** `search`: checks what was asked, pages through the answer, and shows signatures while there is room for them. */
import { CodemodeError } from "../errors.ts";
import type { CatalogIndex } from "./build.ts";
import type { SearchOptions, SearchOutput, SearchResult } from "./contract.ts";
import type { CatalogDocument } from "./documents.ts";
import { type Ranked, rank } from "./rank.ts";
import { signatureOf } from "./signatures.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** About 2,000 tokens: a few signatures and a page of names, whatever the number and size of the tools. */
const MAX_ANSWER_CHARS = 8_000;

/** Kept free for the results that follow: each costs at least its path and a line of description. */
const MIN_RESULT_CHARS = 120;

/** A result says what a method is for; `describe` has the whole text. */
const MAX_DESCRIPTION_CHARS = 200;

interface CheckedOptions {
  readonly limit: number;
  readonly offset: number;
  readonly connector: string | undefined;
}

function wholeNumber(name: string, value: unknown, least: number, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw new CodemodeError(
    "INVALID_INPUT",
    `search: ${name} must be a whole number from ${least}, got ${shown(value)}.`,
    { name },
  );
}

function shown(value: unknown): string {
  return typeof value === "string"
    ? JSON.stringify(value.slice(0, 40))
    : typeof value === "number"
      ? String(value)
      : typeof value;
}

function checkOptions(options: SearchOptions, index: CatalogIndex): CheckedOptions {
  const given: unknown = options;
  if (typeof given !== "object" || given === null) {
    throw new CodemodeError("INVALID_INPUT", "search: options must be an object like { limit, offset, connector }.");
  }
  const { connector } = options;
  const names = index.connectors.map(({ name }) => name);
  if (connector !== undefined && !names.includes(connector)) {
    throw new CodemodeError(
      "INVALID_INPUT",
      `search: no connector ${shown(connector)}. There are: ${names.join(", ")}.`,
      { names },
    );
  }
  return {
    limit: Math.min(wholeNumber("limit", options.limit, 1, DEFAULT_LIMIT), MAX_LIMIT),
    offset: wholeNumber("offset", options.offset, 0, 0),
    connector,
  };
}

function oneLine(text: string, maxChars: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= maxChars
    ? line
    : `${line
        .slice(0, maxChars - 1)
        .replace(/[\uD800-\uDBFF]$/, "")
        .trimEnd()}…`;
}

function resultOf({ document, score }: Ranked): SearchResult {
  const description = oneLine(document.description, MAX_DESCRIPTION_CHARS);
  return {
    path: document.path,
    connector: document.connector,
    method: document.method,
    ...(description === "" ? {} : { description }),
    ...(document.requiresApproval ? { requiresApproval: true } : {}),
    kind: document.kind,
    score: Math.round(score * 100) / 100,
  };
}

/** Later results get shorter descriptions and no signature, so that a page of any length stays within the budget. */
function withinBudget(page: readonly Ranked[], index: CatalogIndex): SearchResult[] {
  let left = MAX_ANSWER_CHARS;
  return page.map((ranked, at) => {
    const result = resultOf(ranked);
    const reserved = (page.length - at - 1) * MIN_RESULT_CHARS;
    const signature = signatureOf(ranked.document, index);
    const size = JSON.stringify(result).length;
    if (signature !== undefined && size + signature.length + 16 <= left - reserved) result.signature = signature;
    else if (size > left - reserved && result.description !== undefined)
      result.description = oneLine(result.description, 60);
    left -= JSON.stringify(result).length;
    return result;
  });
}

/** Methods and snippets that match, best first; all of them by path when nothing is asked. */
export function searchIndex(index: CatalogIndex, query: string, options: SearchOptions = {}): SearchOutput {
  const asked: unknown = query;
  if (typeof asked !== "string") {
    throw new CodemodeError(
      "INVALID_INPUT",
      `search: the query must be a string, got ${shown(asked)}. "" lists everything.`,
    );
  }
  const { limit, offset, connector } = checkOptions(options, index);
  const allows = (document: CatalogDocument) =>
    connector === undefined || (document.kind === "method" && document.connector === connector);
  const matches =
    asked.trim() === ""
      ? index.documents.filter(allows).map((document) => ({ document, score: 0 }))
      : rank(asked.slice(0, MAX_QUERY_CHARS), index, allows);
  const page = matches.slice(offset, offset + limit);
  return {
    results: withinBudget(page, index),
    total: matches.length,
    truncated: offset + page.length < matches.length,
  };
}

/** A question is a sentence; a pasted document would only cost time. */
const MAX_QUERY_CHARS = 500;
