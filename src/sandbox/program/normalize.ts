/** The public `normalizeCode`: a model's text as the source of one function, for executors of one's own. */
import MagicString from "magic-string";
import { hiddenName } from "./hidden.ts";
import { programString, withinStack } from "./input.ts";
import { refuseModules } from "./modules.ts";
import { type ParsedProgram, parseProgram } from "./parse.ts";
import { writeResult } from "./result.ts";
import { type FunctionNode, type Result, type Shape, shapeOf } from "./shape.ts";

/**
 * The program in a model's text as the source of an async arrow function: JavaScript, types erased, fences gone. A text that
 * already is one arrow function comes back as it is. Nothing is counted and nothing hidden: run it only in a sandbox.
 *
 * @param code - JavaScript or TypeScript: a function, `export default`, declarations, statements, or an expression.
 * @throws CodemodeError `SYNTAX_ERROR` when the text does not parse; it is never pasted unparsed.
 *
 * @example
 * ```ts
 * normalizeCode("const a = 1;\na + 1"); // "async () => {\nconst a = 1;\nreturn (a + 1)\n}"
 * ```
 */
export function normalizeCode(code: string): string {
  const text = programString(code, Number.POSITIVE_INFINITY);
  return withinStack(text, () => {
    const program = parseProgram(text);
    refuseModules(program, []);
    return asArrow(shapeOf(program.tree), program);
  });
}

function asArrow(shape: Shape, program: ParsedProgram): string {
  const { source } = program;
  const { result, only } = shape;
  if (program.tree.body.length === 0) return "async () => {}";
  if (only?.type === "ArrowFunctionExpression") return source.slice(only.start, only.end);
  const input = takesInput(result) ? hiddenName("input", program.names) : "";
  if (only !== undefined) return arrow(input, `return (${source.slice(only.start, only.end)})(${input});`);
  if (result.kind === "value" && shape.exports.length === 0) {
    const { statement } = result;
    const { start, end } = statement.expression;
    return arrow(input, `${source.slice(0, statement.start).trimStart()}return (${source.slice(start, end)})`);
  }
  if (result.kind === "default" && result.use === "read" && program.tree.body.length === 1) {
    const { start, end } = result.exported.declaration;
    return arrow(input, `return (${source.slice(start, end)})`);
  }
  const edits = new MagicString(source);
  const tail = writeResult(shape, program, edits, input);
  return arrow(input, `${edits.toString().trim()}${tail === "" ? "" : `\n${tail}`}`);
}

function arrow(input: string, body: string): string {
  return `async (${input}) => {\n${body}\n}`;
}

function takesInput(result: Result): boolean {
  switch (result.kind) {
    case "called":
    case "declared":
      return hasParameters(result.fn);
    case "default":
      return result.use === "ask" || (result.fn !== undefined && hasParameters(result.fn));
    default:
      return false;
  }
}

function hasParameters({ params }: FunctionNode): boolean {
  return params.length > 0;
}
