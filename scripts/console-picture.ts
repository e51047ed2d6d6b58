/** Takes the picture of the console that the README shows: the real Worker, a real run that waits, a real browser. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import * as v from "valibot";
import { buildWorker } from "./build-worker.ts";
import { CHROMIUM_ARGS, ensureChromium } from "./ensure-chromium.ts";
import { startWorkerd } from "./workerd.ts";

const APP = join(import.meta.dirname, "..", "src", "app");
const PICTURE = join(APP, "console", "console.png");

const PROGRAM = `async () => {
  // Give three customers credit, after a look at what they owe
  const ids: number[] = await accounts.list({});
  const all = await Promise.all(ids.slice(10, 13).map((id) => accounts.get({ id })));
  await Promise.all(all.map(({ id }) => accounts.note({ id, text: "reviewed" })));
  const owed = await codemode.step("total", () => all.reduce((sum, a) => sum - a.balance, 0));
  await new Promise((resolve) => setTimeout(resolve, 40));

  // Changes one after the other; a person decides on each
  for (const id of [17, 9, 15]) {
    try { await accounts.set_credit({ id, credit: 250 }); }
    catch (error) { await accounts.note({ id, text: error.message }); }
  }
  return owed;
}`;

const Outcome = v.object({ executionId: v.string() });
const Waiting = v.array(v.object({ seq: v.number(), digest: v.string() }));

const folder = await mkdtemp(join(tmpdir(), "console-picture-"));
const module = join(folder, "worker.js");
await buildWorker(join(APP, "worker.ts"), module);
const worker = await startWorkerd({ module, hostClass: "Desk", state: join(folder, "state") });
const browser = await chromium.launch({ executablePath: await ensureChromium(), args: [...CHROMIUM_ARGS] });

async function post(path: string, body: unknown): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${worker.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return response.json();
}

/** What waits now, and who decides on it. */
async function shown(executionId: string) {
  const [action] = v.parse(Waiting, await (await fetch(`${worker.url}/pending?id=${executionId}`)).json());
  return { executionId, ...action, by: "ada@example.com" };
}

try {
  const { executionId } = v.parse(Outcome, await post("/execute", { code: PROGRAM }));
  const edited = { args: { id: 17, credit: 100 }, reason: "only a little" };
  await post("/approve", { ...(await shown(executionId)), ...edited });
  await post("/reject", { ...(await shown(executionId)), then: "throw", reason: "over the limit" });
  const page = await browser.newPage({
    viewport: { width: 1_280, height: 1_110 },
    deviceScaleFactor: 1,
    colorScheme: "light",
    reducedMotion: "reduce",
  });
  await page.goto(`${worker.url}/#/runs/${executionId}`);
  await page.getByLabel("Deciding as").fill("ada@example.com");
  await page.getByText("Give a customer credit").waitFor();
  await page.getByText("Live").waitFor();
  await page.getByText("edited", { exact: true }).waitFor();
  await page.locator("h1").click();
  await page.screenshot({ path: PICTURE });
  process.stdout.write(`${PICTURE}\n`);
} finally {
  await browser.close();
  await worker.kill();
  await rm(folder, { recursive: true, force: true });
}
