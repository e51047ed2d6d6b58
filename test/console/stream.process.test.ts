/** The console and its stream of events, where a test says what comes by it, and how late it is. */
import type { Locator, Page } from "playwright-core";
import * as v from "valibot";
import { beforeEach, expect, test } from "vitest";
import { credit, openDesk, type Screen } from "./desk.ts";

const desk = openDesk();

beforeEach(() => desk.clear());

/** A stream that says only what a test has it say. */
const FEIGNED = `globalThis.lines = [];
globalThis.EventSource = class extends EventTarget {
  static CLOSED = 2;
  readyState = 0;
  constructor() {
    super();
    lines.push(this);
  }
  close() {
    this.readyState = 2;
  }
  say(name, data) {
    const event = new MessageEvent(name, { data: JSON.stringify(data) });
    this["on" + name]?.(event);
    this.dispatchEvent(event);
  }
};`;

/** Lets the page's stopped clock go on until something is seen. */
async function runUntil(page: Page, seen: Locator): Promise<void> {
  while (!(await seen.isVisible())) await page.clock.runFor(100);
}

/** A page whose clock stands still, that has read all that there is, and hears of nothing by itself. */
async function deaf(hash: string): Promise<Screen> {
  const screen = await desk.look("#/new");
  const { page } = screen;
  await page.addInitScript(FEIGNED);
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.goto(`${desk.url}/?again${hash}`);
  await page.getByText("Every 2 s").waitFor();
  await say(page, "open", 1);
  await runUntil(page, page.getByText("Live"));
  return screen;
}

/** Has the newest stream say something, as one that is open (1), is being opened again (0), or is closed (2). */
async function say(page: Page, name: string, readyState: number, data: object = {}): Promise<void> {
  await page.evaluate(
    `lines.at(-1).readyState = ${readyState}, lines.at(-1).say(${JSON.stringify(name)}, ${JSON.stringify(data)})`,
  );
}

const linesOf = async (page: Page) =>
  v.parse(v.array(v.number()), await page.evaluate("lines.map(({ readyState }) => readyState)"));

test("a stream that says nothing for 50 s is given up for another; one that says that it is there is not", async () => {
  const { page, card } = await deaf("#/");
  await say(page, "ping", 1);
  await page.clock.runFor(40_000);
  await say(page, "ping", 1);
  await page.clock.runFor(49_000);
  expect(await linesOf(page)).toEqual([1]);
  await page.clock.runFor(1_000);
  expect(await linesOf(page)).toEqual([2, 0]);
  await desk.paused(credit(1, 5));
  await say(page, "open", 1);
  await runUntil(page, card("accounts.set_credit"));
});

test("a stream that the Worker refused is opened again", async () => {
  const { page } = await deaf("#/");
  await say(page, "error", 2);
  await page.clock.runFor(1_400);
  expect(await linesOf(page)).toEqual([2]);
  await page.clock.runFor(100);
  expect(await linesOf(page)).toEqual([2, 0]);
});

test("a stream that broke is left to the browser, which opens it again", async () => {
  const { page } = await deaf("#/");
  await say(page, "error", 0);
  await runUntil(page, page.getByText("Every 2 s"));
  await page.clock.runFor(10_000);
  expect(await linesOf(page)).toEqual([0]);
  await say(page, "open", 1);
  await runUntil(page, page.getByText("Live"));
});

test("that a request changed something is heard of, whatever it was", async () => {
  const { page, card } = await deaf("#/");
  await desk.paused(credit(1, 5));
  await page.clock.runFor(10_000);
  expect(await card("accounts.set_credit").count()).toBe(0);
  await say(page, "changed", 1);
  await runUntil(page, card("accounts.set_credit"));
  // By this stream, and not by another that took its place.
  expect(await linesOf(page)).toEqual([1]);
});

test("how many are before a run is all that wait and all that run, and not said by a page that no longer hears", async () => {
  const going = desk.execute("async () => new Promise((resolve) => setTimeout(resolve, 3_600_000))");
  const isGoing = async () => (await desk.runs()).some(({ status }) => status === "running");
  while (!(await isGoing()));
  const { page } = await deaf("#/runs");
  const [{ id: executionId } = { id: "" }] = await desk.runs();
  const row = page.getByRole("listitem").filter({ hasText: "Running" });
  await row.waitFor();
  await say(page, "run", 1, { executionId, type: "pass.queued", behind: ["exec_1", "exec_2"], ahead: 3 });
  await row.getByText("queued behind 5 runs").waitFor();
  await say(page, "run", 1, { executionId, type: "pass.started" });
  await row.getByText("queued behind").waitFor({ state: "detached" });
  await say(page, "run", 1, { executionId, type: "pass.queued", behind: [], ahead: 1 });
  await row.getByText("queued behind 1 run").waitFor();
  await say(page, "error", 0);
  await runUntil(page, page.getByText("Every 2 s"));
  await row.waitFor();
  expect(await row.getByText("queued behind").count()).toBe(0);
  await desk.clear();
  await going;
});
