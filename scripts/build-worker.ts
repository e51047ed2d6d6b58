/** Bundles a Worker's entry into one module that workerd runs as it is. */
import { builtinModules } from "node:module";
import { rolldown } from "rolldown";
import { bundledText } from "./bundled-text.ts";

/** Package entry points as the platform resolves them. */
const CONDITIONS = ["workerd", "worker", "browser", "import", "default"];

export async function buildWorker(entry: string, file: string): Promise<void> {
  const bundle = await rolldown({
    input: entry,
    external: [/^cloudflare:/, /^node:/, ...builtinModules],
    platform: "neutral",
    plugins: [bundledText()],
    resolve: { mainFields: ["module", "main"], conditionNames: CONDITIONS },
    onLog(level, log, forward) {
      // Dependencies may have eval or circular imports of their own; what concerns us is an error, and that throws.
      if (level === "info" || log.code === "EVAL" || log.code === "CIRCULAR_DEPENDENCY") return;
      forward(level, log);
    },
  });
  await bundle.write({ file, format: "esm", codeSplitting: false });
  await bundle.close();
}
