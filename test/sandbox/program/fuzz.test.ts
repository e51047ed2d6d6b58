/** Random texts and random programs: the compiler only ever compiles or refuses by code, and counting changes no value. */
import { parse } from "acorn";
import { expect, test } from "vitest";
import { isCodemodeError } from "../../../src/errors.ts";
import { compileProgram } from "../../../src/sandbox/program/compile.ts";
import { linesOf } from "../../../src/sandbox/program/excerpt.ts";
import { normalizeCode } from "../../../src/sandbox/program/normalize.ts";
import fc from "../../support/fast-check.ts";
import { thrownBy } from "../../support/thrown.ts";
import { OPTIONS, runProgram } from "./run-module.ts";

/** Compiles to a module with the text's lines, or refuses at a place that the text has. */
function expectCompiledOrRefused(text: string): void {
  try {
    const { module } = compileProgram(text, { ...OPTIONS, maxBytes: 5_000 });
    parse(module, { ecmaVersion: "latest", sourceType: "module" });
    parse(`(${normalizeCode(text)})`, { ecmaVersion: "latest", sourceType: "module" });
    expect(linesOf(module).length).toBeGreaterThanOrEqual(linesOf(text).length);
  } catch (error) {
    if (!isCodemodeError(error)) throw error;
    expect(["SYNTAX_ERROR", "PROGRAM_TOO_LARGE"]).toContain(error.code);
    if (error.code !== "SYNTAX_ERROR") return;
    const { line, column } = error.data;
    const length = linesOf(text)[Number(line) - 1]?.length;
    expect(Number(column)).toBeGreaterThan(0);
    expect(Number(column)).toBeLessThanOrEqual((length ?? -1) + 1);
  }
}

const SEEDS = [
  "async () => { for (const a of [1, 2]) if (a) await b(a); else c(() => ({ a })); return [a] }",
  "```ts\nconst f = async <T,>(a: T, b?: string): Promise<T> => a as T;\nenum E { A, B = 2 }\nawait f(E.A)!\n```",
  "class A<T> extends B { #x = 1; static y: number = 2; constructor(private z: T) { super() } get w() { return this.#x } }\nnew A(1)",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of the program.
  "export default async function main({ a = 1, ...b }, [c] = []) { do a++; while (a < 3) return `x${a}y` }",
  "label: for await (const x of g()) { try { continue label } catch ({ message }) {} finally { x?.y ?? z } }",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of the program.
  "interface A { a: 1 }\ntype B = A | { b: `x${string}` };\nabstract class C implements A { declare a: 1; abstract m(): void }\nlet x = /a[/]b/g, y = a < b > (c);",
  "Sure:\n```js\nimport('x').then((m) => m.default)\n```\nDone.",
];

const FRAGMENTS = [
  ..."(){}[]<>;,.=:?!`'\"/*\\\n\r\u2028#@$&|+-~",
  "=>",
  "${",
  "/*",
  "*/",
  "//",
  "<!--",
  "-->",
  "```\n",
  "```ts\n",
  "async ",
  "await ",
  "function ",
  "class A ",
  "namespace N {",
  "declare ",
  "enum E {",
  "import x from 'y'",
  "import(",
  "import.meta",
  "export default ",
  "export {}",
  "return ",
  "yield ",
  "for (;;) ",
  "while (a) ",
  "do ",
  "static ",
  "get ",
  "as any",
  "<T>(",
  ": number",
  "$fuel",
  "\\u0024fuel",
  "\u{1F600}",
];

const mutated = fc
  .tuple(
    fc.constantFrom(...SEEDS),
    fc.array(fc.tuple(fc.nat(400), fc.nat(6), fc.constantFrom("", ...FRAGMENTS)), { maxLength: 4 }),
  )
  .map(([seed, edits]) =>
    edits.reduce(
      (text, [at, cut, add]) =>
        text.slice(0, at % (text.length + 1)) + add + text.slice((at % (text.length + 1)) + cut),
      seed,
    ),
  );

test("any text is compiled or refused by code, at a place that it has", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), expectCompiledOrRefused), { numRuns: 500 });
});

test("any heap of fragments is compiled or refused by code, at a place that it has", () => {
  const heap = fc
    .array(fc.constantFrom("a", "b", "1", " ", ...FRAGMENTS), { maxLength: 30 })
    .map((parts) => parts.join(""));
  fc.assert(fc.property(heap, expectCompiledOrRefused), { numRuns: 2_000 });
});

test("any mutated program is compiled or refused by code, at a place that it has", () => {
  fc.assert(fc.property(mutated, expectCompiledOrRefused), { numRuns: 2_000 });
});

const NAMES = ["a", "b", "c"];
const name = fc.constantFrom(...NAMES);

/** What a variable may keep: `a = [a, a]` in nested loops would be a text that takes hours to write. */
const KEPT = "const kept = (value) => ((JSON.stringify(value) ?? '').length < 100 ? value : 0);";

/** Expressions and statements over three variables that always exist; every loop ends. */
const { statement } = fc.letrec<{ expression: string; statement: string; block: string }>((tie) => {
  const e = tie("expression");
  const s = tie("statement");
  const of = (...parts: (string | fc.Arbitrary<string>)[]) =>
    fc
      .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
      .map((texts) => texts.join(""));
  return {
    expression: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom("1", "2", "'x'", "null", "[]", "({})", ...NAMES),
      of("(", e, " + ", e, ")"),
      of("(", e, " ? ", e, " : ", e, ")"),
      of("[", e, ", ...[", e, "]]"),
      of("({ k: ", e, ", ['l']: ", e, " }).k"),
      of("((", name, ") => ", e, ")(", e, ")"),
      of("((", name, " = ", e, ") => ({ v: ", e, " }))().v"),
      of("(({ k = ", e, " }, [", name, "] = [", e, "]) => [k, ", name, "])({})"),
      of("(function () { ", s, " return ", e, " })()"),
      of("[...(function* () { yield ", e, "; for (const x of [1, 2]) yield x })()]"),
      of("new (class { p = ", e, "; static { ", s, " } get q() { return this.p } })().q"),
      of("(", name, " = kept(", e, "), ", name, ")"),
      of("`t${", e, "}`"),
      of("JSON.stringify(", e, ")?.length"),
    ),
    statement: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      of(name, " = kept(", e, ");\n"),
      of("log.push(kept(", e, "))\n"),
      of("if (", e, ") ", s, " else ", s),
      of("for (let i = 0; i < 3; i++) ", s),
      of("for (let ", name, " of [1, 2]) ", s),
      of("for (const k in { x: 1, y: 2 }) ", tie("block")),
      of("{ let n = 2; while (n-- > 0) ", s, " }\n"),
      of("{ let n = 2; do ", s, " while (n-- > 0) }\n"),
      of("out: for (const x of [1, 2, 3]) { for (;;) { ", s, " if (x < 3) continue out; break } }\n"),
      of("try { ", s, " throw ", e, " } catch (", name, ") ", tie("block"), " finally { ", s, " }\n"),
      of("switch (", e, ") { case 1: ", s, " default: ", s, " }\n"),
      tie("block"),
    ),
    block: of("{ ", s, s, " }\n"),
  };
});

/** What awaits stands at the top level only, because its functions are not all async. */
const topLevel = fc.oneof(
  statement,
  statement.map((body) => `log.push(await (async () => { ${body} })());\n`),
  statement.map((body) => `for await (const y of [1, Promise.resolve(2)]) ${body}`),
);
const program = fc.array(topLevel, { minLength: 1, maxLength: 5 }).map((body) => body.join(""));

/** The function of a source text, or nothing when the engine does not take it. */
function functionOf(source: string): (() => Promise<unknown>) | undefined {
  try {
    return new Function(`return (${source})`)();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function settle(work: Promise<unknown>) {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error: String(error) }),
  );
}

test("a counted program has the value of the uncounted one, and so has the normalized one", async () => {
  let values = 0;
  await fc.assert(
    fc.asyncProperty(program, async (statements) => {
      const body = `let a = 1, b = 'b', c = [3];\nconst log = [];\n${KEPT}\n${statements}return JSON.stringify([a, b, c, log]);`;
      const uncounted = functionOf(`async () => { "use strict"; ${body} }`);
      if (uncounted === undefined) {
        expect(thrownBy(() => compileProgram(body, OPTIONS))).toMatchObject({ code: "SYNTAX_ERROR" });
        return;
      }
      const expected = await settle(uncounted());
      const { value, error, trips } = await runProgram(body, { fuel: 10_000_000 });
      expect(trips).toBe(0);
      expect(error === undefined ? { value } : { error: String(error) }).toEqual(expected);
      const normalized = functionOf(normalizeCode(body));
      expect(normalized && (await settle(normalized()))).toEqual(expected);
      if ("value" in expected) values++;
    }),
    { numRuns: 200 },
  );
  // The others end in the same error, which is compared too.
  expect(values).toBeGreaterThan(20);
}, 240_000);
