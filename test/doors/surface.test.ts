/** Every name that a door of the released package exports is exported by the same door here. */
import { globSync, readFileSync } from "node:fs";
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

it("needs no other Zod than a project with Zod 3 has, too: 3.25 and 4 both have `zod/v4`", () => {
  const sources = globSync(join(ROOT, "{src,connectors}/**/*.ts")).map((file) => readFileSync(file, "utf8"));
  const imported = sources.flatMap((text) =>
    [...text.matchAll(/^import .* from "(zod.*)";$/gm)].map(([, name]) => name),
  );
  expect(new Set(imported)).toEqual(new Set(["zod/v4"]));
  const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(peerDependencies.zod).toBe("^3.25.76 || ^4.0.0");
});
