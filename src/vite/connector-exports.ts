/** Reads which connector classes a `*.codemode.ts` file exports, from its text alone. */
import { basename } from "node:path";
import type { Declaration, ExportDefaultDeclaration, ExportNamedDeclaration, Expression, Node, Program } from "acorn";
import { transform } from "sucrase";
import { CodemodeError } from "../errors.ts";
import { positionAt } from "../sandbox/program/excerpt.ts";
import { parseDecorated } from "./decorated.ts";

/** One class that the Worker entry exports: `imported` is its name in the file, `exported` its name in `ctx.exports`. */
export interface ConnectorExport {
  readonly imported: string;
  readonly exported: string;
}

type DefaultExport = ExportDefaultDeclaration["declaration"];

/** `src/github-issues.codemode.ts` to `GithubIssues`: the name of a default export that has none. */
function nameOfFile(file: string): string {
  const words = basename(file)
    .replace(/\.codemode\.\w+$/, "")
    .split(/[^A-Za-z0-9]+/);
  const joined = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join("");
  return /^[A-Za-z]/.test(joined) ? joined : `Connector${joined}`;
}

/** Runs the eraser or the parser; both put the offset of what they do not understand in their error, as `pos`. */
function orRefuse<T>(file: string, text: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const pos: unknown = error instanceof SyntaxError ? Reflect.get(error, "pos") : undefined;
    const { line, column } = positionAt(text, typeof pos === "number" ? pos : 0);
    const says = error instanceof Error ? error.message.replace(/ \(\d+:\d+\)$/, "").replace(/\.$/, "") : String(error);
    throw new CodemodeError(
      "SYNTAX_ERROR",
      `${file}:${line}:${column}: ${says}. Its connectors cannot be exported.`,
      { file, line, column },
      { cause: error },
    );
  }
}

/** Types are erased on the same lines, so a line of the result is one of the file. */
function parseFile(file: string, text: string): Program {
  const transforms = /\.[tj]sx$/.test(file) ? ["typescript" as const, "jsx" as const] : ["typescript" as const];
  const { code } = orRefuse(file, text, () =>
    transform(text, { transforms, disableESTransforms: true, keepUnusedImports: true }),
  );
  return orRefuse(file, code, () => parseDecorated(code));
}

const DEFINE = "defineConnector";

/** What a file's own names stand for. */
interface Locals {
  /** Names of `defineConnector`: its own, and what an import calls it. */
  readonly defines: ReadonlySet<string>;
  /** Every binding of the top level that is a connector class. */
  readonly classes: ReadonlySet<string>;
}

/** A class with a base, a class made by `defineConnector`. */
function makesClass(value: Expression | null | undefined, defines: Locals["defines"]): boolean {
  if (value?.type === "ClassExpression") return value.superClass != null;
  if (value?.type !== "CallExpression") return false;
  const { callee } = value;
  if (callee.type === "Identifier") return defines.has(callee.name);
  return callee.type === "MemberExpression" && !callee.computed && specifierName(callee.property) === DEFINE;
}

/** The names that a declaration binds to a connector class. */
function declared(declaration: Declaration, defines: Locals["defines"]): string[] {
  if (declaration.type === "ClassDeclaration") return declaration.superClass == null ? [] : [declaration.id.name];
  if (declaration.type !== "VariableDeclaration") return [];
  return declaration.declarations.flatMap(({ id, init }) =>
    id.type === "Identifier" && makesClass(init, defines) ? [id.name] : [],
  );
}

function localsOf({ body }: Program): Locals {
  const imported = body.flatMap((statement) => (statement.type === "ImportDeclaration" ? statement.specifiers : []));
  const defines = new Set([
    DEFINE,
    ...imported.flatMap((one) =>
      one.type === "ImportSpecifier" && specifierName(one.imported) === DEFINE ? [one.local.name] : [],
    ),
  ]);
  const classes = body.flatMap((statement) => {
    if (statement.type === "ClassDeclaration" || statement.type === "VariableDeclaration")
      return declared(statement, defines);
    if (statement.type === "ExportNamedDeclaration" && statement.declaration != null)
      return declared(statement.declaration, defines);
    return [];
  });
  return { defines, classes: new Set(classes) };
}

function specifierName(node: Node): string {
  return "name" in node ? String(node.name) : "value" in node ? String(node.value) : "";
}

/** `export { A, B as C }`, and `export { A } from "./a.ts"`, where a class can only be told by its capital letter. */
function fromSpecifiers(
  { specifiers, source }: ExportNamedDeclaration,
  { classes }: Locals,
  file: string,
): ConnectorExport[] {
  return specifiers.flatMap((specifier) => {
    const local = specifierName(specifier.local);
    const name = specifierName(specifier.exported);
    const isClass = source == null ? classes.has(local) : /^[A-Z]/.test(name === "default" ? local : name);
    if (!isClass) return [];
    return [{ imported: name, exported: name === "default" ? (local === "default" ? nameOfFile(file) : local) : name }];
  });
}

function fromDefault(value: DefaultExport, { classes, defines }: Locals, file: string): ConnectorExport[] {
  if (value.type === "ClassDeclaration") {
    if (value.superClass == null) return [];
    return [{ imported: "default", exported: value.id?.name ?? nameOfFile(file) }];
  }
  if (value.type === "Identifier")
    return classes.has(value.name) ? [{ imported: "default", exported: value.name }] : [];
  return value.type !== "FunctionDeclaration" && makesClass(value, defines)
    ? [{ imported: "default", exported: nameOfFile(file) }]
    : [];
}

function exportsOf(statement: Program["body"][number], locals: Locals, file: string): readonly ConnectorExport[] {
  if (statement.type === "ExportDefaultDeclaration") return fromDefault(statement.declaration, locals, file);
  if (statement.type !== "ExportNamedDeclaration") return [];
  const names = statement.declaration == null ? [] : declared(statement.declaration, locals.defines);
  return [...names.map((name) => ({ imported: name, exported: name })), ...fromSpecifiers(statement, locals, file)];
}

/**
 * The connector classes of a file: exported classes that extend something, and exported results of `defineConnector`.
 * Other exports are the file's own business.
 *
 * @param file - path for messages, and for the name of a default export that has none.
 * @throws CodemodeError `SYNTAX_ERROR` with the place; `INVALID_INPUT` for a file that exports no connector class.
 */
export function connectorExports(file: string, text: string): ConnectorExport[] {
  const program = parseFile(file, text);
  const locals = localsOf(program);
  const found = new Map<string, ConnectorExport>();
  for (const statement of program.body) {
    // One class that is exported by name and as the default is one class.
    for (const entry of exportsOf(statement, locals, file))
      if (!found.has(entry.exported)) found.set(entry.exported, entry);
  }
  if (found.size > 0) return [...found.values()];
  const all = program.body.some(({ type }) => type === "ExportAllDeclaration");
  throw new CodemodeError(
    "INVALID_INPUT",
    all
      ? `${file}: "export *" does not say which classes there are. Export each connector class by name.`
      : `${file}: exports no connector class. Export a class that extends CodemodeConnector, or the result of defineConnector(), or rename the file.`,
    { file },
  );
}
