/** Refuses what would need a module system: `import`, `export` of names, and `import.meta`. */
import type { MetaProperty, ModuleDeclaration, Program, Statement } from "acorn";
import { simple } from "acorn-walk";
import type { CodemodeError } from "../../errors.ts";
import { originalPosition, positionAt } from "./excerpt.ts";
import type { ParsedProgram } from "./parse.ts";
import { syntaxError } from "./syntax-error.ts";

type Refused = Exclude<ModuleDeclaration, { type: "ExportDefaultDeclaration" }> | MetaProperty;

/**
 * Throws `SYNTAX_ERROR` at the first construct that only a real module can have. `export default` is how a program
 * may name its entry, and an empty `export {}` (what is left of `export type`) says nothing: both stay.
 *
 * @param modules - what dynamic `import()` may name, for the advice.
 */
export function refuseModules(program: ParsedProgram, modules: readonly string[]): void {
  for (const node of program.tree.body) {
    if (isRefused(node)) throw refusal(program, node, modules);
  }
  simple(program.tree, {
    MetaProperty(node) {
      if (node.meta.name === "import") throw refusal(program, node, modules);
    },
  });
}

/** `export {}`, which TypeScript needs and nobody else. */
export function isEmptyExport(node: Statement | ModuleDeclaration): boolean {
  return node.type === "ExportNamedDeclaration" && node.specifiers.length === 0 && !node.declaration && !node.source;
}

function isRefused(node: Program["body"][number]): node is Exclude<Refused, MetaProperty> {
  if (isEmptyExport(node)) return false;
  return (
    node.type === "ImportDeclaration" || node.type === "ExportNamedDeclaration" || node.type === "ExportAllDeclaration"
  );
}

function refusal(program: ParsedProgram, node: Refused, modules: readonly string[]): CodemodeError {
  const place = originalPosition(program.text, program.source, positionAt(program.source, node.start));
  const { message, hint } = explain(node, modules);
  return syntaxError(program.text, { ...place, message }, hint);
}

function explain(node: Refused, modules: readonly string[]): { message: string; hint: string } {
  const loadable =
    modules.length === 0 ? "" : ` What can be loaded, with await import("…"), is: ${modules.join(", ")}.`;
  switch (node.type) {
    case "ImportDeclaration":
      return {
        message: `import from ${JSON.stringify(node.source.value)} is not possible`,
        hint: `The sandbox has no modules: remove the import and use the connectors, which are globals (codemode.search("…") finds their tools).${loadable}`,
      };
    case "MetaProperty":
      return { message: "import.meta does not exist here", hint: "The sandbox has no modules: a program has no URL." };
    default:
      return {
        message: "Only export default is possible",
        hint: "The sandbox has no modules: return the result, or write export default async () => { … }.",
      };
  }
}
