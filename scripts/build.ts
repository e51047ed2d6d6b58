/** Builds the package: every door bundled, everything that is a dependency left as an import, and the declarations. */
import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rolldown } from "rolldown";
import * as v from "valibot";
import { bundledText } from "./bundled-text.ts";

const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");

/** File in `src/` for each import path of the package. */
const DOORS = ["index", "ai", "tanstack-ai", "mcp", "browser", "vite"] as const;

const Names = v.record(v.string(), v.string());
const Manifest = v.object({ dependencies: Names, peerDependencies: Names });

/** Packages that stay imports: the user's package manager installs them. */
async function externals(): Promise<RegExp[]> {
  const manifest = v.parse(Manifest, JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")));
  const names = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  return [/^cloudflare:/, /^node:/, ...names.map((name) => new RegExp(`^${name.replace(/[.]/g, "\\.")}(/|$)`))];
}

await rm(DIST, { recursive: true, force: true });
const bundle = await rolldown({
  input: Object.fromEntries(DOORS.map((door) => [door, join(ROOT, "src", `${door}.ts`)])),
  external: await externals(),
  platform: "neutral",
  plugins: [bundledText()],
});
const { output } = await bundle.write({ dir: DIST, format: "esm", chunkFileNames: "chunks/[name]-[hash].js" });
await bundle.close();

/** Declarations name the modules that users have: those with `.js`. */
async function nameBuiltModules(folder: string): Promise<void> {
  for (const file of globSync("**/*.d.ts", { cwd: folder })) {
    const path = join(folder, file);
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replaceAll(/((?:from|import\()\s*"\.[^"]*)\.ts"/g, '$1.js"'));
  }
}

execFileSync(join(ROOT, "node_modules", ".bin", "tsc"), ["-p", join(ROOT, "tsconfig.build.json")], {
  stdio: "inherit",
});
await nameBuiltModules(join(DIST, "types"));
for (const chunk of output) {
  if (chunk.type === "chunk" && chunk.isEntry)
    process.stdout.write(`dist/${chunk.fileName}  ${(chunk.code.length / 1024).toFixed(1)} KB\n`);
}
