/** `SECURITY.md` says which file defends against what and which test shows it: each of them must be there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const TEXT = readFileSync(join(ROOT, "SECURITY.md"), "utf8");

interface Row {
  readonly vector: string;
  readonly files: readonly string[];
  readonly tests: readonly string[];
}

/** What stands in backticks, `{a,b}` unfolded. */
function named(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, text = ""]) => {
    const [, before = "", list, after = ""] = /^(.*)\{(.*)\}(.*)$/.exec(text) ?? [];
    return list === undefined ? [text] : list.split(",").map((one) => before + one + after);
  });
}

/** The rows of all tables with the columns vector, defence, file, test. */
function rowsOf(text: string): Row[] {
  const rows: Row[] = [];
  let within = false;
  for (const line of text.split("\n")) {
    const cells = line.split("|").map((cell) => cell.trim());
    if (!line.startsWith("|")) within = false;
    else if (cells[1] === "vector") within = true;
    else if (within && !/^-+$/.test(cells[1] ?? ""))
      rows.push({ vector: cells[1] ?? "", files: named(cells[3] ?? ""), tests: named(cells[4] ?? "") });
  }
  return rows;
}

const ROWS = rowsOf(TEXT);

/** A name without a path is a suite of this folder. */
const testPath = (name: string) => (name.startsWith("test/") ? name : `test/hostile/${name}.workerd.test.ts`);

test("the tables are found", () => {
  expect(ROWS.length).toBeGreaterThan(25);
});

describe.each(ROWS)("$vector", ({ files, tests }) => {
  test("names files that are there", () => {
    expect(files).not.toEqual([]);
    expect(files.filter((file) => !existsSync(join(ROOT, "src", file)))).toEqual([]);
  });

  test("names tests that are there", () => {
    expect(tests).not.toEqual([]);
    expect(tests.filter((name) => !existsSync(join(ROOT, testPath(name))))).toEqual([]);
  });
});
