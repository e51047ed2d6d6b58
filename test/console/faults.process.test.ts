/** The console when something is wrong with it: a part that cannot be drawn or read takes nothing from the others. */
import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { credit, openDesk } from "./desk.ts";

const desk = openDesk();

beforeEach(() => desk.clear());

/** A time that the page's parser takes for one, and that no calendar has. */
const NO_TIME = 1e300;

const SECRET = "sk-secret-of-the-message";

/** Lets the page read the first of what matches in each answer as something else, until it is mended. */
async function spoil(page: Page, url: string, what: RegExp, by: string): Promise<{ mend(): void }> {
  let isMended = false;
  await page.route(url, async (route) => {
    if (isMended) return route.continue();
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace(what, by) });
  });
  return {
    mend() {
      isMended = true;
    },
  };
}

const breakGrouping = (page: Page) =>
  page.evaluate(`globalThis.groupBy = Map.groupBy; Map.groupBy = () => { throw new TypeError("${SECRET}"); };`);

const mendGrouping = (page: Page) => page.evaluate("Map.groupBy = globalThis.groupBy;");

describe("a part that cannot be drawn", () => {
  test("is one card: it cannot be approved, also not with the others, which can", async () => {
    const id = await desk.paused(
      "async () => Promise.all([4, 5, 6].map((id) => accounts.set_credit({ id, credit: 1 })))",
    );
    const { page, card } = await desk.look("#/new");
    const pending = await spoil(page, "**/pending*", /"askedAt": \d+/, `"askedAt": ${NO_TIME}`);
    await page.getByRole("link", { name: /^Waiting/ }).click();
    const broken = page.getByRole("alert").filter({ hasText: "This action could not be drawn." });
    await broken.getByText("is not approved with the others").waitFor();
    await broken.getByText("RangeError").waitFor();
    expect(await broken.getByRole("link", { name: "Open the raw data" }).getAttribute("href")).toBe(
      `/pending?id=${id}`,
    );
    expect(await broken.getByRole("button").allInnerTexts()).toEqual(["Try again", "Reload the page"]);
    expect(await card("accounts.set_credit").count()).toBe(2);
    await page.getByRole("button", { name: "Approve these 2" }).click();
    await page.getByText("Approved 2 actions.").waitFor();
    expect((await desk.pending()).map(({ args }) => args)).toEqual([{ id: 4, credit: 1 }]);
    pending.mend();
    await desk.paused("async () => post.ask({})");
    await card("post.ask").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await card("accounts.set_credit")
      .getByRole("button", { name: /^Approve/ })
      .click();
    await page.getByText("The run completed.").waitFor();
  });

  test("is one card with typed text, decided on elsewhere: it says so, and can be put away", async () => {
    const id = await desk.paused("async () => Promise.all([4, 5].map((id) => accounts.set_credit({ id, credit: 1 })))");
    const { page, card } = await desk.look();
    const mine = card("accounts.set_credit").first();
    await mine.getByRole("button", { name: /^Edit/ }).click();
    await mine.getByLabel("Arguments to run instead").fill('{ "id": 4, "credit": 2 }');
    await spoil(page, "**/pending*", /"askedAt": \d+/, `"askedAt": ${NO_TIME}`);
    await desk.execute("async () => 'something happens'");
    const broken = page.getByRole("alert").filter({ hasText: "This action could not be drawn." });
    await broken.getByText("It still waits").waitFor();
    expect(await broken.getByRole("button", { name: "Put away" }).count()).toBe(0);
    await page.unroute("**/pending*");
    await desk.post("/approve", { executionId: id, seq: 0 });
    await broken.getByText("It no longer waits: it was decided somewhere else, or its run has ended.").waitFor();
    expect(await broken.getByText("It still waits").count()).toBe(0);
    await broken.getByRole("button", { name: "Put away" }).click();
    await broken.waitFor({ state: "detached" });
    await card("accounts.set_credit")
      .getByRole("button", { name: /^Approve/ })
      .click();
    await page.getByText("The run completed.").waitFor();
  });

  test("is one row of the list: the others lead to their runs", async () => {
    await desk.execute("async () => 'the older one'");
    const { executionId } = await desk.execute("async () => 'the newer one'");
    const { page } = await desk.look("#/new");
    await spoil(page, "**/executions?*", /"createdAt": \d+/, `"createdAt": ${NO_TIME}`);
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    const rows = page.getByRole("main").getByRole("listitem");
    await rows.first().getByText("This run could not be drawn.").waitFor();
    expect(await rows.first().getByRole("link").getAttribute("href")).toBe(`/execution?id=${executionId}`);
    await page.getByText("the older one").first().click();
    await page.getByRole("region", { name: "Result" }).getByText("the older one").waitFor();
  });

  test("is the journal of a run, which is undone all the same; what the error said is not shown", async () => {
    const id = await desk.paused(credit(8, 44));
    await desk.post("/approve", { executionId: id });
    const screen = await desk.look("#/new");
    const { page } = screen;
    await breakGrouping(page);
    await page.goto(`${desk.url}/#/runs/${id}`);
    await page.getByText("The journal could not be drawn.").waitFor();
    const rollback = page.getByRole("region", { name: "Rollback" });
    await rollback.getByRole("button", { name: "Preview rollback" }).click();
    await rollback.getByRole("row", { name: /set_credit.*can be undone/ }).waitFor();
    expect(await page.locator("body").innerText()).not.toContain(SECRET);
    await mendGrouping(page);
    await page.getByRole("button", { name: "Try again" }).focus();
    await page.keyboard.press("Enter");
    await page.locator("main:focus").waitFor();
    await page.getByRole("region", { name: "Journal" }).getByText("1 entry").waitFor();
    expect(await screen.wrong()).toEqual([]);
  });

  test("is a whole view: the others are there, and what happens is still heard", async () => {
    const { page } = await desk.look("#/new");
    await page.getByText("Live").waitFor();
    await breakGrouping(page);
    await page.getByRole("link", { name: /^Waiting/ }).click();
    await page.getByText("This view could not be drawn.").waitFor();
    const raw = page.getByRole("main").getByRole("link", { name: "Open the raw data" });
    expect(await raw.getAttribute("href")).toBe("/pending");
    await desk.paused(credit(1, 5));
    await page.getByRole("link", { name: "Waiting 1" }).waitFor();
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await page.getByRole("heading", { name: "Runs" }).waitFor();
    expect(await page.getByText("could not be drawn").count()).toBe(0);
  });

  test("is the page: it says so, keeps what was typed, and is there again when it can be drawn", async () => {
    const { page } = await desk.look("#/new");
    const field = page.getByLabel("Program", { exact: true });
    await field.fill("async () => 'typed'");
    await page.evaluate(
      `globalThis.inWords = Number.prototype.toLocaleString; Number.prototype.toLocaleString = () => { throw new TypeError("${SECRET}"); };`,
    );
    await desk.paused(credit(1, 5));
    await page.getByText("The page could not be drawn.").waitFor();
    await page.evaluate("Number.prototype.toLocaleString = globalThis.inWords;");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("link", { name: "Waiting 1" }).waitFor();
    expect(await field.inputValue()).toBe("async () => 'typed'");
  });
});

describe("an error that nothing drawn shows", () => {
  test("is said, with what to do, and can be put away", async () => {
    const { page } = await desk.look("#/new");
    await page.getByText("Live").waitFor();
    await page.evaluate(`void Promise.reject(new TypeError("${SECRET}"));`);
    const banner = page.getByRole("alert").filter({ hasText: "Something in this page failed (TypeError)" });
    await banner.getByRole("button", { name: "reload the page" }).waitFor();
    expect(await page.locator("body").innerText()).not.toContain(SECRET);
    await banner.getByRole("button", { name: "Put this message away" }).click();
    await page.getByText("Something in this page failed").waitFor({ state: "detached" });
  });
});

describe("an answer that the page does not know", () => {
  test("costs the row that is strange: the rest is shown, and that one is missing is said", async () => {
    const { executionId } = await desk.execute(
      "async () => { for (const id of [1, 2, 3]) await accounts.get({ id }); }",
    );
    const { page } = await desk.look("#/new");
    await spoil(page, "**/execution?*", /"state": "applied"/, '"state": "teleported"');
    await page.goto(`${desk.url}/#/runs/${executionId}`);
    const banner = page.getByText(
      "Could not be read in full: this run. 1 row of it is not of a kind that this page knows.",
    );
    await banner.waitFor();
    expect(await banner.getByRole("link").getAttribute("href")).toBe(`/execution?id=${executionId}`);
    expect(await page.locator(".entry .number").allInnerTexts()).toEqual(["1", "2"]);
  });

  test("about what waits takes nothing from the runs, and the first view says that it is not known", async () => {
    await desk.execute("async () => 'what ran'");
    const { page } = await desk.look("#/new");
    await page.route("**/pending*", (route) => route.fulfill({ json: { no: "list" } }));
    await page.goto(`${desk.url}/?again#/`);
    await page.getByText("Could not be read: what waits for a person.").waitFor();
    await page.getByRole("main").getByText("It could not be read; above is why.").waitFor();
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await page.getByText("what ran").first().waitFor();
    await page.unroute("**/pending*");
    await page.locator(".banner").waitFor({ state: "detached" });
  });

  test("to a decision does not say that nothing was done", async () => {
    const id = await desk.paused(credit(1, 5));
    const { page, card } = await desk.look();
    await page.route("**/approve", async (route) => {
      await route.fetch();
      await route.fulfill({ json: { status: "teleported" } });
    });
    await card("accounts.set_credit")
      .getByRole("button", { name: /^Approve/ })
      .click();
    await card("accounts.set_credit").getByText("it is not known whether the decision was taken").waitFor();
    expect(await page.getByText("Not done.").count()).toBe(0);
    // When it is known that nothing waits any more, that is said, and where to look.
    await card("accounts.set_credit").getByText("It no longer waits: your decision arrived, or").waitFor();
    expect(await card("accounts.set_credit").getByRole("button").allInnerTexts()).toEqual(["Put away"]);
    await card("accounts.set_credit").getByRole("link", { name: "Its run" }).click();
    await page.getByRole("region", { name: "Result" }).waitFor();
    expect(await desk.run(id)).toMatchObject({ status: "completed" });
  });

  test("to a wish for older runs is said", async () => {
    const { page } = await desk.look("#/new");
    await spoil(page, "**/executions?*", /"executions": \[/, '"cursor": "x", "executions": [');
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await page.route("**/executions?*cursor=*", (route) => route.fulfill({ status: 500, body: "broken" }));
    await page.getByRole("button", { name: "Load older runs" }).click();
    await page.getByRole("main").getByText("The Worker answered 500 and no JSON.").waitFor();
  });
});
