/** The console as a person uses it: a program runs, asks, is decided on, goes on, is rolled back. */
import type { Locator } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { credit, openDesk, type Screen } from "./desk.ts";

const desk = openDesk();

/** What the card says of its tool, as soon as the Worker has been asked. */
const SAID = "Give a customer credit; a person approves it";

beforeEach(() => desk.clear());

async function write(screen: Screen, code: string): Promise<void> {
  await screen.page.getByLabel("Program", { exact: true }).fill(code);
  await screen.page.keyboard.press("Control+Enter");
}

async function openRun({ page }: Screen, id: string): Promise<void> {
  await page.goto(`${desk.url}/#/runs/${id}`);
  await page.getByRole("heading", { name: "Program" }).waitFor();
}

/** What a click would press where that button is now, in the moment in which the page comes to be as `isSo` says; null for nothing. */
async function underItWhen({ page }: Screen, button: Locator, isSo: string): Promise<() => Promise<unknown>> {
  await page.locator("[data-moved]").first().waitFor({ state: "detached" });
  // Its place and what lies there in one look: what is drawn meanwhile moves it.
  const { x, y, isThere } = await button.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    return { x, y, isThere: element.ownerDocument.elementFromPoint(x, y)?.closest("button") === element };
  });
  expect(isThere).toBe(true);
  const under = `document.elementFromPoint(${x}, ${y})?.closest("button")?.textContent ?? null`;
  await page.evaluate(`globalThis.under = new Promise((resolve) => {
    const watch = new MutationObserver(() => {
      if (!(${isSo})) return;
      watch.disconnect();
      resolve(${under});
    });
    watch.observe(document.body, { childList: true, characterData: true, subtree: true });
  }), undefined`);
  return () => page.evaluate("globalThis.under");
}

const has = (text: string) => `document.body.textContent.includes(${JSON.stringify(text)})`;

describe("what waits for a person", () => {
  test("a program that asks is approved where it was written, and completes", async () => {
    const screen = await desk.look("#/new");
    await write(screen, credit(1, 500));
    const card = screen.card("accounts.set_credit");
    await card.getByText(SAID).waitFor();
    expect(await card.getByRole("row").allInnerTexts()).toEqual(["id\t1", "credit\t500"]);
    expect(await screen.page.title()).toBe("(1) Run a program – Codemode console");
    await card.getByRole("button", { name: "Approve" }).click();
    const result = screen.page.getByRole("region", { name: "Result" }).getByText('"credit": 500');
    await result.waitFor();
    expect(await screen.page.title()).toBe("Run a program – Codemode console");
    await screen.page.locator(".went").getByRole("link", { name: "Open the run" }).click();
    await screen.page.getByRole("heading", { name: "Journal" }).waitFor();
    await result.waitFor();
    expect(await screen.page.title()).toBe("accounts.set_credit({ id: 1, credit: 500 }) – Codemode console");
    expect(await screen.wrong()).toEqual([]);
  });

  test("how a program ended is said where it was written, also where somebody else let it go on", async () => {
    const screen = await desk.look("#/new");
    const card = screen.card("post.ask");
    await write(screen, "async () => { await post.ask({ a: 1 }); await post.ask({ a: 2 }); }");
    await card.getByRole("button", { name: "Approve" }).click();
    await card.getByRole("row", { name: "2" }).waitFor();
    const [{ id } = { id: "" }] = await desk.runs();
    await desk.post("/approve", { executionId: id });
    await screen.page.getByText("It has ended since: its run shows how.").waitFor();
    await screen.page.locator(".went .badge", { hasText: "Completed" }).waitFor();

    await write(screen, "async () => { await post.ask({ a: 3 }); throw new Error('not so'); }");
    await card.getByRole("row", { name: "3" }).waitFor();
    const [{ id: failing } = { id: "" }] = await desk.runs();
    await desk.post("/approve", { executionId: failing });
    await screen.page.locator(".went").getByText("It has ended since: its run shows how. not so").waitFor();
    await screen.page.locator(".went .badge", { hasText: "Failed" }).waitFor();
  });

  test("how a program ended is not said of another that was let go on", async () => {
    await desk.paused(credit(1, 5));
    const screen = await desk.look("#/new");
    const { page, card } = screen;
    await write(screen, "async () => 'of this program'");
    const result = page.getByRole("region", { name: "Result" });
    await result.getByText("of this program").waitFor();
    await page.getByRole("link", { name: "Waiting 1" }).click();
    await card("accounts.set_credit")
      .getByRole("button", { name: /^Approve/ })
      .click();
    await page.getByText("The run completed.").waitFor();
    await page.goBack();
    await result.getByText("of this program").waitFor();
  });

  test("a decision after which the run fails was taken all the same", async () => {
    await desk.paused("async () => { await post.ask({}); throw new Error('not so'); }");
    const { page, card } = await desk.look();
    await card("post.ask").getByRole("button", { name: "Approve post.ask" }).click();
    await page.getByText("Approved post.ask. The run ended with an error.").waitFor();
    await page.getByText("Nothing waits for you").waitFor();
  });

  test("beside a run stands what waits of that run alone", async () => {
    await desk.paused(credit(1, 5));
    const id = await desk.paused("async () => post.ask({})");
    const { page, card } = await desk.look(`#/runs/${id}`);
    await card("post.ask").waitFor();
    expect(await page.getByRole("article").count()).toBe(1);
    await page.getByRole("link", { name: "Waiting 2" }).waitFor();
  });

  test("a card says the last that its run did before, and leads to all of it", async () => {
    const id = await desk.paused(`async () => {
      for (let n = 1; n <= 4; n += 1) { await accounts.get({ id: n }); await accounts.note({ id: n, text: "seen" }); }
      await Promise.all([1, 2, 3].map((id) => accounts.get({ id })));
      return accounts.set_credit({ id: 1, credit: 5 });
    }`);
    const { page, card } = await desk.look();
    const mine = card("accounts.set_credit");
    await mine.getByText("After 11 other entries").click();
    expect(await mine.getByRole("listitem").allInnerTexts()).toEqual([
      "4 entries before these",
      "accounts.get done",
      "accounts.note done",
      "accounts.get done",
      "accounts.note done",
      "accounts.get × 3 done",
    ]);
    await mine.getByRole("link", { name: "4 entries before these" }).click();
    await page.getByRole("region", { name: "Journal" }).getByText("12 entries").waitFor();
    expect(page.url()).toContain(id);
  });

  test("who hears the page hears how many actions wait", async () => {
    const { page } = await desk.look();
    const heard = page.getByRole("status");
    await page.getByRole("heading", { name: "Nothing waits for you" }).waitFor();
    expect(await heard.getByText("for a person to decide").count()).toBe(0);
    await desk.paused(`async () => Promise.all([1, 2].map((id) => accounts.set_credit({ id, credit: 5 })))`);
    await heard.getByText("2 actions for a person to decide").waitFor({ state: "attached" });
  });

  test("nothing waiting says what to do next", async () => {
    const { page } = await desk.look();
    await page.getByRole("heading", { name: "Nothing waits for you" }).waitFor();
    await page.getByRole("main").getByRole("link", { name: "Run a program" }).click();
    await page.getByRole("heading", { name: "Run a program" }).waitFor();
  });

  test("edited arguments are what the tool gets, and a name is who decided", async () => {
    const id = await desk.paused(credit(2, 700));
    const screen = await desk.look();
    await screen.page.getByLabel("Deciding as").fill("ada@example.com");
    const card = screen.card("accounts.set_credit");
    await card.getByRole("button", { name: /^Edit/ }).click();
    const editor = card.getByLabel("Arguments to run instead");
    expect(JSON.parse(await editor.inputValue())).toEqual({ id: 2, credit: 700 });
    await editor.fill('{ "id": 2, "credit": }');
    await card.getByText(/^Not JSON yet/).waitFor();
    expect(await card.getByRole("button", { name: "Approve with these" }).isDisabled()).toBe(true);
    await editor.fill('{ "id": 2, "credit": 70 }');
    await card.getByRole("button", { name: "Approve with these" }).click();
    await screen.page.getByText("Approved accounts.set_credit. The run completed.").waitFor();
    expect(await desk.run(id)).toMatchObject({
      status: "completed",
      result: { credit: 70 },
      log: [{ editedArgs: { id: 2, credit: 70 }, decision: { by: "ada@example.com" } }],
    });
    await openRun(screen, id);
    const row = screen.page.getByRole("region", { name: "Journal" }).locator(".entry");
    await row.locator("summary").getByText("edited").waitFor();
    await row.locator("summary").click();
    const part = (name: string) => row.locator(".part", { has: screen.page.getByText(name, { exact: true }) });
    await part("Asked for").getByText("700").waitFor();
    await part("Edited by a person").getByText("70", { exact: true }).waitFor();
    await row.getByText("a person approves it").waitFor();
  });

  test("a typed number that would become another one, and an empty field, cannot be sent", async () => {
    await desk.paused("async () => post.ask()");
    const screen = await desk.look();
    const card = screen.card("post.ask");
    await card.getByText("No arguments.").waitFor();
    await card.getByRole("button", { name: /^Edit/ }).click();
    const editor = card.getByLabel("Arguments to run instead");
    const send = card.getByRole("button", { name: "Approve with these" });
    expect(await editor.inputValue()).toBe("{}");
    await editor.fill('{ "account": 9007199254740993 }');
    await card.getByText("9007199254740993 cannot be kept: it would become 9007199254740992.").waitFor();
    expect(await send.isDisabled()).toBe(true);
    await editor.fill("");
    await card.getByText("Empty: type a JSON value, such as null.").waitFor();
    expect(await send.isDisabled()).toBe(true);
    await editor.fill('{ "account": "9007199254740993" }');
    await send.click();
    await screen.page.getByText("The run completed.").waitFor();
    const [{ id } = { id: "" }] = await desk.runs();
    expect((await desk.run(id)).result).toEqual({ asked: { account: "9007199254740993" } });
  });

  test("an edit that is discarded, and a reason, are forgotten: the next begins with what was asked for", async () => {
    await desk.paused(credit(2, 700));
    const { card } = await desk.look();
    const mine = card("accounts.set_credit");
    const editor = mine.getByLabel("Arguments to run instead");
    await mine.getByRole("button", { name: /^Edit/ }).click();
    await editor.fill("{}");
    await mine.getByRole("button", { name: "Discard the edit" }).click();
    await mine.getByRole("button", { name: /^Edit/ }).click();
    expect(JSON.parse(await editor.inputValue())).toEqual({ id: 2, credit: 700 });
    await mine.getByRole("button", { name: "Discard the edit" }).click();
    await mine.getByRole("button", { name: /^Reject/ }).click();
    await mine.getByLabel("Reason", { exact: true }).fill("over the limit");
    await mine.getByRole("button", { name: "Discard" }).click();
    await mine.getByRole("button", { name: /^Reject/ }).click();
    expect(await mine.getByLabel("Reason", { exact: true }).inputValue()).toBe("");
    await mine.getByRole("button", { name: "Back" }).waitFor();
  });

  test("what is typed about one action is not about another", async () => {
    await desk.paused("async () => Promise.all([4, 5].map((id) => accounts.set_credit({ id, credit: 1 })))");
    const { card } = await desk.look();
    const [one, other] = [card("accounts.set_credit").nth(0), card("accounts.set_credit").nth(1)];
    await one.getByRole("button", { name: /^Edit/ }).click();
    await one.getByLabel("Arguments to run instead").fill('{ "id": 4, "credit": 0 }');
    await other.getByRole("button", { name: /^Edit/ }).click();
    const asked = await other.getByLabel("Arguments to run instead").inputValue();
    expect(JSON.parse(asked)).toEqual({ id: 5, credit: 1 });
    for (const mine of [one, other]) await mine.getByRole("button", { name: "Discard the edit" }).click();
    await one.getByRole("button", { name: /^Reject/ }).click();
    await one.getByLabel("Reason", { exact: true }).fill("over the limit");
    await one.getByLabel("Let the program go on").check();
    await other.getByRole("button", { name: /^Reject/ }).click();
    expect(await other.getByLabel("Reason", { exact: true }).inputValue()).toBe("");
    expect(await other.getByLabel("End the run").isChecked()).toBe(true);
  });

  test("the name of who decides is kept, and how long a run waits for that is said", async () => {
    const id = await desk.paused(credit(2, 700));
    const { page } = await desk.look();
    await page.getByText(/^kept until /).waitFor();
    await page.getByLabel("Deciding as").fill(" ada@example.com ");
    await page.reload();
    await page.getByRole("button", { name: "Approve accounts.set_credit" }).click();
    await page.getByText("The run completed.").waitFor();
    expect(await desk.run(id)).toMatchObject({ log: [{ decision: { by: "ada@example.com" } }] });
  });

  test("an edit of arguments that JSON does not have says that it sends what stands for them", async () => {
    await desk.paused("async () => post.ask({ file: new Uint8Array([1, 2]), at: new Date(0), name: '(Date) 1970' })");
    const { card } = await desk.look();
    const mine = card("post.ask");
    await mine.getByText("(bytes) 2 in Uint8Array: 01 02").waitFor();
    await mine.getByText("(Date) 1970-01-01T00:00:00.000Z").waitFor();
    await mine.getByText('"(Date) 1970"', { exact: true }).waitFor();
    await mine.getByRole("button", { name: /^Edit/ }).click();
    await mine.getByText("An edit sends what stands here").waitFor();
  });

  test("arguments that the tool does not take are refused in words, and what was typed stays", async () => {
    const id = await desk.paused(credit(2, 700));
    const screen = await desk.look();
    const card = screen.card("accounts.set_credit");
    await card.getByRole("button", { name: /^Edit/ }).click();
    const editor = card.getByLabel("Arguments to run instead");
    await editor.fill('{ "id": 2, "credit": -1 }');
    await card.getByRole("button", { name: "Approve with these" }).click();
    await card.getByText("Not done.").waitFor();
    expect(await editor.inputValue()).toBe('{ "id": 2, "credit": -1 }');
    expect(await desk.run(id)).toMatchObject({ status: "paused" });
  });

  test("a rejection with a reason is what the program catches", async () => {
    const id = await desk.paused(
      "async () => { try { await accounts.set_credit({ id: 3, credit: 9 }); } catch (error) { return error.message; } }",
    );
    const screen = await desk.look();
    const card = screen.card("accounts.set_credit");
    await card.getByRole("button", { name: "Reject" }).click();
    await card.getByLabel("Reason", { exact: true }).fill("over the limit");
    await card.getByLabel("Let the program go on").check();
    await card.getByRole("button", { name: "Reject" }).click();
    await screen.page.getByText("Rejected accounts.set_credit.").waitFor();
    expect(await desk.run(id)).toMatchObject({
      status: "completed",
      result: expect.stringContaining("over the limit"),
    });
  });

  test("a rejection ends the run where that is chosen, which is so from the start", async () => {
    const id = await desk.paused(credit(3, 9));
    const screen = await desk.look(`#/runs/${id}`);
    const card = screen.card("accounts.set_credit");
    await card.getByRole("button", { name: "Reject" }).click();
    await card.getByRole("button", { name: "Reject" }).click();
    await screen.page.locator(".run-head .badge", { hasText: "Rejected" }).waitFor();
    expect(await desk.run(id)).toMatchObject({ status: "rejected" });
  });

  test("who ends a run is not told that others decided on what waited in it", async () => {
    const two = "async () => Promise.all([4, 5].map((id) => accounts.set_credit({ id, credit: 1 })))";
    await desk.paused(two);
    const { page } = await desk.look();
    const messages = page.locator(".notices p");
    await page.getByRole("button", { name: "Reject accounts.set_credit" }).first().click();
    await page.getByRole("button", { name: "Reject", exact: true }).click();
    await page.getByText("Rejected accounts.set_credit. The run ended.").waitFor();
    await page.getByText("Nothing waits for you").waitFor();
    expect(await messages.count()).toBe(1);

    await page.goto(`${desk.url}/#/runs/${await desk.paused(two)}`);
    await page.getByRole("heading", { name: "It waits for you" }).waitFor();
    await page.getByRole("button", { name: "Cancel the run…" }).click();
    await page.getByRole("button", { name: "Cancel the run", exact: true }).click();
    await page.getByText("Cancelled.", { exact: true }).waitFor();
    await page.getByRole("heading", { name: "It waits for you" }).waitFor({ state: "detached" });
    expect(await messages.filter({ hasText: "no longer wait" }).count()).toBe(0);
  });

  test("approving all approves what was shown, each by its digest, in one decision and one pass", async () => {
    const id = await desk.paused(
      "async () => Promise.all([4, 5, 6].map((id) => accounts.set_credit({ id, credit: 1 })))",
    );
    const screen = await desk.look();
    const sent: unknown[] = [];
    screen.page.on("request", (request) => {
      if (request.url().endsWith("/approve")) sent.push(request.postDataJSON());
    });
    const shown = await desk.pending();
    await screen.page.getByRole("button", { name: "Approve all 3" }).click();
    await screen.page.getByText("Approved 3 actions.").waitFor();
    await screen.page.getByText("The run completed.").waitFor();
    expect(await desk.run(id)).toMatchObject({ status: "completed", passes: 2 });
    expect(sent).toEqual([{ executionId: id, actions: shown.map(({ seq, digest }) => ({ seq, digest })) }]);
  });
});

describe("approving all", () => {
  test("leaves what somebody is about to edit or to reject, with what was typed", async () => {
    await desk.paused("async () => Promise.all([4, 5, 6].map((id) => accounts.set_credit({ id, credit: 1 })))");
    const { page, card } = await desk.look();
    const first = card("accounts.set_credit").first();
    await page.getByRole("button", { name: "Approve all 3" }).waitFor();
    // All is read: from here on only what is typed draws anything again.
    await page.getByText("Live").waitFor();
    await first.getByText(SAID).waitFor();
    await first.getByRole("button", { name: /^Edit/ }).click();
    const text = '{ "id": 4, "credit": 0 }';
    await first.getByLabel("Arguments to run instead").fill(text);
    await page.getByRole("button", { name: "Approve the other 2" }).click();
    await page.getByText("Approved 2 actions.").waitFor();
    expect(await first.getByLabel("Arguments to run instead").inputValue()).toBe(text);
    expect((await desk.pending()).map(({ args }) => args)).toEqual([{ id: 4, credit: 1 }]);
  });

  test("approves none where others have decided on one of them, says which, and approves the rest at the next press", async () => {
    const id = await desk.paused(
      "async () => Promise.all([4, 5, 6, 7].map((id) => accounts.set_credit({ id, credit: 1 })))",
    );
    const { page, card, wrong } = await desk.look();
    const cards = card("accounts.set_credit");
    const { promise: isGo, resolve: go } = Promise.withResolvers<void>();
    await page.route("**/approve", async (route) => {
      await isGo;
      await route.continue();
    });
    await page.getByRole("button", { name: "Approve all 4" }).click();
    await desk.post("/approve", { executionId: id, seq: 1 });
    const before = await desk.run(id);
    go();
    const refusal = page.locator(".group > [aria-live] .refusal");
    await refusal.getByText("None was approved.").waitFor();
    await refusal.getByText(`Call 1 of ${id} is applied, not pending.`).waitFor();
    await page.getByRole("button", { name: "Approve all 3" }).waitFor();
    expect(await desk.run(id)).toEqual(before);
    expect((await desk.pending()).map(({ seq }) => seq)).toEqual([0, 2, 3]);
    expect(await cards.getByRole("button", { name: /^Approving/ }).count()).toBe(0);
    await page.getByRole("button", { name: "Approve all 3" }).click();
    await page.getByText("Approved 3 actions. The run completed.").waitFor();
    expect(await refusal.count()).toBe(0);
    expect(await wrong()).toEqual([]);
  });

  test("that was refused is no longer said once nothing of the run waits", async () => {
    await desk.paused("async () => Promise.all([4, 5].map((id) => accounts.set_credit({ id, credit: 1 })))");
    const { page, card } = await desk.look();
    await page.route("**/approve", (route) =>
      route.fulfill({ json: { status: "error", executionId: "", error: "Has changed.", code: "STALE_DECISION" } }),
    );
    await page.getByRole("button", { name: "Approve all 2" }).click();
    const refusal = page.getByText("None was approved.");
    await refusal.waitFor();
    await page.route("**/pending", (route) => route.fulfill({ json: [] }));
    await desk.execute("async () => 1");
    await page.getByText("Nothing waits for you").waitFor();
    await page.unroute("**/pending");
    await desk.execute("async () => 2");
    await card("accounts.set_credit").nth(1).waitFor();
    expect(await refusal.count()).toBe(0);
    // Nor while it is tried again.
    await page.getByRole("button", { name: "Approve all 2" }).click();
    await refusal.waitFor();
    await page.route("**/approve", () => {});
    await page.getByRole("button", { name: "Approve all 2" }).click();
    await refusal.waitFor({ state: "detached" });
  });

  test("that has no answer says of each that it is not known, and may be pressed again", async () => {
    const id = await desk.paused("async () => Promise.all([4, 5].map((id) => accounts.set_credit({ id, credit: 1 })))");
    const { page, card } = await desk.look();
    await page.route("**/approve", (route) => route.abort());
    await page.getByRole("button", { name: "Approve all 2" }).click();
    const cards = card("accounts.set_credit");
    await cards.nth(1).getByText("No answer.").waitFor();
    await cards.nth(0).getByText("it is not known whether the decision arrived").waitFor();
    expect(await page.getByText("None was approved.").count()).toBe(0);
    expect(await desk.pending()).toHaveLength(2);
    await page.unroute("**/approve");
    await page.getByRole("button", { name: "Approve all 2" }).click();
    await page.getByText("Approved 2 actions. The run completed.").waitFor();
    expect((await desk.run(id)).passes).toBe(2);
  });
});

describe("the mouse", () => {
  /** A click where the first card's button to approve lies now, whatever lies there by then. */
  async function clickOnApprove({ page, card }: Screen): Promise<() => Promise<void>> {
    const button = card("accounts.set_credit")
      .first()
      .getByRole("button", { name: /^Approve/ });
    const place = await button.boundingBox();
    if (place === null) throw new Error("The button is not on the screen.");
    return () => page.mouse.click(place.x + place.width / 2, place.y + place.height / 2);
  }

  /** What moves from here on does not come to rest before the test says so. */
  async function stopClock({ page }: Screen): Promise<void> {
    await page.locator("[data-moved]").first().waitFor({ state: "detached" });
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
  }

  const busy = ({ page }: Screen) => page.locator("article[aria-busy=true]").count();

  test("that clicks once more does not decide on the card that came into the place of the first", async () => {
    await desk.paused("async () => Promise.all([4, 5, 6, 7].map((id) => accounts.set_credit({ id, credit: 1 })))");
    const screen = await desk.look();
    const { page, card } = screen;
    const cards = card("accounts.set_credit");
    await cards.first().getByText(SAID).waitFor();
    await stopClock(screen);
    const click = await clickOnApprove(screen);
    const sent: string[] = [];
    page.on("request", (request) => sent.push(new URL(request.url()).pathname));
    await click();
    await cards.nth(3).waitFor({ state: "detached" });
    await click();
    expect([await busy(screen), await cards.count()]).toEqual([0, 3]);
    await page.clock.runFor(1_000);
    await click();
    await cards.nth(2).waitFor({ state: "detached" });
    expect(sent.filter((path) => path === "/approve")).toHaveLength(2);
  });

  test("does not press what came under it when the description of a tool arrived", async () => {
    await desk.paused("async () => Promise.all([4, 5].map((id) => accounts.set_credit({ id, credit: 1 })))");
    const screen = await desk.look("#/new");
    const { page, card } = screen;
    const { promise: isGo, resolve: go } = Promise.withResolvers<void>();
    await page.route("**/describe?*", async (route) => {
      await isGo;
      await route.continue();
    });
    await page.goto(`${desk.url}/#/`);
    await page.reload();
    const cards = card("accounts.set_credit");
    await cards.first().waitFor();
    const { y: before = 0 } = (await cards.nth(1).boundingBox()) ?? {};
    await stopClock(screen);
    go();
    await cards.first().getByText(SAID).waitFor();
    const { y: after = 0 } = (await cards.nth(1).boundingBox()) ?? {};
    expect(after).toBeGreaterThan(before);
    const click = await clickOnApprove(screen);
    await click();
    expect([await busy(screen), (await desk.pending()).length]).toEqual([0, 2]);
    await page.clock.runFor(1_000);
    await click();
    await cards.nth(1).waitFor({ state: "detached" });
  });

  test("does not press what came under it when a refusal was told above", async () => {
    const id = await desk.paused("async () => Promise.all([4, 5].map((id) => accounts.set_credit({ id, credit: 1 })))");
    const screen = await desk.look();
    const { page, card } = screen;
    const cards = card("accounts.set_credit");
    await cards.first().getByText(SAID).waitFor();
    await stopClock(screen);
    await page.route("**/approve", (route) => route.abort());
    await (await clickOnApprove(screen))();
    await cards.first().getByText("No answer.").waitFor();
    await page.unroute("**/approve");
    const click = await clickOnApprove(screen);
    await click();
    expect([await busy(screen), (await desk.run(id)).passes]).toEqual([0, 1]);
    await page.clock.runFor(1_000);
    await click();
    await cards.nth(1).waitFor({ state: "detached" });
  });

  test("that clicks once more does not decide on what the run asks for next, in the same place", async () => {
    const id = await desk.paused(
      "async () => { for (const id of [4, 5]) await accounts.set_credit({ id, credit: 77 }); }",
    );
    const screen = await desk.look();
    const mine = screen.card("accounts.set_credit");
    await mine.getByText(SAID).waitFor();
    const approve = mine.getByRole("button", { name: /^Approve/ });
    const under = await underItWhen(screen, approve, has("After 1 other call"));
    await approve.click();
    expect(await under()).toBeNull();
    await approve.click();
    await screen.page.getByText("The run completed.").waitFor();
    expect(await desk.run(id)).toMatchObject({ status: "completed", passes: 3 });
  });

  test("that clicks once more does not approve all of the run that came into the place of the first", async () => {
    for (const n of [1, 2]) {
      await desk.paused(`async () => Promise.all([4, 5].map((id) => accounts.set_credit({ id, credit: ${n} })))`);
    }
    const screen = await desk.look();
    await screen.card("accounts.set_credit").nth(3).getByText(SAID).waitFor();
    const all = screen.page.getByRole("button", { name: "Approve all 2" });
    const under = await underItWhen(screen, all.first(), `document.querySelectorAll("article").length === 2`);
    await all.first().click();
    expect(await under()).toBeNull();
    expect(await desk.pending()).toHaveLength(2);
    await all.click();
    await screen.page.getByText("Nothing waits for you").waitFor();
  });

  test("that clicks once more at the end of a long page does not approve what slid under it as the page became shorter", async () => {
    await desk.paused(
      "async () => Promise.all([4, 5, 6, 7, 8, 9].map((id) => accounts.set_credit({ id, credit: 1 })))",
    );
    const screen = await desk.look();
    const cards = screen.card("accounts.set_credit");
    await cards.nth(5).getByText(SAID).waitFor();
    const last = cards.nth(5).getByRole("button", { name: /^Approve/ });
    await screen.page.evaluate(`new Promise((scrolled) => {
      addEventListener("scroll", scrolled, { once: true });
      scrollTo(0, document.body.scrollHeight);
    })`);
    const under = await underItWhen(screen, last, `document.querySelectorAll("article").length === 5`);
    await last.click();
    expect(await under()).toBeNull();
    expect(await desk.pending()).toHaveLength(5);
    await cards
      .nth(4)
      .getByRole("button", { name: /^Approve/ })
      .click();
    await cards.nth(4).waitFor({ state: "detached" });
  });

  test("that puts a message away and clicks once more does not press what lay under it, nor loses the keyboard", async () => {
    const id = await desk.paused(credit(1, 77));
    const screen = await desk.look();
    const { page, card } = screen;
    await card("accounts.set_credit").getByText(SAID).waitFor();
    await desk.post("/reject", { executionId: id, seq: 0 });
    await page.getByText("accounts.set_credit no longer waits").waitFor();
    await stopClock(screen);
    const away = page.getByRole("button", { name: "Put this message away" });
    const { x, y, width, height } = (await away.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const under = `document.elementFromPoint(${x + width / 2}, ${y + height / 2})`;
    await away.click();
    await page.locator(".notices .going").waitFor({ state: "attached" });
    expect(
      await page.evaluate(`[${under}?.closest("button")?.textContent, ${under}?.closest(".notices") !== null]`),
    ).toEqual([undefined, true]);
    await page.clock.runFor(1_000);
    await page.locator(".notices p").waitFor({ state: "detached" });
    await page.locator("main:focus").waitFor();
  });

  test("finds what it was on its way to where it was, also where new actions come all the time", async () => {
    await desk.paused(credit(1, 77));
    const screen = await desk.look();
    const first = screen.card("accounts.set_credit").first();
    await first.getByText(SAID).waitFor();
    const approve = first.getByRole("button", { name: /^Approve/ });
    for (const [n, id] of [2, 3, 4].entries()) {
      const under = await underItWhen(screen, approve, `document.querySelectorAll("article").length === ${n + 2}`);
      await desk.paused(credit(id, 1));
      expect(await under()).toBe("Approve");
    }
    await approve.click();
    await screen.page.getByText("The run completed.").waitFor();
    expect((await desk.pending()).map(({ args }) => args)).not.toContainEqual({ id: 1, credit: 77 });
  });

  test("does not press what came under it when a banner was told above, nor the answer to a question", async () => {
    const id = await desk.paused(credit(1, 77));
    const screen = await desk.look(`#/runs/${id}`);
    const { page, card } = screen;
    await card("accounts.set_credit").getByText(SAID).waitFor();
    await page.getByRole("button", { name: "Cancel the run…" }).click();
    const isTold = `document.querySelector(".banner") !== null && getComputedStyle(document.querySelector(".ask .strong")).pointerEvents`;
    const approve = card("accounts.set_credit").getByRole("button", { name: /^Approve/ });
    const under = await underItWhen(screen, approve, `${isTold} === "none"`);
    await page.route("**/executions?*", (route) => route.fulfill({ status: 500, body: "broken" }));
    await desk.execute("async () => 1");
    expect(await under()).toBeNull();
    await page.unroute("**/executions?*");
    await page.locator(".banner").waitFor({ state: "detached" });
    await approve.click();
    await page.getByText("The run completed.").waitFor();
  });
});

describe("the keyboard", () => {
  test("is not lost with the card that was decided on", async () => {
    await desk.paused("async () => Promise.all([4, 5].map((id) => accounts.set_credit({ id, credit: 1 })))");
    const { page, card } = await desk.look();
    await card("accounts.set_credit")
      .first()
      .getByRole("button", { name: /^Approve/ })
      .focus();
    await page.keyboard.press("Enter");
    await card("accounts.set_credit").nth(1).waitFor({ state: "detached" });
    await page.locator("main:focus").waitFor();
    await page.keyboard.press("Tab");
    await page.locator("main :focus").waitFor();
  });
});

describe("the keyboard, where an answer is on its way,", () => {
  test("stays at the button that ends a run, and is on the page when that is gone", async () => {
    const id = await desk.paused(credit(4, 1));
    const { page } = await desk.look(`#/runs/${id}`);
    const { promise: isGo, resolve: go } = Promise.withResolvers<void>();
    await page.route("**/cancel", async (route) => {
      await isGo;
      await route.continue();
    });
    await page.getByRole("button", { name: "Cancel the run…" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Cancelling …" }).and(page.locator(":focus")).waitFor();
    await page.keyboard.press("Enter");
    expect(await page.getByText("End it here?").count()).toBe(0);
    go();
    await page.getByText("Cancelled.").waitFor();
    await page.locator("main:focus").waitFor();
  });

  test("stays at the button that approves all, also where that is refused", async () => {
    await desk.paused("async () => Promise.all([4, 5].map((id) => accounts.set_credit({ id, credit: 1 })))");
    const { page, card } = await desk.look();
    const { promise: isGo, resolve: go } = Promise.withResolvers<void>();
    let asked = 0;
    await page.route("**/approve", async (route) => {
      asked += 1;
      await isGo;
      await route.abort();
    });
    const all = page.getByRole("button", { name: "Approve all 2" });
    await all.focus();
    await page.keyboard.press("Enter");
    await page
      .getByRole("button", { name: /^Approving/ })
      .nth(1)
      .waitFor();
    await page.keyboard.press("Enter");
    go();
    await card("accounts.set_credit").nth(1).getByText("No answer.").waitFor();
    await all.and(page.locator(":focus")).waitFor();
    expect(asked).toBe(1);
  });
});

describe("a decision that comes too late", () => {
  /** A tab that has seen the queue, and from then on hears of nothing new. */
  async function lookOnce(): Promise<Screen> {
    const screen = await desk.look();
    await screen.card("accounts.set_credit").waitFor();
    await screen.page.route("**/pending", () => {});
    return screen;
  }

  test("is refused in plain words, and changes nothing", async () => {
    const id = await desk.paused(credit(7, 100));
    const screen = await lookOnce();
    await desk.post("/reject", { executionId: id, seq: 0 });
    const card = screen.card("accounts.set_credit");
    await card.getByRole("button", { name: "Approve" }).click();
    await card.getByText("Somebody else has decided on this already").waitFor();
    expect(await desk.run(id)).toMatchObject({ status: "rejected" });
    await screen.page.unroute("**/pending");
    await screen.page.reload();
    await screen.page.getByText("Nothing waits for you").waitFor();
  });

  test("about something else than what waits now is refused by the digest of what was shown", async () => {
    const id = await desk.paused(credit(7, 100));
    const screen = await desk.look();
    await screen.page.route("**/approve", (route) => {
      const body: unknown = route.request().postDataJSON();
      return route.continue({ postData: JSON.stringify({ ...Object(body), digest: "0".repeat(40) }) });
    });
    const card = screen.card("accounts.set_credit");
    await card.getByRole("button", { name: "Approve" }).click();
    await card.getByText("This has changed since it was shown. Nothing was done.").waitFor();
    await card.getByText("STALE_DECISION").waitFor();
    expect(await desk.run(id)).toMatchObject({ status: "paused" });
  });

  test("does not go from under one's eyes without a word", async () => {
    const id = await desk.paused(credit(7, 100));
    const { page, card } = await desk.look();
    await card("accounts.set_credit").waitFor();
    await desk.post("/reject", { executionId: id, seq: 0 });
    await page.getByRole("status").getByText("accounts.set_credit no longer waits: it was decided elsewhere").waitFor();
    await page.getByText("Nothing waits for you").waitFor();
  });

  test("is said in the view of its run, and not to who looks at something else", async () => {
    const id = await desk.paused(credit(7, 100));
    const said = (page: Screen["page"]) => page.locator(".notices").getByText("no longer waits");
    const { page } = await desk.look(`#/runs/${id}`);
    const { page: other } = await desk.look("#/runs");
    await page.getByRole("article", { name: "accounts.set_credit" }).waitFor();
    await other.getByRole("link", { name: "Waiting 1" }).waitFor();
    await desk.post("/reject", { executionId: id, seq: 0 });
    await said(page).waitFor();
    await other.locator("nav .count").waitFor({ state: "detached" });
    expect(await said(other).count()).toBe(0);
  });

  test("is said, too, to who decided on another action of the run", async () => {
    const id = await desk.paused("async () => Promise.all([4, 5].map((id) => accounts.set_credit({ id, credit: 1 })))");
    const { page, card } = await desk.look();
    const cards = card("accounts.set_credit");
    await cards
      .nth(0)
      .getByRole("button", { name: /^Approve/ })
      .click();
    await cards.nth(1).waitFor({ state: "detached" });
    await desk.post("/approve", { executionId: id, seq: 1 });
    await page.locator(".notices").getByText("no longer waits").waitFor();
  });

  test("is said, too, to who tried in vain to end the run", async () => {
    const id = await desk.paused(credit(7, 100));
    const { page } = await desk.look(`#/runs/${id}`);
    await page.route("**/cancel", (route) => route.abort());
    await page.getByRole("button", { name: "Cancel the run…" }).click();
    await page.getByRole("button", { name: "Cancel the run", exact: true }).click();
    await page.getByText("it is not known whether this was done").waitFor();
    await desk.post("/approve", { executionId: id });
    await page.locator(".notices").getByText("no longer waits").waitFor();
  });

  test("that another person took leaves the keyboard on the page", async () => {
    const id = await desk.paused(credit(7, 100));
    const { page, card } = await desk.look();
    await card("accounts.set_credit")
      .getByRole("button", { name: /^Approve/ })
      .focus();
    await desk.post("/reject", { executionId: id, seq: 0 });
    await page.getByText("Nothing waits for you").waitFor();
    await page.locator("main:focus").waitFor();
  });

  test("is not sent from a form that was left open", async () => {
    const id = await desk.paused(credit(7, 100));
    const { page, card } = await desk.look();
    const mine = card("accounts.set_credit");
    const sent: string[] = [];
    page.on("request", (request) => sent.push(new URL(request.url()).pathname));
    await mine.getByRole("button", { name: /^Reject/ }).click();
    await mine.getByLabel("Reason", { exact: true }).fill("over the limit");
    await desk.post("/reject", { executionId: id, seq: 0 });
    await mine.getByText("This was decided somewhere else").waitFor();
    await mine.getByLabel("Reason", { exact: true }).press("Enter");
    await mine.getByRole("button", { name: "Put away" }).click();
    await page.getByText("Nothing waits for you").waitFor();
    expect(sent).not.toContain("/reject");
    expect(await page.evaluate("sessionStorage.getItem('codemode.drafts')")).toBe("{}");
  });

  test("does not lose what was typed: the card stays until it is put away", async () => {
    const id = await desk.paused(credit(7, 100));
    const screen = await desk.look();
    const card = screen.card("accounts.set_credit");
    await card.getByRole("button", { name: /^Edit/ }).click();
    const text = '{ "id": 7, "credit": 12 }';
    await card.getByLabel("Arguments to run instead").fill(text);
    await desk.post("/reject", { executionId: id, seq: 0 });
    await card.getByText("This was decided somewhere else").waitFor();
    expect(await card.getByLabel("Arguments to run instead").inputValue()).toBe(text);
    expect(await card.getByRole("button").allInnerTexts()).toEqual(["Put away"]);
    expect(await screen.page.title()).toBe("Codemode console");
    await card.getByRole("button", { name: "Put away" }).press("Enter");
    await screen.page.getByText("Nothing waits for you").waitFor();
    await screen.page.locator("main:focus").waitFor();
  });
});

describe("one run", () => {
  test("shows its journal: rows that open to what went in and came out", async () => {
    const outcome = await desk.execute(
      `async () => { const { id } = await accounts.get({ id: 1 }); await new Promise((r) => setTimeout(r, 5)); console.log("read", id); return id; }`,
    );
    const screen = await desk.look();
    await openRun(screen, outcome.executionId);
    const journal = screen.page.getByRole("region", { name: "Journal" });
    await journal.getByText("accounts.get").click();
    await journal.getByText('"name": "Customer 1"').waitFor();
    await journal.getByText("timer 5 ms").waitFor();
    await journal.getByText("runs without asking").waitFor();
    await screen.page.getByText("read 1", { exact: true }).waitFor();
    await screen.page.getByText(/^took \S+ m?s$/).waitFor();
    await screen.page.getByText("1 call", { exact: true }).waitFor();
    expect(await screen.page.getByRole("button", { name: "Cancel the run" }).count()).toBe(0);
  });

  test("shows where it paused, and that it was resumed", async () => {
    const id = await desk.paused(`async () => {
      await accounts.get({ id: 1 });
      for (const id of [2, 3]) await accounts.set_credit({ id, credit: 5 });
    }`);
    const { page } = await desk.look(`#/runs/${id}`);
    const rows = page.getByRole("region", { name: "Journal" }).getByRole("listitem");
    await rows
      .filter({ hasText: "id: 2" })
      .getByText(/^. Paused \d+ s so far, for a person to decide: since /)
      .waitFor();
    await desk.post("/approve", { executionId: id });
    await rows
      .filter({ hasText: "id: 2" })
      .getByText(/: resumed /)
      .waitFor();
    await rows
      .filter({ hasText: "id: 3" })
      .getByText(/so far/)
      .first()
      .waitFor();
    await desk.post("/approve", { executionId: id });
    await rows
      .filter({ hasText: "id: 3" })
      .getByText(/: resumed /)
      .waitFor();
    expect(await page.getByText("so far").count()).toBe(0);
    await page.getByText(/^took .*, waits included$/).waitFor();
    expect(await page.locator(".ruler .pause").count()).toBe(2);
    expect(await page.evaluate("getComputedStyle(document.querySelector('.entry .lane')).backgroundImage")).toMatch(
      /^linear-gradient/,
    );
  });

  test("that did nothing has nothing to undo, and one that was undone says when", async () => {
    const nothing = await desk.execute("async () => 1");
    const { page } = await desk.look(`#/runs/${nothing.executionId}`);
    await page.getByRole("heading", { name: "Program" }).waitFor();
    expect(await page.getByRole("button", { name: "Preview rollback" }).count()).toBe(0);
    const { executionId } = await desk.execute("async () => accounts.note({ id: 1, text: 'x' })");
    await desk.post("/rollback", { executionId });
    await page.goto(`${desk.url}/#/runs/${executionId}`);
    await page.getByText(/^undone .* ago$|^undone just now$/).waitFor();
    expect(await page.getByText("waits included").count()).toBe(0);
  });

  test("is previewed, then rolled back after asking once more, and says what cannot be undone", async () => {
    const id = await desk.paused(
      "async () => { await accounts.note({ id: 8, text: 'before' }); return accounts.set_credit({ id: 8, credit: 44 }); }",
    );
    await desk.post("/approve", { executionId: id });
    const screen = await desk.look();
    await openRun(screen, id);
    const part = screen.page.getByRole("region", { name: "Rollback" });
    await part.getByRole("button", { name: "Preview rollback" }).click();
    await part.getByRole("row", { name: /set_credit id: 8, credit: 44.*can be undone/ }).waitFor();
    await part.getByRole("row", { name: /note.*cannot be undone/ }).waitFor();
    expect((await desk.effects()).filter(({ what }) => what === "revert set_credit")).toEqual([]);
    await part.getByRole("button", { name: "Roll back 1 call" }).click();
    await part.getByRole("button", { name: "Roll back", exact: true }).click();
    await part.getByRole("row", { name: /set_credit.*was undone/ }).waitFor();
    await screen.page.locator(".run-head .badge", { hasText: "Rolled back" }).waitFor();
    // What it gave is still to be read beside what was undone.
    await screen.page.getByRole("region", { name: "Result" }).getByText('"credit": 44').waitFor();
    expect(await part.getByRole("button").allInnerTexts()).toEqual(["Look again"]);
    expect((await desk.effects()).filter(({ what }) => what === "revert set_credit")).toHaveLength(1);
  });

  test("says of each call what a rollback would do with it, and offers it where there is something to undo", async () => {
    const id = await desk.paused(
      "async () => { await accounts.set_credit({ id: 1, credit: 5 }); await post.ask({}); }",
    );
    await desk.post("/approve", { executionId: id });
    const { page } = await desk.look(`#/runs/${id}`);
    const part = page.getByRole("region", { name: "Rollback" });
    const preview = (...outcomes: readonly string[]) =>
      page.route("**/rollback?*", (route) =>
        route.fulfill({
          json: {
            executionId: id,
            status: "paused",
            digest: "d",
            items: outcomes.map((outcome, seq) => ({ seq, connector: "a", method: "b", outcome })),
          },
        }),
      );
    await preview("would_revert", "failed", "irreversible", "in_doubt", "reverted");
    await part.getByRole("button", { name: "Preview rollback" }).click();
    await part.getByRole("button", { name: "Roll back 2 calls…" }).click();
    await part.getByText("Undo them, newest first, and end the run?").waitFor();
    expect(await part.locator("tbody td:last-child").allInnerTexts()).toEqual([
      "↶ can be undone",
      "! could not be undone; another rollback tries again",
      "– cannot be undone: its tool has no way back",
      "? nobody knows whether it ran: look where it would show",
      "✓ was undone",
    ]);
    // What could not be undone is looked at again before it is tried again.
    const failed = [{ seq: 0, connector: "a", method: "b", outcome: "failed" }];
    await page.route("**/rollback", (route) =>
      route.fulfill({ json: { executionId: id, status: "paused", items: failed } }),
    );
    await part.getByRole("button", { name: "Roll back", exact: true }).click();
    await part.locator("tbody tr").nth(1).waitFor({ state: "detached" });
    await part.getByRole("button", { name: "Look again" }).waitFor();
    expect(await part.getByRole("button").allInnerTexts()).toEqual(["Look again"]);
    await preview("irreversible", "in_doubt", "reverted");
    await part.getByRole("button", { name: "Look again" }).click();
    await part.locator("tbody tr").nth(2).waitFor();
    await part.getByRole("button", { name: "Look again" }).waitFor();
    expect(await part.getByRole("button").allInnerTexts()).toEqual(["Look again"]);
    await preview();
    await part.getByRole("button", { name: "Look again" }).click();
    await part.getByText("Nothing to undo: this run changed nothing.").waitFor();
  });

  test("that went on since a rollback was previewed is not rolled back by what was shown then", async () => {
    const id = await desk.paused(
      "async () => { for (const id of [1, 2]) await accounts.set_credit({ id, credit: 5 }); }",
    );
    await desk.post("/approve", { executionId: id });
    const { page } = await desk.look(`#/runs/${id}`);
    const part = page.getByRole("region", { name: "Rollback" });
    await part.getByRole("button", { name: "Preview rollback" }).click();
    await part.getByRole("button", { name: "Roll back 1 call" }).waitFor();
    await desk.post("/approve", { executionId: id });
    await part.getByText("The run has changed since you looked.").waitFor();
    expect(await part.getByRole("button", { name: /^Roll back/ }).count()).toBe(0);
    await part.getByRole("button", { name: "Preview rollback" }).click();
    await part.getByRole("button", { name: "Roll back 2 calls" }).click();
    await part.getByRole("button", { name: "Roll back", exact: true }).click();
    await part
      .getByRole("row", { name: /set_credit.*was undone/ })
      .nth(1)
      .waitFor();
  });

  test("that went on without this page hearing of it is not rolled back by what was shown either", async () => {
    const id = await desk.paused(
      "async () => { for (const id of [1, 2]) await accounts.set_credit({ id, credit: 6 }); }",
    );
    await desk.post("/approve", { executionId: id });
    const { page } = await desk.look(`#/runs/${id}`);
    const part = page.getByRole("region", { name: "Rollback" });
    await part.getByRole("button", { name: "Preview rollback" }).click();
    const undo = part.getByRole("button", { name: "Roll back 1 call" });
    await undo.waitFor();
    await page.route("**/execution?*", () => {});
    await desk.post("/approve", { executionId: id });
    await undo.click();
    await part.getByRole("button", { name: "Roll back", exact: true }).click();
    await part.getByText("has gone on since its rollback was previewed. Nothing was undone.").waitFor();
    expect(await desk.run(id)).toMatchObject({ status: "completed" });
  });

  test("is cancelled after asking once more; then nobody is waited for, and it says who ended it", async () => {
    const id = await desk.paused(credit(9, 1));
    const { page } = await desk.look(`#/runs/${id}`);
    await page.getByLabel("Deciding as").fill("ada@example.com");
    await page.getByRole("button", { name: "Cancel the run" }).click();
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByRole("button", { name: "Cancel the run" }).click();
    await page.getByRole("button", { name: "Cancel the run", exact: true }).click();
    await page.getByText("Cancelled.").waitFor();
    expect(await desk.pending()).toEqual([]);
    await page.locator(".run-head .badge", { hasText: "Cancelled" }).waitFor();
    await page.getByRole("region", { name: "Error" }).getByText("by ada@example.com, in the console").waitFor();
    const journal = page.getByRole("region", { name: "Journal" });
    await journal.getByText("not decided").waitFor();
    await journal.getByText(/^. Paused .* for a person to decide: the run ended /).waitFor();
    expect(await journal.getByText(/needs approval|so far/).count()).toBe(0);
  });

  test("is the beginning of a new program", async () => {
    const { executionId } = await desk.execute("async () => 'as it was'");
    const { page } = await desk.look(`#/runs/${executionId}`);
    await page.getByRole("link", { name: "Use as a new program" }).click();
    const field = page.getByLabel("Program", { exact: true });
    await page.locator("button:enabled", { hasText: /^Run$/ }).waitFor();
    expect(await field.inputValue()).toBe("async () => 'as it was'");
    await field.fill("async () => 'changed'");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("region", { name: "Result" }).getByText("changed").waitFor();
  });

  test("does not come over what was typed while it was on its way", async () => {
    const { executionId } = await desk.execute("async () => 'as it was'");
    const { page } = await desk.look();
    let answer = (): unknown => undefined;
    const asked = new Promise<void>((resolve) => {
      void page.route("**/execution?*", (route) => {
        answer = () => route.continue();
        resolve();
      });
    });
    await page.goto(`${desk.url}/#/new/${executionId}`);
    await asked;
    const field = page.getByLabel("Program", { exact: true });
    await field.fill("async () => 'mine'");
    const answered = page.waitForResponse("**/execution?*");
    await answer();
    await (await answered).finished();
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await page.goBack();
    await field.waitFor();
    expect(await field.inputValue()).toBe("async () => 'mine'");
  });

  test("is saved as a snippet that other programs run; a name that is none is refused in words; one that is taken asks first", async () => {
    const { executionId } = await desk.execute("async (input) => (input?.base ?? 1) * 2");
    const screen = await desk.look(`#/runs/${executionId}`);
    const { page } = screen;
    await page.getByText("Save it as a snippet").click();
    await page.getByLabel("Name", { exact: true }).fill("constructor");
    await page.getByLabel("What it does").fill("Twice a number");
    await page.getByRole("button", { name: "Save the snippet" }).click();
    await page.getByText("A snippet's name is one line").waitFor();
    await page.getByLabel("Name", { exact: true }).fill("twice");
    await page.getByRole("button", { name: "Save the snippet" }).click();
    await page.getByText('A program runs it as codemode.run("twice", input).').waitFor();
    expect(await page.getByText("A snippet's name is one line").count()).toBe(0);
    expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("");
    await page.getByRole("link", { name: "Snippets", exact: true }).click();
    await page.getByRole("article", { name: "twice" }).getByText("Twice a number").waitFor();
    const twice = `async () => codemode.run("twice", { base: 21 })`;
    expect(await desk.execute(twice)).toMatchObject({ result: 42 });

    const other = await desk.execute("async () => 7");
    await openRun(screen, other.executionId);
    await page.getByText("Save it as a snippet").click();
    await page.getByLabel("Name", { exact: true }).fill("twice");
    await page.keyboard.press("Enter");
    await page.getByText("There is a snippet of that name already.").waitFor();
    expect(await desk.execute(twice)).toMatchObject({ result: 42 });
    // Another name that is taken asks anew.
    await desk.post("/snippets", { name: "thrice", executionId });
    await page.getByLabel("Name", { exact: true }).fill("thrice");
    await page.getByText("There is a snippet of that name already.").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Save the snippet" }).click();
    await page.getByText("There is a snippet of that name already.").waitFor();
    await page.getByLabel("Name", { exact: true }).fill("twice");
    await page.getByRole("button", { name: "Save the snippet" }).click();
    await page.getByRole("button", { name: "Replace the snippet" }).click();
    await page.getByRole("button", { name: "Save the snippet" }).waitFor();
    expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("");
    expect(await desk.execute(twice)).toMatchObject({ result: 7 });
    expect(await desk.execute(`async () => codemode.run("thrice")`)).toMatchObject({ result: 2 });
  });

  test("that is not there says so", async () => {
    const { page } = await desk.look("#/runs/exec_none");
    await page.getByText("This run is not here").waitFor();
  });
});

describe("writing a program", () => {
  test("runs once, also by a click that comes twice and by keys that are held", async () => {
    const screen = await desk.look("#/new");
    const { page } = screen;
    const sent: string[] = [];
    page.on("request", (request) => sent.push(new URL(request.url()).pathname));
    const times = () => sent.filter((path) => path === "/execute").length;
    const answered = async () => (await page.waitForResponse("**/execute")).finished();
    const field = page.getByLabel("Program", { exact: true });
    await field.fill(`async () => "once"`);
    const run = page.locator("button:enabled", { hasText: /^Run$/ });
    const isAnswered = `document.querySelector("main .primary:enabled") !== null && ${has("Result")}`;
    const under = await underItWhen(screen, run, isAnswered);
    await run.click();
    expect([await under(), times()]).toEqual([null, 1]);
    await field.focus();
    await page.keyboard.down("Control");
    const byKey = answered();
    await page.keyboard.down("Enter");
    await byKey;
    await run.waitFor();
    await page.keyboard.down("Enter");
    await page.keyboard.up("Enter");
    const byKeyAgain = answered();
    await page.keyboard.press("Enter");
    await byKeyAgain;
    expect(times()).toBe(3);
  });

  test("an error shows where it is, with the lines around it", async () => {
    const screen = await desk.look("#/new");
    await write(screen, "async () => {\n  const x = 1;\n  const y = ;\n  return x;\n}");
    const error = screen.page.getByRole("region", { name: "Error" });
    await error.getByText("Line 3, column 13").waitFor();
    await error.getByText("SYNTAX_ERROR").waitFor();
    await screen.page.getByRole("link", { name: "Open the run" }).click();
    expect(await screen.page.locator(".program .wrong").innerText()).toContain("const y = ;");
    expect(await screen.page.getByText("Save it as a snippet").count()).toBe(0);
  });

  test("one that was refused before it ran leads to no run", async () => {
    const screen = await desk.look("#/new");
    await screen.page.route("**/execute", (route) =>
      route.fulfill({ json: { status: "error", executionId: "", error: "Too large.", code: "TOO_LARGE" } }),
    );
    await write(screen, "async () => 1");
    await screen.page.getByText("It was refused: nothing ran.").waitFor();
    expect(await screen.page.getByRole("link", { name: "Open the run" }).count()).toBe(0);
  });

  test("the examples are programs that run", async () => {
    const screen = await desk.look("#/new");
    await screen.page.getByRole("button", { name: "who owes the most" }).click();
    await screen.page.getByRole("button", { name: "Run", exact: true }).click();
    await screen.page.getByRole("region", { name: "Result" }).getByText('"balance"').first().waitFor();
    await screen.page.getByRole("button", { name: "an error, with its place" }).click();
    await screen.page.getByRole("button", { name: "Run", exact: true }).click();
    await screen.page
      .getByRole("region", { name: "Error" })
      .getByText(/^Line 4: .*undefined/)
      .waitFor();
    expect(await screen.page.locator(".outcome .wrong").innerText()).toContain("account.balanse.toFixed(0)");
  });

  test("an example takes the place of what was typed, which can be brought back, after a reload, too", async () => {
    const { page } = await desk.look("#/new");
    const field = page.getByLabel("Program", { exact: true });
    await field.fill("async () => 'mine'");
    await page.getByRole("button", { name: "who owes the most" }).click();
    await page.getByRole("button", { name: "an error, with its place" }).click();
    await page.reload();
    await page.getByRole("button", { name: "Bring back what I typed" }).click();
    expect(await field.inputValue()).toBe("async () => 'mine'");
    expect(await page.getByRole("button", { name: "Bring back what I typed" }).count()).toBe(0);
    // One way and back, where an example was changed.
    await page.getByRole("button", { name: "who owes the most" }).click();
    await field.fill("async () => 'an example, changed'");
    await page.getByRole("button", { name: "Bring back what I typed" }).click();
    expect(await field.inputValue()).toBe("async () => 'mine'");
    await page.getByRole("button", { name: "Bring back what I typed" }).click();
    expect(await field.inputValue()).toBe("async () => 'an example, changed'");
  });

  test("the catalog finds tools by what they do", async () => {
    const { page } = await desk.look("#/new");
    const catalog = page.getByRole("complementary", { name: "Catalog" });
    await catalog.getByText(/^\d+ in all$/).waitFor();
    await catalog.getByRole("searchbox").fill("credit");
    await catalog.getByText("accounts.set_credit(input: { id: number; credit: number })").waitFor();
    const field = page.getByLabel("Program", { exact: true });
    await field.fill("async () => ");
    await catalog.getByRole("button", { name: "accounts.set_credit" }).click();
    await page.keyboard.type(" id: 1, credit: 2 ");
    expect(await field.inputValue()).toBe("async () => await accounts.set_credit({ id: 1, credit: 2 })");
    await catalog.getByRole("searchbox").fill("zzzz");
    await catalog.getByText("Nothing of that kind").waitFor();
  });
});
