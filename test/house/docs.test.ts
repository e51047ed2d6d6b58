import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const DOCS = globSync(["*.md", "src/**/*.md", "connectors/**/*.md", "test/**/*.md"], { cwd: ROOT }).sort();

describe.each(DOCS)("%s", (file) => {
  const text = readFileSync(join(ROOT, file), "utf8");

  test("quotes its examples to the letter: they are compiled and run", () => {
    for (const [, path = "", quoted = ""] of text.matchAll(/<!-- (\S+\.ts) -->\n```ts\n([\s\S]*?)\n```/g)) {
      expect(quoted).toBe(readFileSync(join(ROOT, path), "utf8").trimEnd());
    }
  });

  test("links to files that are there", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(file), link)))).toEqual([]);
  });
});
