/** The console with much to show: it draws what can be read, and the rest when it is asked for. */
import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import { openDesk } from "./desk.ts";

const desk = openDesk();

beforeEach(() => desk.clear());

const drawn = (page: Page) => page.evaluate("document.querySelectorAll('main *').length");

test("a journal of 10,000 entries is turned by pages, searched, and opened entry by entry", async () => {
  const { executionId } = await desk.execute(`async () => {
    for (let round = 0; round < 50; round += 1) {
      await Promise.allSettled(Array.from({ length: 200 }, (_, at) => accounts.get({ id: round === 30 && at === 7 ? 999 : at + 1 })));
    }
  }`);
  const { page } = await desk.look(`#/runs/${executionId}`);
  const journal = page.getByRole("region", { name: "Journal" });
  const [above, below] = [
    journal.getByRole("navigation", { name: "Pages of the journal", exact: true }),
    journal.getByRole("navigation", { name: "Pages of the journal, again" }),
  ];
  await above.getByText("1–200 of 10,000").waitFor();
  await above.getByRole("button", { name: "Last" }).click();
  await journal.locator("summary", { hasText: "9999" }).waitFor();
  await below.getByRole("button", { name: "Earlier" }).click();
  await above.getByText("9,601–9,800 of 10,000").waitFor();
  // The beginning of the page that one has turned to is on the screen.
  const { y } = (await journal.locator("summary").first().boundingBox()) ?? {};
  expect(y).toBeGreaterThan(0);
  expect(y).toBeLessThan(800);
  expect(await drawn(page)).toBeLessThan(4_000);
  expect(await journal.locator("dl").count()).toBe(0);
  await journal.locator("summary").nth(3).click();
  await journal.getByText('"name": "Customer 4"').waitFor();
  expect(await journal.locator("dl").count()).toBe(1);

  await journal.getByLabel("Status").selectOption("failed (1)");
  await journal
    .locator("summary", { hasText: "6007" })
    .and(journal.locator("summary", { hasText: "id: 999" }))
    .waitFor();
  expect(await journal.locator("summary").count()).toBe(1);
  await journal.getByLabel("Status").selectOption("any");
  await journal.getByRole("searchbox", { name: "Find in the journal" }).fill('"id":123}');
  await journal.getByText("accounts.get id: 123").nth(49).waitFor();
  expect(await journal.locator("summary").count()).toBe(50);
  await journal
    .getByRole("status")
    .getByText(/^50 of [\d,]+ entries$/)
    .waitFor();
  await journal.getByRole("searchbox", { name: "Find in the journal" }).fill("nothing like it");
  await journal.getByText("No entry is like that.").waitFor();
});

test("a run that paused forty times is no more to draw than one that did not", async () => {
  const executionId = await desk.paused(`async () => {
    for (let id = 1; id <= 40; id += 1) await accounts.set_credit({ id, credit: id });
  }`);
  for (let n = 0; n < 40; n += 1) await desk.post("/approve", { executionId });
  const { page } = await desk.look(`#/runs/${executionId}`);
  const journal = page.getByRole("region", { name: "Journal" });
  await journal
    .getByText(/: resumed /)
    .nth(39)
    .waitFor();
  expect(await drawn(page)).toBeLessThan(1_200);
});

test("of 120 actions that wait, fifty are shown, and these are what one click approves", async () => {
  const executionId = await desk.paused(
    "async () => Promise.all(Array.from({ length: 120 }, (_, at) => accounts.set_credit({ id: at + 1, credit: at })))",
  );
  const screen = await desk.look();
  const { page } = screen;
  const cards = screen.card("accounts.set_credit");
  await page.getByText("120 actions of 1 run").waitFor();
  expect(await cards.count()).toBe(50);
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") sent.push(new URL(request.url()).pathname);
  });
  await page.getByRole("button", { name: "Approve these 50" }).click();
  await page.getByText("Approved 50 actions. The run waits for a further decision.").waitFor();
  const [first] = await desk.pending();
  expect(first?.seq).toBe(50);
  await page.getByRole("button", { name: "Show 20 more of" }).click();
  await cards.nth(69).waitFor();
  await page.getByRole("button", { name: "Approve all 70" }).click();
  await page.getByText("Approved 70 actions. The run completed.").waitFor();
  expect(await desk.run(executionId)).toMatchObject({ status: "completed", passes: 3 });
  expect(sent).toEqual(["/approve", "/approve"]);
});

test("how long fifty actions have waited is drawn once a second, and not once for each", async () => {
  await desk.paused(
    "async () => Promise.all(Array.from({ length: 50 }, (_, at) => accounts.set_credit({ id: at + 1, credit: at })))",
  );
  const { page } = await desk.look();
  await page.getByText("50 actions of 1 run").waitFor();
  const drawings = await page.evaluate(`new Promise((resolve) => {
    const drawn = [...document.querySelectorAll("article time")];
    const before = drawn.map(({ textContent }) => textContent);
    let times = 0;
    const watch = new MutationObserver(() => {
      times += 1;
      if (drawn.some(({ textContent }, at) => textContent === before[at])) return;
      watch.disconnect();
      resolve(times);
    });
    for (const one of drawn) watch.observe(one, { characterData: true, subtree: true });
  })`);
  // Whichever second one of them begins with, two of the clock change all.
  expect(drawings).toBeLessThanOrEqual(2);
});

test("arguments that one answer cannot hold are not approved unseen, but whole beside their own run's", async () => {
  const large = (name: string) => `async () => {
    // ${name}
    return Promise.all(Array.from({ length: 7 }, (_, n) => post.ask({ n, text: "${name} ".repeat(150_000) })));
  }`;
  await desk.paused(large("first"));
  await desk.paused(large("other"));
  const screen = await desk.look();
  const { page } = screen;
  const leftOut = screen.card("post.ask").filter({ hasText: "There is too much to show its arguments" });
  await leftOut.getByRole("button", { name: /^Reject/ }).waitFor();
  expect(await leftOut.count()).toBe(1);
  expect(await leftOut.getByRole("button").allInnerTexts()).toEqual(["Reject…"]);
  await page.getByRole("button", { name: "Approve all 6" }).waitFor();
  await page.getByRole("button", { name: "Approve all 7" }).waitFor();
  await leftOut.getByRole("link", { name: "its run" }).click();
  // The view before has a button of these words, too.
  await page.getByRole("heading", { name: "It waits for you" }).waitFor();
  await page.getByRole("button", { name: "Approve all 7" }).waitFor();
  expect(await leftOut.count()).toBe(0);
  const last = screen.card("post.ask").nth(6);
  // Not by a form either that was opened where they are whole.
  await last.getByRole("button", { name: /^Edit/ }).click();
  await page.goBack();
  await leftOut.getByRole("button", { name: /^Reject/ }).waitFor();
  expect(await leftOut.getByRole("button").allInnerTexts()).toEqual(["Reject…"]);
  await page.goForward();
  await last.getByRole("button", { name: "Discard the edit" }).click();
  await last.getByRole("button", { name: /^Approve/ }).click();
  await page.getByText("Approved post.ask.").waitFor();
});

test("a program of many lines and one of a single long line are drawn in part", async () => {
  const lines = Array.from({ length: 20_000 }, (_, n) => `  // line ${n + 2}`).join("\n");
  const many = await desk.execute(`async () => {\n${lines}\n  const y = ;\n}`);
  const { page } = await desk.look(`#/runs/${many.executionId}`);
  await page.locator(".program .wrong", { hasText: "const y = ;" }).waitFor();
  expect(await drawn(page)).toBeLessThan(4_000);
  const one = await desk.execute(`async () => "${"y".repeat(900_000)}".length`);
  await page.goto(`${desk.url}/#/runs/${one.executionId}`);
  await page.getByRole("region", { name: "Result" }).getByText("900000").waitFor();
  expect((await page.getByRole("heading", { level: 1 }).innerText()).length).toBeLessThan(200);
});

test("a result of a megabyte in hidden characters is shown by parts", async () => {
  const { executionId } = await desk.execute(`async () => "\\u202e".repeat(300_000)`);
  const { page } = await desk.look(`#/runs/${executionId}`);
  const result = page.getByRole("region", { name: "Result" });
  await result.getByRole("button", { name: "Show 100,000 more characters of 300,002 characters" }).waitFor();
  expect(await drawn(page)).toBeLessThan(9_000);
});

test("an argument object of thousands of names is drawn in part", async () => {
  await desk.paused(
    "async () => post.ask(Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => ['name_' + n, n])))",
  );
  const card = (await desk.look()).card("post.ask");
  await card.getByRole("button", { name: "Show all 5,000 arguments" }).waitFor();
  expect(await card.getByRole("row").count()).toBe(100);
});

test("values that contain themselves, or are nested without end, take nothing else off the screen", async () => {
  const code = `async () => {
    const knot = { name: "knot" };
    knot.self = knot;
    let deep = [];
    for (let n = 0; n < 150; n += 1) deep = [deep];
    return { knot, number: NaN, deep };
  }`;
  const { executionId } = await desk.execute(code);
  const { page } = await desk.look(`#/runs/${executionId}`);
  const result = page.getByRole("region", { name: "Result" });
  await result.getByText('"self": "(circular) a value that contains itself"').waitFor();
  await result.getByText('"number": "(number) NaN"').waitFor();
  expect(await page.locator(".banner").count()).toBe(0);
});
