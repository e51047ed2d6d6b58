/** Makes the program's value the value of the function that is put around it. */
import type MagicString from "magic-string";
import { hiddenName } from "./hidden.ts";
import type { ParsedProgram } from "./parse.ts";
import type { Result, Shape } from "./shape.ts";

/**
 * Edits a program's statements so that, as a function's body, they return its value.
 *
 * @param input - identifier of the function's parameter, or nothing when it has none.
 * @returns what must stand behind the program, on a line of its own.
 */
export function writeResult(
  { result, exports }: Shape,
  program: ParsedProgram,
  edits: MagicString,
  input: string,
): string {
  const { source, names } = program;
  for (const node of exports) takeExportAway(node, source, edits);
  switch (result.kind) {
    case "nothing":
      return "";
    case "value":
      edits.prependRight(result.statement.start, "return ");
      return "";
    case "called":
      edits.prependRight(result.statement.start, "return (");
      closeAt(result.statement.end, `)(${input});`, source, edits);
      return "";
    case "declared":
      return `return ${result.name}(${input});`;
    case "default": {
      // In its place, because later statements may still prepare what the function will need when it is called.
      const name = hiddenName("$default", names);
      const { start, end } = result.exported;
      const behind = endOfKeywords(source, start);
      edits.update(start, behind, `${breaksIn(source.slice(start, behind))}const ${name}=(`);
      closeAt(end, ");", source, edits);
      return `return ${useOf(result.use, name, `${name}(${input})`)};`;
    }
  }
}

function useOf(use: Extract<Result, { kind: "default" }>["use"], name: string, called: string): string {
  return { call: called, read: name, ask: `typeof ${name}==="function"?${called}:${name}` }[use];
}

/** A statement may end with its own semicolon, which stays outside. */
function closeAt(end: number, text: string, source: string, edits: MagicString): void {
  edits.appendLeft(source[end - 1] === ";" ? end - 1 : end, text);
}

/** What is exported by name stays a declaration of the same name. */
function takeExportAway(node: Shape["exports"][number], source: string, edits: MagicString): void {
  const isDefault = node.type === "ExportDefaultDeclaration";
  const end = isDefault ? endOfKeywords(source, node.start) : node.end;
  edits.update(node.start, end, `${breaksIn(source.slice(node.start, end))}${isDefault ? "" : ";"}`);
}

/** Behind `export default`, between which comments and line breaks may stand. */
function endOfKeywords(source: string, start: number): number {
  const keywords = /export(?:\s|\/\*[\s\S]*?\*\/|\/\/.*)*default/y;
  keywords.lastIndex = start;
  keywords.exec(source);
  return keywords.lastIndex;
}

function breaksIn(text: string): string {
  return text.replace(/[^\r\n\u2028\u2029]/g, "");
}
