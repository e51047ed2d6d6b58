/** TypeScript: types vanish, lines stay, JavaScript is never touched, and nothing of a program vanishes with the types. */
import { describe, expect, test } from "vitest";
import { compileProgram } from "../../../src/sandbox/program/compile.ts";
import { thrownBy } from "../../support/thrown.ts";
import { OPTIONS, runProgram } from "./run-module.ts";

describe("accepted TypeScript:", () => {
  test.each([
    ["annotations", "const f = (a: number, b?: string): string => a + (b ?? '');\nf(1)", "1"],
    ["as and satisfies", "const a = { b: 1 } as unknown as { b: number } satisfies object;\na.b", 1],
    ["non-null", "const a: { b?: { c: number } } = { b: { c: 2 } };\na.b!.c", 2],
    [
      "generics",
      "const id = <T,>(x: T): T => x;\nfunction two<T extends number = 2>(x: T) { return id<T>(x) }\ntwo<3>(3)",
      3,
    ],
    ["type assertions", "const a = <any>4;\na", 4],
    ["interfaces and types", "interface A { a: number }\ntype B = A & { b?: 1 };\nconst a: B = { a: 5 };\na.a", 5],
    ["type imports", 'import type { A } from "a";\nconst a: A = 6;\na', 6],
    ["type exports", "export type A = 1;\nexport interface B { b: 1 }\nexport default async (): Promise<A> => 1", 1],
    ["enums", "enum A { X, Y = 4, Z }\nconst enum B { S = 's' }\n[A.X, A.Z, A[4], B.S]", [0, 5, "Y", "s"]],
    [
      "parameter properties",
      "class A { constructor(private readonly x: number, public y = 2) {} sum() { return this.x + this.y } }\nnew A(1).sum()",
      3,
    ],
    [
      "abstract classes",
      "abstract class A { abstract m(): number; n() { return this.m() } }\nclass B extends A { override m(): number { return 7 } }\nnew B().n()",
      7,
    ],
    [
      "overloads",
      "function f(a: string): 1;\nfunction f(a: number): 2;\nfunction f(a: any) { return typeof a }\nf(1)",
      "number",
    ],
    [
      "ambient declarations",
      "declare const github: any;\ndeclare global { interface X {} }\ndeclare namespace N { const a: 1; namespace M {} }\ndeclare module 'm' { export const a: 1 }\n8",
      8,
    ],
    [
      "an anonymous function with types",
      "async function (input: { a: number }): Promise<number> { return input.a }",
      7,
    ],
    ["an object with types", '{ "a": 1 as number }', { a: 1 }],
    ["a fenced arrow function", "```ts\nasync ({ a }: { a: number }): Promise<number> => {\n  return a;\n}\n```", 7],
    [
      "class expressions with fields",
      "const A = class<T> { x: number = 1; static y?: number = 2; readonly z!: T };\n[new A().x, A.y]",
      [1, 2],
    ],
    ["catch with a type", "try { throw 1 } catch (e: unknown) { e as number }\n9", 9],
    [
      "names that are no keywords",
      "let module: any = { namespace: 1 };\nconst type: number = 1, declare = 2;\ninterface I { module: string; namespace: { a: 1 } }\nmodule.namespace + type + declare",
      4,
    ],
    [
      "the word namespace in text that stays and in types that go",
      "type namespace = 'namespace A {';\n// namespace B { }\nconst s: string = 'module C { }';\ns",
      "module C { }",
    ],
  ])("%s", async (_what, code, value) => {
    const run = await runProgram(code, { input: { a: 7 } });
    expect(run.error).toBeUndefined();
    expect(run.value).toEqual(value);
  });
});

describe("JavaScript that reads like TypeScript stays as it is:", () => {
  test.each([
    ["comparisons", "const a = 1, b = 2, c = 3;\n[a < b, b > (c), a < b > (c)]", [true, false, false]],
    ["a ternary with an arrow function", "const a = 1, b = 2;\n(a ? (b) : (c) => b)", 2],
    ["a ternary of objects", "const f = (x) => x ? { a: x } : { b: x };\nf(0)", { b: 0 }],
    ["a call that looks generic", "const f = 1, a = 2, b = 3;\n[f < a, b > (4)]", [true, false]],
    ["names like type and as", "const type = 1, as = 2, of = 3;\ntype + as + of", 6],
  ])("%s", async (_what, code, value) => {
    expect((await runProgram(code)).value).toEqual(value);
  });
});

describe("refused TypeScript:", () => {
  test.each([
    ["namespace", "const a: number = 1;\nnamespace N { export const b = 1 }", 2, /namespace.*object/s],
    ["exported namespace", "export namespace A.B { export const b = 1 }", 1, /namespace.*object/s],
    ["namespace behind a type", "interface A { a: 1 }\nnamespace /* why */ N { }", 2, /namespace/],
    ["namespace behind a line's end of ECMAScript's own", "a;\u2028b;\r\n\u2029\r  namespace N {}", 5, /namespace/],
    ["namespace behind an ambient one", "declare namespace A { namespace B {} }\nnamespace C {}", 2, /namespace/],
    ["module", "module M { export const b: number = 1 }", 1, /module.*object/s],
    ["decorators", "@dec class A { x: number }", 1, /Decorators/],
    ["JSX", "const a = <div>hi</div>;", 1, /JSX/],
    ["JSX without children", "const a: any = <Foo a={1} />;", 1, /JSX/],
    ["an import that is not only of types", 'const a: number = 1;\nimport { A } from "a";\nlet b: A;', 2, /no modules/],
  ])("%s", (_what, code, line, message) => {
    const error = thrownBy(() => compileProgram(code, OPTIONS));
    expect(error).toMatchObject({ code: "SYNTAX_ERROR", data: { line } });
    expect(error).toHaveProperty("message", expect.stringMatching(message));
  });

  // Each of these kept the eraser of types busy for minutes to years before its reading was metered.
  test.each([
    ["arrow functions in default values", `${"(x=".repeat(40)}1${")=>1".repeat(40)}`],
    ["type assertions", `${"<T>(".repeat(40)}1${")".repeat(40)}`],
    ["async calls", `${"async(x=".repeat(40)}1${")=>1".repeat(40)}`],
    ["classes in fields", `${"class A{x=".repeat(60)}1${"}".repeat(60)}`],
    ["very many class expressions", "(class{x=1});".repeat(7_000)],
    ["more than a model writes", "a;".repeat(49_990)],
  ])("what would take too long to erase: %s", (_what, code) => {
    const error = thrownBy(() => compileProgram(`let z: number; let y: =; ${code}`, OPTIONS));
    expect(error).toMatchObject({ code: expect.stringMatching(/SYNTAX_ERROR|PROGRAM_TOO_LARGE/) });
  });
});
