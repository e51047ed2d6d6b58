/** `search`: checks what was asked, pages through the answer, and shows signatures while there is room for them. */

import { nearNames } from "../connector/names.ts";
import { isRecord } from "../connector/schema.ts";
import { CodemodeError } from "../errors.ts";
import type { CatalogIndex } from "./build.ts";
import type { SearchOutput, SearchResult } from "./contract.ts";
import type { CatalogDocument } from "./documents.ts";
import { type Ranked, rank } from "./rank.ts";
import { signatureOf } from "./signatures.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** About 2,000 tokens: a few signatures and a page of names, whatever the number and size of the tools. */
const MAX_ANSWER_CHARS = 8_000;

/** With less room than this there is nothing worth adding, nor worth rendering to find out. */
const MIN_ADDITION_CHARS = 40;

/** A result says what a method is for; `describe` has the whole text. */
const SHORT_DESCRIPTION_CHARS = 80;
const MAX_DESCRIPTION_CHARS = 200;

/** A question is a sentence; a pasted document would only cost time. */
const MAX_QUERY_CHARS = 500;

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

function checkOptions(options: unknown, index: CatalogIndex): CheckedOptions {
  if (!isRecord(options)) {
    throw new CodemodeError("INVALID_INPUT", "search: options must be an object like { limit, offset, connector }.");
  }
  const names = [...new Set(index.documents.map((document) => document.connector))];
  const connector = names.find((name) => name === options.connector);
  if (options.connector !== undefined && connector === undefined) {
    const near = nearNames(String(options.connector), names);
    const hint = `There are: ${(near.length > 0 ? near : names).join(", ")}.`;
    throw new CodemodeError("UNKNOWN_TARGET", `search: nothing is called ${shown(options.connector)}. ${hint}`, {
      near,
    });
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
  return {
    path: document.path,
    connector: document.connector,
    method: document.method,
    ...(document.requiresApproval ? { requiresApproval: true } : {}),
    kind: document.kind,
    score: Math.round(score * 100) / 100,
  };
}

/** The best few show how they are called, before anything is said of the others. */
const BEST = 3;

function signed(document: CatalogDocument, index: CatalogIndex): Partial<SearchResult> {
  const signature = signatureOf(document, index);
  return signature === undefined ? {} : { signature };
}

interface Addition {
  /** Results that get it, from the top. */
  readonly upTo: number;
  readonly of: (document: CatalogDocument, index: CatalogIndex) => Partial<SearchResult>;
}

/** What may be added to results, the most needed first; each is added down the page while there is room. */
const ADDITIONS: readonly Addition[] = [
  { upTo: BEST, of: signed },
  { upTo: MAX_LIMIT, of: ({ description }) => described(oneLine(description, SHORT_DESCRIPTION_CHARS)) },
  { upTo: MAX_LIMIT, of: signed },
  { upTo: MAX_LIMIT, of: ({ description }) => described(oneLine(description, MAX_DESCRIPTION_CHARS)) },
];

function described(description: string): Partial<SearchResult> {
  return description === "" ? {} : { description };
}

/** Fills a page up to the budget. Names are always there, so only a page of very many results can be longer. */
function withinBudget(page: readonly Ranked[], index: CatalogIndex): SearchResult[] {
  const results = page.map(resultOf);
  const sizeOf = (result: SearchResult) => JSON.stringify(result).length + 1;
  let left = MAX_ANSWER_CHARS - results.reduce((sum, result) => sum + sizeOf(result), 0);
  for (const addition of ADDITIONS) {
    for (const [at, { document }] of page.slice(0, addition.upTo).entries()) {
      const result = results[at];
      if (result === undefined || left < MIN_ADDITION_CHARS) break;
      const fuller = { ...result, ...addition.of(document, index) };
      const extra = sizeOf(fuller) - sizeOf(result);
      if (extra > left) continue;
      results[at] = fuller;
      left -= extra;
    }
  }
  return results;
}

/** Methods and snippets that match, best first; all of them by path when nothing is asked. */
export function searchIndex(index: CatalogIndex, asked: unknown, options?: unknown): SearchOutput {
  if (typeof asked !== "string") {
    throw new CodemodeError(
      "INVALID_INPUT",
      `search: the query must be a string, got ${shown(asked)}. "" lists everything.`,
    );
  }
  const { limit, offset, connector } = checkOptions(options ?? {}, index);
  const allows = (document: CatalogDocument) => connector === undefined || document.connector === connector;
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
