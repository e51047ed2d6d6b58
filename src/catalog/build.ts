/** Builds the index of a set of connectors and snippets, once for what says the same. */
import { isListing } from "../connector/listing.ts";
import { ANY_OBJECT } from "../connector/schema.ts";
import type { ConnectorDescription } from "../connector/types.ts";
import type { CatalogSources, SnippetEntry } from "./contract.ts";
import { documentsOf } from "./documents.ts";
import { Engine } from "./engine.ts";
import type { Searchable } from "./rank.ts";
import { Vocabulary } from "./vocabulary.ts";

export interface CatalogIndex extends Searchable {
  readonly connectors: readonly ConnectorDescription[];
  readonly snippets: readonly SnippetEntry[];
}

function build(connectors: readonly ConnectorDescription[], snippets: readonly SnippetEntry[]): CatalogIndex {
  const vocabulary = new Vocabulary();
  const documents = documentsOf(connectors, snippets, vocabulary);
  let engine: Engine | undefined;
  return {
    connectors,
    snippets,
    documents,
    vocabulary,
    // Made when something is first looked for: listing everything does without.
    engine: () => {
      engine ??= new Engine(documents, vocabulary);
      return engine;
    },
  };
}

/** Indexes by the anchors of their first connector: they are forgotten with it. */
const built = new WeakMap<object, readonly CatalogIndex[]>();

/** One runtime has one set of connectors and, over time, a few sets of snippets. */
const MAX_INDEXES_PER_ANCHOR = 8;

/**
 * What may stay the same object when a connector is made anew for each request: its description, where it shares that with
 * others, or the schemas of what it was derived from. One of them stands for all until all are compared: the last that is
 * the connector's own.
 */
function anchorsOf(description: ConnectorDescription): readonly object[] {
  if (isListing(description)) return [description];
  const last = Object.values(description.descriptors).findLast(({ inputSchema }) => inputSchema !== ANY_OBJECT);
  return last === undefined ? [description] : [description, last.inputSchema];
}

/** Two descriptions with the same words and the same schema objects read the same in every search. */
function sameDescription(a: ConnectorDescription, b: ConnectorDescription): boolean {
  if (a === b) return true;
  if (isListing(a) || isListing(b)) return false;
  const names = Object.keys(a.descriptors);
  if (a.name !== b.name || a.instructions !== b.instructions || names.length !== Object.keys(b.descriptors).length) {
    return false;
  }
  if (!same(Object.entries(a.aliases ?? {}).flat(), Object.entries(b.aliases ?? {}).flat())) return false;
  return names.every((name) => {
    const [one, other] = [a.descriptors[name], b.descriptors[name]];
    return (
      one?.description === other?.description &&
      one?.inputSchema === other?.inputSchema &&
      one?.outputSchema === other?.outputSchema &&
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
  const prints = fingerprints(snippets);
  const fits = (index: CatalogIndex) =>
    same(fingerprints(index.snippets), prints) && sameConnectors(index.connectors, connectors);
  const anchors = anchorsOf(first);
  for (const anchor of anchors) {
    const known = built.get(anchor)?.find(fits);
    if (known !== undefined) return known;
  }
  const index = build([...connectors], [...snippets]);
  for (const anchor of anchors)
    built.set(anchor, [index, ...(built.get(anchor) ?? [])].slice(0, MAX_INDEXES_PER_ANCHOR));
  return index;
}
