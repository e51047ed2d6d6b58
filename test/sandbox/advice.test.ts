import { expect, test } from "vitest";
import { adviceOn } from "../../src/sandbox/advice.ts";

const globals = ["codemode", "notes", "$mail"];

/** Runs a program with stubs for its connectors, and gives the advice on what the engine says of it. */
async function adviceFor(source: string): Promise<string> {
  const call = async () => ({ items: [1] });
  const tools = { list: call, get: call };
  const run: unknown = new Function("codemode", "notes", "$mail", `return (${source});`)(tools, tools, tools);
  if (typeof run !== "function") throw new Error("No program.");
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [, line] = /<anonymous>:(\d+):\d+/.exec(error.stack ?? "") ?? [];
    // The engine's function has two lines before the program.
    return error.message + adviceOn(error, { source, globals }, line === undefined ? undefined : Number(line) - 2);
  }
  throw new Error("The program did not throw.");
}

const LIST = " is a promise. Write await before notes.list(...).";
const CALL = ": the call gives a promise. Write (await notes.list(...)).";
const MAIL = ": the call gives a promise. Write (await $mail.get(...)).";
const NOT_ITERABLE = "object is not iterable (cannot read property Symbol(Symbol.iterator))";
const SPREAD = "Spread syntax requires ...iterable[Symbol.iterator] to be a function";

test.each([
  [
    "async () => fetch2()",
    "fetch2 is not defined. Available globals: codemode, notes, $mail, console and standard JavaScript.",
  ],
  [
    "async () => require('fs')",
    "require is not defined: the sandbox has no modules. Available globals: codemode, notes, $mail, console and standard JavaScript.",
  ],
  [
    "async () => { module.exports = 1; }",
    "module is not defined: the sandbox has no modules; return the result. Available globals: codemode, notes, $mail, console and standard JavaScript.",
  ],
  [
    "async () => { const crypto = { subtle: {} }; return crypto.subtle.sign('HMAC'); }",
    "crypto.subtle.sign is not a function: its timing cannot be replayed. Of crypto.subtle there is only digest; let a connector encrypt and sign.",
  ],
  [
    "async () => { const { subtle } = { subtle: {} }; return subtle.importKey('raw'); }",
    "subtle.importKey is not a function: its timing cannot be replayed. Of crypto.subtle there is only digest; let a connector encrypt and sign.",
  ],
  ["async () => codemode('find')", "codemode is not a function: its tools are. Write codemode.<tool>({ ... })."],
  [
    "async () => notes({ id: 1 })",
    'notes is not a function: its tools are. Write notes.<tool>({ ... }); codemode.search("", { connector: "notes" }) lists them.',
  ],
  [
    "async () => notes.list().map((note) => note.id)",
    "notes.list(...).map is not a function: the call gives a promise. Write (await notes.list(...)).",
  ],
  [
    "async () => {\n  const all = notes.list();\n  return all.map((note) => note.id);\n}",
    `all.map is not a function: all${LIST}`,
  ],
  [
    "async () => {\n  const all = notes.list();\n  for (const one of all) await one;\n}",
    `all is not iterable: all${LIST}`,
  ],
  [
    "async () => {\n  for (const one of notes.list()) await one;\n}",
    `notes.list is not a function or its return value is not iterable${CALL}`,
  ],
  ["async () => [...$mail.get({ id: 1 })]", `$mail.get is not a function or its return value is not iterable${MAIL}`],
  ["async () => Math.max(...notes.list())", `${SPREAD}${CALL}`],
  ["async () => { const [first] = notes.list(); return first; }", `${NOT_ITERABLE}${CALL}`],
  ["async () => new Set(notes.list())", `${NOT_ITERABLE}${CALL}`],
  ["async () => await Promise.all(notes.list())", `${NOT_ITERABLE}${CALL}`],
  ["async () => {\n  const all = notes.list();\n  return new Map(all);\n}", `${NOT_ITERABLE}: all${LIST}`],
  ["async () => {\n  const all = notes.list();\n  return Math.max(...all);\n}", `${SPREAD}: all${LIST}`],
  [
    "async () => {\n  let all; all = notes.list();\n  return all.items.map(String);\n}",
    `Cannot read properties of undefined (reading 'map'): all${LIST}`,
  ],
  [
    "async () => {\n  const $a = $mail.get();\n  return $a.at(0);\n}",
    "$a.at is not a function: $a is a promise. Write await before $mail.get(...).",
  ],
  [
    "async () => { const notes = await notes.list(); return notes; }",
    "Cannot access 'notes' before initialization: the program's own name hides the connector. Give the variable another name.",
  ],
  [
    "async ({ notes }) => notes.list()",
    "Cannot destructure property 'notes' of 'undefined' as it is undefined. A program gets no arguments: notes is a global. Write async () => { ... }.",
  ],
  [
    "async function main(codemode, { $mail: mail } = {}) { return codemode.search('mail'); }",
    "Cannot read properties of undefined (reading 'search'). A program gets no arguments: codemode is a global. Write async () => { ... }.",
  ],
])("%s", async (source, advice) => {
  expect(await adviceFor(source)).toBe(advice);
});

test.each([
  [
    "what was awaited",
    "async () => {\n  const all = await notes.list();\n  return all.map(String);\n}",
    "all.map is not a function",
  ],
  [
    "what is awaited where it is read",
    "async () => {\n  const all = notes.list();\n  return (await all).other.map(String);\n}",
    "Cannot read properties of undefined (reading 'map')",
  ],
  [
    "a call that was awaited before it is gone through",
    "async () => {\n  for (const one of await notes.list()) await one;\n}",
    "(intermediate value) is not iterable",
  ],
  [
    "calls in what was awaited together",
    "async () => {\n  const [[one]] = await Promise.all([1].map(() => notes.list()));\n  return one;\n}",
    "object is not iterable (cannot read property Symbol(Symbol.iterator))",
  ],
  [
    "a name that is part of another",
    "async () => {\n  const call = notes.list();\n  const all = 1;\n  await call;\n  return all.map(String);\n}",
    "all.map is not a function",
  ],
  [
    "a variable of its own that is used too early",
    "async () => { const mine = mine + 1; return mine; }",
    "Cannot access 'mine' before initialization",
  ],
  [
    "a parameter that no connector has the name of",
    "async ({ id }) => id",
    "Cannot destructure property 'id' of 'undefined' as it is undefined.",
  ],
  [
    "a parameter with a connector's name in another's",
    "async (notesOf) => notesOf.id",
    "Cannot read properties of undefined (reading 'id')",
  ],
  [
    "what is not the parameter",
    "async (notes = { all: undefined }) => { const all = notes.all; return all.map(String); }",
    "Cannot read properties of undefined (reading 'map')",
  ],
  [
    "no connector's function",
    "async () => {\n  const all = Promise.resolve();\n  return all.map(String);\n}",
    "all.map is not a function",
  ],
])("says nothing of %s", async (_what, source, message) => {
  expect(await adviceFor(source)).toBe(message);
});

test("a connector that is looked for on codemode is a global; what is none is not", () => {
  const program = { source: "async () => codemode.notes.list({})", globals };
  const thrown = (path: string) => ({ name: "TypeError", message: `${path} is not a function` });
  expect(adviceOn(thrown("codemode.notes.list"), program, 1)).toBe(
    ": connectors are globals. Write notes.list({ ... }).",
  );
  expect(adviceOn(thrown("codemode.other.list"), program, 1)).toBe("");
  expect(adviceOn(thrown("notes.codemode.list"), program, 1)).toBe("");
});

test("a program of a megabyte with hundreds of names in one line is looked at in part", () => {
  const line = Array.from({ length: 400 }, (_, index) => `n${index}`).join(" ");
  const source = `${line}\n${"n1 ".repeat(300_000)} n1 = notes.get(`;
  const error = { name: "TypeError", message: "Cannot read properties of undefined" };
  expect(adviceOn(error, { source, globals }, 1)).toBe("");
  expect(adviceOn(error, { source: `${line}\nn19 = notes.get(`, globals }, 1)).toBe(
    ": n19 is a promise. Write await before notes.get(...).",
  );
  expect(adviceOn(error, { source: `${line}\nn20 = notes.get(`, globals }, 1)).toBe("");
});

test("a forged message and a line that is not there give no advice, and no error", () => {
  const program = { source: "async () => 1", globals };
  expect(adviceOn({ name: "TypeError", message: "(((.x is not a function" }, program, 99)).toBe("");
  expect(adviceOn({ name: "Error", message: "a is not defined" }, program, -1)).toBe("");
  expect(adviceOn({ name: "TypeError", message: "" }, { source: "", globals: [] }, undefined)).toBe("");
});
