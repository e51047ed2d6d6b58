/** The console where answers take their time: it says what is on its way, sends nothing twice, and believes no old answer. */
import type { Page, Route } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { credit, openDesk } from "./desk.ts";

const desk = openDesk();

beforeEach(() => desk.clear());

/** Keeps the requests of one kind from their answer, until they are let go. */
async function hold(
  page: Page,
  url: string | RegExp,
  answer: (route: Route) => Promise<void> = (route) => route.continue(),
) {
  const first = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const hold = { first: first.promise, times: 0, letGo: gone.resolve };
  await page.route(url, async (route) => {
    hold.times += 1;
    first.resolve();
    await gone.promise;
    await answer(route);
  });
  return hold;
}

/** Lets the page's stopped clock go on until something has happened. */
async function runUntil(page: Page, event: Promise<void>): Promise<void> {
  let has = false;
  void event.then(() => {
    has = true;
  });
  while (!has) await page.clock.runFor(1_000);
}

describe("a decision on its way", () => {
  test("is said, and neither sent twice nor joined by another about the same action", async () => {
    await desk.paused(credit(1, 5));
    const { page, card } = await desk.look();
    const mine = card("accounts.set_credit");
    const approving = await hold(page, "**/approve");
    await mine.getByRole("button", { name: /^Approve/ }).focus();
    await page.keyboard.press("Enter");
    await mine.getByRole("button", { name: "Approving … accounts.set_credit" }).and(page.locator(":focus")).waitFor();
    await page.keyboard.press("Enter");
    expect(await mine.getByRole("button", { name: /^Edit/ }).isDisabled()).toBe(true);
    expect(await mine.getByRole("button", { name: /^Reject/ }).isDisabled()).toBe(true);
    approving.letGo();
    await page.getByText("The run completed.").waitFor();
    expect(approving.times).toBe(1);
  });

  test("that was taken is not said to wait while its run goes on, though the answer comes only then", async () => {
    const id = await desk.paused(credit(1, 5));
    const { page, card } = await desk.look();
    const mine = card("accounts.set_credit");
    const { promise: isGo, resolve: go } = Promise.withResolvers<void>();
    await page.route("**/approve", async (route) => {
      const response = await route.fetch();
      await isGo;
      await route.fulfill({ response });
    });
    await mine.getByText("needs approval").waitFor();
    await mine.getByRole("button", { name: /^Approve/ }).click();
    await mine.getByText("It no longer waits.").waitFor();
    expect(await mine.getByText(/needs approval|waiting/).count()).toBe(0);
    await mine.getByRole("link", { name: "Its run" }).waitFor();
    go();
    await page.getByText("The run completed.").waitFor();
    expect((await desk.run(id)).passes).toBe(2);
  });

  test("is not undone on the screen by a reading that began before it", async () => {
    const code = "async () => Promise.all([4, 5].map((id) => accounts.set_credit({ id, credit: 1 })))";
    await desk.paused(code);
    const { page, card } = await desk.look();
    const cards = card("accounts.set_credit");
    await cards.nth(1).waitFor();
    // The last part of a reading, which has had the actions that waited then; after it no reading comes to an end.
    const list = await hold(page, "**/executions?*", async (route) => {
      const answer = await (await route.fetch()).text();
      await route.fulfill({
        body: answer.replaceAll("async () => Promise", "// The old reading\\nasync () => Promise"),
      });
    });
    const read = page.waitForResponse("**/pending");
    await desk.execute("async () => 1");
    await list.first;
    await (await read).finished();
    await hold(page, "**/pending");
    await cards
      .first()
      .getByRole("button", { name: /^Approve/ })
      .click();
    await cards.nth(1).waitFor({ state: "detached" });
    list.letGo();
    await page.getByRole("heading", { name: "The old reading" }).waitFor();
    expect(await cards.count()).toBe(1);
  });
});

describe("other requests on their way", () => {
  test("a run that is cancelled says so, and is asked to end once", async () => {
    const id = await desk.paused(credit(1, 5));
    const { page } = await desk.look(`#/runs/${id}`);
    const cancelling = await hold(page, "**/cancel");
    await page.getByRole("button", { name: "Cancel the run…" }).click();
    await page.getByRole("button", { name: "Cancel the run", exact: true }).click();
    expect(await page.getByRole("button", { name: "Cancelling …" }).isDisabled()).toBe(true);
    cancelling.letGo();
    await page.getByText("Cancelled.").waitFor();
    expect(cancelling.times).toBe(1);
  });

  test("a snippet is saved once, however often one asks, and a refusal is said", async () => {
    const { executionId } = await desk.execute("async () => 1");
    const { page } = await desk.look(`#/runs/${executionId}`);
    await page.getByText("Save it as a snippet").click();
    await page.getByLabel("Name", { exact: true }).fill("once");
    const looking = await hold(page, "**/snippets");
    await page.keyboard.press("Enter");
    await looking.first;
    await page.keyboard.press("Enter");
    const saving = await hold(page, "**/snippets", (route) => route.abort());
    looking.letGo();
    await saving.first;
    expect(looking.times).toBe(1);
    expect(await page.getByRole("button", { name: "Saving …" }).isDisabled()).toBe(true);
    await page.keyboard.press("Enter");
    saving.letGo();
    await page.getByText("it is not known whether this was done").waitFor();
    expect(saving.times).toBe(1);
    expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("once");
  });

  test("a rollback that is looked at and done says so, and the catalog that it is read", async () => {
    const id = await desk.paused(credit(1, 5));
    await desk.post("/approve", { executionId: id });
    const { page } = await desk.look(`#/runs/${id}`);
    const looking = await hold(page, "**/rollback?*");
    await page.getByRole("button", { name: "Preview rollback" }).click();
    await page.getByRole("button", { name: "Looking …" }).waitFor();
    looking.letGo();
    await page.getByRole("button", { name: "Roll back 1 call" }).click();
    const undoing = await hold(page, "**/rollback");
    await page.getByRole("button", { name: "Roll back", exact: true }).click();
    await page.getByRole("button", { name: "Rolling back …" }).waitFor();
    undoing.letGo();
    await page.getByText("Rolled back.", { exact: true }).waitFor();
    const searching = await hold(page, "**/search?*");
    await page.getByRole("link", { name: "New", exact: true }).click();
    await page.getByRole("complementary").getByText("Reading …").waitFor();
    searching.letGo();
    await page.getByRole("complementary").getByText("in all").waitFor();
  });
});

test("older runs that come late are put below what the page has learnt since", async () => {
  // What waits is kept, however old it is.
  const oldest = await desk.paused(credit(1, 5));
  await desk.paused(credit(2, 5));
  for (let n = 0; n < 49; n += 1) await desk.execute(`async () => "older ${n}"`);
  const { page } = await desk.look("#/runs");
  await page.getByText('"older 48"').waitFor();
  const older = await hold(page, "**/executions?*cursor=*");
  await page.getByRole("button", { name: "Load older runs" }).click();
  await older.first;
  await desk.execute('async () => "came meanwhile"');
  await page.getByText('"came meanwhile"').waitFor();
  // Whatever comes of this goes no further: what is on the page stays as it is.
  await hold(page, /executions\?(?!.*cursor)/);
  older.letGo();
  await page.getByText('"older 0"').waitFor();
  await page.getByRole("button", { name: "Load older runs" }).click();
  await page.locator(`a[href="#/runs/${oldest}"]`).waitFor();
  expect(await page.getByText('"came meanwhile"').count()).toBe(1);
});

describe("a view that one goes to is read at once", () => {
  /** The list of runs with a reading on its way that has taken a minute by now; the page's clock stands still. */
  async function inSlowReading(text: string) {
    const { executionId } = await desk.execute(`async () => "${text}"`);
    const { page } = await desk.look("#/runs");
    await page.getByText(text).waitFor();
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    const list = await hold(page, "**/executions?*", async (route) => {
      const answer = await (await route.fetch()).text();
      await route.fulfill({
        body: answer.replaceAll(`async () => \\"${text}`, `// The slow reading\\nasync () => \\"${text}`),
      });
    });
    await desk.execute("async () => 'to be heard of'");
    await runUntil(page, list.first);
    await page.clock.runFor(60_000);
    return {
      page,
      list,
      go: () => page.goto(`${desk.url}/#/runs/${executionId}`),
      seen: () => page.getByRole("region", { name: "Result" }).getByText(text).waitFor(),
    };
  }

  test("also where the last reading took a minute", async () => {
    const { page, list, go, seen } = await inSlowReading("read in its rest");
    list.letGo();
    await page.getByText("The slow reading").waitFor();
    await go();
    await seen();
  });

  test("also where the last reading is still on its way", async () => {
    const { page, list, go, seen } = await inSlowReading("read after it");
    await go();
    await page.getByRole("heading", { name: "Runs", exact: true }).waitFor({ state: "detached" });
    list.letGo();
    await seen();
  });
});

describe("what was read for another view", () => {
  test("is not taken for the list of runs that stand alike", async () => {
    await desk.execute("async () => 'of all runs'");
    const { page } = await desk.look("#/runs");
    const row = page.getByRole("main").getByText("of all runs").first();
    await row.waitFor();
    const all = await hold(page, "**/executions?*");
    await desk.execute("async () => 'to be heard of'");
    await all.first;
    const narrowed = await hold(page, "**/executions?*status=paused");
    await page.getByRole("navigation", { name: "Which runs" }).getByRole("link", { name: "Waiting" }).click();
    await page.getByRole("main").getByText("Reading …").waitFor();
    all.letGo();
    await narrowed.first;
    expect(await row.count()).toBe(0);
    await page.getByRole("main").getByText("Reading …").waitFor();
    narrowed.letGo();
    await page.getByText("None of this kind").waitFor();
  });

  test("does not say of a run that it is not here", async () => {
    const { executionId } = await desk.execute("async () => 'is here'");
    const { page } = await desk.look("#/runs/exec_none");
    const missing = page.getByText("This run is not here");
    await missing.waitFor();
    const none = await hold(page, "**/execution?id=exec_none");
    const mine = await hold(page, `**/execution?id=${executionId}`);
    const go = async () => {
      await page.goto(`${desk.url}/#/runs/${executionId}`);
      await page.getByRole("main").getByText("Reading …").waitFor();
    };
    await go();
    await mine.first;
    await page.goto(`${desk.url}/#/runs/exec_none`);
    mine.letGo();
    await none.first;
    await page.unroute(`**/execution?id=${executionId}`);
    const again = await hold(page, `**/execution?id=${executionId}`);
    await go();
    none.letGo();
    await again.first;
    expect(await missing.count()).toBe(0);
    again.letGo();
    await page.getByRole("region", { name: "Result" }).getByText("is here").waitFor();
  });
});

describe("a program that runs", () => {
  test("is not taken for an older one of the same text, where it was sent before the list of runs had come", async () => {
    const older = await desk.execute("async () => 'the same'");
    const { page } = await desk.look("#/runs?status=paused");
    await page.getByText("None of this kind").waitFor();
    const list = await hold(page, "**/executions?*");
    await hold(page, "**/execute");
    await page.getByRole("link", { name: "New", exact: true }).click();
    await page.getByLabel("Program", { exact: true }).fill("async () => 'the same'");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await desk.paused(credit(1, 5));
    list.letGo();
    // Said by the same reading.
    await page.getByRole("navigation").getByText("1", { exact: true }).waitFor();
    expect(await page.locator(`a[href="#/runs/${older.executionId}"]`).count()).toBe(0);
  });

  test("is found again by its text after a reload, so that nobody runs it twice without knowing", async () => {
    const { page, card } = await desk.look("#/new");
    await page.getByLabel("Program", { exact: true }).fill(credit(1, 5));
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await card("accounts.set_credit").waitFor();
    expect(await page.getByText("This program is under way").count()).toBe(0);
    await page.reload();
    await page.getByText("This program is under way").getByRole("link", { name: "Open the run" }).click();
    await card("accounts.set_credit").waitFor();
    await page.goBack();
    await page.getByLabel("Program", { exact: true }).fill(credit(1, 6));
    await page.getByText("This program is under way").waitFor({ state: "detached" });
    await page.getByLabel("Program", { exact: true }).fill(credit(1, 5));
    await page.getByText("This program is under way").waitFor();
    const [{ id } = { id: "" }] = await desk.runs();
    await desk.post("/approve", { executionId: id });
    await page.getByText("This program is under way").waitFor({ state: "detached" });
  });

  test("is found again, too, where its answer is lost on the way", async () => {
    const { page } = await desk.look("#/new");
    await page.getByLabel("Program", { exact: true }).fill(credit(1, 7));
    await page.route("**/execute", async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("region", { name: "Error" }).getByText("it is not known whether this was done").waitFor();
    await page.getByText("This program is under way").getByRole("link", { name: "Open the run" }).waitFor();
    await page.locator("button:enabled", { hasText: /^Run$/ }).waitFor();
  });

  test("is still there when one leaves its view and comes back, and how it ended, too", async () => {
    const { page } = await desk.look("#/new");
    const field = page.getByLabel("Program", { exact: true });
    await field.fill(`async () => "an answer"`);
    const running = await hold(page, "**/execute");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await running.first;
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await page.getByRole("heading", { name: "Runs" }).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "Running …" }).waitFor();
    await field.press("Control+Enter");
    await page.getByText(/for \d+ m?s/).waitFor();
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    running.letGo();
    await page.getByText("The run completed.").waitFor();
    await page.goBack();
    await page.getByRole("region", { name: "Result" }).getByText("an answer").waitFor();
    expect(running.times).toBe(1);
    await page.getByRole("button", { name: "Run", exact: true }).waitFor();
  });
});
