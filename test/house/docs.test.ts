import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const DOCS = globSync(["*.md", "src/**/*.md", "connectors/**/*.md", "test/**/*.md"], { cwd: ROOT }).sort();

/** The tests of the examples, with what is escaped in a template as it is run. */
const RUN = globSync("test/examples/*.test.ts", { cwd: ROOT }).map((file) =>
  readFileSync(join(ROOT, file), "utf8").replace(/\\([`$])/g, "$1"),
);

const textOf = (file: string) => readFileSync(join(ROOT, file), "utf8");

/** What a text quotes: each file, and what is said to be in it. */
const quotesIn = (text: string) => [...text.matchAll(/<!-- (\S+\.ts) -->\n```ts\n([\s\S]*?)\n```/g)];

test("the first page and each family of connectors quote examples", () => {
  const withExamples = DOCS.filter((file) => quotesIn(textOf(file)).length > 0);
  expect(withExamples).toEqual(
    expect.arrayContaining(["README.md", ...globSync("connectors/*/README.md", { cwd: ROOT })]),
  );
});

test("the first page makes a project from nothing a module: Vite reads no configuration of another", () => {
  const commands = [...textOf("README.md").matchAll(/```sh\n([\s\S]*?)\n```/g)].map(([, block = ""]) => block);
  const install = commands.find((block) => block.includes("npm install durable-codemode"));
  expect(install).toContain("npm pkg set type=module");
});

describe.each(DOCS)("%s", (file) => {
  const text = textOf(file);

  test("quotes its examples to the letter: they are compiled and run", () => {
    for (const [, path = "", quoted = ""] of quotesIn(text)) expect(quoted).toBe(textOf(path).trimEnd());
  });

  test.each(file.startsWith("connectors/") ? [file] : [])(
    "%s shows no code that is not compiled, and no program that is not run",
    () => {
      const blocks = [...text.matchAll(/(?<marker><!-- \S+ -->\n)?```(?<language>\w+)\n(?<code>[\s\S]*?)\n```/g)];
      const quotesNothing = blocks.filter(({ groups }) => groups?.language === "ts" && groups.marker === undefined);
      expect(quotesNothing.map(([block]) => block)).toEqual([]);
      const programs = blocks.filter(({ groups }) => groups?.language === "js").map(({ groups }) => groups?.code ?? "");
      // Programs are texts in the tests that run them.
      expect(programs.filter((program) => !RUN.some((test) => test.includes(`\n${program}\n`)))).toEqual([]);
    },
  );

  test("links to files that are there", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(file), link)))).toEqual([]);
  });
});
