/** `describe`: the declarations of a method or a snippet, and an overview of a connector that fits any connector. */
import { type ListedTool, toolOf } from "../connector/listing.ts";
import { nearNames } from "../connector/names.ts";
import { isRecord } from "../connector/schema.ts";
import type { ConnectorDescription } from "../connector/types.ts";
import { CodemodeError } from "../errors.ts";
import { beginning } from "../truncate.ts";
import type { CatalogSources, DescribeOutput, SnippetEntry } from "./contract.ts";
import { connectorDeclarations, snippetDeclarations } from "./types/declare.ts";
import { commentText } from "./types/doc.ts";
import { unavailableError } from "./unavailable.ts";
import { visible } from "./visible.ts";

/** About 4,000 tokens: what an overview of a connector may cost a context. */
const MAX_OVERVIEW_CHARS = 16_000;

/** Connectors of more methods are always shown as an index: their declarations would not fit. */
const MAX_DECLARED_METHODS = 25;

/** About 2,000 tokens: enough to see what a snippet does, and to write another like it; or what is said of something. */
const MAX_TEXT_CHARS = 8_000;

/** Declarations keep to a budget of their own; only names of a thousand characters take them beyond it. */
const MAX_TYPES_CHARS = 40_000;

const MAX_EXAMPLES = 10;

const MAX_LINE_CHARS = 100;

/** Answers of a connector that are kept: programs ask for the same few again. */
const MAX_REMEMBERED = 100;

const remembered = new WeakMap<ConnectorDescription, Map<string, DescribeOutput>>();

interface Method {
  readonly connector: ConnectorDescription;
  readonly tool: ListedTool;
}

/** The method of that name, or the one that it is another name of. */
function methodOf(connector: ConnectorDescription, name: string): Method[] {
  const tool = toolOf(connector, name);
  return tool === undefined ? [] : [{ connector, tool }];
}

/** `github.issues_create`, or a bare name where only one connector has it; aliases too. */
function methodsAt(target: string, connectors: readonly ConnectorDescription[]): Method[] {
  return connectors.flatMap((connector) =>
    target.startsWith(`${connector.name}.`) ? methodOf(connector, target.slice(connector.name.length + 1)) : [],
  );
}

/** Whether a target is a connector or one of its methods by its whole path: no snippet can be meant then. */
export function namesMethod(target: string, connectors: readonly ConnectorDescription[]): boolean {
  return connectors.some(({ name }) => name === target) || methodsAt(target, connectors).length > 0;
}

function findMethods(target: string, connectors: readonly ConnectorDescription[]): Method[] {
  const byPath = methodsAt(target, connectors);
  return byPath.length > 0 ? byPath : connectors.flatMap((connector) => methodOf(connector, target));
}

/** What was said of a method before is said again: writing declarations takes longer than all the rest of an answer. */
function describeMethod(found: Method): DescribeOutput {
  const answers = remembered.get(found.connector) ?? new Map<string, DescribeOutput>();
  remembered.set(found.connector, answers);
  const known = answers.get(found.tool.name);
  if (known !== undefined) return { ...known };
  const answer = writeMethod(found);
  if (answers.size >= MAX_REMEMBERED) answers.clear();
  answers.set(found.tool.name, answer);
  return { ...answer };
}

function writeMethod({ connector, tool: { name, descriptor, requiresApproval } }: Method): DescribeOutput {
  const { examples } = descriptor;
  return {
    path: `${connector.name}.${name}`,
    kind: "method",
    ...said(descriptor.description),
    ...(requiresApproval ? { requiresApproval: true } : {}),
    types: bounded(connectorDeclarations(connector.name, { [name]: descriptor }), MAX_TYPES_CHARS, "// "),
    ...(examples === undefined || examples.length === 0
      ? {}
      : {
          examples: examples
            .slice(0, MAX_EXAMPLES)
            .map((example) => bounded(example, MAX_OVERVIEW_CHARS / MAX_EXAMPLES)),
        }),
  };
}

/** What somebody says of a thing; who overrides `describe` may say what is no text. */
function said(description: unknown): Pick<DescribeOutput, "description"> {
  return typeof description === "string" ? { description: bounded(visible(description), MAX_TEXT_CHARS) } : {};
}

/** A text, or its beginning and how much is missing. */
function bounded(text: string, maxChars: number, comment = ""): string {
  if (text.length <= maxChars) return text;
  const shown = beginning(text, maxChars);
  return `${shown}\n${comment}… ${text.length - shown.length} more characters`;
}

function describeSnippet(snippet: SnippetEntry): DescribeOutput {
  const schema =
    isRecord(snippet.inputSchema) || typeof snippet.inputSchema === "boolean" ? snippet.inputSchema : undefined;
  const uses = snippet.connectors ?? [];
  const note =
    uses.length === 0 ? "" : `// Calls ${uses.map((name) => commentText(name, MAX_LINE_CHARS)).join(", ")}.\n`;
  return {
    path: snippet.name,
    kind: "snippet",
    description: snippet.description,
    types: note + snippetDeclarations(snippet.name, schema),
    ...(snippet.code === undefined ? {} : { code: bounded(snippet.code, MAX_TEXT_CHARS, "// ") }),
    examples: [`await codemode.run(${JSON.stringify(snippet.name)}${schema === undefined ? "" : ", input"})`],
  };
}

function howToGoOn({ name, descriptors }: ConnectorDescription): string {
  const count = Object.keys(descriptors).length;
  return [
    `// ${name} has ${count} methods. For the types of one: codemode.describe("${name}.<method>").`,
    `// To find one: codemode.search("what it does", { connector: "${name}" }).`,
  ].join("\n");
}

/** Each method with the first line of its description. */
function methodIndex({ name, descriptors }: ConnectorDescription): string {
  const lines = Object.entries(descriptors).map(([method, { description }]) => {
    const [first = ""] = (said(description).description ?? "").split("\n", 1);
    const line = commentText(first, MAX_LINE_CHARS);
    return `// ${name}.${method}${line === "" ? "" : `: ${line}`}`;
  });
  return lines.join("\n");
}

/** Methods counted by the first word of their names, the first few of each as a sample. */
function groupIndex({ name, descriptors }: ConnectorDescription): string {
  const groups = new Map<string, string[]>();
  for (const method of Object.keys(descriptors)) {
    const word = method.match(/^_*[a-z0-9]+/i)?.[0] ?? method;
    const group = groups.get(word);
    if (group === undefined) groups.set(word, [method]);
    else group.push(method);
  }
  const lines: string[] = [];
  let left = MAX_OVERVIEW_CHARS;
  for (const [word, methods] of groups) {
    const sample = `${methods.slice(0, 3).join(", ")}${methods.length > 3 ? ", …" : ""}`;
    const line = `// ${name}.${word}… (${methods.length}): ${commentText(sample, MAX_LINE_CHARS * 2)}`;
    left -= line.length + 1;
    if (left < 0) return [...lines, `// … and ${groups.size - lines.length} more groups`].join("\n");
    lines.push(line);
  }
  return lines.join("\n");
}

/** The richest overview that fits: declarations, names with a line each, or groups of names. */
function overviewOf(connector: ConnectorDescription): string {
  const count = Object.keys(connector.descriptors).length;
  const declared =
    count <= MAX_DECLARED_METHODS ? connectorDeclarations(connector.name, connector.descriptors) : undefined;
  if (declared !== undefined && declared.length <= MAX_OVERVIEW_CHARS) return declared;
  const index = methodIndex(connector);
  return `${howToGoOn(connector)}\n${index.length <= MAX_OVERVIEW_CHARS ? index : groupIndex(connector)}`;
}

function describeConnector(connector: ConnectorDescription): DescribeOutput {
  return {
    path: connector.name,
    kind: "connector",
    ...said(connector.instructions),
    types: overviewOf(connector),
  };
}

function unknownTarget(target: string, { connectors, snippets = [], unavailable = [] }: CatalogSources): CodemodeError {
  const names = [
    ...connectors.map(({ name }) => name),
    ...connectors.flatMap(({ name, descriptors }) => Object.keys(descriptors).map((method) => `${name}.${method}`)),
    ...snippets.map(({ name }) => name),
  ];
  const near = nearNames(target.slice(0, 200), names);
  // A snippet's name may have commas and blanks in it.
  const shown = near.map((one) => (snippets.some(({ name }) => name === one) ? JSON.stringify(one) : one));
  const hint = near.length === 0 ? "" : ` Did you mean ${shown.join(", ")}?`;
  const unread = unavailable.map(({ connector, message }) => ` ${connector} could not be read: ${message}`).join("");
  return new CodemodeError(
    "UNKNOWN_TARGET",
    `There is no ${JSON.stringify(target.slice(0, 200))} to describe.${hint}${unread} codemode.search("what it does") finds methods and snippets.`,
    { target: target.slice(0, 200), near },
  );
}

/** Describes what a target names: a connector first, then a method, a snippet, a bare method name. */
export function describeTarget(asked: unknown, sources: CatalogSources): DescribeOutput {
  if (typeof asked !== "string") {
    throw new CodemodeError("INVALID_INPUT", 'describe: the target must be a string like "github.issues_create".');
  }
  const { connectors, snippets = [], unavailable = [] } = sources;
  const connector = connectors.find(({ name }) => name === asked);
  if (connector !== undefined) return describeConnector(connector);
  const snippet = snippets.find(({ name }) => name === asked);
  const [method, another] = findMethods(asked, connectors);
  const isPath = method !== undefined && asked.startsWith(`${method.connector.name}.`);
  if (snippet !== undefined && !isPath) return describeSnippet(snippet);
  if (method !== undefined && another === undefined) return describeMethod(method);
  const unread = unavailable.find(({ connector: name }) => asked === name || asked.startsWith(`${name}.`));
  throw unread === undefined ? unknownTarget(asked, sources) : unavailableError(unread);
}
