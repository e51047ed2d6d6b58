/**
 * A build plugin: `import text from "./file.ts?bundle"` bundles that module for the sandbox or a page and gives its text;
 * `import text from "./file.css?raw"` gives a file as it is, as Vite does.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import type { Plugin } from "vite";

/** What each query makes of a file. */
const QUERIES: Readonly<Record<string, (path: string) => Promise<string>>> = {
  "?bundle": bundleToText,
  "?raw": (path) => readFile(path, "utf8"),
};

function queryOf(id: string): string | undefined {
  return Object.keys(QUERIES).find((query) => id.endsWith(query));
}

/** Modules that stay imports inside the bundle: the platform's, and the program's own neighbours in the isolate. */
const EXTERNAL = [/^cloudflare:/, /^node:/, /^#/];

/** In strings, templates and names alike; comments are gone. One letter beyond Latin-1 makes the engine read two bytes for each. */
function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

export async function bundleToText(entry: string): Promise<string> {
  const build = await rolldown({ input: entry, external: EXTERNAL, platform: "browser", treeshake: true });
  const { output } = await build.generate({ format: "esm", minify: true, codeSplitting: false });
  await build.close();
  return output[0].code.replace(/[^\0-\x7f]/g, escaped);
}

/** For Vite, Vitest and Rolldown alike; the shim stays one real, typed, linted module in the source tree. */
export function bundledText(): Plugin {
  return {
    name: "durable-codemode:bundled-text",
    enforce: "pre",
    async resolveId(source, importer) {
      const query = queryOf(source);
      if (query === undefined) return null;
      const resolved = await this.resolve(source.slice(0, -query.length), importer, { skipSelf: true });
      return resolved === null ? null : `${resolved.id}${query}`;
    },
    async load(id) {
      const query = queryOf(id);
      const textOf = query === undefined ? undefined : QUERIES[query];
      if (query === undefined || textOf === undefined) return null;
      const file = id.slice(0, -query.length);
      const path = file.startsWith("file:") ? fileURLToPath(file) : file;
      this.addWatchFile(path);
      return `export default ${JSON.stringify(await textOf(path))};`;
    },
  };
}
