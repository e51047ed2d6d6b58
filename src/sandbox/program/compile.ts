/** Turns a model's text into the ES module that runs in the sandbox: one default export, counted, on the same lines. */
import MagicString from "magic-string";
import { CodemodeError } from "../../errors.ts";
import { originalPosition } from "./excerpt.ts";
import { insertFuel } from "./fuel.ts";
import { hiddenName } from "./hidden.ts";
import { programString, withinStack } from "./input.ts";
import { refuseModules } from "./modules.ts";
import { type ParsedProgram, parseModule, parseProgram } from "./parse.ts";
import { writeResult } from "./result.ts";
import { shapeOf } from "./shape.ts";
import { syntaxError } from "./syntax-error.ts";

/** What a program is compiled for. */
export interface CompileOptions {
  /** Largest program text, in UTF-8 bytes. */
  readonly maxBytes: number;
  /** Specifier of the module that exports `fuel: { n: number; trip(): void; import(specifier): Promise<object> }`. */
  readonly fuelModule: string;
  /** Specifiers that dynamic `import()` may name, for advice only: `fuel.import` decides at run time. */
  readonly modules?: readonly string[];
}

/** A program ready to be loaded. */
export interface CompiledProgram {
  /**
   * A complete ES module. Its default export is an async function that takes one optional argument, the input, and
   * gives the program's value. Line N of it is line N of the model's text.
   */
  readonly module: string;
  /** Columns that were put before the model's first line. */
  readonly firstLineOffset: number;
}

/**
 * Compiles what a model sent: JavaScript or TypeScript, in any of the forms that the README of this folder lists.
 *
 * @param code - the text; anything else is refused.
 * @throws CodemodeError `INVALID_INPUT` for what is not a string, `PROGRAM_TOO_LARGE`, or `SYNTAX_ERROR` with line, column
 * and excerpt of the model's own text in `data`.
 *
 * @example
 * ```ts
 * const { module } = compileProgram("const r = await github.list();\nr.length", { maxBytes: 1_000_000, fuelModule: "#fuel" });
 * ```
 */
export function compileProgram(code: unknown, options: CompileOptions): CompiledProgram {
  const text = programString(code, options.maxBytes);
  return withinStack(text, () => {
    const program = parseProgram(text);
    refuseModules(program, options.modules ?? []);
    const fuel = hiddenName("$fuel", program.names);
    const input = hiddenName("$input", program.names);
    const edits = new MagicString(program.source);
    insertFuel(program.tree, edits, fuel);
    const tail = writeResult(shapeOf(program.tree), program, edits, input);
    const head = `import {fuel as ${fuel}} from ${JSON.stringify(options.fuelModule)};export default async(${input})=>{`;
    const module = `${head}${edits.toString()}\n${tail}}`;
    verify(module, program);
    return { module, firstLineOffset: head.length };
  });
}

/**
 * Reads the finished module once more: it must be one import and one default export, whatever the program was. What is
 * legal at the top level of a module but not in a function ends here too.
 */
function verify(module: string, program: ParsedProgram): void {
  const parsed = parseModule(module);
  if (!parsed.ok) {
    const place = originalPosition(program.text, module, parsed.failure);
    throw syntaxError(program.text, { ...parsed.failure, ...place });
  }
  const forms = parsed.tree.body.map(({ type }) => type).join();
  if (forms !== "ImportDeclaration,ExportDefaultDeclaration") {
    throw new CodemodeError("INTERNAL", "The program escaped its function; it was not run.", { forms });
  }
}
