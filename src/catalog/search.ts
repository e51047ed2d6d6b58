/** `search`: checks what was asked, pages through the answer, and shows signatures while there is room for them. */

import { toolOf } from "../connector/listing.ts";
import { nearNames } from "../connector/names.ts";
import { isRecord } from "../connector/schema.ts";
import { CodemodeError } from "../errors.ts";
import { beginning } from "../truncate.ts";
import type { CatalogIndex } from "./build.ts";
import type { SearchOptions, SearchOutput, SearchResult, UnavailableConnector } from "./contract.ts";
import type { CatalogDocument } from "./documents.ts";
import { type Ranked, rank } from "./rank.ts";
import { signatureOf } from "./signatures.ts";
import { unavailableError } from "./unavailable.ts";
import { visible } from "./visible.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** About 2,000 tokens: a few signatures and a page of names, whatever the number and size of the tools. */
const MAX_ANSWER_CHARS = 8_000;

/** A page of names is as long as was asked for; only names that nobody can mean end it sooner. */
const MAX_NAMES_CHARS = 32_000;

/** With less room than this there is nothing worth adding, nor worth rendering to find out. */
const MIN_ADDITION_CHARS = 40;

/** A result says what a method is for; `describe` has the whole text. */
const SHORT_DESCRIPTION_CHARS = 80;
const MAX_DESCRIPTION_CHARS = 200;

/** A question is a sentence; a pasted document would only cost time. */
const MAX_QUERY_CHARS = 500;

const OPTION_NAMES: readonly string[] = ["limit", "offset", "connector"] satisfies (keyof SearchOptions)[];

type Unavailable = readonly UnavailableConnector[];

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

/** A misspelt option would otherwise search where, or show what, nobody asked for. */
function checkNames(options: Record<string, unknown>): void {
  const unknown = Object.keys(options).find((name) => !OPTION_NAMES.includes(name));
  if (unknown === undefined) return;
  const [near] = nearNames(unknown.slice(0, 40), OPTION_NAMES, 1);
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  throw new CodemodeError(
    "INVALID_INPUT",
    `search: there is no option ${shown(unknown)}.${hint} Options: ${OPTION_NAMES.join(", ")}.`,
    { name: unknown.slice(0, 40) },
  );
}

function checkOptions(options: unknown, index: CatalogIndex, unavailable: Unavailable): CheckedOptions {
  if (!isRecord(options)) {
    throw new CodemodeError("INVALID_INPUT", "search: options must be an object like { limit, offset, connector }.");
  }
  checkNames(options);
  if (options.connector !== undefined && typeof options.connector !== "string") {
    throw new CodemodeError("INVALID_INPUT", `search: connector must be a string, got ${shown(options.connector)}.`);
  }
  const names = [
    ...index.connectors.map(({ name }) => name),
    ...unavailable.map(({ connector }) => connector),
    ...(index.snippets.length > 0 ? ["snippet"] : []),
  ];
  const connector = names.find((name) => name === options.connector);
  if (options.connector !== undefined && connector === undefined) {
    const near = nearNames(options.connector, names);
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
  // Texts may be pages long; white space is never most of one.
  const line = visible(text.slice(0, maxChars * 4))
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= maxChars ? line : `${beginning(line, maxChars - 1).trimEnd()}…`;
}

function resultOf({ document: { of }, score }: Ranked): SearchResult {
  return {
    path: of.path,
    connector: of.connector,
    method: of.method,
    ...(of.requiresApproval ? { requiresApproval: true } : {}),
    kind: of.kind,
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
  { upTo: MAX_LIMIT, of: (document) => described(document, SHORT_DESCRIPTION_CHARS) },
  { upTo: MAX_LIMIT, of: signed },
  { upTo: MAX_LIMIT, of: (document) => described(document, MAX_DESCRIPTION_CHARS) },
];

function described(document: CatalogDocument, maxChars: number): Partial<SearchResult> {
  const description = oneLine(document.of.description, maxChars);
  return description === "" ? {} : { description };
}

function sizeOf(result: SearchResult): number {
  return JSON.stringify(result).length + 1;
}

/** The names of a page, and what is to be said of them up to the budget. */
function withinBudget(page: readonly Ranked[], index: CatalogIndex): SearchResult[] {
  const results: SearchResult[] = [];
  const sizes: number[] = [];
  let chars = 0;
  for (const result of page.map(resultOf)) {
    const size = sizeOf(result);
    chars += size;
    // One is always shown, so that the next page is another one.
    if (chars > MAX_NAMES_CHARS && results.length > 0) break;
    results.push(result);
    sizes.push(size);
  }
  let left = MAX_ANSWER_CHARS - chars;
  for (const addition of ADDITIONS) {
    for (const [at, result] of results.slice(0, addition.upTo).entries()) {
      const document = page[at]?.document;
      if (document === undefined || left < MIN_ADDITION_CHARS) break;
      const fuller = { ...result, ...addition.of(document, index) };
      const size = sizeOf(fuller);
      const extra = size - (sizes[at] ?? 0);
      if (extra > left) break;
      results[at] = fuller;
      sizes[at] = size;
      left -= extra;
    }
  }
  return results;
}

/** What is asked for by its very name, or by another of its names. */
function namedBy(asked: string, { documents, connectors }: CatalogIndex): readonly CatalogDocument[] {
  const paths = new Set([asked]);
  for (const connector of connectors) {
    const { name } = connector;
    const tool = toolOf(connector, asked.startsWith(`${name}.`) ? asked.slice(name.length + 1) : asked);
    if (tool !== undefined) paths.add(`${name}.${tool.name}`);
  }
  return [...paths].sort().flatMap((path) => atPath(path, documents));
}

/** Documents of a path; they are in the order of paths. */
function atPath(path: string, documents: readonly CatalogDocument[]): readonly CatalogDocument[] {
  let first = 0;
  for (let end = documents.length; first < end; ) {
    const middle = (first + end) >>> 1;
    if ((documents[middle]?.of.path ?? path) < path) first = middle + 1;
    else end = middle;
  }
  let end = first;
  while (documents[end]?.of.path === path) end += 1;
  return documents.slice(first, end);
}

/** What was found, from the best on as far as a page needs it. */
interface Matches {
  readonly first: readonly Ranked[];
  readonly total: number;
}

function matchesOf(asked: string, index: CatalogIndex, { connector, limit, offset }: CheckedOptions): Matches {
  const allows = (document: CatalogDocument) => connector === undefined || document.of.connector === connector;
  if (asked.trim() === "") {
    const first = index.documents.filter(allows).map((document) => ({ document, score: 0 }));
    return { first, total: first.length };
  }
  const ranking = rank(asked.slice(0, MAX_QUERY_CHARS), index, allows);
  const named = namedBy(asked.trim(), index).filter(allows);
  if (named.length === 0) return { first: ranking.first(offset + limit), total: ranking.total };
  // Before all others.
  const ranked = ranking.first(ranking.total);
  const score = (ranked[0]?.score ?? 0) + 1;
  const others = ranked.filter(({ document }) => !named.includes(document));
  const first = [...named.map((document) => ({ document, score })), ...others];
  return { first, total: first.length };
}

/**
 * What could not be read of that in which is searched.
 *
 * @throws CodemodeError its own where that is all: an empty answer would say that there is nothing.
 */
function unreadOf(index: CatalogIndex, connector: string | undefined, unavailable: Unavailable): Unavailable {
  const unread = unavailable.filter((one) => connector === undefined || one.connector === connector);
  const isAll = connector !== undefined || (index.connectors.length === 0 && index.snippets.length === 0);
  if (unread[0] !== undefined && isAll) throw unavailableError(unread[0]);
  return unread;
}

/** Methods and snippets that match, best first; all of them by path when nothing is asked. */
export function searchIndex(
  index: CatalogIndex,
  asked: unknown,
  options?: unknown,
  unavailable: Unavailable = [],
): SearchOutput {
  if (typeof asked !== "string") {
    throw new CodemodeError(
      "INVALID_INPUT",
      `search: the query must be a string, got ${shown(asked)}. "" lists everything.`,
    );
  }
  const checked = checkOptions(options ?? {}, index, unavailable);
  const { limit, offset, connector } = checked;
  const unread = unreadOf(index, connector, unavailable);
  const { first, total } = matchesOf(asked, index, checked);
  const results = withinBudget(first.slice(offset, offset + limit), index);
  const truncated = offset + results.length < total;
  return { results, total, truncated, ...(unread.length > 0 && { unavailable: unread }) };
}
