/** The console's list of snippets: what there is, what each holds, and how one is forgotten. */
import { beforeEach, expect, test } from "vitest";
import { type Desk, openDesk } from "./desk.ts";

const desk = openDesk();

async function save(name: string, code: string, more: object = {}): Promise<void> {
  const { executionId } = await desk.execute(code);
  await desk.post("/snippets", { name, executionId, ...more });
}

/** How a program that runs a snippet ends. */
const running = (at: Desk, name: string) => at.execute(`async () => codemode.run(${JSON.stringify(name)})`);

beforeEach(async () => {
  for (const name of ["answer", "owing"]) await desk.post("/snippets/delete", { name });
});

test("without any says how one comes to be; one that is saved shows by itself, with its program and what it takes", async () => {
  const { page, wrong } = await desk.look("#/runs");
  await page.getByRole("link", { name: "Snippets", exact: true }).click();
  await page.getByText("No snippets yet").waitFor();
  expect(await page.title()).toBe("Snippets – Codemode console");
  await save("owing", "async () => (await accounts.get({ id: 1 })).name", {
    description: "Who owes",
    inputSchema: { type: "object", properties: { least: { type: "number" } } },
  });
  const owing = page.getByRole("article", { name: "owing" });
  await owing.getByText("Who owes").waitFor();
  await owing.getByText("uses accounts").waitFor();
  await owing.getByText('codemode.run("owing", input)').waitFor();
  expect(await owing.getByRole("region", { name: "Program" }).count()).toBe(0);
  await owing.getByText("Program", { exact: true }).click();
  await owing.getByRole("region", { name: "Program" }).getByText("accounts.get").waitFor();
  await owing.getByText("What it takes").click();
  await owing.getByText('"least"').waitFor();
  expect(await wrong()).toEqual([]);
});

test("deletes one after asking once more, and programs find it no longer; the others stay", async () => {
  await save("answer", "async () => 42");
  await save("owing", "async () => 7");
  const { page } = await desk.look("#/snippets");
  const answer = page.getByRole("article", { name: "answer" });
  await answer.getByRole("button", { name: "Delete the snippet…" }).click();
  await answer.getByRole("button", { name: "Keep it" }).click();
  expect(await running(desk, "answer")).toMatchObject({ result: 42 });
  await answer.getByRole("button", { name: "Delete the snippet…" }).click();
  await answer.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("The snippet answer is deleted.").waitFor();
  await answer.waitFor({ state: "detached" });
  expect(await page.locator("main:focus").count()).toBe(1);
  expect(await running(desk, "answer")).toMatchObject({ status: "error", code: "UNKNOWN_TARGET" });
  expect(await running(desk, "owing")).toMatchObject({ result: 7 });
  await page.getByRole("article", { name: "owing" }).waitFor();
});

test("says so where somebody else has deleted it already", async () => {
  await save("answer", "async () => 42");
  const { page } = await desk.look("#/snippets");
  const answer = page.getByRole("article", { name: "answer" });
  await answer.getByRole("button", { name: "Delete the snippet…" }).click();
  // Deleted after it was looked for, and before it is deleted from here.
  await page.route("**/snippets/delete", async (route) => {
    // The list is not read again: it would take what is said away with the snippet.
    await page.route("**/snippets", () => {});
    await desk.post("/snippets/delete", { name: "answer" });
    await route.continue();
  });
  await answer.getByRole("button", { name: "Delete", exact: true }).click();
  await answer.getByText("Somebody else has deleted it already.").waitFor();
  expect(await page.getByText("The snippet answer is deleted.").count()).toBe(0);
});

test("does not delete what was saved under the name since one looked", async () => {
  await save("answer", "async () => 42");
  const { page } = await desk.look("#/snippets");
  const answer = page.getByRole("article", { name: "answer" });
  await answer.getByText("async () => 42").waitFor({ state: "detached" });
  await answer.getByRole("button", { name: "Delete the snippet…" }).click();
  // What comes now is not on the screen when the button is pressed.
  const held = Promise.withResolvers<void>();
  await page.route("**/snippets", async (route) => {
    await held.promise;
    await route.continue();
  });
  await answer.getByRole("button", { name: "Delete", exact: true }).click();
  await save("answer", "async () => 43");
  held.resolve();
  await answer.getByText("It was saved anew since you looked, and was not deleted.").waitFor();
  expect(await running(desk, "answer")).toMatchObject({ result: 43 });
});
