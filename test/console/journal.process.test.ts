/** The page of a run: where in the program an error is, and what each step did. */
import type { Page } from "playwright-core";
import * as v from "valibot";
import { beforeEach, describe, expect, test } from "vitest";
import type { Run } from "../../src/app/console/schemas.ts";
import { openDesk } from "./desk.ts";

const desk = openDesk();

beforeEach(() => desk.clear());

const pageOf = async (executionId: string, width = 1_000) => {
  const { page } = await desk.look(`#/runs/${executionId}`, { viewport: { width, height: 800 } });
  await page.getByRole("region", { name: "Program" }).waitFor();
  return page;
};

/** The marked lines: around the error, and of the whole program. */
async function marked(page: Page) {
  await page.getByRole("region", { name: "Error", exact: true }).waitFor();
  const of = (name: string) => page.getByRole("region", { name, exact: true }).locator(".wrong code").allInnerTexts();
  return { error: await of("Where the error is"), program: await of("Program") };
}

const DIVERGES = `async () => {
  const { ticks } = await post.tick({});
  await accounts.note({ id: 1, text: "stays" });
  return accounts.set_credit({ id: 1, credit: ticks });
}`;

async function diverged(): Promise<string> {
  const executionId = await desk.paused(DIVERGES);
  await desk.post("/approve", { executionId });
  expect(await desk.run(executionId)).toMatchObject({ errorCode: "DIVERGED", errorLine: 4 });
  return executionId;
}

describe("the line that an error is about", () => {
  test("is marked for a run that diverged, under its error and in its program, also in words", async () => {
    const page = await pageOf(await diverged());
    const line = "  return accounts.set_credit({ id: 1, credit: ticks });";
    expect(await marked(page)).toEqual({ error: [line], program: [line] });
    expect(await page.getByText("The error is about this line:").count()).toBe(2);
    // The sentence says the line itself.
    expect(
      await page
        .getByRole("region", { name: "Error", exact: true })
        .getByText(/^Line 4/)
        .count(),
    ).toBe(0);
  });

  test("of a syntax error is marked in the program; the error has its own lines around it", async () => {
    const { executionId } = await desk.execute("async () => {\n  const y = ;\n}");
    const page = await pageOf(executionId);
    expect(await marked(page)).toEqual({ error: [], program: ["  const y = ;"] });
    expect(await page.getByText("Line 2").count()).toBe(1);
  });

  test("of an error that a long program threw is on the screen, and the page is no longer for it", async () => {
    const many = (name: string) => Array.from({ length: 300 }, (_, n) => `  const ${name}${n} = ${n};`).join("\n");
    const { executionId } = await desk.execute(
      `async () => {\n${many("x")}\n  throw new Error("of two\\nlines");\n${many("y")}\n}`,
    );
    const page = await pageOf(executionId);
    const line = '  throw new Error("of two\\nlines");';
    expect(await marked(page)).toEqual({ error: [line], program: [line] });
    await page.getByText("Line 302: of two").waitFor();
    const box = page.getByRole("region", { name: "Program", exact: true });
    // Both in one look: what is drawn meanwhile moves them.
    const fromMiddle = await box.locator(".wrong").evaluate((inner) => {
      const { top = 0, height = 0 } = inner.closest("section")?.getBoundingClientRect() ?? {};
      return inner.getBoundingClientRect().top - (top + height / 2);
    });
    expect(Math.abs(fromMiddle)).toBeLessThan(40);
    expect(Number(await page.evaluate("document.documentElement.scrollHeight"))).toBeLessThan(2_000);
  });

  test("is none where the journal does not say it, or says one that the program does not have", async () => {
    const id = await diverged();
    for (const [said, instead] of [
      [/"errorLine": 4,/, ""],
      [/"errorLine": 4,/, '"errorLine": 4711,'],
    ] as const) {
      const { page } = await desk.look("#/new");
      await page.route("**/execution?*", async (route) => {
        const response = await route.fetch();
        const body = await response.text();
        expect(body).toMatch(said);
        await route.fulfill({ response, body: body.replace(said, instead) });
      });
      await page.goto(`${desk.url}/#/runs/${id}`);
      await page.getByText("On replay the program did something else than before.").waitFor();
      expect(await marked(page)).toEqual({ error: [], program: [] });
      await page.getByRole("region", { name: "Program" }).getByText("post.tick").waitFor();
    }
  });
});

describe("what a step did", () => {
  const NESTED = `async () => {
    await Promise.all([1, 2].map((id) => codemode.step("customer " + id, async () => {
      await accounts.get({ id });
      await codemode.step("notes", async () => accounts.note({ id, text: "reviewed" }));
    })));
    const dig = (n) => codemode.step("level " + n, async () => n > 1 ? dig(n - 1) : accounts.get({ id: 9 }));
    await dig(9);
    for (let id = 20; id < 30; id += 1) await accounts.get({ id });
  }`;

  const ROWS = `(() => {
    const names = [...document.querySelectorAll(".entry .name")];
    const indents = names.map((name) => parseFloat(getComputedStyle(name).paddingLeft));
    const one = Math.min(...indents.filter((indent) => indent > 0));
    return names.map((name, at) => ({
      seq: Number(name.previousElementSibling.textContent),
      indent: Math.round(indents[at] / one) || 0,
      says: /in entry \\d+/.exec(name.textContent)?.[0] ?? "",
      isHeard: name.querySelector(".unseen") !== null,
    }));
  })()`;
  const Rows = v.array(v.object({ seq: v.number(), indent: v.number(), says: v.string(), isHeard: v.boolean() }));

  /** Each row: how far to the right it stands, and what it says that it is in; in brackets where that is only heard. */
  const rows = async (page: Page, { log }: Run) => {
    const nameOf = (seq: number | undefined) => {
      const found = log.find((one) => one.seq === seq);
      return found === undefined ? "nothing" : `${found.method}${JSON.stringify(found.args) ?? ""}`;
    };
    await page.locator(".entry .name").first().waitFor();
    return v.parse(Rows, await page.evaluate(ROWS)).map(({ seq, indent, says, isHeard }) => {
      const parent = log.find((one) => one.seq === seq)?.parent;
      expect(says).toBe(parent === undefined ? "" : `in entry ${parent}`);
      const inside = parent === undefined ? "" : ` in ${nameOf(parent)}`;
      return `${">".repeat(indent)}${nameOf(seq)}${isHeard ? inside && ` (${inside.trim()})` : inside}`;
    });
  };

  test("stands under it, further to the right, also of steps that went on at once", async () => {
    const { executionId } = await desk.execute(NESTED);
    const shown = await rows(await pageOf(executionId), await desk.run(executionId));
    expect(shown.slice(0, 18)).toEqual([
      "customer 1",
      '>get{"id":1} (in customer 1)',
      ">notes (in customer 1)",
      '>>note{"id":1,"text":"reviewed"} (in notes)',
      "customer 2",
      '>get{"id":2} (in customer 2)',
      ">notes (in customer 2)",
      '>>note{"id":2,"text":"reviewed"} (in notes)',
      "level 9",
      ">level 8 (in level 9)",
      ">>level 7 (in level 8)",
      ">>>level 6 (in level 7)",
      ">>>>level 5 (in level 6)",
      ">>>>>level 4 (in level 5)",
      ">>>>>>level 3 (in level 4)",
      // From here on its place says no more.
      ">>>>>>level 2 in level 3",
      ">>>>>>level 1 in level 2",
      '>>>>>>get{"id":9} in level 1',
    ]);
    expect(shown.slice(18).every((row) => row.startsWith("get{"))).toBe(true);
  });

  test("says which step it is in where that step is not on the screen", async () => {
    const { executionId } = await desk.execute(NESTED);
    const page = await pageOf(executionId);
    await page.getByRole("searchbox", { name: "Find in the journal" }).fill("accounts.note");
    await page.getByText("2 of 28 entries").waitFor();
    expect(await rows(page, await desk.run(executionId))).toEqual([
      '>note{"id":1,"text":"reviewed"} in notes',
      '>note{"id":2,"text":"reviewed"} in notes',
    ]);
    await page.locator("summary").first().click();
    await page
      .locator(".part", { hasText: "Made by" })
      .getByText(/^the step of entry \d+$/)
      .waitFor();
  });

  test("has its names on a screen of 320 px, in steps in steps", async () => {
    const { executionId } = await desk.execute(NESTED);
    const page = await pageOf(executionId, 320);
    await rows(page, await desk.run(executionId));
    const widths = await page.evaluate(
      `[...document.querySelectorAll(".entry .name")].map((name) => name.clientWidth - parseFloat(getComputedStyle(name).paddingLeft))`,
    );
    expect(Math.min(...Object(widths))).toBeGreaterThan(80);
    // What says in words where they are is there in full.
    const cut = await page.evaluate(
      `[...document.querySelectorAll(".entry .name .within")].map((words) => {
        const range = document.createRange();
        range.selectNodeContents(words);
        return range.getBoundingClientRect().right > words.parentElement.getBoundingClientRect().right;
      })`,
    );
    expect(cut).toEqual([false, false, false]);
    const { scroll, client } = Object(
      await page.evaluate(
        "(({ scrollWidth: scroll, clientWidth: client }) => ({ scroll, client }))(document.documentElement)",
      ),
    );
    expect(scroll).toBeLessThanOrEqual(client);
  });
});
