/** Every name that a door of the released package exports is exported by the same door here. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

/** The names after `export`, types included, of a module's own text. */
function exportedNames(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const lists = [...text.matchAll(/export\s+(?:type\s+)?\{([^}]*)\}/g)].flatMap(([, list = ""]) => list.split(","));
  const listed = lists.map((entry) =>
    entry
      .trim()
      .replace(/^type\s+/, "")
      .replace(/^.*\sas\s+/, "")
      .trim(),
  );
  const declared = [
    ...text.matchAll(
      /^export\s+(default\s+)?(?:declare\s+|async\s+)*(?:function|class|const|interface|type)\s+(\w+)/gm,
    ),
  ];
  return [
    ...listed.filter((name) => name !== ""),
    ...declared.map(([, isDefault, name = ""]) => (isDefault ? "default" : name)),
  ];
}

describe.each(["index", "ai", "tanstack-ai", "mcp", "browser", "vite"])("the door %s", (door) => {
  it("exports at least what the released package exports there", () => {
    const released = exportedNames(join(ROOT, `node_modules/@cloudflare/codemode/dist/${door}.d.ts`));
    const ours = exportedNames(join(ROOT, `src/${door}.ts`));
    expect(released.length).toBeGreaterThan(0);
    expect(released.filter((name) => !ours.includes(name))).toEqual([]);
  });
});
