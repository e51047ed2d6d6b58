/** A project with the example's `vite.config.ts`: our plugin and Cloudflare's. Built by `vite build`, and run under raw workerd. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBuilder } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundledText } from "../../scripts/bundled-text.ts";
import { startWorkerd, type Workerd } from "../../scripts/workerd.ts";
import type { ProxyToolOutput } from "../../src/journal/public.ts";
import config from "../examples/vite-config.ts";

const ROOT = join(import.meta.dirname, "../..");
let folder: string;
let worker: Workerd;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "codemode-vite-"));
  const builder = await createBuilder({
    root: join(import.meta.dirname, "vite-project"),
    configFile: false,
    logLevel: "silent",
    plugins: [...(config.plugins ?? []), bundledText()],
    // In place of the installed package, its sources.
    resolve: { alias: [{ find: /^durable-codemode$/, replacement: join(ROOT, "src/index.ts") }] },
    build: { outDir: folder, emptyOutDir: true },
  });
  await builder.buildApp();
  const [output = ""] = await readdir(folder);
  const module = join(folder, output, "index.js");
  worker = await startWorkerd({ module, hostClass: "Host", state: join(folder, "state") });
});

afterAll(async () => {
  await worker?.stop();
  await rm(folder, { recursive: true, force: true });
});

const post = async (path: string, body = ""): Promise<ProxyToolOutput> =>
  (await fetch(`${worker.url}${path}`, { method: "POST", body })).json() as Promise<ProxyToolOutput>;

test("the facet class and the connectors of *.codemode.ts files are in ctx.exports", async () => {
  const names = await (await fetch(worker.url)).json();
  expect(names).toEqual(expect.arrayContaining(["CodemodeRuntime", "Host", "Notes"]));
});

test("a durable run works as built: it pauses, is approved and completes", async () => {
  const paused = await post("/", `async () => { await notes.add({ text: "milk" }); return notes.list(); }`);
  expect(paused).toMatchObject({ status: "paused", pending: [{ connector: "notes", method: "add" }] });
  expect(await post(`/?approve=${paused.executionId}`)).toMatchObject({ status: "completed", result: ["milk"] });
});
