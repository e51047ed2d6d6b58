/** A build plugin: `import text from "./file.ts?bundle"` bundles that module for the sandbox and gives its text. */
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import type { Plugin } from "vite";

const QUERY = "?bundle";

/** Modules that stay imports inside the bundle: the platform's, and the program's own neighbours in the isolate. */
const EXTERNAL = [/^cloudflare:/, /^node:/, /^#/];

export async function bundleToText(entry: string): Promise<string> {
  const build = await rolldown({ input: entry, external: EXTERNAL, platform: "browser", treeshake: true });
  const { output } = await build.generate({ format: "esm", minify: true, codeSplitting: false });
  await build.close();
  return output[0].code;
}

/** For Vite, Vitest and Rolldown alike; the shim stays one real, typed, linted module in the source tree. */
export function bundledText(): Plugin {
  return {
    name: "durable-codemode:bundled-text",
    enforce: "pre",
    async resolveId(source, importer) {
      if (!source.endsWith(QUERY)) return null;
      const resolved = await this.resolve(source.slice(0, -QUERY.length), importer, { skipSelf: true });
      return resolved === null ? null : `${resolved.id}${QUERY}`;
    },
    async load(id) {
      if (!id.endsWith(QUERY)) return null;
      const file = id.slice(0, -QUERY.length);
      const path = file.startsWith("file:") ? fileURLToPath(file) : file;
      this.addWatchFile(path);
      return `export default ${JSON.stringify(await bundleToText(path))};`;
    },
  };
}
