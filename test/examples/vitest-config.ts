/** `vitest.config.ts` for tests that run your Durable Object, the runtime and its programs in the real workerd. */
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: "./wrangler.jsonc" },
      // The facet's class has no binding that would tell what it is; without this each run is refused with INVALID_INPUT.
      additionalExports: { CodemodeRuntime: "DurableObject" },
    }),
  ],
  test: { testTimeout: 30_000 },
});
