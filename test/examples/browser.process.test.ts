import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHROMIUM_ARGS, ensureChromium } from "../../scripts/ensure-chromium.ts";
import { openSite, type Site } from "../doors/browser/site.ts";

let site: Site;
let browser: Browser;

beforeAll(async () => {
  const executablePath = await ensureChromium();
  site = await openSite(join(import.meta.dirname, "browser.ts"));
  browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGS] });
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

test("a program calls the page's tools, and sees nothing else of the page", async () => {
  const tab = await browser.newPage();
  await tab.goto(site.origin);
  await tab.waitForFunction(() => "cartTool" in globalThis);
  const run = (code: string) =>
    tab.evaluate((program) => Reflect.get(globalThis, "cartTool").execute({ code: program }), code);

  const code = `async () => {
    for (const article of ["lamp", "desk"]) await codemode.addToCart({ article, pieces: 2 });
    return { cart: await codemode.showCart(), page: typeof document };
  }`;
  expect(await run(code)).toEqual({
    result: {
      cart: [
        { article: "lamp", pieces: 2 },
        { article: "desk", pieces: 2 },
      ],
      page: "undefined",
    },
  });
  await expect(run(`async () => codemode.addToCart({ article: "lamp", pieces: 0 })`)).rejects.toThrow(/args\.pieces/);
});
