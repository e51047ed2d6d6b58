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

/** Indexes by the anchor of their first connector: they are forgotten with it. */
const built = new WeakMap<object, CatalogIndex[]>();

/** One runtime has one set of connectors and, over time, a few sets of snippets. */
const MAX_INDEXES_PER_ANCHOR = 8;

/**
 * What stays the same object when a connector is made anew for each request: the schemas of what it was derived from.
 * The first of them stands for the connector until all are compared.
 */
function anchorOf(description: ConnectorDescription): object {
  const [first] = Object.values(description.descriptors);
  return first?.inputSchema ?? description;
}

/** Two descriptions with the same words and the same schema objects read the same in every search. */
function sameDescription(a: ConnectorDescription, b: ConnectorDescription): boolean {
  if (a === b) return true;
  const names = Object.keys(a.descriptors);
  if (a.name !== b.name || a.instructions !== b.instructions || names.length !== Object.keys(b.descriptors).length) {
    return false;
  }
  return names.every((name) => {
    const [one, other] = [a.descriptors[name], b.descriptors[name]];
    return (
      one?.inputSchema === other?.inputSchema &&
      one?.outputSchema === other?.outputSchema &&
      one?.description === other?.description &&
      a.annotations?.[name]?.requiresApproval === b.annotations?.[name]?.requiresApproval
    );
  });
}

function sameConnectors(a: readonly ConnectorDescription[], b: readonly ConnectorDescription[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, at) => {
      const other = b[at];
      return other !== undefined && sameDescription(one, other);
    })
  );
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}

/** Snippets come fresh from storage each time, so they are known by what they say. */
function fingerprints(snippets: readonly SnippetEntry[]): readonly string[] {
  return snippets.map(({ name, description, inputSchema }) => JSON.stringify([name, description, inputSchema]));
}

/**
 * The index of these connectors and snippets, built anew only when a connector or a snippet says something else than
 * before. Connectors may be made for each request: what they were derived from is compared, not who derived it.
 */
export function buildIndex({ connectors, snippets = [] }: CatalogSources): CatalogIndex {
  const [first] = connectors;
  if (first === undefined) return build(connectors, snippets);
  const anchor = anchorOf(first);
  const kept = built.get(anchor) ?? [];
  const prints = fingerprints(snippets);
  const known = kept.find(
    (index) => sameConnectors(index.connectors, connectors) && same(fingerprints(index.snippets), prints),
  );
  if (known !== undefined) return known;
  const index = build([...connectors], [...snippets]);
  built.set(anchor, [index, ...kept].slice(0, MAX_INDEXES_PER_ANCHOR));
  return index;
}
