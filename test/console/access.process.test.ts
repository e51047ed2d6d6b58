/** The console for everybody: narrow screens, dark ones, the keyboard alone, and a voice that reads it out. */
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { openDesk } from "./desk.ts";

const desk = openDesk();
const SNIPPET = `owing_${"n".repeat(30)}`;
let views: readonly { readonly hash: string; readonly shows: string }[];

beforeAll(async () => {
  const id = await desk.paused(`async () => {
    const a_name_that_is_much_longer_than_any_narrow_screen_could_ever_show_on_one_single_line = await accounts.get({ id: 1 });
    console.log("x".repeat(300));
    await accounts.note({ id: 1, text: "w".repeat(400) });
    return Promise.all([1, 2].map((id) => accounts.set_credit({ id, credit: 5 })));
  }`);
  const many = await desk.execute(
    "async () => { for (let id = 1; id < 30; id += 1) await accounts.note({ id, text: 'w'.repeat(id * 10) }); }",
  );
  const failed = await desk.execute(`async () => { throw new Error("${"e".repeat(300)}"); }`);
  await desk.post("/snippets", {
    name: SNIPPET,
    executionId: many.executionId,
    description: "d".repeat(300),
    inputSchema: { type: "object", properties: { ["p".repeat(100)]: { type: "number" } } },
  });
  views = [
    { hash: "#/", shows: "Waiting for you" },
    { hash: "#/runs", shows: "Runs" },
    { hash: `#/runs/${id}`, shows: "It waits for you" },
    { hash: `#/runs/${many.executionId}`, shows: "Rollback" },
    { hash: `#/runs/${failed.executionId}`, shows: "Program" },
    { hash: "#/snippets", shows: SNIPPET },
    { hash: "#/new", shows: "Run a program" },
  ];
});

/** Opens what can be opened, so that forms and details are looked at, too, once all is read: some views have their heading before that. */
async function openAll(page: Page): Promise<void> {
  await page.getByText("Reading …").first().waitFor({ state: "detached" });
  for (const row of await page.locator("summary").all()) await row.click();
  const edit = page.getByRole("button", { name: /^Edit/ });
  if ((await edit.count()) > 0) await edit.first().click();
  const reject = page.getByRole("button", { name: /^Reject/ });
  if ((await reject.count()) > 0) await reject.first().click();
  const preview = page.getByRole("button", { name: "Preview rollback" });
  if ((await preview.count()) === 0) return;
  await preview.click();
  await page.getByRole("button", { name: "Look again" }).waitFor();
}

/** Controls that have no name for a voice, and ids that two elements have. */
const FAULTS = `(() => {
  const named = (element) =>
    element.getAttribute("aria-label") || element.innerText?.trim() || element.labels?.length > 0;
  const controls = [...document.querySelectorAll("a, button, input, select, textarea, summary")];
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  const referred = [...document.querySelectorAll("[aria-labelledby], [aria-describedby]")].flatMap((element) =>
    [element.getAttribute("aria-labelledby"), element.getAttribute("aria-describedby")].filter(Boolean));
  return {
    controls: controls.length > 4,
    unnamed: controls.filter((element) => !named(element)).map((element) => element.outerHTML),
    doubled: ids.filter((id, index) => ids.indexOf(id) !== index),
    dangling: referred.filter((id) => document.getElementById(id) === null),
    headings: document.querySelectorAll("h1").length,
  };
})()`;

test("every control has a name, every id is one element's, every view has one heading", async () => {
  for (const { hash, shows } of views) {
    const { page } = await desk.look(hash);
    await page.getByRole("heading", { name: shows, exact: true }).waitFor();
    await openAll(page);
    expect({ hash, ...Object(await page.evaluate(FAULTS)) }).toEqual({
      hash,
      controls: true,
      unnamed: [],
      doubled: [],
      dangling: [],
      headings: 1,
    });
  }
});

test.for([320, 375])("at %d px nothing has to be scrolled sideways, also where a dozen wait", async (width) => {
  const dozen = await desk.paused(
    "async () => Promise.all(Array.from({ length: 12 }, (_, credit) => accounts.set_credit({ id: 1, credit })))",
  );
  for (const { hash, shows } of views) {
    const { page } = await desk.look(hash, { viewport: { width, height: 800 } });
    await page.getByRole("heading", { name: shows, exact: true }).waitFor();
    await page
      .getByRole("link", { name: /^Waiting/ })
      .getByText("14", { exact: true })
      .waitFor();
    await openAll(page);
    // The body is narrower than the window by the room that is kept for a scroll bar.
    const widths = await page.evaluate("[document.documentElement.scrollWidth, document.body.clientWidth]");
    expect({ hash, widths }).toEqual({ hash, widths: [expect.any(Number), expect.any(Number)] });
    expect({ hash, fits: Number(Reflect.get(Object(widths), 0)) <= Number(Reflect.get(Object(widths), 1)) }).toEqual({
      hash,
      fits: true,
    });
  }
  await desk.post("/cancel", { executionId: dozen });
});

test("on a phone the buttons of a card stand beside each other", async () => {
  const { page } = await desk.look("", { viewport: { width: 375, height: 800 } });
  const card = page.getByRole("article").first();
  await card.getByText("Reject…").waitFor();
  // All in one look: what is drawn meanwhile moves the card.
  const tops = await card
    .getByRole("button")
    .evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().top));
  expect(tops).toHaveLength(3);
  expect(new Set(tops).size).toBe(1);
});

test("in a form each label is nearer to its own field than to the one before, and an example of a text is not cut off", async () => {
  const { executionId } = await desk.execute("async () => 1");
  const { page } = await desk.look(`#/runs/${executionId}`, { viewport: { width: 375, height: 800 } });
  await page.getByText("Save it as a snippet").click();
  const form = page.locator("details.snippet");
  const parts = [form.getByLabel("Name"), form.getByText("What it does"), form.getByLabel("What it does")];
  const elements = await Promise.all(parts.map((part) => part.elementHandle()));
  const [name, label, field] = await page.evaluate(
    (seen) => seen.map((element) => element?.getBoundingClientRect().toJSON()),
    elements,
  );
  expect(Number(label?.top) - Number(name?.bottom)).toBeGreaterThan(Number(field?.top) - Number(label?.bottom));
  // A field is as wide as its text where it holds its own example.
  const widths = await form.getByLabel("What it does").evaluate((input) => {
    const example = input.getAttribute("placeholder") ?? "";
    Reflect.set(input, "value", example);
    return { example, needed: input.scrollWidth, given: input.clientWidth };
  });
  expect(widths.example).not.toBe("");
  expect(widths.needed).toBeLessThanOrEqual(widths.given);
});

test.for([390, 1_280])("at a width of %d, how a program went stands right under it", async (width) => {
  const { page } = await desk.look("#/new", { viewport: { width, height: 844 } });
  await page.getByRole("complementary").getByText("in all").waitFor();
  await page.getByLabel("Program", { exact: true }).fill("async () => 'it went'");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const result = page.getByRole("region", { name: "Result" });
  await result.waitFor();
  expect((await result.boundingBox())?.y).toBeLessThan(730);
});

/** The least contrast of text against what is behind it, over all text on the screen. */
const CONTRAST = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "") || element.closest(":disabled")) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(element.className + ": " + element.textContent.slice(0, 30));
  }
  return poor;
})()`;

test.for(["light", "dark"] as const)("%s, text stands out from what is behind it", async (colorScheme) => {
  for (const { hash, shows } of views) {
    const { page } = await desk.look(hash, { colorScheme, reducedMotion: "reduce" });
    await page.getByRole("heading", { name: shows, exact: true }).waitFor();
    await openAll(page);
    expect({ hash, poor: await page.evaluate(CONTRAST) }).toEqual({ hash, poor: [] });
  }
});

test("the keyboard alone gets from the top of the page to a decision, and one sees where one is", async () => {
  const id = await desk.paused("async () => accounts.set_credit({ id: 3, credit: 8 })");
  const { page } = await desk.look(`#/runs/${id}`);
  await page.getByRole("article", { name: "accounts.set_credit" }).waitFor();
  const focused = () =>
    page.evaluate(
      `(() => { const { activeElement: at } = document; return at.getAttribute("aria-label") ?? at.innerText; })()`,
    );
  const seen: unknown[] = [];
  while (seen.at(-1) !== "Approve accounts.set_credit" && seen.length < 20) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).not.toBe("none");
    seen.push(await focused());
  }
  expect(seen[0]).toBe("Skip to the content");
  expect(seen.at(-1)).toBe("Approve accounts.set_credit");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("The run completed.").waitFor();
});

test("what the keyboard is on is not under the bar at the top, also on the way back up", async () => {
  const id = await desk.paused(`async () => {
    for (let id = 1; id < 12; id += 1) await accounts.get({ id });
    return Promise.all([1, 2].map((id) => accounts.set_credit({ id, credit: 5 })));
  }`);
  // As large as a screen of 1,000 × 800 at 200 %.
  const { page } = await desk.look(`#/runs/${id}`, { viewport: { width: 500, height: 400 } });
  await page.getByRole("button", { name: "Preview rollback" }).focus();
  const tops: unknown[] = [];
  for (let n = 0; n < 18; n += 1) {
    await page.keyboard.press("Shift+Tab");
    tops.push(
      await page.evaluate(
        `document.activeElement.getBoundingClientRect().top - document.querySelector(".top").getBoundingClientRect().bottom`,
      ),
    );
  }
  expect(tops.filter((top) => Number(top) < 0)).toEqual([]);
});

test("the keyboard goes into a form that opens, and back to the button that opened it", async () => {
  await desk.clear();
  await desk.paused("async () => accounts.set_credit({ id: 3, credit: 8 })");
  const { page, card } = await desk.look();
  const mine = card("accounts.set_credit");
  for (const { opens, field, closes, typed = "" } of [
    { opens: /^Edit/, field: "Arguments to run instead", closes: "Discard the edit" },
    { opens: /^Reject/, field: "Reason", closes: "Back" },
    { opens: /^Reject/, field: "Reason", typed: "over the limit", closes: "Discard" },
  ]) {
    await mine.getByRole("button", { name: opens }).focus();
    await page.keyboard.press("Enter");
    await mine.getByLabel(field).and(page.locator(":focus")).waitFor();
    await page.keyboard.type(typed);
    await mine.getByRole("button", { name: closes }).focus();
    await page.keyboard.press("Enter");
    await mine.getByRole("button", { name: opens }).and(page.locator(":focus")).waitFor();
  }
});

test("a question that is answered with no gives the keyboard back", async () => {
  await desk.clear();
  const id = await desk.paused("async () => accounts.set_credit({ id: 3, credit: 8 })");
  const { page } = await desk.look(`#/runs/${id}`);
  const cancel = page.getByRole("button", { name: "Cancel the run…" });
  await cancel.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Keep it" }).focus();
  await page.keyboard.press("Enter");
  await cancel.and(page.locator(":focus")).waitFor();
});
