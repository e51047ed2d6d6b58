/** Everything that can be known without running the program: types, lint, layers, dead exports, the package's exports. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { layerViolations } from "./layers.ts";

const ROOT = join(import.meta.dirname, "..");

/** Commands of installed tools, in the order in which their complaints are most useful. */
const TOOLS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: "types", command: ["tsc", "--noEmit"] },
  { name: "types of the console, which runs in a browser", command: ["tsc", "--noEmit", "-p", "src/app/console"] },
  { name: "format and lint", command: ["biome", "check", "--error-on-warnings", "."] },
  { name: "dead exports and dependencies", command: ["knip"] },
  { name: "build", command: ["node", "scripts/build.ts"] },
  { name: "package exports", command: ["publint", "--strict"] },
  { name: "types as users see them", command: ["attw", "--pack", ".", "--profile", "esm-only"] },
];

let failed = 0;
const violations = layerViolations(ROOT);
process.stdout.write(`layers: ${violations.length === 0 ? "ok" : violations.join("\n  ")}\n`);
failed += violations.length;
for (const { name, command } of TOOLS) {
  const [tool = "", ...args] = command;
  try {
    execFileSync(join(ROOT, "node_modules", ".bin", tool), args, { cwd: ROOT, stdio: "pipe" });
    process.stdout.write(`${name}: ok\n`);
  } catch (error) {
    failed += 1;
    const output =
      error instanceof Error ? `${Reflect.get(error, "stdout")}\n${Reflect.get(error, "stderr")}` : String(error);
    process.stdout.write(`${name}: FAILED (${command.join(" ")})\n${output}\n`);
  }
}
process.exitCode = failed > 0 ? 1 : 0;
