/** The console over time: what others do shows by itself, what is typed stays, and a Worker that goes comes back. */
import { beforeEach, describe, expect, test } from "vitest";
import { credit, openDesk } from "./desk.ts";

const desk = openDesk();

beforeEach(() => desk.clear());

describe("what others do", () => {
  test("shows by itself: an action that comes, one that is decided, a run that goes on", async () => {
    const { page, card } = await desk.look();
    await page.getByText("Nothing waits for you").waitFor();
    await page.getByText("Live").waitFor();
    const id = await desk.paused(credit(1, 5));
    await card("accounts.set_credit").waitFor();
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    const row = page.getByRole("listitem").first();
    await row.getByText("Waiting").waitFor();
    await desk.post("/approve", { executionId: id });
    await row.getByText("Completed").waitFor();
    // One reading asks for runs and for what waits, each in its own moment.
    await page.locator("nav .count").waitFor({ state: "detached" });
    expect(await page.title()).toBe("Runs – Codemode console");
  });

  test("a run that is cancelled elsewhere while it waits is gone from the queue", async () => {
    const id = await desk.paused(credit(1, 5));
    const { page, card } = await desk.look();
    await card("accounts.set_credit").waitFor();
    await desk.post("/cancel", { executionId: id });
    await page.getByText("Nothing waits for you").waitFor();
  });

  test("does not take the keyboard, the selection, or what is typed and opened", async () => {
    await desk.paused(credit(1, 5));
    const { page, card } = await desk.look();
    const first = card("accounts.set_credit");
    await first.getByRole("button", { name: /^Edit/ }).click();
    const editor = first.getByLabel("Arguments to run instead");
    await editor.fill('{ "id": 1, "credit": 77 }');
    await editor.press("Control+A");
    await desk.paused("async () => accounts.set_credit({ id: 2, credit: 6 })");
    await page.getByText("2 actions of 2 runs").waitFor();
    await page.keyboard.type('{ "id": 1, "credit": 78 }');
    const mine = page.getByLabel("Arguments to run instead");
    expect(await mine.inputValue()).toBe('{ "id": 1, "credit": 78 }');
    expect(await page.locator("textarea:focus").count()).toBe(1);
  });

  test("shows without the stream of events, too: the page asks again by itself", async () => {
    const screen = await desk.look("#/runs/none");
    await screen.page.context().route("**/events", (route) => route.abort());
    await screen.page.goto(`${desk.url}/?again#/`);
    await screen.page.getByText("Nothing waits for you").waitFor();
    await screen.page.getByText("Every 2 s").waitFor();
    await desk.paused(credit(1, 5));
    await screen.card("accounts.set_credit").waitFor();
  });
});

describe("what is on the way", () => {
  test("a tab that nobody looks at gives its stream back, and opens it again", async () => {
    const { page, card } = await desk.look();
    await page.getByText("Live").waitFor();
    const look = (isHidden: boolean) =>
      page.evaluate(
        `Object.defineProperty(document, "hidden", { value: ${isHidden}, configurable: true });
         document.dispatchEvent(new Event("visibilitychange"));`,
      );
    await look(true);
    await page.getByText("Every 2 s").waitFor();
    await desk.paused(credit(1, 5));
    await card("accounts.set_credit").waitFor();
    await look(false);
    await page.getByText("Live").waitFor();
  });

  test("an error of the Worker is shown, and gone when it answers again", async () => {
    const { page } = await desk.look();
    await page.getByText("Nothing waits for you").waitFor();
    await page.route("**/pending", (route) => route.fulfill({ status: 500, body: "broken" }));
    const { executionId } = await desk.execute("async () => 1");
    await page.getByText("The Worker answered 500 and no JSON.").waitFor();
    await page.unroute("**/pending");
    await page.locator(".banner").waitFor({ state: "detached" });
    await page.goto(`${desk.url}/#/runs/${executionId}`);
    await page.getByRole("region", { name: "Result" }).waitFor();
  });
});

describe("the Worker, out of reach of a page that still has its stream of events,", () => {
  test("is asked again by itself", async () => {
    const { page } = await desk.look();
    await page.getByText("Live").waitFor();
    await page.route("**/executions?*", (route) => route.abort());
    await desk.execute("async () => 1");
    const banner = page.locator(".banner", { hasText: "The Worker cannot be reached." });
    await banner.waitFor();
    await page.unroute("**/executions?*");
    await banner.waitFor({ state: "detached" });
    await page.getByText("Live").waitFor();
  });
});

describe("the page itself", () => {
  test("reload and back lead to the same view, and typed text is still there", async () => {
    const { executionId } = await desk.execute("async () => 41 + 1");
    const { page } = await desk.look();
    await page.getByRole("link", { name: "New", exact: true }).click();
    const field = page.getByLabel("Program", { exact: true });
    await field.fill("async () => 'not sent yet'");
    await page.reload();
    expect(await field.inputValue()).toBe("async () => 'not sent yet'");
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await page.locator(`a[href="#/runs/${executionId}"]`).click();
    await page.getByRole("region", { name: "Result" }).getByText("42").waitFor();
    await page.reload();
    await page.getByRole("region", { name: "Result" }).getByText("42").waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Runs" }).waitFor();
    await page.goBack();
    expect(await field.inputValue()).toBe("async () => 'not sent yet'");
  });

  test("older runs are loaded on demand, and stay when something new happens", async () => {
    for (let n = 0; n < 27; n += 1) await desk.execute(`async () => "old ${n}"`);
    const { page } = await desk.look("#/runs");
    await page.getByText('"old 26"').waitFor();
    expect(await page.getByText('"old 0"').count()).toBe(0);
    await page.getByRole("button", { name: "Load older runs" }).click();
    await page.getByText('"old 0"').waitFor();
    await desk.execute(`async () => "newest"`);
    await page.getByText('"newest"').waitFor();
    expect(await page.getByText('"old 0"').count()).toBe(1);
  });

  test("older runs are loaded page by page to the last, and stay as new as those above", async () => {
    const id = await desk.paused(credit(1, 5));
    for (let n = 0; n < 52; n += 1) await desk.execute(`async () => "page by page ${n}"`);
    const { page } = await desk.look("#/runs");
    const older = page.getByRole("button", { name: "Load older runs" });
    await older.click();
    await page.getByText('"page by page 2"').waitFor();
    await older.click();
    const row = page.locator(`a[href="#/runs/${id}"]`);
    await row.getByText("Waiting").waitFor();
    await desk.post("/approve", { executionId: id });
    await row.getByText("Completed").waitFor();
    expect(await row.count()).toBe(1);
  });

  test("of more runs that stand alike than one page has, one that comes to stand otherwise leaves, too", async () => {
    for (let n = 0; n < 27; n += 1) await desk.paused(credit(n + 1, 5));
    const { page } = await desk.look("#/runs?status=paused");
    const rows = page.getByRole("main").getByRole("listitem");
    await rows.nth(24).waitFor();
    const [{ id } = { id: "" }] = await desk.runs();
    await page.locator(`a[href="#/runs/${id}"]`).waitFor();
    await desk.post("/approve", { executionId: id });
    await page.locator(`a[href="#/runs/${id}"]`).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Waiting 26" }).waitFor();
  });

  test("runs are narrowed to how they stand, by the address too, and one that comes to stand otherwise leaves", async () => {
    const mark = crypto.randomUUID();
    for (let n = 0; n < 27; n += 1) await desk.execute(`async () => { throw new Error("bad ${n} ${mark}") }`);
    await desk.execute(`async () => "good ${mark}"`);
    const id = await desk.paused(credit(1, 5));
    const { page } = await desk.look("#/runs");
    const rows = page.getByRole("listitem");
    const filters = page.getByRole("navigation", { name: "Which runs" });
    await page.getByText(`"good ${mark}"`).waitFor();
    await filters.getByRole("link", { name: "Waiting" }).click();
    await page.getByText(`"good ${mark}"`).waitFor({ state: "detached" });
    await rows.getByText("Waiting").waitFor();
    expect(await rows.count()).toBe(1);
    expect(await filters.locator(":focus").innerText()).toBe("Waiting");
    await desk.post("/approve", { executionId: id });
    await page.getByText("None of this kind").waitFor();
    await filters.getByRole("link", { name: "Failed or cancelled" }).click();
    await page.getByText(`bad 26 ${mark}`).first().waitFor();
    await page.getByRole("button", { name: "Load older runs" }).click();
    await page.getByText(`bad 0 ${mark}`).first().waitFor();
    expect(await page.getByText(`"good ${mark}"`).count()).toBe(0);
    await page.reload();
    await page.getByText(`bad 26 ${mark}`).first().waitFor();
    expect(await filters.locator("[aria-current]").innerText()).toBe("Failed or cancelled");
    await filters.getByRole("link", { name: "All" }).click();
    await page.getByText(`"good ${mark}"`).waitFor();
  });
});

describe("a Worker that goes", () => {
  test("is said so, what is typed stays, and the page recovers by itself", async () => {
    await desk.paused(credit(1, 5));
    const { page, card } = await desk.look();
    const mine = card("accounts.set_credit");
    await mine.getByRole("button", { name: /^Edit/ }).click();
    await mine.getByLabel("Arguments to run instead").fill('{ "id": 1, "credit": 55 }');
    await desk.kill();
    await page.locator(".banner", { hasText: "The Worker cannot be reached." }).waitFor();
    await mine.getByRole("button", { name: "Approve with these" }).click();
    await mine.getByText("it is not known whether the decision arrived").waitFor();
    await desk.restart();
    await page.locator(".banner", { hasText: "The Worker cannot be reached." }).waitFor({ state: "detached" });
    await page.getByText("Live").waitFor();
    expect(await mine.getByLabel("Arguments to run instead").inputValue()).toBe('{ "id": 1, "credit": 55 }');
    await mine.getByRole("button", { name: "Approve with these" }).click();
    await page.getByText("The run completed.").waitFor();
  });

  test("does not leave the catalog unread, nor says of a rollback without an answer that it was not done", async () => {
    const id = await desk.paused(credit(1, 5));
    await desk.post("/approve", { executionId: id });
    const { page } = await desk.look(`#/runs/${id}`);
    await page.getByRole("button", { name: "Preview rollback" }).click();
    await page.getByRole("button", { name: "Roll back 1 call" }).click();
    await desk.kill();
    await page.getByRole("button", { name: "Roll back", exact: true }).click();
    const said = page.getByRole("region", { name: "Rollback" }).getByText("it is not known whether this was done");
    await said.waitFor();
    await page.getByRole("link", { name: "New", exact: true }).click();
    await page.getByRole("complementary").getByText("The Worker did not answer.", { exact: true }).waitFor();
    await desk.restart();
    await page.getByRole("complementary").getByText("in all").waitFor();
    await page.getByRole("button", { name: "accounts.get", exact: true }).waitFor();
  });
});

describe("calls that a crash left in doubt", () => {
  test("are resolved in each of three ways: it ran, it failed, run it", async () => {
    const [ran, failed, again] = await desk.inDoubtAfterCrash(3);
    if (ran === undefined || failed === undefined || again === undefined) throw new Error("Three calls are in doubt.");
    const { page } = await desk.look(`#/runs/${ran.executionId}`);
    const cards = page.getByRole("article", { name: "post.send" });
    await cards.nth(2).waitFor();
    await page.getByLabel("Deciding as").fill("ada@example.com");
    const resolved = (left: number) => cards.nth(left).waitFor({ state: "detached" });
    await cards.first().getByText("it may or may not have taken effect").waitFor();

    await cards
      .first()
      .getByRole("button", { name: /^It ran/ })
      .click();
    await cards
      .first()
      .getByLabel(/^What it answered/)
      .fill('{ "noted": 4711 }');
    await cards.first().getByRole("button", { name: "It ran, with this result" }).click();
    await resolved(2);
    await cards
      .first()
      .getByRole("button", { name: /^It failed/ })
      .click();
    await cards
      .first()
      .getByLabel(/^What went wrong/)
      .fill("The ledger has no such note.");
    await cards.first().getByRole("button", { name: "It failed", exact: true }).click();
    await resolved(1);
    await cards
      .first()
      .getByRole("button", { name: /^It did not run/ })
      .click();
    await resolved(0);

    const { log } = await desk.run(ran.executionId);
    const entry = (seq: number) => log.find((one) => one.seq === seq);
    expect(entry(ran.seq)).toMatchObject({
      state: "applied",
      result: { noted: 4711 },
      decision: { decision: "resolved" },
    });
    expect(entry(failed.seq)).toMatchObject({ state: "error", error: { message: "The ledger has no such note." } });
    expect(entry(again.seq)).toMatchObject({ state: "applied", attempt: 2, result: { sent: again.seq } });

    const row = (seq: number) => page.locator(".entry").nth(seq);
    const told = [
      [ran.seq, /told by a person/, /It was in doubt: ada@example\.com said that it ran, with the result shown here/],
      [failed.seq, /told by a person/, /It was in doubt: ada@example\.com said that it failed, with the error shown/],
      [again.seq, /attempt 2/, /It was in doubt: ada@example\.com had it run again/],
    ] as const;
    for (const [seq, inShort, who] of told) {
      await row(seq).locator("summary").getByText(inShort).waitFor();
      await row(seq).locator("summary").click();
      await row(seq).getByText(who).waitFor();
    }
    await row(ran.seq).getByText("Result, as told").waitFor();
    await row(failed.seq).getByText("Error, as told").waitFor();
  });

  test("are told with what was typed about each, which is a result that can be read, or nothing", async () => {
    const [one, other] = await desk.inDoubtAfterCrash(2);
    if (one === undefined || other === undefined) throw new Error("Two calls are in doubt.");
    const { page } = await desk.look(`#/runs/${one.executionId}`);
    const cards = page.getByRole("article", { name: "post.send" });
    await cards.nth(1).waitFor();
    await cards.nth(0).getByText(`${one.executionId}:${one.seq}`).waitFor();
    const answer = (card: number) => cards.nth(card).getByLabel(/^What it answered/);
    const tell = (card: number) =>
      cards
        .nth(card)
        .getByRole("button", { name: /^It ran/ })
        .click();
    await tell(0);
    await answer(0).fill("{ sent }");
    await tell(1);
    expect(await cards.nth(0).getByRole("button", { name: "It ran, with this result" }).isDisabled()).toBe(true);
    expect(await answer(1).inputValue()).toBe("null");
    await cards.nth(1).getByRole("button", { name: "It ran, with this result" }).click();
    await cards.nth(1).waitFor({ state: "detached" });
    expect((await desk.run(one.executionId)).log.find(({ seq }) => seq === other.seq)).toMatchObject({
      state: "applied",
      result: null,
    });
    expect(await answer(0).inputValue()).toBe("{ sent }");
    await cards.nth(0).getByRole("button", { name: "Discard" }).click();
    await cards
      .nth(0)
      .getByRole("button", { name: /^It failed/ })
      .click();
    expect(await cards.nth(0).getByLabel("What went wrong: the program gets this as the error").inputValue()).toBe("");
    await cards.nth(0).getByRole("button", { name: "Back" }).click();
    const resolving = Promise.withResolvers<void>();
    await page.route("**/resolve", async (route) => {
      await resolving.promise;
      await route.continue();
    });
    await cards
      .nth(0)
      .getByRole("button", { name: /^It did not run/ })
      .click();
    await cards.nth(0).getByRole("button", { name: "Running … post.send" }).waitFor();
    expect(await cards.nth(0).locator("button:disabled").allInnerTexts()).toEqual(["It ran…", "It failed…"]);
    resolving.resolve();
    await cards.first().waitFor({ state: "detached" });
  });

  test("are still to be settled when their run has ended, and then a rollback knows", async () => {
    const [first, second] = await desk.inDoubtAfterCrash(3);
    if (first === undefined || second === undefined) throw new Error("Two calls are in doubt.");
    const { executionId } = first;
    await desk.post("/cancel", { executionId });
    expect(await desk.pending()).toEqual([]);
    const before = await desk.inDoubt();
    const { page, card } = await desk.look();
    const cards = card("post.send");
    await cards.first().getByText("Its run is over and nothing waits for it").waitFor();
    expect(await cards.getByText("waiting").count()).toBe(0);
    expect(await page.title()).toBe(`(${before.length}) Codemode console`);
    expect(await cards.count()).toBe(before.length);
    expect(await page.getByRole("button", { name: /run it/i }).count()).toBe(0);

    await page.goto(`${desk.url}/#/runs/${executionId}`);
    await page.getByRole("heading", { name: "It left calls in doubt" }).waitFor();
    const decisions: unknown[] = [];
    page.on("request", (request) => {
      if (request.url().endsWith("/resolve")) decisions.push(request.postDataJSON());
    });
    const ran = cards.first();
    await ran.getByRole("button", { name: /^It ran/ }).click();
    await ran.getByLabel(/^What it answered, as JSON: a rollback gets this/).fill('{ "noted": 1 }');
    await ran.getByRole("button", { name: "It ran, with this result" }).click();
    await page.getByText("Recorded the result of post.send.", { exact: true }).waitFor();
    await cards.nth(before.length - 1).waitFor({ state: "detached" });
    await cards
      .first()
      .getByRole("button", { name: /^It failed/ })
      .click();
    await cards.first().getByLabel("What went wrong: for the journal").waitFor();
    await cards.first().getByRole("button", { name: "It failed", exact: true }).click();
    await page.getByText("Recorded the failure of post.send.", { exact: true }).waitFor();
    expect(decisions).toMatchObject(before.slice(0, 2).map(({ seq, digest }) => ({ executionId, seq, digest })));
    expect((await desk.inDoubt()).length).toBe(before.length - 2);
    const { log } = await desk.run(executionId);
    expect(log.find(({ seq }) => seq === first.seq)).toMatchObject({ state: "applied", result: { noted: 1 } });
    expect(log.find(({ seq }) => seq === second.seq)).toMatchObject({ state: "error" });
  });
});

describe("a run that waits for an isolate", () => {
  test("says how many are before it, until it begins", async () => {
    const { page } = await desk.look("#/runs");
    await page.getByText("Live").waitFor();
    // The desk has eight isolates. Each of these keeps one until it is cancelled.
    const long = "async () => new Promise((resolve) => setTimeout(resolve, 3_600_000))";
    const going: Promise<unknown>[] = [];
    for (let n = 0; n < 8; n += 1) {
      going.push(desk.execute(long));
      await page.locator(".row .badge", { hasText: "Running" }).nth(n).waitFor();
    }
    going.push(desk.execute(`async () => "the ninth"`));
    const row = page.getByRole("listitem").filter({ hasText: "the ninth" });
    await row.getByText("queued behind 8 runs").waitFor();
    const [one] = (await desk.runs()).filter(({ code }) => code === long);
    await desk.post("/cancel", { executionId: one?.id });
    await row.getByText("Completed").waitFor();
    expect(await page.getByText("queued behind").count()).toBe(0);
    await desk.clear();
    await Promise.all(going);
  });
});
