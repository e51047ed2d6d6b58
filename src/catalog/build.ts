/** Builds the index of a set of connectors and snippets, once for the same objects. */
import MiniSearch from "minisearch";
import type { ConnectorDescription } from "../connector/types.ts";
import { conceptsOf } from "./concepts.ts";
import type { CatalogSources, SnippetEntry } from "./contract.ts";
import { type CatalogDocument, documentsOf, FIELDS, type Field } from "./documents.ts";
import type { Rarity, Searchable } from "./rank.ts";

export interface CatalogIndex extends Searchable {
  readonly connectors: readonly ConnectorDescription[];
  readonly snippets: readonly SnippetEntry[];
}

function isField(field: string): field is Field {
  return FIELDS.some((known) => known === field);
}

function engineFor(documents: readonly CatalogDocument[]): MiniSearch<CatalogDocument> {
  const engine = new MiniSearch<CatalogDocument>({
    fields: [...FIELDS],
    extractField: (document, field) => (isField(field) ? document.words[field] : String(document.id)),
    // Words come split and stemmed, so that the index and the question cannot differ in how.
    tokenize: (text) => text.split(" ").filter((word) => word !== ""),
    processTerm: (term) => term,
  });
  engine.addAll(documents);
  return engine;
}

/** How many documents are about each stem and each concept. */
function frequencies(documents: readonly CatalogDocument[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { about } of documents) {
    for (const term of new Set([...about, ...about.flatMap(conceptsOf)])) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return counts;
}

function build(connectors: readonly ConnectorDescription[], snippets: readonly SnippetEntry[]): CatalogIndex {
  const documents = documentsOf(connectors, snippets);
  const counts = frequencies(documents);
  const vocabulary = new Set(documents.flatMap(({ words }) => FIELDS.flatMap((field) => words[field].split(" "))));
  const rarity: Rarity = (term) => Math.log(1 + documents.length / (1 + (counts.get(term) ?? 0)));
  return {
    connectors,
    snippets,
    documents,
    engine: engineFor(documents),
    rarity,
    knows: (term) => vocabulary.has(term),
  };
}

/** Indexes by their first connector: they are forgotten with it. */
const built = new WeakMap<ConnectorDescription, CatalogIndex[]>();

/** One runtime has one set of connectors and, over time, a few sets of snippets. */
const MAX_INDEXES_PER_CONNECTOR = 4;

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}

/** Snippets come fresh from storage each time, so they are known by what they say. */
function fingerprints(snippets: readonly SnippetEntry[]): readonly string[] {
  return snippets.map(({ name, description, inputSchema }) => JSON.stringify([name, description, inputSchema]));
}

/**
 * The index of these connectors and snippets. It is built when a description is another object than before, or a
 * snippet says something else: a connector that describes itself anew must therefore give a new description.
 */
export function buildIndex({ connectors, snippets = [] }: CatalogSources): CatalogIndex {
  const [first] = connectors;
  if (first === undefined) return build(connectors, snippets);
  const kept = built.get(first) ?? [];
  const prints = fingerprints(snippets);
  const known = kept.find((index) => same(index.connectors, connectors) && same(fingerprints(index.snippets), prints));
  if (known !== undefined) return known;
  const index = build([...connectors], [...snippets]);
  built.set(first, [index, ...kept].slice(0, MAX_INDEXES_PER_CONNECTOR));
  return index;
}
