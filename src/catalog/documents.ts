/** What the index knows of one method or snippet: its words by field, and the facts that ranking looks at. */
import { type Outline, outlineOf, outlineOfSchema } from "../connector/outline.ts";
import type { ConnectorDescription } from "../connector/types.ts";
import { conceptsOf, isAction } from "./concepts.ts";
import type { SnippetEntry } from "./contract.ts";
import { readThing } from "./phrase.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { stemsOf } from "./words.ts";

/** Parts of a document, from what names a method to what only mentions things. */
export const FIELDS = ["name", "connector", "summary", "params", "description", "details"] as const;

export type Field = (typeof FIELDS)[number];

/** What a question is compared with: made for those that a question leads to, and kept. */
export interface Reading {
  /** Stems by field, as numbers of the vocabulary. */
  readonly fields: Readonly<Record<Field, readonly number[]>>;
  /** Actions of the first verb, in the name or else in the summary. */
  readonly actions: ReadonlySet<string>;
  /** What the name and the summary say the method is about. */
  readonly heads: ReadonlySet<string>;
  readonly number: "one" | "several" | undefined;
}

/** What a document is made of. */
interface Described {
  readonly kind: "method" | "snippet";
  readonly path: string;
  readonly connector: string;
  readonly method: string;
  readonly description: string;
  readonly outline: Outline;
  readonly requiresApproval: boolean;
  readonly effect: "read" | "write" | undefined;
}

/** Longer texts are documentation of details; their words mislead more than they help. */
const MAX_DESCRIPTION_CHARS = 600;
const MAX_DETAIL_CHARS = 1_200;

/** `Create an issue` of `Create an issue\n\nAny user with …`. */
function summaryOf(description: string): string {
  const [line = ""] = description.trimStart().slice(0, MAX_SUMMARY_CHARS).split(SUMMARY_END, 1);
  return line.trimEnd();
}

const MAX_SUMMARY_CHARS = 200;
const SUMMARY_END = /\n|(?<=[.!?])\s/;

function actionsOf(stems: readonly string[]): string[] {
  for (const stem of stems) {
    const actions = conceptsOf(stem).filter(isAction);
    if (actions.length > 0) return actions;
  }
  return [];
}

/** One method or snippet. A class, because an index may be of thousands. */
export class CatalogDocument {
  /** Position in the index. */
  readonly id: number;
  readonly of: Described;
  /** Distinct stems of name and summary: what the method is about. */
  readonly about: readonly number[];
  /** All of it that the inverted index has: distinct stems of what it is about, its connector, its parameters. */
  readonly indexed: readonly number[];
  readonly #vocabulary: Vocabulary;
  readonly #name: readonly number[];
  readonly #summary: readonly number[];
  #reading: Reading | undefined;

  constructor(id: number, of: Described, vocabulary: Vocabulary) {
    this.id = id;
    this.of = of;
    this.#vocabulary = vocabulary;
    this.#name = vocabulary.read(of.method);
    this.#summary = vocabulary.read(summaryOf(of.description));
    this.about = distinct([this.#name, this.#summary]);
    this.indexed = distinct([this.about, vocabulary.readName(of.connector), ...this.#params()]);
  }

  #params(): readonly (readonly number[])[] {
    return this.of.outline.names().map((name) => this.#vocabulary.readName(name));
  }

  /** Reads all of it. Adds to the vocabulary. */
  read(): Reading {
    this.#reading ??= this.#read();
    return this.#reading;
  }

  #read(): Reading {
    const { connector, method, description, outline } = this.of;
    const summary = summaryOf(description);
    return {
      fields: {
        name: this.#name,
        connector: this.#vocabulary.readName(connector),
        summary: this.#summary,
        params: distinct(this.#params()),
        description: this.#vocabulary.read(description.slice(summary.length, MAX_DESCRIPTION_CHARS)),
        details: this.#vocabulary.read(outline.details().join(" ").slice(0, MAX_DETAIL_CHARS)),
      },
      ...grammarOf(method, summary),
    };
  }
}

/** Each number once. The lists are short: looking through them costs less than a set. */
function distinct(lists: readonly (readonly number[])[]): readonly number[] {
  const all: number[] = [];
  for (const list of lists) for (const id of list) if (!all.includes(id)) all.push(id);
  return all;
}

function grammarOf(method: string, summary: string): Pick<Reading, "actions" | "heads" | "number"> {
  const things = [readThing(method), readThing(summary)];
  return {
    actions: new Set([...actionsOf(stemsOf(method)), ...actionsOf(stemsOf(summary).slice(0, 2))]),
    heads: new Set(things.flatMap(({ head }) => head ?? [])),
    number: things[1]?.number ?? things[0]?.number,
  };
}

function methodsOf({ name, descriptors, annotations = {} }: ConnectorDescription): Described[] {
  return Object.entries(descriptors).map(([method, descriptor]): Described => {
    const { readOnly, requiresApproval } = annotations[method] ?? {};
    return {
      kind: "method",
      connector: name,
      method,
      path: `${name}.${method}`,
      description: descriptor.description ?? "",
      outline: outlineOf(descriptors, method),
      requiresApproval: requiresApproval === true,
      effect: readOnly === undefined ? undefined : readOnly ? "read" : "write",
    };
  });
}

function savedAs({ name, description, inputSchema }: SnippetEntry): Described {
  return {
    kind: "snippet",
    connector: "snippet",
    method: name,
    path: name,
    description,
    outline: outlineOfSchema(inputSchema),
    requiresApproval: false,
    effect: undefined,
  };
}

/** The documents of all methods and snippets, in the order in which they are listed: by path. */
export function documentsOf(
  connectors: readonly ConnectorDescription[],
  snippets: readonly SnippetEntry[],
  vocabulary: Vocabulary,
): CatalogDocument[] {
  return [...connectors.flatMap(methodsOf), ...snippets.map(savedAs)]
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    .map((described, id) => new CatalogDocument(id, described, vocabulary));
}
