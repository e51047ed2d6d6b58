/**
 * Inserts the fuel counter: one unit for each pass through a loop's body, ten for each entry of a function. When the
 * counter is below zero every further loop and function throws, so that no `catch` or `finally` can go on.
 *
 * Insertions happen at places of a complete syntax tree, never in text, and refer to one identifier which the program
 * does not contain; `fuel` itself is an import of the module, so no name of the program can reach it.
 */
import type { AnyNode, Expression, Node, Pattern, Program } from "acorn";
import { full } from "acorn-walk";
import type MagicString from "magic-string";

/** Units of one function entry; a loop pass costs one. A call costs a frame and mostly a promise: about ten passes. */
const FUNCTION_COST = 10;

/**
 * Inserts counting for a whole tree, and turns `import(x)` into the counter's `import(x)`.
 *
 * @param fuel - identifier of the imported counter; it must not occur in the program.
 */
export function insertFuel(tree: Program, edits: MagicString, fuel: string): void {
  // `full` visits children first: what is inserted later at the same place belongs to an outer node and goes outside.
  full(tree, (node) => countNode(node, { edits, fuel }));
}

interface FuelPlan {
  readonly edits: MagicString;
  readonly fuel: string;
}

function countNode(node: AnyNode, plan: FuelPlan): void {
  switch (node.type) {
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
      countLoop(node.body, plan);
      break;
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      for (const code of node.params.flatMap(codeIn)) countExpression(code, plan);
      if (node.body.type === "BlockStatement") countEntry(node.body.start + 1, plan);
      else countExpression(node.body, plan);
      break;
    case "PropertyDefinition":
      if (node.value && !isPlain(node.value)) countExpression(node.value, plan);
      break;
    case "StaticBlock":
      if (node.body[0] !== undefined) countEntry(node.body[0].start, plan);
      break;
    case "ImportExpression":
      plan.edits.prependRight(node.start, `${plan.fuel}.`);
      break;
  }
}

function countLoop(body: Node, { edits, fuel }: FuelPlan): void {
  const count = `if(--${fuel}.n<0)${fuel}.trip();`;
  if (body.type === "BlockStatement") {
    edits.prependRight(body.start + 1, count);
  } else {
    edits.prependRight(body.start, `{${count}`);
    edits.appendLeft(body.end, "}");
  }
}

function countEntry(at: number, { edits, fuel }: FuelPlan): void {
  edits.prependRight(at, `if((${fuel}.n-=${FUNCTION_COST})<0)${fuel}.trip();`);
}

/** Inside parentheses that may already stand around it, so an object literal stays one. */
function countExpression(node: Node, { edits, fuel }: FuelPlan): void {
  edits.prependRight(node.start, `((${fuel}.n-=${FUNCTION_COST})<0&&${fuel}.trip(),`);
  edits.appendLeft(node.end, ")");
}

/**
 * Code that a function's parameters run before its body is entered, and which may throw so that it never is:
 * default values and computed keys. Without counting these, `f = (x = (p.then(f), null.x)) => {}` would go on for ever.
 */
function codeIn(pattern: Pattern): Expression[] {
  switch (pattern.type) {
    case "AssignmentPattern":
      return [...codeIn(pattern.left), ...(isPlain(pattern.right) ? [] : [pattern.right])];
    case "RestElement":
      return codeIn(pattern.argument);
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element === null ? [] : codeIn(element)));
    case "ObjectPattern":
      return pattern.properties.flatMap((property) => {
        if (property.type === "RestElement") return codeIn(property.argument);
        return [...(property.computed && !isPlain(property.key) ? [property.key] : []), ...codeIn(property.value)];
      });
    default:
      return [];
  }
}

/** Evaluating it runs nothing; a function also keeps the name that it gets from where it stands. */
function isPlain({ type }: Node): boolean {
  return ["Literal", "Identifier", "FunctionExpression", "ArrowFunctionExpression"].includes(type);
}
