import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { describe, expect, test } from "vitest";
import { bundledText } from "../../scripts/bundled-text.ts";

const SRC = join(import.meta.dirname, "..", "..", "src");

/** Bundles a door with everything that it needs but the platform and the frameworks, which it must only name. */
async function bundle(door: string): Promise<{ readonly gzipBytes: number; readonly frameworks: readonly string[] }> {
  const frameworks = new Set<string>();
  const build = await rolldown({
    input: join(SRC, `${door}.ts`),
    platform: "neutral",
    resolve: { mainFields: ["module", "main"], conditionNames: ["workerd", "browser", "import", "default"] },
    external(specifier) {
      const framework = /^(ai|zod|@modelcontextprotocol\/[^/]+|@tanstack\/ai|vite)(\/|$)/.exec(specifier)?.[1];
      if (framework !== undefined) frameworks.add(framework);
      return framework !== undefined || /^(cloudflare|node):/.test(specifier);
    },
    plugins: [bundledText()],
    onLog: () => {},
  });
  const { output } = await build.generate({ format: "esm", minify: true });
  await build.close();
  const code = output.map((chunk) => (chunk.type === "chunk" ? chunk.code : "")).join("");
  return { gzipBytes: gzipSync(code).byteLength, frameworks: [...frameworks].sort() };
}

/**
 * What each door may pull in, and how large it may be, minified and gzipped. A ceiling is there to notice an accident: a
 * parser bundled twice, a framework imported by mistake. Most of every door is the program compiler (acorn, sucrase).
 */
const DOORS = [
  { door: "index", frameworks: [], maxGzipKb: 249 },
  { door: "ai", frameworks: ["ai"], maxGzipKb: 130 },
  { door: "tanstack-ai", frameworks: ["@tanstack/ai"], maxGzipKb: 122 },
  { door: "mcp", frameworks: ["@modelcontextprotocol/sdk", "zod"], maxGzipKb: 23 },
  { door: "browser", frameworks: [], maxGzipKb: 132 },
  { door: "vite", frameworks: ["vite"], maxGzipKb: 92 },
] as const;

describe.each(DOORS)("the door $door", ({ door, frameworks, maxGzipKb }) => {
  test(`needs only ${frameworks.length > 0 ? frameworks.join(", ") : "what it brings"}, and stays under ${maxGzipKb} kB`, async () => {
    const built = await bundle(door);
    expect(frameworks).toEqual(expect.arrayContaining([...built.frameworks]));
    expect(built.gzipBytes).toBeLessThan(maxGzipKb * 1_000);
    expect(built.gzipBytes).toBeGreaterThan(1_000);
  });
});
