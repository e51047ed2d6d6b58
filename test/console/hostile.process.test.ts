/** What programs and tools say is hostile text: it is shown as what it is, and runs, hides and reorders nothing. */
import { expect, test } from "vitest";
import { openDesk } from "./desk.ts";

const IMAGE = "<img src=x onerror=alert(1)>";
const SCRIPT = "</script><script>alert(2)</script>";
const LINK = "javascript:alert(3)";
const BIDI = "pay \u202e001 to bob";

const desk = openDesk();

test("hostile arguments, code, console lines, results and errors are text in every view", async () => {
  const hostile = JSON.stringify({ image: IMAGE, script: SCRIPT, link: LINK, bidi: BIDI });
  const code = `async () => {
    // ${IMAGE} ${SCRIPT} \u202e
    const said = ${hostile};
    console.log(said.image, said.bidi);
    await accounts.note({ id: 1, text: said.image + said.script });
    await accounts.note({ id: 1, text: said.bidi }).catch(() => {});
    await accounts.get({ id: 1, [said.image]: 1 }).catch((e) => console.log(e.message));
    return accounts.set_credit({ id: 1, credit: 5 }).then(() => said, (e) => { throw new Error(said.image + e.message); });
  }`;
  const id = await desk.paused(code);
  await desk.execute(`async () => { throw new Error(${JSON.stringify(IMAGE + SCRIPT + BIDI)}); }`);
  const screen = await desk.look();
  const { page } = screen;
  await screen.card("accounts.set_credit").waitFor();
  await page.getByRole("heading", { name: IMAGE }).waitFor();
  await page.goto(`${desk.url}/#/runs`);
  await page.getByText(IMAGE).first().waitFor();
  await page.goto(`${desk.url}/#/runs/${id}`);
  const journal = page.getByRole("region", { name: "Journal" });
  await journal.locator("summary").first().waitFor();
  for (const row of await journal.locator("summary").all()) await row.click();
  await journal
    .getByText(IMAGE + SCRIPT)
    .first()
    .waitFor();
  await journal.locator("mark", { hasText: "U+202E" }).first().waitFor();
  const card = screen.card("accounts.set_credit");
  await card.getByRole("button", { name: /^Reject/ }).click();
  await card.getByLabel("Reason", { exact: true }).fill(IMAGE);
  await card.getByLabel("Let the program go on").check();
  await card.getByRole("button", { name: "Reject", exact: true }).click();
  await page.getByRole("region", { name: "Error" }).getByText(IMAGE).waitFor();
  expect(
    await page.evaluate("document.querySelectorAll('main img, main script, main a[href^=javascript]').length"),
  ).toBe(0);
  expect(await screen.wrong()).toEqual([]);
});

test("an argument with characters that do not show is marked on its card, and escaped in the editor", async () => {
  await desk.clear();
  await desk.paused(`async () => post.ask({ to: ${JSON.stringify(BIDI)} })`);
  const screen = await desk.look();
  const card = screen.card("post.ask");
  await card.locator("td mark", { hasText: "U+202E" }).waitFor();
  await card.getByRole("button", { name: /^Edit/ }).click();
  const editor = card.getByLabel("Arguments to run instead");
  expect(await editor.inputValue()).toContain("pay \\u202e001 to bob");
  await editor.fill("\ufeff{}");
  await card.locator(".fault mark", { hasText: "U+FEFF" }).waitFor();
  expect(await screen.wrong()).toEqual([]);
});

test("a hash, a name and a search that are hostile do nothing", async () => {
  const screen = await desk.look(`#/runs/${encodeURIComponent(IMAGE)}`);
  await screen.page.getByText("This run is not here").waitFor();
  await screen.page.goto(`${desk.url}/#/new`);
  await screen.page.getByRole("searchbox").fill(IMAGE + SCRIPT);
  await screen.page
    .getByRole("complementary")
    .getByRole("status")
    .filter({ hasText: /match|Nothing/ })
    .waitFor();
  await screen.page.getByLabel("Program", { exact: true }).fill(`async () => ${JSON.stringify(SCRIPT)}`);
  await screen.page.keyboard.press("Control+Enter");
  await screen.page.getByRole("region", { name: "Result" }).getByText(SCRIPT).waitFor();
  expect(await screen.wrong()).toEqual([]);
});

test("the page's policy refuses what a hole in it would try", async () => {
  const { page } = await desk.look();
  await page.getByRole("heading", { level: 1 }).waitFor();
  const tried = await page.evaluate(`(async () => {
    const results = [];
    try { document.body.innerHTML += "<img src=x onerror='globalThis.ran = 1'>"; } catch (error) { results.push(error.name); }
    const script = document.createElement("script");
    try { script.text = "globalThis.ran = 1"; document.head.append(script); } catch (error) { results.push(error.name); }
    try { await fetch("https://elsewhere.example/"); } catch (error) { results.push(error.name); }
    return { results, ran: globalThis.ran };
  })()`);
  expect(tried).toEqual({ results: ["TypeError", "TypeError", "TypeError"] });
});

test("a name as long as it likes to be leaves its value room, on a phone, too", async () => {
  await desk.paused(`async () => post.ask({ ["n".repeat(300)]: "the value", to: "someone with a name" })`);
  for (const width of [390, 1_000]) {
    const { page, card } = await desk.look("", { viewport: { width, height: 800 } });
    const mine = card("post.ask").filter({ hasText: "nnnn" });
    const value = await mine.getByRole("cell", { name: "the value" }).boundingBox();
    const whole = await mine.boundingBox();
    expect((value?.width ?? 0) / (whole?.width ?? 1)).toBeGreaterThan(0.4);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  }
});

test("the name of who decided, and why, are read to their end though they are one long word", async () => {
  const executionId = await desk.paused("async () => post.ask({ n: 1 })");
  await desk.post("/approve", { executionId, by: "b".repeat(200), reason: "r".repeat(400) });
  const { page } = await desk.look(`#/runs/${executionId}`);
  await page.getByRole("region", { name: "Journal" }).getByText("post.ask").click();
  await page.locator("dd", { hasText: "rrrr" }).waitFor();
  const cut = "[...document.querySelectorAll('.details dd')].filter((dd) => dd.scrollWidth > dd.clientWidth).length";
  expect(await page.evaluate(cut)).toBe(0);
});
