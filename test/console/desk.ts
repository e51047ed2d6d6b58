/** The real Worker and a real browser for the tests of the console: what a person has on the desk. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import * as v from "valibot";
import { afterAll, beforeAll } from "vitest";
import { buildWorker } from "../../scripts/build-worker.ts";
import { CHROMIUM_ARGS, ensureChromium } from "../../scripts/ensure-chromium.ts";
import { startWorkerd, type Workerd } from "../../scripts/workerd.ts";
import { type Action, ActionsSchema, OutcomeSchema, RunSchema, RunsSchema } from "../../src/app/console/schemas.ts";

const WORKER = join(import.meta.dirname, "worker.ts");
const Effects = v.array(v.object({ key: v.string(), what: v.string(), id: v.number() }));

/** Keeps what the page's policy refused, where a test can read it. */
const WATCH_POLICY = `globalThis.refused = [];
addEventListener("securitypolicyviolation", (event) => globalThis.refused.push(event.violatedDirective));`;

/** A page, and what went wrong on it: errors, refused by its policy, dialogs. */
export interface Screen {
  readonly page: Page;
  readonly wrong: () => Promise<readonly string[]>;
  readonly card: (path: string) => Locator;
}

/** A program that asks a person about one change. */
export const credit = (id: number, cents: number) => `async () => accounts.set_credit({ id: ${id}, credit: ${cents} })`;

/** The desk of a file of tests: open while they run. */
export function openDesk(): Desk {
  const desk = new Desk();
  beforeAll(() => desk.open(), 300_000);
  afterAll(() => desk.close());
  return desk;
}

export class Desk {
  #opened: { readonly folder: string; readonly browser: Browser; readonly worker: Workerd } | undefined;

  async open(): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "console-"));
    await buildWorker(WORKER, join(folder, "worker.js"));
    const [worker, executablePath] = await Promise.all([start(folder), ensureChromium()]);
    this.#opened = { folder, worker, browser: await chromium.launch({ executablePath, args: [...CHROMIUM_ARGS] }) };
  }

  async close(): Promise<void> {
    if (this.#opened === undefined) return;
    await this.#opened.browser.close();
    await this.#opened.worker.kill();
    await rm(this.#opened.folder, { recursive: true, force: true });
  }

  get #desk() {
    if (this.#opened === undefined) throw new Error("The desk is not open yet.");
    return this.#opened;
  }

  get url(): string {
    return this.#desk.worker.url;
  }

  kill(): Promise<void> {
    return this.#desk.worker.kill();
  }

  /** Again, on the same port: it is the same place for the browser. */
  async restart(): Promise<void> {
    const { folder, worker, browser } = this.#desk;
    this.#opened = { folder, browser, worker: await start(folder, Number(new URL(worker.url).port)) };
  }

  /** A new tab of a browser without a past. */
  async look(hash = "", options: BrowserContextOptions = {}): Promise<Screen> {
    const context = await this.#desk.browser.newContext({ viewport: { width: 1_000, height: 800 }, ...options });
    // Almost all that a test may take: a wait ends where something is wrong, not where a machine is slow.
    context.setDefaultTimeout(110_000);
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("dialog", async (dialog) => {
      wrong.push(`dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    await page.addInitScript(WATCH_POLICY);
    await page.goto(`${this.url}/${hash}`);
    return {
      page,
      wrong: async () => [...wrong, ...v.parse(v.array(v.string()), await page.evaluate("globalThis.refused"))],
      card: (path) => page.getByRole("article", { name: path }),
    };
  }

  /** What another client does, by the API. */
  async ask<T>(schema: v.GenericSchema<unknown, T>, path: string, body?: unknown): Promise<T> {
    const headers = { "content-type": "application/json" };
    const init = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
    const response = await fetch(`${this.url}${path}`, init);
    return v.parse(schema, await response.json());
  }

  execute(code: string) {
    return this.ask(OutcomeSchema, "/execute", { code });
  }

  /** Runs a program that is to wait; answers its id. */
  async paused(code: string): Promise<string> {
    const outcome = await this.execute(code);
    if (outcome.status !== "paused") throw new Error(`The program does not wait: ${JSON.stringify(outcome)}`);
    return outcome.executionId;
  }

  async runs() {
    return (await this.ask(RunsSchema, "/executions?limit=200")).executions;
  }

  run(id: string) {
    return this.ask(RunSchema, `/execution?id=${id}`);
  }

  async pending() {
    return (await this.ask(ActionsSchema, "/pending")).rows;
  }

  async inDoubt() {
    return (await this.ask(ActionsSchema, "/in-doubt")).rows;
  }

  effects() {
    return this.ask(Effects, "/effects");
  }

  /** Kills the Worker while calls are at their tool, so that nobody knows whether they took effect; answers what is in doubt. */
  async inDoubtAfterCrash(calls: number): Promise<readonly Action[]> {
    const code = `async () => Promise.allSettled(Array.from({ length: ${calls} }, (_, n) => post.send({ n })))`;
    const running = this.execute(code).catch(() => undefined);
    const isAtWork = async () => {
      const [newest] = await this.runs();
      if (newest?.code !== code || newest.status !== "running") return false;
      const { log } = await this.run(newest.id);
      return log.filter(({ state }) => state === "executing").length === calls;
    };
    while (!(await isAtWork()));
    await this.kill();
    await running;
    await this.restart();
    await this.post("/recover", {});
    return (await this.pending()).filter(({ kind }) => kind === "in_doubt");
  }

  post(path: string, body: unknown): Promise<unknown> {
    return this.ask(v.unknown(), path, body);
  }

  /** Ends what waits, so that a test sees only its own. */
  async clear(): Promise<void> {
    for (const { id, status } of await this.runs()) {
      if (status === "paused" || status === "running") await this.post("/cancel", { executionId: id });
    }
    for (const { executionId, seq } of await this.inDoubt()) {
      await this.post("/resolve", { executionId, seq, as: "fail" });
    }
  }
}

function start(folder: string, port = 0): Promise<Workerd> {
  return startWorkerd({ module: join(folder, "worker.js"), hostClass: "Desk", state: join(folder, "state"), port });
}
