/** Runs compiled programs in Node, beside a fuel module that the test can look into. */
import { type CompileOptions, compileProgram } from "../../../src/sandbox/program/compile.ts";

export const OPTIONS: CompileOptions = { maxBytes: 100_000, fuelModule: "#fuel" };

export interface Run {
  readonly value?: unknown;
  readonly error?: unknown;
  /** Line of the module at which the error was made. */
  readonly line?: number;
  /** How often the program ran out of fuel. */
  readonly trips: number;
  readonly fuelLeft: number;
}

const FUEL = `
export const fuel = {
  n: 0,
  trips: 0,
  trip() { fuel.trips++; throw new Error("out of fuel"); },
  import(specifier) { return Promise.resolve({ imported: specifier }); },
};
`;

let count = 0;

/** Compiles and runs a program with a counter of its own; `data:` modules, so that no bundler comes in between. */
export async function runProgram(code: string, { fuel = 100_000, input = undefined as unknown } = {}): Promise<Run> {
  const fuelModule = dataModule(`${FUEL}// ${++count}`);
  const { module } = compileProgram(code, { ...OPTIONS, fuelModule });
  const { fuel: counter }: { fuel: { n: number; trips: number } } = await import(/* @vite-ignore */ fuelModule);
  const program: { default(input: unknown): Promise<unknown> } = await import(/* @vite-ignore */ dataModule(module));
  counter.n = fuel;
  const ended = await program.default(input).then(
    (value) => ({ value }),
    (error: unknown) => ({ error, ...lineOf(error) }),
  );
  return { ...ended, trips: counter.trips, fuelLeft: counter.n };
}

function dataModule(text: string): string {
  return `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
}

function lineOf(error: unknown): { line?: number } {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const place = /base64,[\w+/=]+:(\d+):\d+/.exec(stack)?.[1];
  return place === undefined ? {} : { line: Number(place) };
}
