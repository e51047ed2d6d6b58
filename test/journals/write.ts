/**
 * Writes the golden journals of this version of the schema: `node test/journals/write.ts`. Files that exist stay as they
 * are, because a journal that was kept is kept for ever; delete one by hand to write it anew.
 */
import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWorker } from "../../scripts/build-worker.ts";
import { startWorkerd } from "../../scripts/workerd.ts";
import { parseGolden } from "./dump.ts";
import { RECIPES } from "./goldens.ts";

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

const scratch = await mkdtemp(join(tmpdir(), "golden-"));
const module = join(scratch, "worker.js");
await buildWorker(join(import.meta.dirname, "worker.ts"), module);
const workerd = await startWorkerd({ module, hostClass: "Writer", state: join(scratch, "state") });
try {
  for (const { file } of RECIPES) {
    const response = await fetch(`${workerd.url}/${file}`);
    if (!response.ok) throw new Error(`${file}: ${response.status} ${await response.text()}`);
    const golden = parseGolden(await response.json());
    const folder = join(import.meta.dirname, String(golden.schemaVersion));
    const target = join(folder, `${file}.json`);
    if (await exists(target)) {
      console.log(`${target} is kept as it is.`);
      continue;
    }
    await mkdir(folder, { recursive: true });
    await writeFile(target, `${JSON.stringify(golden, null, 1)}\n`);
    console.log(`${target} written.`);
  }
} finally {
  await workerd.kill();
  await rm(scratch, { recursive: true, force: true });
}
