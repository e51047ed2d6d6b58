/** `vite.config.ts` of a Worker whose runtime and connectors need no export of their own. */
import { cloudflare } from "@cloudflare/vite-plugin";
import codemode from "durable-codemode/vite";
import { defineConfig } from "vite";

export default defineConfig({ plugins: [codemode(), cloudflare()] });
