/** Builds and serves the deployable Worker with Cloudflare's own tools: `npx vite dev`, `npx vite build && npx wrangler deploy`. */
import { cloudflare } from "@cloudflare/vite-plugin";
import { defineConfig } from "vite";
import { bundledText } from "./scripts/bundled-text.ts";

export default defineConfig({
  plugins: [bundledText(), cloudflare({ configPath: "./wrangler.jsonc" })],
  // `dist` is the package.
  build: { outDir: ".deploy" },
});
