/** What the index knows of one method or snippet: its words by field, and the facts that ranking looks at. */
import type { JSONSchema7 } from "json-schema";
import { isRecord } from "../connector/schema.ts";
import type { ConnectorDescription } from "../connector/types.ts";
import { conceptsOf, isAction } from "./concepts.ts";
import type { SnippetEntry } from "./contract.ts";
import { readThing } from "./phrase.ts";
import { isStopWord, splitWords, stemOf } from "./words.ts";

/** Fields of the index, from what names a method to what only mentions things. */
export const FIELDS = ["name", "connector", "summary", "params", "description", "details"] as const;

export type Field = (typeof FIELDS)[number];

/** One method or snippet. Words are stems and concepts, in one string per field as the index takes them. */
export interface CatalogDocument {
  /** Position in the index. */
  readonly id: number;
  readonly kind: "method" | "snippet";
  readonly path: string;
  readonly connector: string;
  readonly method: string;
  readonly description: string;
  readonly requiresApproval: boolean;
  readonly words: Readonly<Record<Field, string>>;
  /** Distinct stems of name and summary: what the method is about. */
  readonly about: readonly string[];
  /** Actions of the first verb, in the name or else in the summary. */
  readonly actions: ReadonlySet<string>;
  readonly effect: "read" | "write" | undefined;
  /** What the name and the summary say the method is about. */
  readonly heads: ReadonlySet<string>;
  readonly number: "one" | "several" | undefined;
}

/** Longer texts are documentation of details; their words mislead more than they help. */
const MAX_DESCRIPTION_CHARS = 600;
const MAX_DETAIL_CHARS = 1_200;

/** Nested properties that count as parameters: those of a request body. */
const MAX_PARAM_DEPTH = 2;

function stemsOf(text: string): string[] {
  return splitWords(text)
    .filter((word) => !isStopWord(word))
    .map(stemOf);
}

/** Stems and, after them, the concepts that they stand for, each once: two words of a row are not twice the thing. */
function indexed(stems: readonly string[]): string {
  return [...stems, ...new Set(stems.flatMap(conceptsOf))].join(" ");
}

/** `Create an issue` of `Create an issue\n\nAny user with …`. */
function summaryOf(description: string): string {
  const [line = ""] = description.trim().split(/\n|(?<=[.!?])\s/, 1);
  return line.slice(0, 200);
}

function paramsOf(schema: JSONSchema7 | undefined, depth = 0): { names: string[]; details: string[] } {
  const names: string[] = [];
  const details: string[] = [];
  const properties: unknown = schema?.properties;
  if (!isRecord(properties)) return { names, details };
  for (const [name, property] of Object.entries(properties)) {
    names.push(name);
    if (!isRecord(property)) continue;
    if (typeof property.description === "string") details.push(property.description);
    if (Array.isArray(property.enum))
      details.push(property.enum.filter((value) => typeof value === "string").join(" "));
    if (depth + 1 >= MAX_PARAM_DEPTH) continue;
    const inner = paramsOf(property, depth + 1);
    names.push(...inner.names);
    details.push(...inner.details);
  }
  return { names, details };
}

function actionsOf(stems: readonly string[]): string[] {
  for (const stem of stems) {
    const actions = conceptsOf(stem).filter(isAction);
    if (actions.length > 0) return actions;
  }
  return [];
}

interface Described {
  readonly kind: "method" | "snippet";
  readonly connector: string;
  readonly method: string;
  readonly path: string;
  readonly description: string;
  readonly inputSchema: JSONSchema7 | undefined;
  readonly requiresApproval: boolean;
  readonly readOnly: boolean | undefined;
}

function documentOf(id: number, of: Described): CatalogDocument {
  const summary = summaryOf(of.description);
  const { names, details } = paramsOf(of.inputSchema);
  const name = stemsOf(of.method);
  const summaryStems = stemsOf(summary);
  const things = [readThing(of.method), readThing(summary)];
  return {
    id,
    kind: of.kind,
    path: of.path,
    connector: of.connector,
    method: of.method,
    description: of.description,
    requiresApproval: of.requiresApproval,
    words: {
      name: indexed(name),
      connector: indexed(stemsOf(of.connector)),
      summary: indexed(summaryStems),
      params: indexed([...new Set(names.flatMap(stemsOf))]),
      description: indexed(stemsOf(of.description.slice(summary.length, MAX_DESCRIPTION_CHARS))),
      details: stemsOf(details.join(" ").slice(0, MAX_DETAIL_CHARS)).join(" "),
    },
    about: [...new Set([...name, ...summaryStems])],
    actions: new Set([...actionsOf(name), ...actionsOf(summaryStems.slice(0, 2))]),
    effect: of.readOnly === undefined ? undefined : of.readOnly ? "read" : "write",
    heads: new Set(things.flatMap(({ head }) => head ?? [])),
    number: things[1]?.number ?? things[0]?.number,
  };
}

function readableSchema(schema: unknown): JSONSchema7 | undefined {
  return isRecord(schema) ? schema : undefined;
}

/** The documents of all methods and snippets, in the order in which they are listed: by path. */
export function documentsOf(
  connectors: readonly ConnectorDescription[],
  snippets: readonly SnippetEntry[],
): CatalogDocument[] {
  const methods = connectors.flatMap(({ name, descriptors, annotations }) =>
    Object.entries(descriptors).map(
      ([method, descriptor]): Described => ({
        kind: "method",
        connector: name,
        method,
        path: `${name}.${method}`,
        description: descriptor.description ?? "",
        inputSchema: descriptor.inputSchema,
        requiresApproval: annotations?.[method]?.requiresApproval === true,
        readOnly: annotations?.[method]?.readOnly,
      }),
    ),
  );
  const saved = snippets.map(
    (snippet): Described => ({
      kind: "snippet",
      connector: "snippet",
      method: snippet.name,
      path: snippet.name,
      description: snippet.description,
      inputSchema: readableSchema(snippet.inputSchema),
      requiresApproval: false,
      readOnly: undefined,
    }),
  );
  return [...methods, ...saved]
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    .map((described, id) => documentOf(id, described));
}
