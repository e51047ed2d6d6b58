/** The test projects by need: `pure` runs in Node, `workerd` inside real workerd, `process` starts real processes. */
import { join } from "node:path";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { bundledText } from "./scripts/bundled-text.ts";
import { isInjected } from "./scripts/quiet-reporter.ts";

/** Examples import the package as its users do; `paths` in tsconfig.json says the same to the compiler. */
const doors = [
  { find: /^durable-codemode$/, replacement: join(import.meta.dirname, "src/index.ts") },
  { find: /^durable-codemode\/([\w-]+)$/, replacement: join(import.meta.dirname, "src/$1.ts") },
];

/** Connectors extend a class of the platform that only keeps `ctx` and `env`; in Node a stand-in does. */
const platform = {
  alias: [
    ...doors,
    { find: "cloudflare:workers", replacement: join(import.meta.dirname, "test/support/cloudflare-workers.ts") },
  ],
};

export default defineConfig({
  test: {
    reporters: [
      "default",
      "./scripts/progress-reporter.ts",
      "./scripts/quiet-reporter.ts",
      "./scripts/count-reporter.ts",
    ],
    onConsoleLog: (text) => !isInjected(text),
    projects: [
      {
        plugins: [bundledText()],
        resolve: platform,
        test: {
          name: "pure",
          include: ["test/**/*.test.ts"],
          exclude: ["**/*.workerd.test.ts", "**/*.process.test.ts", "**/node_modules/**"],
          testTimeout: 120_000,
          pool: "threads", // which can be ended in an endless loop; a process would go on after its parent
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
        resolve: { alias: doors },
        // Nothing here waits for time; a slow machine that is shared must not fail a test.
        test: { name: "workerd", include: ["test/**/*.workerd.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
      },
      {
        plugins: [bundledText()],
        resolve: platform,
        test: { name: "process", include: ["test/**/*.process.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
});
