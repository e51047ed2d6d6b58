/** The test projects by need: `pure` runs in Node, `workerd` inside real workerd, `process` starts real processes. */
import { join } from "node:path";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { bundledText } from "./scripts/bundled-text.ts";

/** Connectors extend a class of the platform that only keeps `ctx` and `env`; in Node a stand-in does. */
const platform = { alias: { "cloudflare:workers": join(import.meta.dirname, "test/support/cloudflare-workers.ts") } };

export default defineConfig({
  test: {
    reporters: ["default", "./scripts/count-reporter.ts"],
    projects: [
      {
        plugins: [bundledText()],
        resolve: platform,
        test: {
          name: "pure",
          include: ["test/**/*.test.ts"],
          exclude: ["**/*.workerd.test.ts", "**/*.process.test.ts", "**/node_modules/**"],
        },
      },
      {
        plugins: [
          bundledText(),
          cloudflareTest({
            wrangler: { configPath: "./test/workerd/wrangler.jsonc" },
            additionalExports: { CodemodeRuntime: "DurableObject" },
          }),
        ],
        test: { name: "workerd", include: ["test/**/*.workerd.test.ts"] },
      },
      {
        plugins: [bundledText()],
        resolve: platform,
        test: { name: "process", include: ["test/**/*.process.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
});
