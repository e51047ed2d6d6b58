/** Reads the form in which a program was written, and says what its value is: a table of forms and their results. */
import type {
  ArrowFunctionExpression,
  ExportDefaultDeclaration,
  Expression,
  ExpressionStatement,
  FunctionDeclaration,
  FunctionExpression,
  ModuleDeclaration,
  Node,
  Program,
  Statement,
} from "acorn";
import { full, recursive } from "acorn-walk";
import { isEmptyExport } from "./modules.ts";

/** A function that is written out in the program. */
export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

/** What a program's value is. `fn` is known where the function is written out, so that its parameters can be seen. */
export type Result =
  /** `const a = 1;`: no value. */
  | { readonly kind: "nothing" }
  /** `a + 1` at the end: its value. */
  | { readonly kind: "value"; readonly statement: ExpressionStatement }
  /** `async () => { … }` at the end: called with the input. */
  | { readonly kind: "called"; readonly statement: ExpressionStatement; readonly fn: FunctionNode }
  /** `async function main() { … }`, exported or only declared: called with the input. */
  | { readonly kind: "declared"; readonly name: string; readonly fn: FunctionNode }
  /** `export default` of something without a name: called if it is a function. */
  | {
      readonly kind: "default";
      readonly exported: ExportDefaultDeclaration;
      readonly use: "call" | "read" | "ask";
      readonly fn?: FunctionNode;
    };

/** A program's form. */
export interface Shape {
  readonly result: Result;
  /** `export default` before a named declaration, and `export {}`: to be taken away, the declaration stays. */
  readonly exports: readonly (Statement | ModuleDeclaration)[];
  /** The program is nothing but this function. */
  readonly only?: FunctionNode;
}

/** Reads the form of a program in which there is no other module syntax than {@link isEmptyExport} and a default export. */
export function shapeOf(tree: Program): Shape {
  const exports = tree.body.filter(isEmptyExport);
  const body = tree.body.filter((node) => node.type !== "EmptyStatement" && !exports.includes(node));
  const exported = body.find((node) => node.type === "ExportDefaultDeclaration");
  if (exported !== undefined) return exportedShape(exported, exports, body.length === 1);
  let last = body.at(-1);
  // `Code:` above a program is a label to the parser.
  while (last?.type === "LabeledStatement") last = last.body;
  if (last?.type === "ExpressionStatement") return { ...expressionShape(last, body.length === 1), exports };
  return { result: definedResult(body), exports };
}

function exportedShape(exported: ExportDefaultDeclaration, exports: Shape["exports"], alone: boolean): Shape {
  const { declaration } = exported;
  if (declaration.type === "FunctionDeclaration" && declaration.id) {
    return {
      result: { kind: "declared", name: declaration.id.name, fn: declaration },
      exports: [...exports, exported],
    };
  }
  if (!isFunction(declaration))
    return { result: { kind: "default", exported, use: howToUse(declaration, alone) }, exports };
  const result = { kind: "default", exported, use: "call", fn: declaration } as const;
  return alone ? { result, exports, only: declaration } : { result, exports };
}

/** A class is not called; an expression may name a function that the program defines; alone, it can name none. */
function howToUse({ type }: Node, alone: boolean): "read" | "ask" {
  return alone || type === "ClassDeclaration" || type === "ClassExpression" ? "read" : "ask";
}

function expressionShape(statement: ExpressionStatement, alone: boolean): Omit<Shape, "exports"> {
  const { expression: fn } = statement;
  if (!isFunction(fn)) return { result: { kind: "value", statement } };
  const result = { kind: "called", statement, fn } as const;
  return alone ? { result, only: fn } : { result };
}

function isFunction(node: Node | Expression): node is FunctionNode {
  return ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"].includes(node.type);
}

const ENTRY_NAMES: ReadonlySet<string> = new Set(["main", "run"]);

interface Candidate {
  readonly name: string;
  readonly fn: FunctionNode;
  /** The statement that defines it. */
  readonly home: Node;
}

/**
 * A program that only defines things and runs none of them was meant to be run: which function is its entry? One that
 * nothing else mentions; `main` or `run` before the others; then the last. A program whose definitions already
 * do work (`const r = await github.list()`) has its entry only in a `main` or `run` that it forgot to call.
 */
function definedResult(body: readonly (Statement | ModuleDeclaration)[]): Result {
  if (!body.every(isDefinition)) return { kind: "nothing" };
  const candidates = body.flatMap(candidatesIn);
  const mentions = mentionsIn(body);
  const free = candidates.filter(({ name, home }) => [...(mentions.get(name) ?? [])].every((node) => node === home));
  const named = free.findLast(({ name }) => ENTRY_NAMES.has(name));
  const entry = body.every(isInert) ? (named ?? free.at(-1) ?? candidates.at(-1)) : named;
  return entry === undefined ? { kind: "nothing" } : { kind: "declared", name: entry.name, fn: entry.fn };
}

function candidatesIn(node: Statement | ModuleDeclaration): Candidate[] {
  if (node.type === "FunctionDeclaration") return [{ name: node.id.name, fn: node, home: node }];
  if (node.type !== "VariableDeclaration") return [];
  return node.declarations.flatMap(({ id, init }) =>
    id.type === "Identifier" && init && isFunction(init) ? [{ name: id.name, fn: init, home: node }] : [],
  );
}

function isDefinition({ type }: Node): boolean {
  return type === "FunctionDeclaration" || type === "ClassDeclaration" || type === "VariableDeclaration";
}

/** Which statements read each name; where a name is declared or assigned does not count. */
function mentionsIn(body: readonly Node[]): Map<string, Set<Node>> {
  const mentions = new Map<string, Set<Node>>();
  for (const statement of body) {
    full(statement, (node, _state, type) => {
      if (node.type !== "Identifier" || type === "VariablePattern") return;
      const statements = mentions.get(node.name) ?? new Set();
      mentions.set(node.name, statements.add(statement));
    });
  }
  return mentions;
}

/** Whether evaluating a definition calls nothing; what functions in it would call does not count. */
function isInert(node: Node): boolean {
  let active = false;
  const act = () => {
    active = true;
  };
  recursive(node, null, {
    CallExpression: act,
    AwaitExpression: act,
    TaggedTemplateExpression: act,
    ImportExpression: act,
    Function: () => {},
  });
  return !active;
}
