/** What the Vite plugin reads out of connector files, and which modules it takes for Worker entries. */
import type { Plugin } from "vite";
import { describe, expect, it } from "vitest";
import { connectorExports } from "../../../src/vite/connector-exports.ts";
import { findConnectorFiles, isConnectorFile } from "../../../src/vite/discover.ts";
import { exportsModule } from "../../../src/vite/exports-module.ts";
import codemode from "../../../src/vite.ts";
import { wrong } from "../../support/wrong.ts";

const names = (text: string, file = "src/github-issues.codemode.ts") =>
  connectorExports(file, text).map(({ imported, exported }) =>
    imported === exported ? exported : `${imported} as ${exported}`,
  );

describe("connectorExports", () => {
  it.each([
    ["a class", "export class A extends CodemodeConnector<Env> {}", ["A"]],
    ["a named default", "export default class A extends B {}", ["default as A"]],
    ["a default without a name", "export default class extends B {}", ["default as GithubIssues"]],
    ["a default by name", "class A extends B {}\nexport default A;", ["default as A"]],
    ["a class under another name", "class A extends B {}\nexport { A as C };", ["C"]],
    ["a class as the default by specifier", "class A extends B {}\nexport { A as default };", ["default as A"]],
    ["a class expression", "export const A = class extends B {};", ["A"]],
    ["defineConnector", "export const clock = defineConnector({ name: 'clock', tools: {} });", ["clock"]],
    [
      "a default defineConnector",
      "export default defineConnector({ name: 'x', tools: {} });",
      ["default as GithubIssues"],
    ],
    [
      "defineConnector of a namespace",
      "export const clock = cm.defineConnector({ name: 'clock', tools: {} });",
      ["clock"],
    ],
    [
      "defineConnector under another name",
      "import { x, defineConnector as make } from 'durable-codemode';\nexport const clock = make({ name: 'clock', tools: {} }), other = x();",
      ["clock"],
    ],
    ["a re-export", `export { A, helper, default as B } from "./a.ts";`, ["A", "B"]],
    [
      "several, one of them twice",
      "export class A extends B {}\nexport default A;\nexport class C extends B {}",
      ["A", "C"],
    ],
    [
      "TypeScript of all kinds",
      "export type T = 1; export interface I {}\nexport abstract class A<T> extends B<T> implements I { private constructor(readonly x: T) { super(); } declare y: T }",
      ["A"],
    ],
    [
      "a class with decorators, as the Vite plugin of the Agents SDK compiles them",
      [
        "@logged",
        "@tools.cached({ key: (x: string) => `)`, pattern: /[)]/ })",
        "export class A extends B<C> {",
        "  @bound m(x: number) {} @logged [key]() {} @logged *all() {} @(made<C>) static x = 1;",
        "  @observable accessor y: number = 2; @logged.deep override async n() {}",
        "}",
        "export default @logged class D extends B {}",
      ].join("\n"),
      ["A", "default as D"],
    ],
  ])("finds %s", (_what, text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it.each([
    ["a class without a base", "export class Helper {}"],
    ["functions and constants", "export function f() {}\nexport const a = 1, b = other();"],
    ["types", "export type A = 1;"],
    ["a class that is not exported", "class A extends B {}"],
    ["a default object", "export default { fetch() {} };"],
    ["nothing", ""],
  ])("refuses a file that has only %s", (_what, text) => {
    expect(() => names(text)).toThrow(
      expect.objectContaining({
        code: "INVALID_INPUT",
        message: expect.stringContaining("src/github-issues.codemode.ts"),
      }),
    );
  });

  it("says that a star hides what it exports", () => {
    expect(() => names(`export * from "./all.ts";`)).toThrow(/"export \*" does not say/);
  });

  it.each([
    ["JavaScript", "export class A extends B {\n  method( {}\n}", ":3:1:"],
    ["TypeScript", "export class A extends B {\n  x: = 1;\n}", ":2:6:"],
    ["what has decorators", "@logged({\n  deep: true\n})\nexport class A extends B {\n  @bound m( {}\n}", ":6:1:"],
    ["a decorator without an end", "@logged(1\nexport class A extends B {}", ":2:"],
  ])("names the place of a syntax error of %s", (_what, text, place) => {
    expect(() => names(text)).toThrow(
      expect.objectContaining({
        code: "SYNTAX_ERROR",
        message: expect.stringContaining(`src/github-issues.codemode.ts${place}`),
      }),
    );
  });

  it("names a default export after its file, whatever that is called", () => {
    const nameFor = (file: string) => names("export default class extends B {}", file)[0];
    expect(nameFor("a/my-api.v2.codemode.ts")).toBe("default as MyApiV2");
    expect(nameFor("2fa.codemode.mjs")).toBe("default as Connector2fa");
  });
});

describe("discovery", () => {
  it("knows connector files by their name", () => {
    const files = ["a.codemode.ts", "a.codemode.tsx", "a.codemode.js", "a.codemode.mts"];
    expect(files.filter(isConnectorFile)).toEqual(files);
    expect(
      ["codemode.ts", "a.codemode.d.ts", "a.codemode.test.ts", "a.codemode.ts.bak"].filter(isConnectorFile),
    ).toEqual([]);
  });

  it("finds the fixture's, sorted", () => {
    const found = findConnectorFiles(`${import.meta.dirname}/fixture`).map((path) =>
      path.slice(import.meta.dirname.length),
    );
    expect(found).toEqual(["/fixture/src/github-issues.codemode.ts", "/fixture/src/owned.codemode.ts"]);
  });
});

it("writes a module of re-exports, the facet class first", () => {
  expect(exportsModule([{ file: "/p/src/a.codemode.ts", imported: "default", exported: "A" }])).toBe(
    'export { CodemodeRuntime } from "durable-codemode";\nexport { default as A } from "/p/src/a.codemode.ts";\n',
  );
});

describe("the entry", () => {
  function transformed(plugin: Plugin, id: string): string | undefined {
    const { configResolved, transform } = plugin;
    if (typeof configResolved !== "function" || typeof transform !== "function") throw new Error("hooks are functions");
    Reflect.apply(configResolved, {}, [{ root: "/p" }]);
    const answer: unknown = Reflect.apply(transform, {}, ["const a = 1;", id]);
    return typeof answer === "object" && answer !== null ? String(Reflect.get(answer, "code")) : undefined;
  }

  it.each(["/p/src/server.ts", "/p/src/index.js", "/p/src/worker.tsx", "/p/src/index.ts?v=1"])(
    "is by convention %s",
    (id) => {
      expect(transformed(codemode(), id)).toBe('const a = 1;\nexport * from "virtual:durable-codemode/exports";\n');
    },
  );

  it.each(["/p/src/other.ts", "/p/index.ts", "/q/src/index.ts", "/p/src/lib/index.ts", "\0virtual:x"])(
    "is not %s",
    (id) => {
      expect(transformed(codemode(), id)).toBeUndefined();
    },
  );

  it("is what the options say, and then nothing else", () => {
    expect(transformed(codemode({ entry: "worker/main.ts" }), "/p/worker/main.ts")).toContain(
      'export * from "virtual:durable-codemode/exports";',
    );
    expect(transformed(codemode({ entry: ["worker/main.ts"] }), "/p/src/index.ts")).toBeUndefined();
  });

  it.each([5, "", null, ["src/index.ts", 5]])("cannot be %j", (entry) => {
    expect(() => codemode({ entry: wrong(entry) })).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT", message: expect.stringMatching(/^entry must be/) }),
    );
  });
});
