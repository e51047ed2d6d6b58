/** The view as a hash, and programs cut into coloured words. */
import { expect, test } from "vitest";
import { linesOf } from "../../src/app/console/highlight.ts";
import { hashOf, statusOf, type View, viewOf } from "../../src/app/console/route.ts";

const VIEWS: readonly View[] = [
  { name: "waiting" },
  { name: "runs" },
  { name: "runs", status: "error" },
  { name: "run", id: "exec_1" },
  { name: "run", id: "a/b?c#d%" },
  { name: "snippets" },
  { name: "new" },
  { name: "new", from: "exec_1" },
];

test.for(VIEWS)("%j is read back from its hash", (view) => {
  expect(viewOf(hashOf(view))).toEqual(view);
});

test("an unknown or broken hash is a view all the same", () => {
  expect(viewOf("")).toEqual({ name: "waiting" });
  expect(viewOf("#/nothing")).toEqual({ name: "waiting" });
  expect(viewOf("#/runs/")).toEqual({ name: "runs" });
  expect(viewOf("#/runs?status=toString")).toEqual({ name: "runs" });
  expect(viewOf("#/runs?")).toEqual({ name: "runs" });
  expect(viewOf("#/runs/%E0%A4%A")).toEqual({ name: "run", id: "%E0%A4%A" });
  expect(viewOf("#/runs/a/b")).toEqual({ name: "run", id: "a/b" });
});

test("only a list that is narrowed has a status", () => {
  expect(VIEWS.map(statusOf).filter((status) => status !== undefined)).toEqual(["error"]);
});

test("a program's colours leave every character in its place", () => {
  const code = `async () => {\n  // it's a comment\n  const s = "a // b" + \`x\n y\`; /* open\n */ return accounts.get({ id: 0x1f });\n}`;
  const lines = linesOf(code);
  expect(lines.map((words) => words.map(({ text }) => text).join("")).join("\n")).toBe(code);
  expect(
    lines
      .flat()
      .filter(({ kind }) => kind === "comment")
      .map(({ text }) => text),
  ).toEqual(["// it's a comment", "/* open", " */"]);
  expect(
    lines
      .flat()
      .filter(({ kind }) => kind === "string")
      .map(({ text }) => text),
  ).toEqual(['"a // b"', "`x", " y`"]);
  expect(
    lines
      .flat()
      .filter(({ kind }) => kind === "call")
      .map(({ text }) => text),
  ).toEqual(["accounts.get"]);
});

test.for(["'never closed", "`never closed\n", "/* never closed", '"a\\'])("%j does not lose text", (code) => {
  const lines = linesOf(code);
  expect(lines.map((words) => words.map(({ text }) => text).join("")).join("\n")).toBe(code);
});
