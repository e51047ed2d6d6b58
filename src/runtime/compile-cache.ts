/** Compiled programs by their text: a resumed execution and a snippet run again and again are compiled once. */
import { FUEL_MODULE } from "../sandbox/isolate.ts";
import { type CompiledProgram, compileProgram } from "../sandbox/program/compile.ts";

/** Programs kept; a handful covers what one runtime has in flight. */
const MAX_KEPT = 32;

export class CompileCache {
  readonly #programs = new Map<string, CompiledProgram>();

  /** @throws CodemodeError `SYNTAX_ERROR` and the other errors of the compiler. */
  compile(code: unknown, maxBytes: number, modules: readonly string[]): CompiledProgram {
    const key = `${maxBytes}\n${modules.join(",")}\n${String(code)}`;
    const known = this.#programs.get(key);
    const program = known ?? compileProgram(code, { maxBytes, fuelModule: FUEL_MODULE, modules });
    this.#programs.delete(key);
    this.#programs.set(key, program);
    const [oldest] = this.#programs.keys();
    if (this.#programs.size > MAX_KEPT && oldest !== undefined) this.#programs.delete(oldest);
    return program;
  }
}
