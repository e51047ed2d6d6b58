/** Tables of the documents that a command prints: what stands there is what the command prints today. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const run = promisify(execFile);

test.each([
  ["scripts/tokens.ts", "README.md"],
  ["scripts/eval-search.ts", "src/catalog/README.md"],
])("the table of %s stands in %s", async (script, document) => {
  const { stdout } = await run(process.execPath, [script], { cwd: ROOT });
  const rows = stdout.split("\n").filter((line) => line.startsWith("|"));
  expect(rows.length).toBeGreaterThan(2);
  expect(await readFile(join(ROOT, document), "utf8")).toContain(rows.join("\n"));
});
