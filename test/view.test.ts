/** What a hostile guest wrote as the failure of its own step is shown, whatever it is: a list of executions must not break over it. */
import { expect, test } from "vitest";
import { newEntry } from "../src/journal/entry.ts";
import { entryView } from "../src/view.ts";
import { encodeFailure } from "../src/wire/values.ts";

const failedWith = (value: string) => {
  const entry = newEntry({ seq: 0, kind: "step", name: "s" }, "failed");
  return entryView({ ...entry, order: 0, settlement: { ok: false, value }, approval: undefined, ephemeral: undefined })
    .error;
};

test("a failure is shown by its name, its message and its code", () => {
  const error = Object.assign(new TypeError("no"), { code: 7 });
  expect(failedWith(encodeFailure(error))).toEqual({ name: "TypeError", message: "no", code: "7" });
});

test.each([
  ["an object that no text can be made of", `={"toString":1,"valueOf":1}`],
  ["an object without a prototype", `[["null"]]`],
  ["a list", "=[[]]"],
  ["nothing", "="],
  ["no value at all", "garbage"],
])("%s is shown as what cannot be read", (_what, value) => {
  expect(failedWith(value)).toEqual({ name: "Error", message: "(this value cannot be read)" });
});

test("a code that no text can be made of is left out", () => {
  const value = `={"name":"Error","message":"no","code":{"toString":1,"valueOf":1}}`;
  expect(failedWith(value)).toEqual({ name: "Error", message: "no" });
});
