/** What the index knows of one method or snippet: its words by field, and the facts that ranking looks at. */
import { type ListedTool, toolsOf } from "../connector/listing.ts";
import { type Outline, outlineOfSchema } from "../connector/outline.ts";
import type { ConnectorDescription } from "../connector/types.ts";
import { conceptsOf, isAction } from "./concepts.ts";
import type { SnippetEntry } from "./contract.ts";
import { readThing } from "./phrase.ts";
import { addOnce, type Vocabulary } from "./vocabulary.ts";
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
  /** How the description begins: its first line at least. */
  readonly opening: string;
  readonly outline: Outline;
  readonly requiresApproval: boolean;
  readonly effect: "read" | "write" | undefined;
}

/** Longer texts are documentation of details; their words mislead more than they help. */
const MAX_DESCRIPTION_CHARS = 600;
const MAX_DETAIL_CHARS = 1_200;

const MAX_SUMMARY_CHARS = 200;
const SUMMARY_END = /\n|(?<=[.!?])\s/;

/** `Create an issue` of `Create an issue\n\nAny user with …`. */
function summaryOf(description: string): string {
  const text = description.trimStart().slice(0, MAX_SUMMARY_CHARS);
  const end = text.search(SUMMARY_END);
  return (end < 0 ? text : text.slice(0, end)).trimEnd();
}

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
  #reading: Reading | undefined;

  constructor(id: number, of: Described, vocabulary: Vocabulary) {
    this.id = id;
    this.of = of;
    this.#vocabulary = vocabulary;
    const stems: number[] = [];
    vocabulary.readOnce(`${of.method} ${summaryOf(of.opening)}`, stems);
    this.about = stems.slice();
    addOnce(vocabulary.readName(of.connector), stems);
    this.#addParameters(stems);
    this.indexed = stems;
  }

  #addParameters(stems: number[]): void {
    const names = this.of.outline.names();
    for (let at = 0; at < names.length; at += 1) addOnce(this.#vocabulary.readName(names[at] ?? ""), stems);
  }

  /** Reads all of it. Adds to the vocabulary. */
  read(): Reading {
    this.#reading ??= this.#read();
    return this.#reading;
  }

  #read(): Reading {
    const { connector, method, description, outline } = this.of;
    const summary = summaryOf(description);
    const params: number[] = [];
    this.#addParameters(params);
    return {
      fields: {
        name: this.#vocabulary.read(method),
        connector: this.#vocabulary.readName(connector),
        summary: this.#vocabulary.read(summary),
        params,
        description: this.#vocabulary.read(description.slice(summary.length, MAX_DESCRIPTION_CHARS)),
        details: this.#vocabulary.read(outline.details().join(" ").slice(0, MAX_DETAIL_CHARS)),
      },
      ...grammarOf(method, summary),
    };
  }
}

function grammarOf(method: string, summary: string): Pick<Reading, "actions" | "heads" | "number"> {
  const things = [readThing(method), readThing(summary)];
  return {
    actions: new Set([...actionsOf(stemsOf(method)), ...actionsOf(stemsOf(summary).slice(0, 2))]),
    heads: new Set(things.flatMap(({ head }) => head ?? [])),
    number: things[1]?.number ?? things[0]?.number,
  };
}

/** A tool as a document has it: nothing is asked of it before it is needed. */
class Method implements Described {
  readonly kind = "method";
  readonly path: string;
  readonly connector: string;
  readonly #tool: ListedTool;

  constructor(connector: string, tool: ListedTool) {
    this.path = `${connector}.${tool.name}`;
    this.connector = connector;
    this.#tool = tool;
  }

  get method(): string {
    return this.#tool.name;
  }

  get description(): string {
    return this.#tool.description;
  }

  get opening(): string {
    return this.#tool.opening;
  }

  get outline(): Outline {
    return this.#tool.outline;
  }

  get requiresApproval(): boolean {
    return this.#tool.requiresApproval;
  }

  get effect(): "read" | "write" | undefined {
    const { readOnly } = this.#tool;
    return readOnly === undefined ? undefined : readOnly ? "read" : "write";
  }
}

function savedAs({ name, description, inputSchema }: SnippetEntry): Described {
  return {
    kind: "snippet",
    connector: "snippet",
    method: name,
    path: name,
    description,
    opening: description,
    outline: outlineOfSchema(inputSchema),
    requiresApproval: false,
    effect: undefined,
  };
}

function byPath(a: Described, b: Described): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** The documents of all methods and snippets, in the order in which they are listed: by path. */
export function documentsOf(
  connectors: readonly ConnectorDescription[],
  snippets: readonly SnippetEntry[],
  vocabulary: Vocabulary,
): CatalogDocument[] {
  const methods = connectors.flatMap((connector) => toolsOf(connector).map((tool) => new Method(connector.name, tool)));
  return [...methods, ...snippets.map(savedAs)]
    .sort(byPath)
    .map((described, id) => new CatalogDocument(id, described, vocabulary));
}
