/** The title of the page says what waits and where one is. */
import { expect, test } from "vitest";
import type { Run } from "../../src/app/console/schemas.ts";
import { pageTitle } from "../../src/app/console/title.ts";

const action = {
  executionId: "exec_1",
  seq: 0,
  connector: "a",
  method: "b",
  kind: "approval" as const,
  digest: "d",
  askedAt: 0,
  before: [],
  earlier: 0,
};
const card = { action, isGone: false, hasEnded: false };
const run: Run = {
  id: "exec_1",
  code: "async () => {\n  // Who owes?\n}",
  status: "running",
  passes: 1,
  createdAt: 0,
  updatedAt: 0,
  log: [],
  unknown: 0,
};

test.for([
  [{ view: { name: "waiting" } }, "Codemode console"],
  [{ view: { name: "waiting" }, cards: [card, { ...card, isGone: true }] }, "(1) Codemode console"],
  [{ view: { name: "runs" }, cards: [] }, "Runs – Codemode console"],
  [{ view: { name: "snippets" } }, "Snippets – Codemode console"],
  [{ view: { name: "new" }, cards: [card] }, "(1) Run a program – Codemode console"],
  [{ view: { name: "run", id: "exec_1" } }, "Run – Codemode console"],
  [{ view: { name: "run", id: "exec_1" }, run }, "Who owes? – Codemode console"],
  [{ view: { name: "run", id: "exec_2" }, run }, "Run – Codemode console"],
] as const)("a view is in the title: %#", ([state, title]) => {
  expect(pageTitle(state)).toBe(title);
});
