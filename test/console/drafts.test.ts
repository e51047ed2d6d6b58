/** What is typed and not sent, by what it is about. */
import { beforeEach, expect, test, vi } from "vitest";

/** The tab's own storage; what it holds is there when the page is. */
const { kept } = vi.hoisted(() => {
  const kept = new Map([["codemode.drafts", JSON.stringify({ "exec_0/1/approval/args": "{}", odd: 1 })]]);
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => {
      if (text.includes("too long")) throw new DOMException("It is full.", "QuotaExceededError");
      kept.set(key, text);
    },
  });
  return { kept };
});

const { drafts } = await import("../../src/app/console/drafts.ts");
const atFirst = [drafts.get("exec_0/1/approval/args"), drafts.get("odd")];
const stored = () => JSON.parse(kept.get("codemode.drafts") ?? "");

beforeEach(() => {
  for (const about of ["exec_0", "exec_1"]) drafts.forget(about);
});

test("what was typed before the page was loaded again is there, where it is a text", () => {
  expect(atFirst).toEqual(["{}", undefined]);
});

test("what is typed outlives the page, and what is forgotten does not come back", () => {
  drafts.set("exec_1/1/approval/args", "[1]");
  drafts.set("exec_1/2/approval/args", "[2]");
  expect(stored()).toEqual({ "exec_1/1/approval/args": "[1]", "exec_1/2/approval/args": "[2]" });
  drafts.set("exec_1/2/approval/args", undefined);
  expect(stored()).toEqual({ "exec_1/1/approval/args": "[1]" });
  drafts.forget("exec_1/1/approval");
  expect(stored()).toEqual({});
});

test("more than the browser stores is there all the same", () => {
  drafts.set("exec_1/1/approval/args", "too long");
  expect(drafts.get("exec_1/1/approval/args")).toBe("too long");
});

test("what is forgotten is about one thing alone", () => {
  for (const key of ["exec_1/1/approval/args", "exec_1/1/approval/form", "exec_1/10/approval/args"])
    drafts.set(key, "x");
  drafts.forget("exec_1/1/approval");
  drafts.forget("exec_1/10/app");
  expect(stored()).toEqual({ "exec_1/10/approval/args": "x" });
});

test("somebody is at what has an open form or typed text; of those only text must not be lost", () => {
  const [one, ten] = ["exec_1/1/approval", "exec_1/10/approval"];
  const told = () => [drafts.isAt(one), drafts.has(one), drafts.isAt(ten), drafts.has(ten)];
  expect(told()).toEqual([false, false, false, false]);
  drafts.set(`${one}/form`, "edit");
  expect(told()).toEqual([true, false, false, false]);
  drafts.set(`${one}/then/form`, "throw");
  expect(told()).toEqual([true, false, false, false]);
  drafts.set(`${one}/form`, undefined);
  drafts.set(`${one}/reason`, "");
  expect(told()).toEqual([false, false, false, false]);
  drafts.set(`${ten}/reason`, "over the limit");
  expect(told()).toEqual([false, false, true, true]);
});

test("who watches hears of every change, wherever it is typed, until they watch no more", () => {
  let times = 0;
  const stop = drafts.watch(() => {
    times += 1;
  });
  drafts.set("exec_1/1/approval/args", "1");
  drafts.forget("exec_1/1/approval");
  stop();
  drafts.set("exec_1/1/approval/args", "2");
  expect(times).toBe(2);
});
